//! What spells and events cost, by month: exactly, and as a measure that can be judged beside the outcomes.

use domain::Money;
use tables::run::CostedEvent;

use super::definitions::{CostRule, Definitions, Form, Good};
use super::{Calendar, MonthValue, Outcome, Spells};
use crate::group::PatientGroup;
use crate::listing::is_costed;
use crate::{ResultsError, Run, reading};

/// Millionths of a pound.
const POUND: i64 = 1_000_000;

/// What the care of a patient group cost in each month of the year to date of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct CostsByMonth {
    /// Spells, by the month of discharge.
    pub spells: CostByMonth,
    /// Events, by the month in which they began.
    pub events: CostByMonth,
}

/// The cost of one thing by month.
#[derive(Clone, Debug, PartialEq)]
pub struct CostByMonth {
    /// Each month in order, those in which there was nothing too.
    pub months: Vec<MonthCost>,
    /// The same as a mean of whole pounds, whose change can be judged by [`super::beside`]. Neither
    /// more nor less of it is good by itself.
    pub measure: Outcome,
}

/// One month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MonthCost {
    /// Month, such as `2025-07`.
    pub month: String,
    /// How many there were.
    pub count: u64,
    /// What they cost together, to the micro-pound.
    pub cost: Money,
}

/// A cost by month while it is added up.
struct Adding {
    rule: &'static CostRule,
    months: Vec<MonthCost>,
    values: Vec<MonthValue>,
}

impl Run {
    /// What the spells and events of a group cost by month. Spells are those of [`Run::outcomes`]: the
    /// same patients, counted in the same months.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn costs_by_month(&self, group: &PatientGroup) -> Result<CostsByMonth, ResultsError> {
        let own = Definitions::own();
        let rules = self.rules()?;
        let calendar = Calendar::of(rules.year, rules.last_period);
        let mut all_spells = Spells::default();
        let mut events = Adding::new(&own.cost_of_event, &calendar);
        for reader in reading::readers(self, "events")? {
            for rows in reader.groups() {
                for event in reader.rows::<CostedEvent>(rows)? {
                    all_spells.add(&event, &own.spells, group);
                    if !is_costed(&event) || !group.holds(&event) {
                        continue;
                    }
                    let month = calendar.day(event.start_s).and_then(|it| calendar.month(it));
                    events.add(month, event.own + event.absorbed);
                }
            }
        }
        let mut spells = Adding::new(&own.cost_of_spell, &calendar);
        for spell in all_spells.by_patient(&calendar)?.iter().flatten() {
            if spell.episode.is_some() {
                spells.add(spell.discharged.and_then(|it| calendar.month(it)), spell.cost);
            }
        }
        Ok(CostsByMonth { spells: spells.done(), events: events.done() })
    }
}

impl Adding {
    fn new(rule: &'static CostRule, calendar: &Calendar) -> Self {
        let names = calendar.months();
        let value = |it: &String| MonthValue { month: it.clone(), ..MonthValue::default() };
        let values = names.iter().map(value).collect();
        let cost = |month| MonthCost { month, ..MonthCost::default() };
        Self { rule, months: names.into_iter().map(cost).collect(), values }
    }

    /// Adds one; nothing of what lies in no month of the year to date.
    fn add(&mut self, month: Option<usize>, cost: Money) {
        let Some(month) = month else { return };
        let pounds = whole_pounds(cost);
        self.months[month].count += 1;
        self.months[month].cost += cost;
        self.values[month].add(pounds, 1, pounds.saturating_mul(pounds));
    }

    fn done(self) -> CostByMonth {
        let rule = self.rule;
        let has_value = self.months.iter().any(|it| it.count > 0);
        let measure = Outcome {
            code: rule.code.clone(),
            name: rule.name.clone(),
            unit: rule.unit.clone(),
            good: Good::Neither,
            form: Form::Mean,
            months: if has_value { self.values } else { Vec::new() },
            unknown: 0,
            absent: (!has_value).then(|| rule.absent.clone()),
            spread: None,
            definition: rule.definition.clone(),
            source: rule.source.clone(),
        };
        CostByMonth { months: self.months, measure }
    }
}

/// To the nearest pound, half away from zero.
fn whole_pounds(cost: Money) -> i64 {
    let micro = cost.micro_pounds();
    (micro + micro.signum() * (POUND / 2)) / POUND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_rounded_to_the_nearest_pound() {
        for (cost, pounds) in [("2.5", 3), ("2.499999", 2), ("-2.5", -3), ("0", 0)] {
            assert_eq!(whole_pounds(cost.parse().expect("an amount")), pounds, "{cost}");
        }
    }
}
