//! Costing runs: which there are, whether one adds up, what waits for a decision, and publishing it
//! with a second person.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/runs` | who reads drafts |
//! | GET, POST | `/runs/start` | who runs the costing |
//! | GET | `/runs/compare` | who reads drafts |
//! | GET | `/runs/{run}` | who reads drafts |
//! | GET | `/runs/{run}/walk.csv`, `.xlsx` | who reads drafts |
//! | GET | `/runs/{run}/residuals/{name}` | who reads drafts |
//! | GET | `/runs/{run}/residuals/{name}/reasons.csv`, `.xlsx` | who reads drafts |
//! | GET | `/runs/{run}/months` | who reads drafts |
//! | GET | `/runs/{run}/months.csv`, `.xlsx` | who reads drafts |
//! | GET | `/runs/{run}/one-off` | who reads drafts |
//! | GET | `/runs/{run}/one-off.csv`, `.xlsx` | who reads drafts |
//! | GET | `/runs/{run}/findings` | who reads drafts |
//! | POST | `/runs/{run}/findings` | who runs the costing |
//! | POST | `/runs/{run}/ask` | who publishes |
//! | POST | `/runs/{run}/publish` | who publishes, and was asked |
//! | GET | `/api/v1/runs` | a program, as whose token it is; published runs alone |

mod api;
mod compare;
mod decide;
mod list;
mod months;
mod moved;
mod one_off;
mod publish;
mod residual;
mod show;
mod start;
#[cfg(test)]
mod tests;
mod walk;

use access::Capability;
use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadRuns);
    let mut routes = vec![
        Route::get("/runs", reads, get(list::show)),
        Route::get("/runs/start", Policy::Needs(Capability::RunCosting), get(start::show)),
        Route::post("/runs/start", Policy::Needs(Capability::RunCosting), post(start::start)),
        Route::get("/runs/compare", reads, get(compare::show)),
        Route::get("/runs/{run}", reads, get(show::show)),
        Route::table(["/runs/{run}/walk.csv", "/runs/{run}/walk.xlsx"], reads, get(walk::take)),
        Route::get("/runs/{run}/residuals/{name}", reads, get(residual::show)),
        Route::table(
            [
                "/runs/{run}/residuals/{name}/reasons.csv",
                "/runs/{run}/residuals/{name}/reasons.xlsx",
            ],
            reads,
            get(residual::take),
        ),
        Route::get("/runs/{run}/months", reads, get(months::show)),
        Route::table(
            ["/runs/{run}/months.csv", "/runs/{run}/months.xlsx"],
            reads,
            get(months::take),
        ),
        Route::get("/runs/{run}/one-off", reads, get(one_off::show)),
        Route::table(
            ["/runs/{run}/one-off.csv", "/runs/{run}/one-off.xlsx"],
            reads,
            get(one_off::take),
        ),
        Route::get("/runs/{run}/findings", reads, get(decide::show)),
        Route::post(
            "/runs/{run}/findings",
            Policy::Needs(Capability::RunCosting),
            post(decide::accept),
        ),
        Route::post("/runs/{run}/ask", Policy::Needs(Capability::PublishRun), post(publish::ask)),
        Route::post(
            "/runs/{run}/publish",
            Policy::Needs(Capability::PublishRun),
            post(publish::publish),
        ),
    ];
    routes.extend(api::routes());
    routes
}

/// What this feature offers programs.
pub fn operations() -> utoipa::openapi::OpenApi {
    api::operations()
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<compare::Compare>(),
        rendered::<decide::Decide>(),
        rendered::<list::List>(),
        rendered::<months::Months>(),
        rendered::<one_off::OneOffPage>(),
        rendered::<residual::ResidualPage>(),
        rendered::<show::Show>(),
        rendered::<start::Start>(),
    ]
}
