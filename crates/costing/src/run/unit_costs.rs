//! Unit costs and residuals: what each pool came to, and what reached no own patient.

use std::collections::BTreeMap;

use domain::{Money, provenance::DIRECT, share::div_floor};
use rayon::prelude::*;
use rules::year::CountUnit;
use tables::run::{ResidualSource, ResidualWeight, UnitCost};

use crate::cp1_quantum::Outcome;
use crate::cp3_activities::Pool;
use crate::cp4_weights::OWN;
use crate::pipeline::Costing;
use crate::source::SourceList;

/// Rows of unit costs, in key order.
pub(crate) fn unit_costs(costing: &Costing<'_>) -> Vec<UnitCost> {
    let counts: Vec<i64> =
        costing.weights.counts.iter().map(|it| it.iter().map(|it| it.1).sum()).collect();
    let row = |(resource, activity, pool): (&String, &String, &Pool)| {
        let settled = &costing.settled[&(resource.clone(), activity.clone())];
        let number = costing.plan.sets[pool.set].activity;
        let per = match costing.plan.activities[number].unit {
            CountUnit::Number => 1,
            CountUnit::Minutes => 60, // number: seconds in a minute
        };
        let absorbed = settled.absorbed.total();
        UnitCost {
            resource: resource.clone(),
            activity: activity.clone(),
            collection_resource: costing.rules.resources[resource].collection_resource.clone(),
            collection_activity: costing.rules.activities[activity].collection_activity.clone(),
            weight_set: costing.plan.sets[pool.set].code.clone(),
            pool: pool.sources.total(),
            weight: settled.total,
            event_weight: settled.absorbing,
            own: settled.own,
            absorbed,
            count: counts[number],
            unit_own: for_one(settled.own, per, counts[number]),
            unit_with_absorbed: for_one(settled.own + absorbed, per, counts[number]),
        }
    };
    costing.pools().map(row).collect()
}

/// Cost for `per` of a count, half up; nothing to show without activity.
fn for_one(cost: Money, per: i64, count: i64) -> Option<Money> {
    if count <= 0 {
        return None;
    }
    let (cost, count) = (i128::from(cost.micro_pounds()) * i128::from(per), i128::from(count));
    let rounded = div_floor(2 * cost + count, 2 * count); // number: half up is ⌊(2a + b) / 2b⌋
    i64::try_from(rounded).ok().map(Money::from_micro_pounds)
}

/// Rows of weights that are not events', in key order.
pub(crate) fn residual_weights(costing: &Costing<'_>) -> Vec<ResidualWeight> {
    let mut rows = Vec::new();
    for (set, weights) in costing.plan.sets.iter().zip(&costing.weights.sets) {
        for (residual, weight) in &weights.residuals {
            let (kind, name) = residual.names();
            rows.push(ResidualWeight {
                weight_set: set.code.clone(),
                kind: kind.to_owned(),
                name: name.to_owned(),
                weight: *weight,
            });
        }
    }
    rows
}

/// Everything that reached no own patient.
#[derive(Debug)]
pub(crate) struct LeftOver {
    /// By residual and source, in key order.
    pub(crate) rows: Vec<ResidualSource>,
    /// Of these, the cost of events: it stands in their cells too.
    pub(crate) of_events: Money,
}

/// Everything that reached no own patient, by source.
///
/// The events of private and overseas patients stand by support group and cost line, without ledger
/// line: those of one event are worked out when asked for.
pub(crate) fn residuals(costing: &Costing<'_>) -> LeftOver {
    let mut found = Residuals { costing, rows: Vec::new() };
    for line in costing.small.quantum.with_outcome(Outcome::OutsidePeriod) {
        found.rows.push(ResidualSource {
            residual: "OUTSIDE_PERIOD".to_owned(),
            support_group: DIRECT.to_owned(),
            ledger_line: line.ledger_line.clone(),
            amount: line.amount,
            ..ResidualSource::default()
        });
    }
    let small = &costing.small;
    found.add(("UNMAPPED", "no mapping rule"), ("", ""), &small.ledger.unmapped);
    found.add_all("UNMAPPED", &small.classed.unclassed);
    found.add_all("RECONCILIATION_ITEM", &small.classed.reconciliation);
    found.add_all("UNMAPPED", &small.resources.unmapped);
    found.add_all("NOT_OWN_PATIENT", &small.resources.cost_objects);
    for (resource, list) in &costing.activities.unmapped {
        found.add(("UNMAPPED", "no activity"), (resource, ""), list);
    }
    for (resource, list) in &costing.activities.no_driver {
        found.add(("NO_DRIVER", ""), (resource, ""), list);
    }
    for ((resource, activity), settled) in &costing.settled {
        for ((residual, reason), list) in &settled.residuals {
            found.add((residual, reason), (resource, activity), list);
        }
    }
    let mut rows = found.rows;
    let others = others_events(costing);
    let of_events = others.iter().map(|it| it.amount).sum();
    rows.extend(others);
    rows.sort_by(|one, other| key(one).cmp(&key(other)));
    LeftOver { rows, of_events }
}

fn key(row: &ResidualSource) -> [&str; 7] {
    [
        &row.residual,
        &row.reason,
        &row.resource,
        &row.activity,
        &row.support_group,
        &row.cost_line,
        &row.ledger_line,
    ]
}

struct Residuals<'a> {
    costing: &'a Costing<'a>,
    rows: Vec<ResidualSource>,
}

impl Residuals<'_> {
    fn add_all(&mut self, residual: &str, lists: &BTreeMap<String, SourceList>) {
        for (reason, list) in lists {
            self.add((residual, reason), ("", ""), list);
        }
    }

    fn add(&mut self, named: (&str, &str), pool: (&str, &str), list: &SourceList) {
        for (key, amount) in list.iter() {
            let (group, cost_line, ledger_line) = self.costing.small.names.texts(key);
            self.rows.push(ResidualSource {
                residual: named.0.to_owned(),
                reason: named.1.to_owned(),
                resource: pool.0.to_owned(),
                activity: pool.1.to_owned(),
                support_group: group.to_owned(),
                cost_line: cost_line.to_owned(),
                ledger_line: ledger_line.to_owned(),
                amount,
            });
        }
    }
}

/// Private and overseas patients are costed like others and reported apart.
fn others_events(costing: &Costing<'_>) -> Vec<ResidualSource> {
    let labels = &costing.weights.labels;
    let events = (0_u32..).zip(&costing.weights.events);
    let chosen: Vec<(u32, u16)> = events
        .filter(|(_, it)| !is_own(&labels[usize::from(it.category)]))
        .map(|(place, it)| (place, it.category))
        .collect();
    if chosen.is_empty() {
        return Vec::new();
    }
    let names = &costing.small.names;
    let pools: Vec<_> = costing.pools().collect();
    let of_pool = |(resource, activity, pool): &(&String, &String, &Pool)| {
        let settled = &costing.settled[&((*resource).clone(), (*activity).clone())];
        let parts = costing.to_settle(activity, pool).of_chosen(settled, &chosen);
        let row = |((category, (group, cost_line)), amount)| ResidualSource {
            residual: "NOT_OWN_PATIENT".to_owned(),
            reason: labels[usize::from(category)].clone(),
            resource: (*resource).clone(),
            activity: (*activity).clone(),
            support_group: names.groups.name(group).to_owned(),
            cost_line: names.cost_lines.name(cost_line).to_owned(),
            ledger_line: String::new(),
            amount,
        };
        parts.into_iter().map(row).collect::<Vec<_>>()
    };
    pools.par_iter().flat_map_iter(of_pool).collect()
}

/// Whether events of a category are the trust's own: a blank category is.
pub(crate) fn is_own(category: &str) -> bool {
    category.is_empty() || category == OWN
}
