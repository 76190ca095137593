//! What is worth telling of income lines: what is kept apart, and what the ledger has otherwise.

use std::collections::BTreeMap;

use domain::{Finding, Money, Severity};
use tables::run::{IncomeApart, LooseIncome};

use super::count;

/// What income lines came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncomeTally {
    /// Patient income recognised, of events and of services.
    pub recognised: Money,
    /// Patient income of the ledger, as a positive amount.
    pub ledger: Money,
    /// Patient income without an event, by specialty.
    pub loose: Vec<LooseIncome>,
    /// Income that is no patient income of the period.
    pub apart: Vec<IncomeApart>,
}

/// Findings on income lines; none without any.
pub(super) fn findings(income: &IncomeTally) -> Vec<Finding> {
    let mut findings = apart(income);
    let lines: i64 = income.loose.iter().map(|it| it.lines).sum();
    if lines > 0 {
        let sum: Money = income.loose.iter().map(|it| it.recognised).sum();
        let message = format!(
            "{lines} lines of patient income, {sum} in all, belong to no event of the dataset, in {} specialties; they count in their service lines",
            income.loose.len()
        );
        findings.push(
            Finding::new("ASS-016", Severity::Note, message)
                .about("income without an event")
                .with_rows(count(lines))
                .with_money(sum)
                .remedy("See loose_income by specialty; block payments have no event, activity should have one"),
        );
    }
    let none = income.recognised.is_zero() && income.loose.is_empty() && income.apart.is_empty();
    let difference = income.recognised - income.ledger;
    if !none && !difference.is_zero() {
        let message = format!(
            "Income lines recognise {} of patient income, but the ledger holds {}: {difference} apart",
            income.recognised, income.ledger
        );
        findings.push(
            Finding::new("ASS-017", Severity::Warning, message)
                .about("patient income")
                .with_money(difference)
                .remedy(
                    "Compare the income file's periods and kinds with the accounts of income.csv",
                ),
        );
    }
    findings
}

fn apart(income: &IncomeTally) -> Vec<Finding> {
    let mut sums: BTreeMap<(&str, &str), (i64, Money)> = BTreeMap::new();
    for it in &income.apart {
        let kind = if it.outcome == "OUTSIDE_PERIOD" { "" } else { it.kind.as_str() };
        let sum = sums.entry((&it.outcome, kind)).or_default();
        sum.0 += it.lines;
        sum.1 += it.recognised;
    }
    let finding = |((outcome, kind), (lines, sum)): ((&str, &str), (i64, Money))| {
        let (code, message, remedy) = if outcome == "OUTSIDE_PERIOD" {
            (
                "ASS-014",
                format!(
                    "{lines} income lines are of periods after the last one costed (OUTSIDE_PERIOD), {sum} in all"
                ),
                "Nothing, if the income file covers a longer time on purpose",
            )
        } else {
            (
                "ASS-015",
                format!(
                    "{lines} income lines are of kind {kind}, {sum} in all; they are no patient income and stand in no service line"
                ),
                "Nothing, if the kind is right; see income_apart by specialty",
            )
        };
        Finding::new(code, Severity::Note, message)
            .about(format!("income {outcome} {kind}").trim_end())
            .with_rows(count(lines))
            .with_money(sum)
            .remedy(remedy)
    };
    sums.into_iter().map(finding).collect()
}
