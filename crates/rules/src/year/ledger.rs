//! Rules of the ledger: mapping, income, cost lines, support.

use super::Pattern;

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
