//! Findings on paper: what is wrong, where, and what to do next.

use domain::{Finding, Money};
use results::findings::StoredFinding;

/// Findings as lines for people.
pub(crate) fn text<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    findings.into_iter().map(line).collect()
}

/// Findings of one kind in one place as one line each, at most `limit` of them; what is left out
/// stands in `file`.
pub(crate) fn grouped(findings: &[Finding], limit: usize, file: &str) -> String {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        match groups.iter_mut().find(|group| is_alike(group[0], finding)) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    let mut text = String::new();
    for group in groups.iter().take(limit) {
        text += &line(group[0]);
        if group.len() > 1 {
            let money: Money = group[1..].iter().map(|it| it.money).sum();
            text += &format!("    and {} more like this{}\n", group.len() - 1, amount(money));
        }
    }
    let rest: usize = groups.iter().skip(limit).map(Vec::len).sum();
    if rest > 0 {
        text += &format!("and {rest} other findings, all in {file}\n");
    }
    text
}

fn is_alike(one: &Finding, other: &Finding) -> bool {
    one.code == other.code
        && one.severity == other.severity
        && one.place.file == other.place.file
        && one.subject == other.subject
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
    text += &format!("Accept each with: concord accept {run} FINDING --by NAME --reason TEXT\n");
    text + &format!(
        "Each in full: concord query {run} \"select * from findings where id = 'FINDING'\"\n"
    )
}

/// One finding of a run.
pub(crate) fn stored(finding: &StoredFinding) -> String {
    let place = [&finding.file, &finding.subject];
    let place: Vec<&str> =
        place.into_iter().filter(|it| !it.is_empty()).map(String::as_str).collect();
    let money = amount(finding.money);
    format!(
        "  {}  {}{money}: {} {}\n",
        finding.id,
        place.join(", "),
        sentence(&finding.message),
        sentence(&finding.remedy)
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
        "{}{}: {} {}\n",
        parts.join("  "),
        amount(finding.money),
        sentence(&finding.message),
        sentence(&finding.remedy)
    )
}

fn amount(money: Money) -> String {
    if money.is_zero() { String::new() } else { format!(" ({})", money.to_pence()) }
}

/// A sentence: with a capital and a full stop, however it was written.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}
