//! The guard against false savings: a cost that falls while a measure of quality worsens.

use jiff::Span;
use jiff::civil::Date;

use super::settings::BenefitSettings;
use crate::listed::listed;
use crate::rounding::rounded;

listed! {
    /// How a value of a measure is made.
    Form {
        /// So many of so many, in percent.
        Proportion = "proportion", "Proportion";
        /// The mean of so many.
        Mean = "mean", "Mean";
        /// How many in a month.
        Count = "count", "Count";
        /// How many at the end of a month.
        Level = "level", "Level";
        /// So many for each thousand.
        Rate = "rate", "Rate";
    }
}

listed! {
    /// Which way is good.
    Good {
        /// More.
        Up = "up", "More is better";
        /// Less.
        Down = "down", "Less is better";
        /// Neither: then it guards nothing.
        Neither = "neither", "Neither";
    }
}

/// One month of a measure, in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The first day of the month.
    pub month: Date,
    /// The count, the mean, or how many of those it is of.
    pub value_e4: i64,
    /// Of how many, where the form has it.
    pub of_e4: Option<i64>,
}

/// A measure that a cost benefit is paired with: the months of it by month, and the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// How its values are made.
    pub form: Form,
    /// Which way is good.
    pub good: Good,
    /// Beyond this it is worse than agreed, in ten-thousandths of percent, of each thousand, or of
    /// its unit.
    pub limit_e4: i64,
    /// Its months in order.
    pub readings: Vec<Reading>,
}

/// What the paired measure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Where it stood in the year before the benefit began.
    pub before_e4: i64,
    /// Where it stands now.
    pub now_e4: i64,
    /// The last month of what stands now.
    pub month: Date,
    /// Whether it is worse than before, and beyond its limit.
    pub is_worse: bool,
}

/// Months of a year.
const YEAR: i32 = 12;
/// Ten-thousandths of one.
const ONE: i128 = 10_000;

impl Pair {
    /// Where the measure stood in the year before a day; none where it has no value then.
    pub fn before(&self, from: Date) -> Option<i64> {
        let begin = months_later(from, -YEAR);
        let year = self.readings.iter().filter(|it| it.month >= begin && it.month < month(from));
        drawn(self.form, &year.copied().collect::<Vec<_>>())
    }

    /// What the latest months since a day say; none where there are no values before or since.
    pub fn look(&self, from: Date, settings: &BenefitSettings) -> Option<Looked> {
        let before_e4 = self.before(from)?;
        let last = self.readings.last().filter(|it| it.month >= month(from))?.month;
        let months = i32::try_from(settings.guard_months.value).unwrap_or(1).max(1);
        let begin = months_later(last, 1 - months).max(month(from));
        let now = self.readings.iter().filter(|it| it.month >= begin);
        let now_e4 = drawn(self.form, &now.copied().collect::<Vec<_>>())?;
        let is_worse = self.is_worse(now_e4, before_e4) && self.is_worse(now_e4, self.limit_e4);
        Some(Looked { before_e4, now_e4, month: last, is_worse })
    }

    /// Whether one value is worse than another.
    pub fn is_worse(&self, one: i64, other: i64) -> bool {
        match self.good {
            Good::Up => one < other,
            Good::Down => one > other,
            Good::Neither => false,
        }
    }

    /// Whether the limit is so far on the worse side of where the measure stood that it would catch
    /// nothing.
    pub fn limit_is_too_far(&self, before_e4: i64, settings: &BenefitSettings) -> bool {
        let far = (i128::from(self.limit_e4) - i128::from(before_e4)).abs() * 100;
        let most = i128::from(before_e4).abs() * i128::from(settings.limit_share.value);
        self.is_worse(self.limit_e4, before_e4) && far > most
    }
}

/// Several months as one figure: percent, for each thousand, or as it is. None of none.
pub fn drawn(form: Form, months: &[Reading]) -> Option<i64> {
    let last = months.last()?;
    let value = |it: &Reading| i128::from(it.value_e4);
    let of = |it: &Reading| i128::from(it.of_e4.unwrap_or(0));
    let whole: i128 = months.iter().map(of).sum();
    let parts: i128 = months.iter().map(value).sum();
    let count = i128::try_from(months.len()).ok()?;
    let found = match form {
        Form::Level => value(last),
        Form::Count => rounded(parts, count),
        Form::Proportion if whole > 0 => rounded(parts * 100 * ONE, whole),
        Form::Rate if whole > 0 => rounded(parts * 1_000 * ONE, whole),
        Form::Mean if whole > 0 => rounded(months.iter().map(|it| value(it) * of(it)).sum(), whole),
        Form::Proportion | Form::Rate | Form::Mean => return None,
    };
    i64::try_from(found).ok()
}

/// The first day of the month of a day.
pub fn month(day: Date) -> Date {
    day.first_of_month()
}

/// The first day of the month so many months later.
pub fn months_later(day: Date, months: i32) -> Date {
    let later = month(day).checked_add(Span::new().months(i64::from(months)));
    later.unwrap_or(if months < 0 { Date::MIN } else { Date::MAX })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn reading(month: &str, value: i64, of: i64) -> Reading {
        let of_e4 = (of > 0).then_some(of * 10_000);
        Reading { month: day(month), value_e4: value * 10_000, of_e4 }
    }

    /// Patients walking on the day of surgery: 158 of 195 before, 129 of 190 since.
    fn walking(limit: i64) -> Pair {
        Pair {
            form: Form::Proportion,
            good: Good::Up,
            limit_e4: limit * 10_000,
            readings: vec![
                reading("2025-03-01", 10, 190),
                reading("2025-04-01", 78, 95),
                reading("2026-03-01", 80, 100),
                reading("2026-04-01", 60, 90),
                reading("2026-05-01", 69, 100),
            ],
        }
    }

    #[test]
    fn worse_is_beyond_the_limit_and_worse_than_before() {
        let settings = BenefitSettings::own();
        let from = day("2026-04-10");
        // 158 of 195 is 81.0256 percent, 129 of 190 is 67.8947; March 2025 is more than a year ago.
        let looked = walking(75).look(from, &settings).expect("there are values");
        assert_eq!((looked.before_e4, looked.now_e4), (810_256, 678_947));
        assert!(looked.is_worse && looked.month == day("2026-05-01"));
        assert!(!walking(65).look(from, &settings).expect("values").is_worse, "within its limit");
        // A limit above where it stood is passed only once it is worse than before.
        let better = Pair { good: Good::Down, ..walking(65) };
        assert!(!better.look(from, &settings).expect("values").is_worse, "less is better");
        assert_eq!(walking(75).look(day("2026-06-01"), &settings), None, "nothing since");
        assert_eq!(walking(75).look(day("2024-01-01"), &settings), None, "nothing before");
        // 81 less a quarter is 60.77.
        assert!(walking(60).limit_is_too_far(810_256, &settings));
        assert!(!walking(61).limit_is_too_far(810_256, &settings));
        assert!(!walking(100).limit_is_too_far(810_256, &settings), "stricter is no fault");
    }

    #[test]
    fn months_together_by_how_values_are_made() {
        let months = [reading("2026-04-01", 2, 100), reading("2026-05-01", 4, 300)];
        let all = |form| drawn(form, &months);
        // 6 of 400 is 1.5 percent or 15 for each thousand; the mean weighed is (200 + 1,200) / 400.
        assert_eq!(all(Form::Proportion), Some(15_000));
        assert_eq!(all(Form::Rate), Some(150_000));
        assert_eq!(all(Form::Mean), Some(35_000));
        assert_eq!((all(Form::Count), all(Form::Level)), (Some(30_000), Some(40_000)));
        assert_eq!(drawn(Form::Proportion, &[reading("2026-04-01", 2, 0)]), None);
        assert_eq!(drawn(Form::Level, &[]), None);
    }

    proptest! {
        /// A stricter limit never lets through what a laxer one catches.
        #[test]
        fn a_stricter_limit_catches_at_least_as_much(
            before in 1_i64..100, now in 0_i64..100, limit in 0_i64..100, stricter in 0_i64..50,
        ) {
            let settings = BenefitSettings::own();
            let look = |limit: i64| Pair {
                form: Form::Proportion,
                good: Good::Up,
                limit_e4: limit * 10_000,
                readings: vec![reading("2025-06-01", before, 100), reading("2026-05-01", now, 100)],
            }.look(day("2026-04-01"), &settings).expect("there are values").is_worse;
            prop_assert!(look(limit + stricter) >= look(limit));
            prop_assert!(now < before || !look(limit), "what is not worse is never caught");
        }
    }
}
