//! Figures of a run beside the ranges in which they are usual; whole numbers only.

use std::collections::BTreeMap;

use domain::number::show_scaled;
use domain::{Finding, Money, Severity};
use rules::YearRules;
use tables::run::{BedUse, CostedEvent, MeasuredFigure};

use crate::pipeline::Costing;
use crate::run::half_up;
use crate::source::SourceList;

/// What is added up of events for measures.
#[derive(Clone, Debug, Default)]
pub struct EventFigures {
    /// Events that ended in the period and their time, by point of delivery.
    stays: BTreeMap<String, (i64, i64)>,
    /// Events wholly in the period and their cost, by point of delivery.
    costs: BTreeMap<String, (i64, Money)>,
    /// Of these, what events with a reference cost would cost by it, and what they do cost.
    reference: BTreeMap<String, (Money, Money)>,
    /// Appointments not kept, and all appointments kept or not.
    appointments: (i64, i64),
}

impl EventFigures {
    /// Adds one event.
    pub fn add(&mut self, event: &CostedEvent, rules: &YearRules) {
        let ended = matches!(event.completeness.as_str(), "WITHIN" | "BEGAN_BEFORE");
        if let (true, Some(end)) = (ended, event.end_s) {
            let stays = self.stays.entry(event.pod.clone()).or_default();
            stays.0 += 1;
            stays.1 += end - event.start_s;
        }
        if event.completeness == "WITHIN" {
            let cost = event.own + event.absorbed;
            let sum = self.costs.entry(event.pod.clone()).or_default();
            sum.0 += 1;
            sum.1 += cost;
            let key = (event.pod.clone(), event.hrg.clone());
            if let Some(reference) = rules.reference_costs.get(&key) {
                let sum = self.reference.entry(key.0).or_default();
                sum.0 += reference.unit_cost;
                sum.1 += cost;
            }
        }
        if event.completeness != "WHOLLY_OUTSIDE" {
            // NHS Data Dictionary, "attended or did not attend": 5 and 6 were seen; 3 and 7, who
            // came too late, were not. Cancelled appointments are neither.
            match event.attended.as_str() {
                "3" | "7" => {
                    self.appointments.0 += 1;
                    self.appointments.1 += 1;
                }
                "5" | "6" => self.appointments.1 += 1,
                _ => {}
            }
        }
    }
}

/// The figures for which the model gives a range, in key order.
pub(crate) fn measured(
    costing: &Costing<'_>,
    events: &EventFigures,
    beds: &[BedUse],
) -> Vec<MeasuredFigure> {
    let figure = |(measure, range): (&String, &rules::year::PlausibleRange)| MeasuredFigure {
        measure: measure.clone(),
        value_e4: value(measure, costing, events, beds),
        low_e4: range.low_e4,
        high_e4: range.high_e4,
        unit: range.unit.clone(),
        source: range.source.clone(),
    };
    costing.rules.plausibility.iter().map(figure).collect()
}

const DAY_S: i128 = 86_400; // number: seconds of a day
const PERCENT_E4: i128 = 1_000_000;
const DECIMALS: u32 = 4; // number: decimals of a figure × 10⁴

fn value(
    measure: &str,
    costing: &Costing<'_>,
    events: &EventFigures,
    beds: &[BedUse],
) -> Option<i64> {
    let expenses = micro(costing.small.quantum.walk.gross_cost);
    let of_expenses = |part: Money| half_up(micro(part) * PERCENT_E4, expenses);
    let of_type = |cost_type: &str| {
        let lines = costing.small.ledger.lines.iter();
        let of_type = lines.filter(|(line, _)| {
            costing.rules.cost_lines.get(*line).is_some_and(|it| it.cost_type == cost_type)
        });
        of_type.map(|(_, list)| list.total()).sum::<Money>()
    };
    if let Some((name, code)) = measure.split_once('/') {
        return by_code((name, code), costing, events);
    }
    match measure {
        "pay_share" => of_expenses(of_type("PAY")),
        "drugs_share" => of_expenses(of_type("DRUGS")),
        "support_share" => {
            of_expenses(costing.small.classed.support.values().map(SourceList::total).sum())
        }
        "bed_occupancy" => {
            // A ward without stated beds has nothing to be occupied.
            let staffed = || beds.iter().filter(|it| it.beds_e2 > 0);
            let used: i128 = staffed().map(|it| i128::from(it.used_s)).sum();
            half_up(used * PERCENT_E4, staffed().map(|it| i128::from(it.available_s)).sum())
        }
        "not_attended" => {
            let (missed, all) = events.appointments;
            half_up(i128::from(missed) * PERCENT_E4, i128::from(all))
        }
        _ => None,
    }
}

fn by_code(
    (name, code): (&str, &str),
    costing: &Costing<'_>,
    events: &EventFigures,
) -> Option<i64> {
    match name {
        "mean_stay" => {
            let (count, seconds) = events.stays.get(code)?;
            half_up(i128::from(*seconds) * 10_000, i128::from(*count) * DAY_S)
        }
        "unit_cost" => {
            let (count, cost) = events.costs.get(code)?;
            half_up(micro(*cost), i128::from(*count) * 100)
        }
        "reference_index" => {
            let (expected, actual) = events.reference.get(code)?;
            half_up(micro(*actual) * PERCENT_E4, micro(*expected))
        }
        "for_others" => {
            let tally = costing.weights.feeds.get(code)?;
            let all = tally.matched + tally.other + tally.unmatched;
            half_up(i128::from(tally.other) * PERCENT_E4, i128::from(all))
        }
        _ => None,
    }
}

fn micro(money: Money) -> i128 {
    i128::from(money.micro_pounds())
}

/// A finding for each figure outside its range; only a note beside a single published figure.
pub(super) fn findings(figures: &[MeasuredFigure]) -> Vec<Finding> {
    let finding = |it: &MeasuredFigure| {
        let value = it.value_e4.filter(|value| !(it.low_e4..=it.high_e4).contains(value))?;
        let shown = |value: i64| show_scaled(i128::from(value), DECIMALS);
        let (severity, usual) = if it.low_e4 == it.high_e4 {
            (Severity::Note, format!("{} is published", shown(it.low_e4)))
        } else {
            (Severity::Warning, format!("{} to {} is usual", shown(it.low_e4), shown(it.high_e4)))
        };
        let message = format!(
            "{} is {} {}, but {usual} (source {})",
            it.measure,
            shown(value),
            it.unit,
            it.source
        );
        let finding = Finding::new("ASS-019", severity, message)
            .at("plausibility.csv", 0, "measure")
            .about(it.measure.as_str())
            .remedy("Find out why, or give the range a better source; no cost is changed by it");
        Some(finding)
    };
    figures.iter().filter_map(finding).collect()
}
