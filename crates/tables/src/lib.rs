//! The contract of each table: columns, units, keys and sensitivity class; no files are opened.
//!
//! A table is declared once, by [`table!`]; the declaration is its Rust row, its Arrow schema, its
//! Parquet layout and its page in the reference. A column without a unit and a sensitivity class
//! does not compile.

#[macro_use]
mod declare;
pub mod cell;
pub mod column;
pub mod dataset;
pub mod footers;
pub mod ledger_reports;
pub mod manifest;
pub mod parquet_file;
pub mod reports;
pub mod run;

pub use column::{Column, Sensitivity, TableContract};
pub use declare::Table;
