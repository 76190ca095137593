//! Shares each resource over its activities: by stated shares, or by the weight of feeds.
//!
//! | reads | writes |
//! |---|---|
//! | resources with their sources, shares, total weights | `pools`: one for each (resource, activity), with its sources |
//!
//! Guarantees: pools + what has no driver + what is unmapped = resources, source by source.
//!
//! Does not: look at patients.
//!
//! Source: costing semantics, section 7.

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::share::ShareError;
use domain::{Finding, Money};
use rules::YearRules;
use rules::year::ResourceMethod;

use crate::cp2_cost_ledger::negative;
use crate::cp3_resources::{PoolShare, Resources};
use crate::cp4_weights::{Plan, SetWeights};
use crate::error::CostingError;
use crate::source::SourceList;

/// One (resource, activity) pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Weight set that shares it, by number.
    pub set: usize,
    /// What it is made of.
    pub sources: SourceList,
}

/// What became of the resources.
#[derive(Clone, Debug, Default)]
pub struct Activities {
    /// Pools by resource, then activity.
    pub pools: BTreeMap<String, BTreeMap<String, Pool>>,
    /// Resources whose activities have no weight.
    pub no_driver: BTreeMap<String, SourceList>,
    /// Resources without activities.
    pub unmapped: BTreeMap<String, SourceList>,
}

/// Shares every resource.
///
/// # Errors
///
/// [`CostingError::TooLarge`] if a resource times its weights passes 2¹²⁷.
pub fn activities(
    resources: &Resources,
    rules: &YearRules,
    plan: &Plan,
    weights: &[SetWeights],
) -> Result<Activities, CostingError> {
    let mut result = Activities::default();
    for (code, sources) in &resources.resources {
        let Some(shares) = resources.shares.get(code) else {
            result.unmapped.insert(code.clone(), sources.clone());
            continue;
        };
        let method = rules.resources[code].method;
        match split(method, sources, shares, (plan, weights)) {
            Ok(parts) => {
                let pools = shares.iter().zip(parts).map(|((activity, share), sources)| {
                    (activity.clone(), Pool { set: set_of(share, plan), sources })
                });
                result.pools.insert(code.clone(), pools.collect());
            }
            Err(ShareError::NoWeight) => {
                result.no_driver.insert(code.clone(), sources.clone());
            }
            Err(error) => {
                let what = format!("resource {code}");
                return Err(CostingError::TooLarge { what, why: error.to_string() });
            }
        }
    }
    assert_conserved(resources, &result);
    Ok(result)
}

/// The parts of one resource, in activity order.
fn split(
    method: ResourceMethod,
    sources: &SourceList,
    shares: &BTreeMap<String, PoolShare>,
    (plan, weights): (&Plan, &[SetWeights]),
) -> Result<Vec<SourceList>, ShareError> {
    let mut parts = Vec::with_capacity(shares.len());
    let mut total: i128 = 0;
    for share in shares.values() {
        let part = activity_weight(method, share, plan, weights).ok_or(ShareError::TooLarge)?;
        total = total.checked_add(part).ok_or(ShareError::TooLarge)?;
        parts.push(part);
    }
    sources.split(&parts)
}

/// The weight of one activity; none if it does not fit.
fn activity_weight(
    method: ResourceMethod,
    share: &PoolShare,
    plan: &Plan,
    weights: &[SetWeights],
) -> Option<i128> {
    match method {
        ResourceMethod::Share => Some(share.share),
        ResourceMethod::Feed => {
            let set = set_of(share, plan);
            let weight = weights[set].total().max(0).checked_mul(scale(plan, set))?;
            share.share.checked_mul(weight)
        }
    }
}

fn set_of(share: &PoolShare, plan: &Plan) -> usize {
    plan.set(&share.weight_set).expect("the model was checked: the weight set exists")
}

/// Brings sets with and without staff or relative weights to one unit: one person, weight one.
fn scale(plan: &Plan, set: usize) -> i128 {
    let set = &plan.sets[set];
    let staff = if set.staff { 1 } else { 100 };
    let relative = if set.default_e4.is_some() { 1 } else { 10_000 };
    staff * relative
}

/// The findings on pools that are net credits, under the reason of their resource.
///
/// # Source
///
/// Costing semantics, section 3, "Negative lines".
pub fn negative_pools(found: &Activities, rules: &YearRules) -> Vec<Finding> {
    let pools = found.pools.iter().flat_map(|(resource, pools)| {
        pools.iter().map(move |(activity, pool)| (resource, activity, pool.sources.total()))
    });
    let finding = |(resource, activity, money): (&String, &String, Money)| {
        let reason = rules.resources.get(resource).map(|it| it.negative_reason.as_str());
        let name = format!("{resource} in {activity}");
        negative::finding("pool", (&name, money), reason.unwrap_or_default(), false)
    };
    pools.filter_map(finding).collect()
}

/// Stops the run rather than go on with a cost that was made up or lost.
fn assert_conserved(resources: &Resources, result: &Activities) {
    for (code, sources) in &resources.resources {
        let mut found = SourceList::new();
        for pool in result.pools.get(code).into_iter().flat_map(BTreeMap::values) {
            found.merge(&pool.sources);
        }
        for rest in [&result.no_driver, &result.unmapped] {
            if let Some(sources) = rest.get(code) {
                found.merge(sources);
            }
        }
        assert_eq!(&found, sources, "resource {code} is not conserved");
    }
}
