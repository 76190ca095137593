//! Makes an explanation of what was gathered, and refuses it unless every sum closes.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::Money;
use tables::run::{EventCost, EventWeight};

use super::gather::{self, Gathered};
use super::names::Names;
use super::roll_up::{self, RolledUp};
use super::sources::{Pool, PoolKey, SourceKey, Span, merged};
use super::{Command, EventFacts, ExplainedCell, Explanation, LedgerPart, Part, Totals, rate};
use crate::merged_pools::MergedPools;
use crate::{ResultsError, Run};

pub(super) fn build(run: &Run, gathered: &Gathered) -> Result<Explanation, ResultsError> {
    let rules = run.rules()?;
    let names = Names(rules);
    let ledger = gather::ledger(run)?;
    let mut cells = Vec::new();
    for (key, cost) in &gathered.cells {
        let mut cell = explain_cell(rules, gathered, key, cost)?;
        cell.parts = shown_parts(cell.parts, &ledger.pools);
        cells.push(cell);
    }
    let event = &gathered.event;
    let totals = Totals {
        own: event.own,
        absorbed: event.absorbed,
        cost: event.own + event.absorbed,
        income_at_unit_price: event.income_at_unit_price,
        income_recognised: event.income_recognised,
    };
    let own = cells.iter().map(|it| it.own).sum();
    let absorbed = cells.iter().map(|it| it.absorbed).sum();
    must_equal("the event's own cost", totals.own, own)?;
    must_equal("the event's absorbed cost", totals.absorbed, absorbed)?;
    let parts: Vec<&Part> = cells.iter().flat_map(|it| &it.parts).collect();
    let RolledUp { support_groups, cost_lines, ledger_lines } =
        roll_up::roll_up(&parts, &names, &ledger);
    for (what, sum) in [
        ("the event's cost by support group", roll_up::sum(&support_groups)),
        ("the event's cost by cost line", roll_up::sum(&cost_lines)),
        (
            "the event's cost by ledger line",
            ledger_lines.iter().map(|it| it.own + it.absorbed).sum(),
        ),
    ] {
        must_equal(what, totals.cost, sum)?;
    }
    Ok(Explanation {
        run: run.label()?,
        event: facts(event, &names),
        totals,
        commands: commands(run, &event.event, (&cells, &ledger_lines)),
        cells,
        support_groups,
        cost_lines,
        ledger_lines,
    })
}

/// The parts of one (resource, activity) cost.
fn explain_cell(
    rules: &rules::YearRules,
    gathered: &Gathered,
    key: &PoolKey,
    cost: &EventCost,
) -> Result<ExplainedCell, ResultsError> {
    let names = Names(rules);
    let what = format!("the cost of {} in {}", key.0, key.1);
    let missing = |file: &str| ResultsError::damaged(file, &format!("it has nothing for {what}"));
    let unit_cost = gathered.unit_costs.get(key).ok_or_else(|| missing("unit_costs.parquet"))?;
    let set = &unit_cost.weight_set;
    let weight = gathered.weights.get(set).ok_or_else(|| missing(&format!("weights/{set}")))?;
    let pool = gathered.pools.get(key).ok_or_else(|| missing("pools.parquet"))?;
    must_equal(&format!("the pool of {} in {}", key.0, key.1), unit_cost.pool, pool.total())?;
    let own = own_parts(pool, weight, unit_cost.weight);
    let absorbed = match gathered.absorbed.get(key) {
        Some(pool) => absorbed_parts(pool, weight, unit_cost.event_weight),
        None => Vec::new(),
    };
    must_equal(&what, cost.own, own.iter().map(|it| it.1).sum())?;
    must_equal(&what, cost.absorbed, absorbed.iter().map(|it| it.1).sum())?;
    let empty = Pool::default();
    let absorbed_pool = gathered.absorbed.get(key).map_or(&empty, Arc::as_ref);
    let part = |(source, own, absorbed): (&SourceKey, _, _)| Part {
        source: source.clone(),
        own,
        absorbed,
    };
    let parts = merged((pool, &own), (absorbed_pool, &absorbed)).map(part).collect();
    let activity = rules.activities.get(&key.1);
    Ok(ExplainedCell {
        resource: names.resource(&key.0),
        activity: names.activity(&key.1),
        weight_set: set.clone(),
        quantity: gathered.activities.get(&key.1).map(|count| rate::quantity(*count, activity)),
        rate: rate::rate(rules.weight_sets.get(set), weight, unit_cost),
        own: cost.own,
        absorbed: cost.absorbed,
        parts,
    })
}

/// Parts by the sources that may be shown, in key order: those of merged pools are added up.
fn shown_parts(parts: Vec<Part>, pools: &MergedPools) -> Vec<Part> {
    if pools.is_empty() {
        return parts;
    }
    let mut shown: BTreeMap<SourceKey, (Money, Money)> = BTreeMap::new();
    for part in parts {
        let amounts = shown.entry(pools.source(&part.source)).or_default();
        amounts.0 += part.own;
        amounts.1 += part.absorbed;
    }
    shown.into_iter().map(|(source, (own, absorbed))| Part { source, own, absorbed }).collect()
}

/// Parts of own cost by source number.
pub(super) fn own_parts(pool: &Pool, weight: &EventWeight, total: i128) -> Vec<(usize, Money)> {
    let before = weight.running - i128::from(weight.weight);
    pool.parts(Span { before, after: weight.running, total })
}

/// Parts of absorbed cost by source number: shared by weights that are not negative.
pub(super) fn absorbed_parts(
    pool: &Pool,
    weight: &EventWeight,
    total: i128,
) -> Vec<(usize, Money)> {
    let after = weight.absorbing.unwrap_or(weight.running);
    let before = after - i128::from(weight.weight.max(0));
    pool.parts(Span { before, after, total })
}

pub(crate) fn must_equal(what: &str, stated: Money, found: Money) -> Result<(), ResultsError> {
    if stated == found {
        return Ok(());
    }
    Err(ResultsError::DoesNotAddUp { what: what.to_owned(), stated, found })
}

fn facts(event: &tables::run::CostedEvent, names: &Names<'_>) -> EventFacts {
    EventFacts {
        reference: event.event.clone(),
        event_type: names.event_type(&event.event_type),
        service_line: names.service_line(&event.service_line),
        specialty: names.specialty(&event.specialty),
        start: crate::words::local_time(event.start_s),
        end: event.end_s.map_or_else(String::new, crate::words::local_time),
        completeness: event.completeness.clone(),
        hrg: event.hrg.clone(),
        pod: event.pod.clone(),
        category: event.category.clone(),
    }
}

/// Commands that show where the largest figures come from; others differ in their codes only.
fn commands(
    run: &Run,
    event: &str,
    (cells, lines): (&[ExplainedCell], &[LedgerPart]),
) -> Vec<Command> {
    let folder = run.folder().display();
    let query = |sql: &str| format!("concord query {folder} \"{sql}\"");
    let command = |shows: &str, command| Command { shows: shows.to_owned(), command };
    let mut commands = vec![
        command(
            "every ledger line and every part",
            format!("concord explain {folder} --event {event} --all"),
        ),
        command(
            "own cost of each feed row",
            format!("concord explain {folder} --event {event} --dataset DATASET"),
        ),
    ];
    if let Some(cell) = cells.iter().max_by_key(|it| (it.own + it.absorbed).abs()) {
        let pool = format!(
            "resource = '{}' and activity = '{}'",
            sql_text(&cell.resource.code),
            sql_text(&cell.activity.code)
        );
        commands.push(command(
            "pool, total weight and unit rate",
            query(&format!("select * from unit_costs where {pool}")),
        ));
        commands.push(command(
            "what the pool is made of",
            query(&format!("select * from pools where {pool}")),
        ));
    }
    if let Some(line) = lines.iter().max_by_key(|it| (it.own + it.absorbed).abs()) {
        let line = sql_text(&line.ledger_line);
        let sql = format!("select * from cost_lines where ledger_line = '{line}'");
        commands.push(command("where a ledger line went", query(&sql)));
    }
    commands.push(command("that every figure recomputes", format!("concord verify {folder}")));
    commands
}

/// A text between single quotes in SQL.
pub(super) fn sql_text(text: &str) -> String {
    text.replace('\'', "''")
}
