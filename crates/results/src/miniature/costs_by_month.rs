//! What spells and events cost by month, on a few events worked by hand.

use tables::run::CostedEvent;

use super::{miniature, money, reference};
use crate::group::PatientGroup;
use crate::outcomes::{CostByMonth, CostsByMonth, Form, Good};

/// 2025-07-01 10:00 in England.
const JULY: i64 = 1_751_360_400;

/// An episode of surgery from one day to another, counted from 1 July, with its cost.
fn episode((number, spell): (u128, u128), days: (i64, i64), cost: &str) -> CostedEvent {
    CostedEvent {
        event_number: i64::try_from(number).expect("small"),
        patient: reference(spell),
        event: reference(number),
        event_type: "APC".to_owned(),
        spell: reference(spell),
        consultant: "A".to_owned(),
        start_s: JULY + days.0 * 86_400,
        end_s: Some(JULY + days.1 * 86_400),
        service_line: "SURGERY".to_owned(),
        pod: "EL".to_owned(),
        admission_method: "11".to_owned(),
        own: money(cost),
        ..CostedEvent::default()
    }
}

fn of(events: &[CostedEvent], line: &str) -> CostsByMonth {
    let mut made = miniature();
    made.table("events.parquet", events);
    made.finish();
    made.open().costs_by_month(&PatientGroup::of_line(line)).expect("reads")
}

/// The months with something in them: `2025-07 2 for £3,000.800000`.
fn months(all: &CostByMonth) -> Vec<String> {
    let kept = all.months.iter().filter(|it| it.count > 0);
    kept.map(|it| format!("{} {} for {}", it.month, it.count, it.cost)).collect()
}

fn events() -> Vec<CostedEvent> {
    let medicine = |it: CostedEvent| CostedEvent { service_line: "MEDICINE".to_owned(), ..it };
    vec![
        // One spell of two episodes, 400.15 + 600.25: surgery discharged the patient in July.
        medicine(episode((1, 10), (0, 2), "400.15")),
        episode((2, 10), (2, 5), "600.25"),
        // Another of July, half of it absorbed.
        CostedEvent { absorbed: money("1000.20"), ..episode((3, 11), (1, 4), "1000.20") },
        // From July to August: a spell counts when it ends, an event when it begins.
        episode((4, 12), (30, 33), "600"),
        // Still open, and one that medicine discharged.
        CostedEvent { end_s: None, ..episode((5, 13), (8, 8), "70") },
        medicine(episode((6, 14), (8, 9), "80")),
        // Neither cost nor income: no event, but a spell.
        episode((7, 15), (70, 71), "0"),
    ]
}

#[test]
fn spells_cost_what_all_their_episodes_cost_in_the_month_of_discharge() {
    let found = of(&events(), "SURGERY").spells;
    // 1,000.40 + 2,000.40.
    let (july, august) = ("2025-07 2 for £3,000.800000", "2025-08 1 for £600.000000");
    assert_eq!(months(&found), [july, august, "2025-09 1 for £0.000000"]);
    assert_eq!((found.months.len(), found.months[0].month.as_str()), (12, "2025-04"));
    let measure = found.measure;
    assert_eq!((measure.form, measure.good, measure.absent), (Form::Mean, Good::Neither, None));
    // 1,000 and 2,000 in whole pounds: 1 and 4 million squared.
    let it = &measure.months[3];
    assert_eq!((it.numerator, it.denominator, it.squares), (3_000, 2, 5_000_000));
}

#[test]
fn events_cost_what_they_cost_in_the_month_in_which_they_began() {
    let found = of(&events(), "SURGERY").events;
    // 600.25 + 2,000.40 + 600 + 70.
    assert_eq!(months(&found), ["2025-07 4 for £3,270.650000"]);
}

#[test]
fn a_group_without_discharges_says_why_there_is_no_cost_of_a_spell() {
    let found = of(&events(), "THERAPIES");
    assert!(found.spells.measure.months.is_empty() && months(&found.spells).is_empty());
    let why = found.spells.measure.absent.expect("a reason");
    assert!(why.contains("no discharge of these patients"), "{why}");
    assert!(found.events.measure.absent.is_some());
}
