//! What clinical coding was asked: what is open first, the oldest first.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use store::coding_queries::{self, StoredQuery};
use store::units;

use super::{about, answers, short, state};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::paging::Paging;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/coding_queries/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    is_answered: bool,
    rows: Vec<Row>,
    paging: Paging,
}

/// One question.
#[derive(Clone, Debug, Default)]
struct Row {
    title: String,
    address: String,
    words: String,
    unit: String,
    age: String,
    state: String,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    /// `answered` for those that need nothing more.
    state: String,
    page: Option<usize>,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let is_answered = match asked.state.as_str() {
        "" | "open" => false,
        "answered" => true,
        _ => return Err(Fault::NotFound),
    };
    let scope = visit.scope(Capability::AnswerCoding)?;
    let mut db = app.store().read().await?;
    let mut all = coding_queries::list(&mut db).await?;
    all.retain(|it| answers(&visit, it.query.unit.as_str()).is_ok());
    let units: BTreeMap<String, String> = units::list(&mut db)
        .await?
        .into_iter()
        .map(|it| (it.unit.code.to_string(), it.unit.name))
        .collect();
    drop(db);
    let open = all.iter().filter(|it| it.is_open()).count();
    all.retain(|it| it.is_open() != is_answered);
    let question = [("state", asked.state.as_str())];
    let paging = Paging::new(all.len(), asked.page.unwrap_or(1), "/coding-queries", &question);
    let shown = &all[paging.from..paging.to];
    // Whoever asks later who saw an event finds it by its reference.
    let seen: Vec<&str> = shown.iter().map(|it| it.query.event.as_str()).collect();
    let entry = visit.entry_in(scope, "patients.listed", &seen.join(" "));
    app.store().audit(entry.rows(seen.len())).await?;
    let rows = shown.iter().map(|it| row(it, &units, visit.now)).collect();
    let lead = lead(open as u64);
    Ok(List { shell: visit.shell(TITLE), lead, is_answered, rows, paging }.respond())
}

const TITLE: &str = "Coding queries";

fn lead(open: u64) -> String {
    match open {
        0 => "No question waits for clinical coding.".to_owned(),
        1 => "One question waits for clinical coding.".to_owned(),
        more => format!(
            "{} questions wait for clinical coding, the oldest first.",
            words::thousands(more)
        ),
    }
}

fn row(it: &StoredQuery, units: &BTreeMap<String, String>, now: Timestamp) -> Row {
    let unit = it.query.unit.as_str();
    Row {
        title: format!("{}: {}", short(&it.query.event), about(&it.query.about)),
        address: format!("/coding-queries/{}", it.id),
        words: it.query.words.clone(),
        unit: units.get(unit).map_or(unit, String::as_str).to_owned(),
        age: age(it.asked_at, now),
        state: state(it).to_owned(),
    }
}

/// Whole days since it was asked.
fn age(asked: Timestamp, now: Timestamp) -> String {
    let hours = now.duration_since(asked).as_hours().max(0);
    match u64::try_from(hours / 24).unwrap_or_default() {
        0 => "asked today".to_owned(),
        days => format!("asked {} ago", words::count(days, "day", "days")),
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "features/coding_queries/list.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            title: "20V8-HCL5: Few or no other conditions".to_owned(),
            address: "/coding-queries/1".to_owned(),
            words: "The patient had diabetes and was treated for it.".to_owned(),
            unit: "Trauma and orthopaedics".to_owned(),
            age: "asked 3\u{a0}days ago".to_owned(),
            state: "Waiting for an answer".to_owned(),
        };
        let page = |rows: Vec<Row>, open, is_answered| Self {
            shell: Shell::sample(TITLE),
            lead: lead(open),
            is_answered,
            paging: Paging::new(rows.len(), 1, "/coding-queries", &[]),
            rows,
        };
        vec![
            page(vec![row.clone()], 1, false),
            page(vec![row], 2, true),
            page(Vec::new(), 0, false),
        ]
    }
}
