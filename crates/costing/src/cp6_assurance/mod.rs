//! Looks at a finished costing as a sceptical reader would; findings only, no cost is changed.
//!
//! | reads | writes |
//! |---|---|
//! | all earlier stages | `findings` |
//!
//! Source: costing semantics, sections 5 to 8; costing guide to methods, "Assurance".

use std::collections::BTreeMap;

use domain::{Finding, Money, Severity};
use tables::run::{CostedEvent, ResidualSource};

use crate::pipeline::Costing;

/// Findings on weights, matching, events and residuals.
pub fn assure(
    costing: &Costing<'_>,
    residuals: &[ResidualSource],
    events: &EventTally,
) -> Vec<Finding> {
    let mut findings = weights(costing);
    findings.extend(left_over(residuals));
    findings.extend(events.findings(costing));
    findings
}

fn weights(costing: &Costing<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ((set, code), rows) in &costing.weights.defaults {
        let set = &costing.plan.sets[*set].code;
        let message =
            format!("{rows} rows with `{code}` took the stated default of weight set {set}");
        findings.push(
            Finding::new("ASS-001", Severity::Note, message)
                .at("rwv.csv", 0, "code")
                .about(format!("{set} {code}"))
                .with_rows(count(*rows))
                .remedy("Give the code a relative weight if it is not like the others"),
        );
    }
    for (set, receivers) in &costing.weights.negative {
        let set = &costing.plan.sets[*set].code;
        let message = format!(
            "{receivers} receivers of weight set {set} have more returns than issues; they weigh nothing"
        );
        findings.push(
            Finding::new("E13", Severity::Warning, message)
                .about(set)
                .with_rows(count(*receivers))
                .remedy("Check whether the issues were loaded"),
        );
    }
    for session in costing.weights.sessions.iter().filter(|it| it.used > it.planned) {
        let message = format!("Session {} was used for longer than planned", session.session);
        findings.push(
            Finding::new("ASS-002", Severity::Note, message)
                .about(&session.session)
                .remedy("Nothing to do, unless plan or times are wrong"),
        );
    }
    let unplanned = costing.weights.unplanned_session_rows;
    if unplanned > 0 {
        let message = format!("{unplanned} rows name a session that is not planned");
        findings.push(
            Finding::new("ASS-003", Severity::Warning, message)
                .with_rows(count(unplanned))
                .remedy("Load the planned sessions of these days, or correct the session names"),
        );
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
        let reason =
            if row.residual == "NO_DRIVER" { row.resource.as_str() } else { row.reason.as_str() };
        *sums.entry((row.residual.as_str(), reason)).or_default() += row.amount;
    }
    let finding = |((residual, reason), amount): ((&str, &str), Money)| {
        let (code, severity, message, remedy) = match residual {
            "NO_DRIVER" => (
                "F13",
                Severity::NeedsAcceptance,
                format!("{reason} has {amount} to share, but no activity used it"),
                "Load the missing feed, or give the resource other activities",
            ),
            "TRACED_VARIANCE" => (
                "ASS-004",
                Severity::Warning,
                format!("Traced costs and the ledger differ by {amount}"),
                "Compare the feed with the ledger accounts that hold these purchases",
            ),
            "UNMATCHED" => (
                "E10",
                Severity::Note,
                format!("{amount} is the cost of activity without an event ({reason})"),
                "See the match rates by feed, month and rule",
            ),
            _ => return None,
        };
        Some(
            Finding::new(code, severity, message)
                .about(format!("{residual} {reason}"))
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
    /// Ungroupable: `UZ01Z`, or blank where a price is due.
    pub ungrouped: i64,
}

impl EventTally {
    /// Counts one event.
    pub fn add(&mut self, event: &CostedEvent) {
        if event.completeness == "WHOLLY_OUTSIDE" {
            return;
        }
        self.events += 1;
        let cost = event.own + event.absorbed;
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
            let percent_e4 = self.zero_cost * 1_000_000 / self.events.max(1);
            let limit = costing.rules.settings.zero_cost_events_acceptance_e4;
            let severity =
                if percent_e4 > limit { Severity::NeedsAcceptance } else { Severity::Warning };
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
