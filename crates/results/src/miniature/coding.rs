//! Which stays are worth a look, on a year of events worked by hand.

use std::collections::BTreeSet;

use domain::Day;
use tables::run::{CostedEvent, EventActivity};

use super::{Miniature, caller, miniature, reference};
use crate::Run;
use crate::coding::{Checked, ChecksAsked};

/// 2025-07-01 00:00 in UTC.
const JULY: i64 = 1_751_328_000;

const GROUPS: &str = "\
list,code,name,length,valid_from,valid_to,effective_from,effective_to,source,note
hrg,XA01A,Operations with CC Score 2-4,5,,,2025-04-01,,local,
hrg,XA01B,Operations with CC Score 0-1,5,,,2025-04-01,,local,
hrg,XB01Z,Other care,5,,,2025-04-01,,local,
";

/// The ward of the miniature is made a theatre, so that its activity says who was in one.
const THEATRE: [(&str, &str); 3] = [
    (
        "model/activities.csv",
        "activity,name,collection_activity,count_unit,effective_from,effective_to,source,note\nCARE,Theatre,X-A-THEATRE,number,2025-04-01,,local,\n",
    ),
    (
        "model/session_kinds.csv",
        "session_kind,name,used_by,unused_to,method,effective_from,effective_to,source,note\nLIST,List,CARE,CARE,SPREAD,2025-04-01,,local,\n",
    ),
    (
        "model/weight_sets.csv",
        "weight_set,activity,driver,staff,rwv_table,rwv_key,default_rwv,minimum_seconds,basis,effective_from,effective_to,source,note\nCARE-COUNT,CARE,COUNT,no,,,,,RELATIVE,2025-04-01,,local,\nCARE-TIME,CARE,DURATION,yes,,,,,RELATIVE,2025-04-01,,local,\n",
    ),
];

/// An episode of surgery from 10:00 of one day to 14:00 of another, counted from 1 July, with
/// nothing to look at.
fn episode(number: u128, days: (i64, i64)) -> CostedEvent {
    CostedEvent {
        event_number: i64::try_from(number).expect("small"),
        patient: reference(number),
        event: reference(number),
        event_type: "APC".to_owned(),
        consultant: "A".to_owned(),
        start_s: JULY + days.0 * 86_400 + 10 * 3_600,
        end_s: Some(JULY + days.1 * 86_400 + 14 * 3_600),
        service_line: "SURGERY".to_owned(),
        specialty: "100".to_owned(),
        hrg: "XB01Z".to_owned(),
        pod: "EL".to_owned(),
        admission_method: "11".to_owned(),
        age_band: "60-69".to_owned(),
        diagnosis: "M161".to_owned(),
        procedure: "W371".to_owned(),
        ..CostedEvent::default()
    }
}

fn grouped(hrg: &str, of: CostedEvent) -> CostedEvent {
    CostedEvent { hrg: hrg.to_owned(), ..of }
}

fn emergency(age: &str, of: CostedEvent) -> CostedEvent {
    CostedEvent {
        admission_method: "21".to_owned(),
        pod: "NEL".to_owned(),
        age_band: age.to_owned(),
        ..of
    }
}

fn of_consultant(consultant: &str, specialty: &str, of: CostedEvent) -> CostedEvent {
    CostedEvent { consultant: consultant.to_owned(), specialty: specialty.to_owned(), ..of }
}

fn events() -> Vec<CostedEvent> {
    let mut all = vec![
        // In theatre without a procedure, with one, and without one but never there.
        CostedEvent { procedure: String::new(), ..episode(1, (0, 1)) },
        episode(2, (1, 2)),
        CostedEvent { procedure: String::new(), ..episode(3, (2, 3)) },
        // Lowest group: a week, an old emergency; then one of no night, and one younger.
        grouped("XA01B", episode(4, (3, 10))),
        grouped("XA01B", emergency("80-89", episode(5, (4, 5)))),
        grouped("XA01B", emergency("90+", episode(6, (5, 5)))),
        grouped("XA01B", emergency("70-79", episode(7, (6, 9)))),
        // Long, but another condition counts; long, but the group is not split.
        grouped("XA01A", emergency("80-89", episode(8, (40, 50)))),
        episode(9, (8, 18)),
        // Uncoded in two ways.
        CostedEvent { diagnosis: String::new(), ..episode(10, (20, 21)) },
        grouped("UZ01Z", episode(11, (21, 22))),
        // Not finished, before the year, another service line, no stay.
        CostedEvent { end_s: None, diagnosis: String::new(), ..episode(12, (22, 22)) },
        CostedEvent { diagnosis: String::new(), ..episode(13, (-103, -100)) },
        CostedEvent {
            diagnosis: String::new(),
            service_line: "MEDICINE".to_owned(),
            ..episode(14, (23, 24))
        },
        CostedEvent {
            event_type: "OP".to_owned(),
            diagnosis: String::new(),
            ..episode(15, (24, 24))
        },
        // Nobody; and somebody of whose 20 events 19 are of another specialty.
        of_consultant("", "100", episode(16, (25, 26))),
        of_consultant("B", "100", episode(17, (26, 27))),
        // Of whose 20 events 17 are of another specialty: they work in two.
        of_consultant("C", "100", episode(18, (27, 28))),
    ];
    let clinic = |number: u128, consultant: &str, specialty: &str| CostedEvent {
        event_type: "OP".to_owned(),
        service_line: "MEDICINE".to_owned(),
        ..of_consultant(consultant, specialty, episode(number, (30, 30)))
    };
    all.extend((100..119).map(|number| clinic(number, "B", "300")));
    all.extend((200..217).map(|number| clinic(number, "C", "300")));
    all.extend((217..219).map(|number| clinic(number, "C", "100")));
    all
}

fn made(events: &[CostedEvent]) -> Miniature {
    let mut made = miniature();
    made.table("events.parquet", events);
    let was_there =
        |event_number| EventActivity { event_number, activity: "CARE".to_owned(), count: 1 };
    made.table("event_activities.parquet", &[1, 2].map(was_there));
    made.text("model/reference_codes.csv", GROUPS.as_bytes());
    for (name, content) in THEATRE {
        made.text(name, content.as_bytes());
    }
    made.finish();
    made
}

fn checked(run: &Run, check: &str, month: &str) -> Checked {
    let asked = ChecksAsked {
        service_line: "SURGERY".to_owned(),
        check: check.to_owned(),
        month: month.to_owned(),
    };
    run.coding_checks(&asked, &caller(), &|total| 0..total).expect("reads")
}

/// Numbers of the stays listed, with the checks that they meet.
fn listed(found: &Checked) -> Vec<(String, Vec<&'static str>)> {
    let number = |of: &str| (1..300).find(|it| reference(*it) == of).expect("one of ours");
    let all = found.listed.iter();
    all.map(|it| (number(&it.recorded.reference).to_string(), it.checks.clone())).collect()
}

#[test]
fn each_check_finds_its_stays_and_says_of_how_many() {
    let made = made(&events());
    let found = checked(&made.open(), "", "");
    let counts: Vec<String> =
        found.counts.iter().map(|it| format!("{} {}/{}", it.check.code, it.found, it.of)).collect();
    // Finished stays: 1 to 11 and 16 to 18. Long or old in a group that is split: 4, 5 and 8.
    assert_eq!(counts, ["procedure 1/2", "comorbidity 2/3", "uncoded 2/14", "consultant 2/14"]);
    assert_eq!((found.stays, found.total), (14, 7));
    let expected = [
        ("1", "procedure"),
        ("5", "comorbidity"),
        ("4", "comorbidity"),
        ("10", "uncoded"),
        ("11", "uncoded"),
        ("16", "consultant"),
        ("17", "consultant"),
    ];
    let expected = expected.map(|it| (it.0.to_owned(), vec![it.1]));
    assert_eq!(listed(&found), expected, "in the order in which they ended");
}

#[test]
fn stays_are_narrowed_by_check_and_month_and_shown_by_the_page() {
    let made = made(&events());
    let run = made.open();
    let uncoded = checked(&run, "uncoded", "");
    assert_eq!(listed(&uncoded).iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["10", "11"]);
    assert_eq!(uncoded.counts, checked(&run, "", "").counts, "what is counted is the same");
    assert_eq!(checked(&run, "", "2025-08").total, 0, "stay 8 ended in August and meets none");
    let asked = ChecksAsked { service_line: "SURGERY".to_owned(), ..ChecksAsked::default() };
    let second = run.coding_checks(&asked, &caller(), &|_| 2..3).expect("reads");
    assert_eq!((second.total, listed(&second).len()), (7, 1));
    assert_eq!(listed(&second)[0].0, "4");
    let audit = std::fs::read_to_string(made.runs.path().join("audit.jsonl")).expect("is there");
    assert!(audit.contains("checks of records in service line SURGERY"), "{audit}");
    assert!(audit.lines().last().expect("lines").contains("\"rows\":1"), "{audit}");
}

#[test]
fn a_check_for_which_the_model_says_too_little_is_not_made() {
    let mut made = miniature();
    made.table("events.parquet", &events());
    made.finish();
    let found = checked(&made.open(), "", "");
    let known: Vec<bool> = found.counts.iter().map(|it| it.is_known).collect();
    assert_eq!(known, [false, false, true, true]);
    assert_eq!((found.counts[0].of, found.counts[1].of), (0, 0));
    assert!(found.rotations.iter().all(|it| it.of == 0));
}

#[test]
fn emergencies_in_the_lowest_group_are_counted_by_the_time_between_changeovers() {
    let found = checked(&made(&events()).open(), "", "");
    let told: Vec<String> = found
        .rotations
        .iter()
        .map(|it| format!("{} to {}: {}/{}", it.from, it.to, it.lowest, it.of))
        .collect();
    // Emergencies in groups that are split: 5, 6 and 7 ended in July, 8 on 20 August.
    assert_eq!(
        told,
        [
            "2025-04-01 to 2025-04-01: 0/0",
            "2025-04-02 to 2025-08-05: 3/3",
            "2025-08-06 to 2025-12-02: 0/1",
            "2025-12-03 to 2026-03-31: 0/0",
        ]
    );
    let month = |it: usize| (found.months[it].from, found.months[it].lowest, found.months[it].of);
    assert_eq!(found.months.len(), 12);
    assert_eq!(month(3), (Day::from_civil(2025, 7, 1), 3, 3));
    assert_eq!(month(4), (Day::from_civil(2025, 8, 1), 0, 1));
}

#[test]
fn events_are_found_again_by_their_reference_and_those_elsewhere_tell_nothing() {
    let made = made(&events());
    let asked: BTreeSet<String> = [4, 14, 250].map(reference).into_iter().collect();
    let found = made.open().recorded_within(&asked, &caller(), &|it| it == "SURGERY");
    let found = found.expect("reads");
    assert_eq!(found.seen.keys().cloned().collect::<Vec<_>>(), [reference(4)]);
    assert_eq!(found.elsewhere.into_iter().collect::<Vec<_>>(), [reference(14)]);
    let it = &found.seen[&reference(4)];
    assert_eq!((it.hrg.code.as_str(), it.nights), ("XA01B", Some(7)));
    assert_eq!(it.hrg.name, "Operations with CC Score 0-1");
}
