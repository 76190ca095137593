//! Small-number rules for counts and money: which figures of a table about people may be shown.
//!
//! A [`Table`] goes in with all its exact figures, a [`Release`] comes out that holds nothing but
//! what may be shown. Nothing that is hidden can be worked out from what is shown: not a count
//! from 1 to 7, and no amount more closely than the rules allow. This is not hoped for but checked,
//! for each table, against an attacker who adds and subtracts at will (module `bounds`).
//!
//! What the attacker is taken to know:
//! - the exact count behind each rounded one, because a mean beside an exact amount tells it;
//! - that a hidden cell has at least one person, since zero is shown;
//! - that amounts are not negative, unless their [`Sign`] says that they may be.
//!
//! A table must hold everything that is published of its figures, so that no two releases can be
//! subtracted: months beside their year are one table, with months as columns and the year as
//! the total of each row. Views of it are cut from the one [`Release`], never decided anew; what is
//! published later beside it is decided by [`release_after`].

#[cfg(any(test, feature = "attacker"))]
pub mod attacker;
mod bounds;
mod decide;
mod layout;
mod release;
mod rules;
mod table;

#[cfg(test)]
mod tests;

pub use decide::{release, release_after};
pub use release::{Amount, Count, Figure, HIDDEN, Place, Reason, Release};
pub use rules::{DisclosureRules, RulesError, Threshold};
pub use table::{Cell, DisclosureError, LargestPatients, Measure, People, Sign, Table, Totals};
