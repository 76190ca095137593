//! Measures that come from no feed: what is measured, who keeps it, its months drawn with what is
//! ordinary in them, and how values are brought in.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/measures` | who sees measures |
//! | GET | `/measures/{measure}` | as above; a unit out of reach is not there |
//! | GET | `/measures/{measure}/values.csv`, `.xlsx` | as above; small numbers hidden for everybody |
//! | GET, POST | `/measures/new` | who says what is measured: medical director, coding and informatics |
//! | GET, POST | `/measures/{measure}/change` | as above |
//! | POST | `/measures/{measure}/line` | as above |
//! | GET, POST | `/measures/import` | who keeps values: as above, and service managers for their units |
//! | POST | `/measures/import/file`, `/measures/import/accept` | as above |
//! | GET | `/measures/template.csv`, `.xlsx` | as above |
//! | GET | `/api/v1/measures`, `/api/v1/measures/{measure}` | a program, as whose token it is |
//!
//! What is measured is said once for the whole trust, so that a name means the same everywhere;
//! values are recorded by whoever runs the service. A file is shown with all it would do before it is
//! taken, and nothing that was recorded is ever lost. Who sees small numbers hidden sees them hidden
//! here too: `shell::measures` decides it.

mod api;
mod download;

mod edit;
mod import;
mod list;
mod show;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadMeasures);
    let keeps = Policy::Needs(Capability::KeepMeasures);
    let defines = Policy::Needs(Capability::DefineMeasures);
    let mut routes = vec![
        Route::get("/measures", reads, get(list::show)),
        Route::get("/measures/new", defines, get(edit::blank)),
        Route::post("/measures/new", defines, post(edit::add)),
        Route::get("/measures/import", keeps, get(import::show)),
        Route::post("/measures/import", keeps, post(import::look)),
        Route::upload("/measures/import/file", keeps, post(import::look_at_file)),
        Route::post("/measures/import/accept", keeps, post(import::accept)),
        Route::table(
            ["/measures/template.csv", "/measures/template.xlsx"],
            keeps,
            get(download::template),
        ),
        Route::get("/measures/{measure}", reads, get(show::show)),
        Route::table(
            ["/measures/{measure}/values.csv", "/measures/{measure}/values.xlsx"],
            reads,
            get(download::values),
        ),
        Route::get("/measures/{measure}/change", defines, get(edit::show)),
        Route::post("/measures/{measure}/change", defines, post(edit::change)),
        Route::post("/measures/{measure}/line", defines, post(edit::begin_line)),
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
        rendered::<edit::Edit>(),
        rendered::<import::Import>(),
        rendered::<list::List>(),
        rendered::<show::Show>(),
    ]
}
