//! What each feed row of one event cost: the kernel on the weights inside the event.

use std::collections::BTreeMap;

use domain::Money;
use domain::share::Sharer;
use serde::Serialize;

use super::build::must_equal;
use super::gather::{self, Gathered};
use super::names::Names;
use super::{Named, rate};
use crate::output::as_decimal;
use crate::words::Columns;
use crate::{Caller, ResultsError, Run};

/// Weight of one feed row of the event in one weight set, as matching and weighing gave it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WeighedRow {
    /// Weight set.
    pub weight_set: String,
    /// Feed.
    pub feed: String,
    /// Row reference.
    pub row: String,
    /// Weight.
    pub weight: i64,
}

/// One cost of an event by the feed rows that it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellRows {
    /// Resource.
    pub resource: Named,
    /// Activity.
    pub activity: Named,
    /// Weight set that shares the pool.
    pub weight_set: String,
    /// Own cost of the event: what the rows add to.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
    /// The rows, in the order of feed and row.
    pub rows: Vec<RowCost>,
}

/// What one feed row cost in one resource and activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowCost {
    /// Feed, with its name.
    pub feed: Named,
    /// Row reference.
    pub row: String,
    /// Weight, in the units of the costing semantics.
    pub weight: i64,
    /// The weight in words and at what rate it is charged.
    pub words: String,
    /// Own cost.
    #[serde(serialize_with = "as_decimal")]
    pub own: Money,
}

impl Run {
    /// Shares each own cost of an event over its feed rows. The question is on record before a row
    /// is read, and how it ended before this returns.
    ///
    /// # Errors
    ///
    /// Those of [`Run::explain`]; [`ResultsError::OtherRows`] if the rows do not have the weight
    /// that the run states.
    ///
    /// # Source
    ///
    /// Costing semantics, section 8, "One feed row".
    pub fn explain_rows(
        &self,
        event: &str,
        rows: &[WeighedRow],
        caller: &Caller,
    ) -> Result<Vec<CellRows>, ResultsError> {
        let event = event.trim();
        self.audited(caller, ("explain feed rows", event), || {
            let gathered = gather::gather(self, event, &|_| true)?;
            let cells = cells(self, &gathered, rows)?;
            let shown = cells.iter().map(|it| it.rows.len()).sum::<usize>();
            Ok((cells, u64::try_from(shown).unwrap_or(u64::MAX)))
        })
    }
}

/// Own cost of each feed row in each cell, if the rows have the weights that the run states.
pub(super) fn cells(
    run: &Run,
    gathered: &Gathered,
    rows: &[WeighedRow],
) -> Result<Vec<CellRows>, ResultsError> {
    let rules = run.rules()?;
    let names = Names(rules);
    let mut by_set: BTreeMap<&str, Vec<&WeighedRow>> = BTreeMap::new();
    for row in rows {
        by_set.entry(&row.weight_set).or_default().push(row);
    }
    for rows in by_set.values_mut() {
        rows.sort_unstable();
    }
    let mut cells = Vec::new();
    for (key, cost) in &gathered.cells {
        let what = format!("the cost of {} in {}", key.0, key.1);
        let missing =
            || ResultsError::damaged("unit_costs.parquet", &format!("nothing for {what}"));
        let unit = gathered.unit_costs.get(key).ok_or_else(missing)?;
        let stated = gathered.weights.get(&unit.weight_set).ok_or_else(missing)?;
        let rows = by_set.get(unit.weight_set.as_str()).map_or(&[][..], Vec::as_slice);
        let weight: i128 = rows.iter().map(|it| i128::from(it.weight)).sum();
        if weight != i128::from(stated.weight) {
            return Err(ResultsError::OtherRows(unit.weight_set.clone()));
        }
        let before = stated.running - i128::from(stated.weight);
        let mut sharer = Sharer::starting_at(unit.pool, unit.weight, before)
            .map_err(|error| ResultsError::damaged("unit_costs.parquet", &error))?;
        let set = rules.weight_sets.get(&unit.weight_set);
        let row = |it: &&WeighedRow| {
            let weighed = tables::run::EventWeight { weight: it.weight, ..stated.clone() };
            RowCost {
                feed: names.feed(&it.feed),
                row: it.row.clone(),
                weight: it.weight,
                words: rate::rate(set, &weighed, unit).words,
                own: sharer.next_share(i128::from(it.weight)),
            }
        };
        let rows: Vec<RowCost> = rows.iter().map(row).collect();
        must_equal(&what, cost.own, rows.iter().map(|it| it.own).sum())?;
        cells.push(CellRows {
            resource: names.resource(&key.0),
            activity: names.activity(&key.1),
            weight_set: unit.weight_set.clone(),
            own: cost.own,
            rows,
        });
    }
    Ok(cells)
}

/// The rows of all costs as text.
pub fn rows_text(cells: &[CellRows]) -> String {
    let mut text = "\nOwn cost by feed row\n".to_owned();
    for cell in cells {
        text += &format!("  {} {}, {}\n", cell.own, cell.resource.words(), cell.activity.words());
        let mut columns = Columns::new(4, &[0]);
        for row in &cell.rows {
            let place = format!("{}, row {}: {}", row.feed.with_code(), row.row, row.words);
            columns.row([row.own.to_string(), place]);
        }
        text += &columns.text();
    }
    text
}
