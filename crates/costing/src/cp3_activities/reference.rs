//! The same pools in the plainest form: each resource's sources, part by part.

use std::collections::BTreeMap;

use rules::YearRules;
use rules::year::ResourceMethod;

use crate::cp3_resources::Resources;
use crate::plain::{PlainWeights, Sources, parts, sources};

/// What becomes of the resources.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) pools: BTreeMap<(String, String), Sources>,
    pub(super) no_driver: BTreeMap<String, Sources>,
    pub(super) unmapped: BTreeMap<String, Sources>,
}

/// Shares every resource as the law reads; `sets` holds each set's weights of all receivers.
pub(super) fn activities(
    resources: &Resources,
    rules: &YearRules,
    sets: &BTreeMap<String, PlainWeights>,
) -> Plain {
    let mut plain = Plain::default();
    for (resource, list) in &resources.resources {
        let list = sources(list);
        let Some(shares) = resources.shares.get(resource) else {
            plain.unmapped.insert(resource.clone(), list);
            continue;
        };
        let weight = |set: &String, share: i128| match rules.resources[resource].method {
            ResourceMethod::Share => share,
            ResourceMethod::Feed => {
                // In seconds (or numbers) of one person of relative weight one, × 10⁶.
                let rule = &rules.weight_sets[set];
                let staff = if rule.staff { 1 } else { 100 };
                let relative = if rule.relative.is_some() { 1 } else { 10_000 };
                share * staff * relative * sets[set].values().sum::<i128>().max(0)
            }
        };
        let weights: Vec<i128> =
            shares.values().map(|it| weight(&it.weight_set, it.share)).collect();
        let total: i128 = weights.iter().sum();
        if total == 0 && !list.is_empty() {
            plain.no_driver.insert(resource.clone(), list);
            continue;
        }
        let mut running = 0;
        for (activity, weight) in shares.keys().zip(weights) {
            let before = running;
            running += weight;
            let part = if list.is_empty() {
                Sources::new()
            } else {
                parts(&list, (before, running), total)
            };
            plain.pools.insert((resource.clone(), activity.clone()), part);
        }
    }
    plain
}
