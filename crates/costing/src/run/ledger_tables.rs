//! Tables of stages 1 to 8: from ledger line to pool, with sources.

use tables::run::{AbsorbedSource, PoolSource};

use super::sink::{Sink, put_long, put_table};
use crate::error::CostingError;
use crate::pipeline::Costing;

/// Hands over the tables of stages 1 to 8.
pub(super) fn put(costing: &Costing<'_>, sink: &dyn Sink) -> Result<(), CostingError> {
    let small = &costing.small;
    put_table(sink, "control.parquet", &small.control)?;
    put_table(sink, "budget.parquet", &small.budget.lines)?;
    put_table(sink, "budget_lines.parquet", &small.budget.parts)?;
    put_long(sink, "quantum.parquet", small.ledger.quantum_rows(&small.quantum))?;
    put_long(sink, "cost_lines.parquet", small.ledger.rows(&small.names))?;
    put_long(sink, "support_weights.parquet", small.supported.weights.rows())?;
    put_long(sink, "final_lines.parquet", small.supported.rows(&small.names))?;
    put_long(sink, "pools.parquet", pools(costing))?;
    put_long(sink, "absorbed.parquet", absorbed(costing))
}

fn pools<'a>(costing: &'a Costing<'_>) -> impl Iterator<Item = PoolSource> + 'a {
    let names = &costing.small.names;
    costing.pools().flat_map(move |(resource, activity, pool)| {
        pool.sources.iter().map(move |(key, amount)| {
            let (group, cost_line, ledger_line) = names.texts(key);
            PoolSource {
                resource: resource.clone(),
                activity: activity.clone(),
                support_group: group.to_owned(),
                cost_line: cost_line.to_owned(),
                ledger_line: ledger_line.to_owned(),
                amount,
            }
        })
    })
}

fn absorbed<'a>(costing: &'a Costing<'_>) -> impl Iterator<Item = AbsorbedSource> + 'a {
    let names = &costing.small.names;
    costing.settled.iter().flat_map(move |((resource, activity), settled)| {
        settled.absorbed.iter().map(move |(key, amount)| {
            let (group, cost_line, ledger_line) = names.texts(key);
            AbsorbedSource {
                resource: resource.clone(),
                activity: activity.clone(),
                support_group: group.to_owned(),
                cost_line: cost_line.to_owned(),
                ledger_line: ledger_line.to_owned(),
                amount,
            }
        })
    })
}
