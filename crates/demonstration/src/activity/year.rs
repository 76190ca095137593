//! Writes the activity files of one year, day by day.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::faults::{Faults, Row};
use super::feeds::Feeds;
use super::span::Span;
use super::tally::Tally;
use super::theatre::{self, Lists, Session};
use super::trust::{Kind, Pathway, Trust, Work};
use crate::calendar::{DAY, FIRST_PATHWAY, Minute, date_of};
use crate::people::Person;
use crate::random::Random;
use crate::size::Size;

/// The files of a year under way, and what they came to.
pub(crate) struct Year<'a> {
    pub(super) trust: &'a Trust,
    pub(super) span: Span,
    pub(super) feeds: Feeds,
    pub(super) faults: Faults<'a>,
    pub(super) tally: Tally,
    /// Emergency sessions written so far; a few days of them are enough to know.
    standby: BTreeSet<String>,
    pub(super) lines: i64,
}

/// Who a row is about and who asked for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Care<'a> {
    pub(super) pathway: &'a Pathway,
    pub(super) specialty: &'a str,
    pub(super) location: &'a str,
    pub(super) event: EventName,
}

/// The event that a row may name.
#[derive(Clone, Copy, Debug)]
pub(super) enum EventName {
    /// Pathway and order of the episode.
    Episode(i64, i64),
    /// Pathway.
    Attendance(i64),
    /// Number of the appointment.
    Appointment(i64),
    /// Nothing that this trust knows.
    Nothing,
}

/// Writes a year, or without a folder only counts it, and says what it came to.
pub(crate) fn write_year(
    trust: &Trust,
    span: Span,
    folder: Option<&Path>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> io::Result<Tally> {
    let packed = matches!(trust.size, Size::Trust | Size::Large);
    let mut year = Year {
        trust,
        span,
        feeds: Feeds::create(folder, &span.name(), packed)?,
        faults: Faults::of(trust, span),
        tally: Tally::default(),
        standby: BTreeSet::new(),
        lines: 0,
    };
    let first = (span.start / DAY - LEAD).max(FIRST_PATHWAY);
    let last = span.end / DAY + AFTER;
    let days = u64::try_from(last - first).expect("a year and its surroundings");
    for day in first..last {
        year.day(day)?;
        progress(u64::try_from(day - first).expect("days in order"), days);
    }
    year.interpret_totals()?;
    year.block_contracts()?;
    let Year { feeds, mut tally, .. } = year;
    tally.rows = feeds.finish()?.into_iter().collect();
    if let Some(folder) = folder.filter(|_| tally.rows["INTERPRET"] == 0) {
        let feeds = folder.join(span.name()).join("feeds");
        std::fs::remove_file(feeds.join("interpreting_bookings.csv"))?;
    }
    Ok(tally)
}

/// Days before the year in which pathways begin that still matter: follow-ups and long stays.
const LEAD: i64 = 300;
/// Days after the year in which pathways begin that matter before: clinics before an operation.
const AFTER: i64 = 35;

impl Year<'_> {
    fn day(&mut self, day: i64) -> io::Result<()> {
        let trust = self.trust;
        let lists = theatre::lists(trust, day);
        for session in &lists.sessions {
            self.session(session)?;
        }
        for session in theatre::kept_ready(trust, day) {
            self.standby(&session)?;
        }
        let before = date_of(day - 20).to_string();
        self.standby = self.standby.split_off(&before);
        let mut people = trust.groups_before(day);
        for kind in &trust.kinds {
            for number in 0..trust.on(kind, day) {
                if kind.work.is_for_strangers() {
                    self.outside_request(kind, day, number)?;
                    continue;
                }
                let pathway = trust.pathway(kind, day, number, people[kind.group]);
                people[kind.group] += 1;
                self.begin(kind, number, &pathway, &lists)?;
            }
        }
        Ok(())
    }

    fn begin(
        &mut self,
        kind: &Kind,
        number: i64,
        pathway: &Pathway,
        lists: &Lists,
    ) -> io::Result<()> {
        let trust = self.trust;
        match &kind.work {
            Work::Admission(index) => {
                let condition = &trust.hospital.conditions[*index];
                self.admission(condition, pathway, lists.slot(kind.index, number))
            }
            Work::Emergency => self.emergency(pathway),
            Work::Clinic(index) => self.clinic(&trust.hospital.clinics[*index], pathway),
            Work::Meeting(specialty) => self.meeting(specialty, pathway, number),
            Work::GeneralPractice | Work::OtherTrust => Ok(()),
        }
    }

    /// Draws how a row is written, faults included.
    pub(super) fn row(
        &self,
        feed: &'static str,
        person: Person,
        (start, end): (Minute, Minute),
        random: &mut Random,
    ) -> Row {
        self.faults.row(feed, (person, start, end), random)
    }

    /// Writes a session if the year has it.
    pub(super) fn session(&mut self, session: &Session) -> io::Result<()> {
        if !self.span.contains(session.start) {
            return Ok(());
        }
        let calendar = &self.trust.calendar;
        let sheet = &mut self.feeds.sessions;
        sheet.text(&session.id).text(session.kind).text(&session.theatre);
        sheet.text(&session.specialty).time(calendar, session.start).time(calendar, session.end);
        sheet.number(session.staff);
        sheet.end(1)
    }

    /// Writes an emergency session once, however many patients it has.
    pub(super) fn standby(&mut self, session: &Session) -> io::Result<()> {
        if self.standby.insert(session.id.clone()) {
            self.session(session)?;
        }
        Ok(())
    }

    /// Writes the cell that names an event, for the few rows whose system knows it.
    pub(super) fn event_cell(sheet: &mut crate::writing::Sheet, event: EventName, named: bool) {
        match event {
            EventName::Episode(spell, order) if named => {
                sheet.part("APC:SP").digits(spell, 10).part("/").number(order);
            }
            EventName::Attendance(id) if named => {
                sheet.code("ED:ED", id, 10);
            }
            EventName::Appointment(id) if named => {
                sheet.code("OP:OP", id, 12);
            }
            _ => {
                sheet.blank();
            }
        }
    }
}

/// Code of a specialty's consultant.
pub(super) fn consultant(specialty: &str, number: i64) -> String {
    format!("CX{}{:02}", specialty.replace("X-", ""), number)
}

/// Site of a specialty's work: planned orthopaedics and eyes have a hospital of their own.
pub(super) fn site(specialty: &str, planned: bool) -> &'static str {
    match specialty {
        "130" | "650" => "X-RCN02",
        "110" if planned => "X-RCN02",
        _ => "X-RCN01",
    }
}
