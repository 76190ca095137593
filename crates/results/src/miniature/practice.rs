//! The practice of one consultant, on a year of events worked by hand.

use tables::run::CostedEvent;

use super::money;
use super::outcomes::{appointment, emergency, episode, medicine, run};
use crate::outcomes::{Complication, Practice, Treated};

/// An event that cost so many pounds, a tenth more of them absorbed, and earned so many.
fn costing(of: CostedEvent, pounds: i64, earned: i64) -> CostedEvent {
    CostedEvent {
        own: money(&pounds.to_string()),
        absorbed: money(&format!("{}.{}", pounds / 10, pounds % 10)),
        income_recognised: money(&earned.to_string()),
        income_at_unit_price: money(&(earned + 1).to_string()),
        ..of
    }
}

fn practice(events: &[CostedEvent]) -> Practice {
    run(events).open().practice(("SURGERY", "A"), None).expect("reads")
}

fn treated((count, patients): (u64, u64), cost: &str, dearest: [&str; 2]) -> Treated {
    Treated { count, patients, cost: money(cost), dearest: (money(dearest[0]), money(dearest[1])) }
}

fn measure<'a>(of: &'a Practice, code: &str) -> &'a Complication {
    of.complications.iter().find(|it| it.code == code).expect("a measure")
}

fn year() -> Vec<CostedEvent> {
    let died =
        CostedEvent { discharge_method: "4".to_owned(), ..emergency(episode(5, 3, 13, (3, 6))) };
    let of_another = CostedEvent { consultant: "B".to_owned(), ..episode(8, 5, 15, (0, 3)) };
    vec![
        // One spell of two specialties, which A of surgery ended; the patient came back to medicine.
        costing(medicine(episode(1, 1, 10, (0, 2))), 100, 7),
        costing(episode(2, 1, 10, (2, 5)), 200, 300),
        costing(medicine(emergency(episode(3, 1, 11, (20, 23)))), 50, 7),
        costing(episode(4, 2, 12, (1, 1)), 40, 35),
        costing(died, 60, 10),
        // What comes after 20 March is not yet known for 30 days.
        costing(episode(6, 4, 14, (260, 262)), 70, 0),
        costing(appointment(7, "OPFA", "5"), 10, 8),
        costing(of_another, 1_000, 2_000),
        // Before the year: it cost nothing in it.
        episode(9, 9, 18, (-103, -100)),
    ]
}

#[test]
fn events_count_for_whoever_had_them_and_cost_what_they_cost() {
    let found = practice(&year());
    assert!(found.is_coded);
    // 220 + 44 + 66 + 77 + 11, of the patients 1, 2, 3, 4 and 7.
    assert_eq!(found.all, treated((5, 5), "418", ["220", "297"]));
    let kinds: Vec<(&str, Treated)> =
        found.kinds.iter().map(|it| (it.0.code.as_str(), it.1)).collect();
    let wanted = [
        ("APC", treated((4, 4), "407", ["220", "297"])),
        ("OP", treated((1, 1), "11", ["11", "11"])),
    ];
    assert_eq!(kinds, wanted);
    // 300 + 35 + 10 + 0 + 8, and a pound more for each of five at unit price.
    assert_eq!((found.recognised, found.at_unit_price), (money("353"), money("358")));
    // Patient 4 earned nothing as recognised. The most is of patients 1 and 2: 300 and 35, each a
    // pound more at unit price.
    let wanted = [("353", 4, ["300", "335"]), ("358", 5, ["301", "337"])];
    assert_eq!(found.earning, wanted.map(|it| treated((it.1, it.1), it.0, it.2)));
}

#[test]
fn spells_count_for_whoever_ended_them_with_all_their_episodes() {
    let found = practice(&year());
    // The first is 110 of medicine and 220; then 44, 66 and 77.
    assert_eq!(found.spells, treated((4, 4), "517", ["330", "407"]));
    let it = measure(&found, "readmission");
    let counted = it.found.clone().expect("two are known");
    // Of the patients 1 and 2 the first came back; 3 died, and 4 is not yet known.
    // 330 and 44; the other is 77.
    assert_eq!(counted.of, treated((2, 2), "374", ["330", "374"]));
    assert_eq!(counted.unknown, treated((1, 1), "77", ["77", "77"]));
    assert_eq!(counted.spells, treated((1, 1), "330", ["330", "330"]));
    // It came back to medicine, for 50 and 5 absorbed.
    assert_eq!(counted.after, Some(treated((1, 1), "55", ["55", "55"])));
    let why = measure(&found, "return-to-theatre").found.clone().expect_err("nothing counts them");
    assert!(why.starts_with("We hold no number of operations"), "{why}");
    // The same spells as the measure of all patients counts.
    let outcomes = run(&year());
    let group = crate::group::PatientGroup {
        consultants: ["A".to_owned()].into(),
        ..crate::group::PatientGroup::of_line("SURGERY")
    };
    let outcomes = outcomes.open().outcomes(&group).expect("reads");
    let total = crate::outcomes::MonthValue::total(&outcomes[1].months);
    assert_eq!((total.numerator, total.denominator, outcomes[1].unknown), (1, 2, 1));
}

#[test]
fn a_spell_with_which_somebody_came_back_is_counted_once() {
    // Two planned spells within days of each other, and one emergency after both.
    let found = practice(&[
        costing(episode(1, 1, 10, (0, 1)), 20, 0),
        costing(episode(2, 1, 11, (3, 4)), 30, 0),
        costing(emergency(episode(3, 1, 12, (10, 12))), 40, 0),
    ]);
    let counted = measure(&found, "readmission").found.clone().expect("three are known");
    // 22 and 33 of one patient; the emergency itself was followed by nothing.
    assert_eq!(counted.of, treated((3, 1), "99", ["99", "99"]));
    assert_eq!(counted.unknown, Treated::default());
    assert_eq!(counted.spells, treated((2, 1), "55", ["55", "55"]));
    assert_eq!(counted.after, Some(treated((1, 1), "44", ["44", "44"])));
}

#[test]
fn where_no_event_names_a_consultant_it_says_so() {
    let blank =
        CostedEvent { consultant: String::new(), ..costing(episode(1, 1, 10, (0, 2)), 9, 9) };
    let found = practice(&[blank, costing(medicine(episode(2, 2, 11, (0, 2))), 9, 9)]);
    assert!(!found.is_coded, "that medicine names one says nothing of surgery");
    assert_eq!((found.all, found.spells), (Treated::default(), Treated::default()));
    let why = measure(&found, "readmission").found.clone().expect_err("nobody was discharged");
    assert!(why.starts_with("We hold no discharge"), "{why}");
    let of_another = CostedEvent { consultant: "B".to_owned(), ..episode(3, 3, 12, (0, 2)) };
    assert!(practice(&[of_another]).is_coded);
}
