//! Steps of a case: submitted, taken back, decided by a second person, withdrawn, and actions.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use store::cases::{Kind as RecordKind, Step};

use super::TEXT;
use super::found::{Found, found};
use super::show::Show;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::Page as _;
use crate::shell::visit::Visit;

/// What is said where the case was changed while somebody read it.
const SINCE: &str = "Somebody did something with this case since you opened it: look at what was done, then send this again";

async fn kept(app: &App, visit: &Visit, id: &str) -> Result<Found, Fault> {
    found(app, visit, (Capability::KeepCases, RecordKind::Case), id).await
}

pub(super) async fn taken(
    app: &App,
    visit: &Visit,
    found: &Found,
    (capability, step, said): (Capability, Step, &str),
) -> Result<Response, Fault> {
    let home = found.address();
    match found.step(visit, (capability, step), (&home, said)).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(wrong)) => Ok(Show::of(app, visit, found, wrong).await?.respond()),
        // What was typed stays, on the case as it stands now.
        Err(Fault::Stale(_)) => {
            let id = found.record.id.as_str();
            let now = super::found::found(app, visit, (capability, RecordKind::Case), id).await?;
            let mut wrong = Wrong::default();
            wrong.add("done", SINCE);
            Ok(Show::of(app, visit, &now, wrong).await?.respond())
        }
        Err(fault) => Err(fault),
    }
}

/// A reason as typed, or what is wrong with it.
fn reason(visit: &Visit, field: &str) -> Result<String, Wrong> {
    let text = visit.fields.get(field).trim().to_owned();
    let mut wrong = Wrong::default();
    TEXT.check(&mut wrong, field, &text, "Write the reason");
    if wrong.is_empty() { Ok(text) } else { Err(wrong) }
}

pub(super) async fn submit(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    let said = "The case waits for a decision. Nobody changes it now.";
    taken(&app, &visit, &found, (Capability::KeepCases, Step::Submitted, said)).await
}

pub(super) async fn take_back(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    let said = "The case can be written again.";
    taken(&app, &visit, &found, (Capability::KeepCases, Step::TakenBack, said)).await
}

pub(super) async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    let because = match reason(&visit, "why_withdrawn") {
        Ok(because) => because,
        Err(wrong) => return Ok(Show::of(&app, &visit, &found, wrong).await?.respond()),
    };
    let step = Step::Withdrawn { because };
    taken(&app, &visit, &found, (Capability::KeepCases, step, "The case is withdrawn.")).await
}

pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let right = (Capability::ApproveCases, RecordKind::Case);
    let found = found(&app, &visit, right, &id).await?;
    let because = match reason(&visit, "because") {
        Ok(because) => because,
        Err(wrong) => return Ok(Show::of(&app, &visit, &found, wrong).await?.respond()),
    };
    let (step, said) = match visit.fields.get("decides") {
        "approve" => (Step::Approved { because }, "The case is approved."),
        "refuse" => (Step::Refused { because }, "The case is refused."),
        _ => {
            let mut wrong = Wrong::default();
            wrong.add("because", "Choose to approve or to refuse the case");
            return Ok(Show::of(&app, &visit, &found, wrong).await?.respond());
        }
    };
    taken(&app, &visit, &found, (Capability::ApproveCases, step, said)).await
}

pub(super) async fn action(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = kept(&app, &visit, &id).await?;
    let action = visit.fields.get("action").trim().to_owned();
    if action.is_empty() {
        let mut wrong = Wrong::default();
        wrong.add("action", "Choose an action of the list");
        return Ok(Show::of(&app, &visit, &found, wrong).await?.respond());
    }
    let step = Step::Action { action };
    taken(&app, &visit, &found, (Capability::KeepCases, step, "The action is linked.")).await
}
