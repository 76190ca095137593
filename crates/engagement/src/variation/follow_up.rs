//! A clinician whom chance does not account for: what is known of them, six months of cost beside
//! quality, and how it ended.
//!
//! Six months are the guide's (5.7). A month is looked at by the same day of the next: what is begun
//! on 10 March is looked at by 10 April, and five times more.

use jiff::civil::Date;

use crate::days::{days_later, months_later};
use crate::listed::listed;

/// Months that are looked at.
pub const FOLLOW_UPS: u32 = 6;

listed! {
    /// What is known beside the figures.
    Context {
        /// In the first years as consultant.
        NewlyQualified = "newly_qualified", "Newly qualified";
        /// Patients who need more or less than the adjustment allows for.
        CaseMix = "case_mix", "Other patients than the adjustment allows for";
        /// Fewer lists or clinics than others.
        PartTime = "part_time", "Works part time";
        /// Anything else.
        Other = "other", "Something else";
    }
}

listed! {
    /// How it ended.
    Outcome {
        /// The difference has a reason that is no concern.
        Explained = "explained", "Explained";
        /// What patients need came within the range that chance leaves.
        WithinRange = "within_range", "Moved within the range";
        /// It is as different as it was.
        StillDifferent = "still_different", "Still different";
    }
}

/// One of the months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// From 1.
    pub number: u32,
    /// First day on which it can be looked at.
    pub from: Date,
    /// Last day on which it is in time.
    pub due_on: Date,
    /// How it stands.
    pub state: MonthState,
}

/// How a month stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthState {
    /// It was looked at in time.
    Kept,
    /// It was looked at after its day.
    KeptLate,
    /// Its day is past and nobody looked.
    Missed,
    /// It can be looked at now.
    Due,
    /// It is to come.
    ToCome,
    /// All ended before its day.
    NotNeeded,
}

impl MonthState {
    /// Whether somebody looked.
    pub const fn is_kept(self) -> bool {
        matches!(self, Self::Kept | Self::KeptLate)
    }
}

/// All months of what was begun on a day, as they stand today; `looked` says which were looked at
/// and on which day. What ended is as it stood on the day on which it ended.
pub fn months(
    begun_on: Date,
    looked: &[(u32, Date)],
    closed_on: Option<Date>,
    today: Date,
) -> Vec<Month> {
    let day = closed_on.map_or(today, |it| it.min(today));
    let month = |number: u32| {
        let due_on = months_later(begun_on, number);
        let from = match number {
            0 | 1 => begun_on,
            _ => days_later(months_later(begun_on, number - 1), 1),
        };
        let state = match looked.iter().find(|it| it.0 == number) {
            Some((_, on)) if *on <= due_on => MonthState::Kept,
            Some(_) => MonthState::KeptLate,
            None if due_on < day => MonthState::Missed,
            None if closed_on.is_some() => MonthState::NotNeeded,
            None if from <= day => MonthState::Due,
            None => MonthState::ToCome,
        };
        Month { number, from, due_on, state }
    };
    (1..=FOLLOW_UPS).map(month).collect()
}

/// How it should end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing<'a> {
    /// With what.
    pub outcome: Outcome,
    /// In words.
    pub words: &'a str,
    /// Months that were looked at.
    pub kept: u32,
    /// Whether something is known beside the figures.
    pub has_context: bool,
    /// Whether the clinician concerned was told, so that they could say something too.
    pub is_told: bool,
}

impl Closing<'_> {
    /// Whether it ends before all months were looked at.
    pub const fn is_early(&self) -> bool {
        self.kept < FOLLOW_UPS
    }

    /// What stands in the way.
    pub fn fault(&self) -> Option<FollowUpFault> {
        let is_silent = self.words.trim().is_empty();
        match self.outcome {
            _ if self.is_early() && is_silent => Some(FollowUpFault::EarlyWithoutReason),
            Outcome::StillDifferent if is_silent => {
                Some(FollowUpFault::StillDifferentWithoutReason)
            }
            Outcome::WithinRange if is_silent => Some(FollowUpFault::WithinRangeWithoutReason),
            Outcome::Explained if is_silent && !self.has_context => {
                Some(FollowUpFault::ExplainedByNothing)
            }
            _ if !self.is_told && is_silent => Some(FollowUpFault::NobodyTold),
            Outcome::Explained | Outcome::WithinRange | Outcome::StillDifferent => None,
        }
    }
}

/// Why a follow-up cannot go on as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FollowUpFault {
    /// Not all months were looked at.
    #[error("say why it ends before six months were looked at")]
    EarlyWithoutReason,
    /// It is as different as it was.
    #[error("say why it is still different")]
    StillDifferentWithoutReason,
    /// It came within the range, and nobody says how.
    #[error("say what brought it within the range")]
    WithinRangeWithoutReason,
    /// It ends without the clinician concerned.
    #[error("nobody was told that it concerns them: tell them, or say why not")]
    NobodyTold,
    /// Another cannot be told any more.
    #[error("whoever was told has added something since: nobody else can be told")]
    ToldAlready,
    /// Nothing says what explains it.
    #[error("say what explains it, or add what is known beside the figures")]
    ExplainedByNothing,
    /// The month is still to come.
    #[error("month {0} cannot be looked at yet")]
    NotYet(u32),
    /// Somebody looked already.
    #[error("month {0} was looked at already")]
    Twice(u32),
    /// There are six months.
    #[error("there is no month {0}: six are looked at")]
    NoSuchMonth(u32),
    /// It ended.
    #[error("it has ended: nothing is added to it")]
    Ended,
    /// A text is missing.
    #[error("say {0}")]
    Missing(&'static str),
}
