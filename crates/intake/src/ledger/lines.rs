//! Ledger and budget lines with identifiers that do not depend on the order of rows.

use std::collections::BTreeMap;

use domain::Finding;
use tables::dataset::{BudgetLine, LedgerLine};

use crate::feeds::small::LedgerItem;
use crate::findings::finding;

/// Why a ledger file is refused, or what is odd in it: journal lines with one id, equal lines.
pub(crate) fn duplicates(file: &str, items: &[(u64, &LedgerItem)]) -> Vec<Finding> {
    let mut by_id: BTreeMap<(&str, &str, u8, &str), Vec<u64>> = BTreeMap::new();
    let mut equal: BTreeMap<&LedgerItem, Vec<u64>> = BTreeMap::new();
    for (line, item) in items {
        if item.journal.is_empty() {
            equal.entry(item).or_default().push(*line);
        } else {
            let id = (
                item.cost_centre.as_str(),
                item.account.as_str(),
                item.period,
                item.journal.as_str(),
            );
            by_id.entry(id).or_default().push(*line);
        }
    }
    let mut found = Vec::new();
    for lines in by_id.values().filter(|it| it.len() > 1) {
        let rows = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let message = format!("{rows} journal lines have one id, cost centre, account and period");
        found.push(finding("F5", message).at(file, lines[1], "").with_rows(rows));
    }
    for (item, lines) in equal.iter().filter(|it| it.1.len() > 1) {
        let rows = u64::try_from(lines.len() - 1).unwrap_or(u64::MAX);
        let message = "a line without id has the same cost centre, account, period and amount";
        let mut warning = finding("F5", message).at(file, lines[1], "").with_rows(rows);
        warning.severity = domain::Severity::Warning;
        found.push(warning.with_money(item.amount));
    }
    found
}

/// Ledger lines in the order of their identifiers.
///
/// The identifier is cost centre, account and period, then the journal or, where several lines
/// share the three, a running number in the order of amounts.
pub(crate) fn ledger_lines(items: Vec<LedgerItem>, year: &str) -> Vec<LedgerLine> {
    let mut items = items;
    items.sort();
    let mut groups: BTreeMap<(String, String, u8), usize> = BTreeMap::new();
    for it in &items {
        *groups.entry((it.cost_centre.clone(), it.account.clone(), it.period)).or_default() += 1;
    }
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut lines: Vec<LedgerLine> = items
        .into_iter()
        .map(|it| {
            let base = format!("{}/{}/p{:02}", it.cost_centre, it.account, it.period);
            let several = groups[&(it.cost_centre.clone(), it.account.clone(), it.period)] > 1;
            let ledger_line = if !it.journal.is_empty() {
                format!("{base}/{}", it.journal)
            } else if several {
                let number = numbers.entry(base.clone()).or_default();
                *number += 1;
                format!("{base}/{number}")
            } else {
                base
            };
            LedgerLine {
                ledger_line,
                cost_centre: it.cost_centre,
                cost_centre_name: it.cost_centre_name,
                account: it.account,
                account_name: it.account_name,
                year: year.to_owned(),
                period: i64::from(it.period),
                amount: it.amount,
            }
        })
        .collect();
    lines.sort_by(|one, other| one.ledger_line.cmp(&other.ledger_line));
    lines
}

/// Budget lines, one for each cost centre, account and period.
pub(crate) fn budget_lines(items: Vec<LedgerItem>) -> Vec<BudgetLine> {
    let mut sums: BTreeMap<(String, String, u8), domain::Money> = BTreeMap::new();
    for it in items {
        *sums.entry((it.cost_centre, it.account, it.period)).or_default() += it.amount;
    }
    let line = |((cost_centre, account, period), amount)| BudgetLine {
        cost_centre,
        account,
        period: i64::from(period),
        amount,
    };
    sums.into_iter().map(line).collect()
}
