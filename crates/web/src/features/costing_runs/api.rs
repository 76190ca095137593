//! Published runs for programs.

use access::ApiScope;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use serde_json::json;
use utoipa::{OpenApi as _, ToSchema};

use crate::App;
use crate::shell::api::{Paging, Problems, RunRef, answer, with_examples};
use crate::shell::fault::Fault;
use crate::shell::registry::Route;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// Routes for programs.
pub(super) fn routes() -> Vec<Route> {
    vec![Route::api("/api/v1/runs", ApiScope::Results, get(list))]
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list))]
struct Operations;

/// What is said of them in the document.
pub(super) fn operations() -> utoipa::openapi::OpenApi {
    with_examples(Operations::openapi(), vec![("/api/v1/runs", json!(PublishedRuns::sample()))])
}

/// Published runs.
#[derive(Serialize, ToSchema)]
struct PublishedRuns {
    /// The run whose figures are shown; null while nothing is published.
    shown: Option<String>,
    /// All that are published, the latest year first, and of a year the latest publication.
    runs: Vec<RunRef>,
    /// Address of the next page; null where this is the last.
    next: Option<String>,
}

/// Published runs
///
/// Which costings two people have published, of which year and when. Figures are of the run that is
/// shown.
#[utoipa::path(get, path = "/api/v1/runs", tag = "Runs", operation_id = "runs", params(Paging),
    responses((status = 200, description = "The runs", body = PublishedRuns), Problems),
    security(("token" = ["results:read"])))]
async fn list(
    State(app): State<App>,
    visit: Visit,
    Query(paging): Query<Paging>,
) -> Result<Response, Fault> {
    visit.scope(ApiScope::Results.capability())?;
    reading(move || {
        let shown = app.shelf().latest(false)?.map(|it| it.id().to_owned());
        let mut all = Vec::new();
        for id in app.shelf().ids() {
            match RunRef::of(&*app.shelf().run(&id)?) {
                Ok(run) => all.push(run),
                Err(Fault::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        all.sort_by(|one, other| {
            (&other.year, &other.published_at, &other.id).cmp(&(
                &one.year,
                &one.published_at,
                &one.id,
            ))
        });
        let page = paging.of(all, ("/api/v1/runs", &[]))?;
        let of = shown.clone().unwrap_or_default();
        answer(&of, &PublishedRuns { shown, runs: page.items, next: page.next })
    })
    .await
}

impl PublishedRuns {
    fn sample() -> Self {
        let run = RunRef::sample();
        let earlier = RunRef {
            id: "0c1d2e3f4a5b6c7d".to_owned(),
            year: "2024-25".to_owned(),
            published_at: "2025-05-21T09:02:00Z".to_owned(),
            ..RunRef::sample()
        };
        Self { shown: Some(run.id.clone()), runs: vec![run, earlier], next: None }
    }
}
