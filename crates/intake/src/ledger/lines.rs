//! Ledger and budget lines with identifiers that do not depend on the order of rows.

use std::collections::BTreeMap;

use domain::Finding;
use tables::dataset::{BudgetLine, LedgerLine};

use crate::feeds::small::LedgerItem;
use crate::findings::finding;

/// Why a ledger file is refused, if two of its lines have one id; and lines without id that are
/// equal, which may be right.
pub(crate) fn duplicates(
    file: &str,
    items: &[(u64, LedgerItem)],
) -> (Option<Finding>, Vec<Finding>) {
    let mut by_id: BTreeMap<(&str, &str, u8, &str), Vec<u64>> = BTreeMap::new();
    let mut equal: BTreeMap<&LedgerItem, Vec<u64>> = BTreeMap::new();
    for (line, it) in items {
        if it.journal.is_empty() {
            equal.entry(it).or_default().push(*line);
        } else {
            let id = (it.cost_centre.as_str(), it.account.as_str(), it.period, it.journal.as_str());
            by_id.entry(id).or_default().push(*line);
        }
    }
    let count = |lines: &Vec<u64>| u64::try_from(lines.len()).unwrap_or(u64::MAX);
    let refusal = by_id.values().find(|it| it.len() > 1).map(|lines| {
        let rows = count(lines);
        let message = format!("{rows} lines have one journal, cost centre, account and period");
        finding("F5", message).at(file, lines[1], "").with_rows(rows)
    });
    let warnings = equal.iter().filter(|it| it.1.len() > 1).map(|(item, lines)| {
        let message = "a line without id has the same cost centre, account, period and amount";
        let mut warning = finding("F5", message).at(file, lines[1], "");
        warning.severity = domain::Severity::Warning;
        warning.with_rows(count(lines) - 1).with_money(item.amount)
    });
    (refusal, warnings.collect())
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
