//! Brings shifted dates into the year: each patient's stays move by whole weeks, in their order.

use domain::{Day, FinancialYear, Seconds};
use hashbrown::HashMap;

use super::row::Row;
use crate::cells::local_time::{DAY_SECONDS, LocalTime};

const WEEK_SECONDS: i64 = 7 * DAY_SECONDS;

/// A piece of a patient's time that moves as one; local seconds, both ends inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    from: Seconds,
    to: Seconds,
    weeks: i64,
}

/// What was found of one patient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moves {
    pieces: Vec<Piece>,
    /// Days of reach that were given up so that all fits.
    pub(crate) shortened: i64,
    /// The same pieces with the whole reach, to know what was left behind for want of room.
    full: Vec<(Seconds, Seconds)>,
    /// Whether not even the stays alone fit.
    pub(crate) hopeless: bool,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// It moved.
    Yes,
    /// It is far from every event and stays where it is.
    Left,
    /// It would have moved, had its patient's events left room.
    LeftForRoom,
}

/// How the dates of all patients move.
#[derive(Debug, Default)]
pub(crate) struct Shifts {
    patients: HashMap<u32, Moves>,
}

impl Shifts {
    /// Finds the moves of a patient from the local times of the events.
    pub(crate) fn add(
        &mut self,
        patient: u32,
        events: &mut [(Seconds, Seconds)],
        year: FinancialYear,
        reach_days: i64,
    ) {
        self.patients.insert(patient, moves(events, year, reach_days));
    }

    /// Patients whose reach was shortened, and patients of whom nothing moves.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let count = |chosen: &dyn Fn(&Moves) -> bool| {
            u64::try_from(self.patients.values().filter(|it| chosen(it)).count()).unwrap_or(0)
        };
        (count(&|it| it.shortened > 0 && !it.hopeless), count(&|it| it.hopeless))
    }

    /// Moves the dates of a row.
    pub(crate) fn apply(&self, row: &mut Row, time: &mut LocalTime) -> Moved {
        let Some(moves) = self.patients.get(&row.patient) else { return Moved::Left };
        let start = local(row.start, time);
        let inside = |from: i64, to: i64| from <= start && start <= to;
        let Some(piece) = moves.pieces.iter().find(|it| inside(it.from, it.to)) else {
            let wanted = moves.full.iter().any(|(from, to)| inside(*from, *to));
            return if wanted { Moved::LeftForRoom } else { Moved::Left };
        };
        let shift = piece.weeks * WEEK_SECONDS;
        row.start = moved(row.start, shift, time);
        // A night of a clock change can shorten a stay, but never turn it round.
        row.end = row.end.map(|it| moved(it, shift, time).max(row.start));
        for moment in [&mut row.ready, &mut row.spell_start, &mut row.spell_end] {
            *moment = moment.map(|it| moved(it, shift, time));
        }
        Moved::Yes
    }
}

/// An instant so many local seconds before another.
fn moved(utc: Seconds, shift: i64, time: &mut LocalTime) -> Seconds {
    let local = local(utc, time) - shift;
    let day = Day(i32::try_from(local.div_euclid(DAY_SECONDS)).unwrap_or(0));
    time.instant(day, local.rem_euclid(DAY_SECONDS)).utc
}

/// Seconds of the local clock since the start of 1970.
pub(crate) fn local(utc: Seconds, time: &mut LocalTime) -> Seconds {
    let (day, second) = time.civil(utc);
    i64::from(day.0) * DAY_SECONDS + second
}

fn moves(events: &mut [(Seconds, Seconds)], year: FinancialYear, reach_days: i64) -> Moves {
    let stays = stays(events);
    let full = neighbourhoods(&stays, reach_days);
    for reach in (0..=reach_days).rev() {
        if let Some(pieces) = placed(&stays, &neighbourhoods(&stays, reach), year) {
            return Moves { pieces, shortened: reach_days - reach, full, hopeless: false };
        }
    }
    Moves { pieces: Vec::new(), shortened: reach_days, full, hopeless: true }
}

/// Events in the order of time; those that overlap or touch are one stay.
fn stays(events: &mut [(Seconds, Seconds)]) -> Vec<(Seconds, Seconds)> {
    events.sort_unstable();
    let mut stays: Vec<(Seconds, Seconds)> = Vec::new();
    for (start, end) in events.iter().copied() {
        match stays.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => stays.push((start, end)),
        }
    }
    stays
}

/// Stays with so many days before and after, cut midway between neighbours.
fn neighbourhoods(stays: &[(Seconds, Seconds)], reach_days: i64) -> Vec<(Seconds, Seconds)> {
    let reach = reach_days * DAY_SECONDS;
    let midnight = |local: i64| local.div_euclid(DAY_SECONDS) * DAY_SECONDS;
    (0..stays.len())
        .map(|index| {
            let (start, end) = stays[index];
            let mut from = midnight(start) - reach;
            let mut to = midnight(end) + DAY_SECONDS - 1 + reach;
            if let Some(before) = index.checked_sub(1).map(|it| stays[it]) {
                from = from.max(midway(before.1, start));
            }
            if let Some(after) = stays.get(index + 1) {
                to = to.min(midway(end, after.0) - 1);
            }
            (from, to)
        })
        .collect()
}

/// The first second that is nearer to what comes after.
fn midway(end: Seconds, start: Seconds) -> Seconds {
    (end + start + 1).div_euclid(2)
}

/// The pieces in the year, the first as near as possible to its own time of year; nothing if they
/// do not fit.
fn placed(
    stays: &[(Seconds, Seconds)],
    pieces: &[(Seconds, Seconds)],
    year: FinancialYear,
) -> Option<Vec<Piece>> {
    let (first, stay) = (pieces.first()?, stays.first()?);
    let year_start = i64::from(year.first_day().0) * DAY_SECONDS;
    let year_end = i64::from(year.last_day().plus(1).0) * DAY_SECONDS;
    // Between two pieces whole weeks are left out, so each gap keeps less than a week.
    let mut left_out = vec![0];
    for pair in pieces.windows(2) {
        let gap = pair[1].0 - pair[0].1 - 1;
        left_out.push(left_out[left_out.len() - 1] + gap.div_euclid(WEEK_SECONDS));
    }
    let last = pieces.last()?.1 - left_out[left_out.len() - 1] * WEEK_SECONDS;
    // Weeks w with first.from − w ≥ year start and last − w < year end.
    let latest = (first.0 - year_start).div_euclid(WEEK_SECONDS);
    let fewest = (last - year_end).div_euclid(WEEK_SECONDS) + 1;
    if fewest > latest {
        return None;
    }
    let wanted = stay.0 - same_time_of_year(stay.0, year);
    let nearest = (wanted + WEEK_SECONDS / 2).div_euclid(WEEK_SECONDS).clamp(fewest, latest);
    let piece = |((from, to), out): (&(i64, i64), &i64)| Piece {
        from: *from,
        to: *to,
        weeks: nearest + out,
    };
    Some(pieces.iter().zip(&left_out).map(piece).collect())
}

/// The same day and month in the year, 1 March for a leap day that the year has not.
fn same_time_of_year(local: Seconds, year: FinancialYear) -> Seconds {
    let day = Day(i32::try_from(local.div_euclid(DAY_SECONDS)).unwrap_or(0));
    let (_, month, date) = day.to_civil();
    let (start_year, _, _) = year.first_day().to_civil();
    let civil_year = if month >= 4 { start_year } else { start_year + 1 };
    let same = Day::from_civil(civil_year, month, date);
    i64::from(same.0) * DAY_SECONDS + local.rem_euclid(DAY_SECONDS)
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn seconds(text: &str) -> Seconds {
        let (day, hour) = text.split_once('T').expect("a day and an hour");
        let day: Day = day.parse().expect("a day");
        i64::from(day.0) * DAY_SECONDS + hour.parse::<i64>().expect("an hour") * 3600
    }

    fn show(local: Seconds) -> String {
        let day = Day(i32::try_from(local.div_euclid(DAY_SECONDS)).expect("a day"));
        format!("{day}T{:02}", local.rem_euclid(DAY_SECONDS) / 3600)
    }

    #[track_caller]
    fn check(events: &[(&str, &str)], reach: i64, expected: &Expect) {
        let mut events: Vec<(i64, i64)> =
            events.iter().map(|it| (seconds(it.0), seconds(it.1))).collect();
        let found = moves(&mut events, FinancialYear::beginning(2025), reach);
        let mut lines: Vec<String> = found
            .pieces
            .iter()
            .map(|it| {
                let shift = it.weeks * WEEK_SECONDS;
                format!("{}..{} to {}", show(it.from), show(it.to), show(it.from - shift))
            })
            .collect();
        lines.push(format!("shortened by {}, hopeless {}", found.shortened, found.hopeless));
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn one_stay_goes_to_its_own_time_of_year() {
        // 10 May 2110 is a Saturday; the nearest Saturday to 10 May 2025 is that day itself.
        check(
            &[("2110-05-10T10", "2110-05-12T12")],
            30,
            &expect![[r#"
            2110-04-10T00..2110-06-11T23 to 2025-04-10T00
            shortened by 0, hopeless false"#]],
        );
    }

    #[test]
    fn two_stays_keep_their_order_and_lose_the_weeks_between() {
        check(
            &[("2110-05-10T10", "2110-05-12T12"), ("2112-05-10T10", "2112-05-12T12")],
            30,
            &expect![[r#"
                2110-04-10T00..2110-06-11T23 to 2025-04-10T00
                2112-04-10T00..2112-06-11T23 to 2025-06-15T00
                shortened by 0, hopeless false"#]],
        );
    }

    #[test]
    fn near_stays_are_cut_midway() {
        check(
            &[("2110-05-10T10", "2110-05-12T12"), ("2110-05-16T12", "2110-05-17T12")],
            30,
            &expect![[r#"
                2110-04-10T00..2110-05-14T11 to 2025-04-10T00
                2110-05-14T12..2110-06-16T23 to 2025-05-14T12
                shortened by 0, hopeless false"#]],
        );
    }

    #[test]
    fn reach_is_given_up_before_events_are() {
        let many: Vec<(String, String)> = (0..10)
            .map(|it| (format!("{}-05-10T10", 2110 + it), format!("{}-05-12T12", 2110 + it)))
            .collect();
        let many: Vec<(&str, &str)> =
            many.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        check(
            &many,
            30,
            &expect![[r#"
            2110-04-24T00..2110-05-28T23 to 2025-04-03T00
            2111-04-24T00..2111-05-28T23 to 2025-05-09T00
            2112-04-24T00..2112-05-28T23 to 2025-06-15T00
            2113-04-24T00..2113-05-28T23 to 2025-07-21T00
            2114-04-24T00..2114-05-28T23 to 2025-08-26T00
            2115-04-24T00..2115-05-28T23 to 2025-10-01T00
            2116-04-24T00..2116-05-28T23 to 2025-11-07T00
            2117-04-24T00..2117-05-28T23 to 2025-12-13T00
            2118-04-24T00..2118-05-28T23 to 2026-01-18T00
            2119-04-24T00..2119-05-28T23 to 2026-02-23T00
            shortened by 14, hopeless false"#]],
        );
        check(
            &[("2110-05-10T10", "2112-05-12T12")],
            30,
            &expect!["shortened by 30, hopeless true"],
        );
    }

    proptest! {
        /// Pieces lie in the year, keep their order and their weekday, and hold every stay.
        #[test]
        fn pieces_keep_order_inside_the_year(
            starts in prop::collection::vec((0_i64..1_000_000, 0_i64..200), 1..6),
            reach in 0_i64..40,
        ) {
            let mut events: Vec<(i64, i64)> = starts
                .iter()
                .map(|(hour, length)| (4_000_000_000 + hour * 3600, 4_000_000_000 + (hour + length) * 3600))
                .collect();
            let year = FinancialYear::beginning(2025);
            let found = moves(&mut events.clone(), year, reach);
            prop_assume!(!found.hopeless);
            let year_start = i64::from(year.first_day().0) * DAY_SECONDS;
            let year_end = i64::from(year.last_day().0 + 1) * DAY_SECONDS;
            let mut before = year_start - 1;
            for it in &found.pieces {
                let shift = it.weeks * WEEK_SECONDS;
                prop_assert!(it.from <= it.to && it.from - shift > before);
                before = it.to - shift;
            }
            prop_assert!(before < year_end);
            for (start, end) in stays(&mut events) {
                prop_assert!(found.pieces.iter().any(|it| it.from <= start && end <= it.to));
            }
        }
    }
}
