//! What the care of a patient group cost in the year from the first event that made each of them one
//! of it, wherever in the trust it was given.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use tables::run::CostedEvent;

use super::PatientGroup;
use crate::listing::is_costed;
use crate::outcomes::{Calendar, Definitions, Spells};
use crate::{Caller, ResultsError, Run, reading};

/// Seconds for which patients are followed: 365 days.
const FOLLOWED_S: i64 = 365 * 86_400;

/// Stays that are listed.
const LONGEST: usize = 10;

/// Costs of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupCosts {
    /// What each patient cost, from the least to the most.
    pub costs: Vec<Money>,
    /// Of this, what each cost in the group's own service line, from the least to the most.
    pub own: Vec<Money>,
    /// What each who had care in other service lines cost there, from the least to the most.
    pub elsewhere: Vec<Money>,
    /// By own or other service lines, type of event and point of delivery.
    pub parts: Vec<PartOfCare>,
    /// The longest stays of the group itself that ended in the first year, longest first.
    pub stays: Vec<LongStay>,
    /// Nights of all its stays that ended in the first year.
    pub nights: i64,
    /// How many such stays there are.
    pub stay_count: u64,
}

/// Care of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartOfCare {
    /// Whether it is care of the group's own service line.
    pub is_own: bool,
    /// Type of event.
    pub event_type: String,
    /// Point of delivery.
    pub pod: String,
    /// Events.
    pub events: u64,
    /// Patients who had one.
    pub patients: u64,
    /// What they cost.
    pub cost: Money,
    /// Cost of the dearest patient, and of the two dearest together.
    pub dearest: (Money, Money),
}

/// One stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LongStay {
    /// Reference of its discharging episode.
    pub reference: String,
    /// Nights.
    pub nights: i64,
    /// What its episodes cost.
    pub cost: Money,
}

impl GroupCosts {
    /// Patients.
    pub fn patients(&self) -> u64 {
        self.costs.len() as u64
    }

    /// What all of them cost.
    pub fn total(&self) -> Money {
        self.costs.iter().sum()
    }
}

/// The middle of costs from the least to the most, to the micro-pound; of an even number the middle
/// between two, half up. None of nobody.
pub fn median(costs: &[Money]) -> Option<Money> {
    let half = costs.len() / 2;
    let upper = costs.get(half)?.micro_pounds();
    if costs.len() % 2 == 1 {
        return Some(Money::from_micro_pounds(upper));
    }
    let lower = costs.get(half.checked_sub(1)?)?.micro_pounds();
    Some(Money::from_micro_pounds((lower + upper + 1).div_euclid(2)))
}

/// One kind of care while it is added up.
#[derive(Default)]
struct Adding {
    events: BTreeSet<String>,
    patients: BTreeMap<String, Money>,
}

impl Adding {
    fn part(self, (is_other, event_type, pod): (bool, String, String)) -> PartOfCare {
        let costs = sorted(self.patients.into_values());
        let nth = |it: usize| costs.iter().rev().nth(it).copied().unwrap_or_default();
        PartOfCare {
            is_own: !is_other,
            event_type,
            pod,
            events: self.events.len() as u64,
            patients: costs.len() as u64,
            cost: costs.iter().sum(),
            dearest: (nth(0), nth(0) + nth(1)),
        }
    }
}

fn sorted(costs: impl Iterator<Item = Money>) -> Vec<Money> {
    let mut costs: Vec<Money> = costs.collect();
    costs.sort();
    costs
}

/// Costs of the patients whose first event of a group began in the year of a run, from that event
/// on for 365 days, as far as this run and that of the year after tell. Legally restricted records
/// are left out. The question is on record before a row is read.
///
/// # Errors
///
/// [`ResultsError`] if a table or a model cannot be read, or the question not be recorded.
pub fn group_costs(
    first: &Run,
    next: Option<&Run>,
    group: &PatientGroup,
    caller: &Caller,
) -> Result<GroupCosts, ResultsError> {
    let detail = group.to_text().trim_end().replace('\n', "; ");
    first.audited(caller, ("group", &format!("{}: {detail}", group.service_line)), || {
        let found = of_group(first, next, group)?;
        let rows = found.stays.len() as u64;
        Ok((found, rows))
    })
}

fn of_group(
    first: &Run,
    next: Option<&Run>,
    group: &PatientGroup,
) -> Result<GroupCosts, ResultsError> {
    let rules = first.rules()?;
    let calendar = Calendar::of(rules.year, rules.last_period);
    let own = Definitions::own();
    let mut begins: BTreeMap<String, i64> = BTreeMap::new();
    let mut spells = Spells::default();
    let mut by_number: BTreeMap<i64, Money> = BTreeMap::new();
    let (from, until) = calendar.seconds();
    each(first, &mut |event| {
        spells.add(&event, &own.spells, group);
        // Only episodes of spells can be in a stay.
        if !event.spell.is_empty() {
            by_number.insert(event.event_number, event.own + event.absorbed);
        }
        if group.holds(&event)
            && !event.patient.is_empty()
            && (from..until).contains(&event.start_s)
        {
            let begun = begins.entry(event.patient).or_insert(event.start_s);
            *begun = event.start_s.min(*begun);
        }
    })?;
    let mut found = stays(spells, &calendar, &by_number)?;
    let nobody = || begins.keys().map(|it| (it.clone(), Money::ZERO)).collect();
    let mut own: BTreeMap<String, Money> = nobody();
    let mut elsewhere: BTreeMap<String, Money> = BTreeMap::new();
    let mut parts: BTreeMap<(bool, String, String), Adding> = BTreeMap::new();
    let mut add = |event: CostedEvent| {
        let Some(begun) = begins.get(&event.patient) else { return };
        if !(*begun..*begun + FOLLOWED_S).contains(&event.start_s) {
            return;
        }
        // What lies wholly outside the months of a run costs nothing in it.
        if !is_costed(&event) {
            return;
        }
        let cost = event.own + event.absorbed;
        let is_other = event.service_line != group.service_line;
        let of_patients = if is_other { &mut elsewhere } else { &mut own };
        *of_patients.entry(event.patient.clone()).or_default() += cost;
        let part = parts.entry((is_other, event.event_type, event.pod)).or_default();
        // An event that lies over the end of a year has costs in both runs.
        part.events.insert(event.event);
        *part.patients.entry(event.patient).or_default() += cost;
    };
    for run in std::iter::once(first).chain(next) {
        each(run, &mut add)?;
    }
    let all = own.iter().map(|(who, cost)| *cost + elsewhere.get(who).copied().unwrap_or_default());
    found.costs = sorted(all);
    found.own = sorted(own.into_values());
    found.elsewhere = sorted(elsewhere.into_values());
    found.parts = parts.into_iter().map(|(key, it)| it.part(key)).collect();
    Ok(found)
}

fn each(run: &Run, add: &mut dyn FnMut(CostedEvent)) -> Result<(), ResultsError> {
    for reader in reading::readers(run, "events")? {
        for rows in reader.groups() {
            reader.rows::<CostedEvent>(rows)?.into_iter().for_each(&mut *add);
        }
    }
    Ok(())
}

/// Stays whose discharging episode is one of the group.
fn stays(
    spells: Spells,
    calendar: &Calendar,
    costs: &BTreeMap<i64, Money>,
) -> Result<GroupCosts, ResultsError> {
    let mut all = Vec::new();
    for spell in spells.by_patient(calendar)?.into_iter().flatten() {
        let ended = spell.discharged.is_some_and(|it| calendar.month(it).is_some());
        let (Some(_), Some(nights), true) = (&spell.episode, spell.nights(), ended) else {
            continue;
        };
        let cost = spell.events.iter().filter_map(|it| costs.get(it)).sum();
        all.push(LongStay { reference: spell.discharging().to_owned(), nights, cost });
    }
    let mut found = GroupCosts {
        nights: all.iter().map(|it| it.nights).sum(),
        stay_count: all.len() as u64,
        ..GroupCosts::default()
    };
    all.sort_by(|one, other| {
        other.nights.cmp(&one.nights).then_with(|| one.reference.cmp(&other.reference))
    });
    all.truncate(LONGEST);
    found.stays = all;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pounds: &[i64]) -> Vec<Money> {
        pounds.iter().map(|it| Money::from_pounds(*it)).collect()
    }

    #[test]
    fn half_of_the_patients_cost_less_than_the_median() {
        assert_eq!(median(&of(&[])), None);
        assert_eq!(median(&of(&[3])), Some(Money::from_pounds(3)));
        assert_eq!(median(&of(&[1, 2, 9])), Some(Money::from_pounds(2)));
        // Between 2 and 5.
        assert_eq!(median(&of(&[1, 2, 5, 9])), Some(Money::from_micro_pounds(3_500_000)));
    }

    #[test]
    fn a_part_knows_its_two_dearest_patients() {
        let patients = [("a", 5), ("b", 40), ("c", 9)];
        let patients = patients.map(|(who, it)| (who.to_owned(), Money::from_pounds(it)));
        let adding = Adding { patients: patients.into(), ..Adding::default() };
        let part = adding.part((true, "ED".to_owned(), "ED".to_owned()));
        assert!(!part.is_own);
        assert_eq!((part.patients, part.cost), (3, Money::from_pounds(54)));
        assert_eq!(part.dearest, (Money::from_pounds(40), Money::from_pounds(49)));
    }
}
