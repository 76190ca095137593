//! Service lines, statements, reference costs and codes, decisions, sources.

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
