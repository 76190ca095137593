//! Exact pounds and pence, and rates a minute, as people type and read them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Digits of pounds that an amount may have, so that no sum or product of this crate can overflow.
const POUNDS_DIGITS: usize = 9;

/// Digits of pounds that a rate may have.
const RATE_DIGITS: usize = 4;

/// Decimals of a rate: a hundredth of a penny.
const RATE_DECIMALS: usize = 4;

/// Pence of a pound.
const POUND: u64 = 100;

/// How many of a thing there may be in a year.
pub const MANY: i64 = 1_000_000;

/// An exact amount in whole pence.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Pence(i64);

/// What a minute costs, in whole hundredths of a penny.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Rate(i64);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PenceError {
    /// No amount in pounds and pence.
    #[error("Write pounds and pence, such as 1,250 or 1250.50")]
    Amount,
    /// No rate.
    #[error("Write pounds a minute, such as 1.25, with up to four decimals")]
    Rate,
    /// Below zero where nothing is.
    #[error("Write an amount of £0 or more")]
    BelowZero,
}

impl Pence {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Wraps whole pence.
    pub const fn new(pence: i64) -> Self {
        Self(pence)
    }

    /// The amount in whole pence.
    pub const fn whole(self) -> i64 {
        self.0
    }

    /// So many of it.
    #[must_use]
    pub const fn times(self, number: i64) -> Self {
        Self(self.0 * number)
    }

    /// An amount that is not below zero.
    ///
    /// # Errors
    ///
    /// [`PenceError`] says what to write instead.
    pub fn not_negative(text: &str) -> Result<Self, PenceError> {
        let read: Self = text.parse()?;
        if read.0 < 0 { Err(PenceError::BelowZero) } else { Ok(read) }
    }

    /// Whether people may write it: within the digits that an amount may have.
    pub fn is_sound(self) -> bool {
        self.0.unsigned_abs() < POUND * 10_u64.pow(9)
    }

    /// As a field of a form holds it: `1250.50`, without sign of pound and commas.
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let pence = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", pence / POUND, pence % POUND)
    }

    /// How it differs from another: `£1,250.00 more`, `£3.00 less`, `the same`.
    pub fn against(self, other: Self) -> String {
        let difference = self - other;
        match difference.0 {
            0 => "the same".to_owned(),
            1.. => format!("{difference} more"),
            _ => format!("{} less", Self(-difference.0)),
        }
    }

    /// A balance in words: `surplus of £3.00`, `deficit of £3.00`.
    pub fn balance(self) -> String {
        if self.0 < 0 {
            format!("deficit of {}", Self(-self.0))
        } else {
            format!("surplus of {self}")
        }
    }
}

impl Rate {
    /// Wraps whole hundredths of a penny.
    pub const fn new(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// The rate of a cost in millionths of a pound over a time in seconds, to a hundredth of a
    /// penny, half away from zero; none without time, or where it is more than people may write.
    pub fn of(micro_pounds: i64, seconds: i64) -> Option<Self> {
        let (micro, seconds) = (i128::from(micro_pounds), i128::from(seconds));
        // Millionths of a pound a second are 60 a minute, and a hundred of them a hundredth penny.
        let (cost, time) = (micro * 60, seconds * 100);
        if time <= 0 || cost < 0 {
            return None;
        }
        let rate = i64::try_from((2 * cost + time) / (2 * time)).ok()?;
        Some(Self(rate)).filter(|it| it.is_sound())
    }

    /// The rate in hundredths of a penny.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Whether people may write it.
    pub fn is_sound(self) -> bool {
        self.0 >= 0 && self.0.unsigned_abs() < POUND * POUND * 10_u64.pow(4)
    }

    /// What minutes cost at it, in tenths of a minute, to the penny, half a penny up.
    pub const fn cost(self, tenths: i64) -> Pence {
        Pence((self.0 * tenths + 500) / 1_000)
    }

    /// As a field of a form holds it.
    pub fn plain(self) -> String {
        let e4 = self.0.unsigned_abs();
        let (pounds, rest) = (e4 / (POUND * POUND), e4 % (POUND * POUND));
        let text = format!("{pounds}.{rest:04}");
        text.strip_suffix("00").unwrap_or(&text).to_owned()
    }
}

/// Digits before and after the point, as one number of so many decimals.
fn scaled(text: &str, (digits, decimals): (usize, usize)) -> Option<i64> {
    let text: String = text.trim().chars().filter(|it| !matches!(it, ',' | '£' | ' ')).collect();
    let (is_negative, number) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let fits = !whole.is_empty() && whole.len() <= digits && part.len() <= decimals;
    if !fits || !is_number(whole) || !is_number(part) || number.ends_with('.') {
        return None;
    }
    let value: i64 = format!("{whole}{part:0<decimals$}").parse().ok()?;
    Some(if is_negative { -value } else { value })
}

/// Minutes as people type them, in tenths; none where it is no number above zero with up to one
/// decimal.
pub fn tenths(text: &str) -> Option<i64> {
    // number: a thousand minutes and one decimal are enough for a step of a journey
    scaled(text, (4, 1)).filter(|it| *it > 0)
}

/// Minutes in tenths as people read them: `7.5`, `1,200`.
pub fn minutes(tenths: i64) -> String {
    let sign = if tenths < 0 { "−" } else { "" };
    let (whole, part) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    let point = if part == 0 { String::new() } else { format!(".{part}") };
    format!("{sign}{}{point}", grouped(whole))
}

/// A number of things of a year as people type it; none where it is no whole number up to a million.
pub fn number(text: &str) -> Option<i64> {
    scaled(text, (POUNDS_DIGITS, 0)).filter(|it| (0..=MANY).contains(it))
}

/// A whole number with commas.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|it| std::str::from_utf8(it).unwrap_or_default())
        .collect();
    groups.join(",")
}

impl FromStr for Pence {
    type Err = PenceError;

    fn from_str(text: &str) -> Result<Self, PenceError> {
        scaled(text, (POUNDS_DIGITS, 2)).map(Self).ok_or(PenceError::Amount)
    }
}

impl FromStr for Rate {
    type Err = PenceError;

    fn from_str(text: &str) -> Result<Self, PenceError> {
        let read = scaled(text, (RATE_DIGITS, RATE_DECIMALS)).ok_or(PenceError::Rate)?;
        if read < 0 { Err(PenceError::BelowZero) } else { Ok(Self(read)) }
    }
}

impl fmt::Display for Pence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "−" } else { "" };
        let pence = self.0.unsigned_abs();
        f.pad(&format!("{sign}£{}.{:02}", grouped(pence / POUND), pence % POUND))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("£{} a minute", self.plain()))
    }
}

impl Add for Pence {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Pence {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Pence {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_told_to_the_penny() {
        let told = |text: &str| text.parse::<Pence>().map(|it| it.to_string());
        assert_eq!(told("£55,000").as_deref(), Ok("£55,000.00"));
        assert_eq!(told(" 1250.5 ").as_deref(), Ok("£1,250.50"));
        assert_eq!(told("-3").as_deref(), Ok("−£3.00"));
        for wrong in ["", "1.234", "12 pounds", "1.", "1234567890", ".5"] {
            assert_eq!(told(wrong), Err(PenceError::Amount), "{wrong}");
        }
        assert_eq!(Pence::not_negative("-3"), Err(PenceError::BelowZero));
        let (one, other) = (Pence::new(12_345), Pence::new(12_045));
        assert_eq!(one.against(other), "£3.00 more");
        assert_eq!(
            (other.against(one), one.against(one)),
            ("£3.00 less".into(), "the same".into())
        );
        assert_eq!(
            (Pence::new(-300).balance(), one.plain()),
            ("deficit of £3.00".into(), "123.45".into())
        );
    }

    #[test]
    fn a_rate_is_what_was_spent_over_the_minutes_it_took() {
        // £90 in an hour and a half is £1 a minute; £100 in three hours is £0.5556.
        assert_eq!(Rate::of(90_000_000, 5_400), "1".parse().ok());
        assert_eq!(
            Rate::of(100_000_000, 10_800).map(|it| it.to_string()).as_deref(),
            Some("£0.5556 a minute")
        );
        assert_eq!((Rate::of(1, 0), Rate::of(-1, 60)), (None, None));
        let rate: Rate = "1.25".parse().expect("a rate");
        // 7.5 minutes at £1.25 are £9.375, to the penny £9.38.
        assert_eq!(rate.cost(75), Pence::new(938));
        assert_eq!(rate.plain(), "1.25");
        assert_eq!("0.05551".parse::<Rate>(), Err(PenceError::Rate));
        assert_eq!((tenths("7.5"), tenths("0"), tenths("7.55")), (Some(75), None, None));
        assert_eq!((minutes(75), minutes(12_000)), ("7.5".into(), "1,200".into()));
        assert_eq!(
            (number("1,000,000"), number("1000001"), number("-1")),
            (Some(MANY), None, None)
        );
    }
}
