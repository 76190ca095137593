//! The middle and the quarters of what was measured, by type 7.

/// The quantile at `p` from 0 to 1, by linear interpolation at (n - 1)p; none of nothing, and none
/// of what is not a number.
///
/// # Source
///
/// Hyndman and Fan, American Statistician 1996;50:361, type 7: what R and spreadsheets do.
pub fn quantile(values: &[f64], p: f64) -> Option<f64> {
    if values.is_empty() || !(0.0..=1.0).contains(&p) || values.iter().any(|it| it.is_nan()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = (sorted.len() - 1) as f64 * p;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in the list, from 0"
    )]
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let part = place - place.floor();
    if part == 0.0 {
        return Some(sorted[below]);
    }
    Some(sorted[below] + part * (sorted[above] - sorted[below]))
}

/// The value in the middle.
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The quarters of what was measured, and its ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// How many.
    pub n: u64,
    /// The least.
    pub least: f64,
    /// A quarter is at most this.
    pub lower_quartile: f64,
    /// Half is at most this.
    pub median: f64,
    /// Three quarters are at most this.
    pub upper_quartile: f64,
    /// The most.
    pub most: f64,
}

/// The quarters of what was measured; none of nothing.
pub fn spread(values: &[f64]) -> Option<Spread> {
    Some(Spread {
        n: values.len() as u64,
        least: quantile(values, 0.0)?,
        lower_quartile: quantile(values, 0.25)?,
        median: median(values)?,
        upper_quartile: quantile(values, 0.75)?,
        most: quantile(values, 1.0)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::near;

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        // (4 - 1) x 0.25 = 0.75: three quarters of the way from the first to the second.
        let four = [4.0, 2.0, 1.0, 3.0];
        for (p, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.9, 3.7), (1.0, 4.0)] {
            near(quantile(&four, p).expect("four"), expected, 12);
        }
        near(median(&[5.0, 200.0, 3.0]).expect("three"), 5.0, 12);
        assert_eq!(median(&[]), None);
        assert_eq!(quantile(&four, 1.1), None);
        assert_eq!(quantile(&[f64::NAN], 0.5), None);
    }

    #[test]
    fn one_value_is_all_its_quarters() {
        let found = spread(&[7.0]).expect("one");
        let all = [found.least, found.lower_quartile, found.median, found.upper_quartile];
        assert!(all.iter().all(|it| (*it - 7.0).abs() < 1e-12));
        assert_eq!(found.n, 1);
    }
}
