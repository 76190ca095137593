//! One bucket of a feed as borrowed columns, so that rows are read without being copied.

use arrow::array::{
    Array as _, BooleanArray, Decimal128Array, DictionaryArray, FixedSizeBinaryArray, Int64Array,
    RecordBatch, StringArray,
};
use arrow::datatypes::Int32Type;
use domain::Key;
use tables::cell::{WrongType, cast, key_at};

/// Columns of `feed_rows`.
#[derive(Debug)]
pub(super) struct FeedColumns<'a> {
    pub(super) rows: usize,
    patient: &'a FixedSizeBinaryArray,
    event: &'a FixedSizeBinaryArray,
    row: &'a FixedSizeBinaryArray,
    spell: &'a FixedSizeBinaryArray,
    start: &'a Int64Array,
    start_is_day: &'a BooleanArray,
    end: &'a Int64Array,
    texts: [Listed<'a>; 8],
    quantity: &'a Int64Array,
    staff: &'a Int64Array,
    cost: &'a Decimal128Array,
}

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
        let text = |name| {
            let listed = column::<DictionaryArray<Int32Type>>(batch, name)?;
            let texts = cast::<StringArray>(listed.values().as_ref(), "a feed row")?;
            Ok(Listed { places: listed.keys().values(), texts })
        };
        let mut texts = [text(TEXTS[0])?; 8];
        for (place, name) in texts.iter_mut().zip(TEXTS) {
            *place = text(name)?;
        }
        Ok(Self {
            rows: batch.num_rows(),
            patient: column(batch, "patient")?,
            event: column(batch, "event")?,
            row: column(batch, "row")?,
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
        self.patient.is_valid(row).then(|| key_at(self.patient, row))
    }

    pub(super) fn event(&self, row: usize) -> Option<Key> {
        self.event.is_valid(row).then(|| key_at(self.event, row))
    }

    pub(super) fn row(&self, row: usize) -> Key {
        key_at(self.row, row)
    }

    pub(super) fn spell(&self, row: usize) -> u128 {
        if self.spell.is_valid(row) { key_at(self.spell, row).0 } else { 0 }
    }

    pub(super) fn start(&self, row: usize) -> i64 {
        self.start.value(row)
    }

    pub(super) fn start_is_day(&self, row: usize) -> bool {
        self.start_is_day.value(row)
    }

    pub(super) fn end(&self, row: usize) -> Option<i64> {
        self.end.is_valid(row).then(|| self.end.value(row))
    }

    pub(super) fn text(&self, text: Text, row: usize) -> &'a str {
        let listed = self.texts[text as usize];
        listed.texts.value(place(listed.places[row]))
    }

    /// The place of a row's text in the list of the column's different ones.
    pub(super) fn place(&self, text: Text, row: usize) -> usize {
        place(self.texts[text as usize].places[row])
    }

    /// The different texts of a column; one may be there twice.
    pub(super) fn list(&self, text: Text) -> impl Iterator<Item = &'a str> {
        self.texts[text as usize].texts.iter().map(Option::unwrap_or_default)
    }

    /// Quantity × 10⁴; blank is 1.
    pub(super) fn quantity_e4(&self, row: usize) -> i64 {
        if self.quantity.is_valid(row) { self.quantity.value(row) } else { 10_000 }
    }

    /// Staff × 10²; blank is 1.
    pub(super) fn staff_e2(&self, row: usize) -> i64 {
        if self.staff.is_valid(row) { self.staff.value(row) } else { 100 }
    }

    /// Traced cost in micro-pounds; blank is 0.
    pub(super) fn cost(&self, row: usize) -> i64 {
        let stored = if self.cost.is_valid(row) { self.cost.value(row) } else { 0 };
        i64::try_from(stored).expect("DECIMAL(18,6) fits 64 bits")
    }
}

/// A place in a list: texts are never absent, so none is negative.
fn place(stored: i32) -> usize {
    usize::try_from(stored).expect("a column of texts has no gaps")
}

fn column<'a, A: arrow::array::Array + 'static>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a A, WrongType> {
    let missing = || WrongType { found: format!("no column `{name}`"), wanted: "a feed row" };
    cast::<A>(batch.column_by_name(name).ok_or_else(missing)?.as_ref(), "a feed row")
}
