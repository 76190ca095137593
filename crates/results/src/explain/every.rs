//! Explains every event of a run, one resource after another, for those who check the whole.

use std::collections::BTreeMap;

use domain::Money;
use tables::run::{AbsorbedSource, EventCost, EventWeight, PoolSource, UnitCost};

use super::build::{absorbed_parts, must_equal, own_parts};
use super::sources::{Pool, PoolKey, SourceKey, absorbed, merged, pools};
use crate::reading::{self, TableReader};
use crate::run::TableFile;
use crate::{Caller, ResultsError, Run};

/// Part of one event's cost in one resource and activity that came from one source.
#[derive(Clone, Copy, Debug)]
pub struct EventPart<'a> {
    /// Number of the event in `events`.
    pub event_number: i64,
    /// Resource.
    pub resource: &'a str,
    /// Activity.
    pub activity: &'a str,
    /// Where it came from.
    pub source: &'a SourceKey,
    /// Part of the own cost.
    pub own: Money,
    /// Part of the absorbed cost.
    pub absorbed: Money,
}

impl Run {
    /// Gives every part of every event's cost, by resource, then event, then activity and source.
    ///
    /// For checks of the whole: sources are those of the run, also where staff pools were merged,
    /// so none of them may be shown to a reader.
    ///
    /// Holds the pools and weights of one resource at a time. The question is on record before
    /// the first part is given.
    ///
    /// # Errors
    ///
    /// [`ResultsError::DoesNotAddUp`] if the parts of a cost miss it by a micro-pound.
    pub fn explain_all(
        &self,
        caller: &Caller,
        each: &mut dyn FnMut(EventPart<'_>),
    ) -> Result<(), ResultsError> {
        let events = self.table("events")?.rows();
        self.audited(caller, ("explain", "every event"), || {
            self.each_part(&|_| true, each)?;
            Ok(((), events))
        })
    }

    /// Gives every part of the cost of the events wanted, by their numbers; the caller of this has
    /// written the audit line.
    pub(super) fn each_part(
        &self,
        wanted: &dyn Fn(i64) -> bool,
        each: &mut dyn FnMut(EventPart<'_>),
    ) -> Result<(), ResultsError> {
        let Ok(table) = self.table("event_costs") else { return Ok(()) };
        let unit_costs = reading::all_rows::<UnitCost>(self)?;
        for file in &table.files {
            let used = unit_costs.iter().filter(|it| it.resource == file.code);
            let resource = Resource::read(self, file, used)?;
            resource.explain(file, wanted, each)?;
        }
        Ok(())
    }
}

/// What the explanation of one resource's costs needs.
struct Resource {
    unit_costs: BTreeMap<String, UnitCost>,
    pools: BTreeMap<PoolKey, Pool>,
    absorbed: BTreeMap<PoolKey, Pool>,
    /// Weights by weight set, in event order.
    weights: BTreeMap<String, Vec<EventWeight>>,
}

impl Resource {
    fn read<'a>(
        run: &Run,
        file: &TableFile,
        unit_costs: impl Iterator<Item = &'a UnitCost>,
    ) -> Result<Self, ResultsError> {
        let unit_costs: BTreeMap<String, UnitCost> =
            unit_costs.map(|it| (it.activity.clone(), it.clone())).collect();
        let mut weights = BTreeMap::new();
        for set in unit_costs.values().map(|it| &it.weight_set) {
            if !weights.contains_key(set) {
                weights.insert(set.clone(), weights_of(run, set)?);
            }
        }
        let mut pool_rows = Vec::<PoolSource>::new();
        for reader in reading::readers(run, "pools")? {
            pool_rows.extend(reader.rows_with_text("resource", &file.code)?);
        }
        let mut absorbed_rows = Vec::<AbsorbedSource>::new();
        for reader in reading::readers(run, "absorbed")? {
            absorbed_rows.extend(reader.rows_with_text("resource", &file.code)?);
        }
        Ok(Self {
            unit_costs,
            pools: pools(pool_rows)?,
            absorbed: absorbed(absorbed_rows)?,
            weights,
        })
    }

    fn explain(
        &self,
        file: &TableFile,
        wanted: &dyn Fn(i64) -> bool,
        each: &mut dyn FnMut(EventPart<'_>),
    ) -> Result<(), ResultsError> {
        let reader = TableReader::open(&file.path)?;
        for group in reader.groups() {
            let costs = reader.rows::<EventCost>(group)?;
            for cost in costs.into_iter().filter(|it| wanted(it.event_number)) {
                self.explain_cost(&file.code, &cost, each)?;
            }
        }
        Ok(())
    }

    fn explain_cost(
        &self,
        resource: &str,
        cost: &EventCost,
        each: &mut dyn FnMut(EventPart<'_>),
    ) -> Result<(), ResultsError> {
        let what = format!("the cost of {resource} in {}", cost.activity);
        let missing = || ResultsError::damaged("event_costs", &format!("nothing explains {what}"));
        let unit_cost = self.unit_costs.get(&cost.activity).ok_or_else(missing)?;
        let key = (resource.to_owned(), cost.activity.clone());
        let pool = self.pools.get(&key).ok_or_else(missing)?;
        let weights = self.weights.get(&unit_cost.weight_set).ok_or_else(missing)?;
        let index = weights
            .binary_search_by_key(&cost.event_number, |it| it.event_number)
            .map_err(|_| missing())?;
        let weight = &weights[index];
        let own = own_parts(pool, weight, unit_cost.weight);
        let absorbed_pool = self.absorbed.get(&key);
        let absorbed = absorbed_pool
            .map_or_else(Vec::new, |pool| absorbed_parts(pool, weight, unit_cost.event_weight));
        must_equal(&what, cost.own, own.iter().map(|it| it.1).sum())?;
        must_equal(&what, cost.absorbed, absorbed.iter().map(|it| it.1).sum())?;
        let empty = Pool::default();
        let absorbed = (absorbed_pool.unwrap_or(&empty), absorbed.as_slice());
        for (source, own, absorbed) in merged((pool, &own), absorbed) {
            let (event_number, activity) = (cost.event_number, &cost.activity);
            each(EventPart { event_number, resource, activity, source, own, absorbed });
        }
        Ok(())
    }
}

fn weights_of(run: &Run, set: &str) -> Result<Vec<EventWeight>, ResultsError> {
    let table = run.table("weights")?;
    let mut weights = Vec::new();
    for file in table.files.iter().filter(|it| it.code == set) {
        let reader = TableReader::open(&file.path)?;
        for group in reader.groups() {
            weights.extend(reader.rows::<EventWeight>(group)?);
        }
    }
    Ok(weights)
}
