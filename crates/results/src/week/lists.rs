//! Theatre lists of the week: planned sessions, what was done in them and how full they were.

use std::collections::BTreeMap;
use std::path::Path;

use domain::Day;
use rules::YearRules;
use tables::dataset::{FeedRow, Session};

use super::{Counted, Week, Windows};
use crate::ResultsError;
use crate::outcomes::spells::Calendar;
use crate::reading::TableReader;

/// Theatre lists by the day on which they began. Sessions kept ready for emergencies are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// Lists that were planned.
    pub held: Counted,
    /// Of these, without a patient in theatre.
    pub without_operation: Counted,
    /// Of these, with a patient in theatre after the planned end.
    pub over: Counted,
    /// Seconds planned in the seven days.
    pub planned_s: i64,
    /// Of these, with a patient in theatre.
    pub used_s: i64,
}

impl Lists {
    fn add(&mut self, windows: &Windows, (day, span): (Day, (i64, i64)), times: &[(i64, i64)]) {
        windows.count(&mut self.held, day);
        if times.is_empty() {
            windows.count(&mut self.without_operation, day);
        }
        if times.iter().any(|it| it.1 > span.1) {
            windows.count(&mut self.over, day);
        }
        if windows.is_this_week(day) {
            self.planned_s += (span.1 - span.0).max(0);
            self.used_s += covered(times, span);
        }
    }
}

/// Time with a patient in theatre, by session.
type Used = BTreeMap<String, Vec<(i64, i64)>>;

pub(super) fn add(
    dataset: &Path,
    rules: &YearRules,
    (calendar, windows): (&Calendar, &Windows),
    lines: &mut BTreeMap<String, Week>,
) -> Result<(), ResultsError> {
    let path = dataset.join("sessions.parquet");
    if !path.exists() {
        return Ok(());
    }
    let used = used(dataset, rules)?;
    let reader = TableReader::open(&path)?;
    for group in reader.groups() {
        for session in reader.rows::<Session>(group)? {
            let is_list = rules.session_kinds.get(&session.kind).is_some_and(|it| it.spread);
            let line = rules.specialties.get(&session.specialty);
            let Some(line) = line.filter(|_| is_list) else { continue };
            let Some(day) = calendar.day(session.start_s) else { continue };
            let lists = &mut lines.entry(line.service_line.clone()).or_default().lists;
            let times = used.get(&session.session).map_or(&[][..], Vec::as_slice);
            lists.add(windows, (day, (session.start_s, session.end_s)), times);
        }
    }
    Ok(())
}

/// Seconds of a span that at least one of the times covers.
fn covered(times: &[(i64, i64)], (from, to): (i64, i64)) -> i64 {
    let mut inside: Vec<(i64, i64)> =
        times.iter().map(|it| (it.0.max(from), it.1.min(to))).filter(|it| it.0 < it.1).collect();
    inside.sort_unstable();
    let mut reached = from;
    let mut sum = 0;
    for (start, end) in inside {
        sum += (end - start.max(reached)).max(0);
        reached = reached.max(end);
    }
    sum
}

/// Rows of all feeds that count in an activity of a list.
fn used(dataset: &Path, rules: &YearRules) -> Result<Used, ResultsError> {
    let kinds = rules.session_kinds.values().filter(|it| it.spread);
    let in_lists: Vec<&str> = kinds.flat_map(|it| &it.used_by).map(String::as_str).collect();
    let mut found = Used::new();
    for (feed, feed_rules) in &rules.activity_rules {
        let of_lists: Vec<_> =
            feed_rules.iter().filter(|it| in_lists.contains(&it.activity.as_str())).collect();
        let path = dataset.join("feeds").join(format!("{feed}.parquet"));
        if of_lists.is_empty() || !path.exists() {
            continue;
        }
        let reader = TableReader::open(&path)?;
        for group in reader.groups() {
            for row in reader.rows::<FeedRow>(group)? {
                let counts = of_lists.iter().any(|it| {
                    it.code.fits(&row.code)
                        && it.band.fits(&row.band)
                        && it.specialty.fits(&row.specialty)
                        && it.location.fits(&row.location)
                });
                let Some(end) = row.end_s.filter(|_| counts && !row.session.is_empty()) else {
                    continue;
                };
                found.entry(row.session).or_default().push((row.start_s, end));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_counted_by_their_day() {
        let windows = Windows { until: Day(100), earlier: 1, first: Day(80) };
        let mut lists = Lists::default();
        // This week a list of 100 seconds with 80 used that ran over, and one without a patient; the
        // week before one, and long ago one that is of the year.
        lists.add(&windows, (Day(100), (0, 100)), &[(20, 110)]);
        lists.add(&windows, (Day(94), (0, 100)), &[]);
        lists.add(&windows, (Day(93), (0, 100)), &[(0, 100)]);
        lists.add(&windows, (Day(80), (0, 100)), &[(0, 100)]);
        lists.add(&windows, (Day(79), (0, 100)), &[(0, 100)]);
        lists.add(&windows, (Day(101), (0, 100)), &[(0, 100)]);
        let counted = |week, earlier, year| Counted { week, earlier: vec![earlier], year };
        assert_eq!(lists.held, counted(2, 1, 4));
        assert_eq!(lists.without_operation, counted(1, 0, 1));
        assert_eq!(lists.over, counted(1, 0, 1));
        assert_eq!((lists.planned_s, lists.used_s), (200, 80));
    }

    #[test]
    fn time_with_a_patient_counts_once_and_within_the_list() {
        // Of 0 to 100: 10 to 30 and 20 to 50 are 40 together, 90 to 120 is 10 within it.
        assert_eq!(covered(&[(20, 50), (10, 30), (90, 120)], (0, 100)), 50);
        assert_eq!(covered(&[(-20, -5), (100, 130)], (0, 100)), 0);
        assert_eq!(covered(&[(0, 100), (40, 60)], (0, 100)), 100);
        assert_eq!(covered(&[], (0, 100)), 0);
    }
}
