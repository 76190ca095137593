//! Sums of weights and counts for the events of one bucket, held densely while rows come in.

use std::collections::{BTreeMap, BTreeSet};

use domain::Day;
use hashbrown::HashMap;
use rules::year::{CountUnit, WeightDriver};

use super::plan::{Plan, Touched};
use super::row_plan::{PlannedSet, RowPlan};
use super::{Amounts, BucketWork, Period, Receiver};
use crate::cp4_matching::Reason;
use crate::error::CostingError;

/// What weighing needs of one row.
#[derive(Clone, Debug)]
pub(super) struct RowFacts {
    pub(super) start: i64,
    pub(super) end: Option<i64>,
    /// Seconds of the row that lie in the period and belong to no other row of an exclusive feed.
    pub(super) seconds: i64,
    pub(super) starts_inside: bool,
    pub(super) quantity_e4: i64,
    pub(super) staff_e2: i64,
    pub(super) cost: i64,
}

/// Dense sums over (event, weight set) and (event, activity): rows come patient by patient, so that
/// what they are added to lies close together.
#[derive(Debug)]
pub(super) struct Sums<'a> {
    plan: &'a Plan,
    weights: Vec<i64>,
    counts: Vec<i64>,
}

impl<'a> Sums<'a> {
    pub(super) fn new(plan: &'a Plan, events: usize) -> Self {
        Self {
            plan,
            weights: vec![0; plan.sets.len() * events],
            counts: vec![0; plan.activities.len() * events],
        }
    }

    /// Adds one row to its receiver, in every activity that takes the receiver's category.
    pub(super) fn add(
        &mut self,
        row: &RowFacts,
        planned: &RowPlan,
        (receiver, category): (&Receiver, &str),
        work: &mut BucketWork,
    ) -> Result<(), CostingError> {
        for activity in planned.activities.iter().filter(|it| it.takes(category)) {
            if let Receiver::Event(event) = receiver {
                let count = count_of(row, self.plan.activities[activity.activity].unit);
                let place = *event as usize * self.plan.activities.len() + activity.activity;
                self.counts[place] += count;
            }
            for set in &activity.sets {
                self.add_weight(row, set, receiver, work)?;
            }
        }
        Ok(())
    }

    fn add_weight(
        &mut self,
        row: &RowFacts,
        set: &PlannedSet,
        receiver: &Receiver,
        work: &mut BucketWork,
    ) -> Result<(), CostingError> {
        let too_large = || too_large(self.plan, set.set);
        let measure = self.measure(row, set.set).ok_or_else(too_large)?;
        if measure == 0 {
            return Ok(());
        }
        // A default of nothing is the one that most needs to be told.
        if let Some(code) = &set.defaulted {
            *work.notes.defaults.entry((set.set, code.clone())).or_default() += 1;
        }
        let weight = measure.checked_mul(set.relative).ok_or_else(too_large)?;
        if weight == 0 {
            return Ok(());
        }
        match receiver {
            Receiver::Event(event) => {
                let place = *event as usize * self.plan.sets.len() + set.set;
                let sum = self.weights[place].checked_add(weight);
                self.weights[place] = sum.ok_or_else(too_large)?;
            }
            Receiver::Residual(residual) => {
                *work.residuals.entry((set.set, residual.clone())).or_default() +=
                    i128::from(weight);
            }
        }
        Ok(())
    }

    /// Weight of one row in one set.
    pub(super) fn weight_of(&self, row: &RowFacts, set: &PlannedSet) -> Result<i64, CostingError> {
        let measure = self.measure(row, set.set);
        let weight = measure.and_then(|it| it.checked_mul(set.relative));
        weight.ok_or_else(|| too_large(self.plan, set.set))
    }

    /// Driver × staff; a relative weight multiplies it, but an absolute set has none.
    fn measure(&self, row: &RowFacts, set: usize) -> Option<i64> {
        let rules = &self.plan.sets[set];
        let counts = i64::from(row.starts_inside);
        let driver = match rules.driver {
            WeightDriver::Count if row.quantity_e4 < 0 => -counts,
            WeightDriver::Count => counts,
            WeightDriver::Quantity => counts * row.quantity_e4,
            WeightDriver::Cost => counts * row.cost,
            WeightDriver::Duration => {
                counted_seconds(row, rules.minimum_seconds, &self.plan.period)
            }
        };
        driver.checked_mul(if rules.staff { row.staff_e2 } else { 1 })
    }

    /// Hands over what rows of one feed brought, and begins anew; signs are judged when all of a
    /// receiver's weight is known.
    pub(super) fn take(&mut self, touched: &Touched, work: &mut BucketWork) {
        work.weights = take(&mut self.weights, &touched.sets, self.plan.sets.len());
        work.counts = take(&mut self.counts, &touched.activities, self.plan.activities.len());
    }
}

/// For each of `count` places, the events that have a sum there which is not nothing, in order;
/// only places that were touched can.
fn take(sums: &mut [i64], touched: &BTreeSet<usize>, count: usize) -> Vec<Amounts> {
    let mut taken = vec![Amounts::default(); count];
    if touched.is_empty() {
        return taken;
    }
    let touched: Vec<usize> = touched.iter().copied().collect();
    for (event, of_event) in (0_u32..).zip(sums.chunks_exact_mut(count)) {
        for &place in &touched {
            let sum = std::mem::take(&mut of_event[place]);
            if sum != 0 {
                taken[place].push(event, sum);
            }
        }
    }
    taken
}

/// A weight that does not fit the table of weights.
pub(super) fn too_large(plan: &Plan, set: usize) -> CostingError {
    CostingError::TooLarge {
        what: format!("weight set {}", plan.sets[set].code),
        why: "the weight of one event passes 2⁶³".to_owned(),
    }
}

/// Seconds that a duration set counts: a short row lasts the minimum from its start.
pub(super) fn counted_seconds(row: &RowFacts, minimum: i64, period: &Period) -> i64 {
    match row.end {
        Some(end) if end - row.start < minimum => {
            period.seconds_of(row.start, Some(row.start.saturating_add(minimum)))
        }
        _ => row.seconds,
    }
}

fn count_of(row: &RowFacts, unit: CountUnit) -> i64 {
    match unit {
        CountUnit::Minutes => row.seconds,
        CountUnit::Number if !row.starts_inside => 0,
        CountUnit::Number if row.quantity_e4 < 0 => -1,
        CountUnit::Number => 1,
    }
}

/// What decided about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Decided {
    /// The matching rule that found its event, by number.
    Rule(usize),
    /// Why it has none.
    Reason(Reason),
}

/// Rows by day and what decided, so that a row makes no text and no month.
pub(super) type DayRules = HashMap<(Day, Decided), i64>;

/// The same by month, counted from the year 0.
pub(super) fn by_month(days: DayRules) -> BTreeMap<(i32, Decided), i64> {
    let mut months = BTreeMap::new();
    for ((day, decided), rows) in days {
        let (year, month, _) = day.to_civil();
        let month = year * 12 + i32::try_from(month).unwrap_or(1) - 1; // number: months in a year
        *months.entry((month, decided)).or_default() += rows;
    }
    months
}
