//! The identity behind one event's reference: proved again, with a reason, one at a time, on record.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET, POST | `/identity` | who may ask for identities, and proved it again |
//!
//! No reference and no identity is ever part of an address.

mod ask;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let proved = Policy::SteppedUp(Capability::Reidentify);
    vec![
        Route::get("/identity", proved, get(ask::show)),
        Route::post("/identity", proved, post(ask::answer)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<ask::Ask>()]
}
