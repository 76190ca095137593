//! Events and rows as text, outcomes as text; and the fast matcher against the plain one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::{Day, Key};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use rules::year::{Identity, MatchingRule, Reach, TieBreak};
use testkit::{Table, Tables, activity, check_golden};

use super::{ByTime, EventSpan, Matcher, Outcome, PatientEvents, RowSpan, reference};
use crate::cp4_weights::RowFate;
use crate::given::Given;
use crate::given_activity::Trust;
use crate::local_time::Midnights;
use crate::random_trust::MIDNIGHTS;

const TYPES: [&str; 3] = ["APC", "ED", "OP"];

/// The calendar of 2025-26, worked out once.
fn midnights() -> &'static Midnights {
    &MIDNIGHTS
}

fn types() -> BTreeMap<String, u32> {
    TYPES.iter().zip(0_u32..).map(|(name, number)| ((*name).to_owned(), number)).collect()
}

/// An instant written as day and hour of April 2025: `14 09:30`, or `14` for its first second.
fn at(text: &str) -> i64 {
    let (day, time) = text.split_once(' ').unwrap_or((text, "00:00"));
    let (hour, minute) = time.split_once(':').expect("hh:mm");
    let number = |it: &str| it.parse::<i64>().expect("a number");
    let day = format!("2025-04-{day}").parse::<Day>().expect("a day");
    midnights().start_of(day) + number(hour) * 3600 + number(minute) * 60
}

fn rule(text: &str) -> MatchingRule {
    let mut rule = MatchingRule {
        sequence: 1,
        identity: Identity::Patient,
        event_type: String::new(),
        window: None,
        equalities: Vec::new(),
        tie_breaks: Vec::new(),
        confidence: "strong".to_owned(),
    };
    let reach = |text: &str| {
        let (number, unit) = text.split_at(text.len() - 1);
        let number = number.parse::<i64>().expect("a number");
        match unit {
            "d" => Reach::Days(number),
            "h" => Reach::Seconds(number * 3600),
            _ => Reach::Seconds(number * 60),
        }
    };
    for word in text.split_whitespace() {
        match word.split_once('=').unwrap_or((word, "")) {
            ("event", _) => rule.identity = Identity::Event,
            ("type", name) => name.clone_into(&mut rule.event_type),
            ("window", both) => {
                let (before, after) = both.split_once(',').expect("before,after");
                rule.window = Some((reach(before), reach(after)));
            }
            ("equal", name) => rule.equalities.push(name.to_owned()),
            ("tie", "nearest") => rule.tie_breaks.push(TieBreak::Nearest),
            ("tie", name) => rule.tie_breaks.push(TieBreak::Equal(name.to_owned())),
            _ => assert_eq!(word, "patient", "unknown word in a test's rule"),
        }
    }
    rule
}

/// `1 APC 10 09:00..14 11:00 specialty=110` or `3 APC 20..` for an open one.
fn event(text: &str) -> EventSpan {
    let words: Vec<&str> = text.splitn(3, ' ').collect();
    let (span, fields) = words[2].split_once(" specialty=").unwrap_or((words[2], "0"));
    let (first, last) = span.split_once("..").expect("from..to");
    EventSpan {
        event: Key(words[0].parse().expect("a number")),
        event_type: types()[words[1]],
        first: at(first),
        last: (!last.is_empty()).then(|| at(last)),
        fields: [fields.parse().expect("a number"), 0, 0, 0, 0],
    }
}

/// `14 09:30`, `14` for a whole day, then `event=2`, `specialty=110`, `nobody`.
fn row(text: &str) -> RowSpan {
    let mut row = RowSpan { has_patient: true, event: None, first: 0, last: 0, fields: [0; 5] };
    let mut time = Vec::new();
    for word in text.split_whitespace() {
        match word.split_once('=') {
            Some(("event", key)) => row.event = Some(Key(key.parse().expect("a number"))),
            Some((_, value)) => row.fields[0] = value.parse().expect("a number"),
            None if word == "nobody" => row.has_patient = false,
            None => time.push(word),
        }
    }
    row.first = at(&time.join(" "));
    row.last = if time.len() == 1 { row.first + 86_399 } else { row.first };
    row
}

/// What becomes of a row; the same whether all events are looked at or those near it.
fn found(matcher: &Matcher, row: &RowSpan, events: &[EventSpan]) -> Outcome {
    let times = ByTime::new(events);
    let all = PatientEvents { spans: events, times: None };
    let near = PatientEvents { times: Some(&times), ..all };
    let outcome = matcher.find(row, all, &mut Vec::new());
    assert_eq!(matcher.find(row, near, &mut Vec::new()), outcome, "{row:?}");
    outcome
}

#[track_caller]
fn check(rules: &[&str], events: &[&str], rows: &[&str], expected: &Expect) {
    let rules: Vec<MatchingRule> = rules.iter().map(|it| rule(it)).collect();
    let mut events: Vec<EventSpan> = events.iter().map(|it| event(it)).collect();
    events.sort_by_key(|it| it.event);
    let midnights = midnights();
    let matcher = Matcher::new("test", &rules, &types(), midnights).expect("rules compile");
    let mut shown = String::new();
    for text in rows {
        let row = row(text);
        let outcome = found(&matcher, &row, &events);
        assert_eq!(outcome, reference::find(&rules, &TYPES, midnights, &row, &events), "{text}");
        let result = match outcome {
            Outcome::Matched { event, rule, .. } => {
                format!("event {} by rule {}", events[event].event.0, rule + 1)
            }
            Outcome::Unmatched(reason) => reason.name().to_owned(),
        };
        writeln!(shown, "{text:<28}{result}").expect("a text takes every line");
    }
    expected.assert_eq(&shown);
}

#[test]
fn windows_are_closed_at_both_ends() {
    // Two hours after 11:00 is 13:00; one calendar day before the 10th begins at 00:00 on the 9th.
    check(
        &["patient type=APC window=1d,2h"],
        &["1 APC 10 09:00..14 11:00"],
        &["14 13:00", "14 13:01", "09 00:00", "08 23:59", "08", "09", "14"],
        &expect![[r#"
            14 13:00                    event 1 by rule 1
            14 13:01                    NO_EVENT_IN_WINDOW
            09 00:00                    event 1 by rule 1
            08 23:59                    NO_EVENT_IN_WINDOW
            08                          NO_EVENT_IN_WINDOW
            09                          event 1 by rule 1
            14                          event 1 by rule 1
        "#]],
    );
}

#[test]
fn the_first_rule_with_a_candidate_decides() {
    check(
        &["event", "patient type=APC window=0h,0h", "patient type=ED window=24h,24h"],
        &["1 APC 10 09:00..14 11:00", "2 ED 10 05:00..10 08:00", "3 OP 28 10:00..28 10:20"],
        &[
            "12 10:00 event=3",
            "12 10:00 event=9",
            "10 08:30",
            "10 09:00",
            "29 10:00",
            "12 10:00 nobody",
        ],
        &expect![[r#"
            12 10:00 event=3            event 3 by rule 1
            12 10:00 event=9            event 1 by rule 2
            10 08:30                    event 2 by rule 3
            10 09:00                    event 1 by rule 2
            29 10:00                    NO_EVENT_IN_WINDOW
            12 10:00 nobody             NO_IDENTITY
        "#]],
    );
}

#[test]
fn an_open_event_has_no_upper_end() {
    check(
        &["patient window=0h,0h"],
        &["1 APC 10 09:00.."],
        &["30 23:00", "10 08:59"],
        &expect![[r#"
            30 23:00                    event 1 by rule 1
            10 08:59                    NO_EVENT_IN_WINDOW
        "#]],
    );
}

#[test]
fn ties_go_to_equals_then_the_nearest_then_the_smallest() {
    // 12:00 lies 2 h after event 5 (10:00) and 1 h before event 7 (13:00).
    check(
        &["patient window=1d,1d tie=specialty tie=nearest"],
        &[
            "5 OP 14 09:00..14 10:00 specialty=110",
            "7 OP 14 13:00..14 14:00 specialty=330",
            "8 OP 14 13:00..14 13:30 specialty=330",
        ],
        &["14 12:00 specialty=110", "14 12:00 specialty=999", "14 12:00"],
        &expect![[r#"
            14 12:00 specialty=110      event 5 by rule 1
            14 12:00 specialty=999      event 7 by rule 1
            14 12:00                    event 7 by rule 1
        "#]],
    );
}

#[test]
fn a_patient_without_events_is_unknown() {
    check(
        &["patient"],
        &[],
        &["14 12:00", "14 12:00 event=4 nobody"],
        &expect![[r#"
        14 12:00                    UNKNOWN_PATIENT
        14 12:00 event=4 nobody     UNKNOWN_PATIENT
    "#]],
    );
}

#[test]
fn a_column_that_cannot_be_compared_is_named() {
    let faults = Matcher::new("imaging", &[rule("patient equal=colour")], &types(), midnights());
    let text: Vec<String> =
        faults.expect_err("refused").iter().map(|it| it.message.clone()).collect();
    expect!["Rule 1 of feed imaging compares `colour`, which rows and events do not share"]
        .assert_eq(&text.join("\n"));
}

/// Seconds up to so many, in steps of three hours and a second less, so that ends meet edges.
fn seconds(most: i64) -> impl Strategy<Value = i64> {
    (0..=most / 10_800, any::<bool>())
        .prop_map(|(steps, less)| (steps * 10_800 - i64::from(less)).max(0))
}

fn some_rule() -> impl Strategy<Value = MatchingRule> {
    let reach =
        prop_oneof![(0..4_i64).prop_map(Reach::Days), seconds(90_000).prop_map(Reach::Seconds)];
    let column = prop::sample::select(super::compile::COMPARABLE.to_vec()).prop_map(str::to_owned);
    let tie = prop_oneof![Just(TieBreak::Nearest), column.clone().prop_map(TieBreak::Equal)];
    (
        prop::bool::ANY,
        prop::sample::select(vec!["", "APC", "ED", "OP", "NONE"]),
        prop::option::of((reach.clone(), reach)),
        prop::collection::vec(column, 0..2),
        prop::collection::vec(tie, 0..3),
    )
        .prop_map(|(event, kind, window, equalities, tie_breaks)| MatchingRule {
            sequence: 1,
            identity: if event { Identity::Event } else { Identity::Patient },
            event_type: kind.to_owned(),
            window,
            equalities,
            tie_breaks,
            confidence: "weak".to_owned(),
        })
}

fn some_fields() -> impl Strategy<Value = super::Fields> {
    prop::array::uniform5(0_u128..3)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, max_shrink_iters: 500, ..ProptestConfig::default() })]

    /// The matcher and the plain reading of the rules agree on every row.
    #[test]
    fn fast_and_plain_agree(
        rules in prop::collection::vec(some_rule(), 1..4),
        events in prop::collection::btree_map(0_u128..20, (0_u32..3, seconds(400_000), prop::option::of(seconds(200_000)), some_fields()), 0..7),
        rows in prop::collection::vec((prop::bool::ANY, prop::option::of(0_u128..22), seconds(500_000), prop::bool::ANY, some_fields()), 1..12),
    ) {
        let midnights = midnights();
        let base = at("10");
        let events: Vec<EventSpan> = events
            .into_iter()
            .map(|(key, (event_type, first, length, fields))| EventSpan {
                event: Key(key),
                event_type,
                first: base + first,
                last: length.map(|it| base + first + it),
                fields,
            })
            .collect();
        let matcher = Matcher::new("test", &rules, &types(), midnights).expect("rules compile");
        for (has_patient, event, first, day, fields) in rows {
            let first = base + if day { first - first % 86_400 } else { first };
            let last = if day { first + 86_399 } else { first };
            let row = RowSpan { has_patient, event: event.map(Key), first, last, fields };
            let plain = reference::find(&rules, &TYPES, midnights, &row, &events);
            prop_assert_eq!(found(&matcher, &row, &events), plain);
        }
    }
}

/// What became of each row, feed by feed.
fn produce(given: &impl Given) -> Tables {
    let trust = Trust::new(given);
    let mut table = Table::new(&["feed", "row", "outcome", "found", "rule"]);
    for feed in trust.rules.feeds.keys() {
        for row in trust.matches(feed) {
            let (outcome, found, rule) = match row.fate {
                RowFate::Matched { event, rule } => ("matched", activity::name(event), rule),
                RowFate::CostObject(object) => ("other activity", object, String::new()),
                RowFate::Unmatched(reason) => {
                    ("unmatched", reason.name().to_owned(), String::new())
                }
                RowFate::OutsidePeriod => ("outside", String::new(), String::new()),
                RowFate::Unmapped => ("unmapped", String::new(), String::new()),
            };
            table.push([feed, &activity::name(row.row), outcome, &found, &rule]);
        }
    }
    Tables::from([("matches".to_owned(), table)])
}

#[test]
fn golden_cases() {
    check_golden("cp4_matching", produce);
}
