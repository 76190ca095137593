//! The same resources in the plainest form: each line to its place, small pools joined until none
//! is left.

use std::collections::{BTreeMap, BTreeSet};

use rules::YearRules;
use rules::year::Class;

use crate::plain::{Sources, merge, sources};
use crate::source::SourceList;

/// Where the money of final lines goes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) resources: BTreeMap<String, Sources>,
    pub(super) cost_objects: BTreeMap<String, Sources>,
    pub(super) unmapped: BTreeMap<String, Sources>,
}

/// Leads final lines to their places as the law reads; nothing if a pool stays too small.
pub(super) fn resources(finals: &BTreeMap<String, SourceList>, rules: &YearRules) -> Option<Plain> {
    let mut plain = Plain::default();
    for (name, list) in finals {
        let line = rules.cost_lines.get(name);
        let is_support = |driver: &str| !driver.is_empty();
        let (into, key) = match line.map(|it| (it.class, it)) {
            Some((Class::Other, it)) if rules.cost_objects.contains_key(&it.cost_object) => {
                (&mut plain.cost_objects, &it.cost_object)
            }
            Some((Class::PatientFacing, it)) if rules.resources.contains_key(&it.resource) => {
                (&mut plain.resources, &it.resource)
            }
            Some((Class::Type2, it))
                if !is_support(&it.driver) && rules.resources.contains_key(&it.resource) =>
            {
                (&mut plain.resources, &it.resource)
            }
            _ => (&mut plain.unmapped, name),
        };
        merge(into.entry(key.clone()).or_default(), &sources(list));
    }
    let joined = joined(&plain, rules)?;
    for members in joined {
        let shares = |it: &String| rules.shares.get(it).is_some_and(|it| !it.is_empty());
        let people = |it: &&String| {
            (shares(it), rules.resources[*it].people, std::cmp::Reverse((*it).clone()))
        };
        let stays = members.iter().max_by_key(people).expect("a group has members").clone();
        for member in members.iter().filter(|it| **it != stays) {
            let list = plain.resources.remove(member).expect("it holds money");
            merge(plain.resources.get_mut(&stays).expect("it holds money"), &list);
        }
    }
    Some(plain)
}

/// Staff pools in groups, each of which is one: small pools with their specialty, or else with
/// their directorate too, and groups that share a pool together.
fn joined(plain: &Plain, rules: &YearRules) -> Option<Vec<BTreeSet<String>>> {
    let minimum = rules.settings.staff_pool_minimum_people;
    let takes_part = |it: &&String| {
        rules.resources[*it].people < minimum
            || rules.shares.get(*it).is_some_and(|it| !it.is_empty())
    };
    let pools: Vec<&String> = plain
        .resources
        .keys()
        .filter(|it| rules.resources[*it].staff_pool)
        .filter(takes_part)
        .collect();
    let mut groups: Vec<BTreeSet<String>> = Vec::new();
    for small in pools.iter().filter(|it| rules.resources[**it].people < minimum) {
        let one = &rules.resources[*small];
        let same_group = |it: &&&String| rules.resources[**it].staff_group == one.staff_group;
        let same_specialty = |it: &&&String| {
            !one.specialty.is_empty() && rules.resources[**it].specialty == one.specialty
        };
        let same_directorate = |it: &&&String| {
            !one.directorate.is_empty() && rules.resources[**it].directorate == one.directorate
        };
        let near: BTreeSet<String> = pools
            .iter()
            .filter(same_group)
            .filter(same_specialty)
            .map(|it| (*it).clone())
            .collect();
        let far = pools.iter().filter(same_group).filter(same_directorate).map(|it| (*it).clone());
        let wide: BTreeSet<String> = near.iter().cloned().chain(far).collect();
        let enough = |it: &BTreeSet<String>| {
            it.iter().map(|it| rules.resources[it].people).sum::<i64>() >= minimum
        };
        groups.push([near, wide].into_iter().find(enough)?);
    }
    // Two groups with a pool in common are one; look again until there are none.
    while let Some((one, other)) = overlapping(&groups) {
        let more = groups.remove(other);
        groups[one].extend(more);
    }
    Some(groups)
}

fn overlapping(groups: &[BTreeSet<String>]) -> Option<(usize, usize)> {
    let pairs = (0..groups.len()).flat_map(|one| (one + 1..groups.len()).map(move |it| (one, it)));
    pairs.into_iter().find(|(one, other)| !groups[*one].is_disjoint(&groups[*other]))
}
