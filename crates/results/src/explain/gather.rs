//! Reads what one event's explanation needs, and no more of each table than its ranges ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tables::run::{
    AbsorbedSource, CostedEvent, EventActivity, EventCost, EventWeight, PoolSource, QuantumLine,
    UnitCost,
};

use super::sources::{Pool, PoolKey, absorbed, pools};
use crate::kept::KeptPools;
use crate::merged_pools::MergedPools;
use crate::reading::{self, TableReader};
use crate::{ResultsError, Run, kept};

/// What was read for one event.
pub(super) struct Gathered {
    pub(super) event: CostedEvent,
    /// Count by activity.
    pub(super) activities: BTreeMap<String, i64>,
    /// Cost by (resource, activity).
    pub(super) cells: BTreeMap<PoolKey, EventCost>,
    /// Unit costs of those cells.
    pub(super) unit_costs: BTreeMap<PoolKey, UnitCost>,
    /// Pools of those cells.
    pub(super) pools: BTreeMap<PoolKey, Arc<Pool>>,
    /// Absorbed pools of those cells, where there are any.
    pub(super) absorbed: BTreeMap<PoolKey, Arc<Pool>>,
    /// The event's weight in the weight sets of those cells.
    pub(super) weights: BTreeMap<String, EventWeight>,
}

/// What is needed of one event, if its service line may be seen; one that may not is not there.
pub(super) fn gather(
    run: &Run,
    reference: &str,
    may_see: &dyn Fn(&str) -> bool,
) -> Result<Gathered, ResultsError> {
    let event = find_event(run, reference)?;
    if !may_see(&event.service_line) {
        return Err(ResultsError::NoSuchEvent(reference.to_owned()));
    }
    let number = event.event_number;
    let cells = cells_of(run, number)?;
    let unit_costs = unit_costs_of(run, &cells)?;
    let sets: BTreeSet<&str> = unit_costs.values().map(|it| it.weight_set.as_str()).collect();
    let weights = weights_of(run, number, &sets)?;
    Ok(Gathered {
        pools: pools_of::<PoolSource>(run, (&run.kept.pools, pools), &cells)?,
        absorbed: pools_of::<AbsorbedSource>(run, (&run.kept.absorbed, absorbed), &cells)?,
        activities: activities_of(run, number)?,
        event,
        cells,
        unit_costs,
        weights,
    })
}

/// Ledger lines as they may be shown.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// By name, those of merged pools joined.
    pub(super) lines: BTreeMap<String, QuantumLine>,
    /// Which sources are shown together.
    pub(super) pools: Arc<MergedPools>,
}

/// Ledger lines of the run, and which of them are shown together.
pub(super) fn ledger(run: &Run) -> Result<Arc<Ledger>, ResultsError> {
    kept::once(&run.kept.ledger, || {
        let pools = run.merged_pools()?;
        let lines = pools.quantum(reading::all_rows::<QuantumLine>(run)?);
        let lines = lines.into_iter().map(|it| (it.ledger_line.clone(), it)).collect();
        Ok(Arc::new(Ledger { lines, pools }))
    })
}

/// The event by its reference; a restricted one is told apart here, and by nobody who may not know.
pub(super) fn find_event(run: &Run, reference: &str) -> Result<CostedEvent, ResultsError> {
    for reader in reading::readers(run, "events")? {
        if let Some(event) = reader.rows_with_text::<CostedEvent>("event", reference)?.pop() {
            return Ok(event);
        }
    }
    for reader in reading::readers(run, "restricted_costs")? {
        let rows = reader.rows_with_text::<tables::run::RestrictedCost>("event", reference)?;
        if !rows.is_empty() {
            return Err(ResultsError::Restricted(reference.to_owned()));
        }
    }
    Err(ResultsError::NoSuchEvent(reference.to_owned()))
}

fn cells_of(run: &Run, number: i64) -> Result<BTreeMap<PoolKey, EventCost>, ResultsError> {
    let mut cells = BTreeMap::new();
    let Ok(table) = run.table("event_costs") else { return Ok(cells) };
    for file in table.files {
        let reader = TableReader::open(&file.path)?;
        for cell in reader.rows_with_number::<EventCost>("event_number", number)? {
            cells.insert((file.code.clone(), cell.activity.clone()), cell);
        }
    }
    Ok(cells)
}

fn unit_costs_of(
    run: &Run,
    cells: &BTreeMap<PoolKey, EventCost>,
) -> Result<BTreeMap<PoolKey, UnitCost>, ResultsError> {
    let all =
        kept::once(&run.kept.unit_costs, || Ok(Arc::new(reading::all_rows::<UnitCost>(run)?)))?;
    let keyed = all.iter().map(|it| ((it.resource.clone(), it.activity.clone()), it));
    let wanted = keyed.filter(|(key, _)| cells.contains_key(key));
    Ok(wanted.map(|(key, it)| (key, it.clone())).collect())
}

fn weights_of(
    run: &Run,
    number: i64,
    sets: &BTreeSet<&str>,
) -> Result<BTreeMap<String, EventWeight>, ResultsError> {
    let mut weights = BTreeMap::new();
    let Ok(table) = run.table("weights") else { return Ok(weights) };
    for file in table.files.iter().filter(|it| sets.contains(it.code.as_str())) {
        let reader = TableReader::open(&file.path)?;
        if let Some(weight) = reader.rows_with_number::<EventWeight>("event_number", number)?.pop()
        {
            weights.insert(file.code.clone(), weight);
        }
    }
    Ok(weights)
}

fn activities_of(run: &Run, number: i64) -> Result<BTreeMap<String, i64>, ResultsError> {
    let mut counts = BTreeMap::new();
    for reader in reading::readers(run, "event_activities")? {
        for row in reader.rows_with_number::<EventActivity>("event_number", number)? {
            counts.insert(row.activity, row.count);
        }
    }
    Ok(counts)
}

/// Makes pools of rows.
type Made<T> = fn(Vec<T>) -> Result<BTreeMap<PoolKey, Pool>, ResultsError>;

/// The pools of some cells; those that were not read before are read now.
fn pools_of<T: tables::Table>(
    run: &Run,
    (kept, made): (&Mutex<KeptPools>, Made<T>),
    cells: &BTreeMap<PoolKey, EventCost>,
) -> Result<BTreeMap<PoolKey, Arc<Pool>>, ResultsError> {
    let mut found = BTreeMap::new();
    let mut unread = BTreeSet::new();
    {
        let known = kept.lock().unwrap_or_else(PoisonError::into_inner);
        for key in cells.keys() {
            match known.get(key) {
                Some(Some(pool)) => drop(found.insert(key.clone(), Arc::clone(pool))),
                Some(None) => {}
                None => drop(unread.insert(key.clone())),
            }
        }
    }
    if unread.is_empty() {
        return Ok(found);
    }
    let wanted = |resource: &str, activity: &str| {
        unread.contains(&(resource.to_owned(), activity.to_owned()))
    };
    let mut rows = Vec::new();
    for reader in reading::readers(run, T::CONTRACT.name)? {
        rows.extend(reader.rows_with_texts::<T>(["resource", "activity"], &wanted)?);
    }
    let read: BTreeMap<PoolKey, Arc<Pool>> =
        made(rows)?.into_iter().map(|(key, pool)| (key, Arc::new(pool))).collect();
    let mut known = kept.lock().unwrap_or_else(PoisonError::into_inner);
    for key in &unread {
        known.keep(key, read.get(key));
    }
    found.extend(read);
    Ok(found)
}
