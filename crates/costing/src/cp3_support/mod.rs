//! CP3, first half: the cost of support lines to the final lines that they support.
//!
//! Reads own costs of support and final lines, drivers, statistics and support groups.
//!
//! Writes final lines with support, by source, and the weights with which each support line's own
//! cost was shared.
//!
//! Guarantees: final lines after support = support lines + final lines before. Support is mutual:
//! all support lines are one system of equations, solved exactly, and a weight is right to its last
//! digit. Money that passed through other support lines shows as that of the line that booked it.
//!
//! Does not touch reconciliation items or what is unmapped. A line without a class that holds a
//! statistic receives support, as a final line that leads nowhere.
//!
//! Source: costing semantics, section 4.

use std::collections::BTreeMap;

use domain::{Finding, Money, Severity};
use rules::YearRules;
use tables::run::{FinalLineSource, SupportWeight};

use crate::cp2_cost_ledger::{Classed, negative};
use crate::source::{SourceKey, SourceList, SourceNames};

mod exact;
mod magnitude;
#[cfg(test)]
mod reference;
mod solve;
mod system;
#[cfg(test)]
mod tests;

use system::System;

/// Ultimate shares of support lines at final lines, as weights.
///
/// # Units and shape
///
/// Share × 10¹⁸, rounded half up; one row for each support line that holds or is sent money, one
/// column for each final line, both in key order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupportWeights {
    /// Support lines.
    pub support_lines: Vec<String>,
    /// Final lines.
    pub final_lines: Vec<String>,
    /// Weights by support line, then by final line.
    pub weights: Vec<Vec<i128>>,
}

impl SupportWeights {
    /// The rows of the run's table of support weights in key order; zero weights are left out.
    pub fn rows(&self) -> impl Iterator<Item = SupportWeight> {
        self.support_lines.iter().zip(&self.weights).flat_map(|(support_line, weights)| {
            let weights = self.final_lines.iter().zip(weights).filter(|(_, weight)| **weight != 0);
            weights.map(|(final_line, weight)| SupportWeight {
                support_line: support_line.clone(),
                final_line: final_line.clone(),
                weight_e18: *weight,
            })
        })
    }
}

/// Final lines with their support.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supported {
    /// What each final line with money is made of, by cost line.
    pub finals: BTreeMap<String, SourceList>,
    /// How the support lines were shared.
    pub weights: SupportWeights,
}

impl Supported {
    /// The rows of the run's final line table in key order.
    pub fn rows<'a>(
        &'a self,
        names: &'a SourceNames,
    ) -> impl Iterator<Item = FinalLineSource> + 'a {
        self.finals.iter().flat_map(move |(final_line, list)| {
            list.iter().map(move |(key, amount)| {
                let (support_group, cost_line, ledger_line) = names.texts(key);
                FinalLineSource {
                    final_line: final_line.clone(),
                    support_group: support_group.to_owned(),
                    cost_line: cost_line.to_owned(),
                    ledger_line: ledger_line.to_owned(),
                    amount,
                }
            })
        })
    }
}

/// Shares support lines over final lines, each by its ultimate shares.
///
/// The findings tell each final line that is a net credit.
///
/// # Errors
///
/// Findings that refuse the run, each naming its line: a statistic that is negative or on a
/// reconciliation item; a support line that holds or is sent money and reaches no final line.
///
/// # Panics
///
/// If money is lost, which is a fault of the engine, or if the names are those of other rules.
///
/// # Source
///
/// Costing semantics, section 4.
pub fn support(
    classed: &Classed,
    rules: &YearRules,
    names: &SourceNames,
) -> Result<(Supported, Vec<Finding>), Vec<Finding>> {
    let system = System::new(classed, rules)?;
    let supported = shared(system, classed, rules, names)?;
    let findings = negative_lines(&supported, rules);
    Ok((supported, findings))
}

/// The same with each support line sharing only over later ones: shown beside it, never used.
///
/// Lines stand in descending own cost, then by key. Money at a support line that has no later line
/// to share over stays there: the line stands among the final lines, and a note names it.
///
/// # Errors
///
/// As [`support`].
///
/// # Panics
///
/// As [`support`].
///
/// # Source
///
/// Costing semantics, section 4, "Step-down".
pub fn step_down(
    classed: &Classed,
    rules: &YearRules,
    names: &SourceNames,
) -> Result<(Supported, Vec<Finding>), Vec<Finding>> {
    let (system, left) = System::new(classed, rules)?.stepped_down(classed);
    let mut ends = classed.clone();
    for name in &left {
        if let Some(own) = ends.support.remove(name) {
            ends.finals.insert(name.clone(), own);
        }
    }
    let supported = shared(system, &ends, rules, names)?;
    let findings = left.iter().map(|name| {
        let money = supported.finals.get(name).map(SourceList::total).unwrap_or_default();
        nothing_left(name, money)
    });
    let findings = findings.collect();
    Ok((supported, findings))
}

fn nothing_left(name: &str, money: Money) -> Finding {
    let message = format!(
        "stepped down, {money} stays at the support line `{name}`, which has no later line to send it to"
    );
    Finding::new("FIN-002", Severity::Note, message)
        .about(name)
        .with_money(money)
        .remedy("Nothing: step-down is shown for comparison only.")
}

fn shared(
    system: System,
    classed: &Classed,
    rules: &YearRules,
    names: &SourceNames,
) -> Result<Supported, Vec<Finding>> {
    let weights = solve::weights(&system);
    let weights =
        SupportWeights { support_lines: system.support, final_lines: system.finals, weights };
    let received = received(classed, &weights, rules, names)?;
    let mut finals = classed.finals.clone();
    for (name, parts) in weights.final_lines.iter().zip(received) {
        if !parts.is_empty() {
            finals.entry(name.clone()).or_default().merge(&parts.into_iter().collect());
        }
    }
    let lines = classed.support.values().chain(classed.finals.values());
    assert_eq!(
        finals.values().map(SourceList::total).sum::<Money>(),
        lines.map(SourceList::total).sum::<Money>(),
        "final lines after support are support and final lines before"
    );
    finals.retain(|_, list| !list.is_empty());
    Ok(Supported { finals, weights })
}

/// What each final line receives: parts of support lines' own cost, under their support groups.
fn received(
    classed: &Classed,
    weights: &SupportWeights,
    rules: &YearRules,
    names: &SourceNames,
) -> Result<Vec<Vec<(SourceKey, Money)>>, Vec<Finding>> {
    let mut received = vec![Vec::new(); weights.final_lines.len()];
    let mut faults = Vec::new();
    for (name, weights) in weights.support_lines.iter().zip(&weights.weights) {
        let Some(own) = classed.support.get(name) else { continue };
        let group = rules.cost_lines.get(name).map(|it| names.group(&it.support_group));
        let group = group.expect("a cost line that the model does not list has no class");
        match own.split(weights) {
            Err(_) => faults.push(too_large(name, own.total())),
            Ok(lists) => {
                for (into, list) in received.iter_mut().zip(lists) {
                    into.extend(list.iter().map(|(key, it)| (SourceKey { group, ..key }, it)));
                }
            }
        }
    }
    if faults.is_empty() { Ok(received) } else { Err(faults) }
}

fn too_large(name: &str, money: Money) -> Finding {
    let message = format!("the support line `{name}` is too large to be shared exactly");
    Finding::new("F18", Severity::Refusal, message)
        .about(name)
        .with_money(money)
        .remedy("Check the amounts of its ledger lines, and whether they are in pounds.")
}

fn negative_lines(supported: &Supported, rules: &YearRules) -> Vec<Finding> {
    let line = |(name, list): (&String, &SourceList)| {
        let line = rules.cost_lines.get(name);
        let reason = line.map(|it| it.negative_reason.as_str()).unwrap_or_default();
        let secret = negative::is_secret(name, rules);
        negative::finding("final line", (name, list.total()), reason, secret)
    };
    supported.finals.iter().filter_map(line).collect()
}
