//! What is decided on a load: stop its check, check it again, accept or reject it with a reason.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::FinancialYear;
use serde::Deserialize;
use serde_json::Value;
use store::jobs::{self, JobState};
use store::loads::{self, Decision, Load, LoadState};
use store::{JobId, LoadId};

use super::new::check;
use super::place::{self, Placed};
use super::show;
use super::staging::{self, Accepted, Folder};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::Page as _;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::work;

/// Jobs that are looked through for costings of a year.
const LATEST: u16 = 1000;

/// A load with the job that checks it.
pub(super) async fn load(app: &App, id: &str) -> Result<(Load, Option<jobs::Job>), Fault> {
    let mut db = app.store().read().await?;
    let load = loads::get(&mut db, &LoadId::new(id)).await?;
    let job = match &load.job {
        Some(job) => Some(jobs::get(&mut db, job).await?),
        None => None,
    };
    Ok((load, job))
}

/// Whether its check made a dataset that can be accepted.
pub(super) fn is_sound(load: &Load) -> bool {
    let outcome = load.summary.as_ref().and_then(|it| it.get("outcome")).and_then(Value::as_str);
    load.state == LoadState::Checked && outcome == Some("done")
}

/// Stops the check.
pub(super) async fn stop(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (_, job) = load(&app, &id).await?;
    let job = job.ok_or(Fault::NotFound)?;
    work::stop(&visit, job.id, &format!("/loads/{id}")).await
}

/// Puts the files together anew, over what is accepted by now, and checks them again.
pub(super) async fn again(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (load, job) = load(&app, &id).await?;
    let is_open = job.is_some_and(|it| !it.state.is_end());
    if is_open || load.state.is_decided() {
        return Err(Fault::Refused(
            "The load is being checked or was decided on: open it again to see it as it is now."
                .to_owned(),
        ));
    }
    let (year, settings) = (load.loaded.year, app.settings());
    let folder = Folder::of(&settings.folder, &load);
    let accepted = Accepted::now(&app, year).await?;
    let (to, datasets) = (folder.clone(), settings.datasets.clone());
    reading(move || staging::assemble(&to, &accepted, year, &datasets)).await?;
    let job = check(&app, &visit, &folder, (year, (load.version + 1).to_string())).await?;
    let entry = visit.entry("load.check", load.id.as_str());
    visit
        .change(&format!("/loads/{id}"), "The files are being checked again.", move |tx| {
            Box::pin(async move {
                let job: JobId = jobs::enqueue(tx, &job, &entry).await?.id;
                loads::checking(tx, &load.id, &job, &entry).await
            })
        })
        .await
}

/// A decision as it is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    decision: String,
    #[serde(default)]
    reason: String,
    version: i64,
}

/// Accepts or rejects. The dataset is in place before the decision is written down: whoever is cut
/// off in between decides again, and finds it there.
pub(super) async fn decide(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let (load, job) = load(&app, &id).await?;
    let is_open = job.is_some_and(|it| !it.state.is_end());
    let decision = match form.decision.as_str() {
        "accept" => Some(Decision::Accept),
        "reject" => Some(Decision::Reject),
        _ => None,
    };
    let accepts = decision == Some(Decision::Accept);
    let mut wrong = Wrong::default();
    wrong.unless(decision.is_some(), "decision", "Choose whether to accept or to reject");
    wrong.unless(
        !form.reason.trim().is_empty(),
        "reason",
        "Say why, so that others understand it later",
    );
    wrong.unless(
        !is_open,
        "decision",
        "The files are still being checked: wait, or stop the check",
    );
    wrong.unless(
        !accepts || is_sound(&load),
        "decision",
        "Findings forbid these files: reject them",
    );
    let is_current = form.version == load.version && !load.state.is_decided();
    if accepts && wrong.is_empty() && is_current {
        if is_costed(&app, load.loaded.year).await? {
            wrong.add("decision", "The year is being costed: accept when that has ended");
        } else if put_in_place(&app, &load).await? == Placed::OtherBefore {
            wrong.add("decision", OTHER);
        }
    }
    let Some(decision) = decision.filter(|_| wrong.is_empty()) else {
        let typed = (form.decision, form.reason);
        return Ok(show::page(&app, &id, &visit, (wrong, typed)).await?.respond());
    };
    let said = if accepts { "The load is accepted." } else { "The load is rejected." };
    let entry = visit.entry("load.decide", load.id.as_str());
    let folder = Folder::of(&app.settings().folder, &load);
    let done = visit
        .change(&format!("/loads/{id}"), said, move |tx| {
            Box::pin(async move {
                let why = (decision, form.reason.as_str());
                loads::decide(tx, &load.id, why, form.version, &entry).await
            })
        })
        .await?;
    if !accepts {
        reading(move || {
            folder.empty();
            Ok(())
        })
        .await?;
    }
    Ok(done)
}

const OTHER: &str =
    "Another load of the year was accepted since these files were checked: check them again first";

async fn put_in_place(app: &App, load: &Load) -> Result<Placed, Fault> {
    let settings = app.settings();
    let folder = Folder::of(&settings.folder, load);
    let to = settings.datasets.join(load.loaded.year.to_string());
    reading(move || place::place(&folder, &to)).await
}

/// Whether a costing of the year waits or runs: its dataset may not change under it.
async fn is_costed(app: &App, year: FinancialYear) -> Result<bool, Fault> {
    let mut db = app.store().read().await?;
    let year = year.to_string();
    for state in [JobState::Queued, JobState::Running] {
        let found = jobs::list(&mut db, Some(state), LATEST).await?;
        let is_of_year = |it: &jobs::Job| {
            it.asked.kind == "cost"
                && it.asked.payload.get("year") == Some(&Value::from(year.as_str()))
        };
        if found.iter().any(is_of_year) {
            return Ok(true);
        }
    }
    Ok(false)
}
