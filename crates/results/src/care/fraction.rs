//! Exact fractions of money and counts.

use domain::Money;
use num_bigint::BigInt;
use num_rational::BigRational;

/// An amount in micro-pounds.
pub(super) fn fraction(money: Money) -> BigRational {
    whole(money.micro_pounds())
}

/// A whole number.
pub(super) fn whole(number: i64) -> BigRational {
    BigRational::from_integer(BigInt::from(number))
}

/// One count of another; of none as of one.
pub(super) fn ratio(one: u64, of: u64) -> BigRational {
    BigRational::new(BigInt::from(one), BigInt::from(of.max(1)))
}
