//! The days of a time line in England: its columns, and where a moment stands in them.

use charts::{Column, Moment};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// A stay of more days is drawn by week.
const MOST_DAYS: i32 = 14;
/// A stay of more weeks is drawn by four weeks.
const MOST_WEEKS: i32 = 16;

/// The columns of one time line.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    zone: TimeZone,
    first: Date,
    /// Days in a column.
    step: i32,
    count: usize,
    /// Whether there is a column for what was before, and one for what was after.
    before: bool,
    after: bool,
}

impl Calendar {
    /// Columns for the time from one instant to another, half-open, with one more on either side
    /// where one of the moments lies outside.
    pub(super) fn of((from_s, to_s): (i64, i64), moments: &[i64]) -> Self {
        let zone = TimeZone::get("Europe/London").expect("time zones are bundled");
        let mut first = day(&zone, from_s);
        let last = day(&zone, to_s.saturating_sub(1).max(from_s));
        let days = days_between(first, last) + 1;
        let step = if days <= MOST_DAYS {
            1
        } else if days <= 7 * MOST_WEEKS {
            7
        } else {
            28
        };
        if step > 1 {
            let back = i64::from(first.weekday().since(Weekday::Monday));
            first = first.checked_sub(back.days()).unwrap_or(first);
        }
        let count = (days_between(first, last) / step + 1).max(1);
        let count = usize::try_from(count).unwrap_or(1);
        let mut calendar = Self { zone, first, step, count, before: false, after: false };
        let number = |it: &i64| calendar.number(*it);
        let before = moments.iter().any(|it| number(it).is_err_and(|it| it < 0));
        let after = moments.iter().any(|it| number(it).is_err_and(|it| it > 0));
        (calendar.before, calendar.after) = (before, after);
        calendar
    }

    /// What a column is.
    pub(super) const fn unit(&self) -> &'static str {
        match self.step {
            1 => "day",
            7 => "week",
            _ => "four-week period",
        }
    }

    pub(super) fn columns(&self) -> Vec<Column> {
        let outside = |name: &str| Column {
            name: name.to_owned(),
            short: name.to_owned(),
            is_weekend: false,
        };
        let mut columns = Vec::new();
        if self.before {
            columns.push(outside("Before"));
        }
        let mut month = 0;
        for index in 0..self.count {
            let date = self.start(index);
            let name = match (self.step, date.month() == month) {
                (1, true) => date.strftime("%a %-d"),
                (1, false) => date.strftime("%a %-d %b"),
                (_, true) => date.strftime("%-d"),
                (_, false) => date.strftime("%-d %b"),
            };
            let letter: String = date.strftime("%a").to_string().chars().take(1).collect();
            let short =
                if self.step == 1 { format!("{letter}{}", date.day()) } else { name.to_string() };
            let is_weekend =
                self.step == 1 && matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
            columns.push(Column { name: name.to_string(), short, is_weekend });
            month = date.month();
        }
        if self.after {
            columns.push(outside("After"));
        }
        columns
    }

    /// The end of the last day.
    pub(super) fn last_s(&self) -> i64 {
        seconds(&self.zone, self.start(self.count))
    }

    fn start(&self, index: usize) -> Date {
        let days = i64::try_from(index).unwrap_or(0) * i64::from(self.step);
        self.first.checked_add(days.days()).unwrap_or(self.first)
    }

    /// The number of a moment's column among the days; −1 or 1 where it lies before or behind them.
    fn number(&self, at_s: i64) -> Result<usize, i8> {
        let days = days_between(self.first, day(&self.zone, at_s));
        if days < 0 {
            return Err(-1);
        }
        let number = usize::try_from(days / self.step).unwrap_or(usize::MAX);
        if number < self.count { Ok(number) } else { Err(1) }
    }

    /// The column of what happened at a moment.
    pub(super) fn column(&self, at_s: i64) -> usize {
        let first = usize::from(self.before);
        match self.number(at_s) {
            Ok(number) => first + number,
            Err(-1) => 0,
            Err(_) => first + self.count,
        }
    }

    /// Where a moment is; one outside the days is at their edge.
    pub(super) fn moment(&self, at_s: i64) -> Moment {
        let first = usize::from(self.before);
        match self.number(at_s) {
            Ok(number) => {
                let start = seconds(&self.zone, self.start(number));
                let length = (seconds(&self.zone, self.start(number + 1)) - start).max(1);
                let thousandths = (at_s - start) * 1_000 / length;
                let thousandths = u16::try_from(thousandths.clamp(0, 1_000)).unwrap_or(0);
                Moment { column: first + number, thousandths }
            }
            Err(-1) => Moment { column: first, thousandths: 0 },
            Err(_) => Moment { column: first + self.count - 1, thousandths: 1_000 },
        }
    }

    /// Where something is marked: in the middle of its column, if only its day is known or it lies
    /// outside the days.
    pub(super) fn place(&self, at_s: i64, is_day: bool) -> Moment {
        match self.number(at_s) {
            Ok(_) if !is_day => self.moment(at_s),
            _ => Moment { column: self.column(at_s), thousandths: 500 },
        }
    }
}

/// `3 Nov, 07:10`, or the day alone.
pub(super) fn short(at_s: i64, is_day: bool) -> String {
    in_england(at_s, if is_day { "%-d %b %Y" } else { "%-d %b %Y, %H:%M" })
}

/// `Friday 15:10`.
pub(super) fn weekday(at_s: i64) -> String {
    in_england(at_s, "%A %H:%M")
}

/// The day of a moment, to tell days apart.
pub(super) fn date(at_s: i64) -> String {
    in_england(at_s, "%Y-%m-%d")
}

fn in_england(at_s: i64, format: &str) -> String {
    let zone = TimeZone::get("Europe/London").expect("time zones are bundled");
    instant(at_s).to_zoned(zone).strftime(format).to_string()
}

/// What lies beyond the calendar is at its beginning.
fn instant(at_s: i64) -> Timestamp {
    Timestamp::from_second(at_s).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn day(zone: &TimeZone, at_s: i64) -> Date {
    instant(at_s).to_zoned(zone.clone()).date()
}

fn seconds(zone: &TimeZone, date: Date) -> i64 {
    date.to_zoned(zone.clone()).map_or(0, |it| it.timestamp().as_second())
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |it| it.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().expect("an instant").as_second()
    }

    fn names(calendar: &Calendar) -> String {
        let shown = |it: Column| it.name + if it.is_weekend { "*" } else { "" };
        calendar.columns().into_iter().map(shown).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn days_are_those_of_england_and_weekends_are_marked() {
        // 29 March 2026 has 23 hours: at 12:00 in summer time 11 of them are over.
        let (from, to) = (at("2026-03-27T10:00:00Z"), at("2026-03-30T22:59:00Z"));
        let calendar = Calendar::of((from, to), &[from, at("2026-03-20T00:00:00Z")]);
        assert_eq!(names(&calendar), "Before, Fri 27 Mar, Sat 28*, Sun 29*, Mon 30");
        let noon = calendar.moment(at("2026-03-29T11:00:00Z"));
        assert_eq!(noon, Moment { column: 3, thousandths: 478 });
        assert_eq!(calendar.column(at("2026-03-20T00:00:00Z")), 0);
        assert_eq!(calendar.moment(at("2026-03-20T00:00:00Z")).column, 1);
        // The last minute of a day in summer time is the next day's first hour elsewhere.
        assert_eq!(calendar.column(at("2026-03-29T22:59:00Z")), 3);
        assert_eq!(calendar.column(at("2026-03-29T23:00:00Z")), 4);
        assert_eq!(calendar.unit(), "day");
    }

    #[test]
    fn long_stays_are_by_week_and_longer_ones_by_four() {
        // Wednesday 1 October 2025: the week begins on Monday 29 September.
        let from = at("2025-10-01T10:00:00Z");
        let weeks = Calendar::of((from, at("2025-10-16T10:00:00Z")), &[]);
        assert_eq!((names(&weeks).as_str(), weeks.unit()), ("29 Sep, 6 Oct, 13", "week"));
        let longer = Calendar::of((from, at("2026-03-01T10:00:00Z")), &[]);
        assert_eq!((longer.columns().len(), longer.unit()), (6, "four-week period"));
        // An event of no length has one day, and nothing lies outside it.
        assert_eq!(names(&Calendar::of((from, from), &[from])), "Wed 1 Oct");
    }
}
