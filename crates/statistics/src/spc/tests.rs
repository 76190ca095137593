//! The package's own printed numbers, series made for one rule each, and what always holds.

use proptest::prelude::*;

use super::*;
use crate::testing::near;

/// `set.seed(123); rnorm(20)` of R.
const NORMAL: [f64; 20] = [
    -0.560_475_65,
    -0.230_177_49,
    1.558_708_31,
    0.070_508_39,
    0.129_287_74,
    1.715_064_99,
    0.460_916_21,
    -1.265_061_23,
    -0.686_852_85,
    -0.445_661_97,
    1.224_081_80,
    0.359_813_83,
    0.400_771_45,
    0.110_682_72,
    -0.555_841_13,
    1.786_913_14,
    0.497_850_48,
    -1.966_617_16,
    0.701_355_90,
    -0.472_791_41,
];

fn chart(values: &[f64]) -> Xmr {
    Xmr::of(values, SpcRules::default()).expect("it varies")
}

/// One letter for each point: what rule, in capitals if high; a dot for ordinary ones.
fn marks(chart: &Xmr) -> String {
    let letter = |cause: &Option<Cause>| {
        let Some(cause) = cause else { return '.' };
        let letter = match cause.rule {
            Rule::Limit => 'l',
            Rule::Trend => 't',
            Rule::TwoOfThree => 'n',
            Rule::Shift => 's',
        };
        if cause.direction == Direction::High { letter.to_ascii_uppercase() } else { letter }
    };
    chart.causes.iter().map(letter).collect()
}

#[test]
fn limits_are_those_that_the_package_prints() {
    let found = chart(&NORMAL);
    near(found.mean, 0.141_623_8, 6);
    near(found.lower, -3.011_38, 5);
    near(found.upper, 3.294_627, 5);
    let mut extreme = NORMAL;
    extreme[14] = 10.0;
    let found = chart(&extreme);
    near(found.lower, -2.383_666, 5);
    near(found.upper, 3.722_497, 5);
    let rules = SpcRules { is_screened: false, ..SpcRules::default() };
    let found = Xmr::of(&extreme, rules).expect("it varies");
    near(found.lower, -4.596_625, 5);
    near(found.upper, 5.935_457, 5);
}

#[test]
fn limits_come_from_the_baseline_alone() {
    // 4, 6, 4, 6 average 5 with ranges of 2: limits 5 less and more 5.32; then 12 is beyond.
    let rules = SpcRules { baseline: Some(4), ..SpcRules::default() };
    let found = Xmr::of(&[4.0, 6.0, 4.0, 6.0, 12.0], rules).expect("it varies");
    near(found.upper, 10.32, 9);
    near(found.lower, -0.32, 9);
    assert_eq!(marks(&found), "....L");
    assert!(found.is_trial && found.limits_from == 4);
    assert!(!chart(&NORMAL).is_trial, "twenty points are not few");
    assert!(chart(&NORMAL[..12]).is_trial, "twelve are");
    assert_eq!(found.meaning(4, Good::Down), Meaning::Concern);
    assert_eq!(found.meaning(4, Good::Up), Meaning::Improvement);
    assert_eq!(found.meaning(4, Good::Neither), Meaning::Neither);
    assert_eq!(found.meaning(3, Good::Down), Meaning::Ordinary);
}

#[test]
fn each_rule_marks_its_points() {
    let rules = SpcRules { baseline: Some(4), ..SpcRules::default() };
    let marked = |later: &[f64]| {
        let values = [&[4.0, 6.0, 4.0, 6.0], later].concat();
        marks(&Xmr::of(&values, rules).expect("it varies"))
    };
    // Near is beyond 5 + 5.32 x 2/3 = 8.546. The 6 before them is on the same side: with it the
    // seventh in a row.
    assert_eq!(marked(&[6.0, 6.0, 6.0, 6.0, 6.0]), ".........");
    assert_eq!(marked(&[6.0, 6.0, 6.0, 6.0, 6.0, 6.0]), "...SSSSSSS");
    // One on the average breaks the run.
    assert_eq!(marked(&[6.0, 6.0, 6.0, 5.0, 6.0, 6.0]), "..........");
    // Only those near the limit are marked, and only if the third is on their side.
    assert_eq!(marked(&[9.0, 5.5, 9.0]), "....N.N");
    assert_eq!(marked(&[9.0, 4.5, 9.0]), ".......");
    assert_eq!(marked(&[1.0, 1.0, 4.5]), "....nn.");
    // Seven falling, from the 6 on: all seven are marked, though some are on either side.
    assert_eq!(marked(&[5.8, 5.6, 5.4, 5.2, 4.8, 4.6]), "...ttttttt");
    // Equal neighbours break a trend.
    assert_eq!(marked(&[5.8, 5.6, 5.4, 5.4, 4.8, 4.6]), "..........");
    // A point beyond a limit is that before it is anything else.
    assert_eq!(marked(&[6.0, 6.0, 6.0, 6.0, 6.0, 11.0]), "...SSSSSSL");
}

#[test]
fn a_turning_point_takes_the_later_direction() {
    let rules = SpcRules { baseline: Some(4), trend: 3, shift: 99, ..SpcRules::default() };
    let values = [4.0, 6.0, 4.0, 6.0, 5.0, 5.4, 5.8, 5.6, 5.2];
    let found = Xmr::of(&values, rules).expect("it varies");
    assert_eq!(marks(&found), "....TTttt");
}

#[test]
fn without_variation_nothing_is_said() {
    assert_eq!(Xmr::of(&[3.0; 8], SpcRules::default()), None);
    assert_eq!(Xmr::of(&[3.0], SpcRules::default()), None);
    assert_eq!(Xmr::of(&[], SpcRules::default()), None);
}

#[test]
fn a_target_beyond_the_limits_will_be_missed() {
    // Limits -0.32 and 10.32, as above; a target on a limit is hit or miss.
    let rules = SpcRules { baseline: Some(4), ..SpcRules::default() };
    let found = Xmr::of(&[4.0, 6.0, 4.0, 6.0], rules).expect("it varies");
    assert_eq!(found.assurance(11.0, Good::Up), Some(Assurance::Fail));
    assert_eq!(found.assurance(11.0, Good::Down), Some(Assurance::Pass));
    assert_eq!(found.assurance(-1.0, Good::Up), Some(Assurance::Pass));
    assert_eq!(found.assurance(-1.0, Good::Down), Some(Assurance::Fail));
    assert_eq!(found.assurance(found.upper, Good::Up), Some(Assurance::HitOrMiss));
    assert_eq!(found.assurance(5.0, Good::Neither), None);
}

#[test]
fn the_chart_says_since_when() {
    let labels: Vec<String> = (1..=12).map(|it| format!("month {it}")).collect();
    let rules = SpcRules { baseline: Some(4), ..SpcRules::default() };
    let said = |later: &[f64]| {
        let values = [&[4.0, 6.0, 6.0, 4.0], later].concat();
        let found = Xmr::of(&values, rules).expect("it varies");
        found.callout(Good::Down, &labels, "months").map(|(one, other)| format!("{one} {other}"))
    };
    // Ranges 2, 0, 2: average 1.333, limits 5 less and more 3.547.
    assert_eq!(said(&[6.0; 8]).as_deref(), Some("8 months above average, from month 5"));
    assert_eq!(said(&[4.5; 7]).as_deref(), Some("8 months below average, from month 4"));
    assert_eq!(said(&[6.0, 9.0]).as_deref(), Some("Above the upper limit in month 6"));
    assert_eq!(said(&[9.0, 9.5]).as_deref(), Some("2 months above the upper limit, from month 5"));
    assert_eq!(
        said(&[4.2, 4.4, 4.6, 4.8, 5.2, 5.4]).as_deref(),
        Some("7 months rising, from month 4")
    );
    // Near is beyond 5 + 2.364.
    assert_eq!(
        said(&[8.0, 6.0, 8.0]).as_deref(),
        Some("2 of 3 months near the upper limit, from month 5")
    );
    assert_eq!(said(&[6.0, 4.0]), None);
    let found = Xmr::of(&[4.0, 6.0, 6.0, 4.0], rules).expect("it varies");
    assert!(
        found
            .rule_words("months")
            .contains("trial limits (average and 2.66 moving ranges, of 4 months)")
    );
}

proptest! {
    #[test]
    fn a_constant_shifts_all_and_marks_nothing_new(
        values in prop::collection::vec(0_i32..40, 3..30), shift in -50_i32..50,
    ) {
        let plain: Vec<f64> = values.iter().map(|it| f64::from(*it)).collect();
        let moved: Vec<f64> = values.iter().map(|it| f64::from(it + shift)).collect();
        let (one, other) =
            (Xmr::of(&plain, SpcRules::default()), Xmr::of(&moved, SpcRules::default()));
        prop_assert_eq!(one.is_some(), other.is_some());
        if let (Some(one), Some(other)) = (one, other) {
            let by = f64::from(shift);
            prop_assert!((one.upper + by - other.upper).abs() < 1e-9);
            prop_assert!((one.lower + by - other.lower).abs() < 1e-9);
        }
    }

    #[test]
    fn a_mirrored_series_is_special_the_other_way(
        values in prop::collection::vec(-20_i32..20, 3..30),
    ) {
        let plain: Vec<f64> = values.iter().map(|it| f64::from(*it)).collect();
        let mirrored: Vec<f64> = plain.iter().map(|it| -it).collect();
        if let (Some(one), Some(other)) =
            (Xmr::of(&plain, SpcRules::default()), Xmr::of(&mirrored, SpcRules::default()))
        {
            for (one, other) in one.causes.iter().zip(&other.causes) {
                prop_assert_eq!(one.map(|it| it.rule), other.map(|it| it.rule));
                if let (Some(one), Some(other)) = (one, other) {
                    prop_assert_ne!(one.direction, other.direction);
                }
            }
        }
    }
}
