//! Events, patients, cost and income by service line and type of event: what a table about people
//! is decided from, and never shown as it is to those who may not see small numbers.

use std::collections::BTreeMap;

use domain::Money;
use tables::run::{CostedEvent, LooseIncome};

use crate::explain::Named;
use crate::explain::names::Names;
use crate::{ResultsError, Run, reading};

/// What happened in the service lines of a run. All lists are in key order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceActivity {
    /// By service line and type of event.
    pub cells: Vec<ServiceCell>,
    /// Income that no event earned by itself, by service line.
    pub loose: Vec<ServiceIncome>,
}

/// Events of one type in one service line, those of legally restricted records among them.
///
/// Whose a restricted event is, nobody knows any more. So it is nobody new among the patients,
/// and all such events of a cell stand as one patient's among the largest: the figures say rather
/// too little about how many people there are, never too much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCell {
    /// Service line.
    pub service_line: Named,
    /// Type of event.
    pub event_type: Named,
    /// Different patients, at least.
    pub patients: u64,
    /// Events with a cost or an income.
    pub events: u64,
    /// Cost, own and absorbed.
    pub cost: Money,
    /// Contract income recognised.
    pub income: Money,
    /// Cost of the patient with the largest, at most.
    pub largest: Money,
    /// Cost of the two largest together, at most.
    pub top_two: Money,
}

/// Income of a service line that no event earned by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceIncome {
    /// Service line.
    pub service_line: Named,
    /// Income lines.
    pub lines: u64,
    /// Contract income recognised.
    pub income: Money,
}

/// One cell while events are added.
#[derive(Default)]
struct Sums {
    events: u64,
    cost: Money,
    income: Money,
    restricted: Money,
    of_patients: BTreeMap<String, Money>,
}

/// Cells by service line and type of event.
type Cells = BTreeMap<(String, String), Sums>;

impl Run {
    /// Activity, cost and income by service line and type of event, restricted events included, so
    /// that each service line comes to its statement. No reference of anybody leaves.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn service_activity(&self) -> Result<ServiceActivity, ResultsError> {
        let mut cells = Cells::new();
        for reader in reading::readers(self, "events")? {
            for group in reader.groups() {
                reader.rows::<CostedEvent>(group)?.into_iter().for_each(|it| add(&mut cells, it));
            }
        }
        for reader in reading::readers(self, "restricted_events")? {
            for group in reader.groups() {
                let rows = reader.rows::<CostedEvent>(group)?.into_iter();
                // Whatever stands there, it is nobody's.
                rows.for_each(|it| add(&mut cells, CostedEvent { patient: String::new(), ..it }));
            }
        }
        let names = Names(self.rules()?);
        let cells = cells.into_iter().map(|((line, kind), it)| it.cell(&names, (&line, &kind)));
        Ok(ServiceActivity { cells: cells.collect(), loose: self.loose_by_service_line()? })
    }

    fn loose_by_service_line(&self) -> Result<Vec<ServiceIncome>, ResultsError> {
        let rules = self.rules()?;
        let names = Names(rules);
        let mut sums: BTreeMap<&str, (u64, Money)> = BTreeMap::new();
        for it in reading::all_rows::<LooseIncome>(self)? {
            let line = rules.specialties.get(&it.specialty).map(|it| it.service_line.as_str());
            let sum = sums.entry(line.unwrap_or_default()).or_default();
            sum.0 += it.lines.unsigned_abs();
            sum.1 += it.recognised;
        }
        let income = |(line, (lines, income)): (&str, (u64, Money))| ServiceIncome {
            service_line: names.service_line(line),
            lines,
            income,
        };
        Ok(sums.into_iter().map(income).collect())
    }
}

fn add(cells: &mut Cells, event: CostedEvent) {
    let cost = event.own + event.absorbed;
    if cost.is_zero() && event.income_recognised.is_zero() {
        return;
    }
    let sums = cells.entry((event.service_line, event.event_type)).or_default();
    sums.events += 1;
    sums.cost += cost;
    sums.income += event.income_recognised;
    if event.patient.is_empty() {
        sums.restricted += cost;
    } else {
        *sums.of_patients.entry(event.patient).or_default() += cost;
    }
}

impl Sums {
    fn cell(&self, names: &Names<'_>, (line, kind): (&str, &str)) -> ServiceCell {
        let mut each: Vec<Money> = self.of_patients.values().copied().collect();
        each.sort_unstable_by_key(|it| std::cmp::Reverse(*it));
        let of = |place: usize| each.get(place).copied().unwrap_or(Money::ZERO).max(Money::ZERO);
        let largest = of(0) + self.restricted.max(Money::ZERO);
        ServiceCell {
            service_line: names.service_line(line),
            event_type: names.event_type(kind),
            patients: u64::try_from(each.len().max(1)).unwrap_or(u64::MAX),
            events: self.events,
            cost: self.cost,
            income: self.income,
            largest,
            top_two: largest + of(1),
        }
    }
}
