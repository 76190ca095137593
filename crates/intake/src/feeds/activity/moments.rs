//! Dates of a row as instants, with what is odd about them.

use domain::{Day, Seconds};

use crate::cells::dates::{DateCell, DateReader, LocalDate};
use crate::cells::local_time::{LocalTime, Showing};
use crate::feeds::fault::Fault;
use crate::feeds::noticed::Noticed;
use crate::files::FileFault;
use crate::plan::FeedPlan;

/// Rows from which days that never go above 12 are suspicious.
const ROWS_TO_JUDGE_ORDER: u64 = 200;
const LAST_MONTH: u8 = 12;

/// A date of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When {
    /// The local day.
    pub(crate) day: Day,
    /// The instant; 00:00 if only the day is known.
    pub(crate) utc: Seconds,
    /// Whether only the day is known.
    pub(crate) is_day: bool,
    /// The other instant that shows the same time, in the night of October.
    pub(crate) again: Option<Seconds>,
}

/// Reads the dates of one file.
#[derive(Debug)]
pub(crate) struct Moments {
    reader: DateReader,
    pub(crate) time: LocalTime,
    extract: Option<Day>,
    ordered_rows: u64,
    highest_day: u8,
    with_offset: u64,
    without_offset: u64,
    pub(crate) days_only: u64,
    pub(crate) timed: u64,
}

impl Moments {
    /// For the files of a feed; `typed` sources know their dates themselves.
    pub(crate) fn new(plan: &FeedPlan<'_>, typed: bool) -> Self {
        let mapping = plan.mapping;
        // Shifted dates lie in another century until they are brought into the year.
        let extract = mapping.rebase.is_none().then_some(plan.plan.rules.extract_date);
        Self {
            reader: DateReader::new(
                &mapping.date_formats,
                mapping.excel_dates,
                &mapping.sentinels,
                typed,
            ),
            time: LocalTime::new(),
            extract,
            ordered_rows: 0,
            highest_day: 0,
            with_offset: 0,
            without_offset: 0,
            days_only: 0,
            timed: 0,
        }
    }

    /// Reads a date that must not lie after the extract.
    pub(crate) fn past(
        &mut self,
        text: Option<&[u8]>,
        column: &'static str,
        line: u64,
        noticed: &mut Noticed,
    ) -> Result<Option<When>, Fault> {
        let Some(date) = self.date(text, column, line, noticed)? else { return Ok(None) };
        if self.extract.is_some_and(|it| date.day > it) && !ends_with_extract(&date, self.extract) {
            let message = format!("{} lies after the extract", date.day);
            return Err(Fault::row("C6", column, message));
        }
        Ok(Some(self.when(&date, column, line, noticed)))
    }

    /// Reads a birth date: the day is enough.
    pub(crate) fn birth(
        &mut self,
        text: Option<&[u8]>,
        line: u64,
        noticed: &mut Noticed,
    ) -> Result<Option<Day>, Fault> {
        let hide =
            |fault: Fault| Fault { message: "the birth date cannot be read".to_owned(), ..fault };
        Ok(self.date(text, "birth_date", line, noticed).map_err(hide)?.map(|it| it.day))
    }

    fn date(
        &mut self,
        text: Option<&[u8]>,
        column: &'static str,
        line: u64,
        noticed: &mut Noticed,
    ) -> Result<Option<LocalDate>, Fault> {
        let Some(text) = text else { return Ok(None) };
        let date = match self.reader.read(text).map_err(Fault::cell(column))? {
            DateCell::Sentinel => {
                noticed.row("C5", column, line);
                return Ok(None);
            }
            DateCell::Date(date) => date,
        };
        if date.oddity.midnight_24 {
            noticed.row("C12", column, line);
        }
        if date.oddity.serial {
            noticed.row("C3", column, line);
        }
        if let Some(day) = date.oddity.day_of_month {
            self.ordered_rows += 1;
            self.highest_day = self.highest_day.max(day);
        }
        Ok(Some(date))
    }

    fn when(
        &mut self,
        date: &LocalDate,
        column: &'static str,
        line: u64,
        noticed: &mut Noticed,
    ) -> When {
        let day = date.day;
        let Some(second) = date.second else {
            return When { day, utc: self.time.midnight(day), is_day: true, again: None };
        };
        if let Some(offset) = date.offset {
            self.with_offset += 1;
            let utc = i64::from(day.0) * 86_400 + second - offset;
            return When { day, utc, is_day: false, again: None };
        }
        self.without_offset += 1;
        let instant = self.time.instant(day, second);
        let again = match instant.showing {
            Showing::Once => None,
            Showing::Skipped => {
                noticed.row("C10", column, line);
                None
            }
            Showing::Twice(again) => {
                noticed.row("C9", column, line);
                Some(again)
            }
        };
        When { day, utc: instant.utc, is_day: false, again }
    }

    /// Why the dates of the file as a whole cannot be trusted.
    pub(crate) fn fault(&self) -> Option<FileFault> {
        if self.with_offset > 0 && self.without_offset > 0 {
            let message = format!(
                "{} times state their offset from UTC and {} do not",
                self.with_offset, self.without_offset
            );
            return Some(FileFault::new("C11", message));
        }
        if self.ordered_rows > ROWS_TO_JUDGE_ORDER && self.highest_day <= LAST_MONTH {
            let message = format!(
                "in {} dates no day is above {LAST_MONTH}: day and month are likely the other way round",
                self.ordered_rows
            );
            return Some(FileFault::new("C1", message));
        }
        None
    }
}

/// Whether a date is the midnight that ends the day of the extract, written 24:00.
fn ends_with_extract(date: &LocalDate, extract: Option<Day>) -> bool {
    date.oddity.midnight_24 && extract.is_some_and(|it| date.day == it.plus(1))
}
