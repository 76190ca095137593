//! Who stands behind a case, what it does to quality and who signed that, and concerns about it.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::cases::{Case, CaseRole};
use store::cases::{Kind as RecordKind, Step};

use super::TEXT;
use super::found::{Found, found};
use super::show::Show;
use super::steps::taken;
use crate::App;
use crate::shell::concerns::Row;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::Page as _;
use crate::shell::visit::Visit;
use crate::shell::words;

fn named(found: &Found, person: &str) -> String {
    if person.is_empty() { "Nobody yet".to_owned() } else { found.staff.with_title(person) }
}

/// The team, by role.
pub(super) fn team(found: &Found, case: &Case) -> Vec<(String, String)> {
    let role = |role: &CaseRole| {
        let holder = case.team.holder(*role).map_or("", |it| it.person.as_str());
        (role.name().to_owned(), named(found, holder))
    };
    CaseRole::ALL.iter().map(role).collect()
}

/// What it does to quality, part by part, who assessed that, and every signature. What was written
/// before there were parts stays.
pub(super) fn facts(found: &Found, case: &Case) -> Vec<(String, String)> {
    let quality = &case.quality;
    let mut all = Vec::new();
    if !quality.words.trim().is_empty() {
        let name = if quality.is_in_parts() { "As written before" } else { "Impact on quality" };
        all.push((name.to_owned(), quality.words.clone()));
    }
    if quality.is_in_parts() {
        for (name, text) in quality.parts() {
            let text = if text.trim().is_empty() { "Not assessed yet" } else { text };
            all.push((format!("Impact on {name}"), text.to_owned()));
        }
    } else if all.is_empty() {
        all.push(("Impact on quality".to_owned(), "Not assessed yet".to_owned()));
    }
    all.push(("Assessed by".to_owned(), named(found, &quality.assessed_by)));
    for (it, holds) in found.record.signatures().into_iter().rev() {
        let name = if holds { "Signed" } else { "Signed an earlier text" };
        all.push((name.to_owned(), found.by(&it.by, it.at)));
    }
    all
}

/// A case that whoever looks may read, to sign or to speak of it.
async fn read(app: &App, visit: &Visit, id: &str) -> Result<Found, Fault> {
    found(app, visit, (Capability::ReadCases, RecordKind::Case), id).await
}

pub(super) async fn sign(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = read(&app, &visit, &id).await?;
    let step = Step::Signed { version: found.record.versions.len() };
    let said = "You have signed the impact on quality.";
    taken(&app, &visit, &found, (Capability::ReadCases, step, said)).await
}

pub(super) async fn raise(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = read(&app, &visit, &id).await?;
    let words = visit.fields.get("concern").trim().to_owned();
    let mut wrong = Wrong::default();
    TEXT.check(&mut wrong, "concern", &words, "Say what you fear");
    if !wrong.is_empty() {
        return Ok(Show::of(&app, &visit, &found, wrong).await?.respond());
    }
    let step = Step::Concern { words };
    taken(&app, &visit, &found, (Capability::ReadCases, step, "The concern is recorded.")).await
}

pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let right = (Capability::KeepCases, RecordKind::Case);
    let found = found(&app, &visit, right, &id).await?;
    let words = visit.fields.get("answer").trim().to_owned();
    let mut wrong = Wrong::default();
    TEXT.check(&mut wrong, "answer", &words, "Say what is done about the concern");
    let number = visit.fields.get("of").parse::<i64>().ok();
    wrong.unless(number.is_some(), "of", "Choose which concern is answered");
    let Some(number) = number.filter(|_| wrong.is_empty()) else {
        return Ok(Show::of(&app, &visit, &found, wrong).await?.respond());
    };
    let step = Step::Answer { number, words };
    taken(&app, &visit, &found, (Capability::KeepCases, step, "The answer is recorded.")).await
}

/// Concerns for samples: one that waits, and one with an answer.
pub(super) fn sample() -> Vec<Row> {
    let waits = Row {
        number: 5,
        what: words::sentence("Nobody is there at night"),
        by: "Amara Okafor, 11 June 2026, 08:31".to_owned(),
        age: "Not answered for 3 days".to_owned(),
        ..Row::default()
    };
    let answered = Row {
        number: 6,
        what: "Transport comes late as it is.".to_owned(),
        by: "Tomos Hughes, 11 June 2026, 09:00".to_owned(),
        answer: "A second firm is asked.".to_owned(),
        answered: "Grace Whitfield, 12 June 2026, 10:00".to_owned(),
        ..Row::default()
    };
    vec![waits, answered]
}
