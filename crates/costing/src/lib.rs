//! The pipeline: from the general ledger and activity feeds to the cost of every patient event.

pub mod source;

pub mod pipeline;

pub mod cp1_quantum;
pub mod cp2_cost_ledger;
pub mod cp3_resources;
pub mod cp3_support;
