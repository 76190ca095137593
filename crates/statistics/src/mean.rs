//! Means with Student's interval, and the change of a mean by Welch.

use crate::{Difference, Estimate, Level};

/// Observations, by what a mean and its spread need.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    n: u64,
    mean: f64,
    /// Sum of squared distances from the mean.
    squares: f64,
}

impl Sample {
    /// Of the observations themselves.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        // Welford: no difference of two large sums.
        values.into_iter().fold(Self::default(), |it, value| {
            let n = it.n + 1;
            let before = value - it.mean;
            let mean = it.mean + before / n as f64;
            Self { n, mean, squares: it.squares + before * (value - mean) }
        })
    }

    /// Of whole numbers, by how many there are, their sum and the sum of their squares; exact.
    pub fn of_sums(n: u64, sum: i64, squares: i64) -> Self {
        if n == 0 {
            return Self::default();
        }
        let whole = i128::from(n) * i128::from(squares) - i128::from(sum) * i128::from(sum);
        Self { n, mean: sum as f64 / n as f64, squares: whole as f64 / n as f64 }
    }

    /// How many.
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// Their mean; none of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then_some(self.mean)
    }

    /// Their variance, with one less than their number below; none of fewer than two.
    pub fn variance(&self) -> Option<f64> {
        (self.n > 1).then(|| self.squares.max(0.0) / (self.n - 1) as f64)
    }

    /// The mean with Student's interval; none of fewer than two observations.
    pub fn estimate(&self, level: Level) -> Option<Estimate> {
        let error = (self.variance()? / self.n as f64).sqrt();
        let reach = error * level.t((self.n - 1) as f64)?;
        let (value, n) = (self.mean, self.n);
        Some(Estimate { value, low: value - reach, high: value + reach, n })
    }

    /// The change from earlier observations, by Welch at 95%, whatever the two spreads.
    ///
    /// None if either has fewer than two observations, or neither any spread: then nothing says
    /// what chance does.
    ///
    /// # Source
    ///
    /// Welch, Biometrika 1947;34:28, with Satterthwaite's degrees of freedom.
    pub fn since(&self, before: &Self) -> Option<Difference> {
        let part = |it: &Self| Some(it.variance()? / it.n as f64);
        let (earlier, later) = (part(before)?, part(self)?);
        let both = earlier + later;
        if both <= 0.0 {
            return None;
        }
        let freedom = |it: &Self, part: f64| part * part / (it.n - 1) as f64;
        let degrees = both * both / (freedom(before, earlier) + freedom(self, later));
        let reach = both.sqrt() * Level::NinetyFive.t(degrees)?;
        let value = self.mean - before.mean;
        Some(Difference { value, low: value - reach, high: value + reach, n: (before.n, self.n) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::near;

    #[test]
    fn a_mean_has_students_interval() {
        // 1 to 5: mean 3, variance 2.5, error sqrt(0.5) = 0.70711, t with 4 degrees 2.77645:
        // 3 less and more 1.96324.
        let sample = Sample::of([1.0, 2.0, 3.0, 4.0, 5.0]);
        let found = sample.estimate(Level::NinetyFive).expect("five");
        near(found.value, 3.0, 9);
        near(found.low, 1.03676, 4);
        near(found.high, 4.96324, 4);
        assert_eq!(Sample::of([3.0]).estimate(Level::NinetyFive), None);
        assert_eq!(Sample::of([]).mean(), None);
    }

    #[test]
    fn welch_takes_each_spread_as_it_is() {
        // 1 to 5 before, 2, 4, 6, 8, 10 after: variances 2.5 and 10, error
        // sqrt(0.5 + 2) = 1.58114, degrees 2.5^2 / (0.25/4 + 4/4) = 5.88235. Between t of 5 and 6
        // degrees, 2.571 and 2.447, so the reach is from 3.87 to 4.07, and 3 is within chance.
        let before = Sample::of([1.0, 2.0, 3.0, 4.0, 5.0]);
        let after = Sample::of([2.0, 4.0, 6.0, 8.0, 10.0]);
        let found = after.since(&before).expect("spread");
        near(found.value, 3.0, 9);
        let reach = found.high - found.value;
        assert!((3.869..4.066).contains(&reach), "{reach}");
        assert!(!found.is_more_than_chance());
        // Ten times as many of each are no longer chance.
        let ten = |values: [f64; 5]| Sample::of(std::iter::repeat_n(values, 10).flatten());
        let many = ten([2.0, 4.0, 6.0, 8.0, 10.0]).since(&ten([1.0, 2.0, 3.0, 4.0, 5.0]));
        assert!(many.expect("spread").is_more_than_chance());
        // Without spread nothing can be said.
        assert_eq!(Sample::of([1.0, 1.0]).since(&Sample::of([2.0, 2.0])), None);
    }

    proptest! {
        #[test]
        fn sums_say_the_same_as_the_observations(values in prop::collection::vec(0_i64..400, 2..60)) {
            let each = Sample::of(values.iter().map(|it| *it as f64));
            let n = u64::try_from(values.len()).expect("few");
            let sums = Sample::of_sums(n, values.iter().sum(), values.iter().map(|it| it * it).sum());
            prop_assert!((each.mean - sums.mean).abs() < 1e-9);
            let (one, other) = (each.variance().expect("two"), sums.variance().expect("two"));
            prop_assert!((one - other).abs() < 1e-6 * (1.0 + one));
        }

        #[test]
        fn swapped_years_flip_the_sign(
            one in prop::collection::vec(0.0..90.0, 2..30),
            other in prop::collection::vec(0.0..90.0, 2..30),
        ) {
            let (one, other) = (Sample::of(one), Sample::of(other));
            if let (Some(forth), Some(back)) = (other.since(&one), one.since(&other)) {
                prop_assert!((forth.value + back.value).abs() < 1e-9);
                prop_assert!((forth.low + back.high).abs() < 1e-9);
            }
        }
    }
}
