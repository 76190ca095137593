//! What a pool is made of, and which part of each source one receiver gets.

use std::collections::BTreeMap;

use domain::Money;
use domain::provenance::{self, Sources};
use serde::Serialize;
use tables::run::{AbsorbedSource, PoolSource};

use crate::ResultsError;

/// Where money came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SourceKey {
    /// Support group, or `DIRECT`.
    pub support_group: String,
    /// Cost line booked.
    pub cost_line: String,
    /// Ledger line.
    pub ledger_line: String,
}

/// A (resource, activity).
pub(crate) type PoolKey = (String, String);

/// Sources of one pool in key order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    keys: Vec<SourceKey>,
    amounts: Sources<usize>,
}

/// A receiver's place among the weights: the running weight before and after it, and the sum of
/// all weights.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) before: i128,
    pub(crate) after: i128,
    pub(crate) total: i128,
}

impl Pool {
    /// The pool's amount.
    pub(crate) fn total(&self) -> Money {
        provenance::total(&self.amounts)
    }

    /// How many sources it has.
    pub(crate) fn sources(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn key(&self, source: usize) -> &SourceKey {
        &self.keys[source]
    }

    /// The receiver's parts by source number, zero parts left out.
    pub(crate) fn parts(&self, span: Span) -> Vec<(usize, Money)> {
        if span.total == 0 || span.before == span.after {
            return Vec::new();
        }
        provenance::parts(&self.amounts, (span.before, span.after), span.total)
    }

    fn add(&mut self, file: &str, key: SourceKey, amount: Money) -> Result<(), ResultsError> {
        if self.keys.last().is_some_and(|last| *last >= key) {
            return Err(ResultsError::damaged(file, "its sources are not in key order"));
        }
        self.amounts.insert(self.keys.len(), amount);
        self.keys.push(key);
        Ok(())
    }
}

/// Parts of own and absorbed cost side by side, in key order; both lists are in that order.
pub(crate) fn merged<'a>(
    (pool, own): (&'a Pool, &'a [(usize, Money)]),
    (absorbed_pool, absorbed): (&'a Pool, &'a [(usize, Money)]),
) -> impl Iterator<Item = (&'a SourceKey, Money, Money)> {
    let mut own = own.iter().map(|(source, amount)| (pool.key(*source), *amount)).peekable();
    let mut absorbed =
        absorbed.iter().map(|(source, amount)| (absorbed_pool.key(*source), *amount)).peekable();
    std::iter::from_fn(move || {
        let next = match (own.peek(), absorbed.peek()) {
            (Some((one, _)), Some((other, _))) => *one.min(other),
            (one, other) => one.or(other)?.0,
        };
        let amount = |it: Option<(&SourceKey, Money)>| it.map_or(Money::ZERO, |(_, amount)| amount);
        let own = amount(own.next_if(|(key, _)| *key == next));
        let absorbed = amount(absorbed.next_if(|(key, _)| *key == next));
        Some((next, own, absorbed))
    })
}

/// Pools from rows of `pools`.
pub(crate) fn pools(rows: Vec<PoolSource>) -> Result<BTreeMap<PoolKey, Pool>, ResultsError> {
    let mut pools: BTreeMap<PoolKey, Pool> = BTreeMap::new();
    for row in rows {
        let PoolSource { resource, activity, support_group, cost_line, ledger_line, amount } = row;
        let key = SourceKey { support_group, cost_line, ledger_line };
        pools.entry((resource, activity)).or_default().add("pools.parquet", key, amount)?;
    }
    Ok(pools)
}

/// Pools of absorbed cost from rows of `absorbed`.
pub(crate) fn absorbed(rows: Vec<AbsorbedSource>) -> Result<BTreeMap<PoolKey, Pool>, ResultsError> {
    let as_pool = |row: AbsorbedSource| PoolSource {
        resource: row.resource,
        activity: row.activity,
        support_group: row.support_group,
        cost_line: row.cost_line,
        ledger_line: row.ledger_line,
        amount: row.amount,
    };
    pools(rows.into_iter().map(as_pool).collect())
}
