//! Runs the worked examples of `golden/`: given tables in, expected tables out, differences shown.
//!
//! A case is a folder `golden/<stage>/<case>/` that a costing accountant can write without Rust:
//! `README.md` with the sums done by hand, `given/*.csv` and `expected/*.csv`. A stage's test hands
//! [`check_golden`] the function under test; new folders are found without a change to any test.

pub mod activity;
pub mod case;
pub mod dataset;
pub mod golden;
pub mod postgres;
pub mod provider;
pub mod table;

pub use case::{Case, Tables};
pub use dataset::DatasetRows;
pub use golden::check_golden;
pub use postgres::postgres;
pub use table::Table;
