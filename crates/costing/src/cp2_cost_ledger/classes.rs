//! Divides cost lines by class: support, final, reconciliation item, or none.

use std::collections::BTreeMap;

use domain::{Finding, Money, Severity};
use rules::YearRules;
use rules::year::Class;

use super::CostLedger;
use crate::source::SourceList;

/// Cost lines by what happens to them next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classed {
    /// Own cost of support lines, by cost line: T1, and T2 with a driver.
    pub support: BTreeMap<String, SourceList>,
    /// Own cost of final lines, by cost line: PF, OTHER, and T2 without a driver.
    pub finals: BTreeMap<String, SourceList>,
    /// Residual `RECONCILIATION_ITEM`, by item; a line whose item has no name goes by its own.
    pub reconciliation: BTreeMap<String, SourceList>,
    /// Lines without a class, by cost line: residual UNMAPPED.
    pub unclassed: BTreeMap<String, SourceList>,
}

impl Classed {
    /// The sum of all four.
    pub fn total(&self) -> Money {
        [&self.support, &self.finals, &self.reconciliation, &self.unclassed]
            .into_iter()
            .flat_map(BTreeMap::values)
            .map(SourceList::total)
            .sum()
    }
}

/// Divides the cost lines by class. A cost line that the model does not list has no class.
///
/// # Panics
///
/// If money is lost, which is a fault of the engine.
///
/// # Source
///
/// Costing semantics, section 3, "Classes".
pub fn classes(ledger: &CostLedger, rules: &YearRules) -> (Classed, Vec<Finding>) {
    let mut classed = Classed::default();
    let mut findings = Vec::new();
    for (name, list) in &ledger.lines {
        let line = rules.cost_lines.get(name);
        let (into, key) = match line {
            Some(line) if line.is_support() => (&mut classed.support, name),
            Some(line) if line.is_final() => (&mut classed.finals, name),
            Some(line) if line.class == Class::Reconciliation => {
                let item = &line.reconciliation_item;
                (&mut classed.reconciliation, if item.is_empty() { name } else { item })
            }
            _ => {
                findings.push(unclassed_finding(name, list));
                (&mut classed.unclassed, name)
            }
        };
        into.entry(key.clone()).or_default().merge(list);
    }
    assert_eq!(
        classed.total(),
        ledger.lines.values().map(SourceList::total).sum::<Money>(),
        "support, final, reconciliation and unclassed lines are the cost lines"
    );
    (classed, findings)
}

fn unclassed_finding(name: &str, list: &SourceList) -> Finding {
    Finding::new("F4", Severity::NeedsAcceptance, format!("the cost line `{name}` has no class"))
        .about(name)
        .with_money(list.total())
        .remedy("State its class in cost_lines.csv; until then its money is shown as UNMAPPED.")
}
