//! Financial years, days and instants, without a clock and without a time zone.

use std::{fmt, str::FromStr};

/// Whole seconds since 1970-01-01T00:00:00 UTC. An instant.
pub type Seconds = i64;

/// A calendar day, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// A financial year from 1 April to 31 March, written `2025-26`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FinancialYear {
    start_year: i32,
}

/// The text is not a financial year or a day of the wanted form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PeriodError {
    /// Not of the form `2025-26`.
    #[error("`{0}` is not a financial year such as 2025-26")]
    NotAYear(String),
    /// Not a day of the calendar in the form `2025-04-01`.
    #[error("`{0}` is not a day such as 2025-04-01")]
    NotADay(String),
}

impl FinancialYear {
    /// The year that begins on 1 April of `start_year`.
    pub const fn beginning(start_year: i32) -> Self {
        Self { start_year }
    }

    /// The year in which a day falls.
    pub fn of(day: Day) -> Self {
        let (year, month, _) = day.to_civil();
        Self { start_year: if month >= 4 { year } else { year - 1 } }
    }

    /// 1 April.
    pub fn first_day(self) -> Day {
        Day::from_civil(self.start_year, 4, 1)
    }

    /// 31 March.
    pub fn last_day(self) -> Day {
        Day::from_civil(self.start_year + 1, 3, 31)
    }

    /// The year before.
    pub const fn previous(self) -> Self {
        Self { start_year: self.start_year - 1 }
    }

    /// The last day of period `month` (1 is April, 12 is March; 13 is taken as 12).
    pub fn period_end(self, month: u8) -> Day {
        let months = i32::from(month.clamp(1, 12));
        let index = 3 + months;
        Day::from_civil(self.start_year + index / 12, (index % 12 + 1).unsigned_abs(), 1).plus(-1)
    }

    /// The period (1 is April) in which a day of this year falls.
    pub fn period_of(self, day: Day) -> u8 {
        let (_, month, _) = day.to_civil();
        u8::try_from((month + 8) % 12 + 1).unwrap_or(1)
    }
}

impl Day {
    /// The day of a civil date; the caller knows that the date exists.
    pub fn from_civil(year: i32, month: u32, day: u32) -> Self {
        // Days from a civil date by counting from 1 March, so that leap days come last.
        let month = i32::try_from(month).unwrap_or(1);
        let day = i32::try_from(day).unwrap_or(1);
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month (1 to 12) and day of the month.
    pub fn to_civil(self) -> (i32, u32, u32) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_index = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_index + 2) / 5 + 1;
        let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        (year, month.unsigned_abs(), day.unsigned_abs())
    }

    /// The day so many days later.
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.to_civil();
        f.pad(&format!("{year:04}-{month:02}-{day:02}"))
    }
}

impl FromStr for Day {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let fault = || PeriodError::NotADay(text.to_owned());
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return Err(fault());
        }
        let number = |from: usize, to: usize| {
            let part = text.get(from..to).filter(|it| it.bytes().all(|b| b.is_ascii_digit()));
            part.and_then(|it| it.parse::<u32>().ok()).ok_or_else(fault)
        };
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let year = i32::try_from(year).map_err(|_| fault())?;
        let found = Self::from_civil(year, month, day);
        if !(1..=12).contains(&month) || found.to_civil() != (year, month, day) {
            return Err(fault());
        }
        Ok(found)
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-{:02}", self.start_year, (self.start_year + 1).rem_euclid(100)))
    }
}

impl FromStr for FinancialYear {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let fault = || PeriodError::NotAYear(text.to_owned());
        let (start, _) = text.split_once('-').ok_or_else(fault)?;
        let year = Self { start_year: start.parse().map_err(|_| fault())? };
        if year.to_string() == text { Ok(year) } else { Err(fault()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn periods_of_a_financial_year() {
        let year: FinancialYear = "2023-24".parse().expect("a year");
        assert_eq!(year.first_day().to_string(), "2023-04-01");
        assert_eq!(year.period_end(1).to_string(), "2023-04-30");
        assert_eq!(year.period_end(9).to_string(), "2023-12-31");
        assert_eq!(year.period_end(11).to_string(), "2024-02-29");
        assert_eq!(year.period_end(12), year.last_day());
        assert_eq!(year.period_of("2024-03-31".parse().expect("a day")), 12);
        assert_eq!(year.period_of("2023-04-01".parse().expect("a day")), 1);
        assert!("2023-25".parse::<FinancialYear>().is_err());
        assert!("2023-02-29".parse::<Day>().is_err());
    }

    proptest! {
        #[test]
        fn civil_dates_round_trip(days in -200_000_i32..200_000) {
            let (year, month, day) = Day(days).to_civil();
            prop_assert_eq!(Day::from_civil(year, month, day), Day(days));
        }
    }
}
