//! A part of a whole, exact: never a float, never rounded but to be shown.

use std::fmt;
use std::iter::Sum;

use num_rational::Ratio;

/// A part of the trust's cost, expenditure or activity: from nothing to all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(Ratio<u128>);

/// Why two amounts are no share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// There is nothing to have a share of.
    #[error("a share of {whole} cannot be told: the whole must be above zero")]
    NoWhole {
        /// The whole.
        whole: i64,
    },
    /// The part is below zero or more than the whole.
    #[error("{part} of {whole} is no share: it must be from zero to the whole")]
    OutOfRange {
        /// The part.
        part: i64,
        /// The whole.
        whole: i64,
    },
}

impl Share {
    /// The part of the whole, in any unit that both have, such as micro-pounds.
    ///
    /// # Errors
    ///
    /// [`ShareError`] if the whole is not above zero, or the part not from zero to the whole.
    pub fn of(part: i64, whole: i64) -> Result<Self, ShareError> {
        let above_zero = u128::try_from(whole).ok().filter(|it| *it > 0);
        let size = above_zero.ok_or(ShareError::NoWhole { whole })?;
        match u128::try_from(part) {
            Ok(part) if part <= size => Ok(Self(Ratio::new(part, size))),
            _ => Err(ShareError::OutOfRange { part, whole }),
        }
    }

    /// So many hundredths of a percent.
    pub(crate) fn of_hundredths(hundredths: u32) -> Self {
        Self(Ratio::new(u128::from(hundredths), HUNDREDTHS))
    }
}

/// Hundredths of a percent in the whole.
const HUNDREDTHS: u128 = 10_000;

impl Sum for Share {
    /// Of two shares at most: a bound of the thresholds, so that their denominators fit.
    fn sum<I: Iterator<Item = Self>>(shares: I) -> Self {
        shares.fold(Self::default(), |sum, it| Self(sum.0 + it.0))
    }
}

impl fmt::Display for Share {
    /// In percent with up to three decimals; what is more exact is marked with "about".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const PLACES: u128 = 1_000;
        let scaled = self.0 * Ratio::from_integer(PLACES * 100);
        let shown = scaled.to_integer();
        let about = if scaled.is_integer() { "" } else { "about " };
        let decimals = format!("{:03}", shown % PLACES);
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        write!(f, "{about}{}{point}{decimals}%", shown / PLACES)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(part: i64, whole: i64, expected: &Expect) {
        let shown = match Share::of(part, whole) {
            Ok(share) => share.to_string(),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn a_share_is_shown_in_percent() {
        check(7, 1_000, &expect!["0.7%"]);
        check(0, 5, &expect!["0%"]);
        check(5, 5, &expect!["100%"]);
        // 1/3 is 33.3333… percent. Nothing is rounded up, so that a share below 1 % never reads 1 %.
        check(1, 3, &expect!["about 33.333%"]);
        check(99_999_999, 10_000_000_000, &expect!["about 0.999%"]);
        check(i64::MAX, i64::MAX, &expect!["100%"]);
    }

    #[test]
    fn what_is_no_share_is_refused() {
        check(6, 5, &expect!["6 of 5 is no share: it must be from zero to the whole"]);
        check(-1, 5, &expect!["-1 of 5 is no share: it must be from zero to the whole"]);
        check(0, 0, &expect!["a share of 0 cannot be told: the whole must be above zero"]);
    }

    #[test]
    fn two_shares_add_up_exactly() {
        let share = |part, whole| Share::of(part, whole).expect("a share");
        let halves = [share(1, 200), share(1, 200)].into_iter().sum::<Share>();
        assert_eq!(halves, Share::of_hundredths(100));
        // The largest denominators there are.
        let large = [share(1, i64::MAX), share(1, i64::MAX - 1)].into_iter().sum::<Share>();
        assert!(large > share(1, i64::MAX));
    }
}
