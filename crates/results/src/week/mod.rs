//! This week: what service lines did in the newest seven days of a dataset, beside the weeks
//! before, with an estimate of its cost at the rates of a run.
//!
//! A dataset is newer than any run: nothing in it is costed. What is told here is counted from its
//! rows; money is an estimate for care that has ended, and there is none for a patient in a bed.

mod lists;
mod rates;
mod stays;

use std::collections::BTreeMap;
use std::path::Path;

use domain::{Day, FinancialYear, Money};
use rules::YearRules;
use tables::dataset::Event;

use crate::care::CareBook;
use crate::outcomes::definitions::{Definitions, WeekRules};
use crate::outcomes::spells::Calendar;
use crate::reading::TableReader;
use crate::{ResultsError, Run};

pub use lists::Lists;
pub use stays::InBed;

use rates::Rates;
use stays::Stays;

/// Days of a week.
const WEEK: i32 = 7;

/// The newest seven days of a dataset, by service line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weeks {
    /// The newest day whose records look complete: the last of the seven.
    pub until: Day,
    /// Weeks before it in the same year, at most so many as the rule says.
    pub earlier: usize,
    /// By service line; lines that did nothing this year are not there.
    pub lines: BTreeMap<String, Week>,
    /// Nights from which a stay is told as long, shortest first.
    pub long_nights: Vec<i64>,
    /// Where the definitions are from.
    pub source: &'static str,
}

/// A number in the week, in each week before it, the newest first, and in the year to date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// In the seven days.
    pub week: u64,
    /// In each earlier week.
    pub earlier: Vec<u64>,
    /// In the year to date, the seven days included.
    pub year: u64,
}

/// What one service line did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week {
    /// Care that ended, by type of event and point of delivery: stays by the day of discharge,
    /// everything else that was attended by its day.
    pub done: BTreeMap<(String, String), Counted>,
    /// Appointments that were attended.
    pub attended: Counted,
    /// Appointments that the patient missed, or came to too late to be seen.
    pub missed: Counted,
    /// Appointments that the patient cancelled.
    pub cancelled_by_patient: Counted,
    /// Appointments that the hospital cancelled.
    pub cancelled_by_us: Counted,
    /// Episodes that ended.
    pub episodes: Counted,
    /// Of these, without a primary diagnosis or a group.
    pub uncoded: Counted,
    /// Theatre lists.
    pub lists: Lists,
    /// Patients in a bed at the end of the last day.
    pub in_bed: InBed,
    /// Estimate of what the care that ended in the seven days cost, at the rates of the run.
    pub estimate: Money,
    /// Events of it that have no rate.
    pub without_rate: u64,
}

/// Places a day in the weeks.
struct Windows {
    until: Day,
    earlier: usize,
    first: Day,
}

impl Windows {
    fn count(&self, counted: &mut Counted, day: Day) {
        if day > self.until || day < self.first {
            return;
        }
        counted.year += 1;
        counted.earlier.resize(self.earlier, 0);
        match usize::try_from((self.until.0 - day.0) / WEEK) {
            Ok(0) => counted.week += 1,
            Ok(before) if before <= self.earlier => counted.earlier[before - 1] += 1,
            _ => {}
        }
    }

    fn is_this_week(&self, day: Day) -> bool {
        day <= self.until && self.until.0 - day.0 < WEEK
    }
}

impl Run {
    /// What a dataset tells of its newest week, with this run's rules and rates.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn weeks(
        &self,
        dataset: &Path,
        year: FinancialYear,
        book: &CareBook,
    ) -> Result<Option<Weeks>, ResultsError> {
        let (rules, own) = (self.rules()?, &Definitions::own().week);
        let reader = TableReader::open(&dataset.join("events.parquet"))?;
        let calendar = Calendar::of(year, 12);
        let first = year.first_day();
        let began = admissions(&reader, &calendar)?;
        let Some(until) = newest_complete(&began, (first, calendar.last()), own) else {
            return Ok(None);
        };
        let whole_weeks = usize::try_from((until.0 - first.0 + 1) / WEEK).unwrap_or(0);
        let windows =
            Windows { until, earlier: own.earlier.min(whole_weeks.saturating_sub(1)), first };
        let mut making = Making {
            rules,
            own,
            calendar: &calendar,
            windows: &windows,
            rates: Rates::of(book),
            stays: Stays::default(),
            lines: BTreeMap::new(),
        };
        for group in reader.groups() {
            for event in reader.rows::<Event>(group)? {
                making.add(event);
            }
        }
        let lines = making.finish(dataset)?;
        let Windows { until, earlier, .. } = windows;
        let long_nights = own.long_nights.clone();
        Ok(Some(Weeks { until, earlier, lines, long_nights, source: &own.source }))
    }
}

/// Admissions by day. They come every day of the week, where appointments are booked ahead and not
/// on Sundays.
fn admissions(
    reader: &TableReader,
    calendar: &Calendar,
) -> Result<BTreeMap<Day, u64>, ResultsError> {
    let mut began: BTreeMap<Day, u64> = BTreeMap::new();
    let event_types = &Definitions::own().spells.event_types;
    for group in reader.groups() {
        for event in reader.rows::<Event>(group)? {
            let counts = event_types.contains(&event.event_type);
            if let Some(day) = calendar.day(event.start_s).filter(|_| counts) {
                *began.entry(day).or_default() += 1;
            }
        }
    }
    Ok(began)
}

/// The last of some days on which about as much began as on the days before it; later days are
/// still coming in. None where nothing began.
fn newest_complete(
    began: &BTreeMap<Day, u64>,
    (first, last): (Day, Day),
    own: &WeekRules,
) -> Option<Day> {
    let days = i32::try_from(own.complete_days).unwrap_or(i32::MAX).max(1);
    let is_complete = |(day, number): &(&Day, &u64)| {
        let before: u64 = began.range(day.plus(-days)..**day).map(|it| it.1).sum();
        // A day that stands alone is a slip of somebody's pen, but for the first of all days.
        if before == 0 && began.range(..**day).next().is_some() {
            return false;
        }
        **number * own.complete_days * 100 >= before * own.complete_share
    };
    began.range(first..=last).rev().find(is_complete).map(|it| *it.0)
}

/// Weeks under way.
struct Making<'a> {
    rules: &'a YearRules,
    own: &'a WeekRules,
    calendar: &'a Calendar,
    windows: &'a Windows,
    rates: Rates,
    stays: Stays,
    lines: BTreeMap<String, Week>,
}

impl Making<'_> {
    fn add(&mut self, event: Event) {
        // Legally restricted care is told for a service line as a whole, and of no run but a costed.
        if event.restricted {
            return;
        }
        let specialty = self.rules.specialties.get(&event.specialty);
        let line = specialty.map(|it| it.service_line.clone()).unwrap_or_default();
        if Definitions::own().spells.event_types.contains(&event.event_type) {
            self.episode(&line, &event);
            self.stays.add(line, event);
            return;
        }
        let Some(day) = self.calendar.day(event.start_s) else { return };
        let (own, windows) = (self.own, self.windows);
        let week = self.lines.entry(line.clone()).or_default();
        let is_missed = own.missed_types.contains(&event.event_type);
        let is_appointment = is_missed || !event.attended.is_empty();
        if is_missed || own.missed.contains(&event.attended) {
            windows.count(&mut week.missed, day);
        } else if own.cancelled_by_patient.contains(&event.attended) {
            windows.count(&mut week.cancelled_by_patient, day);
        } else if own.cancelled_by_us.contains(&event.attended) {
            windows.count(&mut week.cancelled_by_us, day);
        } else if own.attended.contains(&event.attended) {
            if is_appointment {
                windows.count(&mut week.attended, day);
            }
            let kind = (event.event_type.clone(), event.pod.clone());
            windows.count(week.done.entry(kind).or_default(), day);
            self.estimate(&line, (&event.pod, &event.hrg), day);
        }
    }

    /// Episodes are coded one by one, and costed by their own group.
    fn episode(&mut self, line: &str, event: &Event) {
        let end = event.end_s.map(|it| it.saturating_sub(1).max(event.start_s));
        let Some(day) = end.and_then(|it| self.calendar.day(it)) else { return };
        let week = self.lines.entry(line.to_owned()).or_default();
        self.windows.count(&mut week.episodes, day);
        if event.diagnosis.is_empty() || self.own.ungrouped.contains(&event.hrg) {
            self.windows.count(&mut week.uncoded, day);
        }
        self.estimate(line, (&event.pod, &event.hrg), day);
    }

    fn estimate(&mut self, line: &str, (pod, hrg): (&str, &str), day: Day) {
        if !self.windows.is_this_week(day) {
            return;
        }
        let week = self.lines.entry(line.to_owned()).or_default();
        match self.rates.of_one(line, pod, hrg) {
            Some(rate) => week.estimate += rate,
            None => week.without_rate += 1,
        }
    }

    fn finish(mut self, dataset: &Path) -> Result<BTreeMap<String, Week>, ResultsError> {
        let stays = std::mem::take(&mut self.stays);
        stays.finish((self.calendar, self.windows), &mut self.lines);
        lists::add(dataset, self.rules, (self.calendar, self.windows), &mut self.lines)?;
        for week in self.lines.values_mut() {
            week.fill(self.windows.earlier);
        }
        Ok(self.lines)
    }
}

impl Week {
    /// Every number has as many earlier weeks, also where nothing was counted in them.
    fn fill(&mut self, earlier: usize) {
        let single = [
            &mut self.attended,
            &mut self.missed,
            &mut self.cancelled_by_patient,
            &mut self.cancelled_by_us,
            &mut self.episodes,
            &mut self.uncoded,
            &mut self.lists.held,
            &mut self.lists.without_operation,
            &mut self.lists.over,
        ];
        for counted in single.into_iter().chain(self.done.values_mut()) {
            counted.earlier.resize(earlier, 0);
        }
    }
}

#[cfg(test)]
mod tests;
