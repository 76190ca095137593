//! Three units worked by hand, floors, and what always holds.

use proptest::prelude::*;

use super::*;
use crate::testing::near;

fn case(unit: usize, strata: &[usize], value: f64) -> Case {
    Case { unit, strata: strata.to_vec(), value }
}

const LOW: Floors = Floors { cases: 2, peers: 1, like_cases: 1 };

#[test]
fn what_is_expected_is_what_like_cases_of_others_needed() {
    // Stratum 0: unit 0 has 4 and 6, unit 1 has 2 and 4. Stratum 1: unit 0 has 10, unit 1 has 8
    // and 12. Expected of unit 0: 3 + 3 + 10 = 16, observed 20, ratio 1.25. Overall mean
    // (4 + 6 + 2 + 4 + 10 + 8 + 12) / 7 = 46/7, adjusted 46/7 x 1.25 = 8.214286. Of unit 1:
    // expected 5 + 5 + 10 + 10 = 30, observed 26, ratio 0.866667, adjusted 5.695238.
    let cases = [
        case(0, &[0], 4.0),
        case(0, &[0], 6.0),
        case(0, &[1], 10.0),
        case(1, &[0], 2.0),
        case(1, &[0], 4.0),
        case(1, &[1], 8.0),
        case(1, &[1], 12.0),
    ];
    let found = compare(&cases, 2, LOW);
    let [Ok(first), Ok(second)] = &found.units[..] else { panic!("{found:?}") };
    near(first.expected, 16.0, 9);
    near(first.ratio, 1.25, 9);
    near(first.adjusted.value, 8.214_286, 6);
    near(first.raw.value, 20.0 / 3.0, 9);
    near(second.ratio, 26.0 / 30.0, 9);
    near(second.adjusted.value, 5.695_238, 6);
    // Like cases differ from their means, 4 and 10, by 0, 1/2, -1/2, 0 and 0, -1/5, 1/5 of them:
    // 0.58 over 7 - 2 = 5 degrees of freedom is 0.116. Chance for unit 0: own 9 + 9 + 100 = 118;
    // like cases (2 x 3)^2 / 2 + 10^2 / 2 = 68; sqrt(0.116 x 186) / 16 = 0.290315; times 3.090232
    // and 46/7: 5.895486 on each side of 6.571429.
    near(first.chance.0, 0.675_943, 4);
    near(first.chance.1, 12.466_914, 4);
    assert!(!first.is_beyond_chance());
    // Scatter of unit 0 round what was expected: 1, 3, 0; mean 4/3, deviation 1.527525, error
    // 0.881917, t of 2 degrees 4.302653: 3.794580, times 46/7 x 3/16: 4.675464.
    near(first.adjusted.high - first.adjusted.value, 4.675_464, 4);
    assert_eq!(first.adjusted.n, 3);
    near(found.spread.expect("cases").median, 6.0, 9);
}

#[test]
fn a_unit_is_never_its_own_reference() {
    // Stratum 1 belongs to unit 0 alone, and there is no coarser one: its three cases are left
    // out, and what is left is like the others.
    let mut cases = vec![case(0, &[0], 5.0), case(0, &[0], 7.0)];
    cases.extend([90.0, 95.0, 99.0].map(|it| case(0, &[1], it)));
    cases.extend([5.0, 7.0].map(|it| case(1, &[0], it)));
    let found = compare(&cases, 2, LOW);
    assert_eq!(found.without_like_cases, [3, 0]);
    let Ok(first) = &found.units[0] else { panic!("{found:?}") };
    near(first.ratio, 1.0, 9);
    assert_eq!(first.adjusted.n, 2);
}

#[test]
fn a_stratum_of_few_others_gives_way_to_a_coarser_one() {
    // Five like cases are wanted: stratum 0 has two of another unit, stratum 9 holds six.
    let mut cases = vec![case(0, &[0, 9], 3.0), case(0, &[1, 9], 3.0)];
    cases.extend([2.0, 4.0].map(|it| case(1, &[0, 9], it)));
    cases.extend([6.0, 8.0, 6.0, 4.0].map(|it| case(1, &[1, 9], it)));
    let floors = Floors { cases: 2, peers: 0, like_cases: 4 };
    let found = compare(&cases, 2, floors);
    let Ok(first) = &found.units[0] else { panic!("{found:?}") };
    // (2 + 4 + 6 + 8 + 6 + 4) / 6 = 5 for the one, (6 + 8 + 6 + 4) / 4 = 6 for the other.
    near(first.expected, 11.0, 9);
    assert_eq!(first.finest, 1);
}

#[test]
fn too_few_cases_or_peers_are_not_compared() {
    let many = |unit: usize, n: usize| {
        (0..n).map(move |it| case(unit, &[0], f64::from(u8::from(it % 2 == 0)) + 1.0))
    };
    let floors = Floors::default();
    // Six units of ten: each has five peers. One of nine beside them has too few cases.
    let mut cases: Vec<Case> = (0..6).flat_map(|it| many(it, 10)).collect();
    cases.extend(many(6, 9));
    let found = compare(&cases, 7, floors);
    assert!(found.units[..6].iter().all(Result::is_ok), "{found:?}");
    assert_eq!(found.units[6], Err(TooFew::Cases { found: 9, needed: 10 }));
    // Five of ten: each has four peers.
    let cases: Vec<Case> = (0..5).flat_map(|it| many(it, 10)).collect();
    let found = compare(&cases, 5, floors);
    let few = TooFew::Peers { found: 4, needed: 5 };
    assert!(found.units.iter().all(|it| *it == Err(few)), "{found:?}");
    assert_eq!(found.spread.expect("cases").n, 50);
    // Nobody at all.
    assert_eq!(compare(&[], 1, floors).units, [Err(TooFew::Cases { found: 0, needed: 10 })]);
}

#[test]
fn one_far_off_is_beyond_chance_and_sicker_patients_are_not() {
    // Seven units of thirty cases in two strata with means 2 and 10. Unit 5 has mostly the dear
    // stratum; unit 6 needs double in both.
    let mut cases = Vec::new();
    for unit in 0..7_usize {
        for number in 0..30_usize {
            let is_dear = if unit == 5 { number % 5 != 0 } else { number % 5 == 0 };
            let wobble = [0.8, 0.9, 1.0, 1.1, 1.2][(number / 5 + number) % 5];
            let level = if unit == 6 { 2.0 } else { 1.0 };
            let (stratum, mean) = if is_dear { (1, 10.0) } else { (0, 2.0) };
            cases.push(case(unit, &[stratum], mean * wobble * level));
        }
    }
    let found = compare(&cases, 7, Floors::default());
    let beyond: Vec<bool> =
        found.units.iter().map(|it| it.as_ref().is_ok_and(Adjusted::is_beyond_chance)).collect();
    assert_eq!(beyond, [false, false, false, false, false, false, true]);
    let raw = |unit: usize| found.units[unit].as_ref().expect("compared").raw.value;
    assert!(raw(5) > raw(6), "as recorded the sicker patients look dearer");
}

proptest! {
    #[test]
    fn a_larger_unit_of_measure_changes_no_judgement(
        values in prop::collection::vec((0_usize..4, 0_usize..3, 1_u32..50), 20..80),
        factor in 2_u32..60,
    ) {
        let cases = |factor: f64| -> Vec<Case> {
            values.iter().map(|(unit, stratum, it)| case(*unit, &[*stratum, 9], f64::from(*it) * factor)).collect()
        };
        let floors = Floors { cases: 4, peers: 2, like_cases: 3 };
        let (one, other) = (compare(&cases(1.0), 4, floors), compare(&cases(f64::from(factor)), 4, floors));
        for (one, other) in one.units.iter().zip(&other.units) {
            prop_assert_eq!(one.is_ok(), other.is_ok());
            if let (Ok(one), Ok(other)) = (one, other) {
                prop_assert!((one.ratio - other.ratio).abs() < 1e-9);
                prop_assert!((one.chance.1 * f64::from(factor) - other.chance.1).abs() < 1e-6);
            }
        }
    }
}
