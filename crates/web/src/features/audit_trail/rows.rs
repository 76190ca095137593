//! Rows of the audit: filtered, fifty a page, and as a file.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::audit::{self, Asked, Outcome, Recorded};

use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Rows of a page.
const A_PAGE: u16 = 50;

/// Rows of a file at most.
const A_FILE: u16 = 20_000;

/// How far back identities that were asked for are listed beside the rows.
const A_WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(askama::Template)]
#[template(path = "features/audit_trail/rows.html")]
pub(super) struct Trail {
    shell: Shell,
    wrong: Wrong,
    /// Whether it is everybody's, and not one's own.
    is_whole: bool,
    filter: Filter,
    people: Vec<(String, String)>,
    lines: Vec<Line>,
    /// Where earlier rows are; blank for none.
    earlier: String,
    download: String,
    identities: Vec<Line>,
}

/// What is asked for, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    person: String,
    action: String,
    object: String,
    day: String,
    before: String,
}

impl Filter {
    /// As the store is asked, and what is wrong with it.
    fn read(&self) -> (Asked, Wrong) {
        let mut wrong = Wrong::default();
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let mut asked = Asked {
            actor: given(&self.person),
            action: given(&self.action),
            mentions: given(&self.object),
            before: self.before.parse().ok(),
            ..Asked::default()
        };
        if let Some(day) = given(&self.day) {
            match bounds(&day) {
                Some((from, until)) => (asked.from, asked.until) = (Some(from), Some(until)),
                None => wrong.add("day", "Enter a day such as 2026-06-11, or leave it blank"),
            }
        }
        (asked, wrong)
    }

    /// The same for another page or the file.
    fn address(&self, path: &str, before: Option<i64>) -> String {
        let before = before.map(|it| it.to_string()).unwrap_or_default();
        let all = [
            ("person", &self.person),
            ("action", &self.action),
            ("object", &self.object),
            ("day", &self.day),
            ("before", &before),
        ];
        let given: Vec<(&str, &String)> = all.into_iter().filter(|it| !it.1.is_empty()).collect();
        format!("{path}?{}", serde_urlencoded::to_string(given).unwrap_or_default())
    }
}

/// Beginning and end of a day in England.
fn bounds(day: &str) -> Option<(Timestamp, Timestamp)> {
    let day: jiff::civil::Date = day.parse().ok()?;
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    let start = day.to_zoned(zone.clone()).ok()?.timestamp();
    let end = day.tomorrow().ok()?.to_zoned(zone).ok()?.timestamp();
    Some((start, end))
}

/// One row of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    seq: i64,
    at: String,
    who: String,
    action: String,
    object: String,
    rows: String,
    reason: String,
    outcome: &'static str,
}

fn line(it: &Recorded, names: &BTreeMap<String, String>) -> Line {
    let entry = &it.entry;
    let who = match entry.actor.as_str() {
        "operator" => "The command line".to_owned(),
        "nobody" => "Nobody signed in".to_owned(),
        actor => names.get(actor).cloned().unwrap_or_else(|| actor.to_owned()),
    };
    Line {
        seq: it.seq,
        at: words::moment(entry.at),
        who,
        action: entry.action.clone(),
        object: entry.object.clone().unwrap_or_default(),
        rows: entry.rows.map(|it| it.to_string()).unwrap_or_default(),
        reason: entry.purpose.clone().unwrap_or_default(),
        outcome: match entry.outcome {
            Outcome::Done => "Done",
            Outcome::Refused => "Refused",
            Outcome::Failed => "Failed",
        },
    }
}

pub(super) async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Fault> {
    visit.scope(Capability::ReadAudit)?;
    let mut db = app.store().read().await?;
    let names = names(&mut db).await?;
    let week = Asked {
        action: Some("identity.".to_owned()),
        from: Some(visit.now - A_WEEK),
        ..Asked::default()
    };
    let identities = audit::list(&mut db, &week, A_FILE).await?;
    let (asked, wrong) = filter.read();
    let found = audit::list(&mut db, &asked, A_PAGE).await?;
    drop(db);
    let mut people = vec![(String::new(), "Everybody".to_owned())];
    people.extend(names.iter().map(|(id, name)| (id.clone(), name.clone())));
    people[1..].sort_by(|a, b| a.1.cmp(&b.1));
    people.push(("operator".to_owned(), "The command line".to_owned()));
    people.push(("nobody".to_owned(), "Nobody signed in".to_owned()));
    let shell = visit.shell("Who saw and changed what");
    let shell = shell.with_errors(&wrong);
    let page = Trail {
        shell,
        wrong,
        is_whole: true,
        people,
        earlier: earlier(&found, &filter, "/audit"),
        download: filter.address("/audit/rows.csv", None),
        lines: found.iter().map(|it| line(it, &names)).collect(),
        identities: identities.iter().map(|it| line(it, &names)).collect(),
        filter,
    };
    Ok(page.respond())
}

/// Where the rows before a full page are.
fn earlier(found: &[Recorded], filter: &Filter, path: &str) -> String {
    let is_full = found.len() == usize::from(A_PAGE);
    let last = found.last().filter(|it| is_full && it.seq > 1);
    last.map(|it| filter.address(path, Some(it.seq))).unwrap_or_default()
}

/// What one did oneself; whatever person the address names is left out.
pub(super) async fn own(
    State(app): State<App>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Fault> {
    let me = visit.person()?.id.as_str().to_owned();
    let filter = Filter { person: String::new(), ..filter };
    let (asked, wrong) = filter.read();
    let asked = Asked { actor: Some(me), ..asked };
    let mut db = app.store().read().await?;
    let names = names(&mut db).await?;
    let found = audit::list(&mut db, &asked, A_PAGE).await?;
    drop(db);
    let shell = visit.shell("What you saw and changed").below("Your account", "/account");
    let shell = shell.with_errors(&wrong);
    let page = Trail {
        shell,
        wrong,
        is_whole: false,
        people: Vec::new(),
        earlier: earlier(&found, &filter, "/account/audit"),
        download: String::new(),
        lines: found.iter().map(|it| line(it, &names)).collect(),
        identities: Vec::new(),
        filter,
    };
    Ok(page.respond())
}

/// The rows of a filter as a file, latest first.
pub(super) async fn take(
    State(app): State<App>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Fault> {
    let (asked, wrong) = filter.read();
    if !wrong.is_empty() {
        return Err(Fault::Refused(format!("{}.", wrong.of("day"))));
    }
    let mut db = app.store().read().await?;
    let names = names(&mut db).await?;
    let found = audit::list(&mut db, &asked, A_FILE).await?;
    drop(db);
    let entry = visit.entry("audit.download", &filter.address("", None)).rows(found.len());
    app.store().audit(entry).await?;
    let table = table(&found, &names).about("What it is", "Rows of the audit, latest first.");
    table.file(&visit, "audit")
}

fn table(found: &[Recorded], names: &BTreeMap<String, String>) -> Table {
    let columns = [
        "number",
        "at",
        "who",
        "reference",
        "roles",
        "scope",
        "action",
        "object",
        "rows",
        "reason",
        "outcome",
        "address",
        "request",
        "hash",
    ];
    let row = |it: &Recorded| {
        let shown = line(it, names);
        let entry = &it.entry;
        let if_any = |it: &Option<String>| it.clone().unwrap_or_default();
        vec![
            it.seq.to_string(),
            entry.at.to_string(),
            shown.who,
            entry.actor.clone(),
            if_any(&entry.role),
            if_any(&entry.scope),
            shown.action,
            if_any(&entry.object),
            shown.rows,
            if_any(&entry.purpose),
            shown.outcome.to_owned(),
            if_any(&entry.ip),
            if_any(&entry.request),
            it.hash.clone(),
        ]
    };
    let kind = |it| if matches!(it, "number" | "rows") { Kind::Whole } else { Kind::Text };
    Table::new(&columns.map(|it| (it, kind(it))), found.iter().map(row).collect())
}

impl Page for Trail {
    const TEMPLATE: &'static str = "features/audit_trail/rows.html";

    fn samples() -> Vec<Self> {
        let line = |outcome| Line {
            seq: 4711,
            at: "20 May 2026, 09:14".to_owned(),
            who: "Priya Raman".to_owned(),
            action: "patient.view".to_owned(),
            object: "4gje1soo2hidijcbmlqsdhlg4o".to_owned(),
            rows: "1".to_owned(),
            reason: "query of the ward".to_owned(),
            outcome,
        };
        let page = |is_whole, lines: Vec<Line>, wrong| Self {
            shell: Shell::sample("Who saw and changed what"),
            wrong,
            is_whole,
            filter: Filter::default(),
            people: vec![(String::new(), "Everybody".to_owned())],
            earlier: if lines.is_empty() { "" } else { "/audit?before=4711" }.to_owned(),
            download: "/audit/rows.csv?".to_owned(),
            identities: lines.clone(),
            lines,
        };
        let mut wrong = Wrong::default();
        wrong.add("day", "Enter a day such as 2026-06-11, or leave it blank");
        vec![
            page(true, vec![line("Done"), line("Refused")], Wrong::default()),
            page(true, Vec::new(), wrong),
            page(false, vec![line("Done")], Wrong::default()),
        ]
    }
}
