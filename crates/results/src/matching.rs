//! The matching report: which rows found their event, by which rule, when, and for how much money.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use rules::YearRules;
use serde::Serialize;
use tables::run::{FeedCount, MatchCount, UnitCost, UnmatchedCost};

use crate::explain::Named;
use crate::explain::names::Names;
use crate::output::{as_decimal, as_optional_decimal};
use crate::statements::percent;
use crate::{ResultsError, Run, kept, reading};

/// One feed in the matching report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeedMatching {
    /// Feed, with its name.
    pub feed: Named,
    /// Source rows read.
    pub read: i64,
    /// Source rows rejected.
    pub rejected: i64,
    /// Source rows quarantined.
    pub quarantined: i64,
    /// Rows made of those used.
    pub rows: i64,
    /// Rows for a cost object.
    pub other: i64,
    /// Rows wholly outside the period.
    pub outside: i64,
    /// Rows whose code has no activity.
    pub unmapped: i64,
    /// Rows that have the key of an event.
    pub with_key: i64,
    /// Rows that were to have one and have none.
    pub without_key: i64,
    /// Percent with two decimals, rounded down; none without rows.
    pub percent: Option<String>,
    /// By the rule that decided, or the reason why none did.
    pub rules: Vec<RuleCount>,
    /// By month of the row's start.
    pub months: Vec<MonthCount>,
    /// Rows without an event and what they cost, by reason.
    pub without: Vec<Without>,
    /// Other feeds whose rows count in the same activities, so that the pounds are theirs too.
    pub shared_with: Vec<String>,
    /// What its activities cost.
    pub costs: Vec<ActivityCost>,
}

/// Rows without an event, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Without {
    /// Reason.
    pub reason: String,
    /// In words.
    pub words: String,
    /// Rows.
    pub rows: i64,
    /// What they cost.
    pub cost: Unmatched,
}

/// What activity without an event cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unmatched {
    /// Cost that stands as a residual.
    #[serde(serialize_with = "as_decimal")]
    pub visible: Money,
    /// Cost that the events of the pool absorb.
    #[serde(serialize_with = "as_decimal")]
    pub absorbed: Money,
}

impl Unmatched {
    fn add(&mut self, other: Self) {
        self.visible += other.visible;
        self.absorbed += other.absorbed;
    }

    /// Both.
    pub fn total(self) -> Money {
        self.visible + self.absorbed
    }
}

/// Rows that one rule decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// Sequence of the rule, `OWN_EVENT`, or a reason.
    pub rule: String,
    /// In words.
    pub words: String,
    /// Rows.
    pub rows: i64,
}

/// Rows of one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MonthCount {
    /// Month, `2025-04`.
    pub month: String,
    /// Rows with an event.
    pub matched: i64,
    /// Rows without, by reason.
    pub unmatched: BTreeMap<String, i64>,
    /// Percent with two decimals, rounded down.
    pub percent: Option<String>,
}

/// Cost of one resource in an activity that the feed's rows count in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActivityCost {
    /// Resource.
    pub resource: Named,
    /// Activity.
    pub activity: Named,
    /// Other feeds whose rows count in it too.
    pub also: Vec<String>,
    /// Own cost of events.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
    /// Cost of rows without an event that events absorbed.
    #[serde(serialize_with = "as_decimal")]
    pub absorbed: Money,
    /// Cost of rows without an event, by reason.
    pub unmatched: BTreeMap<String, Unmatched>,
    /// Cost of one without what was absorbed.
    #[serde(serialize_with = "as_optional_decimal")]
    pub unit_own: Option<Money>,
    /// Cost of one with it.
    #[serde(serialize_with = "as_optional_decimal")]
    pub unit_with_absorbed: Option<Money>,
}

/// Reasons why a row has no event; all else in `match_counts` is a rule.
const REASONS: [&str; 3] = ["NO_IDENTITY", "UNKNOWN_PATIENT", "NO_EVENT_IN_WINDOW"];

impl Run {
    /// The matching report of all feeds with rows, in order.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn matching(&self) -> Result<Vec<FeedMatching>, ResultsError> {
        kept::once(&self.kept.matching, || self.read_matching())
    }

    fn read_matching(&self) -> Result<Vec<FeedMatching>, ResultsError> {
        let rules = self.rules()?;
        let counts = reading::all_rows::<MatchCount>(self)?;
        let costs = Costs::read(self)?;
        let feeds = reading::all_rows::<FeedCount>(self)?.into_iter().filter(|it| it.rows > 0);
        Ok(feeds.map(|it| feed(rules, it, &counts, &costs)).collect())
    }
}

fn feed(rules: &YearRules, count: FeedCount, all: &[MatchCount], costs: &Costs) -> FeedMatching {
    let name = rules.feeds.get(&count.feed).map_or(String::new(), |it| it.name.clone());
    let of_feed: Vec<&MatchCount> = all.iter().filter(|it| it.feed == count.feed).collect();
    let of_pools = costs.of_feed(rules, &count.feed);
    let with_cost = of_pools.iter().filter(|it| !it.unmatched.is_empty());
    let shared_with: BTreeSet<String> = with_cost.flat_map(|it| it.also.clone()).collect();
    FeedMatching {
        read: count.read,
        rejected: count.rejected,
        quarantined: count.quarantined,
        rows: count.rows,
        other: count.other,
        outside: count.outside,
        unmapped: count.unmapped,
        with_key: count.matched,
        without_key: count.unmatched,
        percent: percent(count.matched, count.matched + count.unmatched),
        rules: by_rule(rules, &count.feed, &of_feed),
        months: by_month(&of_feed),
        without: without(rules, &count.feed, &of_feed, &of_pools),
        shared_with: shared_with.into_iter().collect(),
        costs: of_pools,
        feed: Named { code: count.feed, name },
    }
}

fn without(
    rules: &YearRules,
    feed: &str,
    counts: &[&MatchCount],
    pools: &[ActivityCost],
) -> Vec<Without> {
    let mut sums: BTreeMap<&str, (i64, Unmatched)> = BTreeMap::new();
    for count in counts.iter().filter(|it| REASONS.contains(&it.rule.as_str())) {
        sums.entry(&count.rule).or_default().0 += count.rows;
    }
    for (reason, cost) in pools.iter().flat_map(|it| &it.unmatched) {
        sums.entry(reason).or_default().1.add(*cost);
    }
    let row = |(reason, (rows, cost)): (&str, (i64, Unmatched))| Without {
        reason: reason.to_owned(),
        words: rule_words(rules, feed, reason),
        rows,
        cost,
    };
    sums.into_iter().map(row).collect()
}

fn by_rule(rules: &YearRules, feed: &str, counts: &[&MatchCount]) -> Vec<RuleCount> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for count in counts {
        *sums.entry(&count.rule).or_default() += count.rows;
    }
    let mut found: Vec<RuleCount> = sums
        .into_iter()
        .map(|(rule, rows)| RuleCount {
            rule: rule.to_owned(),
            words: rule_words(rules, feed, rule),
            rows,
        })
        .collect();
    // Rules in the order in which they are tried, then reasons.
    found.sort_by_key(|it| (it.rule.parse::<i64>().unwrap_or(i64::MAX), it.rule.clone()));
    found
}

fn rule_words(rules: &YearRules, feed: &str, rule: &str) -> String {
    match rule {
        "OWN_EVENT" => "the row is the event itself".to_owned(),
        "NO_IDENTITY" => "no event: the row names no patient and no event".to_owned(),
        "UNKNOWN_PATIENT" => "no event: the patient has none".to_owned(),
        "NO_EVENT_IN_WINDOW" => "no event of the patient fits".to_owned(),
        sequence => {
            let rules = rules.matching.get(feed).map_or(&[][..], Vec::as_slice);
            let found = rules.iter().find(|it| it.sequence.to_string() == sequence);
            found.map_or_else(String::new, |it| {
                let by = match it.identity {
                    rules::year::Identity::Event => "the event's key on the row",
                    rules::year::Identity::Patient => "patient and time",
                };
                format!("rule {sequence}: by {by}, {}", it.confidence)
            })
        }
    }
}

fn by_month(counts: &[&MatchCount]) -> Vec<MonthCount> {
    let mut months: BTreeMap<&str, (i64, BTreeMap<String, i64>)> = BTreeMap::new();
    for count in counts {
        let month = months.entry(&count.month).or_default();
        if REASONS.contains(&count.rule.as_str()) {
            *month.1.entry(count.rule.clone()).or_default() += count.rows;
        } else {
            month.0 += count.rows;
        }
    }
    months
        .into_iter()
        .map(|(month, (matched, unmatched))| MonthCount {
            month: month.to_owned(),
            matched,
            percent: percent(matched, matched + unmatched.values().sum::<i64>()),
            unmatched,
        })
        .collect()
}

/// Unit costs, and unmatched money by pool and reason.
struct Costs {
    units: Vec<UnitCost>,
    unmatched: BTreeMap<(String, String), BTreeMap<String, Unmatched>>,
}

impl Costs {
    fn read(run: &Run) -> Result<Self, ResultsError> {
        let mut unmatched: BTreeMap<(String, String), BTreeMap<String, Unmatched>> =
            BTreeMap::new();
        for row in reading::all_rows::<UnmatchedCost>(run)? {
            let cost = Unmatched { visible: row.visible, absorbed: row.absorbed };
            let pool = unmatched.entry((row.resource, row.activity)).or_default();
            pool.entry(row.reason).or_default().add(cost);
        }
        Ok(Self { units: reading::all_rows(run)?, unmatched })
    }

    fn of_feed(&self, rules: &YearRules, feed: &str) -> Vec<ActivityCost> {
        let names = Names(rules);
        let activities = |feed: &str| -> BTreeSet<&str> {
            let rules = rules.activity_rules.get(feed).into_iter().flatten();
            rules.map(|it| it.activity.as_str()).collect()
        };
        let own = activities(feed);
        let others = |activity: &str| -> Vec<String> {
            let feeds = rules.activity_rules.keys().filter(|it| *it != feed);
            feeds.filter(|it| activities(it).contains(activity)).cloned().collect()
        };
        let cost = |unit: &UnitCost| ActivityCost {
            resource: names.resource(&unit.resource),
            activity: names.activity(&unit.activity),
            also: others(&unit.activity),
            own: unit.own,
            absorbed: unit.absorbed,
            unmatched: self
                .unmatched
                .get(&(unit.resource.clone(), unit.activity.clone()))
                .cloned()
                .unwrap_or_default(),
            unit_own: unit.unit_own,
            unit_with_absorbed: unit.unit_with_absorbed,
        };
        self.units.iter().filter(|it| own.contains(it.activity.as_str())).map(cost).collect()
    }
}
