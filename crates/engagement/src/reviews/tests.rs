//! Reviews: cases in words, and what must hold whatever is given.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use jiff::Span;
use jiff::civil::Date;
use proptest::prelude::*;

use super::*;

fn date(text: &str) -> Date {
    text.parse().expect("a day")
}

/// What comes out of lines such as `cadence quarter, last 2026-03-12, today 2026-07-01`.
fn outcome(line: &str) -> String {
    let guide = ReviewGuide::own();
    let (verb, rest) = line.split_once(' ').expect("a verb");
    let words: Vec<&str> = rest.split_whitespace().collect();
    match (verb, words.as_slice()) {
        ("due", [cadence, last, begins, today]) => {
            let last = (*last != "never").then(|| date(last));
            let months = guide.cadence(cadence).expect("a cadence").months;
            let due = next_due(last, date(begins), months);
            format!("due {due}, {} days late", days_late(due, date(today)))
        }
        ("age", [end, meeting]) => {
            let age = data_age(&guide, date(end), date(meeting));
            format!("{} days, {}", age.days, if age.is_old { "old" } else { "fresh" })
        }
        ("notice", [arranged, meeting]) => {
            let notice = notice(&guide, date(arranged), date(meeting));
            format!("{} days, {} short", notice.days, notice.short_by)
        }
        ("there", all) => {
            let all: Vec<Participant> =
                all.iter().enumerate().map(|(place, it)| participant(place, it)).collect();
            let found = attendance(&guide, &all);
            let names =
                |all: &[Role]| all.iter().map(|it| it.id.as_str()).collect::<Vec<_>>().join(" ");
            format!(
                "{} there, decides: {}; without {:?}; missing: {}; by deputy: {}; more: {}",
                found.people,
                found.can_decide(),
                found.without,
                names(&found.missing),
                names(&found.by_deputy),
                names(&found.additional)
            )
        }
        ("close", [meeting, actions @ ..]) => {
            let actions: Vec<DueAction> = actions.iter().map(|it| action(it)).collect();
            let open = waiting(&actions, date(meeting));
            let open: Vec<&str> = open.iter().map(|it| it.action.as_str()).collect();
            if open.is_empty() {
                "closes".to_owned()
            } else {
                format!("waits for {}", open.join(" "))
            }
        }
        ("chaired", [on, held @ ..]) => {
            let held: Vec<Held> = held
                .iter()
                .map(|it| {
                    let (day, chair) = it.split_once('=').expect("a chair");
                    Held { on: date(day), chair: chair.to_owned() }
                })
                .collect();
            let found = chaired(&guide, &held, date(on));
            format!("{} of {}", found.by_directors, found.held)
        }
        _ => panic!("no such case: {line}"),
    }
}

/// `nurse/clinical/yes`, and `/amara` after it where it matters who it is.
fn participant(place: usize, text: &str) -> Participant {
    let parts: Vec<&str> = text.split('/').collect();
    let [role, side, came, who @ ..] = parts.as_slice() else { panic!("three parts: {text}") };
    let person = who.first().map_or_else(|| place.to_string(), |it| (*it).to_owned());
    let side = match *side {
        "clinical" => Side::Clinical,
        "finance" => Side::Finance,
        _ => Side::Other,
    };
    let came = match *came {
        "yes" => Came::Yes,
        "deputy" => Came::Deputy,
        "asked" => Came::Asked,
        _ => Came::No,
    };
    Participant { person, role: (*role).to_owned(), side, came }
}

/// `A/2026-05-31/done` or `/update`, `/new` or `/open`.
fn action(text: &str) -> DueAction {
    let parts: Vec<&str> = text.split('/').collect();
    let [action, due, state] = parts.as_slice() else { panic!("three parts: {text}") };
    DueAction {
        action: (*action).to_owned(),
        due_on: date(due),
        is_done: *state == "done",
        has_update: *state == "update",
        is_new: *state == "new",
    }
}

#[track_caller]
fn check(lines: &str, expected: &Expect) {
    let found: Vec<String> = lines.lines().map(|it| format!("{}\n", outcome(it.trim()))).collect();
    expected.assert_eq(&found.concat());
}

#[test]
fn what_is_due_and_how_late() {
    // 12 March and three months are 12 June; 19 days to 1 July. A month after 31 January is 28
    // February. Without a review the turn begins when it was planned.
    check(
        "due quarter 2026-03-12 2025-01-01 2026-07-01
         due month 2026-01-31 2025-01-01 2026-02-28
         due year never 2026-04-01 2026-06-11",
        &expect![[r#"
            due 2026-06-12, 19 days late
            due 2026-02-28, 0 days late
            due 2026-04-01, 71 days late
        "#]],
    );
}

#[test]
fn data_are_old_after_a_month_and_notice_is_six_weeks() {
    // From 31 March: 30 days of April and 31 of May make 61, and 11 of June 72, as on the picture.
    check(
        "age 2026-03-31 2026-06-11
         age 2026-05-11 2026-06-11
         age 2026-05-10 2026-06-11
         age 2026-06-30 2026-06-11
         notice 2026-04-30 2026-06-11
         notice 2026-05-01 2026-06-11
         notice 2026-06-12 2026-06-11",
        &expect![[r#"
            72 days, old
            31 days, fresh
            32 days, old
            0 days, fresh
            42 days, 0 short
            41 days, 1 short
            0 days, 42 short
        "#]],
    );
}

#[test]
fn who_is_there_and_who_is_missing() {
    check(
        "there clinical_service_lead/clinical/yes analyst/finance/yes service_manager/other/deputy
         there clinical_service_lead/clinical/yes nurse/clinical/yes pharmacist/clinical/yes
         there analyst/finance/yes consultant/clinical/asked general_manager/other/no
         there analyst/finance/deputy analyst/finance/yes consultant/clinical/yes",
        &expect![[r#"
            3 there, decides: true; without []; missing: general_manager performance_manager; by deputy: service_manager; more: 
            3 there, decides: false; without [Finance]; missing: general_manager analyst performance_manager service_manager; by deputy: ; more: nurse pharmacist
            1 there, decides: false; without [Clinical]; missing: clinical_service_lead general_manager performance_manager service_manager; by deputy: ; more: 
            3 there, decides: true; without []; missing: clinical_service_lead general_manager performance_manager service_manager; by deputy: ; more: consultant
        "#]],
    );
}

#[test]
fn somebody_who_is_on_the_list_twice_counts_once_for_the_quorum() {
    // Amara is there as the lead and as a consultant: with Daniel two people, of three.
    check(
        "there clinical_service_lead/clinical/yes/amara consultant/clinical/yes/amara analyst/finance/yes/daniel",
        &expect![[r#"
            2 there, decides: false; without []; missing: general_manager performance_manager service_manager; by deputy: ; more: consultant
        "#]],
    );
}

#[test]
fn a_meeting_closes_when_each_due_action_has_an_update() {
    check(
        "close 2026-06-11
         close 2026-06-11 A/2026-05-31/open B/2026-06-11/update C/2026-06-12/open D/2026-05-01/done
         close 2026-06-11 A/2026-05-31/update B/2026-06-11/open
         close 2026-06-11 A/2026-05-31/update B/2026-06-11/done
         close 2026-06-11 A/2026-05-31/open B/2026-05-31/new",
        &expect![[r#"
            closes
            waits for A
            waits for B
            closes
            waits for A
        "#]],
    );
}

#[test]
fn chairs_count_for_a_year() {
    // 11 June 2025 is a year before and no more counted; what is still to come is not either.
    check(
        "chaired 2026-06-11 2025-06-11=clinical_director 2025-06-12=clinical_director 2026-01-01=manager
         chaired 2026-06-11 2026-07-01=clinical_director 2026-06-11=clinical_lead
         chaired 2026-06-11",
        &expect![[r#"
            1 of 2
            0 of 1
            0 of 0
        "#]],
    );
}

#[test]
fn a_facilitator_is_of_elsewhere() {
    let units = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
    let reviewed = units(&["TORT", "SURGERY"]);
    assert_eq!(facilitator(None, &reviewed), Facilitator::Nobody);
    assert_eq!(facilitator(Some(&units(&["DERM"])), &reviewed), Facilitator::Independent);
    assert_eq!(facilitator(Some(&units(&["DERM", "TORT"])), &reviewed), Facilitator::OfTheUnit);
    assert_eq!(facilitator(Some(&units(&[])), &reviewed), Facilitator::Independent);
}

#[test]
fn a_priority_needs_a_baseline_and_a_size_from_low_to_high() {
    let whole = Needs {
        baseline: ["5.1", "days a patient", "April 2025 to March 2026", "Run 14"],
        size: ["412", "824", "bed days a year"],
    };
    assert_eq!(needs(whole), []);
    let names = |area| needs(area).into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(names(Needs { size: ["824", "412", "bed days"], ..whole }), ["high"]);
    assert_eq!(names(Needs { size: ["412", "412", " "], ..whole }), ["size_unit"]);
    assert_eq!(
        names(Needs { baseline: ["about 5", "", "", ""], ..whole }),
        ["value", "unit", "period", "source"]
    );
    assert_eq!(
        names(Needs::default()),
        ["value", "unit", "period", "source", "low", "high", "size_unit"]
    );
}

#[test]
fn amounts_are_exact_and_written_as_people_read_them() {
    for (text, shown) in
        [("329600", "329,600"), ("£1,234.50", "1,234.5"), ("-0.0400", "−0.04"), ("7", "7")]
    {
        assert_eq!(text.parse::<Amount>().expect("an amount").to_string(), shown);
    }
    for text in ["", "5.", "a", "1.23456", "1e3", "9999999999999", "--1", "."] {
        assert_eq!(text.parse::<Amount>(), Err(AmountError), "{text}");
    }
}

#[test]
fn a_reason_is_asked_for_what_departs_from_the_guide() {
    let stage = |name: &str, place, state| Stage { name: name.to_owned(), place, state };
    let before = stage("Design", 3, StageState::Open);
    assert!(!needs_reason(&before, &stage("Design ", 3, StageState::Done)));
    assert!(needs_reason(&before, &stage("Design", 3, StageState::Skipped)));
    assert!(needs_reason(&before, &stage("Plan", 3, StageState::Open)));
    assert!(needs_reason(&before, &stage("Design", 1, StageState::Open)));
    let skipped = stage("Design", 3, StageState::Skipped);
    assert!(!needs_reason(&skipped, &before), "taking it up again needs none");
    assert_eq!(outstanding([("Staff", true), ("Activity", false)]), ["Activity"]);
}

#[test]
fn the_guide_is_all_there() {
    let guide = ReviewGuide::own();
    let stages: Vec<&str> = guide.stages.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(stages, ["Prepare", "Diagnose", "Design", "Deliver"]);
    // Tip 4 has five core participants and six who add value; Tip 3 has four themes.
    assert_eq!(guide.roles.iter().filter(|it| it.core).count(), 5);
    assert_eq!(guide.roles.iter().filter(|it| !it.core).count(), 6);
    assert_eq!(guide.themes.iter().filter(|it| it.source == "guide, Tip 3").count(), 4);
    let value = guide.theme("value_review").expect("it is there");
    assert_eq!((value.meetings, value.minutes), (3, 120));
    for it in guide.themes.iter().filter(|it| it.id != "whole") {
        assert!(!it.questions.is_empty() && !it.data.is_empty() && !it.measures.is_empty());
        assert!(guide.lengths.iter().any(|length| length.minutes == it.minutes), "{}", it.id);
    }
    // Every measure comes with the one that shows whether patients pay for it.
    assert!(guide.themes.iter().flat_map(|it| &it.measures).all(|it| it.contains("; with ")));
}

#[track_caller]
fn fault(from: &str, to: &str, expected: &Expect) {
    assert!(OWN.contains(from), "the file has no `{from}`");
    let error = ReviewGuide::parse(&OWN.replacen(from, to, 1)).expect_err("a fault");
    expected.assert_eq(&error.to_string());
}

#[test]
fn what_is_wrong_is_named() {
    fault("value = 31", "value = 0", &expect!["`data_age` is 0, and must be from 1 to 366"]);
    fault(
        "id = \"nurse\"",
        "id = \"analyst\"",
        &expect!["the code `analyst` stands twice among the roles: give one of them another"],
    );
    fault(
        "source = \"guide 5.12\"\n\n[[posts]]",
        "source = \"\"\n\n[[posts]]",
        &expect!["`clinical_lead` needs a source"],
    );
    fault(
        "role = \"analyst\"",
        "role = \"analysts\"",
        &expect![
            "`business_partner` usually takes part as `analysts`, which is no role: write the code of one"
        ],
    );
    fault("months = 12", "months = 0", &expect!["`months` is 0, and must be from 1 to 24"]);
    fault(
        "core = true",
        "chore = true",
        &expect![[r#"
            what reviews are cannot be read: unknown field `chore`, expected one of `id`, `name`, `core`, `source`"#]],
    );
}

fn participants() -> impl Strategy<Value = Vec<Participant>> {
    let roles: Vec<String> = ReviewGuide::own().roles.into_iter().map(|it| it.id).collect();
    let side = prop_oneof![Just(Side::Clinical), Just(Side::Finance), Just(Side::Other)];
    let came = prop_oneof![Just(Came::Yes), Just(Came::Deputy), Just(Came::Asked), Just(Came::No)];
    let one =
        (prop::sample::select(roles), side, came, 0_u8..12).prop_map(|(role, side, came, who)| {
            Participant { person: who.to_string(), role, side, came }
        });
    prop::collection::vec(one, 0..12)
}

fn days() -> impl Strategy<Value = Date> {
    (0_i64..4_000).prop_map(|it| date("2020-01-01").saturating_add(Span::new().days(it)))
}

proptest! {
    #[test]
    fn whoever_comes_too_never_takes_the_quorum_away(all in participants(), more in participants()) {
        let guide = ReviewGuide::own();
        let before = attendance(&guide, &all);
        let after = attendance(&guide, &[all, more].concat());
        prop_assert!(!before.can_decide() || after.can_decide());
        prop_assert!(after.missing.iter().all(|it| before.missing.contains(it)));
        // A role is missing, filled by a deputy alone, or filled: never two of these.
        prop_assert!(after.by_deputy.iter().all(|it| !after.missing.contains(it)));
        prop_assert!(!after.can_decide() || after.without.is_empty());
    }

    #[test]
    fn the_next_review_comes_after_the_last(last in days(), today in days(), place in 0_usize..5) {
        let guide = ReviewGuide::own();
        let due = next_due(Some(last), today, guide.cadences[place].months);
        prop_assert!(due > last);
        prop_assert_eq!(days_late(due, today) > 0, today > due);
    }

    #[test]
    fn a_meeting_closes_exactly_when_nothing_due_waits(
        all in prop::collection::vec((days(), any::<bool>(), any::<[bool; 2]>()), 0..8),
        meeting in days(),
    ) {
        let actions: Vec<DueAction> = all
            .into_iter()
            .enumerate()
            .map(|(at, (due_on, is_done, [has_update, is_new]))| DueAction {
                action: at.to_string(), due_on, is_done, has_update, is_new,
            })
            .collect();
        let open = waiting(&actions, meeting).len();
        let is_settled = |it: &DueAction| it.is_done || it.has_update || it.is_new;
        let settled = actions.iter().filter(|it| it.due_on > meeting || is_settled(it));
        prop_assert_eq!(open + settled.count(), actions.len());
        let said: Vec<DueAction> =
            actions.into_iter().map(|it| DueAction { has_update: true, ..it }).collect();
        prop_assert!(waiting(&said, meeting).is_empty());
    }

    #[test]
    fn no_more_are_chaired_than_held(all in prop::collection::vec((days(), 0_usize..5), 0..20), on in days()) {
        let guide = ReviewGuide::own();
        let held: Vec<Held> = all
            .into_iter()
            .map(|(on, chair)| Held { on, chair: guide.chairs[chair].id.clone() })
            .collect();
        let found = chaired(&guide, &held, on);
        prop_assert!(found.by_directors <= found.held && found.held <= held.len() as u64);
    }

    #[test]
    fn amounts_are_read_as_they_are_shown(whole in 0_i64..1_000_000_000, part in 0_i64..10_000) {
        let amount: Amount = format!("{whole}.{part:04}").parse().expect("an amount");
        let again: Amount = amount.to_string().parse().expect("an amount");
        prop_assert_eq!(amount, again);
    }
}

#[test]
fn a_staff_group_is_absent_when_nobody_of_it_was_at_three_meetings_in_a_row() {
    use crate::actions::Profession::{Clinical, Finance, Informatics, Manager};
    let guide = ReviewGuide::own();
    let meeting = |all: &[crate::actions::Profession]| all.iter().copied().collect::<BTreeSet<_>>();
    let all = [
        meeting(&[Clinical, Finance, Manager, Informatics]),
        meeting(&[Clinical, Finance]),
        meeting(&[Clinical, Finance, Manager]),
        meeting(&[Clinical, Finance]),
    ];
    // Informatics came to the first of four; of the last three, to none.
    assert_eq!(absent(&guide, &all), [Informatics]);
    assert_eq!(absent(&guide, &all[..3]), [], "it came to one of these three");
    assert_eq!(absent(&guide, &all[1..3]), [], "two meetings are no habit");
}

#[test]
fn a_side_that_was_not_heard_is_told_and_both_together_wait_for_nobody() {
    let of = |asks, side, is_answered| Perspective { asks, side: Side::of_word(side), is_answered };
    let all = [
        of("Finance: where?", "finance", true),
        of("Clinicians: what?", "clinical", false),
        of("Both: which cause?", "both", false),
        of("Anybody: why?", "", false),
    ];
    assert_eq!(unheard(all), ["Clinicians: what?"]);
    assert_eq!(unheard(all.map(|it| Perspective { is_answered: true, ..it })), [""; 0]);
}

#[test]
fn flow_asks_both_sides_and_what_is_brought_by_itself_answers_what_is_asked_for() {
    let guide = ReviewGuide::own();
    let flow = guide.theme("flow").expect("a theme");
    assert_eq!(flow.sides, ["finance", "clinical", "both", "both"]);
    assert!(flow.questions[0].starts_with("Finance:") && flow.questions[1].starts_with("Clin"));
    assert_eq!(
        guide.missing("Activity, and patients waiting"),
        Some("Said to be at hand: no kept pack is attached.")
    );
    assert_eq!(guide.missing("Actions sized, put in order and planned"), None);
    let figures = guide.brings(Brought::Figures).expect("figures are brought");
    assert_eq!(figures.asks, ["Cost, income and surplus or deficit of the service line"]);
    let fault = |from: &str, to: &str| {
        ReviewGuide::parse(&OWN.replacen(from, to, 1)).expect_err("a fault").to_string()
    };
    let sides = "sides = [\"finance\", \"clinical\", \"both\", \"both\"]";
    let told = "the sides of `flow` must be clinical, finance or both";
    assert!(fault(sides, "sides = [\"finance\"]").starts_with(told));
    assert!(fault(sides, &sides.replace("clinical", "nurse")).starts_with(told));
    let told = fault("asks = [\"Activity, and", "asks = [\"Activities, and");
    assert!(told.starts_with("`Activities, and patients waiting` stands in"), "{told}");
}
