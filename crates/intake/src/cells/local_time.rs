//! Local time (Europe/London) and the instants that it means.

use domain::{Day, Seconds};
use hashbrown::HashMap;
use jiff::civil::{self, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

pub(crate) const DAY_SECONDS: i64 = 86_400;
/// A skipped time in March becomes 02:00.
const AFTER_SKIPPED_SECONDS: i64 = 2 * 3600;

/// How often the clocks show a local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Showing {
    /// Once, as almost always.
    Once,
    /// Not at all: the night in March when an hour is left out.
    Skipped,
    /// Twice: the night in October. Holds the second instant.
    Twice(Seconds),
}

/// The instant of a local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instant {
    /// The instant; of two, the first.
    pub(crate) utc: Seconds,
    /// How often the clocks show it.
    pub(crate) showing: Showing,
}

/// Turns local times into instants, remembering the days that it has met.
#[derive(Debug)]
pub(crate) struct LocalTime {
    zone: TimeZone,
    days: HashMap<Day, LocalDay>,
}

#[derive(Clone, Copy, Debug)]
struct LocalDay {
    midnight: Seconds,
    /// No clock change: every second of the day is midnight and so much more.
    plain: bool,
}

impl LocalTime {
    /// With the time zone data that is built in, whatever the machine has.
    pub(crate) fn new() -> Self {
        let zone = TimeZoneDatabase::bundled().get("Europe/London");
        Self { zone: zone.expect("the time zone data is built in"), days: HashMap::new() }
    }

    /// The instant of a second of a local day.
    ///
    /// # Source
    ///
    /// Costing semantics, section 5: a skipped time becomes 02:00, a repeated one is the first
    /// showing.
    pub(crate) fn instant(&mut self, day: Day, second: i64) -> Instant {
        let local = self.day(day);
        if local.plain || second == 0 {
            return Instant { utc: local.midnight + second, showing: Showing::Once };
        }
        match self.zone.to_ambiguous_timestamp(civil_of(day, second)).offset() {
            AmbiguousOffset::Unambiguous { offset } => Instant {
                utc: i64::from(day.0) * DAY_SECONDS + second - i64::from(offset.seconds()),
                showing: Showing::Once,
            },
            AmbiguousOffset::Gap { .. } => {
                let after = self.instant(day, AFTER_SKIPPED_SECONDS).utc;
                Instant { utc: after, showing: Showing::Skipped }
            }
            AmbiguousOffset::Fold { before, after } => {
                let naive = i64::from(day.0) * DAY_SECONDS + second;
                let second = naive - i64::from(after.seconds());
                Instant {
                    utc: naive - i64::from(before.seconds()),
                    showing: Showing::Twice(second),
                }
            }
        }
    }

    /// The instant at which a local day begins.
    pub(crate) fn midnight(&mut self, day: Day) -> Seconds {
        self.day(day).midnight
    }

    /// The local day of an instant, and the second in it as the clock shows it.
    pub(crate) fn civil(&mut self, utc: Seconds) -> (Day, i64) {
        let guess = Day(i32::try_from(utc.div_euclid(DAY_SECONDS)).unwrap_or(i32::MAX));
        let offset = jiff::Timestamp::from_second(utc)
            .map_or(0, |it| i64::from(self.zone.to_offset(it).seconds()));
        let shown = utc + offset;
        let day = Day(i32::try_from(shown.div_euclid(DAY_SECONDS)).unwrap_or(guess.0));
        (day, shown.rem_euclid(DAY_SECONDS))
    }

    fn day(&mut self, day: Day) -> LocalDay {
        if let Some(known) = self.days.get(&day) {
            return *known;
        }
        let midnight = first_instant(&self.zone, day);
        let length = first_instant(&self.zone, day.plus(1)) - midnight;
        let found = LocalDay { midnight, plain: length == DAY_SECONDS };
        self.days.insert(day, found);
        found
    }
}

fn first_instant(zone: &TimeZone, day: Day) -> Seconds {
    let naive = i64::from(day.0) * DAY_SECONDS;
    let offset = match zone.to_ambiguous_timestamp(civil_of(day, 0)).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
    };
    naive - i64::from(offset.seconds())
}

fn civil_of(day: Day, second: i64) -> DateTime {
    let (year, month, date) = day.to_civil();
    let part = |value: i64| i8::try_from(value).unwrap_or(0);
    civil::datetime(
        i16::try_from(year).unwrap_or(i16::MAX).clamp(1, 9998),
        i8::try_from(month).unwrap_or(1),
        i8::try_from(date).unwrap_or(1),
        part(second / 3600),
        part(second / 60 % 60),
        part(second % 60),
        0,
    )
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(day: &str, hour: i64, minute: i64, expected: &Expect) {
        let mut time = LocalTime::new();
        let day: Day = day.parse().expect("a day");
        let instant = time.instant(day, hour * 3600 + minute * 60);
        let show =
            |utc: Seconds| jiff::Timestamp::from_second(utc).expect("an instant").to_string();
        let shown = match instant.showing {
            Showing::Once => show(instant.utc),
            Showing::Skipped => format!("{} skipped", show(instant.utc)),
            Showing::Twice(second) => format!("{} or {}", show(instant.utc), show(second)),
        };
        expected.assert_eq(&shown);
        let (found, second) = time.civil(instant.utc);
        if instant.showing != Showing::Skipped {
            assert_eq!((found, second), (day, hour * 3600 + minute * 60));
        }
    }

    #[test]
    fn ordinary_days() {
        check("2025-01-10", 8, 30, &expect!["2025-01-10T08:30:00Z"]);
        check("2025-07-10", 8, 30, &expect!["2025-07-10T07:30:00Z"]);
    }

    #[test]
    fn the_night_of_march_has_no_half_past_one() {
        check("2025-03-30", 1, 30, &expect!["2025-03-30T01:00:00Z skipped"]);
        check("2025-03-30", 2, 0, &expect!["2025-03-30T01:00:00Z"]);
        check("2025-03-30", 0, 30, &expect!["2025-03-30T00:30:00Z"]);
    }

    #[test]
    fn the_night_of_october_has_two() {
        check("2025-10-26", 1, 30, &expect!["2025-10-26T00:30:00Z or 2025-10-26T01:30:00Z"]);
        check("2025-10-26", 2, 30, &expect!["2025-10-26T02:30:00Z"]);
    }
}
