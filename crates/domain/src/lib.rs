//! The nouns of patient-level costing as types, and the two kernels that round money.
//!
//! Plain values: a wrong one cannot be built. Nothing here reads a file, a clock or the
//! environment.

pub mod finding;
pub mod key;
pub mod money;
pub mod number;
pub mod period;
pub mod provenance;
pub mod share;

pub use finding::{Finding, Place, Severity};
pub use key::Key;
pub use money::Money;
pub use period::{Day, FinancialYear, Seconds};
