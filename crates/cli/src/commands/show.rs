//! `concord show`: a run for people, without a single patient.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use domain::Money;
use results::Run;
use results::statements::Statement;
use serde_json::json;

use crate::arguments::{Arguments, Show};
use crate::output::{self, table, touched};

/// Findings shown before the rest is counted.
const FINDINGS_SHOWN: usize = 20;

pub(super) fn run(arguments: &Arguments, options: &Show) -> Result<bool> {
    let run = Run::open(&options.run)?;
    let mut statements = run.statements()?;
    if let Some(wanted) = &options.service_line {
        statements.retain(|it| it.service_line.code == *wanted);
        if statements.is_empty() {
            bail!(
                "the run has no service line {wanted}: see `concord show {}`",
                options.run.display()
            );
        }
    }
    let findings = run.findings()?;
    let text = || -> Result<String> {
        if options.service_line.is_some() {
            return Ok(statements.iter().map(statement_text).collect());
        }
        let mut text = summary(&run)?;
        text += &format!("\nFindings ({}):\n", findings.len());
        let mut sorted: Vec<_> = findings.iter().collect();
        sorted.sort_by_key(|it| (!it.needs_acceptance(), std::cmp::Reverse(it.money.abs())));
        for it in sorted.iter().take(FINDINGS_SHOWN) {
            let touched = touched(it.rows, it.money);
            writeln!(
                text,
                "  {} {}: {}{touched}\n      {}",
                it.id, it.severity, it.message, it.remedy
            )?;
        }
        if findings.len() > FINDINGS_SHOWN {
            writeln!(
                text,
                "  and {} more: concord query {} \"select * from findings\"",
                findings.len() - FINDINGS_SHOWN,
                options.run.display()
            )?;
        }
        Ok(text)
    };
    let text = text()?;
    let reconciliation = run.reconciliation()?;
    let (residuals, rates) = (run.residuals()?, run.match_rates()?);
    output::answer(
        arguments,
        || text,
        || {
            json!({
                "run": run.id(), "statements": statements, "residuals": residuals,
                "reconciliation": reconciliation, "match_rates": rates, "findings": findings,
            })
        },
    );
    Ok(true)
}

/// Service lines, residuals, reconciliation and match rates in words.
pub(super) fn summary(run: &Run) -> Result<String> {
    let manifest = run.manifest();
    let mut text =
        format!("{}, {} to period {}\n", manifest.title, manifest.year, manifest.last_period);
    if !manifest.footnote.is_empty() {
        writeln!(text, "{}", manifest.footnote)?;
    }
    text += "\nService lines:\n";
    let rows: Vec<Vec<String>> = run.statements()?.iter().map(line_row).collect();
    text += &table(&rows);
    text += "\nWhat reached no own patient:\n";
    let rows: Vec<Vec<String>> = run
        .residuals()?
        .iter()
        .map(|it| vec![format!("  {} {}", it.residual, it.reason), it.amount.to_pence()])
        .collect();
    text += &table(&rows);
    let identities = run.reconciliation()?;
    let open: Money = identities.iter().map(|it| it.difference.abs()).sum();
    writeln!(text, "\nReconciliation: {} identities, difference {open}.", identities.len())?;
    text += "\nMatching:\n";
    let rows: Vec<Vec<String>> = run
        .match_rates()?
        .iter()
        .map(|it| {
            let percent = it.percent.clone().map_or_else(String::new, |it| format!("{it} %"));
            vec![format!("  {}", it.feed.name), format!("{} of {}", it.matched, it.rows), percent]
        })
        .collect();
    text += &table(&rows);
    Ok(text)
}

fn line_row(statement: &Statement) -> Vec<String> {
    vec![format!("  {}", statement.service_line.name), statement.in_words.clone()]
}

fn statement_text(statement: &Statement) -> String {
    let rows: Vec<Vec<String>> = statement
        .rows
        .iter()
        .map(|row| {
            let once = if row.non_recurrent.is_zero() {
                String::new()
            } else {
                format!("of which not recurrent {}", row.non_recurrent.to_pence())
            };
            vec![format!("  {}", row.name), row.amount.to_pence(), once]
        })
        .collect();
    format!("{} {}\n{}", statement.service_line.name, statement.in_words, table(&rows))
}
