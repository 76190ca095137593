//! What care cost: service lines by currency, each cost by activity and statement row, so that a
//! page can go from a service line down to one healthcare resource group without a gap.
//!
//! Everything is made once for a run, from its costed events. The parts of a currency in the rows
//! of a statement come from the provenance kernel, over the currencies of a point of delivery in
//! order: they add up to the service line's statement, to the micro-pound.

mod book;
mod events;
mod fraction;
mod gap;
mod moved;
mod national;
mod statement;
mod used;
mod whose;

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;

pub use gap::GapPart;
pub use moved::{Bar, BarKind, Moved};
pub use national::{BesideNational, NationalKind, index_permille};
pub use statement::{CareRow, CareRowKind, Controllable, ControllableLine, Use};
pub use used::LineUse;
pub use whose::CategoryCare;

/// What is counted and costed together: a type of event at a point of delivery with one HRG.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    /// Type of event.
    pub event_type: String,
    /// Point of delivery; blank where the trust states none.
    pub pod: String,
    /// Healthcare resource group; blank where there is none.
    pub hrg: String,
}

/// The care of a whole run.
#[derive(Debug)]
pub struct CareBook {
    /// By service line.
    pub lines: BTreeMap<String, LineCare>,
    /// Activities by number.
    pub activities: Vec<String>,
    /// Kinds of cost by number.
    pub classes: Vec<CostClass>,
    /// Costs of one and counts over all patients of the trust, by activity.
    pub trust: BTreeMap<u16, TrustActivity>,
}

/// One activity over all patients of the trust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrustActivity {
    /// Count of events: number, or seconds.
    pub count: i64,
    /// Own cost of events.
    pub own: Money,
    /// Of which its cost lines call fixed.
    pub fixed: Money,
}

/// The care of one service line.
#[derive(Clone, Debug, Default)]
pub struct LineCare {
    /// Care by currency.
    pub cells: BTreeMap<Currency, Care>,
    /// Legally restricted care and what is not of single events: it has no currency here.
    pub apart: Care,
    /// Patients.
    pub patients: u64,
    /// Income of the service line that no event earned: at unit price, and recognised.
    pub loose: (Money, Money),
}

/// Care of some events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Care {
    /// Events.
    pub events: u64,
    /// Patients of one currency; where several are added up, one patient may count in each.
    pub patients: u64,
    /// Income of the events at unit price.
    pub at_unit_price: Money,
    /// Income of the events as recognised.
    pub recognised: Money,
    /// Cost by activity and kind of cost.
    pub parts: BTreeMap<(u16, u16), Money>,
    /// Of the cost, what was absorbed from activity that found no event, by activity.
    pub absorbed: BTreeMap<u16, Money>,
    /// Count by activity: number, or seconds.
    pub counts: BTreeMap<u16, i64>,
}

/// A kind of cost: its row in the statement, and what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CostClass {
    /// Row of the statement that takes it; blank if none does.
    pub row: String,
    /// Statement group of the resource.
    pub group: String,
    /// `direct`, `indirect` or `overhead`.
    pub traceability: String,
    /// Support group, or `DIRECT`.
    pub support_group: String,
    /// Kind of cost.
    pub cost_type: String,
    /// Whether safe clinical change can move it.
    pub controllable: bool,
    /// Whether it is neither non-recurrent nor technical.
    pub recurrent: bool,
}

impl Care {
    /// Cost in all.
    pub fn cost(&self) -> Money {
        self.parts.values().sum()
    }

    /// Adds other care.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.patients += other.patients;
        self.at_unit_price += other.at_unit_price;
        self.recognised += other.recognised;
        for (key, amount) in &other.parts {
            *self.parts.entry(*key).or_default() += *amount;
        }
        for (key, amount) in &other.absorbed {
            *self.absorbed.entry(*key).or_default() += *amount;
        }
        for (key, count) in &other.counts {
            *self.counts.entry(*key).or_default() += count;
        }
    }
}

impl LineCare {
    /// Care of all currencies that are wanted.
    pub fn sum(&self, wanted: impl Fn(&Currency) -> bool) -> Care {
        let mut sum = Care::default();
        for (_, care) in self.cells.iter().filter(|it| wanted(it.0)) {
            sum.add(care);
        }
        sum
    }

    /// Points of delivery with their type of event, in order.
    pub fn pods(&self) -> BTreeSet<(String, String)> {
        self.cells.keys().map(|it| (it.event_type.clone(), it.pod.clone())).collect()
    }
}

#[cfg(test)]
mod tests;
