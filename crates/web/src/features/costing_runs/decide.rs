//! Findings that wait for a decision: each with what to do, or accepted with a reason.

use axum::extract::{Path, State};
use axum::response::Response;
use results::findings::StoredFinding;
use serde::Deserialize;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go};
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::short;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/costing_runs/decide.html")]
pub(super) struct Decide {
    shell: Shell,
    id: String,
    waiting: Vec<Line>,
    may: bool,
    wrong: Wrong,
    tried: Form,
}

/// One finding of the page.
struct Line {
    finding: String,
    code: String,
    place: String,
    message: String,
    remedy: String,
    touched: String,
}

/// An acceptance as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    finding: String,
    reason: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let page = page(&app, &id, &visit, (Wrong::default(), Form::default())).await?;
    Ok(page.respond())
}

async fn page(
    app: &App,
    id: &str,
    visit: &Visit,
    (wrong, tried): (Wrong, Form),
) -> Result<Decide, Fault> {
    let run = app.shelf().run(id)?;
    let waiting = reading(move || Ok(run.outstanding()?)).await?;
    let title = match waiting.len() {
        0 => "Nothing waits for a decision".to_owned(),
        more => format!(
            "{} for a decision",
            words::count(more as u64, "finding waits", "findings wait")
        ),
    };
    let shell = visit
        .shell(title)
        .below("Runs", "/runs")
        .below(format!("Run {}", short(id)), format!("/runs/{id}"));
    let may = visit.may(access::Capability::RunCosting);
    let shell = shell.with_errors(&wrong);
    let waiting = waiting.iter().map(line).collect();
    Ok(Decide { shell, id: id.to_owned(), waiting, may, wrong, tried })
}

fn line(finding: &StoredFinding) -> Line {
    let place = match (finding.file.as_str(), finding.line) {
        ("", _) => finding.subject.clone(),
        (file, 0) => file.to_owned(),
        (file, line) => format!("{file}, line {line}"),
    };
    let rows = words::count(finding.rows, "row", "rows");
    Line {
        finding: finding.id.clone(),
        code: finding.code.clone(),
        place,
        message: finding.message.clone(),
        remedy: finding.remedy.clone(),
        touched: format!("{rows}, {}", words::pence(finding.money)),
    }
}

/// Accepts one finding as it stands.
pub(super) async fn accept(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let run = app.shelf().run(&id)?;
    let mut wrong = Wrong::default();
    let field = format!("reason-{}", form.finding);
    wrong.unless(!form.reason.trim().is_empty(), &field, "Say why it can stand as it is");
    if !wrong.is_empty() {
        return Ok(page(&app, &id, &visit, (wrong, form)).await?.respond());
    }
    let person = visit.person()?;
    let (by, at) = (format!("{} ({})", person.name, person.id), visit.now.to_string());
    let entry = visit.entry("run.accept", &format!("{id} {}", form.finding)).because(&form.reason);
    app.store().audit(entry).await?;
    let accepted = form.clone();
    reading(move || Ok(run.accept(&accepted.finding, &by, &accepted.reason, &at)?)).await?;
    Ok(go(&format!("/runs/{id}/findings"), "The finding is accepted, with your name and reason."))
}

impl Page for Decide {
    const TEMPLATE: &'static str = "features/costing_runs/decide.html";

    fn samples() -> Vec<Self> {
        let line = || Line {
            finding: "F4-c214cd86".to_owned(),
            code: "F4".to_owned(),
            place: "999000/999900".to_owned(),
            message: "No mapping rule fits cost centre 999000 with account 999900.".to_owned(),
            remedy: "Add a rule to mapping.csv.".to_owned(),
            touched: "1 row, £664.32".to_owned(),
        };
        let page = |waiting, wrong| Self {
            shell: Shell::sample("1 finding waits for a decision"),
            id: "1fe9a090556158bd".to_owned(),
            waiting,
            may: true,
            wrong,
            tried: Form { finding: "F4-c214cd86".to_owned(), reason: String::new() },
        };
        let mut wrong = Wrong::default();
        wrong.add("reason-F4-c214cd86", "Say why it can stand as it is");
        vec![
            page(vec![line()], Wrong::default()),
            page(vec![line()], wrong),
            page(Vec::new(), Wrong::default()),
        ]
    }
}
