//! Groups of rules: how each is taken from another model, and whether a mixture can be costed.

use rules::year::{Class, CostLine, FeedRole, ResourceMethod, Share, WeightDriver};
use rules::{ChangeGroup, YearRules};

/// Takes one group of rules from another model. The ledger is data, not rules.
///
/// The groups are those of [`ChangeGroup`]; everything that no other group names goes with the
/// feeds. Of the settings, each goes with what it decides.
pub(super) fn take(group: ChangeGroup, rules: &mut YearRules, other: &YearRules) {
    match group {
        ChangeGroup::Period => (rules.year, rules.last_period) = (other.year, other.last_period),
        ChangeGroup::Ledger => {}
        ChangeGroup::Feeds => {
            let mut next = other.clone();
            for kept in ChangeGroup::ALL.into_iter().filter(|it| *it != ChangeGroup::Feeds) {
                take(kept, &mut next, rules);
            }
            *rules = next;
        }
        ChangeGroup::Mapping => {
            rules.mapping.clone_from(&other.mapping);
            rules.income.clone_from(&other.income);
            rules.cost_lines.clone_from(&other.cost_lines);
            rules.service_lines.clone_from(&other.service_lines);
            rules.specialties.clone_from(&other.specialties);
        }
        ChangeGroup::Support => {
            rules.support_groups.clone_from(&other.support_groups);
            rules.drivers.clone_from(&other.drivers);
            rules.statistics.clone_from(&other.statistics);
        }
        ChangeGroup::Shares => {
            rules.resources.clone_from(&other.resources);
            rules.activities.clone_from(&other.activities);
            rules.shares.clone_from(&other.shares);
            rules.session_kinds.clone_from(&other.session_kinds);
            rules.settings.staff_pool_minimum_people = other.settings.staff_pool_minimum_people;
        }
        ChangeGroup::Weights => {
            rules.weight_sets.clone_from(&other.weight_sets);
            rules.relative_weights.clone_from(&other.relative_weights);
            rules.activity_rules.clone_from(&other.activity_rules);
            rules.settings.ward_net_of_theatre = other.settings.ward_net_of_theatre;
        }
        ChangeGroup::Matching => {
            rules.feeds.clone_from(&other.feeds);
            rules.matching.clone_from(&other.matching);
        }
    }
}

/// Whether rules of two models, joined, still name only what they hold.
///
/// A model is checked for this when it is read; a mixture of two was not.
pub(super) fn hangs_together(rules: &YearRules) -> bool {
    ledger_side(rules) && shares(rules) && weights(rules) && feeds(rules)
}

fn ledger_side(rules: &YearRules) -> bool {
    let named = |name: &String, known: bool| name.is_empty() || known;
    let line_fits = |line: &CostLine| {
        let driver = line.driver == "EXPENDITURE" || rules.drivers.contains_key(&line.driver);
        named(&line.driver, driver)
            && named(&line.support_group, rules.support_groups.contains_key(&line.support_group))
            && named(&line.resource, rules.resources.contains_key(&line.resource))
            && named(&line.cost_object, rules.cost_objects.contains_key(&line.cost_object))
    };
    let receives = |line: &String| {
        rules.cost_lines.get(line).is_some_and(|it| it.class != Class::Reconciliation)
    };
    let targets = rules.mapping.iter().flat_map(|it| &it.targets);
    rules.cost_lines.values().all(line_fits)
        && targets.map(|(line, _)| line).all(|it| rules.cost_lines.contains_key(it))
        && rules.statistics.keys().all(|it| rules.drivers.contains_key(it))
        && rules.statistics.values().flat_map(|it| it.keys()).all(receives)
}

fn shares(rules: &YearRules) -> bool {
    let fits = |(activity, share): (&String, &Share)| {
        rules.weight_sets.get(&share.weight_set).is_some_and(|it| it.activity == *activity)
    };
    let sets = |name: &String| rules.shares[name].values().map(|it| &it.weight_set);
    let drivers_fit = |name: &String| {
        let mut drivers = sets(name).map(|it| rules.weight_sets[it].driver);
        let first = drivers.next();
        rules.resources[name].method == ResourceMethod::Share || drivers.all(|it| Some(it) == first)
    };
    let absolute = |set: &String| {
        let users = rules.shares.keys().filter(|it| sets(it).any(|used| used == set));
        !rules.weight_sets[set].absolute || users.count() < 2 // number: an absolute set serves one
    };
    rules.shares.keys().all(|it| rules.resources.contains_key(it))
        && rules.shares.values().flatten().all(fits)
        && rules.shares.keys().all(drivers_fit)
        && rules.weight_sets.keys().all(absolute)
}

fn weights(rules: &YearRules) -> bool {
    let activity = |it: &String| rules.activities.contains_key(it);
    let relative = |it: &rules::year::WeightSet| {
        it.relative.as_ref().is_none_or(|it| rules.relative_weights.contains_key(&it.table))
    };
    let takes_unused = |target: &String| {
        let mut sets = rules.weight_sets.values();
        sets.any(|it| it.activity == *target && it.staff && it.driver == WeightDriver::Duration)
    };
    rules.weight_sets.values().all(|it| activity(&it.activity) && relative(it))
        && rules.activity_rules.values().flatten().all(|it| activity(&it.activity))
        && rules.session_kinds.values().all(|it| {
            it.used_by.iter().all(activity)
                && activity(&it.unused_to)
                && takes_unused(&it.unused_to)
        })
}

fn feeds(rules: &YearRules) -> bool {
    let has_rows = |feed: &String| {
        let feed = rules.feeds.get(feed);
        feed.is_some_and(|it| matches!(it.role, FeedRole::Master | FeedRole::Auxiliary))
    };
    let event_type = |it: &String| it.is_empty() || rules.event_types.contains_key(it);
    rules.activity_rules.keys().all(has_rows)
        && rules.matching.keys().all(has_rows)
        && rules.matching.values().flatten().all(|it| event_type(&it.event_type))
        && rules
            .feeds
            .values()
            .filter(|it| it.role == FeedRole::Master)
            .all(|it| event_type(&it.event_type))
}
