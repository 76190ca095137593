//! A difference that is followed up: three questions, answered by a clinician and finance together,
//! and what came of the third; and clinicians beyond chance, month by month.
//!
//! The questions are those of the guide (5.26). An answer counts once both sides stand behind it:
//! each has written one, or agreed to the other's. Nobody stands for both.

mod board;
mod follow_up;
mod names;
mod others;
mod release;

use jiff::civil::Date;

use crate::benefits::Side;
use crate::listed::listed;

pub use self::board::{Board, Kept, Parts};
pub use self::follow_up::{
    Closing, Context, FOLLOW_UPS, FollowUpFault, Month, MonthState, Outcome, months,
};
pub use self::names::{CodeRule, KnownBy, NameRules, Named};
pub use self::others::{Beside, Others, OthersFault, QUARTILE_OF};
pub use self::release::{BoardVersionFault, PARTS, is_explained, names_in, release_fault};

listed! {
    /// What is asked of a difference, in this order.
    Question {
        /// Whether there is one.
        Different = "different", "Are our results different?";
        /// What accounts for it.
        Why = "why", "Why is this?";
        /// What follows.
        WhatNext = "what_next", "What can we do about it?";
    }
}

listed! {
    /// What a figure is set beside.
    Comparator {
        /// The mean of all trusts that take part.
        NationalMean = "national_mean", "The national mean";
        /// Trusts that are like this one.
        Peers = "peers", "Similar trusts";
        /// The better quarter of those that are compared.
        TopQuartile = "top_quartile", "The top quartile";
        /// The middle of those that are compared.
        Median = "median", "The median";
        /// Others of the same kind in the trust.
        Own = "own", "Others in this trust";
        /// The same, a year before.
        Before = "before", "Last year";
    }
}

/// What somebody did with one of the questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// They wrote an answer.
    Wrote,
    /// They agreed to the answer of the other side.
    Agreed,
}

/// Something that was said of a difference, in the order in which it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Of which question.
    pub question: Question,
    /// For which side.
    pub side: Side,
    /// Reference of the person.
    pub by: String,
    /// What they did.
    pub says: Says,
}

/// What came of the third question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Follows {
    /// Nobody has said yet.
    #[default]
    Unsaid,
    /// An action, by its reference.
    Action(String),
    /// Nothing, for the reason that is kept with it.
    Nothing,
}

/// Why something cannot be said of a difference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VariationFault {
    /// There is no answer of the other side.
    #[error("there is no answer of the other side to agree to: write one")]
    NothingToAgreeTo,
    /// One person would stand for both sides.
    #[error("you wrote that answer yourself: somebody of the other side agrees to it")]
    OwnAnswer,
}

/// How a side stands to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Who.
    pub by: String,
    /// Whether they wrote or agreed.
    pub says: Says,
}

/// Who stands behind the answer to a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Voices {
    /// For those who give care.
    pub clinical: Option<Voice>,
    /// For finance.
    pub finance: Option<Voice>,
}

impl Voices {
    /// Those behind a question after all that was said. What one side writes anew, the other has not
    /// agreed to.
    pub fn of(question: Question, said: &[Said]) -> Self {
        let mut voices = Self::default();
        for it in said.iter().filter(|it| it.question == question) {
            let voice = Some(Voice { by: it.by.clone(), says: it.says });
            let (own, other) = match it.side {
                Side::Clinical => (&mut voices.clinical, &mut voices.finance),
                Side::Finance => (&mut voices.finance, &mut voices.clinical),
            };
            *own = voice;
            if it.says == Says::Wrote && other.as_ref().is_some_and(|it| it.says == Says::Agreed) {
                *other = None;
            }
        }
        voices
    }

    /// Whether both sides stand behind an answer, in two people.
    pub fn is_settled(&self) -> bool {
        match (&self.clinical, &self.finance) {
            (Some(clinical), Some(finance)) => clinical.by != finance.by,
            _ => false,
        }
    }

    /// How a side stands.
    pub fn of_side(&self, side: Side) -> Option<&Voice> {
        match side {
            Side::Clinical => self.clinical.as_ref(),
            Side::Finance => self.finance.as_ref(),
        }
    }

    /// Whether somebody of a side may agree to what the other wrote.
    ///
    /// # Errors
    /// If the other side wrote nothing, or wrote it in the person of whoever agrees.
    pub fn check_agreement(&self, side: Side, by: &str) -> Result<(), VariationFault> {
        let other = match side {
            Side::Clinical => Side::Finance,
            Side::Finance => Side::Clinical,
        };
        match self.of_side(other) {
            Some(it) if it.says == Says::Wrote && it.by != by => Ok(()),
            Some(it) if it.says == Says::Wrote => Err(VariationFault::OwnAnswer),
            _ => Err(VariationFault::NothingToAgreeTo),
        }
    }
}

listed! {
    /// Where a difference stands.
    State {
        /// Both sides have not answered all three questions yet.
        ToExplain = "to_explain", "To be explained";
        /// It is explained; what follows is not said.
        Explained = "explained", "Explained";
        /// It is explained, and an action follows.
        LedToAction = "led_to_action", "Led to an action";
        /// It is explained, and nothing follows, for a reason.
        LeftAsItIs = "left_as_it_is", "Left as it is, for a reason";
    }
}

/// How a difference stands on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where.
    pub state: State,
    /// Questions that both sides do not stand behind yet.
    pub open: Vec<Question>,
    /// Whether its day is past and it is not explained, or nobody said what follows.
    pub is_overdue: bool,
}

impl Standing {
    /// How a difference stands after all that was said of it.
    pub fn of(said: &[Said], follows: &Follows, (due_on, today): (Date, Date)) -> Self {
        let is_open = |it: &Question| !Voices::of(*it, said).is_settled();
        let open: Vec<Question> = Question::ALL.iter().copied().filter(is_open).collect();
        let state = match (open.is_empty(), follows) {
            (false, _) => State::ToExplain,
            (true, Follows::Unsaid) => State::Explained,
            (true, Follows::Action(_)) => State::LedToAction,
            (true, Follows::Nothing) => State::LeftAsItIs,
        };
        let is_done = matches!(state, State::LedToAction | State::LeftAsItIs);
        Self { state, open, is_overdue: !is_done && due_on < today }
    }

    /// Whether nothing of it waits for anybody.
    pub fn is_done(&self) -> bool {
        matches!(self.state, State::LedToAction | State::LeftAsItIs)
    }
}

#[cfg(test)]
mod tests;
