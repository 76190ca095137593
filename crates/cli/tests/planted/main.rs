//! What is planted in the demonstration trust is found again in its costs.

#[path = "../shared/mod.rs"]
mod shared;

mod outcomes;
mod planted;
mod plausible;
mod rules;
mod trust;
