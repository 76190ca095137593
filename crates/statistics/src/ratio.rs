//! So many for each of something else, such as follow-ups for each first appointment.

use crate::estimate::difference;
use crate::proportion::Proportion;
use crate::{Difference, Estimate, Level};

/// Two counts of different things, one for each of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountRatio {
    count: u64,
    per: u64,
}

impl CountRatio {
    /// None if there is nothing to be a ratio to.
    pub fn new(count: u64, per: u64) -> Option<Self> {
        (per > 0).then_some(Self { count, per })
    }

    /// The ratio; its interval is Wilson's for the share of the first in both together, taken
    /// back to a ratio.
    pub fn estimate(self, level: Level) -> Option<Estimate> {
        let n = self.count + self.per;
        let share = Proportion::new(self.count, n)?.estimate(level);
        let odds = |share: f64| share / (1.0 - share);
        let value = self.count as f64 / self.per as f64;
        Some(Estimate { value, low: odds(share.low), high: odds(share.high), n })
    }

    /// The change from an earlier ratio, at 95%.
    pub fn since(self, before: Self) -> Option<Difference> {
        let level = Level::NinetyFive;
        Some(difference(before.estimate(level)?, self.estimate(level)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::near;

    #[test]
    fn a_ratio_is_the_odds_of_its_share() {
        // 48 follow-ups for 32 first appointments are 1.5 for one. Wilson for 48 of 80: whole
        // 80 + 3.84146 = 83.84146, middle 48 + 1.92073 = 49.92073, reach
        // 1.95996 x sqrt(0.96036 + 48 x 0.4) = 1.95996 x 4.49007 = 8.80037, so 0.49045 to 0.70038;
        // odds 0.49045/0.50955 = 0.96252 and 0.70038/0.29962 = 2.33757.
        let ratio = CountRatio::new(48, 32).expect("first appointments");
        let found = ratio.estimate(Level::NinetyFive).expect("a share");
        assert!((found.value - 1.5).abs() < 1e-12);
        near(found.low, 0.9625, 3);
        near(found.high, 2.3376, 3);
        assert_eq!(found.n, 80);
        assert_eq!(CountRatio::new(3, 0), None);
    }

    #[test]
    fn three_times_as_many_is_more_than_chance() {
        let before = CountRatio::new(50, 50).expect("first appointments");
        let after = CountRatio::new(150, 50).expect("first appointments");
        let change = after.since(before).expect("shares");
        assert!((change.value - 2.0).abs() < 1e-12);
        assert!(change.is_more_than_chance());
        assert!(!before.since(before).expect("shares").is_more_than_chance());
    }
}
