//! The share kernel: one of the two places where money is rounded.

use crate::Money;

/// Splits a pool over receivers one after another, exactly, by cumulative floor.
///
/// Receiver `i` gets `⌊P·c_i/W⌋ − ⌊P·c_(i−1)/W⌋`, where `c` is the running weight. The floor is
/// the mathematical one, also for a pool that is a credit. Shares add up to the pool once the
/// running weight has reached the total; each is within one micro-pound of exact.
///
/// Because the running weight is all the state there is, a share can be computed anywhere in the
/// order: start with [`Sharer::starting_at`] the sum of all earlier weights.
///
/// # Units and shape
///
/// Pool in micro-pounds; weights non-negative whole numbers in one unit of their own.
///
/// # Source
///
/// Our own design: the kernel "Share" of the costing semantics, section 2.
#[derive(Clone, Copy, Debug)]
pub struct Sharer {
    pool: i128,
    total: i128,
    running: i128,
    shared: i128,
}

/// A pool whose weights do not allow a share: none at all, or too large to multiply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// All weights are zero, so the pool would be lost.
    #[error("the weights of this pool sum to zero")]
    NoWeight,
    /// `|P|·W` reaches 2¹²⁷.
    #[error("this pool times its total weight is too large to share exactly")]
    TooLarge,
}

impl Sharer {
    /// Begins at the first receiver.
    ///
    /// # Errors
    ///
    /// [`ShareError::NoWeight`] if `total` is zero; [`ShareError::TooLarge`] if the product would
    /// overflow.
    pub fn new(pool: Money, total: i128) -> Result<Self, ShareError> {
        Self::starting_at(pool, total, 0)
    }

    /// Begins behind receivers whose weights sum to `running`.
    ///
    /// # Errors
    ///
    /// As [`Sharer::new`].
    pub fn starting_at(pool: Money, total: i128, running: i128) -> Result<Self, ShareError> {
        if total == 0 {
            return Err(ShareError::NoWeight);
        }
        let pool = i128::from(pool.micro_pounds());
        pool.checked_mul(total).ok_or(ShareError::TooLarge)?;
        let shared = div_floor(pool * running, total);
        Ok(Self { pool, total, running, shared })
    }

    /// The next receiver's share.
    pub fn next_share(&mut self, weight: i128) -> Money {
        self.running += weight;
        let shared = div_floor(self.pool * self.running, self.total);
        let share = shared - self.shared;
        self.shared = shared;
        Money::from_micro_pounds(i64::try_from(share).expect("a share is no larger than its pool"))
    }
}

/// Division towards minus infinity: `⌊value / divisor⌋`, whatever the signs.
pub fn div_floor(value: i128, divisor: i128) -> i128 {
    // Most amounts fit 64 bits, where the machine divides an order of magnitude faster.
    if let (Ok(left), Ok(right)) = (i64::try_from(value), i64::try_from(divisor))
        && left != i64::MIN
    {
        let (quotient, rest) = (left / right, left % right);
        let below = rest != 0 && (rest < 0) != (right < 0);
        return i128::from(quotient) - i128::from(below);
    }
    let (quotient, rest) = (value / divisor, value % divisor);
    let below = rest != 0 && (rest < 0) != (divisor < 0);
    quotient - i128::from(below)
}

/// Shares a pool over a whole list of weights.
///
/// # Errors
///
/// As [`Sharer::new`]; a pool of nothing over no weight is shared as nothing.
pub fn share(pool: Money, weights: &[i128]) -> Result<Vec<Money>, ShareError> {
    let total = weights.iter().sum();
    if total == 0 && pool.is_zero() {
        return Ok(vec![Money::ZERO; weights.len()]);
    }
    let mut sharer = Sharer::new(pool, total)?;
    Ok(weights.iter().map(|&weight| sharer.next_share(weight)).collect())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(pool: &str, weights: &[i128], expected: &Expect) {
        let pool: Money = pool.parse().expect("the test writes an amount");
        let shown = match share(pool, weights) {
            Ok(shares) => shares.iter().map(|it| it.to_decimal()).collect::<Vec<_>>().join("  "),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn the_worked_miniature() {
        // ⌊414.736841·c/12⌋ at c = 3, 8, 10, 12: 103.684210, 276.491227, 345.614034, 414.736841.
        check(
            "414.736841",
            &[3, 5, 2, 2],
            &expect!["103.684210  172.807017  69.122807  69.122807"],
        );
    }

    #[test]
    fn a_credit_is_floored_not_truncated() {
        // −10 µ£ over three: ⌊−3.33⌋ = −4, ⌊−6.67⌋ − ⌊−3.33⌋ = −3, −10 + 7 = −3.
        check("-0.00001", &[1, 1, 1], &expect!["-0.000004  -0.000003  -0.000003"]);
    }

    #[test]
    fn no_weight_is_an_error_unless_there_is_no_money() {
        check("1", &[0, 0], &expect!["the weights of this pool sum to zero"]);
        check("0", &[0, 0], &expect!["0.000000  0.000000"]);
    }

    proptest! {
        /// No micro-pound is made or lost, and none has the wrong sign.
        #[test]
        fn shares_add_up(pool in any::<i64>(), weights in prop::collection::vec(0..1_000_000_000_i128, 1..40)) {
            prop_assume!(weights.iter().any(|&it| it > 0));
            let pool = Money::from_micro_pounds(pool);
            let shares = share(pool, &weights).expect("there is weight");
            let sum: i128 = shares.iter().map(|it| i128::from(it.micro_pounds())).sum();
            prop_assert_eq!(sum, i128::from(pool.micro_pounds()));
            for share in &shares {
                prop_assert!(share.is_zero() || share.is_negative() == pool.is_negative());
            }
        }

        /// A share does not depend on where the work was cut.
        #[test]
        fn shares_can_start_anywhere(pool in any::<i64>(), weights in prop::collection::vec(0..1_000_000_i128, 2..40), cut in 1_usize..40) {
            prop_assume!(weights.iter().any(|&it| it > 0));
            let cut = cut.min(weights.len());
            let pool = Money::from_micro_pounds(pool);
            let whole = share(pool, &weights).expect("there is weight");
            let before = weights[..cut].iter().sum();
            let total = weights.iter().sum();
            let mut sharer = Sharer::starting_at(pool, total, before).expect("there is weight");
            let rest: Vec<Money> = weights[cut..].iter().map(|&it| sharer.next_share(it)).collect();
            prop_assert_eq!(&whole[cut..], &rest[..]);
        }
    }
}
