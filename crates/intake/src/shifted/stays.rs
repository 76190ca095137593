//! Takes the stays of each patient from the files of a feed of events.

use csv::ByteRecord;
use hashbrown::HashMap;

use super::moment;
use super::steps::Stay;
use crate::cells::dates::{DateCell, DateReader, LocalDate};
use crate::feeds::activity::columns::Columns;
use crate::files::{FileFault, Layout, RowSink};
use crate::findings::Tally;
use crate::plan::{FeedPlan, Header, Source};

const DAY: i64 = 86_400;

/// Takes the rows of the feed of events.
///
/// Rows that cannot be read are left out: the reader of the feed itself says what is wrong with
/// them.
pub(crate) struct StaySink<'a> {
    plan: FeedPlan<'a>,
    columns: Option<Columns>,
    dates: DateReader,
    scratch: Vec<u8>,
    /// Stays by local identifier of the patient.
    pub(crate) stays: HashMap<Box<[u8]>, Vec<Stay>>,
}

impl<'a> StaySink<'a> {
    /// Begins the files of a feed.
    pub(crate) fn new(plan: FeedPlan<'a>) -> Self {
        Self {
            plan,
            columns: None,
            dates: reader_of(&plan, false),
            scratch: Vec::new(),
            stays: HashMap::new(),
        }
    }

    fn date(&mut self, source: &Source, columns: &Columns, cells: &ByteRecord) -> Option<LocalDate> {
        let text = source.read(cells, &columns.nulls, &mut self.scratch)?;
        match self.dates.read(text).ok()? {
            DateCell::Date(date) => Some(date),
            DateCell::Sentinel => None,
        }
    }

    fn stay(&mut self, columns: &Columns, cells: &ByteRecord) -> Option<(Box<[u8]>, Stay)> {
        if !columns.gate.check(cells).ok()? {
            return None;
        }
        let from = moment(&self.date(&columns.start, columns, cells)?, 0);
        let to = self.date(&columns.end, columns, cells).map(|it| moment(&it, DAY - 1));
        let patient = columns.local.read(cells, &columns.nulls, &mut self.scratch)?;
        // Without an end, or with one before the start, the stay is a moment.
        Some((Box::from(patient), Stay { from, to: to.unwrap_or(from).max(from) }))
    }
}

fn reader_of(plan: &FeedPlan<'_>, typed: bool) -> DateReader {
    let mapping = plan.mapping;
    DateReader::new(&mapping.date_formats, mapping.excel_dates, &mapping.sentinels, typed)
}

impl RowSink for StaySink<'_> {
    fn layout(&mut self, layout: &Layout) -> Result<(), FileFault> {
        let mut header = Header::new(self.plan, "", layout)?;
        self.columns = Some(Columns::find(&self.plan, &mut header, &mut Tally::default())?);
        self.dates = reader_of(&self.plan, layout.typed);
        Ok(())
    }

    fn row(&mut self, _line: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        let columns = self.columns.take().expect("rows come after the layout");
        if let Some((patient, stay)) = self.stay(&columns, cells) {
            self.stays.entry(patient).or_default().push(stay);
        }
        self.columns = Some(columns);
        Ok(())
    }
}
