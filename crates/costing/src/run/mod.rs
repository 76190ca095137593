//! The folder of a run: written once, never changed, and checked by computing it again.

mod asked;
mod cells;
mod events;
mod findings;
mod id;
mod ledger_tables;
mod made_of;
mod reports;
mod sink;
mod staff;
mod stated_activity;
mod statement;
mod step_down;
mod stored;
#[cfg(test)]
mod tests;
mod unit_costs;
mod verify;
mod write;

pub(crate) use asked::{dataset_of, rules_of};
pub use findings::COLUMNS as FINDING_COLUMNS;
pub use id::{Identity, run_id};
pub(crate) use reports::half_up;
#[cfg(test)]
pub(crate) use sink::Sink;
pub use step_down::{SteppedDown, SteppedLine, stepped_down};
pub use verify::{Check, VerifyReport, verify};
pub(crate) use verify::{model_of, read_manifest};
pub use write::{CostRequest, CostedRun, ENGINE, HowFar, cost, costed_before};
#[cfg(test)]
pub(crate) use write::{compute, put_tables};
