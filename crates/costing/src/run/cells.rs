//! Tables with a row for every event: costs by resource, weights by set, activity.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use domain::Money;
use rayon::prelude::*;
use tables::Table as _;
use tables::cell::Cell as _;
use tables::manifest::file_name;
use tables::run::{
    EventActivity, EventCost, EventWeight, RestrictedActivity, RestrictedCost, RestrictedWeight,
};

use super::made_of::MadeOf;
use super::sink::{Sink, put_made_groups, put_table};
use crate::cp4_patients::{AttributeTable, Cell, Cube};
use crate::cp4_weights::Amounts;
use crate::error::CostingError;
use crate::pipeline::Costing;

/// Events of one row group of tables whose rows are in event order.
const GROUP_EVENTS: u32 = 65_536; // number: events of a row group

/// What the tables of events add up to.
#[derive(Debug)]
pub(crate) struct EventSums {
    own: Vec<AtomicI64>,
    absorbed: Vec<AtomicI64>,
    /// Sums of every pool by cube and attributes, by resource and activity.
    pub(crate) cubes: BTreeMap<(String, String), Vec<(Money, Money)>>,
}

impl EventSums {
    /// Own and absorbed cost of an event, by its place among all events.
    pub(crate) fn of(&self, place: usize) -> (Money, Money) {
        let money =
            |sums: &[AtomicI64]| Money::from_micro_pounds(sums[place].load(Ordering::Relaxed));
        (money(&self.own), money(&self.absorbed))
    }

    fn add(&self, cell: &Cell) -> Result<(), CostingError> {
        for (sums, amount) in [(&self.own, cell.own), (&self.absorbed, cell.absorbed)] {
            let amount = amount.micro_pounds();
            if amount == 0 {
                continue;
            }
            let before = sums[cell.event as usize].fetch_add(amount, Ordering::Relaxed);
            if before.checked_add(amount).is_none() {
                return Err(CostingError::TooLarge {
                    what: "the cost of an event".to_owned(),
                    why: "it is larger than money holds".to_owned(),
                });
            }
        }
        Ok(())
    }
}

/// How events are grouped for statements: the cube of every event, and what each cube is.
#[derive(Debug)]
pub(crate) struct Cubes {
    pub(crate) of: Vec<u32>,
    /// Service line, point of delivery and category, by the numbers of the plan and labels.
    pub(crate) list: Vec<(u16, u16, u16)>,
}

impl Cubes {
    pub(crate) fn new(costing: &Costing<'_>) -> Self {
        let events = &costing.weights.events;
        let all: BTreeSet<_> =
            events.iter().map(|it| (it.service_line, it.pod, it.category)).collect();
        let number: BTreeMap<_, u32> = all.iter().copied().zip(0..).collect();
        let of = events.iter().map(|it| number[&(it.service_line, it.pod, it.category)]).collect();
        Self { of, list: all.into_iter().collect() }
    }
}

/// Works out all cells, hands the tables over, and adds up what events cost.
pub(crate) fn put(
    costing: &Costing<'_>,
    (cubes, attributes): (&Cubes, &AttributeTable),
    sink: &dyn Sink,
    progress: &(dyn Fn() + Sync),
) -> Result<EventSums, CostingError> {
    let zeros = || (0..costing.weights.events.len()).map(|_| AtomicI64::new(0)).collect();
    let mut sums = EventSums { own: zeros(), absorbed: zeros(), cubes: BTreeMap::new() };
    let restricted = restricted_places(costing);
    let made_of = MadeOf::new(costing);
    let cube = Cube { cubes: &cubes.of, count: cubes.list.len(), attributes };
    let resources: Vec<&String> = costing.activities.pools.keys().collect();
    let results = resources
        .par_iter()
        .map(|resource| {
            let all = (&cube, &sums, &restricted);
            let result = put_resource((costing, &made_of), resource, all, sink);
            progress();
            result
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut costs = Vec::new();
    for (cubes, restricted) in results {
        sums.cubes.extend(cubes);
        costs.extend(restricted);
    }
    costs.sort_by(|one, other| restricted_key(one).cmp(&restricted_key(other)));
    put_table::<RestrictedCost>(sink, "restricted_costs.parquet", &costs)?;
    let (weights, activities) = rayon::join(
        || put_weights((costing, &made_of), &restricted, sink),
        || put_activities((costing, &made_of), &restricted, sink),
    );
    weights.and(activities)?;
    Ok(sums)
}

fn restricted_key(cost: &RestrictedCost) -> (&str, &str, &str) {
    (&cost.event, &cost.resource, &cost.activity)
}

type Restricted = BTreeMap<u32, String>;

fn restricted_places(costing: &Costing<'_>) -> Restricted {
    let events = costing.weights.events.iter().zip(0..);
    events.filter_map(|(it, place)| Some((place, it.restricted?.to_string()))).collect()
}

type ResourceSums = (Vec<((String, String), Vec<(Money, Money)>)>, Vec<RestrictedCost>);

fn put_resource(
    (costing, made_of): (&Costing<'_>, &MadeOf),
    resource: &str,
    (cube, sums, restricted): (&Cube<'_>, &EventSums, &Restricted),
    sink: &dyn Sink,
) -> Result<ResourceSums, CostingError> {
    let mut cubes = Vec::new();
    let mut hidden = Vec::new();
    let mut by_activity: Vec<(&String, Vec<Cell>)> = Vec::new();
    for (activity, pool) in &costing.activities.pools[resource] {
        let settled = &costing.settled[&(resource.to_owned(), activity.clone())];
        let name = format!("{resource} in {activity}");
        let pool = costing.to_settle(&name, pool);
        let cells = pool.cells(settled);
        for cell in &cells {
            sums.add(cell)?;
            if let Some(event) = restricted.get(&cell.event) {
                hidden.push(RestrictedCost {
                    event: event.clone(),
                    resource: resource.to_owned(),
                    activity: activity.clone(),
                    own: cell.own,
                    absorbed: cell.absorbed,
                });
            }
        }
        let key = (resource.to_owned(), activity.clone());
        cubes.push((key, cube.sums(&pool, settled)?));
        by_activity.push((activity, cells));
    }
    let file = format!("event_costs/{}.parquet", file_name(resource));
    let made_of = made_of.costs(costing, resource);
    if sink.take_over(&file, &made_of)? {
        return Ok((cubes, hidden));
    }
    let groups = groups(costing).map(|range| {
        let mut rows: Vec<(&str, &Cell)> = Vec::new();
        for (activity, cells) in &by_activity {
            let part = slice(cells, &range);
            rows.extend(part.iter().map(|cell| (activity.as_str(), cell)));
        }
        if !restricted.is_empty() {
            rows.retain(|(_, cell)| !restricted.contains_key(&cell.event));
        }
        // Rows of one event stay in the order of activities, in which they came.
        rows.sort_by_key(|(_, cell)| cell.event);
        costs(&rows)
    });
    put_made_groups(sink, (&file, &made_of), &EventCost::schema(), groups)?;
    Ok((cubes, hidden))
}

/// Rows of [`EventCost`], made column by column: there are more of them than of anything else.
fn costs(rows: &[(&str, &Cell)]) -> RecordBatch {
    let cells = || rows.iter().map(|(_, cell)| *cell);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(cells().map(|it| i64::from(it.event) + 1))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|it| it.0))),
        Money::encode(cells().map(|it| &it.own)),
        Money::encode(cells().map(|it| &it.absorbed)),
    ];
    RecordBatch::try_new(EventCost::schema(), columns)
        .expect("they are the columns of the contract")
}

/// Ranges of places that make a row group each: they do not depend on the dataset's buckets.
pub(super) fn groups(costing: &Costing<'_>) -> impl Iterator<Item = std::ops::Range<u32>> {
    let count = u32::try_from(costing.weights.events.len()).expect("there are under 2³² events");
    (0..count.div_ceil(GROUP_EVENTS)).map(|it| it * GROUP_EVENTS..(it + 1) * GROUP_EVENTS)
}

/// The part of cells in event order that lies in a range of places.
fn slice<'a>(cells: &'a [Cell], range: &std::ops::Range<u32>) -> &'a [Cell] {
    let from = cells.partition_point(|it| it.event < range.start);
    let to = cells.partition_point(|it| it.event < range.end);
    &cells[from..to]
}

fn put_weights(
    (costing, made_of): (&Costing<'_>, &MadeOf),
    restricted: &Restricted,
    sink: &dyn Sink,
) -> Result<(), CostingError> {
    (0..costing.plan.sets.len())
        .into_par_iter()
        .try_for_each(|set| put_set((costing, made_of), set, restricted, sink))?;
    let mut hidden = Vec::new();
    for (rules, weights) in costing.plan.sets.iter().zip(&costing.weights.sets) {
        for (weight, event) in of_restricted(&weights.events, restricted) {
            let weight_set = rules.code.clone();
            hidden.push(RestrictedWeight { event: event.clone(), weight_set, weight });
        }
    }
    hidden.sort_by(|one, other| {
        (&one.event, &one.weight_set).cmp(&(&other.event, &other.weight_set))
    });
    put_table(sink, "restricted_weights.parquet", &hidden)
}

/// What restricted events have in a list in event order, each with its reference.
fn of_restricted<'a>(
    list: &'a Amounts,
    restricted: &'a Restricted,
) -> impl Iterator<Item = (i64, &'a String)> {
    let ends = restricted.keys().next().zip(restricted.keys().next_back());
    let range = ends.map_or(0..0, |(first, last)| *first..*last + 1);
    let mut references = restricted.iter().peekable();
    list.within(range).filter_map(move |(place, amount)| {
        while references.next_if(|it| *it.0 < place).is_some() {}
        references.next_if(|it| *it.0 == place).map(|it| (amount, it.1))
    })
}

fn put_set(
    (costing, made_of): (&Costing<'_>, &MadeOf),
    set: usize,
    restricted: &Restricted,
    sink: &dyn Sink,
) -> Result<(), CostingError> {
    let file = format!("weights/{}.parquet", file_name(&costing.plan.sets[set].code));
    let made_of = made_of.weights(set);
    if sink.take_over(&file, &made_of)? {
        return Ok(());
    }
    let events = &costing.weights.sets[set].events;
    let (mut running, mut absorbing) = (0, 0);
    let groups = groups(costing).map(|range| {
        let mut rows = Vec::new();
        for (event, weight) in events.within(range) {
            running += i128::from(weight);
            absorbing += i128::from(weight.max(0));
            if !restricted.contains_key(&event) {
                rows.push(EventWeight {
                    event_number: i64::from(event) + 1,
                    weight,
                    running,
                    absorbing: (absorbing != running).then_some(absorbing),
                });
            }
        }
        EventWeight::batch(&rows)
    });
    put_made_groups(sink, (&file, &made_of), &EventWeight::schema(), groups)
}

fn put_activities(
    (costing, made_of): (&Costing<'_>, &MadeOf),
    restricted: &Restricted,
    sink: &dyn Sink,
) -> Result<(), CostingError> {
    let (file, made_of) = ("event_activities.parquet", made_of.activities(costing));
    if !sink.take_over(file, &made_of)? {
        let schema = EventActivity::schema();
        put_made_groups(sink, (file, &made_of), &schema, shown_activities(costing, restricted))?;
    }
    let mut hidden = Vec::new();
    for (activity, counts) in costing.plan.activities.iter().zip(&costing.weights.counts) {
        for (count, event) in of_restricted(counts, restricted) {
            let (event, activity) = (event.clone(), activity.code.clone());
            hidden.push(RestrictedActivity { event, activity, count });
        }
    }
    hidden.sort_by(|one, other| (&one.event, &one.activity).cmp(&(&other.event, &other.activity)));
    put_table(sink, "restricted_activities.parquet", &hidden)
}

/// Row groups of the activity of all events that are not restricted.
fn shown_activities(
    costing: &Costing<'_>,
    restricted: &Restricted,
) -> impl Iterator<Item = RecordBatch> {
    groups(costing).map(|range| {
        let mut rows: Vec<(u32, &str, i64)> = Vec::new();
        for (activity, counts) in costing.plan.activities.iter().zip(&costing.weights.counts) {
            let part = counts.within(range.clone());
            rows.extend(part.map(|(event, count)| (event, activity.code.as_str(), count)));
        }
        if !restricted.is_empty() {
            rows.retain(|it| !restricted.contains_key(&it.0));
        }
        // Activities of one event stay in the order of their codes, in which they came.
        rows.sort_by_key(|it| it.0);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|it| i64::from(it.0) + 1))),
            Arc::new(StringArray::from_iter_values(rows.iter().map(|it| it.1))),
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|it| it.2))),
        ];
        RecordBatch::try_new(EventActivity::schema(), columns)
            .expect("they are the columns of the contract")
    })
}
