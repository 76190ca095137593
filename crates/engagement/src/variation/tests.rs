//! Differences in words: what was said goes in, how they stand comes out.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// Reads `different clinical amara wrote`, one a line.
fn read(text: &str) -> Vec<Said> {
    let line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        Said {
            question: words[0].parse().expect("a question"),
            side: words[1].parse().expect("a side"),
            by: words[2].to_owned(),
            says: if words[3] == "wrote" { Says::Wrote } else { Says::Agreed },
        }
    };
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(line).collect()
}

#[track_caller]
fn check(said: &str, follows: &Follows, expected: &Expect) {
    let standing = Standing::of(&read(said), follows, (day("2026-06-10"), day("2026-06-11")));
    let open: Vec<&str> = standing.open.iter().map(|it| it.name()).collect();
    let late = if standing.is_overdue { ", overdue" } else { "" };
    expected.assert_eq(&format!("{}{late}: {}", standing.state.name(), open.join(" ")));
}

const ALL: &str = "
    different clinical amara wrote
    different finance daniel agreed
    why clinical amara wrote
    why finance daniel wrote
    what_next finance daniel wrote
    what_next clinical amara agreed";

#[test]
fn it_is_explained_when_both_sides_stand_behind_all_three_answers() {
    check(
        "",
        &Follows::Unsaid,
        &expect![
            "To be explained, overdue: Are our results different? Why is this? What can we do about it?"
        ],
    );
    check(ALL, &Follows::Unsaid, &expect!["Explained, overdue: "]);
    check(ALL, &Follows::Action("1".into()), &expect!["Led to an action: "]);
    check(ALL, &Follows::Nothing, &expect!["Left as it is, for a reason: "]);
    // One side alone explains nothing, however often it writes.
    let alone = ALL.replace("finance daniel", "clinical amara");
    check(
        &alone,
        &Follows::Nothing,
        &expect![
            "To be explained, overdue: Are our results different? Why is this? What can we do about it?"
        ],
    );
}

#[test]
fn what_is_written_anew_is_agreed_to_anew() {
    let anew = format!("{ALL}\ndifferent clinical amara wrote");
    check(
        &anew,
        &Follows::Nothing,
        &expect!["To be explained, overdue: Are our results different?"],
    );
    // Whoever wrote an answer of their own stands behind that, whatever the other side writes.
    let anew = format!("{ALL}\nwhy clinical helen wrote");
    check(&anew, &Follows::Nothing, &expect!["Left as it is, for a reason: "]);
}

#[test]
fn one_person_is_never_both_sides() {
    let voices = Voices::of(Question::Why, &read("why clinical amara wrote"));
    assert_eq!(voices.check_agreement(Side::Finance, "daniel"), Ok(()));
    assert_eq!(voices.check_agreement(Side::Finance, "amara"), Err(VariationFault::OwnAnswer));
    assert_eq!(
        voices.check_agreement(Side::Clinical, "helen"),
        Err(VariationFault::NothingToAgreeTo)
    );
    let both = "why clinical amara wrote\nwhy finance amara wrote";
    assert!(!Voices::of(Question::Why, &read(both)).is_settled());
}

fn states(looked: &[(u32, &str)], closed_on: Option<&str>, today: &str) -> String {
    let looked: Vec<(u32, Date)> = looked.iter().map(|it| (it.0, day(it.1))).collect();
    let all = months(day("2026-03-10"), &looked, closed_on.map(day), day(today));
    let one = |it: &Month| format!("{} {:?} by {}", it.number, it.state, it.due_on);
    all.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn months_are_kept_missed_due_or_to_come() {
    let looked = [(1, "2026-04-10"), (2, "2026-05-12")];
    expect![[r#"
        1 Kept by 2026-04-10
        2 KeptLate by 2026-05-10
        3 Missed by 2026-06-10
        4 Due by 2026-07-10
        5 ToCome by 2026-08-10
        6 ToCome by 2026-09-10"#]]
    .assert_eq(&states(&looked, None, "2026-06-11"));
    // Its own day is in time still.
    assert!(states(&looked, None, "2026-06-10").contains("3 Due by"));
    // What ended early asks for no more, but keeps what was missed.
    expect![[r#"
        1 Kept by 2026-04-10
        2 KeptLate by 2026-05-10
        3 Missed by 2026-06-10
        4 NotNeeded by 2026-07-10
        5 NotNeeded by 2026-08-10
        6 NotNeeded by 2026-09-10"#]]
    .assert_eq(&states(&looked, Some("2026-06-20"), "2027-01-01"));
}

#[test]
fn it_ends_with_a_reason_where_one_is_owed() {
    let told = |outcome, words, kept, has_context| {
        let closing = Closing { outcome, words, kept, has_context, is_told: true };
        closing.fault().map(|it| it.to_string())
    };
    let early = Some("say why it ends before six months were looked at".to_owned());
    assert_eq!(told(Outcome::WithinRange, " ", 5, true), early);
    assert_eq!(told(Outcome::WithinRange, "Left the trust", 5, false), None);
    let within = Some("say what brought it within the range".to_owned());
    assert_eq!(told(Outcome::WithinRange, " ", 6, true), within);
    assert_eq!(told(Outcome::WithinRange, "Shorter lists", 6, false), None);
    assert_eq!(told(Outcome::Explained, "", 6, true), None);
    assert_eq!(
        told(Outcome::Explained, "", 6, false),
        Some("say what explains it, or add what is known beside the figures".to_owned())
    );
    assert_eq!(
        told(Outcome::StillDifferent, "", 6, true),
        Some("say why it is still different".to_owned())
    );
}

#[test]
fn nothing_ends_in_silence_without_whom_it_concerns() {
    for outcome in Outcome::ALL {
        let of = |words, is_told| Closing {
            outcome: *outcome,
            words,
            kept: FOLLOW_UPS,
            has_context: true,
            is_told,
        };
        assert!(of(" ", false).fault().is_some(), "{outcome:?}");
        assert_eq!(of("They left the trust", false).fault(), None, "{outcome:?}");
    }
    let silent = Closing {
        outcome: Outcome::Explained,
        words: "",
        kept: FOLLOW_UPS,
        has_context: true,
        is_told: false,
    };
    assert_eq!(silent.fault(), Some(FollowUpFault::NobodyTold));
}

fn kept(who: usize, outcome: Option<Outcome>) -> Kept {
    let months = vec![MonthState::Kept, MonthState::Missed, MonthState::Due];
    Kept { who: who.to_string(), months, outcome }
}

fn open(who: std::ops::Range<usize>) -> Vec<Kept> {
    who.map(|it| kept(it, None)).collect()
}

#[test]
fn a_board_is_told_of_nobody_who_is_one_of_few() {
    assert_eq!(Board::of(&[], 5), Board::Nobody);
    assert_eq!(Board::of(&open(0..4), 5), Board::Few);
    let five = Board::of(&open(0..5), 5);
    let parts = Parts { open: 5, ..Parts::default() };
    assert_eq!(five, Board::Told { all: 5, parts: Some(parts), months: (5, 10) });
    let mut six = open(0..5);
    six.push(kept(5, Some(Outcome::Explained)));
    assert_eq!(Board::of(&six, 5), Board::Told { all: 6, parts: None, months: (6, 12) });
}

#[test]
fn a_board_is_told_of_people_and_not_of_follow_ups() {
    // Five measures of one person are one person.
    assert_eq!(Board::of(&vec![kept(1, Some(Outcome::Explained)); 5], 5), Board::Few);
    // So they are in a part: five people go on, and one of them ended five times.
    let mut all = open(0..5);
    all.extend(vec![kept(0, Some(Outcome::StillDifferent)); 5]);
    assert_eq!(Board::of(&all, 5), Board::Told { all: 5, parts: None, months: (10, 20) });
    // All five ended once: each is counted once in each part.
    let mut all = open(0..5);
    all.extend((0..5).map(|it| kept(it, Some(Outcome::Explained))));
    let parts = Parts { open: 5, explained: 5, ..Parts::default() };
    assert_eq!(Board::of(&all, 5), Board::Told { all: 5, parts: Some(parts), months: (10, 20) });
    // Of six, five go on and five ended: whoever does not go on any more is one.
    let mut all = open(0..5);
    all.extend((1..6).map(|it| kept(it, Some(Outcome::Explained))));
    assert_eq!(Board::of(&all, 5), Board::Told { all: 6, parts: None, months: (10, 20) });
}

proptest! {
    /// Whatever is said, nothing counts as explained without two people of the two sides.
    #[test]
    fn explained_is_always_of_both(said in prop::collection::vec((0_usize..3, any::<bool>(), 0_u8..3, any::<bool>()), 0..24)) {
        let said: Vec<Said> = said.into_iter().map(|(question, clinical, by, wrote)| Said {
            question: Question::ALL[question],
            side: if clinical { Side::Clinical } else { Side::Finance },
            by: by.to_string(),
            says: if wrote { Says::Wrote } else { Says::Agreed },
        }).collect();
        let standing = Standing::of(&said, &Follows::Nothing, (day("2026-06-10"), day("2026-06-11")));
        for question in Question::ALL {
            let of = |side| said.iter().filter(|it| it.question == *question && it.side == side)
                .map(|it| it.by.as_str()).collect::<std::collections::BTreeSet<_>>();
            let (clinical, finance) = (of(Side::Clinical), of(Side::Finance));
            let may = clinical.iter().any(|one| finance.iter().any(|other| one != other));
            prop_assert!(may || standing.open.contains(question));
        }
        prop_assert_eq!(standing.is_done(), standing.open.is_empty());
    }

    /// No count that a board sees is of fewer than five people.
    #[test]
    fn a_board_never_sees_few(of in prop::collection::vec((0_usize..12, 0_usize..4), 0..60)) {
        let all: Vec<Kept> =
            of.iter().map(|(who, it)| kept(*who, Outcome::ALL.get(*it).copied())).collect();
        if let Board::Told { all, parts, .. } = Board::of(&all, 5) {
            prop_assert!(all >= 5);
            if let Some(it) = parts {
                for part in [it.open, it.explained, it.within_range, it.still_different] {
                    prop_assert!(part == 0 || part >= 5);
                    prop_assert!(part == all || all - part >= 5);
                }
                prop_assert!(it.open + it.explained + it.within_range + it.still_different >= all);
            }
        }
    }
}
