//! Merges staff pools of so few people that their cost would show what one of them earns.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Finding, Money, Severity};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};
use rules::YearRules;
use rules::year::{Resource, ResourceMethod, Share};

use super::{PoolShare, Resources};
use crate::source::SourceList;

/// Fills in the shares of all resources, and merges staff pools below the minimum.
///
/// Only pools that hold money take part, and of those without activities only the small: alone as
/// UNMAPPED they would show what they earn, and merged they go where the others' activities go.
/// Pools that share a member are merged into one. The pool of most people stays, the first in
/// key order among equals; sources are added; each member's shares count by its people, so that the
/// merged pool costs every activity at one rate for each person.
///
/// # Errors
///
/// Findings that refuse the run, one for each pool that stays too small and each merger of methods
/// that do not join.
///
/// # Source
///
/// Costing semantics, section 7, first paragraph; decisions 0004 and 0006 on what the merged pool is.
pub(super) fn merge(
    found: &mut Resources,
    rules: &YearRules,
) -> Result<Vec<Finding>, Vec<Finding>> {
    for name in found.resources.keys() {
        if let Some(shares) = rules.shares.get(name).filter(|it| !it.is_empty()) {
            found.shares.insert(name.clone(), shares.iter().map(plain_share).collect());
        }
    }
    let pools: Vec<Pool> =
        found.resources.keys().filter_map(|name| Pool::find(name, rules)).collect();
    let mut findings = Vec::new();
    let mut faults = Vec::new();
    for group in groups(&pools, rules.settings.staff_pool_minimum_people)? {
        match joined_shares(&group, rules) {
            Err(found) => faults.extend(found),
            Ok(shares) => {
                findings.extend(differing_sets(&group));
                findings.push(merged_finding(&group, take_in(&group, found)));
                if !shares.is_empty() {
                    findings.extend(without_activities(&group));
                    found.shares.insert(group.stays().name.to_owned(), shares);
                }
            }
        }
    }
    if faults.is_empty() { Ok(findings) } else { Err(faults) }
}

/// Whether the money of a staff pool may not be told by itself: it is too small, or is merged with
/// one that is, so that the rest of the merged total would be the small pool's.
pub(crate) fn is_secret(resource: &Resource, rules: &YearRules) -> bool {
    let minimum = rules.settings.staff_pool_minimum_people;
    let near = |it: &Resource| {
        let same = |one: &str, other: &str| !one.is_empty() && one == other;
        it.staff_group == resource.staff_group
            && (same(&it.specialty, &resource.specialty)
                || same(&it.directorate, &resource.directorate))
    };
    let small = |it: &Resource| it.staff_pool && it.people < minimum;
    resource.staff_pool
        && (small(resource) || rules.resources.values().any(|it| small(it) && near(it)))
}

/// The shares of a pool without activities.
static NO_SHARES: BTreeMap<String, Share> = BTreeMap::new();

/// A staff pool that can be merged.
#[derive(Clone, Copy)]
struct Pool<'a> {
    name: &'a str,
    resource: &'a Resource,
    shares: &'a BTreeMap<String, Share>,
}

impl<'a> Pool<'a> {
    fn find(name: &str, rules: &'a YearRules) -> Option<Self> {
        let (name, resource) = rules.resources.get_key_value(name)?;
        let shares = rules.shares.get(name).unwrap_or(&NO_SHARES);
        let is_small = resource.people < rules.settings.staff_pool_minimum_people;
        let takes_part = resource.staff_pool && (is_small || !shares.is_empty());
        takes_part.then_some(Self { name, resource, shares })
    }
}

/// Pools that become one, in key order.
struct Group<'a> {
    members: Vec<Pool<'a>>,
}

impl<'a> Group<'a> {
    /// The pool of most people among those with activities, the first in key order among equals.
    fn stays(&self) -> Pool<'a> {
        let rank = |it: &Pool| (!it.shares.is_empty(), it.resource.people);
        let mut members = self.members.iter();
        let first = members.next().expect("a group has members");
        *members.fold(first, |best, it| if rank(it) > rank(best) { it } else { best })
    }

    /// Its members that have activities.
    fn sharing(&self) -> impl Iterator<Item = &Pool<'a>> {
        self.members.iter().filter(|it| !it.shares.is_empty())
    }

    /// Its members, the one that stays before the others.
    fn stays_first(&self) -> impl Iterator<Item = Pool<'a>> {
        let stays = self.stays();
        let others = self.members.iter().copied().filter(move |it| it.name != stays.name);
        std::iter::once(stays).chain(others)
    }

    fn names(&self) -> String {
        self.members.iter().map(|it| it.name).collect::<Vec<_>>().join(", ")
    }
}

fn plain_share((activity, share): (&String, &Share)) -> (String, PoolShare) {
    let Share { weight_set, share_e4 } = share;
    (activity.clone(), PoolShare { weight_set: weight_set.clone(), share: (*share_e4).into() })
}

/// The groups to merge, in key order of their first members.
fn groups<'a>(pools: &[Pool<'a>], minimum: i64) -> Result<Vec<Group<'a>>, Vec<Finding>> {
    let mut group_of: Vec<usize> = (0..pools.len()).collect();
    let mut faults = Vec::new();
    for small in pools.iter().filter(|it| it.resource.people < minimum) {
        let Some(peers) = peers(small, pools, minimum) else {
            faults.push(too_small(small, minimum));
            continue;
        };
        let joined: BTreeSet<usize> = peers.iter().map(|it| group_of[*it]).collect();
        let into = *joined.first().expect("a pool is its own peer");
        group_of.iter_mut().filter(|it| joined.contains(it)).for_each(|it| *it = into);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut groups: BTreeMap<usize, Vec<Pool<'a>>> = BTreeMap::new();
    for (pool, group) in pools.iter().zip(group_of) {
        groups.entry(group).or_default().push(*pool);
    }
    let merged = groups.into_values().filter(|members| members.len() > 1);
    Ok(merged.map(|members| Group { members }).collect())
}

/// The pools that a small pool is merged with, itself included: those of its specialty and staff
/// group, with those of its directorate if they are too few.
fn peers(small: &Pool, pools: &[Pool], minimum: i64) -> Option<BTreeSet<usize>> {
    let mut peers = BTreeSet::new();
    for of in [|it: &Resource| it.specialty.clone(), |it: &Resource| it.directorate.clone()] {
        let wanted = of(small.resource);
        let fits = |it: &Pool| {
            !wanted.is_empty()
                && of(it.resource) == wanted
                && it.resource.staff_group == small.resource.staff_group
        };
        peers.extend(pools.iter().enumerate().filter(|(_, it)| fits(it)).map(|(index, _)| index));
        if peers.iter().map(|index| pools[*index].resource.people).sum::<i64>() >= minimum {
            return Some(peers);
        }
    }
    None
}

/// The shares of a merged pool, by activity.
fn joined_shares(
    group: &Group,
    rules: &YearRules,
) -> Result<BTreeMap<String, PoolShare>, Vec<Finding>> {
    check_methods(group, rules)?;
    let by_share = group.stays().resource.method == ResourceMethod::Share;
    let sum = |it: &Pool| it.shares.values().map(|share| BigInt::from(share.share_e4)).sum();
    let sums: Vec<BigInt> = group.members.iter().map(sum).collect();
    let common =
        sums.iter().filter(|it| !it.is_zero()).fold(BigInt::from(1), |all, it| all.lcm(it));
    let mut joined: BTreeMap<&str, BigInt> = BTreeMap::new();
    for (member, sum) in group.members.iter().zip(&sums) {
        let scale = if by_share && !sum.is_zero() { &common / sum } else { BigInt::from(1) };
        for (activity, share) in member.shares {
            *joined.entry(activity).or_default() +=
                &scale * BigInt::from(member.resource.people) * BigInt::from(share.share_e4);
        }
    }
    let divisor = joined.values().fold(BigInt::zero(), |all, it| all.gcd(it)).max(BigInt::from(1));
    let fits = |(activity, share): (&str, BigInt)| {
        let share = i128::from((share / &divisor).to_i64()?);
        Some((activity.to_owned(), PoolShare { weight_set: set_of(activity, group), share }))
    };
    joined.into_iter().map(fits).collect::<Option<_>>().ok_or_else(|| vec![too_fine(group)])
}

/// The weight set of an activity in a merged pool: that of the pool that stays, or of the first
/// member that has the activity.
fn set_of(activity: &str, group: &Group) -> String {
    let share = group.stays_first().find_map(|it| it.shares.get(activity));
    share.map(|it| it.weight_set.clone()).unwrap_or_default()
}

/// Members share by one method, and with feeds by one kind of driver.
fn check_methods(group: &Group, rules: &YearRules) -> Result<(), Vec<Finding>> {
    let stays = group.stays();
    if group.sharing().any(|it| it.resource.method != stays.resource.method) {
        return Err(vec![not_joined(group, "some by stated shares and some by feeds")]);
    }
    let sets = group.members.iter().flat_map(|it| it.shares.values());
    let mut drivers = sets.map(|it| rules.weight_sets.get(&it.weight_set).map(|set| set.driver));
    let first = drivers.next();
    if stays.resource.method == ResourceMethod::Feed && drivers.any(|it| Some(it) != first) {
        return Err(vec![not_joined(group, "by feeds with different kinds of driver")]);
    }
    Ok(())
}

/// Puts the money of all members on the pool that stays, and returns it.
fn take_in(group: &Group, found: &mut Resources) -> Money {
    let stays = group.stays().name;
    let mut all = SourceList::new();
    for member in &group.members {
        all.merge(&found.resources.remove(member.name).expect("a pool holds money"));
        if member.name != stays {
            found.shares.remove(member.name);
            found.merged.insert(member.name.to_owned(), stays.to_owned());
        }
    }
    let money = all.total();
    found.resources.insert(stays.to_owned(), all);
    money
}

fn merged_finding(group: &Group, money: Money) -> Finding {
    let stays = group.stays().name;
    let message = format!(
        "the staff pools {} are costed as one, `{stays}`, since one of them has too few people to \
         be shown",
        group.names()
    );
    Finding::new("FIN-003", Severity::Note, message)
        .about(stays)
        .with_rows(u64::try_from(group.members.len()).expect("an index fits 64 bits"))
        .with_money(money)
        .remedy("Nothing; to choose otherwise, join these resources in resources.csv.")
}

/// Never names the money of a pool that is too small to be shown.
fn too_small(pool: &Pool, minimum: i64) -> Finding {
    let message = format!(
        "the staff pool `{}` has fewer than {minimum} people, and so have the `{}` pools of its \
         specialty and directorate together",
        pool.name, pool.resource.staff_group
    );
    Finding::new("FIN-004", Severity::Refusal, message)
        .about(pool.name)
        .remedy("Give the pool the directorate or staff group of a larger one in resources.csv.")
}

fn not_joined(group: &Group, how: &str) -> Finding {
    let message = format!(
        "the staff pools {} must be merged, since one of them has too few people to be shown, but \
         they reach their activities {how}",
        group.names()
    );
    Finding::new("FIN-005", Severity::Refusal, message)
        .about(group.stays().name)
        .remedy("Give these resources one method, and with FEED weight sets of one kind of driver.")
}

fn too_fine(group: &Group) -> Finding {
    let message = format!(
        "the shares of the staff pools {} are too fine to be joined exactly",
        group.names()
    );
    Finding::new("FIN-005", Severity::Refusal, message)
        .about(group.stays().name)
        .remedy("State their shares as percentages that sum to 100 for each resource.")
}

/// Members whose money goes by the activities of the others.
fn without_activities(group: &Group) -> Vec<Finding> {
    let idle = group.members.iter().filter(|it| it.shares.is_empty());
    let finding = |it: &Pool| {
        let message = format!(
            "the staff pool `{}` has no activities and too few people to be shown by itself, so \
             that its cost goes by the activities of `{}`",
            it.name,
            group.stays().name
        );
        Finding::new("FIN-008", Severity::NeedsAcceptance, message)
            .about(it.name)
            .remedy("Add its activities to shares.csv, or join it to another resource.")
    };
    idle.map(finding).collect()
}

/// Activities that members share with different weight sets.
fn differing_sets(group: &Group) -> Vec<Finding> {
    let mut sets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (activity, share) in group.members.iter().flat_map(|it| it.shares) {
        sets.entry(activity).or_default().insert(&share.weight_set);
    }
    sets.retain(|_, sets| sets.len() > 1);
    sets.keys().map(|activity| differing_set(activity, group)).collect()
}

fn differing_set(activity: &str, group: &Group) -> Finding {
    let message = format!(
        "the merged staff pools {} share activity `{activity}` by different weight sets; \
         `{}` is used",
        group.names(),
        set_of(activity, group)
    );
    Finding::new("FIN-006", Severity::Warning, message)
        .about(group.stays().name)
        .remedy("Give these resources the same weight set for the activity in shares.csv.")
}
