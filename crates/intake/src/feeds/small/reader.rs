//! Takes the rows of one file of a small table.

use std::collections::BTreeMap;

use csv::ByteRecord;
use domain::{Finding, Money, Severity};
use rules::intake_mapping::columns_of;
use rules::year::FeedRole;

use super::cells::Cells;
use super::{Item, parse};
use crate::cells::amounts::Repairs;
use crate::cells::codes::{CodeColumn, Dictionary};
use crate::feeds::activity::columns::their_name;
use crate::feeds::activity::moments::Moments;
use crate::feeds::activity::quarantine;
use crate::feeds::fault::Fault;
use crate::feeds::gate::Gate;
use crate::feeds::job::Job;
use crate::feeds::loaded::{Content, Loaded};
use crate::feeds::noticed::Noticed;
use crate::files::{FileFault, FileOutcome, Layout, RowSink};
use crate::findings::finding;
use crate::plan::{Header, Nulls, canonical};

/// Columns that are amounts, dates or identifiers, and no codes.
const NO_CODES: [&str; 11] = [
    "amount",
    "at_unit_price",
    "recognised",
    "quantity",
    "staff",
    "start",
    "end",
    "line",
    "event",
    "journal",
    "session",
];

/// Takes the rows of one file.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    job: &'a Job<'a>,
    loaded: Loaded,
    gate: Gate,
    cells: Cells<'a>,
    items: Vec<(u64, Item)>,
    ragged: u64,
}

impl<'a> Reader<'a> {
    /// Begins a file.
    pub(super) fn new(job: &'a Job<'a>) -> Self {
        let columns = columns_of(job.plan.feed.role).into_iter();
        let codes = columns
            .filter(|it| !NO_CODES.contains(it))
            .map(|it| (it, CodeColumn::new(job.plan.code_rules(it))))
            .collect();
        let cells = Cells {
            plan: job.plan,
            sources: BTreeMap::new(),
            codes,
            dictionary: Dictionary::default(),
            moments: Moments::new(&job.plan, false),
            noticed: Noticed::default(),
            repairs: Repairs::declared(&job.plan.mapping.money),
            nulls: Nulls::new(&job.plan.mapping.null),
            line: 0,
            row: ByteRecord::new(),
        };
        Self {
            job,
            loaded: Loaded::new(job),
            gate: Gate::default(),
            cells,
            items: Vec::new(),
            ragged: 0,
        }
    }

    /// Ends the file.
    pub(super) fn finish(self, outcome: FileOutcome) -> Loaded {
        let Self { job, mut loaded, cells, items, ragged, .. } = self;
        let Cells { codes, mut noticed, moments, dictionary, .. } = cells;
        for (name, column) in codes {
            for judged in column.into_judged() {
                let rows = (judged.rows, judged.first_line);
                for code in &judged.repairs {
                    noticed.add(code, name, rows, Money::ZERO);
                }
                if judged.unknown {
                    noticed.add("E16", name, rows, Money::ZERO);
                    noticed.name("E16", name, dictionary.text(judged.id), judged.rows);
                }
            }
        }
        let name = |ours: &str| their_name(&job.plan, ours);
        noticed.tell(&job.name, &name, &mut loaded.tally);
        loaded.counts.made = u64::try_from(items.len()).unwrap_or(u64::MAX);
        loaded.content = Content::Small(items);
        loaded.take(outcome);
        let limit = job.plan.plan.rules.settings.ragged_rows_refusal;
        if let (false, Some(fault)) = (loaded.refused, moments.fault()) {
            loaded.refuse(&fault);
        } else if !loaded.refused && i64::try_from(ragged).unwrap_or(i64::MAX) > limit {
            let message =
                format!("{ragged} rows have a wrong number of cells; {limit} are allowed");
            loaded.refuse(&FileFault::new("A14", message));
        }
        loaded
    }

    fn take(&mut self, line: u64, row: &ByteRecord) -> Result<Option<Item>, Fault> {
        if !self.gate.check(row)? {
            return Ok(None);
        }
        self.cells.line = line;
        self.cells.row.clone_from(row);
        let parse = match self.job.plan.feed.role {
            FeedRole::Ledger | FeedRole::Budget => parse::ledger,
            FeedRole::Control => parse::control,
            FeedRole::Income => parse::income,
            FeedRole::Sessions => parse::session,
            FeedRole::Aggregate | FeedRole::Master | FeedRole::Auxiliary => parse::aggregate,
        };
        parse(&mut self.cells).map(Some)
    }

    fn is_financial(&self) -> bool {
        matches!(self.job.plan.feed.role, FeedRole::Ledger | FeedRole::Budget)
    }

    fn quarantine(&mut self, fault: Fault, line: u64, row: &ByteRecord) -> Result<(), FileFault> {
        self.ragged += u64::from(fault.code == "A14");
        // Of a footer or a ragged row no cell can be trusted, so it has no amount.
        let trusted = !matches!(fault.code, "A14" | "A28");
        let money = if trusted { self.money_of(row) } else { Money::ZERO };
        self.loaded.counts.quarantined += 1;
        self.loaded.counts.money += money.abs();
        self.loaded.counts.quarantined_money += money.abs();
        let mut fields = vec![self.loaded.name.clone(), line.to_string(), fault.code.to_owned()];
        fields.resize(quarantine::HEADER.len(), String::new());
        let kept = quarantine::csv_line(&fields);
        let add = self.loaded.quarantine.add(|out| out.extend_from_slice(&kept));
        add.map_err(|it| FileFault::unreadable(&it))?;
        let column = their_name(&self.job.plan, fault.column);
        let found = finding(fault.code, fault.message).at(self.loaded.name.clone(), line, column);
        let found = Finding { severity: Severity::Warning, ..found };
        self.loaded.tally.list(found.with_rows(1).with_money(money));
        Ok(())
    }

    fn money_of(&mut self, row: &ByteRecord) -> Money {
        self.cells.row.clone_from(row);
        let column = ["amount", "recognised"]
            .into_iter()
            .find(|it| self.cells.sources.get(it).is_some_and(crate::plan::Source::is_there));
        let text = column.and_then(|it| self.cells.text(it));
        let amount = text.and_then(|it| self.cells.repairs.money(it.as_bytes()).ok());
        amount.map(|it| Money::from_micro_pounds(it.value)).unwrap_or_default()
    }
}

impl RowSink for Reader<'_> {
    fn layout(&mut self, layout: &Layout) -> Result<(), FileFault> {
        let mut header = Header::new(self.job.plan, &self.job.name, layout)?;
        let tally = &mut self.loaded.tally;
        for column in columns_of(self.job.plan.feed.role) {
            let source = header.source(column, tally)?;
            self.cells.sources.insert(column, source);
        }
        self.gate = Gate::find(&self.job.plan, &mut header, tally)?;
        header.tell_unknown(tally);
        let amounts = canonical(&their_name(&self.job.plan, "amount"));
        if self.job.plan.feed.role == FeedRole::Ledger && amounts.contains("BUDGET") {
            let message = format!("the actual amounts are read from the column `{amounts}`");
            return Err(FileFault::new("F10", message).on(1).within(amounts));
        }
        self.cells.moments = Moments::new(&self.job.plan, layout.typed);
        self.loaded.types =
            std::iter::zip(layout.headers.iter().cloned(), layout.types.iter().copied()).collect();
        Ok(())
    }

    fn row(&mut self, line: u64, row: &ByteRecord) -> Result<(), FileFault> {
        self.loaded.counts.read += 1;
        match self.take(line, row) {
            Ok(Some(item)) => {
                self.loaded.counts.money += money_of(&item).abs();
                self.loaded.months[period_of(&item)] += 1;
                self.items.push((line, item));
            }
            Ok(None) => self.loaded.counts.rejected += 1,
            Err(fault) if fault.code == "A28" && self.is_financial() => {
                let message = "this is a line of totals";
                return Err(FileFault::new("F9", message).on(line));
            }
            Err(fault) if fault.whole_file => {
                let column = their_name(&self.job.plan, fault.column);
                return Err(FileFault::new(fault.code, fault.message).on(line).within(column));
            }
            Err(fault) => self.quarantine(fault, line, row)?,
        }
        Ok(())
    }
}

/// The period of a row; 0 where it has none, or one of adjustments.
fn period_of(item: &Item) -> usize {
    let period = match item {
        Item::Ledger(it) => it.period,
        Item::Income(it) => it.period,
        Item::Aggregate(it) => it.period,
        Item::Control { .. } | Item::Session(_) => 0,
    };
    if period > 12 { 0 } else { usize::from(period) }
}

fn money_of(item: &Item) -> Money {
    match item {
        Item::Ledger(it) => it.amount,
        Item::Income(it) => it.recognised,
        _ => Money::ZERO,
    }
}
