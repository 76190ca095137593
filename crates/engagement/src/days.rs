//! Days so many months or days later or earlier, at the end of a shorter month where there is no such
//! day.

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

/// The day so many days earlier.
pub(crate) fn days_earlier(day: Date, days: u32) -> Date {
    let span = Span::new().days(i64::from(days.min(DAYS_MAX)));
    day.checked_sub(span).unwrap_or(Date::MIN)
}

/// More than this is the end of the calendar, or its beginning.
const MONTHS_MAX: u32 = 100_000;
const DAYS_MAX: u32 = 1_000_000;

fn later(day: Date, span: Span) -> Date {
    day.checked_add(span).unwrap_or(Date::MAX)
}
