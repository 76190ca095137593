//! Weeks worked by hand.

use domain::Key;

use super::*;
use crate::care::{Care, Currency, LineCare};
use crate::miniature::miniature;

/// 2025-07-01 00:00 in UTC; all times are by day.
const JULY: i64 = 1_751_328_000;

fn instant(day: i64, hour: i64) -> i64 {
    JULY + day * 86_400 + hour * 3_600
}

fn july(day: i32) -> Day {
    Day::from_civil(2025, 7, 1).plus(day - 1)
}

/// An episode from 10:00 of one day of July to 14:00 of another.
fn episode(number: u128, spell: u128, days: (i64, Option<i64>)) -> Event {
    Event {
        patient: Key(spell),
        event: Key(number),
        event_type: "APC".to_owned(),
        spell: Some(Key(spell)),
        start_s: instant(days.0 - 1, 10),
        end_s: days.1.map(|it| instant(it - 1, 14)),
        specialty: "S".to_owned(),
        hrg: "H1".to_owned(),
        pod: "EL".to_owned(),
        diagnosis: "M161".to_owned(),
        ..Event::default()
    }
}

fn appointment(number: u128, day: i64, attended: &str) -> Event {
    Event {
        event_type: if attended == "3" { "DNA" } else { "OP" }.to_owned(),
        attended: attended.to_owned(),
        pod: "OPFA".to_owned(),
        hrg: "W1".to_owned(),
        spell: None,
        ..episode(number, number, (day, Some(day)))
    }
}

/// A year in which a planned stay of H1 cost £1,000, other planned stays £400 on average with it,
/// and a first appointment £90.
fn book() -> CareBook {
    let care = |events: u64, pounds: i64| Care {
        events,
        parts: BTreeMap::from([((0, 0), Money::from_pounds(pounds))]),
        ..Care::default()
    };
    let currency = |event_type: &str, pod: &str, hrg: &str| Currency {
        event_type: event_type.to_owned(),
        pod: pod.to_owned(),
        hrg: hrg.to_owned(),
    };
    let cells = BTreeMap::from([
        (currency("APC", "EL", "H1"), care(2, 2_000)),
        (currency("APC", "EL", "H2"), care(8, 2_000)),
        (currency("OP", "OPFA", "W1"), care(10, 900)),
    ]);
    let line = LineCare { cells, ..LineCare::default() };
    CareBook {
        lines: BTreeMap::from([("SURGERY".to_owned(), line)]),
        activities: vec!["WARD".to_owned()],
        classes: Vec::new(),
        trust: BTreeMap::new(),
    }
}

/// The week to 14 July, and one before it, of these events.
fn week(events: Vec<Event>) -> Week {
    let runs = miniature();
    let run = runs.open();
    let mut rules = run.rules().expect("the model reads").clone();
    let specialty =
        rules::year::Specialty { name: "Surgery".to_owned(), service_line: "SURGERY".to_owned() };
    rules.specialties.insert("S".to_owned(), specialty);
    let calendar = Calendar::of(rules.year, 12);
    let windows = Windows { until: july(14), earlier: 1, first: rules.year.first_day() };
    let mut making = Making {
        rules: &rules,
        own: &Definitions::own().week,
        calendar: &calendar,
        windows: &windows,
        rates: Rates::of(&book()),
        stays: Stays::default(),
        lines: BTreeMap::new(),
    };
    for event in events {
        making.add(event);
    }
    let stays = std::mem::take(&mut making.stays);
    stays.finish((&calendar, &windows), &mut making.lines);
    let mut week = making.lines.remove("SURGERY").expect("it did something");
    week.fill(windows.earlier);
    week
}

fn counted(week: u64, earlier: u64, year: u64) -> Counted {
    Counted { week, earlier: vec![earlier], year }
}

#[test]
fn a_week_is_worked_by_hand() {
    let ready = Event { ready_s: Some(instant(12, 9)), ..episode(6, 14, (3, None)) };
    let uncoded = Event { diagnosis: String::new(), ..episode(3, 11, (9, Some(10))) };
    let unknown = Event { hrg: "H9".to_owned(), ..episode(4, 12, (8, Some(14))) };
    let week = week(vec![
        // One stay of two episodes that ends in the week, and one that ended in the week before.
        episode(1, 10, (1, Some(5))),
        episode(2, 10, (5, Some(8))),
        uncoded,
        unknown,
        episode(5, 13, (2, Some(7))),
        // In a bed: 11 nights and ready to leave, 1 night, and one that leaves on the day after.
        ready,
        episode(7, 15, (13, None)),
        episode(8, 16, (10, Some(15))),
        // Comes on the day after.
        episode(9, 17, (15, None)),
        appointment(20, 8, "5"),
        appointment(21, 14, "6"),
        appointment(22, 14, "3"),
        appointment(23, 14, "2"),
        appointment(24, 7, "4"),
        appointment(25, 15, "5"),
        // Legally restricted, so not told here.
        Event { restricted: true, ..episode(30, 40, (9, Some(10))) },
        Event { restricted: true, ..appointment(31, 9, "5") },
    ]);
    let stays = ("APC".to_owned(), "EL".to_owned());
    let first = ("OP".to_owned(), "OPFA".to_owned());
    assert_eq!(week.done[&stays], counted(3, 1, 4));
    assert_eq!(week.done[&first], counted(2, 0, 2));
    assert_eq!(week.attended, counted(2, 0, 2));
    assert_eq!(week.missed, counted(1, 0, 1));
    assert_eq!(week.cancelled_by_patient, counted(1, 0, 1));
    assert_eq!(week.cancelled_by_us, counted(0, 1, 1));
    assert_eq!(week.episodes, counted(3, 2, 5));
    assert_eq!(week.uncoded, counted(1, 0, 1));
    assert_eq!(week.in_bed, InBed { nights: vec![11, 4, 1], ready: 1 });
    // Two episodes of H1 at 1,000, one of no such group at the mean of planned stays, 4,000 / 10,
    // and two appointments at 90; nobody in a bed has a cost.
    assert_eq!((week.estimate, week.without_rate), (Money::from_pounds(2_580), 0));
}

#[test]
fn the_newest_days_are_left_out_while_they_come_in() {
    let own = &Definitions::own().week;
    let mut began: BTreeMap<Day, u64> = (1..=28).map(|it| (july(it), 10)).collect();
    began.insert(july(29), 5);
    began.insert(july(30), 4);
    let year = (july(1), july(365));
    // Half of 280 in 28 days is 5 a day.
    assert_eq!(newest_complete(&began, year, own), Some(july(29)));
    // One admission long after the others is no complete day.
    began.insert(july(120), 1);
    assert_eq!(newest_complete(&began, year, own), Some(july(29)));
    assert_eq!(newest_complete(&BTreeMap::new(), year, own), None);
}
