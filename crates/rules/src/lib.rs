//! Parses and checks a model: every rule with its unit, effective date and source.
//!
//! Given the text of its files, a model comes back as the rules of one financial year, or as all
//! of its faults together, each with file, row, column and remedy.

pub mod intake_mapping;
pub mod model;
pub mod year;

pub use model::{Model, ModelFiles};
pub use year::YearRules;
