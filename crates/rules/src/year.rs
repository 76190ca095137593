//! The rules of one financial year, checked and ready to use.

use std::collections::BTreeMap;

use domain::{Day, FinancialYear, Money};

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
    /// National unit costs that are facts: (department, currency) to cost and activity.
    pub reference_costs: BTreeMap<(String, String), ReferenceCost>,
    /// The assurance log.
    pub decisions: Vec<Decision>,
    /// Staffed beds × 10², by location.
    pub capacity: BTreeMap<String, i64>,
    /// Reference codes by list, then code.
    pub reference_codes: BTreeMap<String, BTreeMap<String, ReferenceCode>>,
    /// Sources by key: title, edition, link, licence.
    pub sources: BTreeMap<String, Source>,
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

/// One rule of the ledger mapping; a split has several targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingRule {
    /// Order of trial.
    pub sequence: i64,
    /// Cost centre pattern.
    pub cost_centre: Pattern,
    /// Account pattern.
    pub account: Pattern,
    /// Cost line and percentage × 10⁴, in cost line order; the percentages sum to 1,000,000.
    pub targets: Vec<(String, i64)>,
}

/// One rule that makes ledger lines income.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomeRule {
    /// Order of trial.
    pub sequence: i64,
    /// Cost centre pattern.
    pub cost_centre: Pattern,
    /// Account pattern.
    pub account: Pattern,
    /// What is done with it.
    pub treatment: Treatment,
}

/// Treatment of income.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Income for patient care.
    PatientIncome,
    /// Income that may be netted from cost.
    NettingPermitted,
    /// Income that may not be netted.
    NettingNotPermitted,
    /// Income of activities other than patient care.
    OtherActivity,
}

/// Class of a cost line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Patient-facing.
    PatientFacing,
    /// Type 1 support.
    Type1,
    /// Type 2 support.
    Type2,
    /// Other activities.
    Other,
    /// Reconciliation item.
    Reconciliation,
    /// No class given: UNMAPPED.
    Missing,
}

/// One line of the cost ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostLine {
    /// Name for people.
    pub name: String,
    /// Class.
    pub class: Class,
    /// Support group; blank if none.
    pub support_group: String,
    /// Support driver; blank if none.
    pub driver: String,
    /// Resource; blank if none.
    pub resource: String,
    /// Cost object; blank if none.
    pub cost_object: String,
    /// Reconciliation item; blank if none.
    pub reconciliation_item: String,
    /// `direct`, `indirect` or `overhead`.
    pub traceability: String,
    /// `fixed`, `semi-fixed` or `variable`.
    pub behaviour: String,
    /// Whether safe clinical change can move it.
    pub controllable: bool,
    /// `PAY`, `DRUGS`, `DEVICES`, `CLINICAL_SUPPLIES`, `OTHER_NON_PAY`, `CAPITAL`.
    pub cost_type: String,
    /// `substantive`, `bank`, `agency`, `additional` or blank.
    pub pay_type: String,
    /// Whole-time equivalents funded × 10².
    pub wte_funded_e2: i64,
    /// Whole-time equivalents contracted × 10².
    pub wte_contracted_e2: i64,
    /// Whole-time equivalents worked × 10².
    pub wte_worked_e2: i64,
    /// `recurrent`, `non-recurrent` or `technical`.
    pub recurrence: String,
    /// Why it may be net negative; blank if it may not.
    pub negative_reason: String,
}

impl CostLine {
    /// Whether the line passes its cost on to others: T1, and T2 with a driver.
    pub fn is_support(&self) -> bool {
        self.class == Class::Type1 || (self.class == Class::Type2 && !self.driver.is_empty())
    }

    /// Whether cost ends here: PF, OTHER and T2 without a driver.
    pub fn is_final(&self) -> bool {
        matches!(self.class, Class::PatientFacing | Class::Other)
            || (self.class == Class::Type2 && self.driver.is_empty())
    }
}

/// A group under which support cost stays visible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportGroup {
    /// Name for people.
    pub name: String,
    /// Whether it holds capital charges.
    pub capital: bool,
}

/// Something that is not the care of an own patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostObject {
    /// Name for people.
    pub name: String,
    /// `RESEARCH`, `TEACHING`, `SERVICES_SOLD`, `DIRECT_ACCESS`, `OTHER`.
    pub kind: String,
}

/// A support driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Driver {
    /// Name for people.
    pub name: String,
    /// Unit of its statistics.
    pub unit: String,
}

/// How a resource reaches its activities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceMethod {
    /// By stated shares.
    Share,
    /// By the total weight of feeds.
    Feed,
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Name for people.
    pub name: String,
    /// Id in the national collection as configured.
    pub collection_resource: String,
    /// How it reaches its activities.
    pub method: ResourceMethod,
    /// Group in the statement.
    pub statement_group: String,
    /// Whether it is a pool of staff.
    pub staff_pool: bool,
    /// People in the pool.
    pub people: i64,
    /// Staff group of the pool.
    pub staff_group: String,
    /// Specialty of the pool; blank if it serves several.
    pub specialty: String,
    /// Directorate of the pool.
    pub directorate: String,
    /// Why it may be net negative; blank if it may not.
    pub negative_reason: String,
}

/// Unit of an activity count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountUnit {
    /// Rows, a return being −1.
    Number,
    /// Time, held in seconds.
    Minutes,
}

/// An activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Name for people.
    pub name: String,
    /// Id in the national collection as configured.
    pub collection_activity: String,
    /// Unit of its count.
    pub count_unit: CountUnit,
}

/// Says in which activity a feed row counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRule {
    /// Pattern on the row's code.
    pub code: Pattern,
    /// Pattern on the row's band.
    pub band: Pattern,
    /// Pattern on the row's specialty.
    pub specialty: Pattern,
    /// Pattern on the row's location.
    pub location: Pattern,
    /// Pattern on the matched event's category.
    pub category: Pattern,
    /// Activity.
    pub activity: String,
}

/// What a weight set measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightDriver {
    /// Rows.
    Count,
    /// Counted seconds.
    Duration,
    /// Quantity × 10⁴.
    Quantity,
    /// Traced cost in micro-pounds.
    Cost,
}

/// Column of a row that finds its relative weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightKey {
    /// `code`.
    Code,
    /// `band`.
    Band,
    /// `specialty`.
    Specialty,
    /// `location`.
    Location,
}

/// How the rows of an activity are weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightSet {
    /// Activity it belongs to.
    pub activity: String,
    /// What is measured.
    pub driver: WeightDriver,
    /// Whether staff present multiply it.
    pub staff: bool,
    /// Relative weights, if any.
    pub relative: Option<RelativeWeights>,
    /// Shortest duration counted.
    pub minimum_seconds: i64,
    /// Whether traced costs are charged as they are.
    pub absolute: bool,
}

/// Where a weight set finds its relative weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelativeWeights {
    /// Table in `rwv.csv`.
    pub table: String,
    /// Column of the row.
    pub key: WeightKey,
    /// Value × 10⁴ for codes not in the table.
    pub default_e4: i64,
}

/// One (resource, activity) pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Weight set that shares the pool.
    pub weight_set: String,
    /// Share, or factor with method FEED, × 10⁴.
    pub share_e4: i64,
}

/// A kind of planned session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKind {
    /// Name for people.
    pub name: String,
    /// Activities whose rows use the session.
    pub used_by: Vec<String>,
    /// Activity that receives what is unused.
    pub unused_to: String,
    /// Whether unused time is spread over the session's patients.
    pub spread: bool,
}

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

/// A specialty (treatment function).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specialty {
    /// Name for people.
    pub name: String,
    /// Service line.
    pub service_line: String,
}

/// A service line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceLine {
    /// Name for people.
    pub name: String,
    /// Directorate.
    pub directorate: String,
    /// Division.
    pub division: String,
    /// Whether it is paid mainly by a fixed sum.
    pub fixed_payment: bool,
}

/// What a row of the statement shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// Income: `recognised`, `unit_price` or `difference`.
    Income(String),
    /// Cost whose attributes fit one of these patterns.
    Cost(Vec<CostSelector>),
    /// Rows added with their sign.
    Subtotal(Vec<(bool, String)>),
}

/// Chooses costs for a statement row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostSelector {
    /// Pattern on traceability of the cost line booked.
    pub traceability: Pattern,
    /// Pattern on its cost type.
    pub cost_type: Pattern,
    /// Pattern on the support group (`DIRECT` for own cost).
    pub support_group: Pattern,
    /// Pattern on the resource's statement group.
    pub statement_group: Pattern,
}

/// One row of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRow {
    /// Place in the statement.
    pub order: i64,
    /// Code of the row.
    pub row: String,
    /// Name for people.
    pub name: String,
    /// What it shows.
    pub kind: StatementKind,
}

/// A national unit cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceCost {
    /// Mean cost of one.
    pub unit_cost: Money,
    /// National activity.
    pub activity: i64,
}

/// One decision in the assurance log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Identifier.
    pub decision: String,
    /// What it is about.
    pub subject: String,
    /// Method used.
    pub method_used: String,
    /// Method prescribed, as configured.
    pub prescribed_method: String,
    /// Whether the method used is a superior costing method.
    pub superior_method: bool,
    /// Who decided.
    pub owner: String,
    /// When.
    pub decided_on: Day,
    /// Evidence.
    pub evidence: String,
}

/// One code of a reference list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceCode {
    /// Name for people.
    pub name: String,
    /// Fixed length, if lost leading zeros may be restored.
    pub length: Option<i64>,
    /// First day on which it is valid.
    pub valid_from: Option<Day>,
    /// Last day on which it is valid.
    pub valid_to: Option<Day>,
}

/// A cited document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Title.
    pub title: String,
    /// Edition or date.
    pub edition: String,
    /// Link or archive copy; may be blank.
    pub link: String,
    /// Licence; may be blank.
    pub licence: String,
}
