//! Activity by service line, and the list of a service line's events, on the miniature.

use domain::Money;
use tables::run::{CostedEvent, LooseIncome};

use super::{Miniature, caller, miniature, money, reference};
use crate::ResultsError;
use crate::listing::Asked;

fn event(number: u128, patient: u128, cost: &str, income: &str) -> CostedEvent {
    CostedEvent {
        event_number: i64::try_from(number).expect("small"),
        patient: reference(patient),
        event: reference(number),
        event_type: "APC".to_owned(),
        // Each a day after the one before, from 2025-06-30 23:30 UTC, which is July in London.
        start_s: 1_751_326_200 + i64::try_from(number).expect("small") * 86_400 - 86_400,
        service_line: "SURGERY".to_owned(),
        specialty: "100".to_owned(),
        own: money(cost),
        income_recognised: money(income),
        ..CostedEvent::default()
    }
}

/// Two patients, the first with two events; an event of another line, one without anything, and
/// a restricted one.
fn made() -> Miniature {
    let mut made = miniature();
    let other = CostedEvent { service_line: "EYES".to_owned(), ..event(4, 1, "7", "0") };
    let idle = event(5, 3, "0", "0");
    let rows = [event(1, 1, "10", "4"), event(2, 1, "20", "0"), event(3, 2, "5", "6"), other, idle];
    made.table("events.parquet", &rows);
    let restricted = CostedEvent { patient: String::new(), ..event(6, 0, "2", "1") };
    made.table("restricted_events.parquet", &[restricted]);
    let loose = LooseIncome {
        specialty: "100".to_owned(),
        lines: 12,
        recognised: money("24"),
        ..LooseIncome::default()
    };
    made.table("loose_income.parquet", &[loose]);
    made.finish();
    made
}

#[test]
fn activity_holds_restricted_events_and_names_nobody() {
    // Surgery: 10 + 20 + 5 and 2 restricted; the first patient has 30, and with the restricted
    // event, which may be theirs, 32; the second 5. An event without cost and income is none.
    let found = made().open().service_activity().expect("reads");
    let shown: Vec<String> = found
        .cells
        .iter()
        .map(|it| {
            format!(
                "{} {}: {} of {}, {} {}, {} {}",
                it.service_line.code,
                it.event_type.words(),
                it.events,
                it.patients,
                it.cost,
                it.income,
                it.largest,
                it.top_two
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "EYES Admitted patient care: 1 of 1, £7.000000 £0.000000, £7.000000 £7.000000",
            "SURGERY Admitted patient care: 4 of 2, £37.000000 £11.000000, £32.000000 £37.000000",
        ]
    );
    assert_eq!(found.loose.len(), 1);
    assert_eq!(found.loose[0].service_line.code, "SURGERY");
    assert_eq!((found.loose[0].lines, found.loose[0].income), (12, money("24")));
    let text = format!("{found:?}");
    assert!((1..=6).all(|it| !text.contains(&reference(it))), "a reference left");
}

#[test]
fn a_line_with_restricted_events_alone_has_somebody() {
    let mut made = miniature();
    made.table::<CostedEvent>("events.parquet", &[]);
    made.table("restricted_events.parquet", &[event(6, 0, "2", "1")]);
    made.finish();
    let found = made.open().service_activity().expect("reads");
    assert_eq!((found.cells[0].patients, found.cells[0].largest), (1, money("2")));
}

fn asked() -> Asked {
    Asked { service_line: "SURGERY".to_owned(), page: 1, size: 2, ..Asked::default() }
}

#[track_caller]
fn check(asked: &Asked, total: usize, expected: &[(u128, &str)]) {
    let found = made().open().list_events(asked, &caller()).expect("reads");
    assert_eq!(found.total, total);
    let shown: Vec<(String, Money)> =
        found.events.into_iter().map(|it| (it.reference, it.cost)).collect();
    let expected: Vec<(String, Money)> =
        expected.iter().map(|(number, cost)| (reference(*number), money(cost))).collect();
    assert_eq!(shown, expected);
}

#[test]
fn events_are_listed_by_time_or_cost_a_page_at_a_time() {
    check(&asked(), 3, &[(1, "10"), (2, "20")]);
    check(&Asked { page: 2, ..asked() }, 3, &[(3, "5")]);
    check(&Asked { dearest_first: true, ..asked() }, 3, &[(2, "20"), (1, "10")]);
    check(&Asked { event_type: "OP".to_owned(), ..asked() }, 0, &[]);
    // All began in July by the clocks of London, the first an hour before by Greenwich.
    check(&Asked { month: "2025-07".to_owned(), ..asked() }, 3, &[(1, "10"), (2, "20")]);
    check(&Asked { month: "2025-06".to_owned(), ..asked() }, 0, &[]);
    // Restricted events are in no list, of no service line.
    check(&Asked { service_line: "EYES".to_owned(), ..asked() }, 1, &[(4, "7")]);
}

#[test]
fn a_list_is_on_record() {
    let made = made();
    made.open().list_events(&asked(), &caller()).expect("reads");
    let audit = std::fs::read_to_string(made.runs.path().join("audit.jsonl")).expect("is there");
    assert!(audit.contains("\"what\":\"list\""), "{audit}");
    assert!(audit.contains("\"rows\":2"), "{audit}");
}

#[test]
fn an_event_of_another_service_line_is_not_there() {
    let run = miniature();
    let run = run.open();
    let other = run.explain_within(&reference(2), &caller(), &|line| line == "EYES");
    let unknown = run.explain_within(&reference(77), &caller(), &|_| true);
    let (Err(ResultsError::NoSuchEvent(other)), Err(ResultsError::NoSuchEvent(unknown))) =
        (other, unknown)
    else {
        panic!("both are answered alike");
    };
    assert_eq!((other, unknown), (reference(2), reference(77)));
    assert!(run.explain_within(&reference(2), &caller(), &|line| line == "SURGERY").is_ok());
}

#[test]
fn lists_can_be_narrowed_to_one_kind_of_care() {
    let mut made = miniature();
    let of = |number, pod: &str, hrg: &str| CostedEvent {
        pod: pod.to_owned(),
        hrg: hrg.to_owned(),
        ..event(number, 1, "10", "0")
    };
    let rows = [of(1, "EL", "HN12E"), of(2, "NEL", "HN12E"), of(3, "EL", "HN13A"), of(4, "EL", "")];
    made.table("events.parquet", &rows);
    made.finish();
    let run = made.open();
    let found = |pod: &str, hrg: &str| {
        let asked = Asked { pod: pod.to_owned(), hrg: hrg.to_owned(), size: 9, ..asked() };
        let found = run.list_events(&asked, &caller()).expect("reads");
        found.events.iter().map(|it| it.reference.clone()).collect::<Vec<_>>()
    };
    let events = |numbers: &[u128]| numbers.iter().map(|it| reference(*it)).collect::<Vec<_>>();
    assert_eq!(found("EL", ""), events(&[1, 3, 4]));
    assert_eq!(found("", "HN12"), events(&[1, 2]));
    assert_eq!(found("EL", "HN12"), events(&[1]));
    assert_eq!(found("EL", "HN1"), events(&[1, 3]));
    assert_eq!(found("DC", ""), events(&[]));
}

#[test]
fn other_care_of_a_patient_is_listed_where_it_may_be_seen() {
    let made = made();
    let run = made.open();
    let around = |number: u128, sees: &[&str], before: Option<&crate::Run>| {
        let may_see = |line: &str| sees.contains(&line);
        let found = run.around_within(&reference(number), &caller(), &may_see, before);
        found.map(|it| {
            let events = it.events.into_iter().map(|it| it.event.reference).collect::<Vec<_>>();
            (events, it.elsewhere)
        })
    };
    // The first patient has events 1 and 2, and 4 of eyes; event 6 is restricted, so nobody's.
    assert_eq!(around(1, &["SURGERY"], None).expect("is there"), (vec![reference(2)], 1));
    let both = vec![reference(2), reference(4)];
    assert_eq!(around(1, &["SURGERY", "EYES"], None).expect("is there"), (both.clone(), 0));
    assert_eq!(around(3, &["SURGERY"], None).expect("is there"), (Vec::new(), 0));
    // What both years know is told once.
    assert_eq!(around(1, &["SURGERY", "EYES"], Some(&run)).expect("is there"), (both, 0));
    for (number, sees) in [(4, "SURGERY"), (6, "SURGERY"), (99, "SURGERY")] {
        let refused = around(number, &[sees], None).expect_err("is not there for them");
        let is_told = matches!(refused, ResultsError::NoSuchEvent(_) | ResultsError::Restricted(_));
        assert!(is_told, "{refused:?}");
    }
    let audit = std::fs::read_to_string(run.folder().join("../audit.jsonl")).expect("reads");
    assert_eq!(audit.matches("\"list around\"").count(), 16, "asked and answered, each time");
}
