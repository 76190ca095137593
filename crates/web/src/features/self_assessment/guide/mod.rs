//! What goes with the framework, to read: what good looks like, examples, and resources.

pub(super) mod characteristics;
pub(super) mod library;
pub(super) mod links;
