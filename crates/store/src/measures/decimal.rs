//! Exact numbers with up to four places, as people type them.

use std::fmt;
use std::str::FromStr;

use crate::row::Unknown;

/// An exact number with up to four places.
///
/// # Units and shape
/// Whole ten-thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i64);

impl Decimal {
    /// Ten-thousandths of one.
    const ONE: i64 = 10_000;
    /// Digits before the point at most: sums of many stay within 64 bits.
    const DIGITS: usize = 10;

    /// Of so many ten-thousandths.
    pub const fn of_e4(ten_thousandths: i64) -> Self {
        Self(ten_thousandths)
    }

    /// A whole number.
    pub fn whole(number: u64) -> Self {
        Self(i64::try_from(number).unwrap_or(i64::MAX / Self::ONE).saturating_mul(Self::ONE))
    }

    /// In ten-thousandths.
    pub const fn e4(self) -> i64 {
        self.0
    }

    /// Whether it has no places.
    pub const fn is_whole(self) -> bool {
        self.0 % Self::ONE == 0
    }

    /// As a whole number of things, where it is one.
    pub fn to_count(self) -> Option<u64> {
        if self.is_whole() { u64::try_from(self.0 / Self::ONE).ok() } else { None }
    }
}

impl FromStr for Decimal {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let unknown = || Unknown(text.to_owned());
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        if !are_digits(whole) || !are_digits(places) || whole.len() > Self::DIGITS {
            return Err(unknown());
        }
        let places = places.trim_end_matches('0');
        if places.len() > 4 {
            return Err(unknown());
        }
        let places: i64 = format!("{places:0<4}").parse().map_err(|_| unknown())?;
        let whole: i64 = whole.parse().map_err(|_| unknown())?;
        let all = whole * Self::ONE + places;
        Ok(Self(if is_negative { -all } else { all }))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let all = self.0.unsigned_abs();
        let one = Self::ONE.unsigned_abs();
        let places = format!("{:04}", all % one);
        let places = places.trim_end_matches('0');
        let point = if places.is_empty() { "" } else { "." };
        f.pad(&format!("{sign}{}{point}{places}", all / one))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_as_people_type_them() {
        let e4 = |text: &str| text.parse::<Decimal>().map(Decimal::e4);
        assert_eq!(e4("4.5"), Ok(45_000));
        assert_eq!(e4("-0.25"), Ok(-2_500));
        assert_eq!(e4("012.50000"), Ok(125_000));
        for wrong in ["", "-", ".", "4.", ".5", "1,000", "1e3", "4.12345", "12345678901", "é", "٣"]
        {
            assert!(e4(wrong).is_err(), "{wrong}");
        }
        assert_eq!("12.0".parse::<Decimal>().ok().and_then(Decimal::to_count), Some(12));
        assert_eq!("12.5".parse::<Decimal>().ok().and_then(Decimal::to_count), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(e4 in -99_999_999_999_999_i64..=99_999_999_999_999) {
            let number = Decimal::of_e4(e4);
            prop_assert_eq!(number.to_string().parse::<Decimal>(), Ok(number));
        }
    }
}
