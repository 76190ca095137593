//! Writes the demonstration trust: a fictional hospital with its ledger, feeds, income and model.

mod data;
mod finances;
mod model;
mod size;
mod table;

pub use size::{NotASize, Size};

/// The model's files alone.
pub fn model_files(size: Size) -> std::collections::BTreeMap<String, Vec<u8>> {
    let finances = finances::Finances::read();
    model::files(size, &finances, &model::Occupancy::new())
}
