//! A month as what it is: the difference of two year-to-date runs, labelled so.

use std::collections::BTreeMap;

use domain::Money;
use serde::Serialize;
use tables::run::{QuantumLine, ServiceLineCost};

use crate::output::as_decimal;
use crate::statements::{Residual, Statement, StatementRow};
use crate::{ResultsError, Run, reading};

/// What a run says beyond an earlier one of the same year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Since {
    /// Periods and runs, in words.
    pub label: String,
    /// Id of the earlier run.
    pub earlier: String,
    /// Statements of the difference.
    pub statements: Vec<Statement>,
    /// Residuals of the difference.
    pub residuals: Vec<Residual>,
    /// Ledger lines of the difference, those outside the period left out: own patients, residuals and income add up to it.
    #[serde(serialize_with = "as_decimal")]
    pub ledger: Money,
    /// Cost of own patients.
    #[serde(serialize_with = "as_decimal")]
    pub own_patients: Money,
    /// Income, negative as in the ledger.
    #[serde(serialize_with = "as_decimal")]
    pub income: Money,
}

/// Outcome and residual of ledger lines outside the period.
const OUTSIDE: &str = "OUTSIDE_PERIOD";

/// Months of a financial year, in order.
const MONTHS: [&str; 12] = [
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "January",
    "February",
    "March",
];

impl Run {
    /// This run less an earlier one of the same organisation and year.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NotEarlier`] unless the other ends before this one in the same year;
    /// [`ResultsError::DoesNotAddUp`] if the difference is not conserved.
    pub fn since(&self, earlier: &Self) -> Result<Since, ResultsError> {
        let (one, two) = (earlier.manifest(), self.manifest());
        let same = one.year == two.year && one.organisation == two.organisation;
        if !same || one.last_period >= two.last_period {
            return Err(ResultsError::NotEarlier {
                earlier: format!("{} to period {}", one.year, one.last_period),
                later: format!("{} to period {}", two.year, two.last_period),
            });
        }
        let (before, after) = (Totals::read(earlier)?, Totals::read(self)?);
        let since = Since {
            label: label(earlier, self),
            earlier: one.id.clone(),
            statements: statements(earlier.statements()?, self.statements()?),
            residuals: residuals(&earlier.residuals()?, self.residuals()?),
            ledger: after.ledger - before.ledger,
            own_patients: after.own_patients - before.own_patients,
            income: after.income - before.income,
        };
        let residuals: Money = since.residuals.iter().map(|it| it.amount).sum();
        let found = since.own_patients + residuals + since.income;
        crate::explain::must_equal("the ledger of the difference", since.ledger, found)?;
        Ok(since)
    }
}

/// The month of a period, 1 for April.
pub fn month(period: u8) -> &'static str {
    let month = usize::from(period).checked_sub(1).and_then(|it| MONTHS.get(it));
    month.copied().unwrap_or("adjustments")
}

/// The periods after one of a year, up to another, in words: `Period 12 (March)`.
pub(crate) fn periods(after: u8, last: u8) -> String {
    let first = after + 1;
    if first == last {
        return format!("Period {first} ({})", month(first));
    }
    format!("Periods {first} to {last} ({} to {})", month(first), month(last))
}

fn label(earlier: &Run, later: &Run) -> String {
    let (first, last) = (earlier.manifest().last_period, later.manifest().last_period);
    let periods = periods(first, last);
    format!(
        "{periods} of {}: year to date of run {} less that of run {}. What was posted or corrected late for earlier periods is in it.",
        later.manifest().year,
        later.id(),
        earlier.id()
    )
}

pub(crate) struct Totals {
    pub(crate) ledger: Money,
    pub(crate) own_patients: Money,
    pub(crate) income: Money,
}

impl Totals {
    pub(crate) fn read(run: &Run) -> Result<Self, ResultsError> {
        let lines = reading::all_rows::<QuantumLine>(run)?;
        let costs = reading::all_rows::<ServiceLineCost>(run)?;
        let own = costs.iter().filter(|it| matches!(it.category.as_str(), "" | "OWN"));
        let of_period = lines.iter().filter(|it| it.outcome != OUTSIDE);
        let income = lines.iter().filter(|it| it.outcome == "INCOME");
        Ok(Self {
            ledger: of_period.map(|it| it.amount).sum(),
            own_patients: own.map(|it| it.own + it.absorbed).sum(),
            income: income.map(|it| it.amount).sum(),
        })
    }
}

fn statements(before: Vec<Statement>, after: Vec<Statement>) -> Vec<Statement> {
    let mut before: BTreeMap<String, Statement> =
        before.into_iter().map(|it| (it.service_line.code.clone(), it)).collect();
    let mut found: Vec<Statement> = Vec::new();
    for statement in after {
        let earlier = before.remove(&statement.service_line.code);
        let amounts = |row: &str| {
            let rows = earlier.iter().flat_map(|it| &it.rows);
            rows.filter(|it| it.row == row).fold((Money::ZERO, Money::ZERO), |sum, it| {
                (sum.0 + it.amount, sum.1 + it.non_recurrent)
            })
        };
        let row = |it: StatementRow| {
            let (amount, non_recurrent) = amounts(&it.row);
            StatementRow {
                amount: it.amount - amount,
                non_recurrent: it.non_recurrent - non_recurrent,
                ..it
            }
        };
        let rows = statement.rows.into_iter().map(row).collect();
        found.push(Statement::of(statement.service_line, rows));
    }
    // A service line that has gone since: all of it is taken back.
    for (_, statement) in before {
        let row = |it: StatementRow| StatementRow {
            amount: -it.amount,
            non_recurrent: -it.non_recurrent,
            ..it
        };
        let rows = statement.rows.into_iter().map(row).collect();
        found.push(Statement::of(statement.service_line, rows));
    }
    found
}

fn residuals(before: &[Residual], after: Vec<Residual>) -> Vec<Residual> {
    let mut sums: BTreeMap<(String, String), Residual> = BTreeMap::new();
    for it in after {
        sums.insert((it.residual.clone(), it.reason.clone()), it);
    }
    for it in before {
        let key = (it.residual.clone(), it.reason.clone());
        let zero = || Residual { amount: Money::ZERO, ..it.clone() };
        sums.entry(key).or_insert_with(zero).amount -= it.amount;
    }
    // What lies outside the later run's period is no part of the month.
    let is_of_month = |it: &Residual| !it.amount.is_zero() && it.residual != OUTSIDE;
    sums.into_values().filter(is_of_month).collect()
}
