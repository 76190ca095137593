//! What people fear for the quality of care where a benefit is claimed, and how long a claim waits for
//! its leads.

use engagement::benefits::Side;
use jiff::Timestamp;

use super::{Step, StoredBenefit, Taken};

/// A concern with what was said or done about it.
#[derive(Clone, Copy, Debug)]
pub struct Concern<'a> {
    /// Number of the step that raised it, from 1.
    pub number: i64,
    /// What somebody fears.
    pub words: &'a str,
    /// Who raised it, and when.
    pub raised: &'a Taken,
    /// The last answer, with who gave it and when; none before there is one.
    pub answer: Option<(&'a str, &'a Taken)>,
}

impl StoredBenefit {
    /// Its concerns, in the order in which they were raised.
    pub fn concerns(&self) -> Vec<Concern<'_>> {
        let answer = |of: i64| {
            self.steps.iter().rev().find_map(|it| match &it.step {
                Step::Answer { number, words } if *number == of => Some((words.as_str(), it)),
                _ => None,
            })
        };
        let numbered = (1_i64..).zip(&self.steps);
        let raised = numbered.filter_map(|(number, it)| match &it.step {
            Step::Concern { words } => {
                Some(Concern { number, words, raised: it, answer: answer(number) })
            }
            _ => None,
        });
        raised.collect()
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
