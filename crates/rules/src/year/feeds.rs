//! Rules of feeds and of matching.

/// What a feed is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedRole {
    /// Rows are events.
    Master,
    /// Rows belong to events.
    Auxiliary,
    /// Totals that stand in for an auxiliary feed.
    Aggregate,
    /// Planned sessions.
    Sessions,
    /// Trial balance.
    Ledger,
    /// Budget.
    Budget,
    /// Priced income lines.
    Income,
    /// Control totals.
    Control,
}

/// One feed.
#[expect(clippy::struct_excessive_bools, reason = "each is a yes/no column of feeds.csv")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Name for people.
    pub name: String,
    /// What it is for.
    pub role: FeedRole,
    /// Type of its events, or the feed that an aggregate stands for.
    pub event_type: String,
    /// One place at a time.
    pub exclusive: bool,
    /// A blank end means still open.
    pub open_end: bool,
    /// Whether unmatched cost is absorbed by matched patients.
    pub absorbed: bool,
    /// Whether its absence needs acceptance.
    pub required: bool,
    /// Whether exact duplicates are real.
    pub repeats: bool,
}

/// How a matching rule finds its candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The event that the row names.
    Event,
    /// All events of the row's patient.
    Patient,
}

/// A length of a matching window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Calendar days.
    Days(i64),
    /// Elapsed seconds.
    Seconds(i64),
}

/// One way to break a tie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TieBreak {
    /// Keep those with this column equal, if any are.
    Equal(String),
    /// Keep the nearest in time.
    Nearest,
}

/// One matching rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchingRule {
    /// Order of trial.
    pub sequence: i64,
    /// How candidates are found.
    pub identity: Identity,
    /// Type of event wanted; blank: any.
    pub event_type: String,
    /// Window before and after; none: time does not matter.
    pub window: Option<(Reach, Reach)>,
    /// Columns that must be present and equal on both sides.
    pub equalities: Vec<String>,
    /// Tie-breaks in order.
    pub tie_breaks: Vec<TieBreak>,
    /// `strong`, `fair` or `weak`.
    pub confidence: String,
}
