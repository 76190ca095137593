//! Takes the rows of one file of activity.

use std::hash::{DefaultHasher, Hasher as _};

use csv::ByteRecord;
use domain::{Day, Money};
use hashbrown::HashMap;
use rules::year::FeedRole;
use vault::Namespace;

use super::columns::{Columns, Phase, their_name};
use super::moments::{Moments, When};
use super::values::Values;
use super::{identity, quarantine};
use crate::dataset::spill::Spill;
use crate::feeds::fault::Fault;
use crate::feeds::job::Job;
use crate::feeds::loaded::{Loaded, Quantities};
use crate::feeds::noticed::Noticed;
use crate::feeds::row::{Row, Slot};
use crate::files::{FileFault, Layout, RowSink};
use crate::findings::finding;
use crate::identity::Seen;
use crate::plan::Header;

const DAY_SECONDS: i64 = 86_400;
const LONG_STAY_DAYS: i64 = 365;
const LONGEST_PHASE_DAYS: i64 = 1;
const OLDEST_YEARS: i32 = 120;
/// Digits that a spreadsheet keeps; longer identifiers may have lost some.
const KEPT_DIGITS: usize = 15;
const QUANTITY_UNIT: i64 = 10_000;

/// Attended or did not attend: codes of appointments that did not happen.
///
/// # Source
///
/// NHS Data Dictionary, ATTENDED OR DID NOT ATTEND CODE. The reference list `not_attended` of a
/// model takes their place.
const NOT_ATTENDED: [&str; 4] = ["2", "3", "4", "7"];

/// Takes the rows of one file.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) loaded: Loaded,
    pub(super) columns: Option<Columns>,
    pub(super) moments: Moments,
    pub(super) values: Values<'a>,
    pub(super) seen: Seen,
    pub(super) rows: Spill,
    pub(super) noticed: Noticed,
    pub(super) months: [u64; 13],
    pub(super) quantities: HashMap<u32, Quantities>,
    pub(super) ragged: u64,
    /// Long identifiers, and those of them that end in a zero.
    pub(super) long_ids: (u64, u64),
    not_attended: Vec<u32>,
    texts: [Vec<u8>; 4],
}

/// What became of a source row.
enum Outcome {
    Made(u64),
    LeftOut,
}

impl<'a> Reader<'a> {
    /// Begins a file.
    pub(crate) fn new(job: &'a Job<'a>) -> Self {
        let mut values = Values::new(&job.plan);
        let list = job.plan.plan.rules.reference_codes.get("not_attended");
        let not_attended = match list {
            Some(list) => list.keys().map(|it| values.fixed(it)).collect(),
            None => NOT_ATTENDED.iter().map(|it| values.fixed(it)).collect(),
        };
        Self {
            job,
            loaded: Loaded::new(job),
            columns: None,
            moments: Moments::new(&job.plan, false),
            values,
            seen: Seen::default(),
            rows: job.spill("rows"),
            noticed: Noticed::default(),
            months: [0; 13],
            quantities: HashMap::new(),
            ragged: 0,
            long_ids: (0, 0),
            not_attended,
            texts: [const { Vec::new() }; 4],
        }
    }

    fn take(&mut self, columns: &Columns, line: u64, cells: &ByteRecord) -> Result<Outcome, Fault> {
        match columns.gate.check(cells) {
            Ok(true) => self.known_row(columns, line, cells),
            Ok(false) => Ok(Outcome::LeftOut),
            Err(fault) => {
                self.ragged += u64::from(fault.code == "A14");
                Err(fault)
            }
        }
    }

    fn known_row(
        &mut self,
        columns: &Columns,
        line: u64,
        cells: &ByteRecord,
    ) -> Result<Outcome, Fault> {
        let cost = self.values.cost(columns, cells, line, &mut self.noticed);
        if let Ok(Some(cost)) = cost {
            self.loaded.counts.money += Money::from_micro_pounds(cost).abs();
        }
        let named = identity::read(
            (&columns.nhs, &columns.local),
            cells,
            &columns.nulls,
            &self.job.plan.plan.rules.test_identities,
            (line, &mut self.noticed),
        )?;
        if named.test {
            self.noticed.row("D9", "", line);
            return Ok(Outcome::LeftOut);
        }
        let mut row = Row { file: self.job.file, line, cost: cost?, ..Row::default() };
        let whom = self.seen.pair(named.local.as_deref(), named.number);
        (row.local, row.number) = whom;
        let has_id = self.identifiers(columns, cells, &mut row, line)?;
        self.refuse_other_provider(columns, cells)?;
        row.quantity = self.values.quantity(columns, cells, line, &mut self.noticed)?;
        let start = self.start(columns, cells, line)?;
        let day = start.map_or(self.job.plan.plan.rules.year.first_day(), |it| it.day);
        self.values.codes(columns, cells, &mut row, (line, day), &mut self.noticed)?;
        row.aggregate = columns
            .origin
            .read(cells, &columns.nulls, &mut self.texts[3])
            .is_some_and(|it| it == b"aggregate");
        if self.job.plan.feed.role == FeedRole::Master {
            self.master(columns, cells, &mut row, (line, start))?;
        }
        self.content(columns, cells, &mut row, has_id);
        let made = if columns.phases.is_empty() {
            self.whole(columns, cells, row, (line, start))?
        } else {
            self.phases(columns, cells, &row, line)?
        };
        Ok(Outcome::Made(made))
    }

    /// Event, row and spell, whose texts stay in `self.texts`; says whether the row has an id.
    fn identifiers(
        &mut self,
        columns: &Columns,
        cells: &ByteRecord,
        row: &mut Row,
        line: u64,
    ) -> Result<bool, Fault> {
        let mut found = [false; 3];
        let sources = [&columns.event, &columns.row, &columns.spell];
        for (index, source) in sources.into_iter().enumerate() {
            let mut scratch = std::mem::take(&mut self.texts[3]);
            if let Some(text) = source.read(cells, &columns.nulls, &mut scratch) {
                self.long_ids = longer(self.long_ids, source, cells);
                let text = identity::plain(text.into(), line, &mut self.noticed);
                self.texts[index].clear();
                self.texts[index].extend_from_slice(&text);
                found[index] = !text.is_empty();
            }
            self.texts[3] = scratch;
        }
        self.long_ids = longer(self.long_ids, &columns.local, cells);
        let pseudonyms = self.job.plan.plan.pseudonyms;
        let [event, native, spell] = found;
        if event {
            row.event = Some(pseudonyms.of_bytes(Namespace::Event, &self.texts[0]));
        }
        if spell {
            row.spell = Some(pseudonyms.of_bytes(Namespace::Spell, &self.texts[2]));
        }
        if self.job.plan.feed.role == FeedRole::Master {
            if !event {
                return Err(Fault::row("N5", "event", "the event has no identifier"));
            }
            row.native.extend_from_slice(&self.texts[0]);
        }
        Ok(native)
    }

    fn refuse_other_provider(
        &mut self,
        columns: &Columns,
        cells: &ByteRecord,
    ) -> Result<(), Fault> {
        let organisation = self.job.plan.plan.rules.organisation.as_bytes();
        let provider = columns.provider.read(cells, &columns.nulls, &mut self.texts[3]);
        // A site code begins with the code of its provider.
        if provider.is_some_and(|it| !it.starts_with(organisation)) {
            let message = "the row belongs to another provider";
            return Err(Fault::row("E18", "provider", message));
        }
        Ok(())
    }

    fn start(
        &mut self,
        columns: &Columns,
        cells: &ByteRecord,
        line: u64,
    ) -> Result<Option<When>, Fault> {
        let text = columns.start.read(cells, &columns.nulls, &mut self.texts[3]);
        self.moments.past(text, "start", line, &mut self.noticed)
    }

    /// What only events have.
    fn master(
        &mut self,
        columns: &Columns,
        cells: &ByteRecord,
        row: &mut Row,
        (line, start): (u64, Option<When>),
    ) -> Result<(), Fault> {
        let nulls = &columns.nulls;
        let text = columns.ready.read(cells, nulls, &mut self.texts[3]);
        let ready = self.moments.past(text, "ready", line, &mut self.noticed)?;
        row.ready = ready.map(|it| it.utc);
        let text = columns.spell_start.read(cells, nulls, &mut self.texts[3]);
        let began = self.moments.past(text, "spell_start", line, &mut self.noticed)?;
        row.spell_start = began.map(|it| it.utc);
        let text = columns.spell_end.read(cells, nulls, &mut self.texts[3]);
        let ended = self.moments.past(text, "spell_end", line, &mut self.noticed)?;
        row.spell_end = ended.map(|it| self.half_open(it));
        if let Some(text) = columns.order.read(cells, nulls, &mut self.texts[3]) {
            let order = std::str::from_utf8(text).ok().and_then(|it| it.parse::<u16>().ok());
            let fault = || Fault::row("B5", "episode_order", "the order is not a whole number");
            row.order = i64::from(order.ok_or_else(fault)?);
        }
        self.age(columns, cells, row, (line, start))?;
        let defaults =
            [(Slot::EventType, self.job.plan.feed.event_type.as_str()), (Slot::Category, "OWN")];
        for (slot, text) in defaults {
            if row.code(slot) == 0 {
                row.codes[slot as usize] = self.values.fixed(text);
            }
        }
        if row.restricted && (row.local != 0 || row.number != 0) {
            self.noticed.row("D11", "", line);
        }
        if row.local == 0 && row.number == 0 {
            self.noticed.row("E10", "", line);
        }
        Ok(())
    }

    fn age(
        &mut self,
        columns: &Columns,
        cells: &ByteRecord,
        row: &mut Row,
        (line, start): (u64, Option<When>),
    ) -> Result<(), Fault> {
        let text = columns.birth.read(cells, &columns.nulls, &mut self.texts[3]);
        let years = if let Some(birth) = self.moments.birth(text, line, &mut self.noticed)? {
            self.seen.born((row.local, row.number), birth.0);
            let Some(start) = start else { return Ok(()) };
            if birth > start.day {
                return Err(Fault::row("C15", "birth_date", "the birth lies after the start"));
            }
            Some(years_between(birth, start.day))
        } else {
            let text = columns.age.read(cells, &columns.nulls, &mut self.texts[3]);
            let Some(text) = text else { return Ok(()) };
            let years = std::str::from_utf8(text).ok().and_then(|it| it.parse::<u8>().ok());
            let fault = || Fault::row("B5", "age", "the age is not a whole number of years");
            Some(i32::from(years.ok_or_else(fault)?))
        };
        if let Some(years) = years {
            if years > OLDEST_YEARS {
                self.noticed.row("C16", "birth_date", line);
            }
            row.codes[Slot::AgeBand as usize] = self.values.age_band(years);
        }
        Ok(())
    }

    /// The hash of the content, and the pseudonym of the row.
    fn content(&mut self, columns: &Columns, cells: &ByteRecord, row: &mut Row, has_id: bool) {
        let mut text = std::mem::take(&mut self.texts[3]);
        text.clear();
        text.extend_from_slice(self.namespace().as_bytes());
        let native = match (has_id, self.job.plan.feed.role) {
            (true, _) => Some(1),
            (false, FeedRole::Master) => Some(0),
            _ => None,
        };
        text.push(b'|');
        let head = text.len();
        for index in &columns.content {
            text.extend_from_slice(cells.get(*index).unwrap_or_default().trim_ascii());
            text.push(0x1f);
        }
        let mut hasher = DefaultHasher::new();
        hasher.write(&text[head..]);
        row.content = hasher.finish();
        row.native_id = native.is_some();
        if let Some(which) = native {
            text.truncate(head);
            text.extend_from_slice(&self.texts[which]);
        }
        row.id = self.job.plan.plan.pseudonyms.of_bytes(Namespace::Row, &text);
        self.texts[3] = text;
    }

    /// Rows of two feeds that hold the same orders share the pseudonyms of their ids.
    fn namespace(&self) -> &str {
        let shared = &self.job.plan.mapping.orders_of;
        if shared.is_empty() { self.job.plan.name } else { shared }
    }

    /// The one row of a source row without phases.
    fn whole(
        &mut self,
        columns: &Columns,
        cells: &ByteRecord,
        mut row: Row,
        (line, start): (u64, Option<When>),
    ) -> Result<u64, Fault> {
        let start = start.ok_or_else(|| Fault::row("N5", "start", "the row has no start"))?;
        let text = columns.end.read(cells, &columns.nulls, &mut self.texts[3]);
        let end = self.moments.past(text, "end", line, &mut self.noticed)?;
        row.staff = self.values.staff((&columns.staff, columns), cells, line, &mut self.noticed)?;
        let before = || Fault::row("C7", "end", "the end lies before the start");
        self.span(&mut row, start, end).ok_or_else(before)?;
        let length = row.end.map_or(0, |it| it - row.start);
        if length > LONG_STAY_DAYS * DAY_SECONDS && self.job.plan.feed.open_end {
            self.noticed.row("E7", "end", line);
        }
        self.refuse_duration_of_absence(&row, length)?;
        if columns.end.is_there() || self.job.plan.feed.role == FeedRole::Master {
            let days = u64::from(row.start_is_day || row.end_is_day);
            self.moments.days_only += days;
            self.moments.timed += 1 - days;
        }
        self.keep(&row, start.day)?;
        Ok(1)
    }

    fn refuse_duration_of_absence(&self, row: &Row, length: i64) -> Result<(), Fault> {
        let absent = self.not_attended.contains(&row.code(Slot::Attended));
        if absent && length > 0 && !row.start_is_day {
            let message = "an attendance that did not happen has a duration";
            return Err(Fault::row("E20", "attended", message));
        }
        Ok(())
    }

    /// A row for each phase that has a start; all or none are kept.
    fn phases(
        &mut self,
        columns: &Columns,
        cells: &ByteRecord,
        row: &Row,
        line: u64,
    ) -> Result<u64, Fault> {
        let mut made = Vec::new();
        for (part, phase) in (0_u8..).zip(&columns.phases) {
            if let Some((phase_row, start)) = self.phase(columns, phase, cells, (row, line))? {
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

    fn phase(
        &mut self,
        columns: &Columns,
        phase: &Phase,
        cells: &ByteRecord,
        (row, line): (&Row, u64),
    ) -> Result<Option<(Row, When)>, Fault> {
        let text = phase.start.read(cells, &columns.nulls, &mut self.texts[3]);
        let start = self.moments.past(text, "start", line, &mut self.noticed)?;
        let Some(start) = start else { return Ok(None) };
        let text = phase.end.read(cells, &columns.nulls, &mut self.texts[3]);
        let end = self.moments.past(text, "end", line, &mut self.noticed)?;
        let mut row = row.clone();
        row.staff = self.values.staff((&phase.staff, columns), cells, line, &mut self.noticed)?;
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
    fn span(&mut self, row: &mut Row, start: When, end: Option<When>) -> Option<()> {
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
    fn half_open(&mut self, when: When) -> i64 {
        if when.is_day { self.moments.time.midnight(when.day.plus(1)) } else { when.utc }
    }

    fn keep(&mut self, row: &Row, day: Day) -> Result<(), Fault> {
        let rules = self.job.plan.plan.rules;
        let inside = day >= rules.year.first_day() && day <= rules.year.last_day();
        let month = if inside { usize::from(rules.year.period_of(day)) } else { 0 };
        self.months[month] += 1;
        if let Some(quantity) = row.quantity.filter(|it| *it > 0) {
            let size = (quantity / QUANTITY_UNIT).checked_ilog2().unwrap_or(0) as usize;
            self.quantities.entry(row.code(Slot::Code)).or_default().0[size] += 1;
        }
        self.rows.add(|out| row.encode(out)).map_err(|it| not_kept(&it))
    }

    fn quarantine(&mut self, fault: Fault, line: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        let columns = self.columns.as_ref().expect("rows come after the layout");
        let mut scratch = Vec::new();
        let cost = columns.cost.read(cells, &columns.nulls, &mut scratch);
        let money = cost
            .and_then(|it| std::str::from_utf8(it).ok()?.parse::<Money>().ok())
            .unwrap_or_default();
        self.loaded.counts.quarantined += 1;
        self.loaded.counts.quarantined_money += money.abs();
        let kept = quarantine::line_of((&self.loaded.name, line, fault.code), columns, cells);
        let add = self.loaded.quarantine.add(|out| out.extend_from_slice(&kept));
        add.map_err(|it| FileFault::unreadable(&it))?;
        let found = finding(fault.code, fault.message).at(
            self.loaded.name.clone(),
            line,
            their_name(&self.job.plan, fault.column),
        );
        let found = domain::Finding { severity: domain::Severity::Warning, ..found };
        self.loaded.tally.list(found.with_rows(1).with_money(money));
        Ok(())
    }
}

impl RowSink for Reader<'_> {
    fn layout(&mut self, layout: &Layout) -> Result<(), FileFault> {
        let mut header = Header::new(self.job.plan, &self.job.name, layout)?;
        let tally = &mut self.loaded.tally;
        self.columns = Some(Columns::find(&self.job.plan, &mut header, tally)?);
        self.moments = Moments::new(&self.job.plan, layout.typed);
        self.loaded.types =
            std::iter::zip(layout.headers.iter().cloned(), layout.types.iter().copied()).collect();
        Ok(())
    }

    fn row(&mut self, line: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        self.loaded.counts.read += 1;
        let columns = self.columns.take().expect("rows come after the layout");
        let outcome = self.take(&columns, line, cells);
        self.columns = Some(columns);
        match outcome {
            Ok(Outcome::Made(rows)) => self.loaded.counts.made += rows,
            Ok(Outcome::LeftOut) => self.loaded.counts.rejected += 1,
            Err(fault) if fault.whole_file => {
                let column = their_name(&self.job.plan, fault.column);
                return Err(FileFault::new(fault.code, fault.message).on(line).within(column));
            }
            Err(fault) => self.quarantine(fault, line, cells)?,
        }
        Ok(())
    }
}

/// The disk is full or gone: reading on would lose rows.
fn not_kept(error: &std::io::Error) -> Fault {
    let message = format!("the rows read cannot be kept for the next step: {error}");
    Fault { whole_file: true, ..Fault::row("N1", "", message) }
}

/// Counts identifiers of more digits than a spreadsheet keeps, and those that end in a zero.
fn longer(
    (long, zeros): (u64, u64),
    source: &crate::plan::Source,
    cells: &ByteRecord,
) -> (u64, u64) {
    source.cells().into_iter().fold((long, zeros), |(long, zeros), index| {
        let text = cells.get(index).unwrap_or_default();
        if text.len() <= KEPT_DIGITS || !text.iter().all(u8::is_ascii_digit) {
            return (long, zeros);
        }
        (long + 1, zeros + u64::from(text.ends_with(b"0")))
    })
}

/// Whole years from a birth to a day; one born on 29 February has a birthday on 1 March.
fn years_between(birth: Day, day: Day) -> i32 {
    let (year, month, date) = birth.to_civil();
    let (now, now_month, now_date) = day.to_civil();
    now - year - i32::from((now_month, now_date) < (month, date))
}
