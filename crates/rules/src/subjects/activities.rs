//! `activities.csv`, `activity_rules.csv` and `session_kinds.csv`: what feed rows count as.

use std::collections::{BTreeMap, BTreeSet};

use domain::FinancialYear;

use super::{Tables, feeds};
use crate::faults;
use crate::read::{Book, Findings, Table};
use crate::year::{Activity, ActivityRule, CountUnit, FeedRole, SessionKind, WeightDriver};

/// A rule with the feed that it is for.
#[derive(Clone, Debug)]
pub(crate) struct ActivityRuleRow {
    pub(crate) feed: String,
    pub(crate) rule: ActivityRule,
}

/// A kind of session as read.
pub(crate) type SessionKindRow = SessionKind;

/// Reads `activities.csv`.
pub(crate) fn read(book: &mut Book<'_>) -> Table<Activity> {
    book.table("activities.csv", |row| {
        row.code("activity", &[]);
        Activity {
            name: row.filled("name"),
            collection_activity: row.text("collection_activity"),
            count_unit: row.choice(
                "count_unit",
                &[("number", CountUnit::Number), ("minutes", CountUnit::Minutes)],
            ),
        }
    })
}

/// Reads `activity_rules.csv`.
pub(crate) fn read_rules(book: &mut Book<'_>) -> Table<ActivityRuleRow> {
    book.table("activity_rules.csv", |row| ActivityRuleRow {
        feed: row.filled("feed"),
        rule: ActivityRule {
            code: row.pattern("code"),
            band: row.pattern("band"),
            specialty: row.pattern("specialty"),
            location: row.pattern("location"),
            category: row.pattern("category"),
            activity: row.filled("activity"),
        },
    })
}

/// Reads `session_kinds.csv`.
pub(crate) fn read_session_kinds(book: &mut Book<'_>) -> Table<SessionKindRow> {
    book.table("session_kinds.csv", |row| {
        row.code("session_kind", &[]);
        row.filled("used_by");
        SessionKind {
            name: row.filled("name"),
            used_by: row.list("used_by"),
            unused_to: row.filled("unused_to"),
            spread: row.choice("method", &[("SEPARATE", false), ("SPREAD", true)]),
            theatre: row.choice("theatre", &[("", false), ("no", false), ("yes", true)]),
        }
    })
}

/// Checks what rules and kinds of sessions name, and that activities with cost have rows.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let activities = tables.activities.names(year);
    let names = tables.feeds.names(year);
    let feeds = tables.feeds.by_name(year);
    let mut counted: BTreeSet<&str> = BTreeSet::new();
    for row in tables.activity_rules.sound(year) {
        let ActivityRuleRow { feed, rule } = &row.value;
        names.require(&row.head, "feed", feed, findings);
        activities.require(&row.head, "activity", &rule.activity, findings);
        let roles = [FeedRole::Master, FeedRole::Auxiliary];
        if let Some(feed) = feeds.get(feed.as_str()) {
            feeds::require_role(feed, &roles, &row.head, findings);
        }
        counted.insert(&rule.activity);
    }
    check_session_kinds(tables, year, findings);
    if tables.activity_rules.readable {
        warn_uncounted(tables, year, &counted, findings);
    }
}

fn check_session_kinds(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let activities = tables.activities.names(year);
    let sets = || tables.weight_sets.sound(year).map(|it| &it.value);
    let takes_unused_time = |activity: &str| {
        sets().any(|it| it.activity == activity && it.driver == WeightDriver::Duration && it.staff)
    };
    for row in tables.session_kinds.sound(year) {
        let kind = &row.value;
        for activity in &kind.used_by {
            activities.require(&row.head, "used_by", activity, findings);
        }
        activities.require(&row.head, "unused_to", &kind.unused_to, findings);
        if activities.has(&kind.unused_to) && !takes_unused_time(&kind.unused_to) {
            findings.refuse(
                faults::UNUSED_TIME_NOWHERE,
                row.head.at("unused_to"),
                format!("activity `{}` has no weight set by staffed duration", kind.unused_to),
                "Name an activity with a set of driver DURATION and staff yes, or add such a set.",
            );
        }
    }
}

fn warn_uncounted(
    tables: &Tables,
    year: FinancialYear,
    counted: &BTreeSet<&str>,
    findings: &mut Findings,
) {
    let costed: BTreeSet<&str> =
        tables.shares.in_force(year).map(|it| it.value.activity.as_str()).collect();
    for (activity, row) in tables.activities.by_name(year) {
        if row.head.sound && costed.contains(activity) && !counted.contains(activity) {
            findings.warn(
                faults::ACTIVITY_WITHOUT_RULE,
                row.head.at("activity"),
                format!("activity `{activity}` receives cost, but no feed row can count in it"),
                "Add a row to activity_rules.csv, or take its shares out.",
            );
        }
    }
}

/// Activity rules of a year by feed, in the order of their patterns and activities.
pub(crate) fn rules(tables: &Tables, year: FinancialYear) -> BTreeMap<String, Vec<ActivityRule>> {
    let mut feeds: BTreeMap<String, Vec<ActivityRule>> = BTreeMap::new();
    for row in tables.activity_rules.in_force(year).map(|it| &it.value) {
        feeds.entry(row.feed.clone()).or_default().push(row.rule.clone());
    }
    for rules in feeds.values_mut() {
        // All fitting rules count, so their order means nothing; a fixed one keeps years equal.
        rules.sort_by_cached_key(|it| {
            let patterns = [&it.code, &it.band, &it.specialty, &it.location, &it.category];
            (it.activity.clone(), patterns.map(Clone::clone))
        });
    }
    feeds
}
