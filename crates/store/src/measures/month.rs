//! Calendar months, as `2025-04`.

use std::fmt;
use std::str::FromStr;

use domain::Day;

use crate::row::Unknown;

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// The month of a day.
    pub fn of(day: Day) -> Self {
        let (year, month, _) = day.to_civil();
        Self { year, month }
    }

    /// So many months later; earlier where it is below zero.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        let all = self.year * 12 + i32::try_from(self.month).unwrap_or(1) - 1 + months;
        let month = u32::try_from(all.rem_euclid(12)).unwrap_or(0) + 1;
        Self { year: all.div_euclid(12), month }
    }
}

impl FromStr for Month {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        let unknown = || Unknown(text.to_owned());
        let is_shaped = text.len() == 7
            && text.bytes().enumerate().all(
                |(at, it)| {
                    if at == 4 { it == b'-' } else { it.is_ascii_digit() }
                },
            );
        if !is_shaped {
            return Err(unknown());
        }
        let year: i32 = text[..4].parse().map_err(|_| unknown())?;
        let month: u32 = text[5..].parse().map_err(|_| unknown())?;
        if (1900..=2200).contains(&year) && (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(unknown())
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_count_across_years() {
        let month = |text: &str| text.parse::<Month>().expect("a month");
        assert_eq!(month("2025-11").plus(3), month("2026-02"));
        assert_eq!(month("2025-02").plus(-3), month("2024-11"));
        assert_eq!(Month::of("2026-06-11".parse().expect("a day")), month("2026-06"));
        for wrong in ["", "2025", "2025-13", "2025-00", "Apr-25", "2025-4", "2025-04-01", "25é-04"]
        {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }
}
