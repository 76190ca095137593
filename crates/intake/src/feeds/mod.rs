//! Feeds: files become typed rows; rows become the dataset's tables.

pub(crate) mod activity;
pub(crate) mod duplicates;
pub(crate) mod fault;
pub(crate) mod gate;
pub(crate) mod job;
pub(crate) mod loaded;
pub(crate) mod noticed;
pub(crate) mod partition;
pub(crate) mod personal;
pub(crate) mod prepared;
pub(crate) mod rebase;
pub(crate) mod row;
pub(crate) mod small;
pub(crate) mod spells;
pub(crate) mod verdicts;
pub(crate) mod write;
