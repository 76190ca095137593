//! Whether a difference is more than chance: pure functions over plain numbers.
//!
//! Each estimate comes with its interval and with how many observations it rests on. What cannot
//! be said with the numbers given is `None`, never a zero. Limits, lengths of runs and floors are
//! parameters; the defaults say where they come from.
//!
//! | module | answers |
//! |---|---|
//! | [`spc`] | which months of a series are more than ordinary variation |
//! | [`proportion`], [`mean`], [`ratio`] | how much, how surely, and whether a change is more than chance |
//! | [`quantile`] | the middle and the quarters of what was measured |
//! | [`funnel`] | which units lie outside what chance and the common spread allow |
//! | [`case_mix`] | whether units differ once what they treat is taken into account |

#![expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "measured values and counts far below 2 to the power of 53; no money is summed here"
)]

pub mod case_mix;
pub mod estimate;
pub mod funnel;
pub mod mean;
pub mod proportion;
pub mod quantile;
pub mod ratio;
pub mod spc;

pub use estimate::{Difference, Estimate, Level};

#[cfg(test)]
mod testing;
