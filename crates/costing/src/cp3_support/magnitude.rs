//! Non-negative numbers of any size, held to 127 binary places and rounded towards zero.
//!
//! Each operation is wrong by less than one part in 2¹²⁷. Since nothing is ever subtracted, no
//! digit is ever lost to cancellation, and the error of a whole calculation can be counted.

use num_bigint::BigUint;
use num_traits::ToPrimitive;

/// `mantissa · 2^exponent`, where the mantissa has its highest bit set, or zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Magnitude {
    mantissa: u128,
    exponent: i64,
}

/// One part in 2 to this power bounds the relative error of one operation.
pub(super) const ERROR_BITS: u32 = 127; // number: bits

impl Magnitude {
    /// Nothing.
    pub(super) const ZERO: Self = Self { mantissa: 0, exponent: 0 };

    /// A whole number, exactly.
    pub(super) fn whole(value: u128) -> Self {
        if value == 0 {
            return Self::ZERO;
        }
        let shift = value.leading_zeros();
        Self { mantissa: value << shift, exponent: -i64::from(shift) }
    }

    /// Whether it is nothing.
    pub(super) const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// The sum.
    pub(super) fn plus(self, other: Self) -> Self {
        if self.is_zero() {
            return other;
        }
        if other.is_zero() {
            return self;
        }
        let (large, small) =
            if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let apart = u32::try_from(large.exponent - small.exponent).unwrap_or(u32::MAX);
        let aligned = small.mantissa.checked_shr(apart).unwrap_or(0);
        let (sum, carried) = large.mantissa.overflowing_add(aligned);
        if carried {
            return Self { mantissa: sum >> 1 | TOP_BIT, exponent: large.exponent + 1 };
        }
        Self { mantissa: sum, exponent: large.exponent }
    }

    /// The product.
    pub(super) fn times(self, other: Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        let (high, low) = wide_product(self.mantissa, other.mantissa);
        let exponent = self.exponent + other.exponent + 128; // number: bits
        if high & TOP_BIT == 0 {
            return Self { mantissa: high << 1 | low >> 127, exponent: exponent - 1 }; // number: bits
        }
        Self { mantissa: high, exponent }
    }

    /// The quotient; the divisor is not zero.
    pub(super) fn over(self, divisor: Self) -> Self {
        if self.is_zero() {
            return Self::ZERO;
        }
        // Both mantissas lie in [2¹²⁷, 2¹²⁸), so the quotient lies in (2¹²⁷, 2¹²⁹).
        let quotient: BigUint =
            (BigUint::from(self.mantissa) << 128) / BigUint::from(divisor.mantissa); // number: bits
        let exponent = self.exponent - divisor.exponent - 128; // number: bits
        if let Some(mantissa) = quotient.to_u128() {
            return Self { mantissa, exponent };
        }
        let half: BigUint = quotient >> 1;
        let mantissa = half.to_u128().expect("half of less than 2¹²⁹");
        Self { mantissa, exponent: exponent + 1 }
    }

    /// The whole number of parts of size 2⁻⁶⁴ that it holds; it is less than 2⁶⁴.
    pub(super) fn parts_of_2_64(self) -> u128 {
        let shift = self.exponent + 64; // number: bits
        let right = u32::try_from(-shift).expect("a number below 2⁶⁴ has at most 128 such bits");
        self.mantissa.checked_shr(right).unwrap_or(0)
    }
}

const TOP_BIT: u128 = 1 << 127; // number: bits

/// All 256 bits of a product: the higher half and the lower.
fn wide_product(one: u128, other: u128) -> (u128, u128) {
    const LOW: u128 = (1 << 64) - 1; // number: bits
    let (one_high, one_low) = (one >> 64, one & LOW); // number: bits
    let (other_high, other_low) = (other >> 64, other & LOW); // number: bits
    let lowest = one_low * other_low;
    let (cross, cross_back) = (one_high * other_low, one_low * other_high);
    let middle = (lowest >> 64) + (cross & LOW) + (cross_back & LOW); // number: bits
    let high = one_high * other_high + (cross >> 64) + (cross_back >> 64) + (middle >> 64); // number: bits
    (high, middle << 64 | lowest & LOW) // number: bits
}

#[cfg(test)]
mod tests {
    use num_bigint::BigInt;
    use num_rational::BigRational;
    use num_traits::{One, Zero};
    use proptest::prelude::*;

    use super::*;

    fn exact(value: Magnitude) -> BigRational {
        let mantissa = BigRational::from_integer(BigInt::from(value.mantissa));
        let power = BigRational::from_integer(BigInt::one() << value.exponent.unsigned_abs());
        if value.exponent < 0 { mantissa / power } else { mantissa * power }
    }

    fn is_close(value: Magnitude, wanted: &BigRational) -> bool {
        let short = wanted - exact(value);
        let bound = wanted / BigRational::from_integer(BigInt::one() << ERROR_BITS);
        short >= BigRational::zero() && (short < bound || wanted.is_zero())
    }

    fn magnitudes() -> impl Strategy<Value = Magnitude> {
        let size = prop_oneof![Just(0_u128), 1..100_u128, any::<u128>(), Just(u128::MAX)];
        (size, -300..300_i64).prop_map(|(size, exponent)| {
            let value = Magnitude::whole(size);
            if value.is_zero() { value } else { Magnitude { exponent, ..value } }
        })
    }

    proptest! {
        /// Each operation rounds towards zero, by less than one part in 2¹²⁷.
        #[test]
        fn operations_are_close(one in magnitudes(), other in magnitudes()) {
            prop_assert!(is_close(one.plus(other), &(exact(one) + exact(other))));
            prop_assert!(is_close(one.times(other), &(exact(one) * exact(other))));
            if !other.is_zero() {
                prop_assert!(is_close(one.over(other), &(exact(one) / exact(other))));
            }
        }

        #[test]
        fn whole_numbers_are_exact(value in any::<u128>()) {
            prop_assert_eq!(
                exact(Magnitude::whole(value)),
                BigRational::from_integer(BigInt::from(value))
            );
        }

        #[test]
        fn parts_are_floored(numerator in any::<u64>(), denominator in 1_u64..) {
            let value = Magnitude::whole(u128::from(numerator))
                .over(Magnitude::whole(u128::from(denominator)));
            prop_assert_eq!(
                BigInt::from(value.parts_of_2_64()),
                (exact(value) * BigRational::from_integer(BigInt::one() << 64_u32)).to_integer()
            );
        }
    }
}
