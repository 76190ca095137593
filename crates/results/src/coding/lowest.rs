//! How often emergencies lie in the lowest group of their condition, over the year.

use domain::Day;

use super::definitions::Definitions;
use super::{Known, Stay};
use crate::outcomes::Calendar;

/// Emergencies that ended in a stretch of days, in groups that are split by other conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LowestGroup {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// How many are in the lowest group of their condition.
    pub lowest: u64,
    /// Of how many.
    pub of: u64,
}

/// By month.
pub(super) fn by_month(stays: &[Stay], known: &Known<'_>, calendar: &Calendar) -> Vec<LowestGroup> {
    let (year, _, _) = calendar.first().to_civil();
    let starts = (0..).map(|it| first_of(year, it)).take_while(|it| *it <= calendar.last());
    counted(&starts.collect::<Vec<Day>>(), stays, known, calendar)
}

/// By the time from one changeover of doctors in training to the next.
pub(super) fn by_rotation(
    stays: &[Stay],
    known: &Known<'_>,
    calendar: &Calendar,
) -> Vec<LowestGroup> {
    let (year, _, _) = calendar.first().to_civil();
    let months = &Definitions::own().period.changeover_months;
    // A year from April to March touches two years of the calendar.
    let mut starts: Vec<Day> = [year, year + 1]
        .into_iter()
        .flat_map(|year| months.iter().map(move |it| first_wednesday(year, *it)))
        .filter(|it| *it > calendar.first() && *it <= calendar.last())
        .collect();
    starts.push(calendar.first());
    starts.sort_unstable();
    counted(&starts, stays, known, calendar)
}

fn counted(
    starts: &[Day],
    stays: &[Stay],
    known: &Known<'_>,
    calendar: &Calendar,
) -> Vec<LowestGroup> {
    let ends = starts.iter().skip(1).map(|it| it.plus(-1)).chain([calendar.last()]);
    let stretch = |(from, to)| LowestGroup { from, to, lowest: 0, of: 0 };
    let mut found: Vec<LowestGroup> =
        std::iter::zip(starts.iter().copied(), ends).map(stretch).collect();
    for stay in stays.iter().filter(|it| it.is_emergency) {
        let Some(is_lowest) = known.is_lowest(&stay.event.hrg) else { continue };
        let holds = |it: &&mut LowestGroup| it.from <= stay.day && stay.day <= it.to;
        if let Some(stretch) = found.iter_mut().find(holds) {
            stretch.of += 1;
            stretch.lowest += u64::from(is_lowest);
        }
    }
    found
}

/// The first day of the month so many after April.
fn first_of(year: i32, after: i32) -> Day {
    let index = 3 + after;
    let month = u32::try_from(index.rem_euclid(12)).unwrap_or_default() + 1;
    Day::from_civil(year + index.div_euclid(12), month, 1)
}

fn first_wednesday(year: i32, month: u32) -> Day {
    let first = Day::from_civil(year, month, 1);
    // Day 0, 1 January 1970, was a Thursday, so that Wednesdays are six more than whole weeks.
    first.plus((6 - first.0).rem_euclid(7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doctors_in_training_change_on_first_wednesdays() {
        // By the calendar: 6 August 2025, 3 December 2025 and 1 April 2026 are Wednesdays.
        assert_eq!(first_wednesday(2025, 8), Day::from_civil(2025, 8, 6));
        assert_eq!(first_wednesday(2025, 12), Day::from_civil(2025, 12, 3));
        assert_eq!(first_wednesday(2026, 4), Day::from_civil(2026, 4, 1));
        assert_eq!(first_of(2025, 0), Day::from_civil(2025, 4, 1));
        assert_eq!(first_of(2025, 11), Day::from_civil(2026, 3, 1));
    }
}
