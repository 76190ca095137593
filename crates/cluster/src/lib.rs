//! Costs on several machines: what is to be done travels as rows of a query, and whoever has a row
//! does it with the very functions of a single machine.

mod answers;
mod error;
mod item;
mod worker;

#[cfg(feature = "ballista")]
mod processes;

pub use answers::{Shares, checked_buckets, checked_costings};
pub use error::ClusterError;
pub use item::{Answer, Costed, Done, Item, Trust, Work};
pub use worker::Worker;

#[cfg(feature = "ballista")]
pub use processes::{
    Executor, Scheduler, Weighing, cost_trusts, run_executor, run_scheduler, weigh,
};
