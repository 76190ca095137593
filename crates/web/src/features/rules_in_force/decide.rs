//! Puts a draft in force, and locks the version in force.

use axum::extract::{Path, State};
use axum::response::Response;
use store::model_versions::{self, VersionState};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::models;
use crate::shell::visit::Visit;

pub(super) async fn put_in_force(
    State(app): State<App>,
    Path(number): Path<i64>,
    visit: Visit,
) -> Result<Response, Fault> {
    // Its folder must still hold what was written down.
    let opened = models::version(&app, number).await?;
    let parent = opened.version.as_ref().ok_or(Fault::NotFound)?.made.parent;
    let entry = visit.entry("model.in_force", "model");
    let said = "The version is in force. The next costing uses it.";
    visit
        .change(&format!("/rules/versions/{number}"), said, move |tx| {
            Box::pin(async move {
                let current = model_versions::current(tx).await?.map(|it| it.number);
                if current != parent {
                    let (yours, current) = (parent.unwrap_or(0), current.unwrap_or(0));
                    let what = "the model".to_owned();
                    return Err(store::Error::Stale { what, yours, current });
                }
                model_versions::put_in_force(tx, number, &entry).await
            })
        })
        .await
}

pub(super) async fn lock(
    State(app): State<App>,
    Path(number): Path<i64>,
    visit: Visit,
) -> Result<Response, Fault> {
    let opened = models::version(&app, number).await?;
    let version = opened.version.as_ref().ok_or(Fault::NotFound)?;
    if version.state == VersionState::InForce {
        let person = visit.person()?;
        let by = format!("{} ({})", person.name, person.id);
        models::write_lock(opened, by, visit.now.to_string()).await?;
    }
    let entry = visit.entry("model.lock", "model");
    visit
        .change(&format!("/rules/versions/{number}"), "The version is locked.", move |tx| {
            Box::pin(async move { model_versions::lock(tx, number, &entry).await })
        })
        .await
}
