//! The rules of a year in the form that weighing runs: numbered sets, activities and feeds.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Finding, Severity};
use rules::YearRules;
use rules::year::{
    CountUnit, Feed, FeedRole, Identity, MatchingRule, Pattern, WeightDriver, WeightKey,
};

use super::Period;
use crate::cp4_matching::Matcher;
use crate::local_time::Midnights;

/// Everything that the passes over buckets need of the model.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Weight sets in code order.
    pub sets: Vec<SetPlan>,
    /// Activities in code order.
    pub activities: Vec<ActivityPlan>,
    /// Session kinds' rules: whether unused time is spread, and to which activity it goes.
    pub sessions: BTreeMap<String, SessionPlan>,
    /// The period costed.
    pub period: Period,
    /// Service lines in code order, with a blank first for specialties that have none.
    pub service_lines: Vec<String>,
    pub(super) specialties: BTreeMap<String, String>,
    pub(super) feeds: BTreeMap<String, FeedPlan>,
    pub(super) event_types: BTreeMap<String, u32>,
    pub(super) cost_objects: Vec<String>,
    pub(crate) midnights: Midnights,
    pub(super) ward_net_of_theatre: bool,
    /// Whether the model states staffed beds, so that the time of stays is counted by ward.
    pub(super) counts_beds: bool,
    /// Weight sets that can receive unused time spread over a session's rows, by number.
    pub(super) spread_sets: Vec<usize>,
}

/// One weight set.
#[derive(Clone, Debug)]
pub struct SetPlan {
    /// Code.
    pub code: String,
    /// Activity, by number.
    pub activity: usize,
    /// What is measured.
    pub driver: WeightDriver,
    /// Whether staff multiply it.
    pub staff: bool,
    /// Whether traced costs are charged as they are.
    pub absolute: bool,
    /// Whether unmatched cost is absorbed by matched events.
    pub absorbed: bool,
    /// Shortest duration counted, in seconds.
    pub minimum_seconds: i64,
    /// Stated default of the relative weight × 10⁴; none without relative weights.
    pub default_e4: Option<i64>,
    pub(super) table: BTreeMap<String, i64>,
    pub(super) key: WeightKey,
}

/// One activity.
#[derive(Clone, Debug)]
pub struct ActivityPlan {
    /// Code.
    pub code: String,
    /// Unit of its count.
    pub unit: CountUnit,
    /// Its weight sets, by number.
    pub sets: Vec<usize>,
    /// Whether its rows use planned sessions.
    pub uses_sessions: bool,
    /// Whether its rows use sessions of a theatre.
    pub theatre: bool,
}

/// One session kind.
#[derive(Clone, Debug)]
pub struct SessionPlan {
    /// Activities whose rows use its staffed time, by number.
    pub used_by: Vec<usize>,
    /// Staffed duration sets that receive what is unused.
    pub unused_sets: Vec<usize>,
    /// Whether it is spread over the session's rows.
    pub spread: bool,
}

#[derive(Clone, Debug)]
pub(super) struct FeedPlan {
    pub(super) rules: Vec<(rules::year::ActivityRule, usize)>,
    pub(super) matcher: Matcher,
    pub(super) rule_names: Vec<String>,
    pub(super) exclusive: bool,
}

/// Activities and weight sets to which rows of a feed can bring something, by number.
#[derive(Clone, Debug)]
pub(super) struct Touched {
    pub(super) activities: BTreeSet<usize>,
    pub(super) sets: BTreeSet<usize>,
}

impl Plan {
    /// Compiles a year's rules.
    ///
    /// # Errors
    ///
    /// Refusals: a matching rule that compares unknown columns, an activity whose feeds differ on
    /// what happens to unmatched cost.
    pub fn new(rules: &YearRules) -> Result<Self, Vec<Finding>> {
        let midnights = Midnights::around(rules.year.first_day(), rules.year.last_day());
        let end = rules.year.period_end(rules.last_period).plus(1);
        let period = Period {
            from: midnights.start_of(rules.year.first_day()),
            to: midnights.start_of(end),
        };
        let mut faults = Vec::new();
        let event_types = event_types(rules);
        let mut activities = activities(rules);
        let sets = sets(rules, &mut activities, &mut faults);
        let mut feeds = BTreeMap::new();
        for (code, feed) in rules.feeds.iter().filter(|(_, feed)| has_rows(feed)) {
            match feed_plan(rules, code, feed, &activities, (&event_types, &midnights)) {
                Ok(plan) => drop(feeds.insert(code.clone(), plan)),
                Err(found) => faults.extend(found),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let sessions = session_plans(rules, &activities, &sets);
        Ok(Self {
            spread_sets: spread_sets(&sessions),
            sessions,
            service_lines: std::iter::once(String::new())
                .chain(rules.service_lines.keys().cloned())
                .collect(),
            specialties: rules
                .specialties
                .iter()
                .map(|(code, it)| (code.clone(), it.service_line.clone()))
                .collect(),
            sets,
            activities,
            period,
            feeds,
            event_types,
            cost_objects: rules.cost_objects.keys().cloned().collect(),
            midnights,
            counts_beds: !rules.capacity.is_empty(),
            ward_net_of_theatre: rules.settings.ward_net_of_theatre,
        })
    }

    /// Service line of a specialty, by number; 0 for none.
    pub fn service_line(&self, specialty: &str) -> u16 {
        let line = self.specialties.get(specialty).map_or("", String::as_str);
        let found = self.service_lines.binary_search_by(|it| it.as_str().cmp(line)).unwrap_or(0);
        u16::try_from(found).expect("there are fewer than 65,536 service lines")
    }

    /// Number of a weight set.
    pub fn set(&self, code: &str) -> Option<usize> {
        self.sets.binary_search_by(|it| it.code.as_str().cmp(code)).ok()
    }

    /// Whether it matters which row of a feed is which.
    pub(super) fn knows_rows(&self, feed: &FeedPlan) -> bool {
        let uses = |activity: &usize| self.activities[*activity].uses_sessions;
        feed.exclusive || self.touched(feed).activities.iter().any(uses)
    }

    /// What rows of a feed can bring something to.
    pub(super) fn touched(&self, feed: &FeedPlan) -> Touched {
        let activities: BTreeSet<usize> = feed.rules.iter().map(|it| it.1).collect();
        let sets = activities.iter().flat_map(|it| &self.activities[*it].sets).copied().collect();
        Touched { activities, sets }
    }

    /// Feeds in the order in which they are weighed: stays lose theatre time only once theatre rows
    /// have found their events.
    pub(super) fn in_order(&self) -> Vec<(&String, &FeedPlan)> {
        let mut feeds: Vec<(&String, &FeedPlan)> = self.feeds.iter().collect();
        feeds.sort_by_key(|(code, feed)| (feed.exclusive, *code));
        feeds
    }

    /// The calendar that the plan uses.
    pub const fn midnights(&self) -> &Midnights {
        &self.midnights
    }
}

const fn has_rows(feed: &Feed) -> bool {
    matches!(feed.role, FeedRole::Master | FeedRole::Auxiliary)
}

fn event_types(rules: &YearRules) -> BTreeMap<String, u32> {
    rules.event_types.keys().cloned().zip(0..).collect()
}

fn activities(rules: &YearRules) -> Vec<ActivityPlan> {
    let uses = |code: &String| rules.session_kinds.values().any(|kind| kind.used_by.contains(code));
    let theatre = |code: &String| {
        rules.session_kinds.values().any(|kind| kind.theatre && kind.used_by.contains(code))
    };
    rules
        .activities
        .iter()
        .map(|(code, activity)| ActivityPlan {
            code: code.clone(),
            unit: activity.count_unit,
            sets: Vec::new(),
            uses_sessions: uses(code),
            theatre: theatre(code),
        })
        .collect()
}

fn sets(
    rules: &YearRules,
    activities: &mut [ActivityPlan],
    faults: &mut Vec<Finding>,
) -> Vec<SetPlan> {
    let mut sets = Vec::with_capacity(rules.weight_sets.len());
    for (code, set) in &rules.weight_sets {
        let found = activities.binary_search_by(|it| it.code.as_str().cmp(&set.activity));
        let Ok(activity) = found else { continue };
        activities[activity].sets.push(sets.len());
        let table = set.relative.as_ref().and_then(|it| rules.relative_weights.get(&it.table));
        sets.push(SetPlan {
            code: code.clone(),
            activity,
            driver: set.driver,
            staff: set.staff,
            absolute: set.absolute,
            absorbed: absorbed(rules, &set.activity, faults),
            minimum_seconds: set.minimum_seconds,
            default_e4: set.relative.as_ref().map(|it| it.default_e4),
            table: table.cloned().unwrap_or_default(),
            key: set.relative.as_ref().map_or(WeightKey::Code, |it| it.key),
        });
    }
    sets
}

/// Whether the feeds of an activity let matched patients absorb unmatched cost.
fn absorbed(rules: &YearRules, activity: &str, faults: &mut Vec<Finding>) -> bool {
    let uses = |feed: &str| {
        rules
            .activity_rules
            .get(feed)
            .is_some_and(|all| all.iter().any(|it| it.activity == activity))
    };
    let choices: Vec<(&String, bool)> = rules
        .feeds
        .iter()
        .filter(|(code, feed)| has_rows(feed) && uses(code))
        .map(|(code, feed)| (code, feed.absorbed))
        .collect();
    let absorbed = choices.iter().any(|(_, it)| *it);
    if absorbed && choices.iter().any(|(_, it)| !it) {
        let names: Vec<&str> = choices.iter().map(|(code, _)| code.as_str()).collect();
        let message = format!(
            "Activity {activity} is fed by {}, which differ on whether unmatched cost is absorbed",
            names.join(", ")
        );
        faults.push(
            Finding::new("WEI-001", Severity::Refusal, message)
                .at("feeds.csv", 0, "unmatched")
                .about(activity)
                .remedy("Give these feeds the same choice, or the activity one feed only"),
        );
    }
    absorbed
}

fn feed_plan(
    rules: &YearRules,
    code: &str,
    feed: &Feed,
    activities: &[ActivityPlan],
    (event_types, midnights): (&BTreeMap<String, u32>, &Midnights),
) -> Result<FeedPlan, Vec<Finding>> {
    let own_event = [own_event()];
    let stated = rules.matching.get(code).map_or(&[][..], Vec::as_slice);
    let (matching, rule_names) = match feed.role {
        FeedRole::Master => (&own_event[..], vec![OWN_EVENT.to_owned()]),
        _ => (stated, stated.iter().map(|rule| rule.sequence.to_string()).collect()),
    };
    let fitting = rules.activity_rules.get(code).map_or(&[][..], Vec::as_slice);
    Ok(FeedPlan {
        rules: fitting
            .iter()
            .filter_map(|rule| Some((rule.clone(), number(activities, &rule.activity)?)))
            .collect(),
        matcher: Matcher::new(code, matching, event_types, midnights)?,
        rule_names,
        exclusive: feed.exclusive,
    })
}

/// Name under which rows of a master feed are counted: they are the events themselves.
const OWN_EVENT: &str = "OWN_EVENT";

/// The one rule of a master feed: its rows belong to the events that they are.
fn own_event() -> MatchingRule {
    MatchingRule {
        sequence: 0,
        identity: Identity::Event,
        event_type: String::new(),
        window: None,
        equalities: Vec::new(),
        tie_breaks: Vec::new(),
        confidence: String::new(),
    }
}

fn number(activities: &[ActivityPlan], code: &str) -> Option<usize> {
    activities.binary_search_by(|it| it.code.as_str().cmp(code)).ok()
}

fn session_plans(
    rules: &YearRules,
    activities: &[ActivityPlan],
    sets: &[SetPlan],
) -> BTreeMap<String, SessionPlan> {
    let staffed = |set: &usize| sets[*set].staff && sets[*set].driver == WeightDriver::Duration;
    let plan = |kind: &rules::year::SessionKind| {
        let target = number(activities, &kind.unused_to).map(|it| &activities[it]);
        let unused_sets =
            target.map_or_else(Vec::new, |it| it.sets.iter().copied().filter(staffed).collect());
        let used_by = kind.used_by.iter().filter_map(|it| number(activities, it)).collect();
        SessionPlan { used_by, unused_sets, spread: kind.spread }
    };
    rules.session_kinds.iter().map(|(code, kind)| (code.clone(), plan(kind))).collect()
}

fn spread_sets(sessions: &BTreeMap<String, SessionPlan>) -> Vec<usize> {
    let spread = sessions.values().filter(|it| it.spread);
    let sets: BTreeSet<usize> = spread.flat_map(|it| it.unused_sets.iter().copied()).collect();
    sets.into_iter().collect()
}

/// Whether the patterns of an activity rule fit a row.
pub(super) fn fits(rule: &rules::year::ActivityRule, texts: [&str; 4]) -> bool {
    let patterns: [&Pattern; 4] = [&rule.code, &rule.band, &rule.specialty, &rule.location];
    patterns.iter().zip(texts).all(|(pattern, text)| pattern.fits(text))
}
