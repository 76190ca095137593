//! Findings on paper: what is wrong, where, and what to do next.

use domain::{Finding, Money};
use results::findings::StoredFinding;

/// Findings as lines for people.
pub(crate) fn text<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    findings.into_iter().map(line).collect()
}

/// Findings for programs.
pub(crate) fn json<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> serde_json::Value {
    let object = |it: &Finding| {
        serde_json::json!({
            "id": it.id(),
            "code": it.code,
            "severity": it.severity.word(),
            "file": it.place.file,
            "line": it.place.line,
            "column": it.place.column,
            "subject": it.subject,
            "rows": it.rows,
            "money": it.money.to_decimal(),
            "message": it.message,
            "remedy": it.remedy,
        })
    };
    findings.into_iter().map(object).collect()
}

/// What waits for acceptance, with its pounds and the next step; nothing if nothing waits.
pub(crate) fn outstanding(run: &str, findings: &[StoredFinding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let count = findings.len();
    let money: Money = findings.iter().map(|it| it.money).sum();
    let (nouns, verb) = if count == 1 { ("finding", "waits") } else { ("findings", "wait") };
    let mut text = format!("{count} {nouns} of {} {verb} for acceptance:\n", money.to_pence());
    for finding in findings {
        text += &stored(finding);
    }
    text + &format!("Accept each with: concord accept {run} FINDING --by NAME --reason TEXT\n")
}

/// One finding of a run.
pub(crate) fn stored(finding: &StoredFinding) -> String {
    let place = [&finding.file, &finding.subject];
    let place: Vec<&str> =
        place.into_iter().filter(|it| !it.is_empty()).map(String::as_str).collect();
    let money = amount(finding.money);
    format!(
        "  {}  {}{money}: {}. {}\n",
        finding.id,
        place.join(", "),
        ended(&finding.message),
        finding.remedy
    )
}

fn line(finding: &Finding) -> String {
    let place = &finding.place;
    let mut at = place.file.clone();
    if place.line > 0 {
        at += &format!(":{}", place.line);
    }
    if !place.column.is_empty() {
        at += &format!(" {}", place.column);
    }
    let parts: Vec<&str> = [finding.code, finding.severity.word(), &at]
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect();
    format!(
        "{}{}: {}. {}\n",
        parts.join("  "),
        amount(finding.money),
        ended(&finding.message),
        finding.remedy
    )
}

fn amount(money: Money) -> String {
    if money.is_zero() { String::new() } else { format!(" ({})", money.to_pence()) }
}

/// A sentence without its full stop, since one follows.
fn ended(message: &str) -> &str {
    message.trim_end_matches('.')
}
