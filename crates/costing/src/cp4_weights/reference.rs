//! The same weights in the plainest form: all rows in one heap, time cut into pieces, no buckets.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Key, Money};
use rules::YearRules;
use rules::year::{
    ActivityRule, CountUnit, FeedRole, Identity, MatchingRule, WeightDriver, WeightKey, WeightSet,
};
use tables::dataset::{Event, FeedRow};
use testkit::DatasetRows;

use crate::cp4_matching::{EventSpan, Outcome, Reason, RowSpan, reference::find};
use crate::local_time::Midnights;
use crate::plain::{PlainWeights, Who, floor};
use crate::random_trust::MIDNIGHTS;

/// What weighing comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plain {
    /// Weights by weight set.
    pub(crate) sets: BTreeMap<String, PlainWeights>,
    /// Counts of events by activity.
    pub(crate) counts: BTreeMap<String, BTreeMap<(Key, Key), i64>>,
    /// Rows by feed and outcome: matched, other, unmatched, outside, unmapped.
    pub(crate) feeds: BTreeMap<String, [i64; 5]>,
    /// Planned and used staff time by session, and what became of the rest.
    pub(crate) sessions: BTreeMap<String, (i128, i128, &'static str)>,
}

/// A row that somebody receives.
struct Placed<'a> {
    feed: &'a str,
    row: &'a FeedRow,
    who: Who,
    /// Activities in which it counts.
    activities: BTreeSet<&'a str>,
    seconds: i64,
}

/// Weighs all rows as the law reads, sentence by sentence.
pub(crate) fn weigh(rules: &YearRules, dataset: &DatasetRows) -> Plain {
    let trust = Heap::new(rules, dataset);
    let mut plain = Plain::default();
    let mut placed = trust.place(&mut plain);
    trust.count_seconds(&mut placed);
    for it in &placed {
        trust.weigh_row(it, &mut plain);
    }
    trust.settle_sessions(&placed, &mut plain);
    for (code, set) in &rules.weight_sets {
        let weights = plain.sets.entry(code.clone()).or_default();
        weights.retain(|_, weight| *weight > 0 || (set.absolute && *weight != 0));
    }
    plain.counts.values_mut().for_each(|it| it.retain(|_, count| *count != 0));
    plain.counts.retain(|_, it| !it.is_empty());
    plain
}

struct Heap<'a> {
    rules: &'a YearRules,
    dataset: &'a DatasetRows,
    midnights: &'static Midnights,
    from: i64,
    to: i64,
}

impl<'a> Heap<'a> {
    fn new(rules: &'a YearRules, dataset: &'a DatasetRows) -> Self {
        let midnights = &*MIDNIGHTS;
        let from = midnights.start_of(rules.year.first_day());
        let to = midnights.start_of(rules.year.period_end(rules.last_period).plus(1));
        Self { rules, dataset, midnights, from, to }
    }

    fn holds(&self, instant: i64) -> bool {
        self.from <= instant && instant < self.to
    }

    /// Seconds from one moment to another that lie in the period.
    fn within(&self, from: i64, to: i64) -> i64 {
        (to.min(self.to) - from.max(self.from)).max(0)
    }

    fn place(&self, plain: &mut Plain) -> Vec<Placed<'a>> {
        let mut placed = Vec::new();
        for (code, feed) in &self.rules.feeds {
            let tally = plain.feeds.entry(code.clone()).or_default();
            for row in self.dataset.feeds.get(code).into_iter().flatten() {
                let end = row.end_s.unwrap_or(self.to);
                let moment = row.end_s == Some(row.start_s);
                let wholly_outside = if moment {
                    !self.holds(row.start_s)
                } else {
                    self.within(row.start_s, end) == 0
                };
                let object = row.cost_object.as_str();
                let fate = if self.fitting(code, row).next().is_none() {
                    Err(4)
                } else if wholly_outside {
                    Err(3)
                } else if !object.is_empty() && !self.rules.cost_objects.contains_key(object) {
                    Err(4)
                } else if !object.is_empty() {
                    Ok((1, Who::Object(object.to_owned()), ""))
                } else {
                    Ok(self.matched(code, feed.role == FeedRole::Master, row))
                };
                let place = fate.as_ref().map_or_else(|it| *it, |it| it.0);
                tally[place] += 1;
                if let Ok((_, who, category)) = fate {
                    // Whoever states no category is one of the trust's own patients.
                    let category = if category.is_empty() { "OWN" } else { category };
                    let takes = |it: &&ActivityRule| it.category.fits(category);
                    let fitting = self.fitting(code, row).filter(takes);
                    let activities = fitting.map(|it| it.activity.as_str()).collect();
                    placed.push(Placed { feed: code, row, who, activities, seconds: 0 });
                }
            }
        }
        placed
    }

    fn fitting(&self, feed: &str, row: &'a FeedRow) -> impl Iterator<Item = &'a ActivityRule> {
        let known = |it: &&ActivityRule| self.rules.activities.contains_key(&it.activity);
        let rules: Vec<&ActivityRule> =
            self.rules.activity_rules.get(feed).into_iter().flatten().filter(known).collect();
        rules.into_iter().filter(|it| {
            it.code.fits(&row.code)
                && it.band.fits(&row.band)
                && it.specialty.fits(&row.specialty)
                && it.location.fits(&row.location)
        })
    }

    /// The event of a row, or why there is none.
    fn matched(&self, feed: &str, is_master: bool, row: &FeedRow) -> (usize, Who, &'a str) {
        let own_event = [MatchingRule {
            sequence: 0,
            identity: Identity::Event,
            event_type: String::new(),
            window: None,
            equalities: Vec::new(),
            tie_breaks: Vec::new(),
            confidence: String::new(),
        }];
        let stated = self.rules.matching.get(feed).map_or(&[][..], Vec::as_slice);
        let matching = if is_master { &own_event[..] } else { stated };
        let types: Vec<&str> = self.rules.event_types.keys().map(String::as_str).collect();
        let mut events: Vec<&Event> =
            self.dataset.events.iter().filter(|it| Some(it.patient) == row.patient).collect();
        events.sort_by_key(|it| it.event);
        let spans: Vec<EventSpan> = events.iter().map(|it| event_span(it, &types)).collect();
        let day_end = self.midnights.start_of(self.midnights.day_of(row.start_s).plus(1)) - 1;
        let span = RowSpan {
            has_patient: row.patient.is_some(),
            event: row.event,
            first: row.start_s,
            last: if row.start_is_day { day_end } else { row.start_s },
            fields: [
                text(&row.specialty),
                text(&row.site),
                text(&row.band),
                row.spell.map_or(0, |it| it.0),
                text(&row.requester),
            ],
        };
        match find(matching, &types, self.midnights, &span, &spans) {
            Outcome::Matched { event, .. } => (0, who(events[event]), &events[event].category),
            Outcome::Unmatched(reason) => (2, Who::Unmatched(name(reason)), ""),
        }
    }

    /// Counted seconds of every row: time is cut wherever anything begins or ends, and each piece
    /// given to one row.
    fn count_seconds(&self, placed: &mut [Placed<'_>]) {
        let theatre: Vec<(Who, i64, i64)> = placed
            .iter()
            .filter(|it| matches!(it.who, Who::Event(_)))
            .filter(|it| it.activities.iter().any(|it| self.is_in_theatre(it)))
            .filter_map(|it| Some((it.who.clone(), it.row.start_s, it.row.end_s?)))
            .collect();
        for it in placed {
            let (start, end) = (it.row.start_s, it.row.end_s.unwrap_or(self.to));
            if !self.rules.feeds[it.feed].exclusive || it.row.patient.is_none() {
                it.seconds = self.within(start, end);
                continue;
            }
            let others: Vec<(i64, Key, i64)> = self.dataset.feeds[it.feed]
                .iter()
                .filter(|other| other.patient == it.row.patient)
                .map(|other| (other.start_s, other.row, other.end_s.unwrap_or(self.to)))
                .collect();
            let in_theatre: Vec<(i64, i64)> = theatre
                .iter()
                .filter(|theatre| self.rules.settings.ward_net_of_theatre && theatre.0 == it.who)
                .map(|theatre| (theatre.1, theatre.2))
                .collect();
            let mut cuts: BTreeSet<i64> = [start, end, self.from, self.to].into();
            cuts.extend(others.iter().flat_map(|it| [it.0, it.2]));
            cuts.extend(in_theatre.iter().flat_map(|it| [it.0, it.1]));
            let cuts: Vec<i64> = cuts.into_iter().collect();
            for piece in cuts.windows(2) {
                let covers = |from: i64, to: i64| from <= piece[0] && piece[1] <= to;
                let holder =
                    others.iter().filter(|it| covers(it.0, it.2)).map(|it| (it.0, it.1)).max();
                let is_held = holder == Some((start, it.row.row));
                if is_held && !in_theatre.iter().any(|it| covers(it.0, it.1)) {
                    it.seconds += self.within(piece[0], piece[1]);
                }
            }
        }
    }

    fn is_in_theatre(&self, activity: &str) -> bool {
        let kinds = self.rules.session_kinds.values().filter(|it| it.theatre);
        kinds.flat_map(|it| &it.used_by).any(|it| it == activity)
    }

    fn weigh_row(&self, placed: &Placed<'_>, plain: &mut Plain) {
        let row = placed.row;
        let sign = if row.quantity_e4.unwrap_or(1) < 0 { -1 } else { 1 };
        let inside = i64::from(self.holds(row.start_s));
        for activity in &placed.activities {
            if let Who::Event(event) = &placed.who {
                let count = match self.rules.activities[*activity].count_unit {
                    CountUnit::Minutes => placed.seconds,
                    CountUnit::Number => sign * inside,
                };
                let of_activity = plain.counts.entry((*activity).to_owned()).or_default();
                *of_activity.entry(*event).or_default() += count;
            }
        }
        for (code, set) in &self.rules.weight_sets {
            if !placed.activities.contains(set.activity.as_str()) {
                continue;
            }
            let driver = match set.driver {
                WeightDriver::Count => sign * inside,
                WeightDriver::Quantity => inside * row.quantity_e4.unwrap_or(10_000),
                WeightDriver::Cost => inside * row.cost.map_or(0, Money::micro_pounds),
                WeightDriver::Duration => self.duration(placed, set.minimum_seconds),
            };
            let staff = if set.staff { row.staff_e2.unwrap_or(100) } else { 1 };
            let weight = i128::from(driver) * i128::from(staff) * self.relative(set, row);
            let weights = plain.sets.entry(code.clone()).or_default();
            *weights.entry(placed.who.clone()).or_default() += weight;
        }
    }

    fn duration(&self, placed: &Placed<'_>, minimum: i64) -> i64 {
        let start = placed.row.start_s;
        let is_short = placed.row.end_s.is_some_and(|end| end - start < minimum);
        if is_short { self.within(start, start + minimum) } else { placed.seconds }
    }

    fn relative(&self, set: &WeightSet, row: &FeedRow) -> i128 {
        let Some(relative) = set.relative.as_ref().filter(|_| !set.absolute) else { return 1 };
        let key = match relative.key {
            WeightKey::Code => &row.code,
            WeightKey::Band => &row.band,
            WeightKey::Specialty => &row.specialty,
            WeightKey::Location => &row.location,
        };
        let value = self.rules.relative_weights.get(&relative.table).and_then(|it| it.get(key));
        i128::from(value.copied().unwrap_or(relative.default_e4))
    }

    fn settle_sessions(&self, placed: &[Placed<'_>], plain: &mut Plain) {
        for session in &self.dataset.sessions {
            let Some(kind) = self.rules.session_kinds.get(&session.kind) else { continue };
            let is_user = |it: &&Placed<'_>| {
                it.row.session == session.session
                    && kind.used_by.iter().any(|activity| it.activities.contains(activity.as_str()))
            };
            let mut users: Vec<&Placed<'_>> = placed.iter().filter(is_user).collect();
            users.sort_by_key(|it| it.row.row);
            let staffed = |it: &Placed<'_>| {
                i128::from(it.seconds) * i128::from(it.row.staff_e2.unwrap_or(100))
            };
            let planned = i128::from(self.within(session.start_s, session.end_s))
                * i128::from(session.staff_e2);
            let used: i128 = users.iter().map(|it| staffed(it)).sum();
            let unused = planned - used;
            let fate = match unused {
                ..=0 => "NOTHING_LEFT",
                _ if kind.spread && used > 0 => "SPREAD",
                _ => "SEPARATE",
            };
            plain.sessions.insert(session.session.clone(), (planned, used, fate));
            for (code, set) in &self.rules.weight_sets {
                let is_target = set.activity == kind.unused_to
                    && set.staff
                    && set.driver == WeightDriver::Duration;
                if !is_target || fate == "NOTHING_LEFT" {
                    continue;
                }
                let weights = plain.sets.entry(code.clone()).or_default();
                if fate == "SEPARATE" {
                    let default = set.relative.as_ref().map_or(1, |it| i128::from(it.default_e4));
                    let who = Who::Unused(session.session.clone());
                    *weights.entry(who).or_default() += unused * default;
                    continue;
                }
                let mut running = 0;
                for it in &users {
                    let before = running;
                    running += staffed(it);
                    let extra = floor(unused, running, used) - floor(unused, before, used);
                    *weights.entry(it.who.clone()).or_default() +=
                        extra * self.relative(set, it.row);
                }
            }
        }
    }
}

fn who(event: &Event) -> Who {
    match event.restricted_reference.filter(|_| event.restricted) {
        Some(reference) => Who::Event((reference, reference)),
        None => Who::Event((event.patient, event.event)),
    }
}

fn name(reason: Reason) -> String {
    reason.name().to_owned()
}

fn event_span(event: &Event, types: &[&str]) -> EventSpan {
    let number = types.iter().position(|it| *it == event.event_type);
    let consultant = event.consultant.map(|it| it.to_string()).unwrap_or_default();
    EventSpan {
        event: event.event,
        event_type: u32::try_from(number.expect("the type is known")).expect("few types"),
        first: event.start_s,
        last: event.end_s.map(|end| if event.end_is_day { end - 1 } else { end }),
        fields: [
            text(&event.specialty),
            text(&event.site),
            text(&event.band),
            event.spell.map_or(0, |it| it.0),
            text(&consultant),
        ],
    }
}

/// Short texts as numbers, equal for equal ones; 0 for a blank one.
fn text(text: &str) -> u128 {
    text.bytes().fold(0, |number, byte| number << 8 | u128::from(byte))
}
