//! Explains every event of a run, one resource after another, for those who check the whole.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use tables::run::{AbsorbedSource, EventCost, EventWeight, PoolSource, UnitCost};

use super::build::{absorbed_parts, must_equal, own_parts};
use super::figure::Parts;
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
    /// Holds all pools, and the weights and costs of one resource at a time. The question is on record before
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
            self.each_resource(&|_| true, &mut |resource, costs| {
                costs.iter().try_for_each(|cost| resource.explain(cost, each))
            })?;
            Ok(((), events))
        })
    }

    /// What the cost of the events wanted, by their numbers, is made of in all; the caller of this
    /// has written the audit line.
    pub(super) fn parts_of(&self, wanted: &dyn Fn(i64) -> bool) -> Result<Parts, ResultsError> {
        let mut parts = Parts::default();
        self.each_resource(wanted, &mut |resource, costs| resource.add_up(costs, &mut parts))?;
        Ok(parts)
    }

    /// Gives each resource with its costs of the events wanted.
    fn each_resource(
        &self,
        wanted: &dyn Fn(i64) -> bool,
        each: &mut EachResource<'_>,
    ) -> Result<(), ResultsError> {
        let Ok(table) = self.table("event_costs") else { return Ok(()) };
        let unit_costs = reading::all_rows::<UnitCost>(self)?;
        let mut own = by_resource(pools(reading::all_rows::<PoolSource>(self)?)?);
        let mut absorbed = by_resource(absorbed(reading::all_rows::<AbsorbedSource>(self)?)?);
        for file in &table.files {
            let costs = costs_of(file, wanted)?;
            if costs.is_empty() {
                continue;
            }
            let asked: BTreeSet<&str> = costs.iter().map(|it| it.activity.as_str()).collect();
            let used = unit_costs
                .iter()
                .filter(|it| it.resource == file.code && asked.contains(it.activity.as_str()));
            let unit_costs: BTreeMap<String, UnitCost> =
                used.map(|it| (it.activity.clone(), it.clone())).collect();
            let resource = Resource {
                code: file.code.clone(),
                weights: weights_of(self, &unit_costs)?,
                unit_costs,
                pools: own.remove(&file.code).unwrap_or_default(),
                absorbed: absorbed.remove(&file.code).unwrap_or_default(),
            };
            each(&resource, &costs)?;
        }
        Ok(())
    }
}

/// What is done with one resource and its costs.
type EachResource<'a> = dyn FnMut(&Resource, &[EventCost]) -> Result<(), ResultsError> + 'a;

/// Pools by resource.
fn by_resource(pools: BTreeMap<PoolKey, Pool>) -> BTreeMap<String, BTreeMap<String, Pool>> {
    let mut by_resource: BTreeMap<String, BTreeMap<String, Pool>> = BTreeMap::new();
    for ((resource, activity), pool) in pools {
        by_resource.entry(resource).or_default().insert(activity, pool);
    }
    by_resource
}

/// Costs of the events wanted in one resource.
fn costs_of(
    file: &TableFile,
    wanted: &dyn Fn(i64) -> bool,
) -> Result<Vec<EventCost>, ResultsError> {
    let reader = TableReader::open(&file.path)?;
    let mut costs = Vec::new();
    for group in reader.groups() {
        let rows = reader.rows::<EventCost>(group)?.into_iter();
        costs.extend(rows.filter(|it| wanted(it.event_number)));
    }
    Ok(costs)
}

/// What the explanation of one resource's costs needs, each by activity.
struct Resource {
    code: String,
    unit_costs: BTreeMap<String, UnitCost>,
    pools: BTreeMap<String, Pool>,
    absorbed: BTreeMap<String, Pool>,
    /// Weights by weight set, in event order.
    weights: BTreeMap<String, Vec<EventWeight>>,
}

/// Parts of one cost by the number of their source in the pool.
struct Shares<'a> {
    pool: &'a Pool,
    own: Vec<(usize, Money)>,
    absorbed_pool: Option<&'a Pool>,
    absorbed: Vec<(usize, Money)>,
}

impl Resource {
    fn shares(&self, cost: &EventCost) -> Result<Shares<'_>, ResultsError> {
        let what = format!("the cost of {} in {}", self.code, cost.activity);
        let missing = || ResultsError::damaged("event_costs", &format!("nothing explains {what}"));
        let unit_cost = self.unit_costs.get(&cost.activity).ok_or_else(missing)?;
        let pool = self.pools.get(&cost.activity).ok_or_else(missing)?;
        let weights = self.weights.get(&unit_cost.weight_set).ok_or_else(missing)?;
        let index = weights
            .binary_search_by_key(&cost.event_number, |it| it.event_number)
            .map_err(|_| missing())?;
        let weight = &weights[index];
        let own = own_parts(pool, weight, unit_cost.weight);
        let absorbed_pool = self.absorbed.get(&cost.activity);
        let absorbed = absorbed_pool
            .map_or_else(Vec::new, |pool| absorbed_parts(pool, weight, unit_cost.event_weight));
        must_equal(&what, cost.own, own.iter().map(|it| it.1).sum())?;
        must_equal(&what, cost.absorbed, absorbed.iter().map(|it| it.1).sum())?;
        Ok(Shares { pool, own, absorbed_pool, absorbed })
    }

    fn explain(
        &self,
        cost: &EventCost,
        each: &mut dyn FnMut(EventPart<'_>),
    ) -> Result<(), ResultsError> {
        let shares = self.shares(cost)?;
        let empty = Pool::default();
        let absorbed = (shares.absorbed_pool.unwrap_or(&empty), shares.absorbed.as_slice());
        for (source, own, absorbed) in merged((shares.pool, &shares.own), absorbed) {
            let (event_number, activity) = (cost.event_number, &cost.activity);
            let resource = &self.code;
            each(EventPart { event_number, resource, activity, source, own, absorbed });
        }
        Ok(())
    }

    /// Adds the parts of these costs by source number first, and by name once for each source.
    fn add_up(&self, costs: &[EventCost], parts: &mut Parts) -> Result<(), ResultsError> {
        let mut own: BTreeMap<(&str, usize), Money> = BTreeMap::new();
        let mut absorbed = own.clone();
        for cost in costs {
            let shares = self.shares(cost)?;
            for (source, amount) in shares.own {
                *own.entry((&cost.activity, source)).or_default() += amount;
            }
            for (source, amount) in shares.absorbed {
                *absorbed.entry((&cost.activity, source)).or_default() += amount;
            }
        }
        for ((activity, source), amount) in own {
            let source = self.pools[activity].key(source);
            parts.add((&self.code, activity), source, (amount, Money::ZERO));
        }
        for ((activity, source), amount) in absorbed {
            let source = self.absorbed[activity].key(source);
            parts.add((&self.code, activity), source, (Money::ZERO, amount));
        }
        Ok(())
    }
}

/// Weights of the sets that these unit costs were shared by.
fn weights_of(
    run: &Run,
    unit_costs: &BTreeMap<String, UnitCost>,
) -> Result<BTreeMap<String, Vec<EventWeight>>, ResultsError> {
    let sets: BTreeSet<&String> = unit_costs.values().map(|it| &it.weight_set).collect();
    let table = run.table("weights")?;
    let mut weights: BTreeMap<String, Vec<EventWeight>> = BTreeMap::new();
    for file in table.files.iter().filter(|it| sets.contains(&it.code)) {
        let reader = TableReader::open(&file.path)?;
        let of_set = weights.entry(file.code.clone()).or_default();
        for group in reader.groups() {
            of_set.extend(reader.rows::<EventWeight>(group)?);
        }
    }
    Ok(weights)
}
