//! Rows of a bucket in their final order, as batches of the dataset's tables.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use domain::{Key, Money};
use tables::Table as _;
use tables::cell::Cell;
use tables::dataset::{Event, FeedRow};
use vault::{Namespace, Pseudonyms};

use super::prepared::AllCodes;
use super::row::{Row, Slot};
use crate::identity::Persons;

/// What writing rows needs to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writing<'a> {
    /// Codes of all files.
    pub(crate) codes: &'a AllCodes,
    /// Patients.
    pub(crate) persons: &'a Persons,
    /// Makes pseudonyms.
    pub(crate) pseudonyms: &'a Pseudonyms,
    /// The year costed.
    pub(crate) year: &'a str,
}

/// Puts the rows of a feed into (patient, row) order, those of nobody last.
///
/// Equal rows of a feed in which repeats are real get numbers, so that each has a row of its own.
pub(crate) fn sort_feed(rows: &mut [Row], writing: Writing<'_>) {
    let patient = |row: &Row| match row.patient {
        0 => (true, Key::default()),
        it => (false, writing.persons.key(it)),
    };
    rows.sort_by_cached_key(|it| (patient(it), it.id, it.file, it.line, it.part));
    let mut repeated = false;
    let mut first = 0;
    for index in 1..rows.len() {
        if rows[index].id != rows[first].id {
            first = index;
            continue;
        }
        repeated = true;
    }
    if repeated {
        number_repeats(rows, writing.pseudonyms);
        rows.sort_by_cached_key(|it| (patient(it), it.id));
    }
}

fn number_repeats(rows: &mut [Row], pseudonyms: &Pseudonyms) {
    let mut before = None;
    let mut count: u64 = 0;
    for row in rows {
        count = if before == Some(row.id) { count + 1 } else { 0 };
        before = Some(row.id);
        if count > 0 {
            let mut text = row.id.to_bytes().to_vec();
            text.extend_from_slice(&count.to_be_bytes());
            row.id = pseudonyms.of_bytes(Namespace::Row, &text);
        }
    }
}

/// Puts events into (patient, event) order.
pub(crate) fn sort_events(rows: &mut [Row], writing: Writing<'_>) {
    rows.sort_by_cached_key(|it| (writing.persons.key(it.patient), it.event));
}

/// The rows of a feed as a batch; they are sorted.
pub(crate) fn feed_batch(rows: &[Row], writing: Writing<'_>) -> RecordBatch {
    let patient = |row: &Row| (row.patient != 0).then(|| writing.persons.key(row.patient));
    let native = |row: &Row| if row.aggregate { "aggregate" } else { "native" };
    let code = |slot| codes(rows, slot, writing.codes);
    let columns: Vec<ArrayRef> = vec![
        column(rows, patient),
        column(rows, |it| it.event),
        column(rows, |it| it.id),
        column(rows, |it| it.spell),
        column(rows, |it| it.start),
        column(rows, |it| it.start_is_day),
        column(rows, |it| it.end),
        code(Slot::Code),
        code(Slot::Band),
        code(Slot::Specialty),
        code(Slot::Site),
        code(Slot::Location),
        code(Slot::Requester),
        column(rows, |it| it.quantity),
        column(rows, |it| it.staff),
        column(rows, |it| it.cost.map(Money::from_micro_pounds)),
        code(Slot::CostObject),
        code(Slot::Session),
        texts(rows, native),
    ];
    RecordBatch::try_new(FeedRow::schema(), columns)
        .expect("the columns are those of the contract, in its order")
}

/// Events as a batch; they are sorted.
pub(crate) fn event_batch(rows: &[Row], writing: Writing<'_>) -> RecordBatch {
    let code = |slot| codes(rows, slot, writing.codes);
    let event = |row: &Row| row.event.expect("every event has a key");
    let consultant = |row: &Row| match row.code(Slot::Consultant) {
        0 => None,
        it => writing.codes.key(it),
    };
    let stand_in = |row: &Row| {
        let text = || format!("{}|{}", writing.year, event(row));
        row.restricted.then(|| writing.pseudonyms.of(Namespace::Restricted, &text()))
    };
    let columns: Vec<ArrayRef> = vec![
        column(rows, |it| writing.persons.key(it.patient)),
        column(rows, event),
        code(Slot::EventType),
        column(rows, |it| it.spell),
        column(rows, consultant),
        column(rows, |it| it.start),
        column(rows, |it| it.start_is_day),
        column(rows, |it| it.end),
        column(rows, |it| it.end_is_day),
        code(Slot::Specialty),
        code(Slot::Site),
        code(Slot::Hrg),
        code(Slot::Pod),
        code(Slot::Category),
        column(rows, |it| it.order),
        code(Slot::AdmissionMethod),
        code(Slot::DischargeMethod),
        code(Slot::Attended),
        code(Slot::AgeBand),
        code(Slot::Sex),
        code(Slot::Diagnosis),
        code(Slot::Procedure),
        code(Slot::Band),
        column(rows, |it| it.ready),
        column(rows, |it| it.restricted),
        column(rows, stand_in),
    ];
    RecordBatch::try_new(Event::schema(), columns)
        .expect("the columns are those of the contract, in its order")
}

fn column<T: Cell + 'static>(rows: &[Row], value: impl Fn(&Row) -> T) -> ArrayRef {
    let values: Vec<T> = rows.iter().map(value).collect();
    T::encode(values.iter())
}

fn codes(rows: &[Row], slot: Slot, codes: &AllCodes) -> ArrayRef {
    texts(rows, |row| codes.dictionary.text(row.code(slot)))
}

/// Texts without a copy of each on the way.
fn texts<'a>(rows: &[Row], text: impl Fn(&Row) -> &'a str) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(rows.len(), rows.len() * 8);
    for row in rows {
        builder.append_value(text(row));
    }
    Arc::new(builder.finish())
}
