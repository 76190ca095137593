//! Service lines, statements, reference costs and codes, decisions, sources.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Day, Money};

use super::Pattern;

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

/// What a statement row is chosen by: attributes of a cost as the run states them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostAttributes<'a> {
    /// `direct`, `indirect` or `overhead`.
    pub traceability: &'a str,
    /// Kind of cost.
    pub cost_type: &'a str,
    /// Support group, or `DIRECT`.
    pub support_group: &'a str,
    /// Statement group of the resource.
    pub statement_group: &'a str,
}

impl StatementRow {
    /// Whether the row takes a cost; the first row that does has it.
    pub fn takes(&self, cost: CostAttributes<'_>) -> bool {
        let StatementKind::Cost(selectors) = &self.kind else { return false };
        let fits = |it: &CostSelector| {
            it.traceability.fits(cost.traceability)
                && it.cost_type.fits(cost.cost_type)
                && it.support_group.fits(cost.support_group)
                && it.statement_group.fits(cost.statement_group)
        };
        selectors.iter().any(fits)
    }
}

/// Income that a row shows, of income at unit price and as recognised.
pub fn income_of(which: &str, (at_unit_price, recognised): (Money, Money)) -> Money {
    match which {
        "unit_price" => at_unit_price,
        "difference" => recognised - at_unit_price,
        _ => recognised,
    }
}

/// Rows added with their sign: the amount, and the non-recurrent or technical part of it.
pub fn subtotal(
    terms: &[(bool, String)],
    amounts: &BTreeMap<&str, (Money, Money)>,
) -> (Money, Money) {
    terms.iter().fold((Money::ZERO, Money::ZERO), |sum, (adds, row)| {
        let it = amounts.get(row.as_str()).copied().unwrap_or_default();
        if *adds { (sum.0 + it.0, sum.1 + it.1) } else { (sum.0 - it.0, sum.1 - it.1) }
    })
}

/// A national unit cost of one currency at one point of delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceCost {
    /// Mean cost of one; of several departments that come to one point of delivery, the mean over
    /// all their activity, half up to the micro-pound.
    pub unit_cost: Money,
    /// National activity.
    pub activity: i64,
    /// Keys of the sources.
    pub sources: BTreeSet<String>,
}

/// List of `reference_codes.csv` that says which point of delivery (`name`) a department of the
/// National Cost Collection (`code`) is.
pub const NATIONAL_DEPARTMENT: &str = "national_department";

/// List of `reference_codes.csv` with activities that national unit costs leave out.
pub const NATIONAL_LEFT_OUT: &str = "national_left_out";

/// How a value of similar trusts is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerKind {
    /// How much is used for one event: a difference is costed at the trust's own cost of one.
    Use,
    /// What is paid for one event.
    Price,
}

impl PeerKind {
    /// The words of the model.
    pub const WORDS: &[(&str, Self)] = &[("use", Self::Use), ("price", Self::Price)];
}

/// What similar trusts use or pay for one event of a kind of care.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerValue {
    /// Who they are: `nine similar trusts`.
    pub peers: String,
    /// HRGs that it holds for.
    pub hrg: Pattern,
    /// Point of delivery that it holds for.
    pub pod: String,
    /// What is compared, as people say it: `blood tests`.
    pub measure: String,
    /// How it is compared.
    pub kind: PeerKind,
    /// Activities that are counted; they do not overlap.
    pub counted_by: Vec<Pattern>,
    /// Activities whose cost it is.
    pub costed_by: Vec<Pattern>,
    /// The value of the peers × 10⁴: days, number or pounds for one event.
    pub value_e4: i64,
    /// Unit of it: `days`, `number` or `pounds`.
    pub unit: String,
    /// Key of the source.
    pub source: String,
}

/// Cost centres that one directorate's budget statement shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetHolder {
    /// Cost centres.
    pub cost_centre: Pattern,
    /// Directorate, as `service_lines.csv` names those that have service lines.
    pub directorate: String,
}

/// Events of one point of delivery and month as another source counts them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedActivity {
    /// Who says so: the extract of a national data set, or the contract.
    pub stated_by: String,
    /// Point of delivery; blank for events without one.
    pub pod: String,
    /// Period, 1 for April.
    pub period: i64,
    /// What is counted.
    pub counted: Counted,
    /// Events.
    pub events: i64,
}

impl StatedActivity {
    /// Who states it, of what, and for which month.
    pub fn key(&self) -> (&str, &str, i64) {
        (&self.stated_by, &self.pod, self.period)
    }
}

/// Which events count in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// Those that ended in it, such as finished episodes.
    Ended,
    /// Those that started in it, kept or not.
    Started,
    /// Those that started in it, without appointments that were not kept.
    Attended,
}

impl Counted {
    /// The words of the model.
    pub const WORDS: &[(&str, Self)] =
        &[("ended", Self::Ended), ("started", Self::Started), ("attended", Self::Attended)];

    /// The word of the model.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Started => "started",
            Self::Attended => "attended",
        }
    }
}

/// A range in which a figure of a run is usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlausibleRange {
    /// Lower end × 10⁴.
    pub low_e4: i64,
    /// Upper end × 10⁴; the same as the lower for a published figure.
    pub high_e4: i64,
    /// Unit of both.
    pub unit: String,
    /// Key of the source that states it.
    pub source: String,
}

/// A figure of a run that `plausibility.csv` can give a range for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Name; with `/` behind it if a code follows, such as a point of delivery.
    pub name: &'static str,
    /// Unit of the figure and its range.
    pub unit: &'static str,
    /// How the model's file writes it.
    pub shown: &'static str,
}

impl Measure {
    /// Whether a cell of the column `measure` means this one.
    pub fn is(&self, measure: &str) -> bool {
        if self.name.ends_with('/') {
            measure.strip_prefix(self.name).is_some_and(|code| !code.is_empty())
        } else {
            measure == self.name
        }
    }
}

/// All measures.
pub const MEASURES: &[Measure] = &[
    measure("pay_share", "percent of operating expenses", "pay_share"),
    measure("drugs_share", "percent of operating expenses", "drugs_share"),
    measure("support_share", "percent of operating expenses", "support_share"),
    measure("bed_occupancy", "percent", "bed_occupancy"),
    measure("not_attended", "percent of outpatient appointments", "not_attended"),
    measure("mean_stay/", "days", "mean_stay/<point of delivery>"),
    measure("unit_cost/", "pounds", "unit_cost/<point of delivery>"),
    measure("reference_index/", "percent of reference costs", "reference_index/<department>"),
    measure("for_others/", "percent of rows", "for_others/<feed>"),
];

const fn measure(name: &'static str, unit: &'static str, shown: &'static str) -> Measure {
    Measure { name, unit, shown }
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
