//! What may be claimed, and what is refused however it is tried.

use proptest::prelude::*;

use super::*;

const ONE: i64 = 1_000_000;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn ground(basis: &str, unit: &str, from: &str, to: &str) -> Ground {
    Ground { basis: basis.into(), unit: unit.into(), from: day(from), to: day(to) }
}

fn pair() -> Pair {
    let reading = |month: &str, value: i64| Reading {
        month: day(month),
        value_e4: value * 10_000,
        of_e4: Some(1_000_000),
    };
    Pair {
        form: Form::Proportion,
        good: Good::Up,
        limit_e4: 750_000,
        readings: vec![reading("2025-06-01", 81), reading("2026-05-01", 80)],
    }
}

/// Implants at a lower price, shown by a journal.
fn implants() -> Proposal {
    Proposal {
        title: "Two implant suppliers".to_owned(),
        kind: Kind::Cost,
        is_cash: true,
        owner: "amara".to_owned(),
        ground: ground("devices", "HIP", "2026-04-01", "2027-03-31"),
        uses: None,
        costed: None,
        used_by: String::new(),
        claimed: 82_400 * ONE,
        evidence: vec![Evidence {
            kind: "journal".to_owned(),
            amount: 82_400 * ONE,
            reference: "Journal 4711".to_owned(),
        }],
        pair: Some(pair()),
    }
}

/// 184 bed days, used by other patients.
fn bed_days() -> Proposal {
    Proposal {
        title: "Bed days freed".to_owned(),
        kind: Kind::Capacity,
        is_cash: false,
        ground: ground("bed-days", "HIP", "2026-04-01", "2027-03-31"),
        uses: Some(Use {
            before: 3_184 * ONE,
            after: 3_000 * ONE,
            rate: Rate { variable: 38 * ONE, semi_fixed: 212 * ONE, fixed: 150 * ONE },
        }),
        used_by: "27 more hip patients".to_owned(),
        claimed: 184 * ONE,
        evidence: Vec::new(),
        ..implants()
    }
}

#[track_caller]
fn check(proposal: &Proposal, expected: &[&str]) {
    let faults = proposal.faults(&BenefitSettings::own());
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn no_saving_without_a_measure_that_guards_it() {
    check(&implants(), &[]);
    let choose = "choose the quality measure this could affect";
    check(&Proposal { pair: None, ..implants() }, &[choose]);
    // Under another kind it is no easier.
    check(&Proposal { pair: None, kind: Kind::Income, ..implants() }, &[choose]);
    check(&Proposal { pair: None, ..bed_days() }, &[choose]);
    let quality = Proposal { kind: Kind::Quality, pair: None, is_cash: false, ..implants() };
    check(&quality, &[]);
    let paired = |pair: Pair| Proposal { pair: Some(pair), ..implants() };
    let neither = Pair { good: Good::Neither, ..pair() };
    check(&paired(neither), &["this measure cannot guard a saving"]);
    let empty = Pair { readings: Vec::new(), ..pair() };
    check(&paired(empty), &["the paired measure has no value in the year before"]);
    // 81 less a quarter is 60.75.
    let lax = Pair { limit_e4: 600_000, ..pair() };
    check(&paired(lax), &["the limit is so far from where the measure stood before (81.0)"]);
}

#[test]
fn cash_is_what_the_ledger_shows_and_no_fixed_cost() {
    let none = Proposal { evidence: Vec::new(), ..implants() };
    check(&none, &["cash needs evidence from the ledger"]);
    check(&Proposal { claimed: 82_401 * ONE, ..implants() }, &["at most £82,400 of this"]);
    check(&Proposal { kind: Kind::Quality, ..implants() }, &["only a cost or an income"]);
    let poor = Evidence { kind: "journal".into(), amount: 0, reference: "x".into() };
    let poor = Proposal { evidence: vec![poor], ..implants() };
    check(&poor, &["evidence needs its kind", "at most £0 of this"]);
    // A ward that closed shows the semi-fixed part alone: 184 × £212 = £39,008.
    let closed = Evidence {
        kind: "ward-closed".to_owned(),
        amount: 90_000 * ONE,
        reference: "Board paper 12".to_owned(),
    };
    let beds = Proposal { kind: Kind::Cost, is_cash: true, ..bed_days() };
    let with = |claimed: i64| Proposal { claimed, evidence: vec![closed.clone()], ..beds.clone() };
    check(&with(39_008 * ONE), &[]);
    check(&with(39_009 * ONE), &["at most £39,008 of this"]);
    assert_eq!(with(1).worth().map(|it| it.full()), Some(i128::from(73_600 * ONE)));
}

#[test]
fn what_is_not_cash_is_capacity_released_and_says_what_used_it() {
    check(&bed_days(), &[]);
    check(&Proposal { kind: Kind::Cost, ..bed_days() }, &[]);
    check(&Proposal { claimed: 185 * ONE, ..bed_days() }, &["the claim is more than the change"]);
    check(&Proposal { used_by: String::new(), ..bed_days() }, &["say what used the capacity"]);
    let devices = ground("devices", "HIP", "2026-04-01", "2027-03-31");
    let devices = Proposal { ground: devices, ..bed_days() };
    check(&devices, &["a cost that is not cash is claimed as capacity released"]);
    check(&Proposal { claimed: 0, ..bed_days() }, &["a claim is above nothing"]);
    let nowhere = ground("beddays", "HIP", "2026-04-01", "2026-03-31");
    let nowhere = Proposal { ground: nowhere, ..bed_days() };
    check(&nowhere, &["the last day of the benefit", "choose what the claim rests on"]);
}

#[test]
fn one_thing_is_saved_once() {
    let standing = ground("bed-days", "SURGERY", "2026-04-01", "2027-03-31");
    let is_within = |one: &str, other: &str| one == other || (one == "HIP" && other == "SURGERY");
    let told = |it: Ground| overlapping(&it, [("Bed days freed", &standing)], is_within).is_some();
    assert!(told(ground("bed-days", "SURGERY", "2027-03-31", "2028-03-31")), "one day is shared");
    assert!(told(ground("bed-days", "HIP", "2026-06-01", "2026-06-30")), "below it");
    assert!(!told(ground("bed-days", "SURGERY", "2027-04-01", "2028-03-31")), "another year");
    assert!(!told(ground("bed-days", "EYE", "2026-04-01", "2027-03-31")), "elsewhere");
    assert!(!told(ground("tests", "HIP", "2026-04-01", "2027-03-31")), "something else");
    let above = ground("bed-days", "HIP", "2026-04-01", "2027-03-31");
    let whole = ground("bed-days", "SURGERY", "2026-04-01", "2027-03-31");
    assert!(overlapping(&whole, [("Of a part", &above)], is_within).is_some(), "above it");
}

#[test]
fn the_guard_holds_until_both_sides_have_explained_that_month() {
    let settings = BenefitSettings::own();
    let mut it = implants();
    assert!(!it.is_guarded((None, None), &settings));
    let worse = Reading { month: day("2026-05-01"), value_e4: 680_000, of_e4: Some(1_000_000) };
    it.pair.as_mut().expect("it is paired").readings[1] = worse;
    let (may, june) = (Some(day("2026-05-01")), Some(day("2026-06-01")));
    assert!(it.is_guarded((None, None), &settings));
    assert!(it.is_guarded((may, None), &settings) && it.is_guarded((None, may), &settings));
    assert!(!it.is_guarded((may, may), &settings));
    // Another month that is worse asks for another explanation.
    let readings = &mut it.pair.as_mut().expect("it is paired").readings;
    readings.push(Reading { month: day("2026-06-01"), ..worse });
    assert!(it.is_guarded((may, june), &settings) && !it.is_guarded((june, june), &settings));
}

#[test]
fn a_measure_that_nobody_keeps_verifies_nothing() {
    let settings = BenefitSettings::own();
    let told = |today: &str| implants().reading_fault(day(today), &settings).is_some();
    assert!(!told("2026-09-30"), "the value of May is four months old");
    assert!(told("2026-10-01"));
    let mut none = implants();
    none.pair.as_mut().expect("it is paired").readings.pop();
    assert!(none.reading_fault(day("2026-05-01"), &settings).is_some());
}

proptest! {
    /// Whatever is tried, no cost and no cash comes in without a pair, and no cash without evidence.
    #[test]
    fn nothing_gets_round_the_guard(
        kind in 0_usize..7, is_cash: bool, has_pair: bool, pieces in 0_usize..3, claimed in 1_i64..1_000_000,
    ) {
        let kind = Kind::ALL[kind];
        let evidence = Evidence { kind: "journal".into(), amount: 100, reference: "J".into() };
        let it = Proposal {
            kind, is_cash, claimed,
            pair: has_pair.then(pair),
            evidence: vec![evidence; pieces],
            ..bed_days()
        };
        if it.faults(&BenefitSettings::own()).is_empty() {
            prop_assert!(has_pair || !(is_cash || kind == Kind::Cost));
            prop_assert!(!is_cash || kind.is_money());
            prop_assert!(!is_cash || i128::from(claimed) <= 100 * pieces as i128);
        }
    }
}
