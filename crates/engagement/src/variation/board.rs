//! What a board is told of clinicians beyond chance: how many, whether they were followed up, and
//! how it ended. Nobody is told of fewer than a few.

use std::collections::BTreeSet;

use super::{MonthState, Outcome};

/// One follow-up of a clinician, as far as the board's page needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Keyed reference of the clinician, to count people; never shown.
    pub who: String,
    /// How the months stand.
    pub months: Vec<MonthState>,
    /// How it ended; none while it goes on.
    pub outcome: Option<Outcome>,
}

/// How many clinicians stand where. Whoever has several follow-ups may stand in several parts, once
/// in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Going on.
    pub open: u64,
    /// Ended as explained.
    pub explained: u64,
    /// Ended within the range.
    pub within_range: u64,
    /// Ended as different as before.
    pub still_different: u64,
}

/// What the board is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    /// Nobody was followed up.
    Nobody,
    /// Fewer than may be told of.
    Few,
    /// How many, and what of it may be told.
    Told {
        /// How many in all.
        all: u64,
        /// Where they stand; none where a part would be of few people.
        parts: Option<Parts>,
        /// Months that were looked at, of those whose day is past or that were looked at.
        months: (u64, u64),
    },
}

impl Board {
    /// What may be told where fewer than `fewest` people are few: people are counted, however many
    /// follow-ups each has. The whole is told or nothing; its parts are told together or not at all,
    /// and neither a part nor the rest of the whole is of few, so that none can be worked out from
    /// the others.
    pub fn of(all: &[Kept], fewest: u64) -> Self {
        let people = |is: &dyn Fn(&Kept) -> bool| {
            let found: BTreeSet<&str> =
                all.iter().filter(|it| is(it)).map(|it| it.who.as_str()).collect();
            found.len() as u64
        };
        let count = people(&|_| true);
        if count == 0 {
            return Self::Nobody;
        }
        if count < fewest {
            return Self::Few;
        }
        let of = |outcome: Option<Outcome>| people(&|it| it.outcome == outcome);
        let parts = Parts {
            open: of(None),
            explained: of(Some(Outcome::Explained)),
            within_range: of(Some(Outcome::WithinRange)),
            still_different: of(Some(Outcome::StillDifferent)),
        };
        let Parts { open, explained, within_range, still_different } = parts;
        let is_few = |it: u64| it != 0 && it < fewest;
        let is_told = [open, explained, within_range, still_different]
            .iter()
            .all(|it| !is_few(*it) && !is_few(count - it));
        let months = all.iter().flat_map(|it| &it.months);
        let kept = months.clone().filter(|it| it.is_kept()).count() as u64;
        let missed = months.filter(|it| **it == MonthState::Missed).count() as u64;
        Self::Told { all: count, parts: is_told.then_some(parts), months: (kept, kept + missed) }
    }
}
