//! The local calendar (Europe/London) as a table of midnights, so that a day is a range of instants.

use domain::{Day, Seconds};
use jiff::{civil, tz::TimeZone};

/// Instants of 00:00 local time, one for each day of the span that matters.
#[derive(Clone, Debug)]
pub struct Midnights {
    first: Day,
    starts: Vec<Seconds>,
}

const ZONE: &str = "Europe/London";
const DAY_SECONDS: i64 = 86_400; // number: seconds in a day without a clock change

impl Midnights {
    /// The days from `first` to `last` and a year more on either side.
    pub fn around(first: Day, last: Day) -> Self {
        let zone = TimeZone::get(ZONE).expect("the time zone data is built in");
        let margin = 400; // number: more than a year, for windows and long stays
        let first = first.plus(-margin);
        let starts = (first.0..=last.plus(margin).0).map(|day| midnight(&zone, Day(day))).collect();
        Self { first, starts }
    }

    /// The instant at which a day begins. Days outside the span are taken as 24 hours each.
    pub fn start_of(&self, day: Day) -> Seconds {
        let index = i64::from(day.0) - i64::from(self.first.0);
        let last = i64::try_from(self.starts.len()).unwrap_or(i64::MAX) - 1;
        let inside = index.clamp(0, last);
        let start = self.starts[usize::try_from(inside).unwrap_or(0)];
        start + (index - inside) * DAY_SECONDS
    }

    /// The day in which an instant falls.
    pub fn day_of(&self, instant: Seconds) -> Day {
        let guess = Day(i32::try_from(instant.div_euclid(DAY_SECONDS)).unwrap_or(0));
        if instant < self.start_of(guess) {
            guess.plus(-1)
        } else if instant >= self.start_of(guess.plus(1)) {
            guess.plus(1)
        } else {
            guess
        }
    }

    /// The last second of the day `days` after the day of an instant.
    pub fn last_second_after(&self, instant: Seconds, days: i64) -> Seconds {
        let days = i32::try_from(days).unwrap_or(i32::MAX / 2);
        self.start_of(self.day_of(instant).plus(days + 1)) - 1
    }

    /// The first second of the day `days` before the day of an instant.
    pub fn first_second_before(&self, instant: Seconds, days: i64) -> Seconds {
        let days = i32::try_from(days).unwrap_or(i32::MAX / 2);
        self.start_of(self.day_of(instant).plus(-days))
    }
}

fn midnight(zone: &TimeZone, day: Day) -> Seconds {
    let (year, month, date) = day.to_civil();
    let civil = civil::date(
        i16::try_from(year).unwrap_or(i16::MAX),
        i8::try_from(month).unwrap_or(1),
        i8::try_from(date).unwrap_or(1),
    );
    let zoned = civil.to_zoned(zone.clone()).expect("every local day has a start");
    zoned.timestamp().as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_a_clock_change_have_23_and_25_hours() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let midnights = Midnights::around(day("2025-04-01"), day("2026-03-31"));
        let hours = |text: &str| {
            let day = day(text);
            (midnights.start_of(day.plus(1)) - midnights.start_of(day)) / 3600
        };
        assert_eq!((hours("2025-10-26"), hours("2026-03-29"), hours("2025-07-01")), (25, 23, 24));
        let noon = midnights.start_of(day("2025-10-26")) + 12 * 3600;
        assert_eq!(midnights.day_of(noon), day("2025-10-26"));
        assert_eq!(midnights.day_of(midnights.start_of(day("2025-07-01")) - 1), day("2025-06-30"));
    }
}
