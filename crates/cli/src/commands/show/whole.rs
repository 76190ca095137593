//! The first page of a run: statements, reconciliation, residuals, match rates, findings.

use anyhow::Result;
use domain::{Money, Severity};
use results::Run;
use results::findings::StoredFinding;
use results::matching::FeedMatching;
use results::reconciliation::ReconciledLine;
use results::records::Records;
use results::statements::{MatchRate, Residual, Statement};

use super::{Arguments, head, statements};
use crate::commands::findings;
use crate::context::{Context, Outcome};

/// Kinds of warnings shown before the rest is counted.
const WARNINGS_SHOWN: usize = 10;

/// Everything that is shown.
struct Shown {
    statements: Vec<Statement>,
    reconciliation: Vec<ReconciledLine>,
    residuals: Vec<Residual>,
    match_rates: Vec<MatchRate>,
    outside: Vec<FeedMatching>,
    findings: Vec<StoredFinding>,
    outstanding: Vec<StoredFinding>,
    records: Records,
}

pub(super) fn run(run: &Run, arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let shown = Shown {
        statements: super::statements_of(run, arguments)?,
        reconciliation: run.reconciliation()?,
        residuals: run.residuals()?,
        match_rates: run.match_rates()?,
        outside: run.matching()?.into_iter().filter(|it| it.outside > 0).collect(),
        findings: run.findings()?,
        outstanding: run.outstanding()?,
        records: run.records()?,
    };
    let path = arguments.run.display().to_string();
    context.print_of(run, || text(run, arguments, &shown, &path), || json(run, &shown))?;
    Ok(Outcome::Done)
}

fn text(run: &Run, arguments: &Arguments, shown: &Shown, path: &str) -> String {
    head(run, &shown.records)
        + &statements(&shown.statements, arguments.recurrent)
        + &reconciliation(&shown.reconciliation)
        + &residuals(&shown.residuals)
        + &match_rates(&shown.match_rates)
        + &outside(&shown.outside)
        + &said(&shown.findings)
        + &findings::outstanding(path, &shown.outstanding)
        + &where_from(path)
}

fn json(run: &Run, shown: &Shown) -> serde_json::Value {
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

/// Rows that were read and lie wholly outside the period: left out, and said so.
fn outside(feeds: &[FeedMatching]) -> String {
    if feeds.is_empty() {
        return String::new();
    }
    let line = |it: &FeedMatching| {
        format!("  {:>10} of {} rows  {}\n", it.outside, it.rows, it.feed.with_code())
    };
    let lines: String = feeds.iter().map(line).collect();
    format!("\nRows left out because they lie outside the period\n{lines}")
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
    let mut kinds: Vec<(&StoredFinding, usize)> = Vec::new();
    for warning in warnings {
        let alike = |it: &&mut (&StoredFinding, usize)| {
            (&it.0.code, &it.0.file) == (&warning.code, &warning.file)
        };
        match kinds.iter_mut().find(alike) {
            Some((_, more)) => *more += 1,
            None => kinds.push((warning, 0)),
        }
    }
    for (warning, more) in kinds.iter().take(WARNINGS_SHOWN) {
        text += &findings::stored(warning);
        if *more > 0 {
            text += &format!("    and {more} more like this\n");
        }
    }
    let rest: usize = kinds.iter().skip(WARNINGS_SHOWN).map(|(_, more)| more + 1).sum();
    if rest > 0 {
        text += &format!("  and {rest} more warnings\n");
    }
    text
}

fn where_from(path: &str) -> String {
    format!(
        "\nWhere this comes from\n  \
         one service line        concord show {path} --service-line CODE\n  \
         to its ledger lines     concord explain {path} --service-line CODE\n  \
         a residual              concord explain {path} --residual NAME\n  \
         each identity           concord show {path} --reconciliation\n  \
         rows and match rates    concord show {path} --matching\n  \
         unit costs              concord show {path} --unit-costs\n  \
         who decided what        concord show {path} --assurance\n  \
         findings                concord query {path} \"select * from findings\"\n  \
         one patient event       concord explain {path} --event REF\n  \
         that it all recomputes  concord verify {path}\n"
    )
}
