//! Counts the time and weight of every feed row, and sums them for each event and weight set.
//!
//! | reads | writes |
//! |---|---|
//! | `events`, `feed_rows`, `sessions`, outcomes of matching | weights by weight set and receiver, activity counts by event, row counts by feed and rule |
//!
//! Guarantees: weights are whole numbers and never rounded; for each feed, rows = matched + other
//! activity + unmatched + outside + unmapped; sums do not depend on row order, buckets or threads.
//!
//! Does not: touch money, other than to weigh a row by its traced cost.
//!
//! Source: costing semantics, sections 5 and 6.

mod amounts;
mod apart;
mod bucket;
mod columns;
mod counted;
mod event_rows;
mod findings;
mod matches;
mod parts;
mod plan;
mod row_plan;
mod sessions;
mod sums;
mod totals;
mod whole_bucket;

#[cfg(test)]
pub(crate) mod reference;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::{Key, Seconds};
use serde::{Deserialize, Serialize};

use crate::cp4_matching::Reason;

use counted::Span;
use row_plan::PlannedSet;

pub use amounts::Amounts;
pub use apart::{Apart, BucketPart};
pub use event_rows::{RowWeight, event_rows};
pub use matches::{RowFate, RowMatch, matches};
pub use plan::{ActivityPlan, Plan, SetPlan};
pub use sessions::{Fate, SessionUse};
pub use totals::{SetWeights, Weights, weigh};
pub(crate) use whole_bucket::too_many_labels;

/// The category of the trust's own patients.
pub(crate) const OWN: &str = "OWN";

/// A receiver of cost that is not an event, in the order in which receivers stand behind events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Residual {
    /// Staffed time of a session that nobody used.
    UnusedSessionTime(String),
    /// Something that is not the care of an own patient.
    CostObject(String),
    /// Activity without an event.
    Unmatched(Reason),
}

impl Residual {
    /// Kind and name, as tables show them.
    pub fn names(&self) -> (&'static str, &str) {
        match self {
            Self::UnusedSessionTime(session) => ("UNUSED_SESSION_TIME", session),
            Self::CostObject(object) => ("COST_OBJECT", object),
            Self::Unmatched(reason) => ("UNMATCHED", reason.name()),
        }
    }

    /// The receiver that was written as this kind and name.
    pub fn from_names(kind: &str, name: &str) -> Option<Self> {
        let reasons = [Reason::NoEventInWindow, Reason::NoIdentity, Reason::UnknownPatient];
        match kind {
            "UNUSED_SESSION_TIME" => Some(Self::UnusedSessionTime(name.to_owned())),
            "COST_OBJECT" => Some(Self::CostObject(name.to_owned())),
            "UNMATCHED" => reasons.into_iter().find(|it| it.name() == name).map(Self::Unmatched),
            _ => None,
        }
    }
}

/// What one bucket of patients gave, or one feed in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct BucketWork {
    /// Events of the bucket, in (patient, event) order; no feed has them.
    #[serde(skip)]
    heads: Vec<EventHead>,
    /// Texts that the heads number.
    #[serde(skip)]
    labels: Vec<String>,
    /// For each weight set, the events of the bucket that have weight of either sign, in order.
    weights: Vec<Amounts>,
    /// For each activity, the events of the bucket that have any, in order.
    counts: Vec<Amounts>,
    /// Weights of other receivers, by weight set.
    residuals: BTreeMap<(usize, Residual), i128>,
    /// Rows that name a session, of activities that use sessions.
    session_rows: Vec<SessionRow>,
    /// Rows by feed and outcome.
    feeds: BTreeMap<String, FeedTally>,
    /// Rows by feed, month and deciding rule or reason.
    matches: BTreeMap<(String, String, String), i64>,
    /// Counted seconds of stays in exclusive feeds, by location.
    beds: BTreeMap<String, i64>,
    /// Time in theatre that rows of the feed brought to events, which stays of other feeds lose.
    theatre: BTreeMap<u32, Vec<Span>>,
    /// What is worth telling of rows.
    notes: Notes,
}

/// What is worth telling of rows: rows by what was noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Notes {
    /// Rows that took a stated default, by weight set and code.
    defaults: BTreeMap<(usize, String), i64>,
    /// Rows that more than one event could have had, by feed.
    ambiguous: BTreeMap<String, i64>,
    /// Rows for a cost object that the model does not have, by feed and object.
    unknown_objects: BTreeMap<(String, String), i64>,
    /// Receivers whose net weight was negative and counts as nothing, by weight set.
    negative: BTreeMap<usize, i64>,
    /// Rows whose receiver's category fits no activity rule, by feed and category.
    untaken_categories: BTreeMap<(String, String), i64>,
    /// Rows that name a session which is not planned.
    unplanned_rows: i64,
    /// Rows that name a planned session of a kind which their activity does not use, by kind.
    strange_session_rows: BTreeMap<String, i64>,
    /// Planned sessions of a kind that the model does not have, by kind.
    unknown_kinds: BTreeMap<String, i64>,
}

impl Notes {
    fn add(&mut self, other: Self) {
        add_counts(&mut self.defaults, other.defaults);
        add_counts(&mut self.ambiguous, other.ambiguous);
        add_counts(&mut self.unknown_objects, other.unknown_objects);
        add_counts(&mut self.negative, other.negative);
        add_counts(&mut self.unknown_kinds, other.unknown_kinds);
        add_counts(&mut self.untaken_categories, other.untaken_categories);
        add_counts(&mut self.strange_session_rows, other.strange_session_rows);
        self.unplanned_rows += other.unplanned_rows;
    }
}

fn add_counts<K: Ord>(into: &mut BTreeMap<K, i64>, from: BTreeMap<K, i64>) {
    for (key, count) in from {
        *into.entry(key).or_default() += count;
    }
}

/// What later stages need of an event without reading it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventHead {
    /// Patient reference.
    pub patient: Key,
    /// Event reference.
    pub event: Key,
    /// Reference that stands for a legally restricted event.
    pub restricted: Option<Key>,
    /// Service line, by number in the plan.
    pub service_line: u16,
    /// Point of delivery, by number of its label.
    pub pod: u16,
    /// Whose patient, by number of its label.
    pub category: u16,
}

impl EventHead {
    /// Where the event stands among receivers: a restricted one by its own reference alone.
    pub fn order(&self) -> (Key, Key) {
        self.restricted.map_or((self.patient, self.event), |it| (it, it))
    }
}

/// Rows of one feed by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedTally {
    /// All rows.
    pub rows: i64,
    /// Rows with an event.
    pub matched: i64,
    /// Rows for a cost object.
    pub other: i64,
    /// Rows without an event.
    pub unmatched: i64,
    /// Rows wholly outside the period.
    pub outside: i64,
    /// Rows whose code has no activity.
    pub unmapped: i64,
}

impl FeedTally {
    /// Adds another bucket's rows.
    pub fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.matched += other.matched;
        self.other += other.other;
        self.unmatched += other.unmatched;
        self.outside += other.outside;
        self.unmapped += other.unmapped;
    }

    /// Whether every row has exactly one outcome.
    pub fn closes(&self) -> bool {
        self.rows == self.matched + self.other + self.unmatched + self.outside + self.unmapped
    }
}

/// Who receives the weight of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Receiver {
    /// An event, by its place in the bucket.
    Event(u32),
    /// Somebody else.
    Residual(Residual),
}

/// A row that names a session, of an activity that uses sessions.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SessionRow {
    session: String,
    /// Row reference: the order of rows in a session.
    #[serde(with = "parts::reference")]
    row: Key,
    /// Counted seconds × staff × 10².
    used: i128,
    /// Who receives its weight.
    receiver: Receiver,
    /// Its activities that use sessions, by number.
    activities: Vec<usize>,
    /// Sets that can receive a part of what is unused.
    spread: Vec<PlannedSet>,
}

/// The period costed, half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First second.
    pub from: Seconds,
    /// First second after.
    pub to: Seconds,
}

impl Period {
    /// Whether an instant lies in it.
    pub const fn holds(&self, instant: Seconds) -> bool {
        self.from <= instant && instant < self.to
    }

    /// Seconds of an interval that lie in it; an open end reaches its end.
    pub fn seconds_of(&self, from: Seconds, to: Option<Seconds>) -> i64 {
        (to.unwrap_or(self.to).min(self.to) - from.max(self.from)).max(0)
    }

    /// Whether an interval, or the moment if it has no length, has no time in it.
    pub fn excludes(&self, from: Seconds, to: Option<Seconds>) -> bool {
        if to == Some(from) { !self.holds(from) } else { self.seconds_of(from, to) == 0 }
    }
}
