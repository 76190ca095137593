//! How a piece of evidence stands on a day: whether it counts, and until when.

use domain::Day;
use engagement::Thresholds;
use engagement::assessment as engine;
use store::assessing::{Evidence, EvidenceState};

use super::SETTINGS;
use crate::shell::session::{calendar, civil};

/// How a piece stands, as people look for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Its owner has not handed it in.
    Draft,
    /// Somebody should look at it.
    InReview,
    /// It counts, and not for long.
    ExpiresSoon,
    /// It counts.
    Accepted,
    /// It counted.
    Expired,
    /// It does not count.
    Rejected,
}

impl Standing {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::InReview,
        Self::ExpiresSoon,
        Self::Accepted,
        Self::Expired,
        Self::Rejected,
    ];

    /// As it stands in addresses and files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Accepted => "accepted",
            Self::ExpiresSoon => "expires_soon",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::InReview => "In review",
            Self::Accepted => "Accepted",
            Self::ExpiresSoon => "Expires soon",
            Self::Expired => "Expired",
            Self::Rejected => "Rejected",
        }
    }
}

/// A piece as the level engine takes it. While a revision waits for somebody to look at it, what was
/// accepted before counts on.
pub(in crate::shell) fn for_engine(it: &Evidence) -> engine::Evidence {
    let accepted = it.accepted();
    let state = match it.state() {
        _ if accepted.is_some() => engine::ReviewState::Accepted,
        EvidenceState::Draft => engine::ReviewState::Draft,
        EvidenceState::InReview => engine::ReviewState::InReview,
        EvidenceState::Accepted => engine::ReviewState::Accepted,
        EvidenceState::Rejected => engine::ReviewState::Rejected,
    };
    let (event, expires) = accepted
        .map_or((it.of.happened_on, it.of.expires_on), |it| (it.happened_on, it.expires_on));
    engine::Evidence {
        reference: it.of.title.clone(),
        state,
        event: calendar(event),
        expires: expires.map(calendar),
    }
}

/// The last day on which a piece counts, if it is accepted.
pub fn last_day(it: &Evidence) -> Day {
    civil(for_engine(it).last_day(&Thresholds::own()))
}

/// Whether a piece counts on a day.
pub fn is_live(it: &Evidence, day: Day) -> bool {
    for_engine(it).is_live(calendar(day), &Thresholds::own())
}

/// How a piece stands on a day.
pub fn standing(it: &Evidence, today: Day) -> Standing {
    match it.state() {
        EvidenceState::Draft => Standing::Draft,
        EvidenceState::InReview => Standing::InReview,
        EvidenceState::Rejected => Standing::Rejected,
        EvidenceState::Accepted if !is_live(it, today) => Standing::Expired,
        EvidenceState::Accepted if last_day(it) <= today.plus(SETTINGS.soon()) => {
            Standing::ExpiresSoon
        }
        EvidenceState::Accepted => Standing::Accepted,
    }
}
