//! Spells put together from episodes, and the days of the calendar in England.

use std::collections::BTreeMap;

use domain::{Day, FinancialYear, Money};
use jiff::tz::TimeZone;
use tables::run::CostedEvent;

use super::definitions::{Definitions, SpellRules};
use crate::ResultsError;
use crate::group::PatientGroup;

/// The days that a run covers, and what day an instant is in England.
pub(crate) struct Calendar {
    zone: TimeZone,
    first: Day,
    last: Day,
    months: usize,
}

impl Calendar {
    pub(crate) fn of(year: FinancialYear, last_period: u8) -> Self {
        let last_period = last_period.clamp(1, 12);
        Self {
            zone: TimeZone::get("Europe/London").expect("time zones are bundled"),
            first: year.first_day(),
            last: year.period_end(last_period),
            months: usize::from(last_period),
        }
    }

    /// The months, such as `2025-04`, in order.
    pub(crate) fn months(&self) -> Vec<String> {
        let (year, month, _) = self.first.to_civil();
        let name = |index: usize| {
            let index = month as usize - 1 + index;
            let years = i32::try_from(index / 12).unwrap_or_default();
            format!("{:04}-{:02}", year + years, index % 12 + 1)
        };
        (0..self.months).map(name).collect()
    }

    pub(crate) fn day(&self, seconds: i64) -> Option<Day> {
        let date = jiff::Timestamp::from_second(seconds).ok()?.to_zoned(self.zone.clone()).date();
        let part = |it: i8| u32::try_from(it).unwrap_or(1);
        Some(Day::from_civil(i32::from(date.year()), part(date.month()), part(date.day())))
    }

    /// Number of the month from 0, if the day is in the run's year to date.
    pub(crate) fn month(&self, day: Day) -> Option<usize> {
        if day < self.first || day > self.last {
            return None;
        }
        let ((year, month, _), (first_year, first_month, _)) =
            (day.to_civil(), self.first.to_civil());
        let months = (year - first_year) * 12 + i32::try_from(month).ok()?
            - i32::try_from(first_month).ok()?;
        usize::try_from(months).ok().filter(|it| *it < self.months)
    }

    /// The first instant of the days that are covered, and the first behind them.
    pub(crate) fn seconds(&self) -> (i64, i64) {
        (self.midnight(self.first), self.midnight(self.last.plus(1)))
    }

    /// The first instant of each month, and the first behind the last.
    pub(crate) fn month_starts(&self) -> Vec<i64> {
        let (year, month, _) = self.first.to_civil();
        let start = |index: u32| {
            let months = month - 1 + index;
            let years = i32::try_from(months / 12).unwrap_or_default();
            self.midnight(Day::from_civil(year + years, months % 12 + 1, 1))
        };
        (0..=u32::try_from(self.months).unwrap_or(12)).map(start).collect()
    }

    /// The first instant of a day.
    pub(crate) fn midnight(&self, day: Day) -> i64 {
        let (year, month, day) = day.to_civil();
        let small = |it: u32| i8::try_from(it).unwrap_or(1);
        let date = i16::try_from(year).ok().and_then(|year| {
            jiff::civil::Date::new(year, small(month), small(day))
                .ok()?
                .to_zoned(self.zone.clone())
                .ok()
        });
        date.map_or(0, |it| it.timestamp().as_second())
    }

    pub(crate) fn first(&self) -> Day {
        self.first
    }

    pub(crate) fn last(&self) -> Day {
        self.last
    }
}

/// One spell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spell {
    /// Reference of the patient.
    pub(crate) patient: String,
    /// First start and whether it was an emergency.
    pub(super) start_s: i64,
    pub(crate) is_emergency: bool,
    /// Day of admission.
    pub(crate) admitted: Option<Day>,
    /// Last end; none while an episode is open.
    pub(super) end_s: Option<i64>,
    is_open: bool,
    /// Start and reference of the discharging episode.
    last: (i64, String),
    /// Day of discharge; none while open.
    pub(crate) discharged: Option<Day>,
    /// Whether the patient died.
    pub(crate) died: bool,
    /// The discharging episode, if it is one of the group.
    pub(crate) episode: Option<Episode>,
    /// Numbers of its episodes.
    pub(crate) events: Vec<i64>,
    /// What they cost in the period.
    pub(crate) cost: Money,
    /// Consultants of its episodes, each once.
    pub(crate) consultants: Vec<String>,
}

/// What matters of a discharging episode.
#[derive(Clone, Debug)]
pub(crate) struct Episode {
    pub(crate) hrg: String,
    pub(crate) admission_method: String,
    pub(crate) age_band: String,
    pub(crate) pod: String,
    pub(crate) consultant: String,
}

/// Spells by patient and spell; an episode without a spell is one by itself.
#[derive(Default)]
pub(crate) struct Spells(BTreeMap<(String, String), Spell>);

impl Spells {
    /// Adds an episode; other events are no part of a spell.
    pub(crate) fn add(&mut self, event: &CostedEvent, rules: &SpellRules, group: &PatientGroup) {
        if !rules.event_types.contains(&event.event_type) {
            return;
        }
        let name = if event.spell.is_empty() { &event.event } else { &event.spell };
        let spell = self.0.entry((event.patient.clone(), name.clone())).or_insert_with(|| Spell {
            start_s: i64::MAX,
            last: (i64::MIN, String::new()),
            patient: event.patient.clone(),
            ..Spell::default()
        });
        let begins =
            |wanted: &[String], value: &str| wanted.iter().any(|it| value.starts_with(it.as_str()));
        if event.start_s < spell.start_s {
            spell.start_s = event.start_s;
            spell.is_emergency = begins(&rules.emergency, &event.admission_method);
        }
        spell.is_open |= event.end_s.is_none();
        spell.end_s = spell.end_s.max(event.end_s);
        let this = (event.start_s, event.event.clone());
        if this >= spell.last {
            spell.last = this;
            spell.died = begins(&rules.died, &event.discharge_method);
            spell.episode = group.holds(event).then(|| Episode {
                hrg: event.hrg.clone(),
                admission_method: event.admission_method.clone(),
                age_band: event.age_band.clone(),
                pod: event.pod.clone(),
                consultant: event.consultant.clone(),
            });
        }
        spell.events.push(event.event_number);
        spell.cost += event.own + event.absorbed;
        if !spell.consultants.contains(&event.consultant) {
            spell.consultants.push(event.consultant.clone());
        }
    }

    /// The spells of each patient in turn, in order of admission.
    pub(crate) fn by_patient(self, calendar: &Calendar) -> Result<Vec<Vec<Spell>>, ResultsError> {
        let mut patients: Vec<Vec<Spell>> = Vec::new();
        let mut before = None;
        for ((patient, _), mut spell) in self.0 {
            let outside = || ResultsError::damaged("events.parquet", "a time beyond the calendar");
            spell.admitted = Some(calendar.day(spell.start_s).ok_or_else(outside)?);
            if let Some(end) = spell.end_s.filter(|_| !spell.is_open) {
                // An end is half-open: 00:00 is the end of the day before.
                let last = end.saturating_sub(1).max(spell.start_s);
                spell.discharged = Some(calendar.day(last).ok_or_else(outside)?);
            }
            // A patient without reference is nobody in particular.
            match patients.last_mut() {
                Some(spells) if before.as_ref() == Some(&patient) && !patient.is_empty() => {
                    spells.push(spell);
                }
                _ => patients.push(vec![spell]),
            }
            before = Some(patient);
        }
        for spells in &mut patients {
            spells.sort_by_key(|it| (it.start_s, it.end_s));
        }
        Ok(patients)
    }
}

/// What came after a spell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Followed {
    /// The days in which it would be a readmission are not over.
    NotYetKnown,
    /// No emergency within these days.
    ByNothing,
    /// The first emergency of the patient within these days: its place among their spells.
    By(usize),
}

/// What came after one of the spells of a patient that stand in order of admission; none after one in
/// which they died, which nothing can follow.
pub(super) fn followed(
    (patient, index): (&[Spell], usize),
    calendar: &Calendar,
) -> Option<Followed> {
    let (spell, days) = (&patient[index], Definitions::own().spells.readmission_days);
    if spell.died {
        return None;
    }
    let is_over = spell.discharged.is_some_and(|it| it.plus(days) <= calendar.last());
    if !is_over {
        return Some(Followed::NotYetKnown);
    }
    let next = (index + 1..patient.len()).find(|it| spell.is_followed_by(&patient[*it], days));
    Some(next.map_or(Followed::ByNothing, Followed::By))
}

impl Spell {
    /// Reference of the discharging episode.
    pub(crate) fn discharging(&self) -> &str {
        &self.last.1
    }

    /// Whether an instant lies in it.
    pub(crate) fn holds(&self, instant_s: i64) -> bool {
        instant_s >= self.start_s && self.end_s.is_none_or(|end| instant_s < end)
    }

    /// Nights between admission and discharge; none while open.
    pub(crate) fn nights(&self) -> Option<i64> {
        let (admitted, discharged) = (self.admitted?, self.discharged?);
        Some(i64::from(discharged.0 - admitted.0))
    }

    /// Whether `other` began within so many days of this one's discharge, as an emergency.
    pub(crate) fn is_followed_by(&self, other: &Self, days: i32) -> bool {
        let (Some(discharged), Some(admitted)) = (self.discharged, other.admitted) else {
            return false;
        };
        let is_after = self.end_s.is_some_and(|end| other.start_s >= end);
        other.is_emergency && is_after && admitted <= discharged.plus(days)
    }
}
