//! The ledger: its lines with their identifiers, its budget, its control totals.

mod control;
mod lines;

pub(crate) use control::{against_control, control_totals};
pub(crate) use lines::{budget_lines, duplicates, ledger_lines};
