//! The table of events with their totals, from a dataset or from a stored run.

use std::collections::BTreeMap;
use std::path::Path;

use domain::{Key, Money};
use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;
use tables::Table as _;
use tables::dataset::{Event, IncomeLine};
use tables::run::{CostedEvent, IncomeApart, LooseIncome};

use super::cells::{EventSums, groups};
use super::sink::{Sink, put_groups, put_table};
use super::write::EventTotals;
use crate::cp4_weights::Period;
use crate::dataset::Dataset;
use crate::error::CostingError;
use crate::pipeline::Costing;

/// Income attached to events and what found none.
#[derive(Debug, Default)]
pub(crate) struct Income {
    by_event: HashMap<Key, (Money, Money)>,
    /// Patient income of services without an event, by specialty.
    pub(crate) loose: BTreeMap<String, Earned>,
    /// What is no patient income of the period, by outcome, kind and specialty.
    apart: BTreeMap<(&'static str, String, String), Earned>,
    stored_apart: Vec<IncomeApart>,
}

/// What income lines come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Earned {
    pub(crate) lines: i64,
    pub(crate) at_unit_price: Money,
    pub(crate) recognised: Money,
}

impl Earned {
    fn add(&mut self, line: &IncomeLine) {
        self.lines += 1;
        self.at_unit_price += line.at_unit_price;
        self.recognised += line.recognised;
    }
}

impl Income {
    /// Attaches patient income up to the last period to the events that earned it.
    ///
    /// What other kinds of income a service has is not paid for the care of its patients, and what
    /// lies behind the last period is not of these events' costs: both are kept apart.
    pub(crate) fn new(lines: &[IncomeLine], costing: &Costing<'_>) -> Self {
        let known: HashSet<Key> = costing.weights.events.iter().map(|it| it.event).collect();
        let mut income = Self::default();
        let last = last_income_period(i64::from(costing.rules.last_period));
        for line in lines {
            let outcome = match line.kind.as_str() {
                _ if line.period > last => "OUTSIDE_PERIOD",
                "" | "PATIENT" | "PASS_THROUGH" => {
                    match line.event.filter(|it| known.contains(it)) {
                        Some(event) => {
                            let sum = income.by_event.entry(event).or_default();
                            sum.0 += line.at_unit_price;
                            sum.1 += line.recognised;
                        }
                        None => {
                            income.loose.entry(line.specialty.clone()).or_default().add(line);
                        }
                    }
                    continue;
                }
                _ => "OTHER_INCOME",
            };
            let key = (outcome, line.kind.clone(), line.specialty.clone());
            income.apart.entry(key).or_default().add(line);
        }
        income
    }

    /// Income that was stored with a run: that of events stands in their own table.
    pub(crate) fn stored(loose: Vec<LooseIncome>, apart: Vec<IncomeApart>) -> Self {
        let earned = |it: LooseIncome| {
            let LooseIncome { specialty, lines, at_unit_price, recognised } = it;
            (specialty, Earned { lines, at_unit_price, recognised })
        };
        Self {
            loose: loose.into_iter().map(earned).collect(),
            stored_apart: apart,
            ..Self::default()
        }
    }

    /// Rows of patient income without an event.
    pub(crate) fn loose_rows(&self) -> Vec<LooseIncome> {
        let row = |(specialty, it): (&String, &Earned)| LooseIncome {
            specialty: specialty.clone(),
            lines: it.lines,
            at_unit_price: it.at_unit_price,
            recognised: it.recognised,
        };
        self.loose.iter().map(row).collect()
    }

    /// Rows of income that is kept apart.
    pub(crate) fn apart_rows(&self) -> Vec<IncomeApart> {
        let row =
            |((outcome, kind, specialty), it): (&(&str, String, String), &Earned)| IncomeApart {
                outcome: (*outcome).to_owned(),
                kind: kind.clone(),
                specialty: specialty.clone(),
                lines: it.lines,
                at_unit_price: it.at_unit_price,
                recognised: it.recognised,
            };
        self.apart.iter().map(row).chain(self.stored_apart.iter().cloned()).collect()
    }

    fn of(&self, event: Key) -> (Money, Money) {
        self.by_event.get(&event).copied().unwrap_or_default()
    }
}

/// A whole year takes the adjustments after March with it, as the ledger's does.
const fn last_income_period(last: i64) -> i64 {
    const MARCH: i64 = 12; // number: the twelfth period
    if last == MARCH { MARCH + 1 } else { last }
}

/// Hands over the tables of events.
pub(crate) fn put_from_dataset(
    costing: &Costing<'_>,
    dataset: &Dataset,
    (sums, income): (&EventSums, &Income),
    sink: &dyn Sink,
) -> Result<EventTotals, CostingError> {
    let mut events = Events {
        costing,
        dataset,
        sums,
        income,
        bucket: 0,
        waiting: Vec::new(),
        restricted: Vec::new(),
        totals: EventTotals::new(costing),
    };
    let mut failed = None;
    let groups = groups(costing).map_while(|range| match events.up_to(range.end) {
        Ok(rows) => Some(CostedEvent::batch(&rows)),
        Err(error) => {
            failed = Some(error);
            None
        }
    });
    put_groups(sink, "events.parquet", &CostedEvent::schema(), groups)?;
    if let Some(error) = failed {
        return Err(error);
    }
    let mut restricted = events.restricted;
    restricted.sort_by_key(|it| it.event_number);
    put_table(sink, "restricted_events.parquet", &restricted)?;
    Ok(events.totals)
}

/// Buckets whose events are read side by side, and are in memory at the same time.
const BUCKETS_AT_ONCE: u32 = 4; // number: twice the threads of a small machine

/// Events as they are read, some buckets after others.
struct Events<'a> {
    costing: &'a Costing<'a>,
    dataset: &'a Dataset,
    sums: &'a EventSums,
    income: &'a Income,
    bucket: u32,
    /// Rows that are read, but not yet handed over.
    waiting: Vec<CostedEvent>,
    restricted: Vec<CostedEvent>,
    totals: EventTotals,
}

impl Events<'_> {
    /// The next events whose place is below `end`.
    fn up_to(&mut self, end: u32) -> Result<Vec<CostedEvent>, CostingError> {
        let last = i64::from(end);
        while self.bucket < self.dataset.buckets()
            && self.waiting.last().is_none_or(|it| it.event_number <= last)
        {
            self.read_buckets()?;
        }
        let later = self.waiting.partition_point(|it| it.event_number <= last);
        let rest = self.waiting.split_off(later);
        Ok(std::mem::replace(&mut self.waiting, rest))
    }

    /// Reads some buckets side by side, and takes their events in order.
    fn read_buckets(&mut self) -> Result<(), CostingError> {
        let last = self.dataset.buckets().min(self.bucket + BUCKETS_AT_ONCE);
        let (costing, dataset, figures) = (self.costing, self.dataset, (self.sums, self.income));
        let read = |bucket| -> Result<Vec<_>, CostingError> {
            let row = |event: &Event| (event.restricted, costed(costing, event, figures));
            Ok(dataset.events(bucket)?.iter().map(row).collect())
        };
        let buckets: Vec<_> = (self.bucket..last).into_par_iter().map(read).collect();
        self.bucket = last;
        // Of several faults the first bucket's is told, whichever thread was faster.
        for bucket in buckets {
            bucket?.into_iter().try_for_each(|it| self.take(it))?;
        }
        Ok(())
    }

    fn take(&mut self, (restricted, row): (bool, CostedEvent)) -> Result<(), CostingError> {
        self.totals.add(&row, self.costing);
        if restricted {
            self.restricted.push(row);
            return Ok(());
        }
        if self.waiting.last().is_some_and(|it| it.event_number >= row.event_number) {
            let why = "its buckets are not ranges of the patient in order";
            return Err(CostingError::read(Path::new("events.parquet"), &why));
        }
        self.waiting.push(row);
        Ok(())
    }
}

fn costed(
    costing: &Costing<'_>,
    event: &Event,
    (sums, income): (&EventSums, &Income),
) -> CostedEvent {
    let reference = event.restricted_reference.filter(|_| event.restricted);
    let order = reference.map_or((event.patient, event.event), |it| (it, it));
    let place = costing
        .weights
        .events
        .binary_search_by_key(&order, crate::cp4_weights::EventHead::order)
        .expect("every event of the dataset was weighed");
    let (own, absorbed) = sums.of(place);
    let (at_unit_price, recognised) = income.of(event.event);
    let mut row = attributes(costing, event);
    row.event_number = i64::try_from(place).expect("there are under 2³² events") + 1;
    row.own = own;
    row.absorbed = absorbed;
    row.income_at_unit_price = at_unit_price;
    row.income_recognised = recognised;
    if let Some(reference) = reference {
        strip_identity(&mut row, reference);
    }
    row
}

fn attributes(costing: &Costing<'_>, event: &Event) -> CostedEvent {
    let line = costing.plan.service_line(&event.specialty);
    CostedEvent {
        patient: event.patient.to_string(),
        event: event.event.to_string(),
        event_type: event.event_type.clone(),
        spell: event.spell.map(|it| it.to_string()).unwrap_or_default(),
        consultant: event.consultant.map(|it| it.to_string()).unwrap_or_default(),
        start_s: event.start_s,
        end_s: event.end_s,
        completeness: completeness(&costing.plan.period, event).to_owned(),
        specialty: event.specialty.clone(),
        service_line: costing.plan.service_lines[usize::from(line)].clone(),
        site: event.site.clone(),
        hrg: event.hrg.clone(),
        pod: event.pod.clone(),
        category: event.category.clone(),
        admission_method: event.admission_method.clone(),
        discharge_method: event.discharge_method.clone(),
        attended: event.attended.clone(),
        age_band: event.age_band.clone(),
        sex: event.sex.clone(),
        diagnosis: event.diagnosis.clone(),
        procedure: event.procedure.clone(),
        ..CostedEvent::default()
    }
}

/// A legally restricted event keeps its cost and its service, not its patient.
fn strip_identity(row: &mut CostedEvent, reference: Key) {
    row.event = reference.to_string();
    for identity in [
        &mut row.patient,
        &mut row.spell,
        &mut row.consultant,
        &mut row.age_band,
        &mut row.sex,
        &mut row.diagnosis,
        &mut row.procedure,
    ] {
        identity.clear();
    }
}

/// How an event lies over the period; one that ended at its very start is outside.
fn completeness(period: &Period, event: &Event) -> &'static str {
    if period.excludes(event.start_s, event.end_s) {
        return "WHOLLY_OUTSIDE";
    }
    let began_before = event.start_s < period.from;
    let open = event.end_s.is_none_or(|end| end > period.to);
    match (began_before, open) {
        (false, false) => "WITHIN",
        (true, false) => "BEGAN_BEFORE",
        (false, true) => "OPEN_AT_END",
        (true, true) => "BEGAN_BEFORE_AND_OPEN",
    }
}
