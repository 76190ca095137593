//! Finds every pound of the ledger again, or lists it.
//!
//! | reads | writes |
//! |---|---|
//! | all earlier stages | `reconciliation`: inputs, outputs and differences, each of which must be zero |
//!
//! Guarantees: a run whose differences are not all zero is refused.
//!
//! Does not: change a cost, or tolerate a difference.
//!
//! Source: costing semantics, section 9.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::Money;
use tables::ledger_reports::{BY_ACCOUNT, BY_COST_CENTRE, BY_LEDGER_LINE, BY_PERIOD, BY_PLACE};
use tables::run::{ActivityOut, Identity, ResidualSource, RowIdentity};

use crate::cp1_quantum::Outcome;
use crate::cp4_weights::FeedTally;
use crate::error::CostingError;
use crate::pipeline::Costing;
use crate::source::SourceList;

/// What stages after the pools came to.
#[derive(Clone, Copy, Debug)]
pub struct Outcomes<'a> {
    /// Cost of all events, private and overseas patients among them.
    pub events: Money,
    /// Of these, the cost of private and overseas patients, which residuals show too.
    pub others: Money,
    /// Everything that reached no own patient.
    pub residuals: &'a [ResidualSource],
    /// Cost in the statements of service lines.
    pub statements: Money,
}

/// All identities of a costing, in the order of the report set.
pub fn reconcile(costing: &Costing<'_>, outcomes: &Outcomes<'_>) -> Vec<Identity> {
    let mut book = Book::default();
    ledger_to_cost_ledger(costing, &mut book);
    classes(costing, &mut book);
    matrix(costing, &mut book);
    patients(costing, outcomes, &mut book);
    walk(costing, &mut book);
    by_ledger_line(costing, &mut book);
    // A stable sort: the lines of a report stay in the order in which they were written.
    book.rows.sort_by(|one, other| one.report.cmp(&other.report));
    book.rows
}

/// Refuses a run whose books do not close.
///
/// # Errors
///
/// [`CostingError::NotConserved`] naming the first identity that does not close.
pub fn check(identities: &[Identity]) -> Result<(), CostingError> {
    let open = identities.iter().filter(|it| !it.difference.is_zero());
    // The stage that breaks says more than the ledger lines that it touches.
    match open.min_by_key(|it| BY_PLACE.contains(&it.report.as_str())) {
        None => Ok(()),
        Some(open) => Err(CostingError::NotConserved {
            stage: "reconciliation",
            what: format!("{}: {}", open.report, open.line),
            difference: open.difference.to_string(),
        }),
    }
}

#[derive(Default)]
struct Book {
    rows: Vec<Identity>,
}

impl Book {
    fn close(&mut self, report: &str, line: &str, input: Money, output: Money) {
        self.rows.push(Identity {
            report: report.to_owned(),
            line: line.to_owned(),
            input,
            output,
            difference: input - output,
        });
    }
}

fn sum(lists: &BTreeMap<String, SourceList>) -> Money {
    lists.values().map(SourceList::total).sum()
}

fn ledger_to_cost_ledger(costing: &Costing<'_>, book: &mut Book) {
    let report = "1 General ledger to cost ledger";
    let small = &costing.small;
    let walk = &small.quantum.walk;
    if let Some(control) = small.quantum.control {
        book.close(report, "Ledger = control total", walk.ledger, control);
    }
    let found = walk.quantum() + walk.income_total() + walk.outside;
    book.close(report, "Ledger = quantum + income + outside the period", walk.ledger, found);
    let mapped = sum(&small.ledger.lines) + small.ledger.unmapped.total();
    book.close(report, "Quantum = cost lines + unmapped", walk.quantum(), mapped);
    let budget = &small.budget;
    if !budget.lines.is_empty() {
        let rest = [Outcome::Cost, Outcome::Income, Outcome::OutsidePeriod];
        let rest: Money = rest.into_iter().map(|it| budget.sum(it, false)).sum();
        let found = budget.sum(Outcome::Cost, true) + rest;
        let line = "Budget = cost lines + unmapped + income + outside the period";
        book.close(report, line, budget.total(), found);
    }
}

fn classes(costing: &Costing<'_>, book: &mut Book) {
    let report = "2 Cost ledger by class, before and after support";
    let small = &costing.small;
    book.close(
        report,
        "Cost lines = classed lines",
        sum(&small.ledger.lines),
        small.classed.total(),
    );
    let before = sum(&small.classed.support) + sum(&small.classed.finals);
    let after = sum(&small.supported.finals);
    book.close(report, "Support and final lines before = final lines after", before, after);
    let received = after - sum(&small.classed.finals);
    book.close(report, "Support lines are cleared", sum(&small.classed.support), received);
}

fn matrix(costing: &Costing<'_>, book: &mut Book) {
    let report = "3 Resources and activities";
    let small = &costing.small;
    let resources = &small.resources;
    let led = sum(&resources.resources) + sum(&resources.cost_objects) + sum(&resources.unmapped);
    book.close(
        report,
        "Final lines = resources + cost objects + unmapped",
        sum(&small.supported.finals),
        led,
    );
    let pools: Money = costing.pools().map(|(_, _, pool)| pool.sources.total()).sum();
    let found = pools + sum(&costing.activities.no_driver) + sum(&costing.activities.unmapped);
    book.close(
        report,
        "Resources = pools + no driver + unmapped",
        sum(&resources.resources),
        found,
    );
    let left: Money =
        costing.settled.values().flat_map(|it| it.residuals.values()).map(SourceList::total).sum();
    let found = costing.own() + costing.absorbed() + left;
    book.close(report, "Pools = own + absorbed + residuals", pools, found);
}

fn patients(costing: &Costing<'_>, outcomes: &Outcomes<'_>, book: &mut Book) {
    let report = "4 Patients and reconciliation items";
    let walk = &costing.small.quantum.walk;
    let &Outcomes { events, others, residuals, statements } = outcomes;
    book.close(
        report,
        "Events = own + absorbed of all pools",
        events,
        costing.own() + costing.absorbed(),
    );
    let all: Money = residuals.iter().map(|it| it.amount).sum();
    let found = events - others + all + walk.income_total();
    book.close(report, "Ledger = own-patient events + all residuals + income", walk.ledger, found);
    book.close(report, "Events = cost rows of the service lines' statements", events, statements);
}

fn walk(costing: &Costing<'_>, book: &mut Book) {
    let walk = &costing.small.quantum.walk;
    book.close(
        "5 Quantum walk",
        "Ledger - outside - income = gross cost + income netted",
        walk.ledger - walk.outside - walk.income_total(),
        walk.gross_cost + walk.netted_income,
    );
}

/// All identities in rows: the chain of every feed, and events in and out.
///
/// `sources` are each feed's source rows: read, used, quarantined, rejected.
pub fn reconcile_rows(
    costing: &Costing<'_>,
    sources: &BTreeMap<&str, [i64; 4]>,
    out: &[ActivityOut],
) -> Vec<RowIdentity> {
    let mut rows = Vec::new();
    let mut close = |report: &str, line: String, input: i64, output: i64| {
        let (report, difference) = (report.to_owned(), input - output);
        rows.push(RowIdentity { report, line, input, output, difference });
    };
    let report = "6 Activity in";
    for (feed, [read, used, quarantined, rejected]) in sources {
        let line = format!("{feed}: read = used + quarantined + rejected");
        close(report, line, *read, used + quarantined + rejected);
    }
    // A feed without rows, such as the ledger, has no chain.
    let feeds = costing.weights.feeds.iter().filter(|(_, it)| **it != FeedTally::default());
    for (feed, it) in feeds {
        let line = format!("{feed}: rows = matched + other + unmatched + outside + unmapped");
        let found = it.matched + it.other + it.unmatched + it.outside + it.unmapped;
        close(report, line, it.rows, found);
    }
    let events = i64::try_from(costing.weights.events.len()).unwrap_or(i64::MAX);
    let report = "8 Activity out";
    let line = "Events = events by service line and point of delivery".to_owned();
    close(report, line, events, out.iter().map(|it| it.events).sum());
    rows.sort_by(|one, other| (&one.report, &one.line).cmp(&(&other.report, &other.line)));
    rows
}

/// Refuses a run whose rows do not close.
///
/// # Errors
///
/// [`CostingError::NotConserved`] naming the first identity that does not close.
pub fn check_rows(identities: &[RowIdentity]) -> Result<(), CostingError> {
    match identities.iter().find(|it| it.difference != 0) {
        None => Ok(()),
        Some(open) => Err(CostingError::NotConserved {
            stage: "reconciliation",
            what: format!("{}: {}", open.report, open.line),
            difference: format!("{} rows", open.difference),
        }),
    }
}

/// Follows every ledger line to where its parts ended, and adds up by centre, account and period.
fn by_ledger_line(costing: &Costing<'_>, book: &mut Book) {
    let small = &costing.small;
    let mut ended: BTreeMap<u32, Money> = BTreeMap::new();
    let mut add = |list: &SourceList| {
        for (key, amount) in list.iter() {
            *ended.entry(key.ledger_line).or_default() += amount;
        }
    };
    add(&small.ledger.unmapped);
    let resources = &small.resources;
    for lists in [
        &small.classed.unclassed,
        &small.classed.reconciliation,
        &resources.unmapped,
        &resources.cost_objects,
        &costing.activities.no_driver,
        &costing.activities.unmapped,
    ] {
        lists.values().for_each(&mut add);
    }
    costing.pools().for_each(|(_, _, pool)| add(&pool.sources));
    let mut sums: BTreeMap<(&str, String), (Money, Money)> = BTreeMap::new();
    for entry in &small.quantum.lines {
        let line = &entry.line;
        let number = small.names.ledger_lines.id(&line.ledger_line).expect("names hold the ledger");
        let found = match entry.outcome {
            Outcome::Cost => ended.get(&number).copied().unwrap_or_default(),
            _ => line.amount,
        };
        for key in [
            (BY_PERIOD, format!("{} period {:02}", line.year, line.period)),
            (BY_COST_CENTRE, line.cost_centre.clone()),
            (BY_ACCOUNT, line.account.clone()),
        ] {
            let sum = sums.entry(key).or_default();
            sum.0 += line.amount;
            sum.1 += found;
        }
        if found != line.amount {
            book.close(BY_LEDGER_LINE, &line.ledger_line, line.amount, found);
        }
    }
    for ((report, line), (input, output)) in sums {
        book.close(report, &line, input, output);
    }
}
