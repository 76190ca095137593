//! Goods that are charged to patients at the price paid, such as implants, devices and medicines:
//! what was used, how much of it and at what price; and income that pays for them at what they
//! cost.
//!
//! A run keeps the traced cost of an event and not its rows, so these are read from the dataset
//! that the run was made of, and laid to events by the model's matching rules. Rows are told of an event only where their cost is to the micro-pound
//! the traced cost that the run states for it; what cannot be told is counted.

mod income;
mod nearest;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use domain::Money;
use rules::YearRules;
use serde::Deserialize;
use tables::run::{CostedEvent, EventWeight};

use crate::explain::Named;
use crate::explain::names::Names;
use crate::group::PatientGroup;
use crate::outcomes::of_this_run;
use crate::{ResultsError, Run, reading};

pub use income::PaidAtCost;

/// The words and thresholds that come with the program.
const OWN: &str = include_str!("../../data/goods.toml");

/// One unit in the quantities of feed rows.
const UNIT_E4: i64 = 10_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodsRules {
    fewest: u64,
    alone: u64,
    source: String,
    paid_at_cost: BTreeSet<String>,
    paid_source: String,
    absent: String,
}

impl GoodsRules {
    fn own() -> &'static Self {
        static OWN_RULES: OnceLock<GoodsRules> = OnceLock::new();
        OWN_RULES.get_or_init(|| toml::from_str(OWN).expect("the program's own file is right"))
    }
}

/// So few events with an item are too few to set its price beside another's.
pub fn fewest() -> u64 {
    GoodsRules::own().fewest
}

/// Why nothing is told where the rows are not at hand.
pub fn absent() -> &'static str {
    &GoodsRules::own().absent
}

/// How it is counted, in sentences.
pub fn definitions() -> Vec<String> {
    let own = GoodsRules::own();
    vec![
        "What was used and its price are those of the feed rows. The rows of an event are told only where they come to the traced cost that the run states for it.".to_owned(),
        format!(
            "Two are set beside each other where {} in 100 used one alone and each was used {} times or more. {}.",
            own.alone, own.fewest, own.source
        ),
        format!("Paid at what they cost: {}.", own.paid_source),
    ]
}

/// Goods of a patient group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Goods {
    /// Events of the group.
    pub events: u64,
    /// By activity, the dearest first.
    pub kinds: Vec<GoodsKind>,
    /// Income that pays for goods at what they cost; none where there is no such income.
    pub paid_at_cost: Option<PaidAtCost>,
}

/// Goods of one activity, such as implants used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoodsKind {
    /// Activity.
    pub activity: Named,
    /// Events with a traced cost, and that cost.
    pub events: u64,
    /// Traced cost of all of them.
    pub cost: Money,
    /// Events whose rows are told.
    pub told: u64,
    /// Traced cost of these.
    pub told_cost: Money,
    /// Events of these that used one thing once.
    pub alone: u64,
    /// What was used, the dearest in all first.
    pub items: Vec<Item>,
}

/// One thing that was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Its code, with its name where a list of the model has it.
    pub code: Named,
    /// Events that used it.
    pub events: u64,
    /// Which of the kind's events that are told used it, counted from 1: so that events that used two
    /// things count once where these stand together.
    pub used_by: BTreeSet<u64>,
    /// How much of it, returns taken off × 10⁴.
    pub quantity_e4: i64,
    /// What was paid.
    pub cost: Money,
    /// The lowest and the highest price of one; none where only returns are recorded.
    pub prices: Option<(Money, Money)>,
}

/// Things of which one was used instead of another, at different prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alternatives<'a> {
    /// The one with the lowest price on average.
    pub cheapest: &'a Item,
    /// The one with the highest.
    pub dearest: &'a Item,
    /// What all that are compared cost more than at the price of the cheapest.
    pub more: Money,
}

impl Item {
    /// Price of one on average, half away from zero; none where nothing is left after returns.
    pub fn each(&self) -> Option<Money> {
        price(self.cost, self.quantity_e4)
    }
}

/// Events that used at least one of some things of a kind, each counted once.
pub fn events_of<'a>(items: impl IntoIterator<Item = &'a Item>) -> u64 {
    let events: BTreeSet<u64> =
        items.into_iter().flat_map(|it| it.used_by.iter().copied()).collect();
    u64::try_from(events.len()).unwrap_or(u64::MAX)
}

/// What one cost, half away from zero.
fn price(cost: Money, quantity_e4: i64) -> Option<Money> {
    let quantity = i128::from(quantity_e4);
    if quantity <= 0 {
        return None;
    }
    let micro = i128::from(cost.micro_pounds());
    let each = (2 * micro.abs() * i128::from(UNIT_E4) + quantity) / (2 * quantity) * micro.signum();
    i64::try_from(each).ok().map(Money::from_micro_pounds)
}

impl GoodsKind {
    /// Whether nearly every event used one thing alone.
    pub fn is_one_alone(&self) -> bool {
        self.told > 0 && self.alone * 100 >= self.told * GoodsRules::own().alone
    }

    /// The dearest and the cheapest, where one was used instead of another: where nearly every
    /// event used one alone, and at least two were used often.
    pub fn alternatives(&self) -> Option<Alternatives<'_>> {
        if !self.is_one_alone() {
            return None;
        }
        let own = GoodsRules::own();
        let mut often: Vec<(Money, &Item)> = self
            .items
            .iter()
            .filter(|it| it.events >= own.fewest)
            .filter_map(|it| Some((it.each()?, it)))
            .collect();
        often.sort_by(|one, other| (one.0, &one.1.code.code).cmp(&(other.0, &other.1.code.code)));
        let ((lowest, cheapest), (highest, dearest)) = (*often.first()?, *often.last()?);
        if lowest == highest {
            return None;
        }
        let at_lowest = |it: &Item| {
            let micro = i128::from(lowest.micro_pounds()) * i128::from(it.quantity_e4);
            let micro = micro / i128::from(UNIT_E4);
            Money::from_micro_pounds(i64::try_from(micro).unwrap_or(i64::MAX))
        };
        let more = often.iter().map(|it| it.1.cost - at_lowest(it.1)).sum();
        Some(Alternatives { cheapest, dearest, more })
    }
}

/// Events of a group, and their patients.
#[derive(Default)]
struct Used {
    /// Traced cost by activity, as the run states it, of each event of the group.
    stated: BTreeMap<String, BTreeMap<String, i64>>,
    /// All events of the group's patients, of whatever service line.
    patients: BTreeMap<String, Vec<CostedEvent>>,
}

impl Run {
    /// Goods that a group used, from the run's own dataset; with the income of its service line
    /// that belongs to no event, where all of a service line is asked for.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if a table or the model cannot be read; [`ResultsError::OtherDataset`] if
    /// the dataset is not that of the run.
    pub fn goods(&self, group: &PatientGroup, dataset: &Path) -> Result<Goods, ResultsError> {
        of_this_run(self, dataset)?;
        let rules = self.rules()?;
        let used = self.used(group)?;
        let rows = rows::read(rules, dataset, &used)?;
        let mut kinds: BTreeMap<&str, Adding> = BTreeMap::new();
        let mut told = income::Told::default();
        for (event, stated) in &used.stated {
            for (activity, stated) in stated {
                let kind = kinds.entry(activity).or_default();
                let rows = rows.of(event, activity);
                if kind.add(Money::from_micro_pounds(*stated), rows) {
                    for row in rows {
                        let key = (event.clone(), row.code.clone());
                        income::add(told.costs.entry(key).or_default(), row.cost);
                    }
                } else {
                    told.untold.insert(event.clone());
                }
            }
        }
        let names = Names(rules);
        let mut kinds: Vec<GoodsKind> =
            kinds.into_iter().map(|(code, it)| it.finish(names.activity(code), &names)).collect();
        kinds.sort_by(|one, other| {
            (other.cost, &one.activity.code).cmp(&(one.cost, &other.activity.code))
        });
        let is_whole = *group == PatientGroup::of_line(&group.service_line);
        let line = is_whole.then_some(group.service_line.as_str());
        let paid_at_cost = income::paid_at_cost((self, dataset), (&used.stated, line), &told)?;
        let events = u64::try_from(used.stated.len()).unwrap_or(u64::MAX);
        Ok(Goods { events, kinds, paid_at_cost })
    }

    /// Events of the group with what the run states as their traced cost, and all events of their
    /// patients.
    fn used(&self, group: &PatientGroup) -> Result<Used, ResultsError> {
        let mut numbers: BTreeMap<i64, String> = BTreeMap::new();
        let mut used = Used::default();
        self.each_event(|event| {
            if group.holds(&event) {
                numbers.insert(event.event_number, event.event.clone());
                used.stated.insert(event.event, BTreeMap::new());
                used.patients.entry(event.patient).or_default();
            }
        })?;
        self.each_event(|event| {
            if let Some(of_patient) = used.patients.get_mut(&event.patient) {
                of_patient.push(event);
            }
        })?;
        for (set, activity) in rows::traced(self.rules()?) {
            let table = self.table("weights").map(|it| it.files).unwrap_or_default();
            for file in table.iter().filter(|it| it.code == set) {
                let reader = reading::TableReader::open(&file.path)?;
                for rows in reader.groups() {
                    for row in reader.rows::<EventWeight>(rows)? {
                        let event = numbers.get(&row.event_number);
                        let stated = event.and_then(|it| used.stated.get_mut(it));
                        if let Some(stated) = stated.filter(|_| row.weight != 0) {
                            stated.insert(activity.to_owned(), row.weight);
                        }
                    }
                }
            }
        }
        Ok(used)
    }

    fn each_event(&self, mut with: impl FnMut(CostedEvent)) -> Result<(), ResultsError> {
        for reader in reading::readers(self, "events")? {
            for rows in reader.groups() {
                reader.rows::<CostedEvent>(rows)?.into_iter().for_each(&mut with);
            }
        }
        Ok(())
    }
}

/// A kind while events are added.
#[derive(Default)]
struct Adding {
    kind: GoodsKind,
    items: BTreeMap<String, Item>,
}

impl Adding {
    /// Adds an event; whether its rows can be told.
    fn add(&mut self, stated: Money, rows: &[rows::Row]) -> bool {
        self.kind.events += 1;
        self.kind.cost += stated;
        if rows.iter().map(|it| it.cost).sum::<Money>() != stated {
            return false;
        }
        self.kind.told += 1;
        self.kind.told_cost += stated;
        let mut codes: BTreeMap<&str, i64> = BTreeMap::new();
        for row in rows {
            *codes.entry(&row.code).or_default() += row.quantity_e4;
            let item = self.items.entry(row.code.clone()).or_default();
            item.quantity_e4 += row.quantity_e4;
            item.cost += row.cost;
            if let Some(each) = price(row.cost, row.quantity_e4) {
                let (low, high) = item.prices.unwrap_or((each, each));
                item.prices = Some((low.min(each), high.max(each)));
            }
        }
        for code in codes.keys() {
            if let Some(item) = self.items.get_mut(*code) {
                item.events += 1;
                item.used_by.insert(self.kind.told);
            }
        }
        self.kind.alone += u64::from(codes.len() == 1 && codes.values().all(|it| *it == UNIT_E4));
        true
    }

    fn finish(self, activity: Named, names: &Names<'_>) -> GoodsKind {
        let with_name = |(code, it): (String, Item)| Item { code: names.of_row(&code), ..it };
        let mut items: Vec<Item> = self.items.into_iter().map(with_name).collect();
        items.sort_by(|one, other| (other.cost, &one.code.code).cmp(&(one.cost, &other.code.code)));
        GoodsKind { activity, items, ..self.kind }
    }
}

/// Whether a run of these rules may have goods at all.
pub fn has_goods(rules: &YearRules) -> bool {
    !rows::traced(rules).is_empty()
}

#[cfg(test)]
mod tests;
