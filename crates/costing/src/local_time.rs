//! The local calendar (Europe/London) as a table of midnights, so that a day is a range of instants.

use domain::{Day, Seconds};
use jiff::{civil, tz::TimeZone};

/// Instants of 00:00 local time: held for each day of the span that matters, worked out for others.
#[derive(Clone, Debug)]
pub struct Midnights {
    zone: TimeZone,
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
        Self { zone, first, starts }
    }

    /// The instant at which a day begins.
    pub fn start_of(&self, day: Day) -> Seconds {
        let index = usize::try_from(i64::from(day.0) - i64::from(self.first.0)).ok();
        let held = index.and_then(|it| self.starts.get(it)).copied();
        held.unwrap_or_else(|| midnight(&self.zone, day))
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
        let days = i32::try_from(days).unwrap_or(i32::MAX / 2); // number: no overflow
        self.start_of(self.day_of(instant).plus(days + 1)) - 1
    }

    /// The first second of the day `days` before the day of an instant.
    pub fn first_second_before(&self, instant: Seconds, days: i64) -> Seconds {
        let days = i32::try_from(days).unwrap_or(i32::MAX / 2); // number: no overflow
        self.start_of(self.day_of(instant).plus(-days))
    }
}

/// A day that no calendar reaches has 24 hours.
fn midnight(zone: &TimeZone, day: Day) -> Seconds {
    let (year, month, date) = day.to_civil();
    let civil = i16::try_from(year).ok().and_then(|year| {
        civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(date).ok()?).ok()
    });
    let zoned = civil.and_then(|it| it.to_zoned(zone.clone()).ok());
    zoned.map_or(i64::from(day.0) * DAY_SECONDS, |it| it.timestamp().as_second())
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

    #[test]
    fn summers_of_other_decades_have_their_own_midnight() {
        // A stay that began in July 1998: 00:00 in London was 23:00 UTC of the day before.
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let midnights = Midnights::around(day("2025-04-01"), day("2026-03-31"));
        let july = day("1998-07-10");
        assert_eq!(midnights.start_of(july), i64::from(july.0) * DAY_SECONDS - 3600);
        assert_eq!(midnights.day_of(midnights.start_of(july)), july);
        assert_eq!(midnights.day_of(midnights.start_of(july) - 1), july.plus(-1));
        assert_eq!(
            midnights.first_second_before(midnights.start_of(july), 1),
            midnights.start_of(july.plus(-1))
        );
    }

    #[test]
    fn days_beyond_every_calendar_do_not_stop_the_run() {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let midnights = Midnights::around(day("2025-04-01"), day("2026-03-31"));
        assert_eq!(midnights.start_of(Day(10_000_000)), 10_000_000 * DAY_SECONDS);
    }
}
