//! What patients got, on a year of events worked by hand.

use tables::run::CostedEvent;

use super::{Miniature, miniature, reference};
use crate::group::PatientGroup;
use crate::outcomes::{Form, LeftOut, Outcome, UseAsked, Uses};

/// 2025-07-01 00:00 in UTC; all times are by day, so that the zone matters only where it is said.
const JULY: i64 = 1_751_328_000;

fn instant(day: i64, hour: i64) -> i64 {
    JULY + day * 86_400 + hour * 3_600
}

/// An episode from 10:00 of one day to 14:00 of another, counted from 1 July.
pub(super) fn episode(number: u128, patient: u128, spell: u128, days: (i64, i64)) -> CostedEvent {
    CostedEvent {
        event_number: i64::try_from(number).expect("small"),
        patient: reference(patient),
        event: reference(number),
        event_type: "APC".to_owned(),
        spell: reference(spell),
        consultant: "A".to_owned(),
        start_s: instant(days.0, 10),
        end_s: Some(instant(days.1, 14)),
        service_line: "SURGERY".to_owned(),
        specialty: "100".to_owned(),
        hrg: "X-HRG1".to_owned(),
        pod: "EL".to_owned(),
        admission_method: "11".to_owned(),
        discharge_method: "1".to_owned(),
        age_band: "60-69".to_owned(),
        ..CostedEvent::default()
    }
}

pub(super) fn emergency(of: CostedEvent) -> CostedEvent {
    CostedEvent { admission_method: "21".to_owned(), pod: "NEL".to_owned(), ..of }
}

pub(super) fn medicine(of: CostedEvent) -> CostedEvent {
    CostedEvent { service_line: "MEDICINE".to_owned(), ..of }
}

/// An appointment of 10 August.
pub(super) fn appointment(number: u128, pod: &str, attended: &str) -> CostedEvent {
    CostedEvent {
        event_type: if pod.is_empty() { "DNA" } else { "OP" }.to_owned(),
        spell: String::new(),
        pod: pod.to_owned(),
        attended: attended.to_owned(),
        admission_method: String::new(),
        discharge_method: String::new(),
        ..episode(number, number, 0, (40, 40))
    }
}

pub(super) fn run(events: &[CostedEvent]) -> Miniature {
    let mut made = miniature();
    made.table("events.parquet", events);
    made.finish();
    made
}

fn outcomes(events: &[CostedEvent]) -> Vec<Outcome> {
    run(events).open().outcomes(&PatientGroup::of_line("SURGERY")).expect("reads")
}

/// The months with something in them: `2025-07 1/3`.
fn months(all: &[Outcome], code: &str) -> Vec<String> {
    let it = all.iter().find(|it| it.code == code).expect("a measure");
    let kept = it.months.iter().filter(|it| it.numerator != 0 || it.denominator != 0);
    kept.map(|it| format!("{} {}/{}", it.month, it.numerator, it.denominator)).collect()
}

fn stays() -> Vec<CostedEvent> {
    let died =
        CostedEvent { discharge_method: "4".to_owned(), ..emergency(episode(5, 3, 13, (3, 6))) };
    let day_case = CostedEvent { pod: "DC".to_owned(), ..episode(3, 2, 12, (1, 1)) };
    let open = CostedEvent { end_s: None, ..episode(9, 6, 17, (8, 8)) };
    // Half-open: 00:00 of 14 July in England is 23:00 the day before in UTC, and the 13th's end.
    let until_midnight =
        CostedEvent { end_s: Some(instant(12, 23)), ..episode(11, 8, 19, (10, 10)) };
    vec![
        // One spell of two episodes, 5 nights; it is surgery's, who discharged the patient.
        medicine(episode(1, 1, 10, (0, 2))),
        episode(2, 1, 10, (2, 5)),
        // The same patient again, an emergency of medicine, 25 days after.
        medicine(emergency(episode(12, 1, 11, (30, 33)))),
        day_case,
        // This one came back after 39 days.
        medicine(emergency(episode(4, 2, 20, (40, 41)))),
        died,
        // Discharged on 20 March: what follows in 30 days is not yet known.
        episode(6, 4, 14, (260, 262)),
        // Discharged by medicine.
        episode(7, 5, 15, (4, 6)),
        medicine(episode(8, 5, 15, (6, 9))),
        open,
        // Discharged before the year.
        episode(10, 7, 18, (-103, -100)),
        until_midnight,
    ]
}

#[test]
fn stays_are_counted_by_the_day_of_discharge() {
    // July: 5, 0, 3 and 2 nights of the patients 1, 2, 3 and 8; March: 2 of patient 4.
    let found = outcomes(&stays());
    assert_eq!(months(&found, "stay"), ["2025-07 10/4", "2026-03 2/1"]);
    let stay = &found[0];
    assert_eq!((stay.months.len(), stay.months[0].month.as_str()), (12, "2025-04"));
    // 25 + 0 + 9 + 4.
    assert_eq!(stay.months[3].squares, 38);
    assert_eq!(stay.form, Form::Mean);
    let spread = stay.spread.expect("spells");
    assert_eq!((spread.n, spread.median.to_string()), (5, "2".to_owned()));
    assert_eq!(stay.estimate().expect("five").value.to_string(), "2.4");
    // Of the planned spells 1, 2 and 8 one is a day case.
    assert_eq!(months(&found, "day-case"), ["2025-07 1/3", "2026-03 0/1"]);
}

#[test]
fn readmission_is_any_emergency_of_the_patient_within_30_days() {
    // Patients 1, 2 and 8 left alive in July; the first came back. Patient 4 is not yet known.
    let found = outcomes(&stays());
    assert_eq!(months(&found, "readmission"), ["2025-07 1/3"]);
    assert_eq!(found[1].unknown, 1);
    // A planned admission is none, and the 31st day is too late: the 6th and 30 days are 5 August,
    // day 35 from 1 July.
    let after =
        |of: CostedEvent| months(&outcomes(&[episode(1, 1, 10, (2, 5)), of]), "readmission");
    assert_eq!(after(medicine(emergency(episode(2, 1, 11, (35, 36))))), ["2025-07 1/1"]);
    assert_eq!(after(medicine(emergency(episode(2, 1, 11, (36, 37))))), ["2025-07 0/1"]);
    assert_eq!(after(medicine(episode(2, 1, 11, (20, 21)))), ["2025-07 0/1"]);
    assert_eq!(after(medicine(emergency(episode(2, 9, 11, (20, 21))))), ["2025-07 0/1"]);
}

#[test]
fn appointments_are_counted_by_what_became_of_them() {
    let mut events = vec![
        appointment(1, "OPFA", "5"),
        appointment(2, "OPFA", "6"),
        appointment(3, "OPFU", "5"),
        appointment(4, "OPFU", "5"),
        appointment(5, "OPFU", "6"),
        appointment(6, "OPPROC", "5"),
        appointment(7, "", "3"),
        appointment(8, "", "7"),
        medicine(appointment(9, "", "3")),
    ];
    let found = outcomes(&events.clone());
    // Two missed of eight; three follow-ups for two first appointments.
    assert_eq!(months(&found, "not-attended"), ["2025-08 2/8"]);
    assert_eq!(months(&found, "new-to-follow-up"), ["2025-08 3/2"]);
    let why = |code: &str| {
        let it = found.iter().find(|it| it.code == code).expect("a measure");
        assert!(it.months.is_empty() && it.estimate().is_none());
        it.absent.clone().expect("a reason")
    };
    assert!(why("cancelled").starts_with("We hold no cancelled appointment"));
    assert!(why("stay").starts_with("We hold no discharge"));
    assert!(why("return-to-theatre").starts_with("We hold no number of operations"));
    // Somebody's cancellation shows that they are recorded: surgery had none of eight.
    events.push(medicine(appointment(10, "OPFU", "2")));
    assert_eq!(months(&outcomes(&events.clone()), "cancelled"), ["2025-08 0/8"]);
    events.push(appointment(11, "OPFU", "4"));
    let found = outcomes(&events);
    assert_eq!(months(&found, "cancelled"), ["2025-08 1/9"]);
    assert_eq!(months(&found, "not-attended"), ["2025-08 2/8"]);
}

#[test]
fn restricted_events_are_in_no_measure() {
    let mut made = run(&[appointment(1, "OPFA", "5")]);
    let restricted = CostedEvent { patient: String::new(), ..appointment(2, "", "3") };
    made.table("restricted_events.parquet", &[restricted]);
    made.finish();
    let found = made.open().outcomes(&PatientGroup::of_line("SURGERY")).expect("reads");
    assert_eq!(months(&found, "not-attended"), ["2025-08 0/1"]);
}

/// Ten spells of each consultant, of 2, 3 and 4 nights in turn; those of the last last three
/// times as long.
fn spells_of(consultants: &[&str], last_is_longer: bool) -> Vec<CostedEvent> {
    let mut events = Vec::new();
    for (place, consultant) in consultants.iter().enumerate() {
        for number in 0..10_u32 {
            let id = u128::try_from(place).expect("few") * 10 + u128::from(number) + 1;
            let nights = i64::from(2 + number % 3);
            let is_last = last_is_longer && place + 1 == consultants.len();
            let nights = if is_last { nights * 3 } else { nights };
            let consultant = (*consultant).to_owned();
            events.push(CostedEvent { consultant, ..episode(id, id, id, (0, nights)) });
        }
    }
    events
}

fn uses(events: &[CostedEvent], asked: &UseAsked) -> Uses {
    let group = PatientGroup::of_line("SURGERY");
    run(events).open().uses_by_consultant(&group, asked).expect("reads")
}

fn of<'a>(uses: &'a Uses, reference: &str) -> &'a crate::outcomes::ConsultantUse {
    uses.consultants.iter().find(|it| it.reference == reference).expect("a consultant")
}

#[test]
fn colleagues_are_compared_from_ten_spells_and_five_peers_on() {
    let seven = ["A", "B", "C", "D", "E", "F", "G"];
    let asked = UseAsked::of("bed-days");
    let found = uses(&spells_of(&seven, true), &asked);
    assert!(found.is_compared());
    let beyond: Vec<&str> = found
        .consultants
        .iter()
        .filter(|it| matches!(&it.compared, Ok(it) if it.is_beyond_chance()))
        .map(|it| it.reference.as_str())
        .collect();
    assert_eq!(beyond, ["G"]);
    // Nights of ten: 2, 3, 4 three times and 2, together 29; 87 of the last. All 261 of 70.
    let last = of(&found, "G").compared.as_ref().expect("compared");
    assert_eq!(last.raw.value.to_string(), "8.7");
    assert_eq!(format!("{:.9}", last.ratio), "3.000000000");
    assert_eq!(found.overall.expect("spells").n, 70);
    // Codes are numbers without gaps, and their order is not that of use or reference.
    let codes: Vec<&str> = found.consultants.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["K1", "K2", "K3", "K4", "K5", "K6", "K7"]);
    let alike = uses(&spells_of(&seven, false), &asked);
    let order =
        |it: &Uses| it.consultants.iter().map(|it| it.reference.clone()).collect::<Vec<_>>();
    assert_eq!(order(&found), order(&alike));
    assert_ne!(order(&found), seven);
    assert!(
        alike.consultants.iter().all(|it| !it
            .compared
            .as_ref()
            .expect("compared")
            .is_beyond_chance())
    );
}

#[test]
fn too_few_spells_or_peers_leave_the_spread_alone() {
    let found = uses(&spells_of(&["A", "B", "C", "D", "E"], true), &UseAsked::of("bed-days"));
    assert!(!found.is_compared());
    assert_eq!(found.spread.expect("spells").n, 50);
    // A ninth spell is one too few, however long they were; the others have five peers still.
    let mut events = spells_of(&["A", "B", "C", "D", "E", "F", "G"], true);
    events.pop();
    let found = uses(&events, &UseAsked::of("bed-days"));
    let last = of(&found, "G");
    assert_eq!(last.spells, 9);
    assert!(matches!(last.compared, Err(LeftOut::TooFew(_))), "{last:?}");
    assert!(of(&found, "A").compared.is_ok());
}

#[test]
fn shared_spells_and_codes_of_several_people_can_be_left_out() {
    let mut events = spells_of(&["A", "B", "C", "D", "E", "F", "G"], false);
    // An episode of B before one of A's; and F treats a second specialty.
    let before =
        CostedEvent { start_s: instant(0, 8), end_s: Some(instant(0, 10)), ..events[0].clone() };
    events.push(CostedEvent {
        event_number: 900,
        event: reference(255),
        consultant: "B".to_owned(),
        ..before
    });
    let other = CostedEvent {
        specialty: "300".to_owned(),
        consultant: "F".to_owned(),
        ..appointment(200, "OPFA", "5")
    };
    events.push(other);
    let asked = UseAsked::of("bed-days");
    let found = uses(&events.clone(), &asked);
    assert_eq!((of(&found, "A").spells, of(&found, "A").shared), (10, 1));
    assert!(matches!(of(&found, "A").compared, Err(LeftOut::TooFew(_))), "nine are left");
    assert_eq!(of(&found, "F").compared, Err(LeftOut::SeveralSpecialties(2)));
    let all = UseAsked { leave_out_shared: false, leave_out_several_specialties: false, ..asked };
    let found = uses(&events, &all);
    assert!(found.consultants.iter().all(|it| it.compared.is_ok()), "{found:?}");
}

/// G had a clinic the year before, and no spell. Ten spells from July to September of 6, 9 and 12 nights, ten from
/// October to December of 2, 3 and 4: as all others have.
#[test]
fn a_newcomer_is_compared_a_few_months_at_a_time() {
    let known = ["A", "B", "C", "D", "E", "F"];
    let mut events = spells_of(&["A", "B", "C", "D", "E", "F", "G"], true);
    let later = |it: &CostedEvent| CostedEvent {
        event_number: it.event_number + 500,
        event: reference(u128::try_from(it.event_number).expect("positive") + 500),
        patient: reference(u128::try_from(it.event_number).expect("positive") + 500),
        spell: reference(u128::try_from(it.event_number).expect("positive") + 500),
        consultant: "G".to_owned(),
        start_s: it.start_s + 100 * 86_400,
        end_s: it.end_s.map(|it| it + 100 * 86_400),
        ..it.clone()
    };
    let like_others: Vec<CostedEvent> = events[..10].iter().map(later).collect();
    events.extend(like_others);
    let group = PatientGroup::of_line("SURGERY");
    let asked = UseAsked::of("bed-days");
    let clinic = CostedEvent { consultant: "G".to_owned(), ..appointment(900, "OPFA", "5") };
    let mut year_before = spells_of(&known, false);
    year_before.push(clinic);
    let (now, before) = (run(&events), run(&year_before));
    let found = now.open().uses_since(&group, &asked, Some(&before.open())).expect("reads");
    let new = found.newcomers.clone().expect("there is a year before");
    assert_eq!(new.len(), 1);
    assert_eq!(new[0].code, of(&found, "G").code);
    let stages: Vec<_> = new[0]
        .stages
        .iter()
        .map(|it| (it.months, it.compared.as_ref().expect("ten spells")))
        .map(|(months, it)| (months, it.raw.value, it.is_beyond_chance()))
        .collect();
    assert_eq!(stages, [((1, 3), 8.7, true), ((4, 6), 2.9, false)]);
    // Nine spells in the first months are one too few, and nothing is said of them.
    let nine = events.iter().enumerate().filter(|(place, _)| *place != 60).map(|it| it.1.clone());
    let nine = run(&nine.collect::<Vec<_>>());
    let found = nine.open().uses_since(&group, &asked, Some(&before.open())).expect("reads");
    let new = found.newcomers.expect("there is a year before");
    assert!(new[0].stages[0].compared.is_err() && new[0].stages[1].compared.is_ok());
    // Who was there the year before is not new, and without that year nobody can say.
    let found = now.open().uses_since(&group, &asked, Some(&now.open())).expect("reads");
    assert_eq!(found.newcomers, Some(Vec::new()));
    assert_eq!(now.open().uses_by_consultant(&group, &asked).expect("reads").newcomers, None);
}

#[test]
fn a_use_that_the_model_cannot_tell_says_so() {
    let seven = ["A", "B", "C", "D", "E", "F", "G"];
    let found = uses(&spells_of(&seven, false), &UseAsked::of("tests"));
    assert!(!found.is_compared() && found.spread.is_none());
    assert!(found.absent.expect("a reason").contains("tests"));
    let unknown =
        run(&[]).open().uses_by_consultant(&PatientGroup::default(), &UseAsked::of("pay"));
    assert!(unknown.expect_err("no such use").to_string().contains("bed-days"));
}

fn leaving(events: &[CostedEvent]) -> crate::outcomes::Leaving {
    run(events).open().leaving(&PatientGroup::of_line("SURGERY"), None).expect("reads")
}

#[test]
fn stays_stand_by_the_days_on_which_they_began_and_ended() {
    // 1 July 2025 was a Tuesday. Stays of surgery that ended in the year: patient 1 from Tuesday to
    // Sunday, 5 nights; 2 within Wednesday; 3 from Friday to Monday, 3; 8 from Friday to Sunday, 2,
    // since 00:00 ends the day before; 4 from 18 March 2026, a Wednesday, to Friday, 2.
    let found = leaving(&stays());
    assert_eq!((found.all.spells, found.all.nights), (5, 12));
    assert_eq!(found.all.spread.expect("stays").median.to_string(), "2");
    let told = |it: &crate::outcomes::Split| -> Vec<String> {
        let filled = it.groups.iter().filter(|it| it.spells > 0);
        filled.map(|it| format!("{} {}/{}", it.name.code, it.nights, it.spells)).collect()
    };
    assert_eq!(told(&found.admitted), ["Tue 5/1", "Wed 2/2", "Fri 5/2"]);
    assert_eq!(told(&found.discharged), ["Mon 3/1", "Wed 0/1", "Fri 2/1", "Sun 7/2"]);
    assert_eq!(found.discharged.groups.len(), 7);
    assert!(found.discharged.groups.iter().all(|it| it.compared.is_none()));
    // Nobody has ten.
    assert!(found.admitted.groups.iter().all(|it| matches!(it.compared, Some(Err(_)))));
    assert!(found.wards.expect_err("there are no rows").starts_with("We do not have the rows"));
}

/// So many stays that began on each of these days of July, of 2, 3 and 4 nights in turn, and three
/// times as long on the last day if that is said.
fn by_day_of_admission(days: &[i64], last_is_longer: bool) -> Vec<CostedEvent> {
    let mut events = Vec::new();
    for (place, day) in days.iter().enumerate() {
        for number in 0..12_u32 {
            let id = u128::try_from(place).expect("few") * 12 + u128::from(number) + 1;
            let nights = i64::from(2 + number % 3);
            let is_last = last_is_longer && place + 1 == days.len();
            let end = day + if is_last { nights * 3 } else { nights };
            events.push(episode(id, id, id, (*day, end)));
        }
    }
    events
}

#[test]
fn a_day_of_admission_is_judged_beside_like_stays_of_the_other_days() {
    // Tuesday to Friday, twelve each: 36 nights a day, and 108 of Friday's.
    let beyond = |found: &crate::outcomes::Leaving| -> Vec<String> {
        let judged = found.admitted.groups.iter();
        let beyond =
            judged.filter(|it| matches!(&it.compared, Some(Ok(it)) if it.is_beyond_chance()));
        beyond.map(|it| it.name.name.clone()).collect()
    };
    let longer = leaving(&by_day_of_admission(&[0, 1, 2, 3], true));
    assert_eq!(beyond(&longer), ["Friday"]);
    let friday = &longer.admitted.groups[4];
    assert_eq!((friday.spells, friday.nights), (12, 108));
    assert_eq!(friday.mean.expect("twelve").value.to_string(), "9");
    assert_eq!(beyond(&leaving(&by_day_of_admission(&[0, 1, 2, 3], false))), Vec::<String>::new());
    // One day alone has nothing beside it.
    let alone = leaving(&by_day_of_admission(&[3], true));
    assert!(matches!(alone.admitted.groups[4].compared, Some(Err(_))));
}
