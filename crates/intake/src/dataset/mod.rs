//! Writes a dataset folder: spills, tables, manifest, and the moment in which it is there.

pub(crate) mod folder;
pub(crate) mod publish;
pub(crate) mod spill;
