//! Makes the book of a run: currencies of every service line, split by the rows of its statement.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use domain::provenance::{self, Sources};
use rules::YearRules;
use rules::year::CostAttributes;
use tables::run::{LooseIncome, ServiceLineCost, UnitCost};

use super::events::{self, Cell, Numbers};
use super::{Care, CareBook, CostClass, Currency, LineCare, TrustActivity};
use crate::group::PatientGroup;
use crate::{ResultsError, Run, reading};

/// What one pool is made of at one point of delivery of a service line, by kind of cost.
type Composition = BTreeMap<(String, String, u16, u16), Sources<u16>>;

impl Run {
    /// The care of the run, by service line and currency.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn care_book(&self) -> Result<CareBook, ResultsError> {
        let (mut activities, mut resources) = (Numbers::default(), Numbers::default());
        let mut keys: Vec<(String, Currency)> = Vec::new();
        let mut by_key: BTreeMap<(String, Currency), usize> = BTreeMap::new();
        let cells = events::cells(
            self,
            |event| {
                let currency = Currency {
                    event_type: event.event_type.clone(),
                    pod: event.pod.clone(),
                    hrg: event.hrg.clone(),
                };
                let key = (event.service_line.clone(), currency);
                let next = keys.len();
                let place = *by_key.entry(key.clone()).or_insert(next);
                if place == next {
                    keys.push(key);
                }
                Some(place)
            },
            (&mut activities, &mut resources),
        )?;
        let mut making = Making::of(self, &mut activities, &mut resources)?;
        let mut found: Vec<((String, Currency), Cell)> = keys.into_iter().zip(cells).collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        let mut lines: BTreeMap<String, LineCare> = BTreeMap::new();
        let mut patients: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for ((line, currency), cell) in found {
            patients.entry(line.clone()).or_default().extend(cell.patients.iter().cloned());
            let care = making.care(&line, &currency.pod, cell);
            lines.entry(line).or_default().cells.insert(currency, care);
        }
        for (line, care) in making.rest() {
            lines.entry(line).or_default().apart.add(&care);
        }
        for (line, care) in &mut lines {
            care.patients = patients.get(line).map_or(0, |it| it.len() as u64);
        }
        self.add_income_apart(&mut lines)?;
        let trust = self.trust_activities(&mut activities, &making)?;
        Ok(CareBook { lines, activities: activities.names, classes: making.classes, trust })
    }

    /// The care of one patient group of a service line, split as the service line's is.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read.
    pub fn care_of(&self, group: &PatientGroup) -> Result<CareBook, ResultsError> {
        let (mut activities, mut resources) = (Numbers::default(), Numbers::default());
        let mut keys: Vec<(String, Currency)> = Vec::new();
        let cells = events::cells(
            self,
            |event| {
                group.holds(event).then(|| {
                    let currency = Currency { pod: event.pod.clone(), ..Currency::default() };
                    let key = (event.service_line.clone(), currency);
                    keys.iter().position(|it| *it == key).unwrap_or_else(|| {
                        keys.push(key);
                        keys.len() - 1
                    })
                })
            },
            (&mut activities, &mut resources),
        )?;
        let mut making = Making::of(self, &mut activities, &mut resources)?;
        let mut lines: BTreeMap<String, LineCare> = BTreeMap::new();
        for ((line, currency), cell) in keys.into_iter().zip(cells) {
            let patients = cell.patients.len() as u64;
            let care = making.care(&line, &currency.pod, cell);
            let entry = lines.entry(line).or_default();
            entry.patients += patients;
            entry.cells.insert(currency, care);
        }
        let trust = self.trust_activities(&mut activities, &making)?;
        Ok(CareBook { lines, activities: activities.names, classes: making.classes, trust })
    }

    fn add_income_apart(&self, lines: &mut BTreeMap<String, LineCare>) -> Result<(), ResultsError> {
        let rules = self.rules()?;
        for it in reading::all_rows::<LooseIncome>(self)? {
            let line = rules.specialties.get(&it.specialty).map(|it| it.service_line.as_str());
            let loose = &mut lines.entry(line.unwrap_or_default().to_owned()).or_default().loose;
            loose.0 += it.at_unit_price;
            loose.1 += it.recognised;
        }
        for reader in reading::readers(self, "restricted_events")? {
            for group in reader.groups() {
                for event in reader.rows::<tables::run::CostedEvent>(group)? {
                    let apart = &mut lines.entry(event.service_line).or_default().apart;
                    let cost = event.own + event.absorbed;
                    let counts = !cost.is_zero() || !event.income_recognised.is_zero();
                    apart.events += u64::from(counts);
                    apart.at_unit_price += event.income_at_unit_price;
                    apart.recognised += event.income_recognised;
                }
            }
        }
        Ok(())
    }

    /// Counts and costs over all patients, by activity, with the part that is fixed.
    fn trust_activities(
        &self,
        activities: &mut Numbers,
        making: &Making,
    ) -> Result<BTreeMap<u16, TrustActivity>, ResultsError> {
        let mut found: BTreeMap<u16, TrustActivity> = BTreeMap::new();
        for it in reading::all_rows::<UnitCost>(self)? {
            let entry = found.entry(activities.of(&it.activity)).or_default();
            // Every resource of an activity states the same count.
            entry.count = entry.count.max(it.count);
            entry.own += it.own;
        }
        for (activity, fixed) in &making.fixed {
            found.entry(*activity).or_default().fixed = *fixed;
        }
        Ok(found)
    }
}

/// What is needed to split the costs of cells over the rows of statements.
struct Making {
    composition: Composition,
    classes: Vec<CostClass>,
    /// What the cells so far have taken of a pool.
    taken: BTreeMap<(String, String, u16, u16), i128>,
    fixed: BTreeMap<u16, Money>,
}

impl Making {
    fn of(
        run: &Run,
        activities: &mut Numbers,
        resources: &mut Numbers,
    ) -> Result<Self, ResultsError> {
        let rules = run.rules()?;
        let mut making = Self {
            composition: Composition::new(),
            classes: Vec::new(),
            taken: BTreeMap::new(),
            fixed: BTreeMap::new(),
        };
        let mut known: BTreeMap<CostClass, u16> = BTreeMap::new();
        for it in reading::all_rows::<ServiceLineCost>(run)? {
            let class = class_of(&it, rules);
            let number = *known.entry(class.clone()).or_insert_with(|| {
                making.classes.push(class);
                u16::try_from(making.classes.len() - 1).expect("a statement has few kinds of cost")
            });
            let activity = activities.of(&it.activity);
            if it.behaviour == "fixed" {
                *making.fixed.entry(activity).or_default() += it.own;
            }
            let key = (it.service_line, it.pod, activity, resources.of(&it.resource));
            let sources = making.composition.entry(key).or_default();
            *sources.entry(number).or_default() += it.own + it.absorbed;
        }
        Ok(making)
    }

    /// A cell with its costs by kind; cells of one service line and point of delivery come one
    /// after the other, so that their parts add up to the pool.
    fn care(&mut self, line: &str, pod: &str, cell: Cell) -> Care {
        let mut care = Care {
            events: cell.events,
            patients: cell.patients.len() as u64,
            at_unit_price: cell.at_unit_price,
            recognised: cell.recognised,
            counts: cell.counts,
            ..Care::default()
        };
        for ((activity, resource), (own, absorbed)) in cell.costs {
            let key = (line.to_owned(), pod.to_owned(), activity, resource);
            let amount = own + absorbed;
            if !absorbed.is_zero() {
                *care.absorbed.entry(activity).or_default() += absorbed;
            }
            for (class, part) in self.split(key, amount) {
                *care.parts.entry((activity, class)).or_default() += part;
            }
        }
        care
    }

    fn split(&mut self, key: (String, String, u16, u16), amount: Money) -> Vec<(u16, Money)> {
        let Some(sources) = self.composition.get(&key) else { return Vec::new() };
        let total = i128::from(provenance::total(sources).micro_pounds());
        let before = self.taken.get(&key).copied().unwrap_or(0);
        let after = before + i128::from(amount.micro_pounds());
        let parts = match total {
            // Debits and credits of a pool that is nothing in all: its first kind takes each.
            0 => sources.keys().take(1).map(|it| (*it, amount)).collect(),
            total => provenance::parts(sources, (before, after), total),
        };
        self.taken.insert(key, after);
        parts
    }

    /// What no cell took: legally restricted events, by service line.
    fn rest(&mut self) -> Vec<(String, Care)> {
        let mut rest = Vec::new();
        let keys: Vec<_> = self.composition.keys().cloned().collect();
        for key in keys {
            let total = i128::from(provenance::total(&self.composition[&key]).micro_pounds());
            let left = total - self.taken.get(&key).copied().unwrap_or(0);
            let Ok(left) = i64::try_from(left) else { continue };
            if left == 0 {
                continue;
            }
            let mut care = Care::default();
            let (line, activity) = (key.0.clone(), key.2);
            for (class, part) in self.split(key, Money::from_micro_pounds(left)) {
                *care.parts.entry((activity, class)).or_default() += part;
            }
            rest.push((line, care));
        }
        rest
    }
}

fn class_of(it: &ServiceLineCost, rules: &YearRules) -> CostClass {
    let group = rules.resources.get(&it.resource).map_or("", |it| it.statement_group.as_str());
    let attributes = CostAttributes {
        traceability: &it.traceability,
        cost_type: &it.cost_type,
        support_group: &it.support_group,
        statement_group: group,
    };
    let row = rules.statement.iter().find(|row| row.takes(attributes));
    CostClass {
        row: row.map_or(String::new(), |it| it.row.clone()),
        group: group.to_owned(),
        traceability: it.traceability.clone(),
        support_group: it.support_group.clone(),
        cost_type: it.cost_type.clone(),
        controllable: it.controllable,
        recurrent: it.recurrence == "recurrent",
    }
}
