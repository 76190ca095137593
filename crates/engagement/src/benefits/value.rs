//! What a change in use is worth: the change times the rate of the baseline, in parts that can
//! become cash and parts that cannot.
//!
//! Never a difference of two unit costs: a unit cost falls when more is done, although nothing is
//! saved.

use super::settings::Part;
use crate::rounding::rounded;

/// Millionths of one.
const ONE: i128 = 1_000_000;

/// A tenth, in millionths.
const TENTH: i64 = 100_000;

/// What one unit of use cost in the baseline, in millionths of a pound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// What moves with every unit of use.
    pub variable: i64,
    /// What moves in steps.
    pub semi_fixed: i64,
    /// What does not move.
    pub fixed: i64,
}

/// The worth of a change in use by parts, in millionths of a pound; below nothing where more is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worth {
    /// Can be cash, where the ledger shows it.
    pub variable: i64,
    /// Can be cash only where the ledger shows that the step was taken.
    pub semi_fixed: i64,
    /// Is never cash.
    pub fixed: i64,
}

impl Worth {
    /// All parts together: the worth at full cost, which is not cash.
    pub fn full(&self) -> i128 {
        i128::from(self.variable) + i128::from(self.semi_fixed) + i128::from(self.fixed)
    }

    /// The most that can be cash, with what the ledger shows of each part.
    pub fn cash(&self, shown: &Shown) -> i128 {
        let least = |part: i64, shown: i128| i128::from(part).max(0).min(shown.max(0));
        least(self.variable, shown.variable) + least(self.semi_fixed, shown.semi_fixed)
    }
}

/// What the ledger shows, in millionths of a pound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Of what moves with use.
    pub variable: i128,
    /// Of what moves in steps.
    pub semi_fixed: i128,
}

impl Shown {
    /// Pieces of evidence added up by the part that each shows.
    pub fn of(pieces: impl IntoIterator<Item = (Part, i64)>) -> Self {
        let mut shown = Self::default();
        for (part, amount) in pieces {
            match part {
                Part::Variable => shown.variable += i128::from(amount.max(0)),
                Part::SemiFixed => shown.semi_fixed += i128::from(amount.max(0)),
            }
        }
        shown
    }

    /// All that the ledger shows.
    pub fn all(&self) -> i128 {
        self.variable + self.semi_fixed
    }
}

/// What a change in use is worth at the rate of the baseline: use before less use after, times what
/// one unit cost before. None where it is more than can be counted.
///
/// # Units and shape
/// Use in millionths of its unit; each part is rounded to a millionth of a pound, halves away from
/// zero.
pub fn value_of_change(use_before: i64, use_after: i64, rate: &Rate) -> Option<Worth> {
    let change = i128::from(use_before) - i128::from(use_after);
    let part = |rate: i64| i64::try_from(rounded(change.checked_mul(i128::from(rate))?, ONE)).ok();
    Some(Worth {
        variable: part(rate.variable)?,
        semi_fixed: part(rate.semi_fixed)?,
        fixed: part(rate.fixed)?,
    })
}

/// A use of nothing or more in tenths of its unit, halves up: it is drawn and read, and not summed.
///
/// # Units and shape
/// In millionths of the unit, as it is given.
pub const fn to_a_tenth(micro: i64) -> i64 {
    (micro + TENTH / 2) / TENTH * TENTH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn use_before_less_use_after_at_the_rate_before() {
        // 184 bed days fewer at £38 + £212 + £150: £6,992, £39,008 and £27,600, £73,600 together.
        let rate = Rate { variable: 38_000_000, semi_fixed: 212_000_000, fixed: 150_000_000 };
        let worth = value_of_change(3_184_000_000, 3_000_000_000, &rate).expect("it is counted");
        assert_eq!(worth.variable, 6_992_000_000);
        assert_eq!(worth.semi_fixed, 39_008_000_000);
        assert_eq!(worth.fixed, 27_600_000_000);
        assert_eq!(worth.full(), 73_600_000_000);
        // Without evidence nothing of it is cash; a ward that closed shows the step alone.
        assert_eq!(worth.cash(&Shown::default()), 0);
        let shown = Shown::of([(Part::SemiFixed, 60_000_000_000), (Part::Variable, 1_000_000)]);
        assert_eq!(worth.cash(&shown), 39_009_000_000);
        assert_eq!(value_of_change(i64::MAX, i64::MIN, &rate), None);
    }

    #[test]
    fn halves_of_a_millionth_go_away_from_zero() {
        let rate = Rate { variable: 1, ..Rate::default() };
        let variable = |before, after| value_of_change(before, after, &rate).map(|it| it.variable);
        assert_eq!(variable(500_000, 0), Some(1));
        assert_eq!(variable(0, 500_000), Some(-1));
        assert_eq!(variable(499_999, 0), Some(0));
    }

    #[test]
    fn use_is_drawn_in_tenths_of_its_unit() {
        let found = [0, 49_999, 50_000, 149_999, 12_349_999, 12_350_000].map(to_a_tenth);
        assert_eq!(found, [0, 0, 100_000, 100_000, 12_300_000, 12_400_000]);
    }

    const USE: i64 = 1_000_000_000_000;
    const RATE: i64 = 1_000_000_000;

    proptest! {
        /// More use costs what less use saves, and no change is worth nothing.
        #[test]
        fn it_is_the_same_both_ways(
            before in 0..USE, after in 0..USE,
            variable in 0..RATE, semi_fixed in 0..RATE, fixed in 0..RATE,
        ) {
            let rate = Rate { variable, semi_fixed, fixed };
            let there = value_of_change(before, after, &rate).expect("it is counted");
            let back = value_of_change(after, before, &rate).expect("it is counted");
            prop_assert_eq!(there.full(), -back.full());
            prop_assert_eq!(value_of_change(before, before, &rate), Some(Worth::default()));
        }

        /// Cash is never more than the parts that can be cash, nor than the ledger shows, and never
        /// holds a fixed part.
        #[test]
        fn cash_is_never_more_than_the_ledger_shows(
            before in 0..USE, after in 0..USE, variable in 0..RATE, semi_fixed in 0..RATE,
            fixed in 0..RATE, shown in 0..USE, step in 0..USE,
        ) {
            let rate = Rate { variable, semi_fixed, fixed };
            let worth = value_of_change(before, after, &rate).expect("it is counted");
            let shown = Shown { variable: shown.into(), semi_fixed: step.into() };
            let cash = worth.cash(&shown);
            let most = i128::from(worth.variable).max(0) + i128::from(worth.semi_fixed).max(0);
            prop_assert!((0..=most).contains(&cash) && cash <= shown.all());
            let without = value_of_change(before, after, &Rate { fixed: 0, ..rate });
            prop_assert_eq!(without.map(|it| it.cash(&shown)), Some(cash));
            prop_assert_eq!(worth.cash(&Shown::default()), 0);
        }
    }
}
