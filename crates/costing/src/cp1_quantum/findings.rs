//! What is worth telling about the ledger: control totals, repeated lines, lines outside the period.

use domain::{Finding, Money, Severity};
use rules::YearRules;
use tables::dataset::{ControlTotal, LedgerLine};

use super::{Outcome, QuantumEntry};

/// Compares the ledger with each control total, and returns the one that covers all lines.
pub(super) fn against_control(
    lines: &[QuantumEntry],
    control: &[ControlTotal],
    rules: &YearRules,
) -> (Option<Money>, Vec<Finding>) {
    let year = rules.year.to_string();
    let mut totals: Vec<&ControlTotal> = control.iter().collect();
    totals.sort_by_key(|it| (it.period, it.amount));
    let mut findings = Vec::new();
    let mut covering = None;
    for total in totals {
        let is_covered = |it: &&QuantumEntry| {
            (it.line.year.as_str(), it.line.period) <= (year.as_str(), total.period)
        };
        let covered: Vec<&QuantumEntry> = lines.iter().filter(is_covered).collect();
        let sum: Money = covered.iter().map(|it| it.line.amount).sum();
        if sum != total.amount {
            findings.push(differs(total, sum));
        }
        if covered.len() == lines.len() {
            covering = covering.or(Some(total.amount));
        }
    }
    if covering.is_none() && !lines.is_empty() {
        findings.push(not_covered(lines));
    }
    (covering, findings)
}

fn differs(total: &ControlTotal, sum: Money) -> Finding {
    let message = format!(
        "the ledger lines up to period {} add up to {sum}, but the control total is {}",
        total.period, total.amount
    );
    Finding::new("F1", Severity::Refusal, message)
        .about(format!("period {}", total.period))
        .with_money(sum - total.amount)
        .remedy(
            "Extract the trial balance and its control total again, from the same closed period.",
        )
}

fn not_covered(lines: &[QuantumEntry]) -> Finding {
    let message = "no control total covers the whole ledger, so nothing shows that it is complete";
    Finding::new("F1", Severity::NeedsAcceptance, message)
        .with_rows(count(lines.len()))
        .with_money(lines.iter().map(|it| it.line.amount).sum())
        .remedy("Give the finance system's own total up to and with the ledger's last period.")
}

/// Ledger lines that stand more than once.
pub(super) fn repeated(lines: &[QuantumEntry]) -> Vec<Finding> {
    let runs = lines.chunk_by(|one, next| one.line.ledger_line == next.line.ledger_line);
    runs.filter(|run| run.len() > 1).map(repeated_line).collect()
}

fn repeated_line(run: &[QuantumEntry]) -> Finding {
    let name = &run[0].line.ledger_line;
    let message = format!("the ledger line `{name}` stands {} times", run.len());
    Finding::new("F5", Severity::Refusal, message)
        .about(name)
        .with_rows(count(run.len()))
        .with_money(run.iter().map(|it| it.line.amount).sum())
        .remedy("Extract the ledger again, or add the journal number to the line's identifier.")
}

/// Lines that are left out because of their year or period, told once for each.
pub(super) fn outside(lines: &[QuantumEntry], rules: &YearRules) -> Vec<Finding> {
    let year = rules.year.to_string();
    let outside = || lines.iter().filter(|it| it.outcome == Outcome::OutsidePeriod);
    let of_year = |wanted: bool| {
        let lines = outside().map(|it| &it.line);
        lines.filter(|it| (it.year == year) == wanted).collect::<Vec<&LedgerLine>>()
    };
    let mut findings = Vec::new();
    let other_year = of_year(false);
    if !other_year.is_empty() {
        let message = format!("ledger lines are not of the year {year} and are left out");
        let finding = Finding::new("F7", Severity::Warning, message)
            .remedy("Extract the ledger of the year costed, or ask why these lines are in it.");
        findings.push(with_size(finding, &other_year));
    }
    let other_period = of_year(true);
    if !other_period.is_empty() {
        let message = format!(
            "ledger lines are not of the periods 1 to {} and are left out",
            rules.last_period
        );
        let finding = Finding::new("FIN-001", Severity::Note, message)
            .remedy("Nothing, if the year is costed up to that period on purpose.");
        findings.push(with_size(finding, &other_period));
    }
    findings
}

fn with_size(finding: Finding, lines: &[&LedgerLine]) -> Finding {
    finding.with_rows(count(lines.len())).with_money(lines.iter().map(|it| it.amount).sum())
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).expect("an index fits 64 bits")
}
