//! Answers as text or JSON, and errors that say what to do next.

use anyhow::Result;
use domain::{Finding, Money};
use serde_json::{Value, json};

use crate::arguments::{Arguments, Format};

/// Prints an answer in the form that was asked for.
pub(crate) fn answer(
    arguments: &Arguments,
    text: impl FnOnce() -> String,
    json: impl FnOnce() -> Value,
) {
    match arguments.format {
        Format::Text => println!("{}", text().trim_end()),
        Format::Json => println!("{}", json()),
    }
}

/// Tells on standard error that something went wrong.
pub(crate) fn error(arguments: &Arguments, error: &anyhow::Error) {
    match arguments.format {
        Format::Text => eprintln!("{error:#}"),
        Format::Json => eprintln!("{}", json!({ "error": format!("{error:#}") })),
    }
}

/// Tells on standard error that patient rows are shown and small numbers are not suppressed.
pub(crate) fn patient_rights(arguments: &Arguments, what: &str, runs: &std::path::Path) {
    if !arguments.quiet {
        let audit = runs.join("audit.jsonl");
        eprintln!(
            "You act as operator with patient rights: {what} shows patient rows and suppresses no \
             small numbers. A line is in {}.",
            audit.display()
        );
    }
}

/// Findings as text, one after another, with what to do next.
pub(crate) fn findings_text(findings: &[Finding]) -> String {
    findings.iter().map(|it| finding_text(it) + "\n").collect()
}

fn finding_text(finding: &Finding) -> String {
    let place = match (finding.place.file.as_str(), finding.place.line) {
        ("", _) => String::new(),
        (file, 0) => format!(" {file}"),
        (file, line) => format!(" {file}:{line}"),
    };
    let column = match finding.place.column.as_str() {
        "" => String::new(),
        column => format!(" [{column}]"),
    };
    let touched = touched(finding.rows, finding.money);
    let remedy = &finding.remedy;
    format!(
        "{} {}{place}{column}: {}{touched}\n    {remedy}",
        finding.severity.word(),
        finding.code,
        finding.message
    )
}

/// Rows and money that something touches, in brackets.
pub(crate) fn touched(rows: u64, money: Money) -> String {
    match (rows, money.is_zero()) {
        (0, true) => String::new(),
        (rows, true) => format!(" ({rows} rows)"),
        (0, false) => format!(" ({})", money.to_pence()),
        (rows, false) => format!(" ({rows} rows, {})", money.to_pence()),
    }
}

/// Findings as JSON.
pub(crate) fn findings_json(findings: &[Finding]) -> Value {
    let one = |it: &Finding| {
        json!({
            "id": it.id(), "code": it.code, "severity": it.severity.word(),
            "file": it.place.file, "line": it.place.line, "column": it.place.column,
            "subject": it.subject, "rows": it.rows, "money": it.money.to_decimal(),
            "message": it.message, "remedy": it.remedy,
        })
    };
    findings.iter().map(one).collect()
}

/// A table of aligned columns; the first to the left, the others to the right.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|it| it.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (index, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[index] - cell.chars().count());
            if index == 0 {
                line += &format!("{cell}{padding}");
            } else {
                line += &format!("  {padding}{cell}");
            }
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// Turns a list of findings that refuse a model into an error.
pub(crate) fn refused<T>(what: &str, findings: &[Finding]) -> Result<T> {
    anyhow::bail!("{what} is refused:\n{}", findings_text(findings).trim_end())
}
