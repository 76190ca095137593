//! An estimate with its interval, and the difference of two.

use statrs::distribution::{ChiSquared, ContinuousCDF as _, StudentsT};

/// How sure an interval is to hold the true value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 95%: intervals of estimates.
    NinetyFive,
    /// 99.8%: the range that chance leaves, so that few ordinary units are called special.
    NinetyNinePointEight,
}

/// An estimate, the interval round it, and how many observations it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Observations.
    pub n: u64,
}

/// The later less the earlier, with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Observations before and after.
    pub n: (u64, u64),
}

impl Level {
    /// Standard deviations of a normal distribution on each side.
    pub const fn z(self) -> f64 {
        match self {
            Self::NinetyFive => 1.959_963_984_540_054,
            Self::NinetyNinePointEight => 3.090_232_306_167_813,
        }
    }

    /// What is left outside, on both sides together.
    pub const fn outside(self) -> f64 {
        match self {
            Self::NinetyFive => 0.05,
            Self::NinetyNinePointEight => 0.002,
        }
    }

    /// Standard errors on each side with so many degrees of freedom; none without any.
    pub fn t(self, degrees_of_freedom: f64) -> Option<f64> {
        let distribution = StudentsT::new(0.0, 1.0, degrees_of_freedom).ok()?;
        Some(distribution.inverse_cdf(1.0 - self.outside() / 2.0)).filter(|it| it.is_finite())
    }
}

impl Difference {
    /// Whether the interval leaves no difference out.
    pub fn is_more_than_chance(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// The difference of two independent estimates from their own intervals (square and add): of two
/// proportions with Wilson's intervals it is Newcombe's hybrid.
///
/// # Source
///
/// Newcombe, Statistics in Medicine 1998;17:873, method 10; Zou and Donner, Statistics in Medicine
/// 2008;27:1693 for other estimates.
pub fn difference(before: Estimate, after: Estimate) -> Difference {
    let value = after.value - before.value;
    let below = (after.value - after.low).hypot(before.high - before.value);
    let above = (after.high - after.value).hypot(before.value - before.low);
    Difference { value, low: value - below, high: value + above, n: (before.n, after.n) }
}

/// Value of chi-squared with so many degrees of freedom that is exceeded with probability 1 - `p`.
pub(crate) fn chi_squared(p: f64, degrees_of_freedom: f64) -> Option<f64> {
    Some(ChiSquared::new(degrees_of_freedom).ok()?.inverse_cdf(p)).filter(|it| it.is_finite())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::near;

    #[test]
    fn t_is_that_of_the_tables() {
        // Percentage points of Student's t, two-sided 5%: 4, 10 and 30 degrees of freedom.
        for (degrees, expected) in [(4.0, 2.776), (10.0, 2.228), (30.0, 2.042)] {
            near(Level::NinetyFive.t(degrees).expect("freedom"), expected, 3);
        }
        // Two-sided 0.2%: 10 degrees of freedom.
        near(Level::NinetyNinePointEight.t(10.0).expect("freedom"), 4.144, 3);
        assert_eq!(Level::NinetyFive.t(0.0), None);
    }

    proptest! {
        #[test]
        fn a_difference_the_other_way_round_has_the_other_sign(
            before in (0.0..9.0, 0.0..3.0, 0.0..3.0),
            after in (0.0..9.0, 0.0..3.0, 0.0..3.0),
        ) {
            let estimate = |(value, below, above): (f64, f64, f64)| Estimate {
                value, low: value - below, high: value + above, n: 10,
            };
            let forth = difference(estimate(before), estimate(after));
            let back = difference(estimate(after), estimate(before));
            prop_assert!((forth.value + back.value).abs() < 1e-12);
            prop_assert!((forth.low + back.high).abs() < 1e-12);
            prop_assert!((forth.high + back.low).abs() < 1e-12);
            prop_assert_eq!(forth.is_more_than_chance(), back.is_more_than_chance());
        }
    }
}
