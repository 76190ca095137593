//! What the care of single patients cost, under references: lists of a service line's events, and
//! each event back to the ledger.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/patients` | who sees rows of patients, in their service lines |
//! | GET | `/patients/reason` | as above |
//! | POST | `/patients/reason` | as above |
//! | GET | `/patients/{run}/{event}` | as above; an event of another service line is not there |
//! | GET | `/patients/{run}/{event}/around` | as above; other care of the same patient, in their service lines |
//!
//! Every page with a row of a patient has an audit row that is on disk before the row is read.
//! Legally restricted events are on none of them.

mod around;
mod calendar;
mod journey;
mod line;
mod list;
mod pence;
mod reason;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let sees = Policy::Needs(Capability::PatientRows);
    vec![
        Route::get("/patients", sees, get(list::show)),
        Route::get("/patients/reason", sees, get(reason::show)),
        Route::post("/patients/reason", sees, post(reason::give)),
        Route::get("/patients/{run}/{event}", sees, get(journey::show)),
        Route::get("/patients/{run}/{event}/around", sees, get(around::show)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<around::AroundPage>(),
        rendered::<journey::Journey>(),
        rendered::<list::List>(),
        rendered::<reason::ReasonPage>(),
    ]
}
