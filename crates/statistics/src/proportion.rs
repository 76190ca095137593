//! So many of so many: Wilson's interval and the change of a proportion.

use crate::estimate::difference;
use crate::{Difference, Estimate, Level};

/// So many of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proportion {
    count: u64,
    of: u64,
}

impl Proportion {
    /// None if there is nothing to be a proportion of, or more than all.
    pub fn new(count: u64, of: u64) -> Option<Self> {
        (of > 0 && count <= of).then_some(Self { count, of })
    }

    /// The proportion with Wilson's interval, which never leaves 0 to 1.
    ///
    /// # Source
    ///
    /// Wilson, Journal of the American Statistical Association 1927;22:209; Newcombe, Statistics
    /// in Medicine 1998;17:857, method 3.
    pub fn estimate(self, level: Level) -> Estimate {
        let (count, of, z) = (self.count as f64, self.of as f64, level.z());
        let value = count / of;
        let middle = count + z * z / 2.0;
        let reach = z * (z * z / 4.0 + count * (1.0 - value)).sqrt();
        let whole = of + z * z;
        // At the ends the reach is the distance to the end; rounding must not step over it.
        let low = if self.count == 0 { 0.0 } else { (middle - reach) / whole };
        let high = if self.count == self.of { 1.0 } else { (middle + reach) / whole };
        Estimate { value, low, high, n: self.of }
    }

    /// The change from an earlier proportion, by Newcombe's hybrid of two Wilson intervals at 95%.
    ///
    /// # Source
    ///
    /// Newcombe, Statistics in Medicine 1998;17:873, method 10.
    pub fn since(self, before: Self) -> Difference {
        difference(before.estimate(Level::NinetyFive), self.estimate(Level::NinetyFive))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::near;

    fn of(count: u64, of: u64) -> Proportion {
        Proportion::new(count, of).expect("part of something")
    }

    #[test]
    fn wilson_is_that_of_the_paper() {
        // Newcombe 1998, table I: 81/263 gives 0.2553 to 0.3662, 15/148 0.0624 to 0.1605,
        // 0/20 0 to 0.1611, 1/29 0.0061 to 0.1718.
        for (count, all, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let found = of(count, all).estimate(Level::NinetyFive);
            near(found.low, low, 4);
            near(found.high, high, 4);
        }
        let all = of(20, 20).estimate(Level::NinetyFive);
        near(all.low, 1.0 - 0.1611, 4);
        assert!((all.high - 1.0).abs() < f64::EPSILON);
        assert_eq!(Proportion::new(0, 0), None);
        assert_eq!(Proportion::new(3, 2), None);
    }

    #[test]
    fn newcombe_is_that_of_the_paper() {
        // Newcombe 1998, table II, method 10: 56/70 less 48/80 gives 0.0524 to 0.3339; 9/10 less
        // 3/10 gives 0.1705 to 0.8090; 10/10 less 0/20 gives 0.6791 to 1.
        for (after, before, low, high) in [
            (of(56, 70), of(48, 80), 0.0524, 0.3339),
            (of(9, 10), of(3, 10), 0.1705, 0.8090),
            (of(10, 10), of(0, 20), 0.6791, 1.0),
        ] {
            let found = after.since(before);
            near(found.low, low, 4);
            near(found.high, high, 4);
            assert!(found.is_more_than_chance());
        }
        // 5/56 less 0/29 gives -0.0381 to 0.1926: chance may be enough.
        let found = of(5, 56).since(of(0, 29));
        near(found.low, -0.0381, 4);
        near(found.high, 0.1926, 4);
        assert!(!found.is_more_than_chance());
    }

    proptest! {
        #[test]
        fn intervals_hold_their_estimate_and_stay_between_none_and_all(
            all in 1_u64..5_000, part in 0.0..=1.0,
        ) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a small number")]
            let count = (part * all as f64) as u64;
            for level in [Level::NinetyFive, Level::NinetyNinePointEight] {
                let found = of(count, all).estimate(level);
                prop_assert!(0.0 <= found.low && found.low <= found.value);
                prop_assert!(found.value <= found.high && found.high <= 1.0);
            }
        }

        #[test]
        fn swapped_years_flip_the_sign(
            one in (0_u64..50, 50_u64..500), other in (0_u64..50, 50_u64..500),
        ) {
            let (one, other) = (of(one.0, one.1), of(other.0, other.1));
            let (forth, back) = (other.since(one), one.since(other));
            prop_assert!((forth.low + back.high).abs() < 1e-12);
            prop_assert_eq!(forth.is_more_than_chance(), back.is_more_than_chance());
        }
    }
}
