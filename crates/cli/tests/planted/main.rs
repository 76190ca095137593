//! What is planted in the demonstration trust is found again in its costs.

mod planted;
mod plausible;
mod rules;
mod trust;
