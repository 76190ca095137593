//! The pipeline: from the general ledger and activity feeds to the cost of every patient event.

pub mod dataset;
pub mod error;
pub mod kept;
pub mod local_time;
pub mod source;

pub mod pipeline;

pub mod cp1_quantum;
pub mod cp2_cost_ledger;
pub mod cp3_activities;
pub mod cp3_resources;
pub mod cp3_support;
pub mod cp4_matching;
pub mod cp4_patients;
pub mod cp4_weights;
pub mod cp5_reconciliation;
pub mod cp6_assurance;

pub mod compare;
pub mod run;

pub use cp4_weights::{Apart, BucketPart};
pub use error::CostingError;
pub use run::{
    Check, CostRequest, CostedRun, HowFar, VerifyReport, cost, costed_before, stepped_down, verify,
};

#[cfg(test)]
mod given;
#[cfg(test)]
mod given_activity;
#[cfg(test)]
mod plain;
#[cfg(test)]
mod random_trust;
