//! What people fear for the quality of care where a benefit is claimed, and how long a claim waits for
//! its leads.

use engagement::benefits::Side;
use jiff::Timestamp;

use super::{Step, StoredBenefit, Taken};
use crate::concerns::{self, Said};

/// A concern about a benefit.
pub type Concern<'a> = concerns::Concern<'a, Taken>;

impl StoredBenefit {
    /// Its concerns, in the order in which they were raised.
    pub fn concerns(&self) -> Vec<Concern<'_>> {
        concerns::log(&self.steps, |it| match &it.step {
            Step::Concern { words } => Some(Said::Raised(words)),
            Step::Answer { number, words } => Some(Said::Answered(*number, words)),
            _ => None,
        })
    }

    /// Since when what is claimed now waits for the decision of a lead, and of which sides; none where
    /// both have decided, or it is claimed no more.
    pub fn waits_for(&self) -> Option<(Timestamp, Vec<Side>)> {
        let claim = self.steps.iter().rev().find(|it| matches!(it.step, Step::Claim { .. }))?;
        let both = [Side::Clinical, Side::Finance].into_iter();
        let missing: Vec<Side> = both.filter(|it| self.decision(*it).is_none()).collect();
        let waits = !self.is_withdrawn() && !missing.is_empty();
        waits.then_some((claim.at, missing))
    }
}
