//! The control totals, and whether the ledger adds up to them.

use std::collections::BTreeMap;

use domain::{Finding, Money};
use tables::dataset::{BudgetLine, ControlTotal, LedgerLine};

use crate::findings::finding;

const THOUSAND: i128 = 1000;
const PERCENT: i128 = 100;

/// Control totals by period; two that differ for one period are both kept as findings.
pub(crate) fn control_totals(
    items: Vec<(u8, Money)>,
    file: &str,
) -> (Vec<ControlTotal>, Vec<Finding>) {
    let mut by_period: BTreeMap<u8, Money> = BTreeMap::new();
    let mut found = Vec::new();
    for (period, amount) in items {
        let known = *by_period.entry(period).or_insert(amount);
        if known != amount {
            let message = format!(
                "period {period} has two control totals, {} and {}",
                known.to_pence(),
                amount.to_pence()
            );
            found.push(finding("F1", message).at(file, 0, "").with_money((known - amount).abs()));
        }
    }
    let total = |(period, amount)| ControlTotal { period: i64::from(period), amount };
    (by_period.into_iter().map(total).collect(), found)
}

/// What is wrong where the ledger does not add up to its control totals.
pub(crate) fn against_control(
    control: &[ControlTotal],
    ledger: &[LedgerLine],
    budget: &[BudgetLine],
    file: &str,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for total in control {
        let until = |period: i64| period <= total.period;
        let sum: Money = ledger.iter().filter(|it| until(it.period)).map(|it| it.amount).sum();
        let planned: Money = budget.iter().filter(|it| until(it.period)).map(|it| it.amount).sum();
        let difference = sum - total.amount;
        if difference.is_zero() {
            continue;
        }
        let period = total.period;
        let sums = format!(
            "to period {period} the ledger adds up to {}, its control total is {}",
            sum.to_pence(),
            total.amount.to_pence()
        );
        let (code, message) = if in_thousands(sum, total.amount) {
            ("F11", format!("{sums}: a thousand times as much"))
        } else if !budget.is_empty() && planned == sum {
            ("F10", format!("{sums}; the budget adds up to the same as the ledger"))
        } else {
            ("F1", format!("{sums}: a difference of {}", difference.to_pence()))
        };
        found.push(finding(code, message).at(file, 0, "").with_money(difference.abs()));
    }
    found
}

/// Whether one amount is about a thousand times the other: a ledger in thousands is rounded.
fn in_thousands(sum: Money, total: Money) -> bool {
    let (sum, total) = (i128::from(sum.micro_pounds()), i128::from(total.micro_pounds()));
    sum != 0 && (sum * THOUSAND - total).abs() * PERCENT < total.abs()
}
