//! The start of an empty site: its first administrator is made at an address that only the operator
//! was told, and that is gone once somebody is there.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET, POST | `/first` | whoever knows the token that the program printed |

mod begin;

#[cfg(test)]
mod tests;

use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/first", Policy::Public, get(begin::show)),
        Route::post("/first", Policy::Public, post(begin::begin)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<begin::Begin>()]
}
