//! A figure beside those of others, where the values of the others are known: their mean, median and
//! top quartile, and where the own figure lies.
//!
//! Values are whole ten-thousandths, and every result is rounded once, halves away from zero.

use crate::benefits::Good;
use crate::rounding::{divided, rounded};

/// Values that a quartile needs at least: with fewer there is no quarter of them.
pub const QUARTILE_OF: usize = 4;

/// The own figure and those of others, in ten-thousandths of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Others {
    /// The own figure.
    pub own_e4: i64,
    /// Those of the others, in any order.
    pub values_e4: Vec<i64>,
    /// Which way is good.
    pub good: Good,
    /// In what they are counted.
    pub unit: String,
    /// Where they are from.
    pub source: String,
}

/// What the values of the others come to, in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// So many values.
    pub values: usize,
    /// Their mean.
    pub mean_e4: i64,
    /// Their median: as many lie above it as below.
    pub median_e4: i64,
    /// The bound of the better quarter of them; none where there are too few, or neither way is good.
    pub top_quartile_e4: Option<i64>,
    /// Whether the own figure is in the better quarter; none where there is no bound.
    pub is_in_top: Option<bool>,
}

/// Why values cannot be set beside a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OthersFault {
    /// There are too few.
    #[error("enter the values of at least two others, one in a line")]
    TooFew,
    /// Nobody says where they are from.
    #[error("say where the values of the others are from")]
    NoSource,
    /// Nobody says what they count.
    #[error("say in what the values are counted")]
    NoUnit,
}

impl Others {
    /// What stands in the way of keeping them.
    pub fn fault(&self) -> Option<OthersFault> {
        if self.values_e4.len() < 2 {
            return Some(OthersFault::TooFew);
        }
        if self.unit.trim().is_empty() {
            return Some(OthersFault::NoUnit);
        }
        self.source.trim().is_empty().then_some(OthersFault::NoSource)
    }

    /// What the values come to; none where there are none.
    pub fn beside(&self) -> Option<Beside> {
        let mut values = self.values_e4.clone();
        values.sort_unstable();
        let count = i128::try_from(values.len()).ok()?;
        let sum: i128 = values.iter().map(|it| i128::from(*it)).sum();
        let has_quarters = values.len() >= QUARTILE_OF;
        let top = match self.good {
            Good::Up => quarter(&values, 3),
            Good::Down => quarter(&values, 1),
            Good::Neither => None,
        };
        let top = top.filter(|_| has_quarters);
        Some(Beside {
            values: values.len(),
            mean_e4: i64::try_from(divided(sum, count)?).ok()?,
            median_e4: quarter(&values, 2)?,
            top_quartile_e4: top,
            is_in_top: top.map(|it| match self.good {
                Good::Up => self.own_e4 >= it,
                Good::Down | Good::Neither => self.own_e4 <= it,
            }),
        })
    }
}

/// So many quarters of the way from the least to the greatest of sorted values; between two of them in
/// proportion.
fn quarter(sorted: &[i64], quarters: usize) -> Option<i64> {
    let steps = sorted.len().checked_sub(1)? * quarters;
    let (at, rest) = (steps / 4, i128::try_from(steps % 4).ok()?);
    let below = i128::from(*sorted.get(at)?);
    let above = i128::from(*sorted.get(at + 1).unwrap_or(sorted.get(at)?));
    i64::try_from(rounded(below * (4 - rest) + above * rest, 4)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i64 = 10_000;

    fn others(own: i64, values: &[i64], good: Good) -> Others {
        Others {
            own_e4: own * ONE,
            values_e4: values.iter().map(|it| it * ONE).collect(),
            good,
            unit: "days".to_owned(),
            source: "Benchmarking club, 2025/26".to_owned(),
        }
    }

    #[track_caller]
    fn check(it: &Others, expected: &str) {
        let shown = |e4: i64| format!("{}.{:04}", e4 / ONE, e4 % ONE);
        let told = it.beside().map_or_else(
            || "nothing".to_owned(),
            |it| {
                let top = it.top_quartile_e4.map_or_else(|| "none".to_owned(), shown);
                let (mean, median) = (shown(it.mean_e4), shown(it.median_e4));
                format!("{} mean {mean} median {median} top {top} {:?}", it.values, it.is_in_top)
            },
        );
        assert_eq!(told, expected);
    }

    #[test]
    fn the_median_and_the_top_quartile_are_worked_out_of_the_values() {
        // 3, 4, 4, 5, 6, 8: mean 5; median between 4 and 5; a quarter of the five steps from 3 is 1¼,
        // 4; three quarters 3¾, 5 and ¾ of the way to 6.
        let days = [5, 3, 4, 8, 4, 6];
        check(&others(5, &days, Good::Down), "6 mean 5.0000 median 4.5000 top 4.0000 Some(false)");
        check(&others(4, &days, Good::Down), "6 mean 5.0000 median 4.5000 top 4.0000 Some(true)");
        check(&others(6, &days, Good::Up), "6 mean 5.0000 median 4.5000 top 5.7500 Some(true)");
        check(&others(6, &days, Good::Neither), "6 mean 5.0000 median 4.5000 top none None");
        // Of three there is no quarter: 1, 1, 3 have the mean 1⅔ and the median 1.
        check(&others(1, &[1, 3, 1], Good::Down), "3 mean 1.6667 median 1.0000 top none None");
        check(&others(1, &[], Good::Down), "nothing");
    }

    #[test]
    fn what_is_missing_is_said() {
        let told = |it: &Others| it.fault().map_or_else(String::new, |it| it.to_string());
        let whole = others(5, &[3, 4], Good::Down);
        assert_eq!(told(&whole), "");
        assert!(told(&others(5, &[3], Good::Down)).starts_with("enter the values of at least two"));
        let blank = || " ".to_owned();
        assert!(told(&Others { source: blank(), ..whole.clone() }).contains("are from"));
        assert!(told(&Others { unit: blank(), ..whole }).contains("counted"));
    }
}
