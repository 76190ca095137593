//! The events of one service line, under their references, a page at a time.

use std::sync::Arc;

use access::{Capability, Scope};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use results::Run;
use results::listing::{Asked, Listed, ListedEvent};
use serde::{Deserialize, Serialize};

use super::reason;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go};
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::use_of_figures::looked_behind;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What stands on record for a text that is no reference: it may be somebody's identity.
pub(super) const NO_REFERENCE: &str = "a text that is no reference";

/// Events on a page.
const SIZE: usize = 50;

#[derive(askama::Template)]
#[template(path = "features/patient_costs/list.html")]
pub(super) struct List {
    shell: Shell,
    kicker: String,
    asked: Query,
    lines: Vec<(String, String)>,
    types: Vec<(String, String)>,
    months: Vec<(String, String)>,
    orders: Vec<(String, String)>,
    wrong: Wrong,
    /// The page of events; none before a service line is chosen.
    found: Option<Found>,
}

/// One page of events.
struct Found {
    run: String,
    events: Vec<Row>,
    range: String,
    before: String,
    after: String,
}

/// One event.
struct Row {
    reference: String,
    short: String,
    kind: String,
    start: String,
    hrg: String,
    cost: String,
    income: String,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Query {
    /// The run that is asked for; the latest if blank.
    run: String,
    line: String,
    kind: String,
    month: String,
    /// Point of delivery.
    pod: String,
    /// Beginning of the HRG.
    hrg: String,
    order: String,
    page: Option<usize>,
}

pub(super) async fn show(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, Fault> {
    let query = query.unwrap_or_default();
    let scope = visit.scope(Capability::PatientRows)?.clone();
    let sees_drafts = visit.may(Capability::ReadRuns);
    let mut asked: Query = serde_urlencoded::from_str(&query)
        .map_err(|error| Fault::Refused(format!("The address does not fit this page: {error}.")))?;
    let run = if asked.run.is_empty() {
        let shelf = app.clone();
        reading(move || shelf.shelf().latest(sees_drafts)).await?
    } else {
        Some(readable(&app, &visit, asked.run.clone()).await?)
    };
    let Some(run) = run else { return Ok(nothing(&visit).respond()) };
    let lines = lines(&run, &scope)?;
    if asked.line.is_empty() && lines.len() == 1 {
        asked.line.clone_from(&lines[0].0);
    }
    if !asked.line.is_empty() && !lines.iter().any(|it| it.0 == asked.line) {
        return Err(Fault::NotFound);
    }
    let found = if asked.line.is_empty() {
        None
    } else {
        let why = reason::held(&visit, reason::asked_for(&scope, &asked.line), &query);
        match why {
            Ok(why) => {
                let found = found(&visit, (&run, &scope), &asked, why).await?;
                looked_behind(&visit, &asked.line).await;
                Some(found)
            }
            Err(elsewhere) => return Ok(go(&elsewhere, "")),
        }
    };
    page(&visit, (&run, lines), asked, found).map(|it| it.respond())
}

/// The run, if it is published or the person sees drafts.
pub(super) async fn readable(app: &App, visit: &Visit, id: String) -> Result<Arc<Run>, Fault> {
    let sees_drafts = visit.may(Capability::ReadRuns);
    let app = app.clone();
    reading(move || {
        let run = app.shelf().run(&id)?;
        let may_read = sees_drafts || run.records()?.publication.is_some();
        if may_read { Ok(run) } else { Err(Fault::NotFound) }
    })
    .await
}

/// Service lines of the run that are in scope, by name.
fn lines(run: &Run, scope: &Scope) -> Result<Vec<(String, String)>, Fault> {
    let all = run.rules()?.service_lines.iter();
    let seen = all.filter(|it| scope.of_unit(it.0).is_some());
    let mut lines: Vec<(String, String)> =
        seen.map(|(code, it)| (code.clone(), it.name.clone())).collect();
    lines.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(lines)
}

/// Reads one page of events: on record before, and with what was shown after.
async fn found(
    visit: &Visit,
    (run, scope): (&Arc<Run>, &Scope),
    asked: &Query,
    why: String,
) -> Result<Found, Fault> {
    let page = asked.page.unwrap_or(1).max(1);
    let question = Asked {
        service_line: asked.line.clone(),
        event_type: asked.kind.clone(),
        month: asked.month.clone(),
        pod: asked.pod.clone(),
        hrg: asked.hrg.clone(),
        dearest_first: asked.order == "dearest",
        page,
        size: SIZE,
    };
    let object = format!("{} {}", run.id(), asked.line);
    let mut entry = visit.entry_in(scope, "patients.list", &object);
    if !why.is_empty() {
        entry = entry.because(&why);
    }
    let caller = visit.asks(entry.clone()).await?;
    let reader = Arc::clone(run);
    let listed = reading(move || Ok(reader.list_events(&question, &caller)?)).await?;
    // Whoever asks later who saw an event finds it by its reference.
    let seen: Vec<&str> = listed.events.iter().map(|it| it.reference.as_str()).collect();
    let shown = entry.of("patients.listed", format!("{object} {}", seen.join(" ")));
    visit.app.store().audit(shown.rows(seen.len())).await?;
    Ok(Found {
        run: run.id().to_owned(),
        range: range(&listed, page),
        before: if page > 1 { asked.at(page - 1) } else { String::new() },
        after: if page * SIZE < listed.total { asked.at(page + 1) } else { String::new() },
        events: listed.events.iter().map(row).collect(),
    })
}

fn range(listed: &Listed, page: usize) -> String {
    let first = (page - 1) * SIZE + 1;
    match listed.events.len() {
        0 => "No event fits.".to_owned(),
        count => format!(
            "{} to {} of {}.",
            words::thousands(first as u64),
            words::thousands((first + count - 1) as u64),
            words::count(listed.total as u64, "event", "events")
        ),
    }
}

fn row(it: &ListedEvent) -> Row {
    Row {
        short: short(&it.reference),
        reference: it.reference.clone(),
        kind: it.event_type.words().to_owned(),
        start: it.start.clone(),
        hrg: it.hrg.clone(),
        cost: words::pence(it.cost),
        income: words::pence(it.income),
    }
}

/// A reference as people say it: its first eight letters in two halves.
pub(super) fn short(reference: &str) -> String {
    let letters: String = reference.chars().take(8).collect::<String>().to_uppercase();
    let (first, second) = letters.split_at(letters.len().min(4));
    format!("{first}-{second}")
}

impl Query {
    /// The address of another page of the same question.
    fn at(&self, page: usize) -> String {
        let query = Self { page: Some(page), ..self.clone() };
        format!("/patients?{}", serde_urlencoded::to_string(query).unwrap_or_default())
    }
}

fn page(
    visit: &Visit,
    (run, lines): (&Run, Vec<(String, String)>),
    asked: Query,
    found: Option<Found>,
) -> Result<List, Fault> {
    let line = lines.iter().find(|it| it.0 == asked.line).map(|it| it.1.clone());
    let title = line.map_or_else(
        || "Choose a service line".to_owned(),
        |it| format!("What each event of {it} cost"),
    );
    let any = |text: &str| (String::new(), text.to_owned());
    let types = run.rules()?.event_types.iter().map(|(code, name)| (code.clone(), name.clone()));
    let until = results::since::month(run.manifest().last_period.min(12));
    let state = if run.records()?.publication.is_some() { "published" } else { "draft" };
    let lines = std::iter::once(any("Choose")).chain(lines).collect();
    Ok(List {
        shell: visit.shell(title),
        kicker: format!("{} to the end of {until}, {state}", words::year(&run.manifest().year)),
        lines,
        types: std::iter::once(any("All types")).chain(types).collect(),
        months: std::iter::once(any("All months")).chain(months(&run.manifest().year)).collect(),
        orders: vec![any("By time"), ("dearest".to_owned(), "Dearest first".to_owned())],
        wrong: Wrong::default(),
        asked,
        found,
    })
}

/// Months of a financial year: code and words.
fn months(year: &str) -> Vec<(String, String)> {
    let first: i32 = year.get(..4).and_then(|it| it.parse().ok()).unwrap_or_default();
    let month = |period: u8| {
        let (year, month) = if period <= 9 { (first, period + 3) } else { (first + 1, period - 9) };
        let words = format!("{} {year}", results::since::month(period));
        (format!("{year}-{month:02}"), words)
    };
    (1..=12).map(month).collect()
}

fn nothing(visit: &Visit) -> List {
    List {
        shell: visit.shell("Nothing is published yet"),
        kicker: String::new(),
        asked: Query::default(),
        lines: Vec::new(),
        types: Vec::new(),
        months: Vec::new(),
        orders: Vec::new(),
        wrong: Wrong::default(),
        found: None,
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "features/patient_costs/list.html";

    fn samples() -> Vec<Self> {
        let pair = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        let page = |title: &str, found| Self {
            shell: Shell::sample(title),
            kicker: "2025/26 to the end of March, published".to_owned(),
            asked: Query { line: "TORT".to_owned(), ..Query::default() },
            lines: vec![pair("", "Choose"), pair("TORT", "Hips")],
            types: vec![pair("", "All types"), pair("APC", "Admitted patient care episode")],
            months: months("2025-26"),
            orders: vec![pair("", "By time"), pair("dearest", "Dearest first")],
            wrong: Wrong::default(),
            found,
        };
        let row = Row {
            reference: "20v8hcl5jsk6brd2fumssfkflv".to_owned(),
            short: "20V8-HCL5".to_owned(),
            kind: "Admitted patient care episode".to_owned(),
            start: "3 Nov 2025 07:10".to_owned(),
            hrg: "HN12E".to_owned(),
            cost: "£9,422.63".to_owned(),
            income: "£7,412.00".to_owned(),
        };
        let found = |events: Vec<Row>, range: &str| Found {
            run: "1fe9a090556158bd".to_owned(),
            events,
            range: range.to_owned(),
            before: String::new(),
            after: "/patients?line=TORT&page=2".to_owned(),
        };
        let title = "What each event of Hips cost";
        vec![
            page(title, Some(found(vec![row], "1 to 50 of 660 events."))),
            page(title, Some(found(Vec::new(), "No event fits."))),
            page("Choose a service line", None),
            Self { lines: Vec::new(), ..page("Nothing is published yet", None) },
        ]
    }
}
