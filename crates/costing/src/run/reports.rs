//! Tables that reports show beside the identities: activity out, unmatched cost, beds, income.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Money, share::div_floor};
use rules::year::Class;
use tables::manifest::InputEntry;
use tables::run::{ActivityOut, BedUse, ReportLine, UnmatchedCost};

use super::events::Income;
use super::write::EventTotals;
use crate::cp1_quantum::Outcome;
use crate::cp6_assurance::{IncomeTally, Seen};
use crate::pipeline::Costing;
use crate::source::SourceList;

/// What activity without an event cost, by reason and pool, in key order.
pub(crate) fn unmatched(costing: &Costing<'_>) -> Vec<UnmatchedCost> {
    let mut rows: BTreeMap<(&str, &str, &str), (Money, Money)> = BTreeMap::new();
    for ((resource, activity), settled) in &costing.settled {
        for ((residual, reason), list) in &settled.residuals {
            if *residual == "UNMATCHED" {
                rows.entry((reason, resource, activity)).or_default().0 += list.total();
            }
        }
        for (reason, amount) in &settled.absorbed_by {
            rows.entry((reason, resource, activity)).or_default().1 += *amount;
        }
    }
    let row = |((reason, resource, activity), (visible, absorbed)): ((&str, &str, &str), _)| {
        UnmatchedCost {
            reason: reason.to_owned(),
            resource: resource.to_owned(),
            activity: activity.to_owned(),
            visible,
            absorbed,
        }
    };
    rows.into_iter().map(row).collect()
}

/// Staffed bed-time and its use by ward, in key order; nothing if the model states no beds.
pub(crate) fn bed_use(costing: &Costing<'_>) -> Vec<BedUse> {
    let period = &costing.plan.period;
    let capacity = &costing.rules.capacity;
    let stated = costing.weights.beds.keys().chain(capacity.keys());
    let locations: BTreeSet<&String> = stated.filter(|_| !capacity.is_empty()).collect();
    let row = |location: &String| {
        let beds_e2 = capacity.get(location).copied().unwrap_or_default();
        let used_s = costing.weights.beds.get(location).copied().unwrap_or_default();
        // A period has whole hours, so that hundredths of beds give whole seconds.
        let available = i128::from(beds_e2) * i128::from(period.to - period.from) / 100;
        let available_s = i64::try_from(available).unwrap_or(i64::MAX);
        BedUse {
            location: location.clone(),
            beds_e2,
            available_s,
            used_s,
            unused_s: available_s - used_s,
            occupancy_e4: half_up(i128::from(used_s) * 10_000, i128::from(available_s)),
        }
    };
    locations.into_iter().map(row).collect()
}

/// `part / whole`, half up; nothing without a whole.
pub(crate) fn half_up(part: i128, whole: i128) -> Option<i64> {
    // number: half up is ⌊(2a + b) / 2b⌋
    (whole > 0).then(|| i64::try_from(div_floor(2 * part + whole, 2 * whole)).ok()).flatten()
}

/// Rows of activity out, in key order.
pub(crate) fn activity_out(events: &EventTotals) -> Vec<ActivityOut> {
    events.out.values().cloned().collect()
}

/// Source rows of every feed: read, used, quarantined, rejected.
pub(crate) fn source_rows(inputs: &[InputEntry]) -> BTreeMap<&str, [i64; 4]> {
    let mut feeds: BTreeMap<&str, [i64; 4]> = BTreeMap::new();
    for it in inputs {
        let sums = feeds.entry(it.feed.as_str()).or_default();
        let rows = [it.rows_read, it.rows_used, it.rows_quarantined, it.rows_rejected];
        for (sum, rows) in sums.iter_mut().zip(rows) {
            *sum += i64::try_from(rows).expect("a file has under 2⁶³ rows");
        }
    }
    feeds
}

/// What income lines came to, beside the ledger's patient income.
pub(crate) fn income_tally(
    costing: &Costing<'_>,
    by_line: &BTreeMap<String, (Money, Money)>,
    income: &Income,
) -> IncomeTally {
    let patient = costing.small.quantum.walk.income.get("patient_income");
    IncomeTally {
        recognised: by_line.values().map(|it| it.1).sum(),
        // Income is negative in the ledger.
        ledger: -patient.copied().unwrap_or_default(),
        loose: income.loose_rows(),
        apart: income.apart_rows(),
    }
}

/// The lines of the reports that show amounts, in key order.
pub(crate) fn lines(costing: &Costing<'_>, seen: &Seen<'_>) -> Vec<ReportLine> {
    let mut book = Lines::default();
    budget(costing, &mut book);
    classes(costing, &mut book);
    let walk = costing.small.quantum.walk.rows().into_iter();
    book.report("5 Quantum walk", walk);
    let tally = seen.events;
    let outliers = [
        ("Events with a negative cost".to_owned(), tally.negative.1),
        ("Events with a cost, but without any activity count".to_owned(), tally.inactive.1),
    ];
    book.report("9 Outliers", outliers.into_iter());
    let income = seen.income;
    let sum = |outcome: &str| {
        let apart = income.apart.iter().filter(|it| it.outcome == outcome);
        apart.map(|it| it.recognised).sum::<Money>()
    };
    let loose = income.loose.iter().map(|it| {
        (format!("of which without an event: specialty {}", it.specialty), it.recognised)
    });
    let first = [("Patient income of income lines, recognised".to_owned(), income.recognised)];
    let rest = [
        ("Patient income of the ledger".to_owned(), income.ledger),
        ("Difference".to_owned(), income.recognised - income.ledger),
        ("Other income of income lines".to_owned(), sum("OTHER_INCOME")),
        ("Income lines outside the period".to_owned(), sum("OUTSIDE_PERIOD")),
    ];
    book.report("5 Quantum walk: patient income", first.into_iter().chain(loose).chain(rest));
    book.rows.sort_by(|one, other| (&one.report, one.order).cmp(&(&other.report, other.order)));
    book.rows
}

/// The budget beside what was booked, on cost lines and on none; one line says it if there is none.
fn budget(costing: &Costing<'_>, book: &mut Lines) {
    let (budget, ledger) = (&costing.small.budget, &costing.small.ledger);
    let booked: Money = ledger.lines.values().map(SourceList::total).sum();
    let rows = if budget.lines.is_empty() {
        vec![("No budget was given: booked on cost lines".to_owned(), booked)]
    } else {
        let mapped = budget.sum(Outcome::Cost, true);
        vec![
            ("Budget, all of it".to_owned(), budget.total()),
            ("less outside the period".to_owned(), budget.sum(Outcome::OutsidePeriod, false)),
            ("less income".to_owned(), budget.sum(Outcome::Income, false)),
            ("less unmapped".to_owned(), budget.sum(Outcome::Cost, false)),
            ("Budget of cost lines".to_owned(), mapped),
            ("Booked on cost lines".to_owned(), booked),
            ("Booked less budget".to_owned(), booked - mapped),
        ]
    };
    book.report("1 General ledger to cost ledger: budget", rows.into_iter());
}

fn classes(costing: &Costing<'_>, book: &mut Lines) {
    let small = &costing.small;
    let sum = |lists: &BTreeMap<String, SourceList>, class: Option<Class>| {
        let of_class = |line: &String| {
            class.is_none() || costing.rules.cost_lines.get(line).map(|it| it.class) == class
        };
        let lists = lists.iter().filter(|(line, _)| of_class(line));
        lists.map(|(_, list)| list.total()).sum::<Money>()
    };
    let mut rows = Vec::new();
    for (name, class) in [("Type 1 support", Class::Type1), ("Type 2 support", Class::Type2)] {
        rows.push((format!("{name}, before"), sum(&small.classed.support, Some(class))));
    }
    for (name, class) in [
        ("Patient-facing", Class::PatientFacing),
        ("Type 2 without a driver", Class::Type2),
        ("Other activities", Class::Other),
    ] {
        rows.push((format!("{name}, before"), sum(&small.classed.finals, Some(class))));
        rows.push((format!("{name}, with support"), sum(&small.supported.finals, Some(class))));
    }
    rows.push(("Reconciliation items".to_owned(), sum(&small.classed.reconciliation, None)));
    rows.push(("Without a class".to_owned(), sum(&small.classed.unclassed, None)));
    book.report("2 Cost ledger by class, before and after support", rows.into_iter());
}

#[derive(Default)]
struct Lines {
    rows: Vec<ReportLine>,
}

impl Lines {
    fn report(&mut self, report: &str, lines: impl Iterator<Item = (String, Money)>) {
        let row = |(order, (line, amount)): (i64, (String, Money))| ReportLine {
            report: report.to_owned(),
            order,
            line,
            amount,
        };
        self.rows.extend((1..).zip(lines).map(row));
    }
}
