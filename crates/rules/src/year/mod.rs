//! The rules of one financial year, checked and ready to use.

mod care;
mod feeds;
mod ledger;
mod services;

use std::collections::BTreeMap;

use domain::{Day, FinancialYear};

pub use care::{
    Activity, ActivityRule, CountUnit, RelativeWeights, Resource, ResourceMethod, SessionKind,
    Share, WeightDriver, WeightKey, WeightSet,
};
pub use feeds::{Feed, FeedRole, Identity, MatchingRule, Reach, TieBreak};
pub use ledger::{
    Class, CostLine, CostObject, Driver, IncomeRule, MappingRule, SupportGroup, Treatment,
};
pub use services::{
    BudgetHolder, CostAttributes, CostSelector, Counted, Decision, MEASURES, Measure,
    NATIONAL_DEPARTMENT, NATIONAL_LEFT_OUT, PeerKind, PeerValue, PlausibleRange, ReferenceCode,
    ReferenceCost, ServiceLine, Source, Specialty, StatedActivity, StatementKind, StatementRow,
    income_of, subtotal,
};

/// A pattern: exact, or a prefix followed by `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pattern {
    /// Fits this text only.
    Exact(String),
    /// Fits every text that begins so; an empty prefix fits all.
    Prefix(String),
}

impl Pattern {
    /// Reads `W01`, `W*` or `*`.
    pub fn parse(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(prefix) => Self::Prefix(prefix.to_owned()),
            None => Self::Exact(text.to_owned()),
        }
    }

    /// Whether the text fits.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == text,
            Self::Prefix(prefix) => text.starts_with(prefix.as_str()),
        }
    }

    /// How closely it fits: a longer pattern before a shorter, an exact one before a prefix.
    const fn rank(&self) -> (usize, bool) {
        match self {
            Self::Exact(exact) => (exact.len(), true),
            Self::Prefix(prefix) => (prefix.len(), false),
        }
    }
}

/// All rules in force in one financial year. Maps are in key order, byte by byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearRules {
    /// Name of the model.
    pub model: String,
    /// Title of the trust or example.
    pub title: String,
    /// Provider code.
    pub organisation: String,
    /// Text printed on every output; blank if none.
    pub footnote: String,
    /// Patterns of identities that are test patients.
    pub test_identities: Vec<Pattern>,
    /// The year costed.
    pub year: FinancialYear,
    /// Last period of the year to date, 1 to 12.
    pub last_period: u8,
    /// Day of the extract; no activity can be later.
    pub extract_date: Day,
    /// Settings.
    pub settings: Settings,
    /// Ledger mapping, by sequence.
    pub mapping: Vec<MappingRule>,
    /// Income treatment, by sequence.
    pub income: Vec<IncomeRule>,
    /// Cost lines by code.
    pub cost_lines: BTreeMap<String, CostLine>,
    /// Support groups by code.
    pub support_groups: BTreeMap<String, SupportGroup>,
    /// Cost objects by code.
    pub cost_objects: BTreeMap<String, CostObject>,
    /// Drivers by code: name and unit.
    pub drivers: BTreeMap<String, Driver>,
    /// Statistics × 10⁶, by driver, then cost line.
    pub statistics: BTreeMap<String, BTreeMap<String, i64>>,
    /// Resources by code.
    pub resources: BTreeMap<String, Resource>,
    /// Activities by code.
    pub activities: BTreeMap<String, Activity>,
    /// Activity rules, by feed.
    pub activity_rules: BTreeMap<String, Vec<ActivityRule>>,
    /// Weight sets by code.
    pub weight_sets: BTreeMap<String, WeightSet>,
    /// Relative weights × 10⁴, by table, then code.
    pub relative_weights: BTreeMap<String, BTreeMap<String, i64>>,
    /// Shares by resource, then activity.
    pub shares: BTreeMap<String, BTreeMap<String, Share>>,
    /// Session kinds by code.
    pub session_kinds: BTreeMap<String, SessionKind>,
    /// Feeds by code.
    pub feeds: BTreeMap<String, Feed>,
    /// Matching rules by feed, in sequence.
    pub matching: BTreeMap<String, Vec<MatchingRule>>,
    /// Specialties by code.
    pub specialties: BTreeMap<String, Specialty>,
    /// Service lines by code.
    pub service_lines: BTreeMap<String, ServiceLine>,
    /// Names of event types.
    pub event_types: BTreeMap<String, String>,
    /// Names of statement groups.
    pub statement_groups: BTreeMap<String, String>,
    /// Statement rows, in order.
    pub statement: Vec<StatementRow>,
    /// National unit costs that are facts: (point of delivery, currency) to cost and activity.
    pub reference_costs: BTreeMap<(String, String), ReferenceCost>,
    /// The assurance log.
    pub decisions: Vec<Decision>,
    /// Staffed beds × 10², by location.
    pub capacity: BTreeMap<String, i64>,
    /// What others say of the activity of each month, in key order.
    pub stated_activity: Vec<StatedActivity>,
    /// Ranges in which figures of a run are usual, by measure.
    pub plausibility: BTreeMap<String, PlausibleRange>,
    /// What similar trusts use or pay, in the order of the file.
    pub peers: Vec<PeerValue>,
    /// Whose budget statement shows which cost centres, in the order of the file.
    pub budget_holders: Vec<BudgetHolder>,
    /// Reference codes by list, then code.
    pub reference_codes: BTreeMap<String, BTreeMap<String, ReferenceCode>>,
    /// Sources by key: title, edition, link, licence.
    pub sources: BTreeMap<String, Source>,
}

impl YearRules {
    /// The directorate whose budget statement shows a cost centre: that of the longest pattern that
    /// fits, if any does.
    pub fn budget_holder(&self, cost_centre: &str) -> Option<&str> {
        let fits = self.budget_holders.iter().filter(|it| it.cost_centre.fits(cost_centre));
        fits.max_by_key(|it| it.cost_centre.rank()).map(|it| it.directorate.as_str())
    }
}

/// Settings with their units in the names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Staff pools of fewer people are merged.
    pub staff_pool_minimum_people: i64,
    /// Ward stays lose theatre time.
    pub ward_net_of_theatre: bool,
    /// Percent × 10⁴ of rows.
    pub quarantine_acceptance_rows_e4: i64,
    /// Percent × 10⁴ of rows.
    pub quarantine_refusal_rows_e4: i64,
    /// Percent × 10⁴ of cost.
    pub quarantine_acceptance_cost_e4: i64,
    /// Rows.
    pub ragged_rows_refusal: i64,
    /// Percent × 10⁴ of rows.
    pub resubmission_fewer_rows_e4: i64,
    /// Percent × 10⁴ of events.
    pub zero_cost_events_acceptance_e4: i64,
    /// Counts below this are small.
    pub small_number_people: i64,
}
