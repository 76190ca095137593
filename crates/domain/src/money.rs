//! Money as exact micro-pounds, so that sums of shares can be checked with `==`.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
    str::FromStr,
};

use crate::number::{NumberError, parse_scaled};

/// An exact amount of pounds sterling, held as whole micro-pounds (£0.000001).
///
/// Holds up to about ±£9.2 trillion. Overflow panics: `overflow-checks` is on in every
/// profile, because a wrapped total is worse than a stopped run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    micro_pounds: i64,
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self { micro_pounds: 0 };

    /// Wraps a whole number of micro-pounds.
    pub const fn from_micro_pounds(micro_pounds: i64) -> Self {
        Self { micro_pounds }
    }

    /// Wraps a whole number of pounds.
    pub const fn from_pounds(pounds: i64) -> Self {
        Self { micro_pounds: pounds * 1_000_000 }
    }

    /// The amount in micro-pounds.
    pub const fn micro_pounds(self) -> i64 {
        self.micro_pounds
    }

    /// Whether the amount is a net credit.
    pub const fn is_negative(self) -> bool {
        self.micro_pounds < 0
    }

    /// Whether there is nothing.
    pub const fn is_zero(self) -> bool {
        self.micro_pounds == 0
    }

    /// The size of the amount without its sign.
    pub const fn abs(self) -> Self {
        Self { micro_pounds: self.micro_pounds.abs() }
    }

    /// The plain decimal with six places and no pound sign, as CSV files hold it: `-12.500000`.
    pub fn to_decimal(self) -> String {
        let sign = if self.micro_pounds < 0 { "-" } else { "" };
        let magnitude = self.micro_pounds.unsigned_abs();
        format!("{sign}{}.{:06}", magnitude / 1_000_000, magnitude % 1_000_000)
    }

    /// Whole pounds and pence with thousands separated, for people: `-£1,234.57`, half up.
    ///
    /// For display only; a rounded amount is never summed.
    pub fn to_pence(self) -> String {
        let pence = (self.micro_pounds.unsigned_abs() + 5_000) / 10_000;
        let sign = if self.micro_pounds < 0 && pence > 0 { "-" } else { "" };
        format!("{sign}£{}.{:02}", with_thousands(pence / 100), pence % 100)
    }
}

fn with_thousands(whole: u64) -> String {
    let digits = whole.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Reads a plain decimal of pounds with up to six places: `1234.5`, `-0.000001`.
///
/// # Errors
///
/// [`NumberError`] if the text is not such a decimal or does not fit.
impl FromStr for Money {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        parse_scaled(text, 6).map(Self::from_micro_pounds)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.micro_pounds < 0 { "-" } else { "" };
        let magnitude = self.micro_pounds.unsigned_abs();
        let pounds = with_thousands(magnitude / 1_000_000);
        f.pad(&format!("{sign}£{pounds}.{:06}", magnitude % 1_000_000))
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::from_micro_pounds(self.micro_pounds + other.micro_pounds)
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::from_micro_pounds(self.micro_pounds - other.micro_pounds)
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self::from_micro_pounds(-self.micro_pounds)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Self> for Money {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        let shown = match text.parse::<Money>() {
            Ok(money) => format!("{money} | {} | {}", money.to_decimal(), money.to_pence()),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn amounts_read_and_shown() {
        check("1234567.5", &expect!["£1,234,567.500000 | 1234567.500000 | £1,234,567.50"]);
        check("-0.000001", &expect!["-£0.000001 | -0.000001 | £0.00"]);
        check("-0.005", &expect!["-£0.005000 | -0.005000 | -£0.01"]);
        check("0.0000001", &expect!["`0.0000001` has more than 6 decimal places"]);
        check("12p", &expect!["`12p` is not a plain decimal number"]);
    }
}
