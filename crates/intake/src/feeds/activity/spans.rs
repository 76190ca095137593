//! Start and end of a row, of its own or of its phases.

use rules::year::FeedRole;

use super::columns::{Here, Phase};
use super::moments::When;
use super::reader::Reader;
use crate::feeds::fault::Fault;
use crate::feeds::row::{Row, Slot};
use vault::Namespace;

const DAY_SECONDS: i64 = 86_400;
const LONG_STAY_DAYS: i64 = 365;
const LONGEST_PHASE_DAYS: i64 = 1;

impl Reader<'_> {
    /// The one row of a source row without phases.
    pub(super) fn whole(
        &mut self,
        here: Here<'_>,
        mut row: Row,
        start: Option<When>,
    ) -> Result<u64, Fault> {
        let Here { columns, line, .. } = here;
        let start = start.ok_or_else(|| Fault::row("N5", "start", "the row has no start"))?;
        let text = here.read(&here.columns.end, &mut self.texts[3]);
        let end = self.moments.past(text, "end", line, &mut self.noticed)?;
        let seconds = self.values.seconds(here, &mut self.noticed)?;
        let end = end.or_else(|| {
            let utc = start.utc.checked_add(seconds?)?;
            Some(When { utc, is_day: false, again: None, ..start })
        });
        row.staff = self.values.staff(&here.columns.staff, here, &mut self.noticed)?;
        let before = || Fault::row("C7", "end", "the end lies before the start");
        self.span(&mut row, start, end).ok_or_else(before)?;
        let length = row.end.map_or(0, |it| it - row.start);
        if length > LONG_STAY_DAYS * DAY_SECONDS && self.job.plan.feed.open_end {
            self.noticed.row("E7", "end", line);
        }
        self.refuse_duration_of_absence(&row, length)?;
        if columns.end.is_there()
            || columns.minutes.is_there()
            || self.job.plan.feed.role == FeedRole::Master
        {
            let days = u64::from(row.start_is_day || row.end_is_day);
            self.moments.days_only += days;
            self.moments.timed += 1 - days;
        }
        self.keep(&row, start.day)?;
        Ok(1)
    }

    pub(super) fn refuse_duration_of_absence(&self, row: &Row, length: i64) -> Result<(), Fault> {
        let absent = self.not_attended.contains(&row.code(Slot::Attended));
        if absent && length > 0 && !row.start_is_day {
            let message = "an attendance that did not happen has a duration";
            return Err(Fault::row("E20", "attended", message));
        }
        Ok(())
    }

    /// A row for each phase that has a start; all or none are kept.
    pub(super) fn phases(&mut self, here: Here<'_>, row: &Row) -> Result<u64, Fault> {
        let columns = here.columns;
        let mut made = Vec::new();
        for (part, phase) in (0_u8..).zip(&columns.phases) {
            if let Some((phase_row, start)) = self.phase(here, phase, row)? {
                made.push((Row { part, ..phase_row }, start));
            }
        }
        if made.is_empty() {
            return Err(Fault::row("N5", "start", "no phase of the row has a start"));
        }
        for (row, start) in &made {
            self.keep(row, start.day)?;
        }
        Ok(u64::try_from(made.len()).unwrap_or(0))
    }

    pub(super) fn phase(
        &mut self,
        here: Here<'_>,
        phase: &Phase,
        row: &Row,
    ) -> Result<Option<(Row, When)>, Fault> {
        let line = here.line;
        let text = here.read(&phase.start, &mut self.texts[3]);
        let start = self.moments.past(text, "start", line, &mut self.noticed)?;
        let Some(start) = start else { return Ok(None) };
        let text = here.read(&phase.end, &mut self.texts[3]);
        let end = self.moments.past(text, "end", line, &mut self.noticed)?;
        let mut row = row.clone();
        row.staff = self.values.staff(&phase.staff, here, &mut self.noticed)?;
        let code = String::from_utf8_lossy(&phase.code);
        row.codes[Slot::Code as usize] = self.values.fixed(&code);
        let before = || Fault::row("E8", "end", format!("the phase {code} ends before it begins"));
        self.span(&mut row, start, end).ok_or_else(before)?;
        if row.end.is_some_and(|it| it - row.start > LONGEST_PHASE_DAYS * DAY_SECONDS) {
            self.noticed.row("E9", "end", line);
        }
        let mut text = row.id.to_bytes().to_vec();
        text.extend_from_slice(&phase.code);
        row.id = self.job.plan.plan.pseudonyms.of_bytes(Namespace::Row, &text);
        Ok(Some((row, start)))
    }

    /// Sets start and end; nothing if the end precedes the start.
    ///
    /// # Source
    ///
    /// Costing semantics, section 5: a blank end is open for feeds with open ends, else a moment;
    /// a day without time ends at the next 00:00; of two showings in October the first is taken
    /// unless the end would then precede the start.
    pub(super) fn span(&mut self, row: &mut Row, start: When, end: Option<When>) -> Option<()> {
        row.start = start.utc;
        row.start_is_day = start.is_day;
        let master = self.job.plan.feed.role == FeedRole::Master;
        let Some(end) = end else {
            row.end_is_day = start.is_day && master && !self.job.plan.feed.open_end;
            row.end = match (self.job.plan.feed.open_end, row.end_is_day) {
                (true, _) => None,
                (false, true) => Some(self.half_open(start)),
                (false, false) => Some(start.utc),
            };
            return Some(());
        };
        row.end_is_day = end.is_day;
        let mut until = self.half_open(end);
        if until < row.start {
            until = end.again.filter(|it| *it >= row.start)?;
        }
        row.end = Some(until);
        Some(())
    }

    /// The end of a day if only the day is known, else the instant.
    pub(super) fn half_open(&mut self, when: When) -> i64 {
        if when.is_day { self.moments.time.midnight(when.day.plus(1)) } else { when.utc }
    }
}
