//! Shares each (resource, activity) pool over the receivers of its weight set.
//!
//! | reads | writes |
//! |---|---|
//! | pools with their sources, weights of events and other receivers | own and absorbed cost of every event; residuals with their sources |
//!
//! Guarantees: for each pool, own + absorbed + residuals = pool, and residuals and absorbed cost
//! keep their sources. A cell's cost depends on the pool, its running weight and the total alone.
//!
//! Does not: round anywhere but in the two kernels; drop a pool.
//!
//! Source: costing semantics, section 8.

mod cells;
mod others;
#[cfg(test)]
mod reference;
mod size;
mod statement;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::{Money, share::ShareError};

use crate::cp4_weights::{Residual, SetPlan, SetWeights};
use crate::error::CostingError;
use crate::source::SourceList;

pub use cells::Cell;
pub use statement::{AttributeTable, Attributes, Cube};

/// How one pool was settled, apart from the events' own cells.
#[derive(Clone, Debug, Default)]
pub struct SettledPool {
    /// Total weight over all receivers; for an absolute set the pool itself.
    pub total: i128,
    /// Total weight of events, by which absorbed cost is shared.
    pub absorbing: i128,
    /// Sum of the events' own cost.
    pub own: Money,
    /// What the events absorb, by source.
    pub absorbed: SourceList,
    /// Of this, what each reason for finding no event brought.
    pub absorbed_by: BTreeMap<String, Money>,
    /// What reached no event, by residual and reason.
    pub residuals: BTreeMap<Left, SourceList>,
}

/// Residual and reason under which money that reached no event is shown.
pub type Left = (&'static str, String);

/// One pool with the weights that share it.
#[derive(Clone, Copy, Debug)]
pub struct PoolToSettle<'a> {
    /// Resource and activity, for messages.
    pub name: &'a str,
    /// What it is made of.
    pub sources: &'a SourceList,
    /// Rules of its weight set.
    pub set: &'a SetPlan,
    /// Weights of its weight set.
    pub weights: &'a SetWeights,
}

impl PoolToSettle<'_> {
    /// Settles the pool: totals, residuals and absorbed cost with their sources.
    ///
    /// `kinds` gives the kind of each planned session: unused time is shown by kind.
    ///
    /// # Errors
    ///
    /// [`CostingError::TooLarge`] if the pool times its total weight passes 2¹²⁷.
    pub fn settle(&self, kinds: &BTreeMap<&str, &str>) -> Result<SettledPool, CostingError> {
        let pool = self.sources.total();
        let listed = self.weights.total();
        let total = if self.set.absolute { i128::from(pool.micro_pounds()) } else { listed };
        if total == 0 {
            return Ok(self.nothing_to_share_by());
        }
        let too_large = |error: ShareError| CostingError::TooLarge {
            what: format!("pool {}", self.name),
            why: error.to_string(),
        };
        size::check(self.sources, total, self.reach(total)).map_err(too_large)?;
        let mut splitter = self.sources.splitter(total).map_err(too_large)?;
        let own = splitter.next_list(self.weights.event_total());
        let mut settled = SettledPool {
            total,
            absorbing: absorbing_total(self.set, self.weights),
            own: own.total(),
            ..SettledPool::default()
        };
        for (left, absorb, weight) in self.receivers(kinds) {
            let part = splitter.next_list(weight);
            if absorb && settled.absorbing > 0 {
                *settled.absorbed_by.entry(left.1).or_default() += part.total();
                settled.absorbed.merge(&part);
            } else {
                settled.residuals.entry(left).or_default().merge(&part);
            }
        }
        if self.set.absolute {
            let variance = splitter.next_list(total - listed);
            settled.residuals.insert(("TRACED_VARIANCE", String::new()), variance);
        }
        settled.residuals.retain(|_, part| !part.is_empty());
        settled.absorbed_by.retain(|_, amount| !amount.is_zero());
        if settled.absorbing > 0 {
            let reach = (0, settled.absorbing);
            size::check(&settled.absorbed, settled.absorbing, reach).map_err(too_large)?;
        }
        self.assert_conserved(own, &settled);
        Ok(settled)
    }

    /// The least and the greatest running weight over all receivers.
    fn reach(&self, total: i128) -> (i128, i128) {
        if !self.set.absolute {
            return (0, total);
        }
        let events = self.weights.events.iter().map(|(_, weight)| i128::from(weight));
        let mut running = 0;
        let mut reach = (total.min(0), total.max(0));
        for weight in events.chain(self.weights.residuals.values().copied()) {
            running += weight;
            reach = (reach.0.min(running), reach.1.max(running));
        }
        reach
    }

    /// Stops the run rather than publish a cost that was made up or lost, of any source.
    fn assert_conserved(&self, own: SourceList, settled: &SettledPool) {
        let mut found = own;
        found.merge(&settled.absorbed);
        settled.residuals.values().for_each(|it| found.merge(it));
        assert_eq!(&found, self.sources, "pool {} is not conserved", self.name);
    }

    /// Receivers behind the events: neighbours that are shown alike are one, since the kernel
    /// gives a range the sum of its members' parts.
    fn receivers(&self, kinds: &BTreeMap<&str, &str>) -> Vec<(Left, bool, i128)> {
        let mut found: Vec<(Left, bool, i128)> = Vec::new();
        for (residual, &weight) in &self.weights.residuals {
            let absorb = self.set.absorbed && matches!(residual, Residual::Unmatched(_));
            let left = shown_as(residual, kinds);
            match found.last_mut() {
                Some((last, _, sum)) if *last == left => *sum += weight,
                _ => found.push((left, absorb, weight)),
            }
        }
        found
    }

    /// A pool of nothing charges nothing; with money but no weight the whole pool has no driver.
    fn nothing_to_share_by(&self) -> SettledPool {
        let mut settled = SettledPool::default();
        if !self.sources.is_empty() {
            let kind = if self.set.absolute { "TRACED_VARIANCE" } else { "NO_DRIVER" };
            settled.residuals.insert((kind, String::new()), self.sources.clone());
        }
        settled
    }
}

fn shown_as(residual: &Residual, kinds: &BTreeMap<&str, &str>) -> Left {
    match residual {
        Residual::UnusedSessionTime(session) => {
            let kind = kinds.get(session.as_str()).copied().unwrap_or_default();
            ("UNUSED_SESSION_TIME", kind.to_owned())
        }
        Residual::CostObject(object) => ("NOT_OWN_PATIENT", object.clone()),
        Residual::Unmatched(reason) => ("UNMATCHED", reason.name().to_owned()),
    }
}

/// Weight by which events absorb: traced credits do not count.
fn absorbing_total(set: &SetPlan, weights: &SetWeights) -> i128 {
    if set.absolute {
        weights.events.iter().map(|(_, weight)| i128::from(weight.max(0))).sum()
    } else {
        weights.event_total()
    }
}
