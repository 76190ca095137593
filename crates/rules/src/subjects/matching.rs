//! `matching.csv`: how a feed row finds its event.

use std::collections::BTreeMap;

use domain::FinancialYear;

use super::{Tables, feeds};
use crate::faults;
use crate::intake_mapping::MATCHING_COLUMNS;
use crate::read::{Book, Findings, Row, Table};
use crate::year::{FeedRole, Identity, MatchingRule, Reach, TieBreak};

/// A rule with the feed that it is for.
#[derive(Clone, Debug)]
pub(crate) struct MatchingRow {
    pub(crate) feed: String,
    rule: MatchingRule,
}

/// Reads `matching.csv`.
pub(crate) fn read(book: &mut Book<'_>) -> Table<MatchingRow> {
    book.table("matching.csv", |row| MatchingRow {
        feed: row.filled("feed"),
        rule: MatchingRule {
            sequence: row.number("sequence", 0),
            identity: row
                .choice("identity", &[("event", Identity::Event), ("patient", Identity::Patient)]),
            event_type: row.text("event_type"),
            window: read_window(row),
            equalities: read_equalities(row),
            tie_breaks: read_tie_breaks(row),
            confidence: row.word("confidence", &["strong", "fair", "weak"]),
        },
    })
}

fn read_window(row: &mut Row<'_>) -> Option<(Reach, Reach)> {
    let (before, after) = (read_reach(row, "before"), read_reach(row, "after"));
    let half = row.text("before").is_empty() != row.text("after").is_empty();
    if half {
        row.fault(
            faults::BAD_WINDOW,
            "before",
            "only one of `before` and `after` is filled",
            "Fill both, 0d for no reach at all, or leave both blank for no window.",
        );
    }
    before.zip(after)
}

fn read_reach(row: &mut Row<'_>, column: &str) -> Option<Reach> {
    let text = row.text(column);
    if text.is_empty() {
        return None;
    }
    let reach = parse_reach(&text);
    if reach.is_none() {
        row.fault(
            faults::BAD_WINDOW,
            column,
            format!("`{text}` is not a length such as 3d, 24h or 30m"),
            "Write a whole number and d for days, h for hours or m for minutes.",
        );
    }
    reach
}

fn parse_reach(text: &str) -> Option<Reach> {
    // A window reaches years at most, so that adding it to an instant never overflows.
    let number = |digits: &str| {
        let digits = (1..=6).contains(&digits.len()).then_some(digits)?;
        digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten()
    };
    if let Some(digits) = text.strip_suffix('d') {
        return number(digits).filter(|it| *it <= 10_000).map(Reach::Days);
    }
    if let Some(digits) = text.strip_suffix('h') {
        return Some(Reach::Seconds(number(digits)? * 3600));
    }
    Some(Reach::Seconds(number(text.strip_suffix('m')?)? * 60))
}

fn read_equalities(row: &mut Row<'_>) -> Vec<String> {
    let columns = row.list("equalities");
    check_columns(&columns, "equalities", row);
    columns
}

fn read_tie_breaks(row: &mut Row<'_>) -> Vec<TieBreak> {
    let words = row.list("tie_breaks");
    let columns: Vec<String> = words.iter().filter(|it| *it != NEAREST).cloned().collect();
    check_columns(&columns, "tie_breaks", row);
    let tie_break =
        |it: String| if it == NEAREST { TieBreak::Nearest } else { TieBreak::Equal(it) };
    words.into_iter().map(tie_break).collect()
}

const NEAREST: &str = "nearest";

fn check_columns(columns: &[String], column: &str, row: &mut Row<'_>) {
    for name in columns.iter().filter(|it| !MATCHING_COLUMNS.contains(&it.as_str())) {
        row.fault(
            faults::NOT_MATCHABLE,
            column,
            format!("`{name}` is not a column that row and event share"),
            format!("Choose among: {}.", MATCHING_COLUMNS.join(", ")),
        );
    }
}

/// Checks what matching rules name.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let names = tables.feeds.names(year);
    let feeds = tables.feeds.by_name(year);
    let event_types = tables.event_types.names(year);
    for row in tables.matching.sound(year) {
        names.require(&row.head, "feed", &row.value.feed, findings);
        event_types.require(&row.head, "event_type", &row.value.rule.event_type, findings);
        if let Some(feed) = feeds.get(row.value.feed.as_str()) {
            feeds::require_role(feed, &[FeedRole::Auxiliary], &row.head, findings);
        }
    }
}

/// Matching rules of a year by feed, in sequence.
pub(crate) fn rules(tables: &Tables, year: FinancialYear) -> BTreeMap<String, Vec<MatchingRule>> {
    let mut feeds: BTreeMap<String, Vec<MatchingRule>> = BTreeMap::new();
    for row in tables.matching.in_force(year).map(|it| &it.value) {
        feeds.entry(row.feed.clone()).or_default().push(row.rule.clone());
    }
    for rules in feeds.values_mut() {
        rules.sort_by_key(|it| it.sequence);
    }
    feeds
}
