//! Looks at a finished costing as a sceptical reader would; findings only, no cost is changed.
//!
//! | reads | writes |
//! |---|---|
//! | all earlier stages | `findings` |
//!
//! Source: costing semantics, sections 5 to 8; costing guide to methods, "Assurance".

mod income;
mod plausibility;

use std::collections::BTreeMap;

use domain::{Finding, Money, Severity};
use tables::run::{BedUse, CostedEvent, MeasuredFigure, ResidualSource, UnmatchedCost};

use crate::pipeline::Costing;

pub use income::IncomeTally;
pub use plausibility::EventFigures;
pub(crate) use plausibility::measured;

/// What the stages came to, as far as it is looked at here.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Everything that reached no own patient.
    pub residuals: &'a [ResidualSource],
    /// Cost of activity without an event, visible or absorbed.
    pub unmatched: &'a [UnmatchedCost],
    /// What was counted of events.
    pub events: &'a EventTally,
    /// Income lines.
    pub income: &'a IncomeTally,
    /// Staffed beds and their use.
    pub beds: &'a [BedUse],
    /// Figures with the ranges in which they are usual.
    pub figures: &'a [MeasuredFigure],
}

/// Findings on rows, residuals, events, income, beds and figures.
pub fn assure(costing: &Costing<'_>, seen: &Seen<'_>) -> Vec<Finding> {
    let mut findings = rows_without_cost(costing);
    findings.extend(left_over(seen.residuals));
    findings.extend(unmatched(costing, seen.unmatched));
    findings.extend(seen.events.findings(costing));
    findings.extend(income::findings(seen.income));
    findings.extend(seen.beds.iter().filter_map(overfull));
    findings.extend(plausibility::findings(seen.figures));
    findings
}

/// Rows without an event by reason, with what they cost, whether it is visible or absorbed.
fn unmatched(costing: &Costing<'_>, costs: &[UnmatchedCost]) -> Vec<Finding> {
    let mut sums: BTreeMap<&str, (i64, Money, Money)> = BTreeMap::new();
    for reason in ["NO_EVENT_IN_WINDOW", "NO_IDENTITY", "UNKNOWN_PATIENT"] {
        let rows = costing.weights.matches.iter().filter(|((_, _, rule), _)| rule == reason);
        sums.entry(reason).or_default().0 = rows.map(|(_, rows)| *rows).sum();
    }
    for it in costs {
        let sum = sums.entry(&it.reason).or_default();
        sum.1 += it.visible;
        sum.2 += it.absorbed;
    }
    let told = sums.into_iter().filter(|(_, it)| *it != (0, Money::ZERO, Money::ZERO));
    let finding = |(reason, (rows, visible, absorbed)): (&str, (i64, Money, Money))| {
        let code = if reason == "NO_EVENT_IN_WINDOW" { "E12" } else { "E10" };
        let message = format!(
            "{rows} {} found no event ({reason}): {visible} of their cost is shown apart, {absorbed} is absorbed by patients",
            if rows == 1 { "row" } else { "rows" }
        );
        Finding::new(code, Severity::Note, message)
            .about(format!("UNMATCHED {reason}"))
            .with_rows(count(rows))
            .with_money(visible + absorbed)
            .remedy("See the match rates by feed, month and rule")
    };
    told.map(finding).collect()
}

/// More bed-time used than is staffed.
fn overfull(ward: &BedUse) -> Option<Finding> {
    const HOUR: i64 = 3_600; // number: seconds of an hour
    if ward.unused_s >= 0 {
        return None;
    }
    let hours = ward.used_s / HOUR;
    let message = if ward.beds_e2 == 0 {
        format!(
            "stays of {hours} hours lie in `{}`, for which the model states no beds",
            ward.location
        )
    } else {
        format!(
            "stays in `{}` last {hours} hours, {} more than its staffed beds offer",
            ward.location,
            -ward.unused_s / HOUR
        )
    };
    let finding = Finding::new("ASS-020", Severity::Warning, message)
        .at("capacity.csv", 0, "beds")
        .about(ward.location.as_str())
        .remedy("Correct the beds of the ward, or the ends of its stays; no cost is changed by it");
    Some(finding)
}

/// Rows that bear no cost, by feed: those whose code has no activity, those outside the period.
fn rows_without_cost(costing: &Costing<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (feed, tally) in &costing.weights.feeds {
        let told = [
            (
                "ASS-010",
                Severity::Warning,
                tally.unmapped,
                "count in no activity (UNMAPPED); they bear no cost",
                "Add their codes to activity_rules.csv",
            ),
            (
                "ASS-011",
                Severity::Note,
                tally.outside,
                "lie wholly outside the period (OUTSIDE_PERIOD); they bear no cost",
                "Nothing, if the feed is extracted for a longer time on purpose",
            ),
        ];
        for (code, severity, rows, what, remedy) in told.into_iter().filter(|it| it.2 > 0) {
            findings.push(
                Finding::new(code, severity, format!("{rows} rows of feed {feed} {what}"))
                    .about(feed)
                    .with_rows(count(rows))
                    .remedy(remedy),
            );
        }
    }
    findings
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}

/// Money that reached nobody: each residual and reason once, with what to do next.
fn left_over(residuals: &[ResidualSource]) -> Vec<Finding> {
    let mut sums: BTreeMap<(&str, &str), Money> = BTreeMap::new();
    for row in residuals {
        // Differences of two resources must not hide each other.
        let subject = match row.residual.as_str() {
            "NO_DRIVER" | "TRACED_VARIANCE" | "UNMAPPED" => row.resource.as_str(),
            _ => row.reason.as_str(),
        };
        *sums.entry((row.residual.as_str(), subject)).or_default() += row.amount;
    }
    let finding = |((residual, subject), amount): ((&str, &str), Money)| {
        let (code, severity, message, remedy) = match residual {
            "NO_DRIVER" => (
                "F13",
                Severity::NeedsAcceptance,
                format!("{subject} has {amount} to share, but no activity used it"),
                "Load the missing feed, or give the resource other activities",
            ),
            // What has no resource yet was told where it was left over.
            "UNMAPPED" if !subject.is_empty() => (
                "F4",
                Severity::NeedsAcceptance,
                format!("{subject} has {amount}, but the model gives it no activities"),
                "Add rows to shares.csv; until then its money is shown as UNMAPPED",
            ),
            "TRACED_VARIANCE" => (
                "ASS-004",
                Severity::Warning,
                format!("Traced costs of {subject} and the ledger differ by {amount}"),
                "Compare the feed with the ledger accounts that hold these purchases",
            ),
            _ => return None,
        };
        Some(
            Finding::new(code, severity, message)
                .about(format!("{residual} {subject}"))
                .with_money(amount)
                .remedy(remedy),
        )
    };
    sums.into_iter().filter(|(_, amount)| !amount.is_zero()).filter_map(finding).collect()
}

/// What is counted of events while their table is written.
#[derive(Clone, Debug, Default)]
pub struct EventTally {
    /// Events in the period.
    pub events: i64,
    /// Of these, without any cost.
    pub zero_cost: i64,
    /// Of these, with negative cost, and their sum.
    pub negative: (i64, Money),
    /// Ungroupable: `UZ01Z`.
    pub ungrouped: i64,
    /// Events with a cost, but without any activity count, and their cost.
    pub inactive: (i64, Money),
}

impl EventTally {
    /// Counts one event; `active` if it has any activity count.
    pub fn add(&mut self, event: &CostedEvent, active: bool) {
        let cost = event.own + event.absorbed;
        if !cost.is_zero() && !active {
            self.inactive.0 += 1;
            self.inactive.1 += cost;
        }
        if event.completeness == "WHOLLY_OUTSIDE" {
            return;
        }
        self.events += 1;
        if cost.is_zero() {
            self.zero_cost += 1;
        }
        if cost.is_negative() {
            self.negative.0 += 1;
            self.negative.1 += cost;
        }
        if event.hrg == "UZ01Z" {
            self.ungrouped += 1;
        }
    }

    fn findings(&self, costing: &Costing<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.zero_cost > 0 {
            let limit = costing.rules.settings.zero_cost_events_acceptance_e4;
            // In whole numbers: the share of events × 10⁶ is the percentage × 10⁴.
            let above = i128::from(self.zero_cost) * 1_000_000
                > i128::from(self.events) * i128::from(limit);
            let severity = if above { Severity::NeedsAcceptance } else { Severity::Warning };
            let message =
                format!("{} of {} events have no cost at all", self.zero_cost, self.events);
            findings.push(
                Finding::new("ASS-005", severity, message)
                    .about("events")
                    .with_rows(count(self.zero_cost))
                    .remedy("List them: query events where own = 0 and absorbed = 0, by event type and specialty"),
            );
        }
        if self.negative.0 > 0 {
            let (events, sum) = self.negative;
            let message = format!("{events} events have a negative cost, {sum} in all");
            findings.push(
                Finding::new("ASS-006", Severity::NeedsAcceptance, message)
                    .about("events")
                    .with_rows(count(events))
                    .with_money(sum)
                    .remedy("Find the credit in `explain` and move it to the line it belongs to"),
            );
        }
        if self.inactive.0 > 0 {
            let (events, sum) = self.inactive;
            let message =
                format!("{events} events have a cost, {sum} in all, but no activity count");
            findings.push(
                Finding::new("ASS-018", Severity::Note, message)
                    .about("events without activity")
                    .with_rows(count(events))
                    .with_money(sum)
                    .remedy("Nothing, if their rows began before the period; else see activity_out by service line"),
            );
        }
        if self.ungrouped > 0 {
            let message = format!("{} events have HRG UZ01Z; their cost is kept", self.ungrouped);
            findings.push(
                Finding::new("E15", Severity::Warning, message)
                    .about("UZ01Z")
                    .with_rows(count(self.ungrouped))
                    .remedy("See the grouper's quality output for the coding that fails"),
            );
        }
        findings
    }
}
