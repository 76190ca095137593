//! The only door to runs: reads them, explains any figure in them, and records who agreed to what.
//!
//! A run is never changed. Acceptances, publications and the audit of who looked stand in files of
//! their own beside it, append-only, each line on disk before anything is shown.

pub mod error;
pub mod run;

pub mod findings;
pub mod group;
pub mod records;

pub mod audit;
pub mod explain;
pub mod export;
pub mod goods;
pub mod output;
pub mod sql;

pub mod activity;
pub mod activity_against;
pub mod against;
pub mod budget;
pub mod care;
pub mod coding;
pub mod inputs;
pub mod ledger_months;
pub mod listing;
pub mod matching;
pub mod one_off;
pub mod outcomes;
pub mod outliers;
pub mod reconciliation;
pub mod reports;
pub mod sheet;
pub mod since;
pub mod staff;
pub mod statements;
pub mod walk;
pub mod ward;
pub mod week;

mod journal;
mod kept;
mod merged_pools;
mod reading;
mod words;

pub use audit::Caller;
pub use error::ResultsError;
pub use run::Run;

#[cfg(test)]
mod miniature;
