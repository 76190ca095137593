//! CP2: from the cost quantum to the cost ledger, and each cost line to its class.
//!
//! Reads the quantum and the model's mapping and cost lines.
//!
//! Writes what every cost line is made of, what no rule maps, which cost lines are support, final,
//! reconciliation items or without a class, and the budget on the same cost lines.
//!
//! Guarantees: cost lines + unmapped = quantum; support + final + reconciliation + unclassed =
//! cost lines. The first rule by sequence that fits takes the whole ledger line.
//!
//! Does not move cost between cost lines; a net credit is told, never clipped.
//!
//! Source: costing semantics, section 3, "Cost ledger", "Classes" and "Negative lines".

use std::collections::BTreeMap;

use domain::{Finding, Money, Severity, share::share};
use rules::YearRules;
use rules::year::MappingRule;
use tables::dataset::LedgerLine;
use tables::run::{CostLineSource, QuantumLine};

use crate::cp1_quantum::{Outcome, Quantum};
use crate::source::{SourceKey, SourceList, SourceNames};

mod budget;
mod classes;
pub(crate) mod negative;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;

pub use budget::{Budget, budget};
pub use classes::{Classed, classes};

/// The quantum in the terms of the cost ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostLedger {
    /// What each cost line with money is made of.
    pub lines: BTreeMap<String, SourceList>,
    /// Ledger lines that no mapping rule fits: residual UNMAPPED.
    pub unmapped: SourceList,
    /// Sequence of the mapping rule that took each ledger line of the quantum.
    pub mapping_rules: BTreeMap<String, i64>,
}

impl CostLedger {
    /// The rows of the run's cost line table in key order; the cost line is blank for UNMAPPED.
    pub fn rows<'a>(&'a self, names: &'a SourceNames) -> impl Iterator<Item = CostLineSource> + 'a {
        let lines = self.lines.iter().map(|(name, list)| (name.as_str(), list));
        [("", &self.unmapped)].into_iter().chain(lines).flat_map(move |(name, list)| {
            list.iter().map(move |(key, amount)| CostLineSource {
                cost_line: name.to_owned(),
                ledger_line: names.ledger_lines.name(key.ledger_line).to_owned(),
                amount,
            })
        })
    }

    /// The rows of the run's quantum table in key order, with the rule that took each line.
    pub fn quantum_rows<'a>(
        &'a self,
        quantum: &'a Quantum,
    ) -> impl Iterator<Item = QuantumLine> + 'a {
        quantum.lines.iter().map(|it| {
            let is_cost = it.outcome == Outcome::Cost;
            let rule = self.mapping_rules.get(&it.line.ledger_line).filter(|_| is_cost);
            it.row(rule.copied())
        })
    }
}

/// Maps the quantum to cost lines.
///
/// A finding tells what no rule maps, largest first, and each net credit: refused, unless the
/// model says why the cost line may be one.
///
/// # Panics
///
/// If money is lost, which is a fault of the engine, or if the names are those of another ledger.
///
/// # Source
///
/// Costing semantics, section 3, "Cost ledger" and "Negative lines".
pub fn cost_ledger(
    quantum: &Quantum,
    rules: &YearRules,
    names: &SourceNames,
) -> (CostLedger, Vec<Finding>) {
    let mut chosen = ChosenRules::default();
    let mut parts: BTreeMap<&str, Vec<(SourceKey, Money)>> = BTreeMap::new();
    let mut unmapped = Vec::new();
    let mut mapping_rules = BTreeMap::new();
    for line in quantum.with_outcome(Outcome::Cost) {
        let Some(rule) = chosen.rule(line, rules) else {
            unmapped.push(line);
            continue;
        };
        mapping_rules.insert(line.ledger_line.clone(), rule.sequence);
        for (cost_line, amount) in split(line, rule) {
            let key = names.direct(cost_line, &line.ledger_line);
            parts.entry(cost_line).or_default().push((key, amount));
        }
    }
    let mut findings = unmapped_findings(&unmapped);
    let unmapped =
        unmapped.iter().map(|it| (names.direct("", &it.ledger_line), it.amount)).collect();
    let lists =
        parts.into_iter().map(|(line, parts)| (line.to_owned(), parts.into_iter().collect()));
    let lines = lists.filter(|(_, list): &(String, SourceList)| !list.is_empty()).collect();
    let ledger = CostLedger { lines, unmapped, mapping_rules };
    assert_eq!(
        ledger.lines.values().map(SourceList::total).sum::<Money>() + ledger.unmapped.total(),
        quantum.walk.quantum(),
        "cost lines and what is unmapped are the quantum"
    );
    findings.extend(negative_lines(&ledger, rules));
    (ledger, findings)
}

/// The rule for each pair of cost centre and account, looked for once.
#[derive(Default)]
struct ChosenRules<'a> {
    known: BTreeMap<(&'a str, &'a str), Option<&'a MappingRule>>,
}

impl<'a> ChosenRules<'a> {
    fn rule(&mut self, line: &'a LedgerLine, rules: &'a YearRules) -> Option<&'a MappingRule> {
        let (cost_centre, account) = (line.cost_centre.as_str(), line.account.as_str());
        *self.known.entry((cost_centre, account)).or_insert_with(|| {
            let mut mapping = rules.mapping.iter();
            mapping.find(|it| it.cost_centre.fits(cost_centre) && it.account.fits(account))
        })
    }
}

/// Shares a ledger line over the cost lines of its rule, in cost line order.
fn split<'a>(line: &LedgerLine, rule: &'a MappingRule) -> Vec<(&'a str, Money)> {
    let weights: Vec<i128> = rule.targets.iter().map(|(_, it)| i128::from(*it)).collect();
    let shares = share(line.amount, &weights)
        .expect("the percentages of a mapping rule sum to 100, which the model's check ensures");
    rule.targets.iter().map(|(cost_line, _)| cost_line.as_str()).zip(shares).collect()
}

/// One finding for each pair of cost centre and account that no rule fits, largest amount first.
fn unmapped_findings(lines: &[&LedgerLine]) -> Vec<Finding> {
    let mut pairs: BTreeMap<(&str, &str), Vec<&LedgerLine>> = BTreeMap::new();
    for line in lines {
        pairs.entry((&line.cost_centre, &line.account)).or_default().push(line);
    }
    let mut findings: Vec<Finding> = pairs.into_iter().map(unmapped_finding).collect();
    findings.sort_by_key(|it| std::cmp::Reverse(it.money.abs()));
    findings
}

fn unmapped_finding(((cost_centre, account), lines): ((&str, &str), Vec<&LedgerLine>)) -> Finding {
    let all_zero = lines.iter().all(|it| it.amount.is_zero());
    let severity = if all_zero { Severity::Note } else { Severity::NeedsAcceptance };
    let message =
        format!("no mapping rule fits cost centre `{cost_centre}` with account `{account}`");
    Finding::new("F4", severity, message)
        .about(format!("{cost_centre}/{account}"))
        .with_rows(u64::try_from(lines.len()).expect("an index fits 64 bits"))
        .with_money(lines.iter().map(|it| it.amount).sum())
        .remedy("Add a rule to mapping.csv; until then this money is shown as UNMAPPED.")
}

fn negative_lines(ledger: &CostLedger, rules: &YearRules) -> Vec<Finding> {
    let reason = |name: &str| {
        rules.cost_lines.get(name).map(|it| it.negative_reason.clone()).unwrap_or_default()
    };
    let lines = ledger.lines.iter();
    lines
        .filter_map(|(name, list)| {
            let secret = negative::is_secret(name, rules);
            negative::finding("cost line", (name, list.total()), &reason(name), secret)
        })
        .collect()
}
