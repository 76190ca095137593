//! `concord show`: what people read first of a run.

use std::path::PathBuf;

use anyhow::{Result, bail};
use domain::{Money, Severity};
use results::Run;
use results::findings::StoredFinding;
use results::records::Records;
use results::statements::{MatchRate, ReconciledLine, Residual, Statement};

use super::findings;
use crate::context::{Context, Outcome};

/// Warnings shown before the rest is counted.
const WARNINGS_SHOWN: usize = 10;

/// Options of `show`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Shows the whole statement of this service line only.
    #[arg(long, value_name = "CODE")]
    service_line: Option<String>,
}

/// Everything that is shown.
struct Shown {
    statements: Vec<Statement>,
    reconciliation: Vec<ReconciledLine>,
    residuals: Vec<Residual>,
    match_rates: Vec<MatchRate>,
    findings: Vec<StoredFinding>,
    outstanding: Vec<StoredFinding>,
    records: Records,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let run = Run::open(&arguments.run)?;
    if let Some(code) = &arguments.service_line {
        return one_statement(&run, code, context);
    }
    let shown = Shown {
        statements: run.statements()?,
        reconciliation: run.reconciliation()?,
        residuals: run.residuals()?,
        match_rates: run.match_rates()?,
        findings: run.findings()?,
        outstanding: run.outstanding()?,
        records: run.records()?,
    };
    let path = arguments.run.display().to_string();
    context.print_of(
        &run,
        || {
            head(&run, &shown.records)
                + &statements(&shown.statements)
                + &reconciliation(&shown.reconciliation)
                + &residuals(&shown.residuals)
                + &match_rates(&shown.match_rates)
                + &said(&shown.findings)
                + &findings::outstanding(&path, &shown.outstanding)
                + &where_from(&path)
        },
        || {
            serde_json::json!({
                "manifest": run.manifest(),
                "records": shown.records,
                "statements": shown.statements,
                "reconciliation": shown.reconciliation,
                "residuals": shown.residuals,
                "match_rates": shown.match_rates,
                "findings": shown.findings,
                "outstanding": shown.outstanding,
            })
        },
    )?;
    Ok(Outcome::Done)
}

fn one_statement(run: &Run, code: &str, context: &Context) -> Result<Outcome> {
    let statements = run.statements()?;
    let Some(statement) = statements.iter().find(|it| it.service_line.code == code) else {
        let codes: Vec<&str> = statements.iter().map(|it| it.service_line.code.as_str()).collect();
        bail!("this run has no service line {code}; it has {}", codes.join(", "));
    };
    context.print_of(
        run,
        || {
            let mut text = head(run, &Records::default());
            text += &format!("\n{} {}\n", statement.service_line.with_code(), statement.in_words);
            for row in &statement.rows {
                let aside = match row.non_recurrent {
                    Money::ZERO => String::new(),
                    amount => {
                        format!(", of which {} non-recurrent or technical", amount.to_pence())
                    }
                };
                text += &format!("  {:>18}  {}{aside}\n", row.amount.to_pence(), row.name);
            }
            text
        },
        || serde_json::json!({ "run": run.id(), "statement": statement }),
    )?;
    Ok(Outcome::Done)
}

fn head(run: &Run, records: &Records) -> String {
    let manifest = run.manifest();
    let mut text = format!(
        "{}, {} to the end of period {}, run {}\n",
        manifest.title, manifest.year, manifest.last_period, manifest.id
    );
    if !manifest.footnote.is_empty() {
        text += &format!("{}\n", manifest.footnote);
    }
    if let Some(it) = &records.publication {
        text += &format!("Published by {} on {}\n", it.by.join(" and "), it.at);
    }
    text
}

fn statements(statements: &[Statement]) -> String {
    let line = |it: &Statement| format!("  {} {}\n", it.service_line.with_code(), it.in_words);
    let lines: String = statements.iter().map(line).collect();
    format!("\nService lines\n{lines}")
}

fn reconciliation(lines: &[ReconciledLine]) -> String {
    let open: Vec<&ReconciledLine> = lines.iter().filter(|it| !it.difference.is_zero()).collect();
    let mut text = match open.len() {
        0 => format!("\nReconciliation: all {} identities close to £0.000000\n", lines.len()),
        more => format!("\nReconciliation: {more} of {} identities do NOT close\n", lines.len()),
    };
    for line in open {
        text += &format!(
            "  {}, {}: {} in, {} out, {} between\n",
            line.report, line.line, line.input, line.output, line.difference
        );
    }
    text
}

fn residuals(residuals: &[Residual]) -> String {
    if residuals.is_empty() {
        return "\nEvery pound reached an own patient\n".to_owned();
    }
    let line = |it: &Residual| {
        format!("  {:>22}  {} ({})\n", it.amount.to_string(), it.words, it.residual)
    };
    let total: Money = residuals.iter().map(|it| it.amount).sum();
    let lines: String = residuals.iter().map(line).collect();
    format!("\nMoney that reached no own patient: {total}\n{lines}")
}

fn match_rates(rates: &[MatchRate]) -> String {
    let line = |it: &MatchRate| {
        let percent = it.percent.as_deref().unwrap_or("-");
        format!("  {percent:>7}% of {} rows  {}\n", it.rows, it.feed.with_code())
    };
    let lines: String = rates.iter().map(line).collect();
    format!("\nRows that found their event\n{lines}")
}

/// Counts of findings, and the warnings with most money; what waits for acceptance follows.
fn said(findings: &[StoredFinding]) -> String {
    let of = |word: Severity| findings.iter().filter(move |it| it.severity == word.word());
    let mut warnings: Vec<&StoredFinding> = of(Severity::Warning).collect();
    warnings.sort_by_key(|it| std::cmp::Reverse(it.money.abs()));
    let mut text = format!(
        "\nFindings: {} need acceptance, {} warnings, {} notes\n",
        of(Severity::NeedsAcceptance).count(),
        warnings.len(),
        of(Severity::Note).count(),
    );
    text.extend(warnings.iter().take(WARNINGS_SHOWN).map(|it| findings::stored(it)));
    if warnings.len() > WARNINGS_SHOWN {
        text += &format!("  and {} more warnings\n", warnings.len() - WARNINGS_SHOWN);
    }
    text
}

fn where_from(path: &str) -> String {
    format!(
        "\nWhere this comes from\n  \
         one service line        concord show {path} --service-line CODE\n  \
         costs behind it         concord query {path} \"select * from service_line_costs where service_line = 'CODE'\"\n  \
         residuals by source     concord query {path} \"select * from residuals\"\n  \
         findings                concord query {path} \"select * from findings\"\n  \
         one patient event       concord explain {path} --event REF\n  \
         that it all recomputes  concord verify {path}\n"
    )
}
