//! CP3, second half: final lines to resources and cost objects, small staff pools merged.
//!
//! Reads final lines with their support, and the model's cost lines, resources and shares.
//!
//! Writes what each resource and each cost object is made of, final lines that lead nowhere, and
//! the shares of each resource over its activities.
//!
//! Guarantees: resources + cost objects + unmapped = final lines. No resource that is a staff pool
//! of fewer people than the model's minimum reaches its activities by itself.
//!
//! Does not share a resource over activities; does not look at weights of activity.
//!
//! Source: costing semantics, section 3, "Classes", and section 7, first paragraph.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Finding, Money, Severity};
use rules::YearRules;
use rules::year::{Class, CostLine};

use crate::cp2_cost_ledger::negative;
use crate::cp3_support::Supported;
use crate::source::SourceList;

#[cfg(test)]
mod reference;
pub(crate) mod staff_pools;
#[cfg(test)]
mod tests;

/// One (resource, activity) pair of a resource as it is costed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolShare {
    /// Weight set that shares the pool.
    pub weight_set: String,
    /// Share of the resource, or with method FEED the factor on the set's total weight. Shares of
    /// one resource are in one unit of their own.
    pub share: i128,
}

/// Where the money of final lines goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// What each resource with money is made of; merged staff pools by the one that stays.
    pub resources: BTreeMap<String, SourceList>,
    /// Residual `NOT_OWN_PATIENT`, by cost object: research, teaching, services sold.
    pub cost_objects: BTreeMap<String, SourceList>,
    /// Residual UNMAPPED, by final line: no resource, no cost object or no class.
    pub unmapped: BTreeMap<String, SourceList>,
    /// Shares of each resource with money, by resource, then activity. A resource that is missing
    /// here has no activities.
    pub shares: BTreeMap<String, BTreeMap<String, PoolShare>>,
    /// Staff pools that were merged, and the pool that stays in place of each.
    pub merged: BTreeMap<String, String>,
}

/// Leads each final line to its resource or cost object, and merges small staff pools.
///
/// The findings tell what leads nowhere, which pools were merged, and each resource that is a net
/// credit: refused, unless the model says why the resource may be one.
///
/// # Errors
///
/// Findings that refuse the run: a small staff pool that no merger makes large enough, or pools to
/// be merged whose methods cannot be joined.
///
/// # Panics
///
/// If money is lost, which is a fault of the engine.
///
/// # Source
///
/// Costing semantics, section 3, "Classes" and "Negative lines"; section 7, first paragraph.
pub fn resources(
    supported: &Supported,
    rules: &YearRules,
) -> Result<(Resources, Vec<Finding>), Vec<Finding>> {
    let mut found = Resources::default();
    let mut findings = Vec::new();
    for (name, list) in &supported.finals {
        let (into, key) = match destination(rules.cost_lines.get(name), rules) {
            Destination::Resource(resource) => (&mut found.resources, resource),
            Destination::CostObject(object) => (&mut found.cost_objects, object),
            Destination::Nowhere(why) => {
                findings.push(unmapped_finding(name, list, why));
                (&mut found.unmapped, name.as_str())
            }
        };
        into.entry(key.to_owned()).or_default().merge(list);
    }
    // A net credit must not hide in the pool that takes it in.
    let mut negative = negative_resources(&found, rules);
    match staff_pools::merge(&mut found, rules) {
        Ok(merged) => findings.extend(merged),
        Err(mut faults) => {
            faults.extend(negative.into_iter().filter(|it| it.severity == Severity::Refusal));
            return Err(faults);
        }
    }
    let ways = [&found.resources, &found.cost_objects, &found.unmapped];
    assert_eq!(
        ways.into_iter().flat_map(BTreeMap::values).map(SourceList::total).sum::<Money>(),
        supported.finals.values().map(SourceList::total).sum::<Money>(),
        "resources, cost objects and what is unmapped are the final lines"
    );
    let joined = negative_resources(&found, rules);
    let told: BTreeSet<String> = negative.iter().map(|it| it.subject.clone()).collect();
    negative.extend(joined.into_iter().filter(|it| !told.contains(&it.subject)));
    findings.extend(negative);
    Ok((found, findings))
}

enum Destination<'a> {
    Resource(&'a str),
    CostObject(&'a str),
    Nowhere(&'static str),
}

fn destination<'a>(line: Option<&'a CostLine>, rules: &YearRules) -> Destination<'a> {
    match line {
        Some(line) if line.is_final() && line.class == Class::Other => {
            if rules.cost_objects.contains_key(&line.cost_object) {
                Destination::CostObject(&line.cost_object)
            } else {
                Destination::Nowhere("no cost object")
            }
        }
        Some(line) if line.is_final() => {
            if rules.resources.contains_key(&line.resource) {
                Destination::Resource(&line.resource)
            } else {
                Destination::Nowhere("no resource")
            }
        }
        _ => Destination::Nowhere("no class, but a statistic that brings it support"),
    }
}

fn unmapped_finding(name: &str, list: &SourceList, why: &str) -> Finding {
    Finding::new("F4", Severity::NeedsAcceptance, format!("the cost line `{name}` has {why}"))
        .about(name)
        .with_money(list.total())
        .remedy("Complete its row in cost_lines.csv; until then its money is shown as UNMAPPED.")
}

fn negative_resources(found: &Resources, rules: &YearRules) -> Vec<Finding> {
    let resource = |(name, list): (&String, &SourceList)| {
        let resource = rules.resources.get(name);
        let reason = resource.map(|it| it.negative_reason.as_str()).unwrap_or_default();
        let secret = resource.is_some_and(|it| staff_pools::is_secret(it, rules));
        negative::finding("resource", (name, list.total()), reason, secret)
    };
    found.resources.iter().filter_map(resource).collect()
}
