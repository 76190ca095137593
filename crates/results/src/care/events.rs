//! Reads costed events with their costs and counts, each added to the cell that its event is in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow::array::{Decimal128Array, Int64Array, RecordBatch, StringArray};
use domain::Money;
use tables::cell::cast;
use tables::run::CostedEvent;

use crate::{ResultsError, Run, reading};

/// Stands for an event that is in no cell.
const NOWHERE: u32 = u32::MAX;

/// Events of one cell, with their costs by activity and resource.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) events: u64,
    pub(super) patients: BTreeSet<String>,
    pub(super) at_unit_price: Money,
    pub(super) recognised: Money,
    /// Own and absorbed cost by activity and resource.
    pub(super) costs: BTreeMap<(u16, u16), (Money, Money)>,
    pub(super) counts: BTreeMap<u16, i64>,
}

/// Small numbers that stand for names, in the order in which they are first seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    pub(super) names: Vec<String>,
    by_name: HashMap<String, u16>,
}

impl Numbers {
    pub(super) fn of(&mut self, name: &str) -> u16 {
        if let Some(found) = self.by_name.get(name) {
            return *found;
        }
        let number = u16::try_from(self.names.len()).expect("a trust has few activities");
        self.names.push(name.to_owned());
        self.by_name.insert(name.to_owned(), number);
        number
    }
}

/// Reads all events of a run into cells; events that `place` gives no cell are left out.
pub(super) fn cells(
    run: &Run,
    mut place: impl FnMut(&CostedEvent) -> Option<usize>,
    (activities, resources): (&mut Numbers, &mut Numbers),
) -> Result<Vec<Cell>, ResultsError> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut places: Vec<u32> = Vec::new();
    for reader in reading::readers(run, "events")? {
        for group in reader.groups() {
            for event in reader.rows::<CostedEvent>(group)? {
                let Some(cell) = place(&event) else { continue };
                put(&mut cells, &mut places, (cell, event.event_number));
                add(&mut cells[cell], event);
            }
        }
    }
    for file in run.table("event_costs").map(|it| it.files).unwrap_or_default() {
        let resource = resources.of(&file.code);
        let reader = reading::TableReader::open(&file.path)?;
        for group in reader.groups() {
            let batch = reader.batch(group, &["event_number", "activity", "own", "absorbed"])?;
            add_costs(&mut cells, &places, (&batch, resource, activities))
                .map_err(|error| ResultsError::damaged("event_costs", &error))?;
        }
    }
    for reader in reading::readers(run, "event_activities")? {
        for group in reader.groups() {
            let batch = reader.batch(group, &["event_number", "activity", "count"])?;
            add_counts(&mut cells, &places, (&batch, activities))
                .map_err(|error| ResultsError::damaged("event_activities", &error))?;
        }
    }
    Ok(cells)
}

/// Counts by activity of the events in each cell, without reading what they cost.
pub(super) fn counts(
    run: &Run,
    place: impl Fn(&CostedEvent) -> Option<usize>,
    activities: &mut Numbers,
) -> Result<Vec<BTreeMap<u16, i64>>, ResultsError> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut places: Vec<u32> = Vec::new();
    for reader in reading::readers(run, "events")? {
        for group in reader.groups() {
            for event in reader.rows::<CostedEvent>(group)? {
                if let Some(cell) = place(&event) {
                    put(&mut cells, &mut places, (cell, event.event_number));
                }
            }
        }
    }
    for reader in reading::readers(run, "event_activities")? {
        for group in reader.groups() {
            let batch = reader.batch(group, &["event_number", "activity", "count"])?;
            add_counts(&mut cells, &places, (&batch, activities))
                .map_err(|error| ResultsError::damaged("event_activities", &error))?;
        }
    }
    Ok(cells.into_iter().map(|it| it.counts).collect())
}

/// Notes in which cell an event is.
fn put(cells: &mut Vec<Cell>, places: &mut Vec<u32>, (cell, number): (usize, i64)) {
    if cells.len() <= cell {
        cells.resize_with(cell + 1, Cell::default);
    }
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    if places.len() <= number {
        places.resize(number + 1, NOWHERE);
    }
    places[number] = u32::try_from(cell).unwrap_or(NOWHERE);
}

/// Counted as in the activity of service lines: an event without cost and income is none.
fn add(cell: &mut Cell, event: CostedEvent) {
    let cost = event.own + event.absorbed;
    if cost.is_zero() && event.income_recognised.is_zero() {
        return;
    }
    cell.events += 1;
    cell.patients.insert(event.patient);
    cell.at_unit_price += event.income_at_unit_price;
    cell.recognised += event.income_recognised;
}

fn cell_of<'a>(cells: &'a mut [Cell], places: &[u32], number: i64) -> Option<&'a mut Cell> {
    let place = *places.get(usize::try_from(number).ok()?)?;
    cells.get_mut(usize::try_from(place).ok().filter(|_| place != NOWHERE)?)
}

fn column<'a, A: arrow::array::Array + 'static>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a A, String> {
    let array = batch.column_by_name(name).ok_or_else(|| format!("it has no column `{name}`"))?;
    cast(array.as_ref(), "the type of its contract").map_err(|error| error.to_string())
}

fn add_costs(
    cells: &mut [Cell],
    places: &[u32],
    (batch, resource, activities): (&RecordBatch, u16, &mut Numbers),
) -> Result<(), String> {
    let numbers: &Int64Array = column(batch, "event_number")?;
    let names: &StringArray = column(batch, "activity")?;
    let own: &Decimal128Array = column(batch, "own")?;
    let absorbed: &Decimal128Array = column(batch, "absorbed")?;
    for row in 0..batch.num_rows() {
        let Some(cell) = cell_of(cells, places, numbers.value(row)) else { continue };
        let key = (activities.of(names.value(row)), resource);
        let sum = cell.costs.entry(key).or_default();
        sum.0 += money(own.value(row))?;
        sum.1 += money(absorbed.value(row))?;
    }
    Ok(())
}

fn add_counts(
    cells: &mut [Cell],
    places: &[u32],
    (batch, activities): (&RecordBatch, &mut Numbers),
) -> Result<(), String> {
    let numbers: &Int64Array = column(batch, "event_number")?;
    let names: &StringArray = column(batch, "activity")?;
    let counts: &Int64Array = column(batch, "count")?;
    for row in 0..batch.num_rows() {
        let Some(cell) = cell_of(cells, places, numbers.value(row)) else { continue };
        *cell.counts.entry(activities.of(names.value(row))).or_default() += counts.value(row);
    }
    Ok(())
}

fn money(micro: i128) -> Result<Money, String> {
    let micro = i64::try_from(micro).map_err(|_| "an amount is too large".to_owned())?;
    Ok(Money::from_micro_pounds(micro))
}
