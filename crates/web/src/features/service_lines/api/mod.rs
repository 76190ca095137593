//! Service lines for programs: the figures of the pages, as JSON.
//!
//! Who sees which service line, and how, is decided by the same functions as for the pages. Whoever
//! sees small numbers hidden gets what the cube releases and nothing else; what lies below a service
//! line is for those who see it exactly.

mod care;
mod lines;
mod moved;
mod outcomes;
mod statement;

use access::ApiScope;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, OpenApi as _};

use super::books::Part;
use crate::shell::api::with_examples;
use crate::shell::registry::Route;

/// Routes for programs.
pub(super) fn routes() -> Vec<Route> {
    let results = ApiScope::Results;
    vec![
        Route::api("/api/v1/services", results, get(lines::list)),
        Route::api("/api/v1/services/{unit}", results, get(lines::one)),
        Route::api("/api/v1/services/{unit}/statement", results, get(statement::show)),
        Route::api("/api/v1/services/{unit}/care", results, get(care::list)),
        Route::api("/api/v1/services/{unit}/moved", results, get(moved::show)),
        Route::api("/api/v1/services/{unit}/outcomes", results, get(outcomes::show)),
    ]
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(
    lines::list,
    lines::one,
    statement::show,
    care::list,
    moved::show,
    outcomes::show
))]
struct Operations;

/// What is said of them in the document.
pub(super) fn operations() -> utoipa::openapi::OpenApi {
    with_examples(Operations::openapi(), examples())
}

fn examples() -> Vec<(&'static str, Value)> {
    vec![
        ("/api/v1/services", json!(lines::ServiceLines::sample())),
        ("/api/v1/services/{unit}", json!(lines::Service::sample())),
        ("/api/v1/services/{unit}/statement", json!(statement::Statement::sample())),
        ("/api/v1/services/{unit}/care", json!(care::KindsOfCare::sample())),
        ("/api/v1/services/{unit}/moved", json!(moved::Movement::sample())),
        ("/api/v1/services/{unit}/outcomes", json!(outcomes::LineOutcomes::sample())),
    ]
}

/// What of a service line is asked for: all of it, or some of its care.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct PartQuery {
    /// Point of delivery, such as `EL`; all of them unless told.
    #[param(example = "EL")]
    pod: String,
    /// Beginning of the healthcare resource group, such as `HN12`; all of them unless told.
    #[param(example = "HN12")]
    hrg: String,
}

impl PartQuery {
    fn part(self) -> Part {
        Part { pod: self.pod, hrg: self.hrg }
    }
}

#[cfg(test)]
mod tests;
