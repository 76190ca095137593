//! One bucket of a feed as borrowed columns, so that rows are read without being copied.

use arrow::array::{
    Array as _, BooleanArray, Decimal128Array, DictionaryArray, FixedSizeBinaryArray, Int64Array,
    RecordBatch, StringArray,
};
use arrow::datatypes::Int32Type;
use domain::Key;
use tables::cell::{WrongType, cast, key_at};

/// Columns of `feed_rows`; those that are blank in every row were not read.
#[derive(Debug)]
pub(super) struct FeedColumns<'a> {
    pub(super) rows: usize,
    patient: Option<&'a FixedSizeBinaryArray>,
    event: Option<&'a FixedSizeBinaryArray>,
    row: Option<&'a FixedSizeBinaryArray>,
    spell: Option<&'a FixedSizeBinaryArray>,
    start: Option<&'a Int64Array>,
    start_is_day: Option<&'a BooleanArray>,
    end: Option<&'a Int64Array>,
    texts: [Option<Listed<'a>>; 8],
    quantity: Option<&'a Int64Array>,
    staff: Option<&'a Int64Array>,
    cost: Option<&'a Decimal128Array>,
}

/// The column by which a row is known: it is long, and most feeds are weighed without it.
pub(super) const ROW: &str = "row";

/// A column that decides nothing.
pub(super) const ORIGIN: &str = "origin";

/// A column of texts as numbers in a list of the different ones.
#[derive(Clone, Copy, Debug)]
struct Listed<'a> {
    places: &'a [i32],
    texts: &'a StringArray,
}

/// Text columns, in the order of [`TEXTS`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Text {
    Code,
    Band,
    Specialty,
    Location,
    Site,
    Requester,
    CostObject,
    Session,
}

const TEXTS: [&str; 8] =
    ["code", "band", "specialty", "location", "site", "requester", "cost_object", "session"];

impl<'a> FeedColumns<'a> {
    pub(super) fn new(batch: &'a RecordBatch) -> Result<Self, WrongType> {
        let mut texts = [None; 8];
        for (place, name) in texts.iter_mut().zip(TEXTS) {
            *place = listed(batch, name)?;
        }
        Ok(Self {
            rows: batch.num_rows(),
            patient: column(batch, "patient")?,
            event: column(batch, "event")?,
            row: column(batch, ROW)?,
            spell: column(batch, "spell")?,
            start: column(batch, "start_s")?,
            start_is_day: column(batch, "start_is_day")?,
            end: column(batch, "end_s")?,
            texts,
            quantity: column(batch, "quantity_e4")?,
            staff: column(batch, "staff_e2")?,
            cost: column(batch, "cost")?,
        })
    }

    pub(super) fn patient(&self, row: usize) -> Option<Key> {
        key(self.patient, row)
    }

    pub(super) fn event(&self, row: usize) -> Option<Key> {
        key(self.event, row)
    }

    /// The row's own reference, where that column was asked for.
    pub(super) fn row(&self, row: usize) -> Key {
        key_at(self.row.expect("rows are known where somebody asks for them"), row)
    }

    pub(super) fn spell(&self, row: usize) -> u128 {
        key(self.spell, row).map_or(0, |it| it.0)
    }

    pub(super) fn start(&self, row: usize) -> i64 {
        self.start.expect("every row has a start").value(row)
    }

    pub(super) fn start_is_day(&self, row: usize) -> bool {
        self.start_is_day.expect("every row says so").value(row)
    }

    pub(super) fn end(&self, row: usize) -> Option<i64> {
        number(self.end, row)
    }

    pub(super) fn text(&self, text: Text, row: usize) -> &'a str {
        let listed = self.texts[text as usize];
        listed.map_or("", |it| it.texts.value(place(it.places[row])))
    }

    /// The place of a row's text in the list of the column's different ones.
    pub(super) fn place(&self, text: Text, row: usize) -> usize {
        self.texts[text as usize].map_or(0, |it| place(it.places[row]))
    }

    /// The different texts of a column; one may be there twice.
    pub(super) fn list(&self, text: Text) -> Vec<&'a str> {
        let listed = self.texts[text as usize];
        listed
            .map_or_else(|| vec![""], |it| it.texts.iter().map(Option::unwrap_or_default).collect())
    }

    /// Quantity × 10⁴; blank is 1.
    pub(super) fn quantity_e4(&self, row: usize) -> i64 {
        number(self.quantity, row).unwrap_or(10_000)
    }

    /// Staff × 10²; blank is 1.
    pub(super) fn staff_e2(&self, row: usize) -> i64 {
        number(self.staff, row).unwrap_or(100)
    }

    /// Traced cost in micro-pounds; blank is 0.
    pub(super) fn cost(&self, row: usize) -> i64 {
        let stored = self.cost.filter(|it| it.is_valid(row)).map_or(0, |it| it.value(row));
        i64::try_from(stored).expect("DECIMAL(18,6) fits 64 bits")
    }
}

fn key(column: Option<&FixedSizeBinaryArray>, row: usize) -> Option<Key> {
    column.filter(|it| it.is_valid(row)).map(|it| key_at(it, row))
}

fn number(column: Option<&Int64Array>, row: usize) -> Option<i64> {
    column.filter(|it| it.is_valid(row)).map(|it| it.value(row))
}

/// A place in a list: texts are never absent, so none is negative.
fn place(stored: i32) -> usize {
    usize::try_from(stored).expect("a column of texts has no gaps")
}

fn listed<'a>(batch: &'a RecordBatch, name: &str) -> Result<Option<Listed<'a>>, WrongType> {
    let Some(listed) = column::<DictionaryArray<Int32Type>>(batch, name)? else { return Ok(None) };
    let texts = cast::<StringArray>(listed.values().as_ref(), "a feed row")?;
    Ok(Some(Listed { places: listed.keys().values(), texts }))
}

fn column<'a, A: arrow::array::Array + 'static>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<Option<&'a A>, WrongType> {
    let stored = batch.column_by_name(name);
    stored.map(|it| cast::<A>(it.as_ref(), "a feed row")).transpose()
}
