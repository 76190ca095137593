//! Finds the patient event that each feed row belongs to.
//!
//! | reads | writes |
//! |---|---|
//! | `events`, `feed_rows`, `matching.csv` | for each row an event and the rule that found it, or a reason |
//!
//! Guarantees: the outcome of a row depends on that row, its patient's events and the rules alone;
//! the order of rows and events, buckets and threads change nothing. A row has one outcome.
//!
//! Does not: weigh, cost, or change a row; repair identities (intake does).
//!
//! Source: costing semantics, section 5.

mod by_time;
mod compile;
mod matcher;
#[cfg(test)]
pub(crate) mod reference;
#[cfg(test)]
mod tests;

use domain::{Key, Seconds};

pub use by_time::{ByTime, PatientEvents};
pub use compile::Matcher;

/// The values that equalities and tie-breaks compare, as numbers; 0 is absent.
///
/// In order: specialty, site, band, spell, requester (of an event: its consultant).
pub type Fields = [u128; 5];

/// One event as matching sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSpan {
    /// Event reference.
    pub event: Key,
    /// Type of event, as a number of [`Matcher`]'s making.
    pub event_type: u32,
    /// First second.
    pub first: Seconds,
    /// Last second that still belongs to it; none while open.
    pub last: Option<Seconds>,
    /// What can be compared.
    pub fields: Fields,
}

/// One feed row as matching sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSpan {
    /// Whether the row has a patient.
    pub has_patient: bool,
    /// Event that the row names.
    pub event: Option<Key>,
    /// The moment of its start, or the first second of that day.
    pub first: Seconds,
    /// The moment of its start, or the last second of that day.
    pub last: Seconds,
    /// What can be compared.
    pub fields: Fields,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It belongs to the event with this place among its patient's events.
    Matched {
        /// Place among the patient's events.
        event: usize,
        /// Place of the rule that decided, among the feed's rules.
        rule: usize,
        /// How many events the rule could have chosen.
        candidates: usize,
    },
    /// It belongs to no event.
    Unmatched(Reason),
}

/// Why a row belongs to no event. The order is that of the names.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Reason {
    /// There is an identity, but no rule accepts an event of it.
    NoEventInWindow,
    /// Neither a patient nor an event is named.
    NoIdentity,
    /// The event named does not exist, and the patient has none.
    UnknownPatient,
}

impl Reason {
    /// Name in tables and findings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoEventInWindow => "NO_EVENT_IN_WINDOW",
            Self::NoIdentity => "NO_IDENTITY",
            Self::UnknownPatient => "UNKNOWN_PATIENT",
        }
    }
}
