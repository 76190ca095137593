//! Parses and checks a model: every rule with its unit, effective date and source.
//!
//! Given the text of its files, a model comes back as the rules of each financial year, or as all
//! of its faults together, each with file, row, column and remedy.

pub mod compare;
pub mod faults;
pub mod folder;
pub mod forms;
pub mod groups;
pub mod intake_mapping;
pub mod lock;
pub mod model;
mod read;
pub mod rows;
mod subjects;
pub mod year;

pub use compare::{Change, What, compare};
pub use faults::CATALOGUE;
pub use groups::{ChangeGroup, hybrid};
pub use model::{Model, ModelFiles};
pub use year::YearRules;
