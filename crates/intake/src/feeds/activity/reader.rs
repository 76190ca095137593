//! Takes the rows of one file of activity.

use std::hash::{DefaultHasher, Hasher as _};

use csv::ByteRecord;
use domain::{Day, Money};
use hashbrown::HashMap;
use rules::year::FeedRole;
use vault::Namespace;

use super::columns::{Columns, Here, their_name};
use super::moments::{Moments, When};
use super::values::Values;
use super::{identity, quarantine};
use crate::dataset::spill::Spill;
use crate::feeds::fault::Fault;
use crate::feeds::job::Job;
use crate::feeds::loaded::{Loaded, Quantities};
use crate::feeds::noticed::Noticed;
use crate::feeds::personal::Personal;
use crate::feeds::row::{Row, Slot};
use crate::files::{FileFault, Layout, RowSink};
use crate::findings::finding;
use crate::identity::Seen;
use crate::plan::{Header, Source};

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
    pub(super) quantities: HashMap<u32, Quantities>,
    pub(super) ragged: u64,
    pub(super) personal: Personal,
    /// Long identifiers, and those of them that end in a zero.
    pub(super) long_ids: (u64, u64),
    pub(super) not_attended: Vec<u32>,
    /// Traced cost of the row that is being read, where it can be read.
    cost: Money,
    pub(super) texts: [Vec<u8>; 4],
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
            quantities: HashMap::new(),
            ragged: 0,
            personal: Personal::default(),
            long_ids: (0, 0),
            not_attended,
            cost: Money::ZERO,
            texts: [const { Vec::new() }; 4],
        }
    }

    fn take(&mut self, here: Here<'_>) -> Result<Outcome, Fault> {
        self.cost = Money::ZERO;
        match here.columns.gate.check(here.cells) {
            Ok(true) => self.known_row(here),
            Ok(false) => Ok(Outcome::LeftOut),
            Err(fault) => {
                self.ragged += u64::from(fault.code == "A14");
                Err(fault)
            }
        }
    }

    fn known_row(&mut self, here: Here<'_>) -> Result<Outcome, Fault> {
        let Here { columns, cells, line } = here;
        let cost = self.values.cost(here, &mut self.noticed);
        if let Ok(Some(cost)) = cost {
            self.cost = Money::from_micro_pounds(cost);
            self.loaded.counts.money += self.cost.abs();
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
        let has_id = self.identifiers(here, &mut row)?;
        self.refuse_other_provider(here)?;
        row.quantity = self.values.quantity(here, &mut self.noticed)?;
        let start = self.start(here)?;
        let day = start.map_or(self.job.plan.plan.rules.year.first_day(), |it| it.day);
        self.values.codes(here, &mut row, day, &mut self.noticed)?;
        row.aggregate = here
            .read(&here.columns.origin, &mut self.texts[3])
            .is_some_and(|it| it == b"aggregate");
        if self.job.plan.feed.role == FeedRole::Master {
            self.master(here, &mut row, start)?;
        }
        let nobody = row.local == 0 && row.number == 0 && row.event.is_none();
        if nobody && row.code(Slot::CostObject) == 0 {
            self.noticed.row("E10", "", here.line);
        }
        self.content(here, &mut row, has_id);
        let made = if columns.phases.is_empty() {
            self.whole(here, row, start)?
        } else {
            self.phases(here, &row)?
        };
        Ok(Outcome::Made(made))
    }

    /// Event, row and spell, whose texts stay in `self.texts`; says whether the row has an id.
    fn identifiers(&mut self, here: Here<'_>, row: &mut Row) -> Result<bool, Fault> {
        let Here { columns, cells, line } = here;
        let mut found = [false; 3];
        let sources = [(&columns.event, "event"), (&columns.row, "row"), (&columns.spell, "spell")];
        for (index, (source, name)) in sources.into_iter().enumerate() {
            refuse_mangled(source, here, name)?;
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

    fn refuse_other_provider(&mut self, here: Here<'_>) -> Result<(), Fault> {
        let organisation = self.job.plan.plan.rules.organisation.as_bytes();
        let provider = here.read(&here.columns.provider, &mut self.texts[3]);
        // A site code begins with the code of its provider.
        if provider.is_some_and(|it| !it.starts_with(organisation)) {
            let message = "the row belongs to another provider";
            return Err(Fault::row("E18", "provider", message));
        }
        Ok(())
    }

    fn start(&mut self, here: Here<'_>) -> Result<Option<When>, Fault> {
        let line = here.line;
        let text = here.read(&here.columns.start, &mut self.texts[3]);
        self.moments.past(text, "start", line, &mut self.noticed)
    }

    /// The hash of the content, and the pseudonym of the row.
    fn content(&mut self, here: Here<'_>, row: &mut Row, has_id: bool) {
        let Here { columns, cells, .. } = here;
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

    pub(super) fn keep(&mut self, row: &Row, day: Day) -> Result<(), Fault> {
        let rules = self.job.plan.plan.rules;
        let inside = day >= rules.year.first_day() && day <= rules.year.last_day();
        let month = if inside { usize::from(rules.year.period_of(day)) } else { 0 };
        self.loaded.months[month] += 1;
        if let Some(quantity) = row.quantity.filter(|it| *it > 0) {
            let size = (quantity / QUANTITY_UNIT).checked_ilog2().unwrap_or(0) as usize;
            self.quantities.entry(row.code(Slot::Code)).or_default().0[size] += 1;
        }
        self.rows.add(|out| row.encode(out)).map_err(|it| not_kept(&it))
    }

    fn quarantine(&mut self, fault: Fault, line: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        let columns = self.columns.as_ref().expect("rows come after the layout");
        // Of a footer or a ragged row no cell can be trusted, so it has no cost.
        let money = self.cost;
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
        let unknown = header.unknown().into_iter().map(|it| (it, header.name(it).to_owned()));
        self.personal = Personal::new(unknown.collect());
        self.loaded.types =
            std::iter::zip(layout.headers.iter().cloned(), layout.types.iter().copied()).collect();
        Ok(())
    }

    fn row(&mut self, line: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        self.loaded.counts.read += 1;
        self.personal.look(cells);
        let columns = self.columns.take().expect("rows come after the layout");
        let outcome = self.take(Here { columns: &columns, cells, line });
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

/// Refuses a row if a cell of an identifier holds what identifies nothing.
fn refuse_mangled(source: &Source, here: Here<'_>, name: &'static str) -> Result<(), Fault> {
    for index in source.cells() {
        let cell = here.cells.get(index).unwrap_or_default().trim_ascii();
        if !here.columns.nulls.has(cell) {
            identity::refuse_mangled(&String::from_utf8_lossy(cell), name)?;
        }
    }
    Ok(())
}

/// Counts identifiers of more digits than a spreadsheet keeps, and those that end in a zero.
fn longer((long, zeros): (u64, u64), source: &Source, cells: &ByteRecord) -> (u64, u64) {
    source.cells().into_iter().fold((long, zeros), |(long, zeros), index| {
        let text = cells.get(index).unwrap_or_default();
        if text.len() <= KEPT_DIGITS || !text.iter().all(u8::is_ascii_digit) {
            return (long, zeros);
        }
        (long + 1, zeros + u64::from(text.ends_with(b"0")))
    })
}
