//! What people fear for the quality of care where a benefit is claimed, and how long a claim waits for
//! its leads.

use engagement::benefits::{BenefitSettings, Side};
use jiff::Timestamp;

use super::{Step, StoredBenefit, Taken};
use crate::concerns::{self, Said};
use crate::ids::PersonId;

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

    /// Sides that have still to explain why the paired measure worsened; none where the guard holds
    /// nothing, or it is claimed no more.
    pub fn unexplained(&self, settings: &BenefitSettings) -> Vec<Side> {
        if self.is_withdrawn() || !self.is_guarded(settings) {
            return Vec::new();
        }
        let looked = self.of.proposal(self.pair.clone()).looked(settings);
        let Some(month) = looked.map(|it| it.month) else { return Vec::new() };
        let both = [Side::Clinical, Side::Finance].into_iter();
        both.filter(|it| self.explained(*it).is_none_or(|until| until < month)).collect()
    }

    /// Whether somebody claimed it, or wrote what the ledger shows of it: they verify nothing of it.
    pub fn is_claimed_by(&self, person: &str) -> bool {
        let is_claim = |it: &Taken| matches!(it.step, Step::Claim { .. } | Step::Evidence(_));
        self.steps.iter().any(|it| is_claim(it) && it.by.as_str() == person)
    }

    /// Whether it waits for somebody of a side to verify it: the side has not decided, the guard does
    /// not hold it, and they neither own it, nor claimed it, nor wrote what the ledger shows, nor
    /// decided for the other side.
    pub fn waits_for_person(
        &self,
        (person, side): (&PersonId, Side),
        settings: &BenefitSettings,
    ) -> bool {
        let waits = self.waits_for().is_some_and(|it| it.1.contains(&side));
        let other = match side {
            Side::Finance => self.decision(Side::Clinical),
            Side::Clinical => self.decision(Side::Finance),
        };
        waits
            && !self.is_guarded(settings)
            && self.of.owner != *person
            && !self.is_claimed_by(person.as_str())
            && other.is_none_or(|it| it.by != person.as_str())
    }
}
