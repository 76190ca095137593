//! The first page of a run: the verdict on one screen, and with `--all` what is behind it.

use anyhow::Result;
use domain::{Money, Severity};
use results::Run;
use results::findings::StoredFinding;
use results::matching::FeedMatching;
use results::reconciliation::ReconciledLine;
use results::records::Records;
use results::reports::{Measured, ReconciledRows, ShownLine, WardBeds};
use results::statements::{MatchRate, Residual, Statement, in_words};

use super::{Arguments, head, usual};
use crate::commands::findings;
use crate::context::{Context, Outcome};

/// Service lines shown, those furthest from nothing first.
const STATEMENTS_SHOWN: usize = 6;
/// Feeds shown, those with most pounds without an event first.
const FEEDS_SHOWN: usize = 3;

/// Everything that is shown.
struct Shown {
    statements: Vec<Statement>,
    reconciliation: Vec<ReconciledLine>,
    rows: Vec<ReconciledRows>,
    walk: Vec<ShownLine>,
    residuals: Vec<Residual>,
    match_rates: Vec<MatchRate>,
    matching: Vec<FeedMatching>,
    beds: Vec<WardBeds>,
    measured: Vec<Measured>,
    findings: Vec<StoredFinding>,
    outstanding: Vec<StoredFinding>,
    records: Records,
}

pub(super) fn run(run: &Run, arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let shown = Shown {
        statements: super::statements_of(run, arguments)?,
        reconciliation: run.reconciliation()?,
        rows: run.row_reconciliation()?,
        walk: run.quantum_walk()?,
        residuals: run.residuals()?,
        match_rates: run.match_rates()?,
        matching: run.matching()?,
        beds: run.beds()?,
        measured: run.measured()?,
        findings: run.findings()?,
        outstanding: run.outstanding()?,
        records: run.records()?,
    };
    let path = arguments.run.display().to_string();
    context.print_of(run, || text(run, arguments, &shown, &path), || json(run, &shown))?;
    Ok(Outcome::Done)
}

fn text(run: &Run, arguments: &Arguments, shown: &Shown, path: &str) -> String {
    let all = arguments.all;
    let mut text = head(run, &shown.records)
        + &reconciliation(&shown.reconciliation, &shown.rows)
        + &walk(&shown.walk)
        + &statements(&shown.statements, arguments)
        + &residuals(&shown.residuals, all)
        + &match_rates(&shown.matching, all)
        + &usual::beds(&shown.beds, all)
        + &usual::measured(&shown.measured, all);
    if all {
        text += &outside(&shown.matching);
    }
    text + &said(&shown.findings, all)
        + &findings::outstanding(path, &shown.outstanding)
        + &where_from(path)
}

fn json(run: &Run, shown: &Shown) -> serde_json::Value {
    serde_json::json!({
        "manifest": run.manifest(),
        "records": shown.records,
        "statements": shown.statements,
        "reconciliation": shown.reconciliation,
        "row_reconciliation": shown.rows,
        "quantum_walk": shown.walk,
        "residuals": shown.residuals,
        "match_rates": shown.match_rates,
        "beds": shown.beds,
        "measured": shown.measured,
        "findings": shown.findings,
        "outstanding": shown.outstanding,
    })
}

fn reconciliation(lines: &[ReconciledLine], rows: &[ReconciledRows]) -> String {
    let open: Vec<&ReconciledLine> = lines.iter().filter(|it| !it.difference.is_zero()).collect();
    let mut text = match open.len() {
        0 => format!("\nReconciliation: all {} identities close to £0.000000", lines.len()),
        more => format!("\nReconciliation: {more} of {} identities do NOT close", lines.len()),
    };
    let open_rows: Vec<&ReconciledRows> = rows.iter().filter(|it| it.difference != 0).collect();
    text += &match open_rows.len() {
        0 => format!(", and {} in rows to none\n", rows.len()),
        more => format!(", and {more} of {} in rows do NOT\n", rows.len()),
    };
    for line in open {
        text += &format!(
            "  {}, {}: {} in, {} out, {} between\n",
            line.report, line.line, line.input, line.output, line.difference
        );
    }
    for line in open_rows {
        text += &format!("  {}, {}: {} rows between\n", line.report, line.line, line.difference);
    }
    text
}

fn walk(lines: &[ShownLine]) -> String {
    let line = |it: &ShownLine| format!("  {:>18}  {}\n", it.amount.to_pence(), it.words);
    let lines: String = lines.iter().map(line).collect();
    format!("\nFrom the ledger to what is costed\n{lines}")
}

/// All service lines, or those with the largest deficits and surpluses.
fn statements(statements: &[Statement], arguments: &Arguments) -> String {
    let limit = STATEMENTS_SHOWN;
    if arguments.all || statements.len() <= limit {
        return super::statements(statements, arguments.recurrent);
    }
    let mut furthest: Vec<Statement> = statements.to_vec();
    furthest.sort_by_key(|it| std::cmp::Reverse(it.result().abs()));
    let rest: Money = furthest[limit..].iter().map(Statement::result).sum();
    let more = furthest.len() - limit;
    furthest.truncate(limit);
    super::statements(&furthest, arguments.recurrent)
        + &format!("  and {more} more, which together {}\n", in_words(rest))
}

/// By name, or with `all` by reason too.
fn residuals(residuals: &[Residual], all: bool) -> String {
    if residuals.is_empty() {
        return "\nEvery pound reached an own patient\n".to_owned();
    }
    let total: Money = residuals.iter().map(|it| it.amount).sum();
    let mut text = format!("\nMoney that reached no own patient: {total}\n");
    if all {
        for it in residuals {
            let amount = it.amount.to_string();
            text += &format!("  {amount:>22}  {} ({})\n", it.words, it.residual);
        }
        return text;
    }
    let mut sums: Vec<(&str, &str, Money)> = Vec::new();
    for it in residuals {
        let what = it.words.split(": ").next().unwrap_or_default();
        match sums.iter_mut().find(|(residual, ..)| *residual == it.residual) {
            Some(sum) => sum.2 += it.amount,
            None => sums.push((&it.residual, what, it.amount)),
        }
    }
    for (residual, what, amount) in sums {
        text += &format!("  {:>22}  {what} ({residual})\n", amount.to_string());
    }
    text
}

/// Match rates in rows and pounds, the feeds with most unmatched pounds first.
fn match_rates(feeds: &[FeedMatching], all: bool) -> String {
    let mut rows: Vec<(&FeedMatching, Money)> = Vec::new();
    for feed in feeds.iter().filter(|it| it.with_key + it.without_key > 0) {
        rows.push((feed, feed.without.iter().map(|it| it.cost.total()).sum()));
    }
    rows.sort_by_key(|(feed, money)| std::cmp::Reverse((money.abs(), feed.without_key)));
    let whole =
        rows.iter().filter(|(feed, money)| feed.without_key == 0 && money.is_zero()).count();
    let mut text = "\nRows that found their event, and what the others cost\n".to_owned();
    let limit = if all { rows.len() } else { FEEDS_SHOWN.min(rows.len() - whole) };
    for (feed, money) in &rows[..limit] {
        let percent = feed.percent.as_deref().unwrap_or("-");
        let count = feed.with_key + feed.without_key;
        let aside = if feed.shared_with.is_empty() { "" } else { ", shared with other feeds" };
        let money = money.to_pence();
        let name = feed.feed.with_code();
        text += &format!("  {percent:>7}% of {count:>8} rows  {money:>14}{aside}  {name}\n");
    }
    let (shown_whole, rest) = (whole, rows.len() - limit);
    if rest > 0 {
        text +=
            &format!("  and {rest} more, of which {shown_whole} found an event for every row\n");
    }
    text
}

/// Rows that were read and lie wholly outside the period: left out, and said so.
fn outside(feeds: &[FeedMatching]) -> String {
    let feeds: Vec<&FeedMatching> = feeds.iter().filter(|it| it.outside > 0).collect();
    if feeds.is_empty() {
        return String::new();
    }
    let line = |it: &&FeedMatching| {
        format!("  {:>10} of {} rows  {}\n", it.outside, it.rows, it.feed.with_code())
    };
    let lines: String = feeds.iter().map(line).collect();
    format!("\nRows left out because they lie outside the period\n{lines}")
}

/// Counts of findings, and with `all` the warnings, most money first; what waits for acceptance
/// follows.
fn said(findings: &[StoredFinding], all: bool) -> String {
    let of = |word: Severity| findings.iter().filter(move |it| it.severity == word.word());
    let mut warnings: Vec<&StoredFinding> = of(Severity::Warning).collect();
    warnings.sort_by_key(|it| std::cmp::Reverse(it.money.abs()));
    let mut text = format!(
        "\nFindings: {} need acceptance, {} warnings, {} notes\n",
        of(Severity::NeedsAcceptance).count(),
        warnings.len(),
        of(Severity::Note).count(),
    );
    if !all {
        return text;
    }
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
    for (warning, more) in &kinds {
        text += &findings::stored(warning);
        if *more > 0 {
            text += &format!("    and {more} more like this\n");
        }
    }
    text
}

fn where_from(path: &str) -> String {
    format!(
        "\nWhere this comes from\n  \
         all of this page        concord show {path} --all\n  \
         one service line        concord show {path} --service-line CODE\n  \
         to its ledger lines     concord explain {path} --service-line CODE\n  \
         a residual              concord explain {path} --residual NAME\n  \
         each identity           concord show {path} --reconciliation\n  \
         rows and match rates    concord show {path} --matching\n  \
         unit costs              concord show {path} --unit-costs\n  \
         beds of every ward      concord show {path} --beds\n  \
         figures and their range concord show {path} --plausibility\n  \
         support by step-down    concord show {path} --step-down\n  \
         who decided what        concord show {path} --assurance\n  \
         findings                concord query {path} \"select * from findings\"\n  \
         one patient event       concord explain {path} --event REF\n  \
         that it all recomputes  concord verify {path}\n"
    )
}
