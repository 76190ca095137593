//! `feeds.csv`: the files of a trust and what each is for.

use domain::FinancialYear;

use super::Tables;
use crate::faults;
use crate::read::{Book, Dated, Findings, Head, Row, Table, place};
use crate::year::{Feed, FeedRole};

const ROLES: &[(&str, FeedRole)] = &[
    ("master", FeedRole::Master),
    ("auxiliary", FeedRole::Auxiliary),
    ("aggregate", FeedRole::Aggregate),
    ("sessions", FeedRole::Sessions),
    ("ledger", FeedRole::Ledger),
    ("budget", FeedRole::Budget),
    ("income", FeedRole::Income),
    ("control", FeedRole::Control),
];

/// Reads `feeds.csv`.
pub(crate) fn read(book: &mut Book<'_>) -> Table<Feed> {
    book.table("feeds.csv", |row| {
        // The intake mapping is a file with the feed's name.
        row.code("feed", &['/', '\\', ':', '.', '"']);
        let name = row.filled("name");
        let role = row.choice("role", ROLES);
        Feed {
            name,
            role,
            event_type: read_event_type(role, row),
            exclusive: row.yes_no("exclusive"),
            open_end: row.yes_no("open_end"),
            absorbed: read_absorbed(role, row),
            required: row.yes_no("required"),
            repeats: row.yes_no("repeats"),
        }
    })
}

/// The word for a role, as `feeds.csv` has it.
pub(crate) fn word(role: FeedRole) -> &'static str {
    ROLES.iter().find(|(_, it)| *it == role).map_or("", |(word, _)| word)
}

fn read_event_type(role: FeedRole, row: &mut Row<'_>) -> String {
    let event_type = row.text("event_type");
    let blank = event_type.is_empty();
    let message = match role {
        FeedRole::Master => None,
        FeedRole::Aggregate => {
            blank.then_some("an aggregate feed does not say whose rows it makes")
        }
        _ => (!blank).then_some("only master and aggregate feeds have an event type"),
    };
    if let Some(message) = message {
        row.fault(
            faults::EVENT_TYPE_OF_ROLE,
            "event_type",
            message,
            "Name the auxiliary feed for an aggregate one; leave it blank for other roles.",
        );
    }
    event_type
}

/// Only rows that are matched can stay unmatched, so that other roles may leave the cell blank.
fn read_absorbed(role: FeedRole, row: &mut Row<'_>) -> bool {
    let words = [("VISIBLE", false), ("ABSORBED", true), ("", false)];
    match role {
        FeedRole::Master | FeedRole::Auxiliary => row.choice("unmatched", &words[..2]),
        _ => row.choice("unmatched", &words),
    }
}

/// Reports a rule for a feed whose role gives the rule nothing to do.
pub(crate) fn require_role(
    feed: &Dated<Feed>,
    roles: &[FeedRole],
    rule: &Head,
    findings: &mut Findings,
) {
    if !feed.head.sound || roles.contains(&feed.value.role) {
        return;
    }
    let words: Vec<&str> = roles.iter().map(|it| word(*it)).collect();
    findings.refuse(
        faults::FEED_WITHOUT_ROWS,
        rule.at("feed"),
        format!("the feed has role {}, so the rule never applies", word(feed.value.role)),
        format!("Take the rule out; only feeds with role {} have such rules.", words.join(" or ")),
    );
}

/// Checks what feeds name, that each can be read, and that there is a ledger.
pub(crate) fn check(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let event_types = tables.event_types.names(year);
    for row in tables.feeds.sound(year) {
        match row.value.role {
            FeedRole::Master => {
                event_types.require(&row.head, "event_type", &row.value.event_type, findings);
            }
            FeedRole::Aggregate => check_aggregate(tables, year, row, findings),
            _ => {}
        }
        let name = row.head.key[0].as_str();
        if !tables.intake.contains_key(name) {
            findings.refuse(
                faults::FEED_WITHOUT_MAPPING,
                row.head.at("feed"),
                format!("there is no intake/{name}.toml, so no file can become feed `{name}`"),
                "Add the intake mapping, or take the feed out.",
            );
        }
        if row.value.role == FeedRole::Auxiliary {
            warn_idle(tables, year, row, findings);
        }
    }
    check_ledger(tables, year, findings);
}

fn check_aggregate(
    tables: &Tables,
    year: FinancialYear,
    row: &Dated<Feed>,
    findings: &mut Findings,
) {
    let target = row.value.event_type.as_str();
    tables.feeds.names(year).require(&row.head, "event_type", target, findings);
    let feeds = tables.feeds.by_name(year);
    let feed = feeds.get(target).filter(|it| it.head.sound);
    if feed.is_some_and(|it| it.value.role != FeedRole::Auxiliary) {
        findings.refuse(
            faults::EVENT_TYPE_OF_ROLE,
            row.head.at("event_type"),
            format!("`{target}` is not an auxiliary feed"),
            "Name the auxiliary feed whose rows the totals stand for.",
        );
    }
}

fn warn_idle(tables: &Tables, year: FinancialYear, row: &Dated<Feed>, findings: &mut Findings) {
    let name = row.head.key[0].as_str();
    let matched = tables.matching.in_force(year).any(|it| it.value.feed == name);
    if tables.matching.readable && !matched {
        findings.warn(
            faults::FEED_NEVER_MATCHED,
            row.head.at("feed"),
            format!("feed `{name}` has no matching rule, so all its rows stay UNMATCHED"),
            "Add rows to matching.csv.",
        );
    }
    let counted = tables.activity_rules.in_force(year).any(|it| it.value.feed == name);
    if tables.activity_rules.readable && !counted {
        findings.warn(
            faults::FEED_NEVER_COUNTED,
            row.head.at("feed"),
            format!("feed `{name}` has no activity rule, so all its rows become UNMAPPED"),
            "Add rows to activity_rules.csv.",
        );
    }
}

fn check_ledger(tables: &Tables, year: FinancialYear, findings: &mut Findings) {
    let feeds = &tables.feeds;
    if !feeds.readable || feeds.rows.iter().any(|it| !it.head.sound) {
        return;
    }
    let has = |role: FeedRole| feeds.in_force(year).any(|it| it.value.role == role);
    if !has(FeedRole::Ledger) {
        findings.refuse(
            faults::NO_LEDGER,
            place(feeds.file, 0, "role"),
            "no feed has the role ledger",
            "Add the feed of the trial balance.",
        );
    }
    if !has(FeedRole::Control) {
        findings.warn(
            faults::NO_CONTROL,
            place(feeds.file, 0, "role"),
            "no feed has the role control, so the ledger is not held against a control total",
            "Add a feed with the totals that the finance system states.",
        );
    }
}
