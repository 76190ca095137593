//! The same cost ledger in the plainest form: each line, its rule, its parts, its class.

use std::collections::BTreeMap;

use rules::YearRules;
use rules::year::Class;
use tables::dataset::LedgerLine;

use crate::plain::{Sources, add, floor};
use crate::source::SourceNames;

/// Cost lines by what happens to them next and name; what no rule maps stands under a blank name.
pub(super) type Plain = BTreeMap<(&'static str, String), Sources>;

/// Maps lines of the quantum, and divides cost lines by class, as the law reads.
pub(super) fn classed<'a>(
    quantum: impl Iterator<Item = &'a LedgerLine>,
    rules: &YearRules,
    names: &SourceNames,
) -> Plain {
    let mut lines: BTreeMap<String, Sources> = BTreeMap::new();
    let mut plain = Plain::new();
    for line in quantum {
        let fits = |it: &&rules::year::MappingRule| {
            it.cost_centre.fits(&line.cost_centre) && it.account.fits(&line.account)
        };
        let amount = i128::from(line.amount.micro_pounds());
        let Some(rule) = rules.mapping.iter().filter(fits).min_by_key(|it| it.sequence) else {
            let unmapped = plain.entry(("unmapped", String::new())).or_default();
            add(unmapped, names.direct("", &line.ledger_line), amount);
            continue;
        };
        let percentages: BTreeMap<&str, i64> =
            rule.targets.iter().map(|(name, it)| (name.as_str(), *it)).collect();
        let whole = percentages.values().map(|it| i128::from(*it)).sum();
        let mut running = 0;
        for (cost_line, percentage) in percentages {
            let before = running;
            running += i128::from(percentage);
            let part = floor(amount, running, whole) - floor(amount, before, whole);
            let list = lines.entry(cost_line.to_owned()).or_default();
            add(list, names.direct(cost_line, &line.ledger_line), part);
        }
    }
    for (name, list) in lines {
        let line = rules.cost_lines.get(&name);
        let next = match line.map(|it| (it.class, it.driver.is_empty())) {
            Some((Class::Type1, _) | (Class::Type2, false)) => "support",
            Some((Class::PatientFacing | Class::Other, _) | (Class::Type2, true)) => "final",
            Some((Class::Reconciliation, _)) => "reconciliation",
            Some((Class::Missing, _)) | None => "unclassed",
        };
        let item = line.map(|it| it.reconciliation_item.clone()).unwrap_or_default();
        let key = if next == "reconciliation" && !item.is_empty() { item } else { name };
        let into = plain.entry((next, key)).or_default();
        crate::plain::merge(into, &list);
    }
    plain.retain(|_, list| !list.is_empty());
    plain
}
