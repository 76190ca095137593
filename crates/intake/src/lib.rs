//! Reads a trust's files into a dataset: typed, sorted by patient, with everything odd said.
//!
//! Two passes. The first reads every file once, in parallel, judges its cells and spills compact
//! rows. Then it is known which identifiers belong together; the second pass gives every row its
//! patient, keeps apart what contradicts itself, and writes the tables bucket by bucket.

mod catalogue;
mod cells;
mod dataset;
mod error;
mod feeds;
mod files;
mod findings;
mod identity;
mod ledger;
mod plan;
mod run;

pub use catalogue::{Action, Entry, Handled, catalogue};
pub use error::{IntakeError, Refusal};
pub use run::{IntakeReport, Progress, Request, run, run_with};
