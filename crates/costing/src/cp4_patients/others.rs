//! What chosen events took of a pool, by source: those of private and overseas patients.

use std::collections::BTreeMap;

use domain::{Money, provenance::part};

use super::{PoolToSettle, SettledPool};
use crate::source::SourceList;

/// Support group and cost line booked, by number.
pub(crate) type LineKey = (u32, u32);

impl PoolToSettle<'_> {
    /// Own and absorbed cost of the chosen events by choice, support group and cost line.
    ///
    /// # Units and shape
    ///
    /// `chosen` holds events by their place among all events, in order, each with what it was
    /// chosen as. Ledger lines are not kept apart: an event's are worked out when asked for, and a
    /// cost line gets exactly the sum of the parts of its ledger lines.
    pub(crate) fn of_chosen(
        &self,
        settled: &SettledPool,
        chosen: &[(u32, u16)],
    ) -> BTreeMap<(u16, LineKey), Money> {
        let mut sums = BTreeMap::new();
        if settled.total == 0 {
            return sums;
        }
        let own = runs(self.sources);
        let absorbed = runs(&settled.absorbed);
        let mut chosen = chosen.iter().peekable();
        let (mut running, mut absorbing) = (0, 0);
        for (event, weight) in &self.weights.events {
            let again = if self.set.absolute { weight.max(0) } else { weight };
            let first = (running, running + i128::from(weight));
            let second = (absorbing, absorbing + i128::from(again));
            (running, absorbing) = (first.1, second.1);
            while chosen.next_if(|it| it.0 < event).is_some() {}
            let Some((_, choice)) = chosen.next_if(|it| it.0 == event) else { continue };
            for (runs, span, total) in
                [(&own, first, settled.total), (&absorbed, second, settled.absorbing)]
            {
                for (key, sources) in runs {
                    *sums.entry((*choice, *key)).or_default() += part(*sources, span, total);
                }
            }
        }
        sums.retain(|_, amount: &mut Money| !amount.is_zero());
        sums
    }
}

/// Neighbouring sources of one cost line, with the running sum before and after them.
fn runs(sources: &SourceList) -> Vec<(LineKey, (i64, i64))> {
    let mut runs: Vec<(LineKey, (i64, i64))> = Vec::new();
    let mut reached = 0;
    for (key, amount) in sources.iter() {
        let before = reached;
        reached += amount.micro_pounds();
        let key = (key.group, key.cost_line);
        match runs.last_mut() {
            Some((known, (_, after))) if *known == key => *after = reached,
            _ => runs.push((key, (before, reached))),
        }
    }
    runs
}
