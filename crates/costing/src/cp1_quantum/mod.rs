//! CP1: which ledger lines make the cost quantum, which are income, which lie outside the period.
//!
//! Reads the ledger, its control totals, and the rules on income and on the period costed.
//!
//! Writes one outcome for each ledger line, and the walk from the ledger to the quantum.
//!
//! Guarantees: every ledger line has exactly one outcome; quantum + income + outside = ledger, and
//! a control total that covers all lines equals the ledger.
//!
//! Does not map a line to the cost ledger, and changes no amount.
//!
//! Source: costing semantics, section 3, "Quantum".

use std::collections::BTreeMap;

use domain::{Finding, Money};
use rules::YearRules;
use rules::year::Treatment;
use tables::dataset::{ControlTotal, LedgerLine};
use tables::run::QuantumLine;

mod findings;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;

/// What becomes of a ledger line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Part of the cost quantum, with its sign; netted income too.
    Cost,
    /// Leaves the cost side as income.
    Income,
    /// Of another year, or of a period later than the last one costed.
    OutsidePeriod,
}

impl Outcome {
    /// The word that tables hold.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cost => "COST",
            Self::Income => "INCOME",
            Self::OutsidePeriod => "OUTSIDE_PERIOD",
        }
    }
}

/// The word of a treatment, as the model's `income.csv` writes it.
pub const fn treatment_word(treatment: Treatment) -> &'static str {
    match treatment {
        Treatment::PatientIncome => "patient_income",
        Treatment::NettingPermitted => "netting_permitted",
        Treatment::NettingNotPermitted => "netting_not_permitted",
        Treatment::OtherActivity => "other_activity",
    }
}

/// One ledger line and its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantumEntry {
    /// The line as it was read.
    pub line: LedgerLine,
    /// What becomes of it.
    pub outcome: Outcome,
    /// How its income is treated; none for cost, and for lines outside the period.
    pub treatment: Option<Treatment>,
}

impl QuantumEntry {
    /// The row of the run's table; the mapping rule is blank where none took the line.
    pub fn row(&self, mapping_rule: Option<i64>) -> QuantumLine {
        QuantumLine {
            ledger_line: self.line.ledger_line.clone(),
            cost_centre: self.line.cost_centre.clone(),
            cost_centre_name: self.line.cost_centre_name.clone(),
            account: self.line.account.clone(),
            account_name: self.line.account_name.clone(),
            year: self.line.year.clone(),
            period: self.line.period,
            amount: self.line.amount,
            outcome: self.outcome.word().to_owned(),
            treatment: self.treatment.map(treatment_word).unwrap_or_default().to_owned(),
            mapping_rule: mapping_rule.map(|it| it.to_string()).unwrap_or_default(),
        }
    }
}

/// The steps from the ledger to the quantum. Cost is positive, income negative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// All ledger lines.
    pub ledger: Money,
    /// Lines outside the period.
    pub outside: Money,
    /// Income that leaves the cost side, by treatment as `income.csv` writes it.
    pub income: BTreeMap<&'static str, Money>,
    /// Operating expenses of the period before any income is netted.
    pub gross_cost: Money,
    /// Income that stays on the cost side, with its sign.
    pub netted_income: Money,
}

impl Walk {
    /// The cost quantum: operating expenses less the income that may be netted.
    pub fn quantum(&self) -> Money {
        self.gross_cost + self.netted_income
    }

    /// All income that leaves the cost side.
    pub fn income_total(&self) -> Money {
        self.income.values().sum()
    }

    /// The walk for people: step and amount, from the ledger down to the quantum.
    ///
    /// The first row less those that begin with `less` gives the gross operating expenses; those
    /// with the netted income give the quantum.
    pub fn rows(&self) -> Vec<(String, Money)> {
        let mut rows = vec![
            ("ledger".to_owned(), self.ledger),
            ("less outside the period".to_owned(), self.outside),
        ];
        let income = self.income.iter();
        rows.extend(
            income.map(|(treatment, amount)| (format!("less income: {treatment}"), *amount)),
        );
        rows.push(("gross operating expenses".to_owned(), self.gross_cost));
        rows.push(("income netted".to_owned(), self.netted_income));
        rows.push(("quantum".to_owned(), self.quantum()));
        rows
    }
}

/// The ledger divided into cost, income and what lies outside the period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quantum {
    /// All ledger lines in key order.
    pub lines: Vec<QuantumEntry>,
    /// The steps from the ledger to the quantum.
    pub walk: Walk,
    /// The control total that covers every line; none if no control total does.
    pub control: Option<Money>,
}

impl Quantum {
    /// The lines with one outcome, in key order.
    pub fn with_outcome(&self, outcome: Outcome) -> impl Iterator<Item = &LedgerLine> {
        self.lines.iter().filter(move |it| it.outcome == outcome).map(|it| &it.line)
    }
}

/// Divides the ledger. The order of its lines does not matter.
///
/// A line of period 13 belongs to the year when all of it is costed. A finding refuses the run
/// where a control total differs or a ledger line stands twice.
///
/// # Panics
///
/// If money is lost, which is a fault of the engine.
///
/// # Source
///
/// Costing semantics, section 3, "Quantum".
pub fn quantum(
    ledger: &[LedgerLine],
    control: &[ControlTotal],
    rules: &YearRules,
) -> (Quantum, Vec<Finding>) {
    let mut lines: Vec<QuantumEntry> = ledger.iter().map(|it| entry(it, rules)).collect();
    lines.sort_by(|one, other| order(&one.line).cmp(&order(&other.line)));
    let walk = walk(&lines);
    assert_eq!(
        walk.quantum() + walk.income_total() + walk.outside,
        walk.ledger,
        "quantum, income and lines outside the period are the ledger"
    );
    let (control, mut found) = findings::against_control(&lines, control, rules);
    found.extend(findings::repeated(&lines));
    found.extend(findings::outside(&lines, rules));
    (Quantum { lines, walk, control }, found)
}

/// The key, then all else, so that a repeated key has one order too.
fn order(line: &LedgerLine) -> (&str, &str, i64, &str, &str, Money) {
    let LedgerLine { ledger_line, year, period, cost_centre, account, amount, .. } = line;
    (ledger_line, year, *period, cost_centre, account, *amount)
}

fn entry(line: &LedgerLine, rules: &YearRules) -> QuantumEntry {
    if !in_period(line, rules) {
        let outcome = Outcome::OutsidePeriod;
        return QuantumEntry { line: line.clone(), outcome, treatment: None };
    }
    let mut income = rules.income.iter();
    let rule =
        income.find(|it| it.cost_centre.fits(&line.cost_centre) && it.account.fits(&line.account));
    let treatment = rule.map(|it| it.treatment);
    let outcome = match treatment {
        None | Some(Treatment::NettingPermitted) => Outcome::Cost,
        Some(_) => Outcome::Income,
    };
    QuantumEntry { line: line.clone(), outcome, treatment }
}

fn in_period(line: &LedgerLine, rules: &YearRules) -> bool {
    let last = i64::from(rules.last_period);
    let whole_year = last == LAST_MONTH;
    line.year == rules.year.to_string()
        && ((1..=last).contains(&line.period) || (whole_year && line.period == ADJUSTMENTS))
}

/// Period of March.
const LAST_MONTH: i64 = 12; // number: period of March
/// Period of adjustments after March.
const ADJUSTMENTS: i64 = 13; // number: period after March

fn walk(lines: &[QuantumEntry]) -> Walk {
    let mut walk = Walk::default();
    for QuantumEntry { line, outcome, treatment } in lines {
        walk.ledger += line.amount;
        match (outcome, treatment) {
            (Outcome::OutsidePeriod, _) => walk.outside += line.amount,
            (Outcome::Cost, None) => walk.gross_cost += line.amount,
            (Outcome::Cost, Some(_)) => walk.netted_income += line.amount,
            (Outcome::Income, treatment) => {
                let treatment = treatment.map(treatment_word).unwrap_or_default();
                *walk.income.entry(treatment).or_default() += line.amount;
            }
        }
    }
    walk
}
