//! The cost of every event from one pool: one division for own cost, one where cost is absorbed.

use domain::{Money, share::Sharer};

use super::{PoolToSettle, SettledPool};

/// One event's cost from one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Event, by its place among all events.
    pub event: u32,
    /// Own cost.
    pub own: Money,
    /// Absorbed cost.
    pub absorbed: Money,
}

impl PoolToSettle<'_> {
    /// Cells of all events that have weight, in order.
    ///
    /// # Units and shape
    ///
    /// The cells' own cost sums to `settled.own`, their absorbed cost to the total of
    /// `settled.absorbed`: both are asserted.
    pub fn cells(&self, settled: &SettledPool) -> Vec<Cell> {
        if settled.total == 0 {
            return Vec::new();
        }
        let fits = "the pool was settled with the same weights";
        let mut own = Sharer::new(self.sources.total(), settled.total).expect(fits);
        let absorbed = settled.absorbed.total();
        let mut second = (!settled.absorbed.is_empty())
            .then(|| Sharer::new(absorbed, settled.absorbing).expect(fits));
        let mut cells = Vec::with_capacity(self.weights.events.len());
        for (event, weight) in &self.weights.events {
            let again = i128::from(if self.set.absolute { weight.max(0) } else { weight });
            cells.push(Cell {
                event,
                own: own.next_share(i128::from(weight)),
                absorbed: second.as_mut().map_or(Money::ZERO, |it| it.next_share(again)),
            });
        }
        let sums = cells.iter().fold((Money::ZERO, Money::ZERO), |(own, absorbed), cell| {
            (own + cell.own, absorbed + cell.absorbed)
        });
        assert_eq!(
            sums,
            (settled.own, absorbed),
            "the cells of pool {} are not conserved",
            self.name
        );
        cells
    }
}
