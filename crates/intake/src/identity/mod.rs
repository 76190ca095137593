//! Identifiers seen in files, and the people behind them.

mod people;
mod seen;

pub(crate) use people::{Identities, Persons, Renumbered, Whose};
pub(crate) use seen::Seen;
