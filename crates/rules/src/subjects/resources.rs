//! `resources.csv` and `shares.csv`: what cost buys, and in which activities it is used.

use std::collections::{BTreeMap, BTreeSet};

use domain::FinancialYear;

use super::Tables;
use crate::faults;
use crate::read::{Book, Dated, Findings, Row, Table};
use crate::year::{Resource, ResourceMethod, Share, WeightSet};

/// One (resource, activity) pair.
#[derive(Clone, Debug)]
pub(crate) struct ShareRow {
    pub(crate) resource: String,
    pub(crate) activity: String,
    pub(crate) share: Share,
}

/// Reads `resources.csv`.
pub(crate) fn read(book: &mut Book<'_>) -> Table<Resource> {
    book.table("resources.csv", |row| {
        row.code("resource", &[]);
        let resource = Resource {
            name: row.filled("name"),
            collection_resource: row.text("collection_resource"),
            method: row.choice(
                "method",
                &[("SHARE", ResourceMethod::Share), ("FEED", ResourceMethod::Feed)],
            ),
            statement_group: row.filled("statement_group"),
            staff_pool: row.yes_no("staff_pool"),
            people: row.number_if_any("people", 0).unwrap_or_default(),
            staff_group: row.text("staff_group"),
            specialty: row.text("specialty"),
            directorate: row.text("directorate"),
            negative_reason: row.text("negative_reason"),
        };
        check_staff_pool(&resource, row);
        resource
    })
}

/// Reads `shares.csv`.
pub(crate) fn read_shares(book: &mut Book<'_>) -> Table<ShareRow> {
    book.table("shares.csv", |row| ShareRow {
        resource: row.filled("resource"),
        activity: row.filled("activity"),
        share: Share { weight_set: row.filled("weight_set"), share_e4: row.number("share", 4) },
    })
}

fn check_staff_pool(resource: &Resource, row: &mut Row<'_>) {
    if !resource.staff_pool {
        return;
    }
    let remedy = "Fill it: pools of few people are merged before they are shown.";
    if resource.people == 0 {
        let message = "a staff pool needs `people`";
        row.fault(faults::STAFF_POOL_INCOMPLETE, "people", message, remedy);
    }
    if resource.staff_group.is_empty() {
        let message = "a staff pool needs `staff_group`";
        row.fault(faults::STAFF_POOL_INCOMPLETE, "staff_group", message, remedy);
    }
}

/// Checks what resources and shares name, and how weight sets serve them.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    check_resources(tables, year, findings);
    check_shares(tables, year, findings);
    check_feed_resources(tables, year, findings);
    check_absolute_sets(tables, year, findings);
}

fn check_resources(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let groups = tables.statement_groups.names(year);
    let specialties = tables.specialties.names(year);
    let shared: BTreeSet<&str> =
        tables.shares.in_force(year).map(|it| it.value.resource.as_str()).collect();
    for (name, row) in tables.resources.by_name(year) {
        if !row.head.sound {
            continue;
        }
        groups.require(&row.head, "statement_group", &row.value.statement_group, findings);
        specialties.require(&row.head, "specialty", &row.value.specialty, findings);
        if tables.shares.readable && !shared.contains(name) {
            findings.warn(
                faults::RESOURCE_WITHOUT_SHARES,
                row.head.at("resource"),
                format!("resource `{name}` has no shares, so its cost becomes UNMAPPED"),
                "Add rows to shares.csv, or take the resource out.",
            );
        }
    }
}

fn check_shares(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let resources = tables.resources.names(year);
    let activities = tables.activities.names(year);
    let names = tables.weight_sets.names(year);
    let sets = tables.weight_sets.by_name(year);
    for row in tables.shares.sound(year) {
        let ShareRow { resource, activity, share } = &row.value;
        resources.require(&row.head, "resource", resource, findings);
        activities.require(&row.head, "activity", activity, findings);
        names.require(&row.head, "weight_set", &share.weight_set, findings);
        let set = sets.get(share.weight_set.as_str());
        if let Some(set) = set.filter(|it| it.head.sound && it.value.activity != *activity) {
            findings.refuse(
                faults::SET_OF_OTHER_ACTIVITY,
                row.head.at("weight_set"),
                format!(
                    "weight set `{}` belongs to activity `{}`, not to `{activity}`",
                    share.weight_set, set.value.activity
                ),
                "Name a weight set of this activity, or add one.",
            );
        }
    }
}

/// The shares in force of each resource with their weight sets.
fn by_resource(
    tables: &Tables,
    year: FinancialYear,
) -> BTreeMap<&str, Vec<(&Dated<ShareRow>, &WeightSet)>> {
    let sets = tables.weight_sets.by_name(year);
    let mut shares: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for row in tables.shares.sound(year) {
        let set = sets.get(row.value.share.weight_set.as_str());
        if let Some(set) = set.filter(|it| it.head.sound) {
            shares.entry(&row.value.resource).or_default().push((row, &set.value));
        }
    }
    shares
}

fn check_feed_resources(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let resources = tables.resources.by_name(year);
    let is_feed =
        |name: &str| resources.get(name).is_some_and(|it| it.value.method == ResourceMethod::Feed);
    for (resource, shares) in by_resource(tables, year) {
        let (first, first_set) = shares[0];
        let other = shares.iter().find(|(_, set)| set.driver != first_set.driver);
        if let Some((row, _)) = other.filter(|_| is_feed(resource)) {
            findings.refuse(
                faults::MIXED_DRIVERS,
                row.head.at("weight_set"),
                format!(
                    "`{resource}` is split by the weights of its feeds, but this set has another \
                     driver than that in line {}: seconds and counts cannot be added",
                    first.head.line
                ),
                "Use weight sets of one driver, or method SHARE.",
            );
        }
    }
}

fn check_absolute_sets(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let mut users: BTreeMap<&str, &Dated<ShareRow>> = BTreeMap::new();
    for (row, _) in by_resource(tables, year).into_values().flatten().filter(|(_, it)| it.absolute)
    {
        let set = row.value.share.weight_set.as_str();
        let first = users.entry(set).or_insert(row);
        if first.value.resource != row.value.resource {
            findings.refuse(
                faults::ABSOLUTE_SHARED,
                row.head.at("weight_set"),
                format!("absolute set `{set}` already serves `{}`", first.value.resource),
                "Give each resource an absolute set of its own: traced cost is charged once.",
            );
        }
    }
}

/// Shares of a year by resource, then activity.
pub(crate) fn shares(
    tables: &Tables,
    year: FinancialYear,
) -> BTreeMap<String, BTreeMap<String, Share>> {
    let mut resources: BTreeMap<String, BTreeMap<String, Share>> = BTreeMap::new();
    for row in tables.shares.in_force(year).map(|it| &it.value) {
        let activities = resources.entry(row.resource.clone()).or_default();
        activities.insert(row.activity.clone(), row.share.clone());
    }
    resources
}
