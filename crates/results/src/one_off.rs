//! One-off items by name: what of the ledger will not come again, and what service lines are with
//! and without it.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use tables::run::{CostLineSource, QuantumLine};

use crate::explain::Named;
use crate::{ResultsError, Run, reading};

/// Recurrence of all that will come again.
const RECURRENT: &str = "recurrent";

/// Recurrence of joined staff pools of which some are the one and some the other.
const MIXED: &str = "non-recurrent or technical";

/// What cost lines of joined staff pools are called together; they have no code.
const POOLS: &str = "Small staff pools together";

/// One-off items of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneOff {
    /// Items, the largest first.
    pub items: Vec<OneOffItem>,
    /// Service lines whose result they move, the most moved first.
    pub lines: Vec<OneOffLine>,
}

/// A cost line that is not recurrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOffItem {
    /// Cost line, with its name.
    pub cost_line: Named,
    /// `non-recurrent` or `technical`; both of joined staff pools that differ.
    pub recurrence: String,
    /// Periods in which it stands in the ledger, 1 for April.
    pub periods: BTreeSet<i64>,
    /// What the ledger holds of it.
    pub amount: Money,
}

/// A service line with and without one-off items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOffLine {
    /// Service line.
    pub service_line: Named,
    /// Surplus or deficit with them.
    pub with: Money,
    /// The same without them.
    pub without: Money,
}

impl OneOffLine {
    /// What they took from the result; less than nothing if they added to it.
    pub fn taken(&self) -> Money {
        self.without - self.with
    }
}

impl OneOff {
    /// What all items come to in the ledger.
    pub fn amount(&self) -> Money {
        self.items.iter().map(|it| it.amount).sum()
    }

    /// What they took from the results of all service lines.
    pub fn taken(&self) -> Money {
        self.lines.iter().map(OneOffLine::taken).sum()
    }
}

impl Run {
    /// One-off items by name, and the service lines that they move. Cost lines of small staff pools
    /// that were joined name nobody, so they are one item together, without a code.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn one_off(&self) -> Result<OneOff, ResultsError> {
        let rules = self.rules()?;
        let pools = self.merged_pools()?;
        let period_of: BTreeMap<String, i64> = reading::all_rows::<QuantumLine>(self)?
            .into_iter()
            .map(|it| (it.ledger_line, it.period))
            .collect();
        let mut items: BTreeMap<String, OneOffItem> = BTreeMap::new();
        for source in reading::all_rows::<CostLineSource>(self)? {
            let line = rules.cost_lines.get(&source.cost_line);
            let Some(line) = line.filter(|it| it.recurrence != RECURRENT) else { continue };
            let is_joined = pools.cost_line(&source.cost_line) != source.cost_line;
            let cost_line = if is_joined {
                Named { code: String::new(), name: POOLS.to_owned() }
            } else {
                Named { code: source.cost_line, name: line.name.clone() }
            };
            let item = items.entry(cost_line.code.clone()).or_insert_with(|| OneOffItem {
                cost_line,
                recurrence: line.recurrence.clone(),
                periods: BTreeSet::new(),
                amount: Money::ZERO,
            });
            if item.recurrence != line.recurrence {
                MIXED.clone_into(&mut item.recurrence);
            }
            item.amount += source.amount;
            item.periods.extend(period_of.get(&source.ledger_line));
        }
        let mut items: Vec<OneOffItem> = items.into_values().collect();
        items.sort_by_key(|it| (std::cmp::Reverse(it.amount.abs()), it.cost_line.code.clone()));
        let line = |it: crate::statements::Statement| OneOffLine {
            service_line: it.service_line.clone(),
            with: it.result(),
            without: it.recurrent().result(),
        };
        let mut lines: Vec<OneOffLine> =
            self.statements()?.into_iter().map(line).filter(|it| !it.taken().is_zero()).collect();
        lines.sort_by_key(|it| (std::cmp::Reverse(it.taken().abs()), it.service_line.code.clone()));
        Ok(OneOff { items, lines })
    }
}
