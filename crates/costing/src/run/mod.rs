//! The folder of a run: written once, never changed, and checked by computing it again.

mod cells;
mod events;
mod findings;
mod id;
mod ledger_tables;
mod sink;
mod statement;
mod unit_costs;
mod write;

pub use findings::COLUMNS as FINDING_COLUMNS;
pub use id::{Identity, run_id};
pub use write::{CostRequest, CostedRun, ENGINE, cost};
