//! Days so many months or days later, at the end of a shorter month where there is no such day.

use jiff::Span;
use jiff::civil::Date;

/// The day so many months later.
pub(crate) fn months_later(day: Date, months: u32) -> Date {
    later(day, Span::new().months(i64::from(months.min(MONTHS_MAX))))
}

/// The day so many days later.
pub(crate) fn days_later(day: Date, days: u32) -> Date {
    later(day, Span::new().days(i64::from(days.min(DAYS_MAX))))
}

/// More than this is the end of the calendar.
const MONTHS_MAX: u32 = 100_000;
const DAYS_MAX: u32 = 1_000_000;

fn later(day: Date, span: Span) -> Date {
    day.checked_add(span).unwrap_or(Date::MAX)
}

/// Reads a day such as 2013-11-22 from data.
pub(crate) fn read_day<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(from)?;
    let wrong = |_| serde::de::Error::custom(format!("`{text}` is not a day such as 2013-11-22"));
    text.parse().map_err(wrong)
}
