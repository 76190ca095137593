//! Colleagues: whether consultants of a service line differ by more than chance in what their
//! patients needed. Off until the medical director has recorded for what, for whom and after which
//! consultation, and off again after the day of its review.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/services/{unit}/colleagues` | who compares clinicians of it; a clinician of it sees the spread alone |
//! | GET | `/services/{unit}/colleagues/purpose` | as above |
//! | POST | `/services/{unit}/colleagues/purpose` | who agrees on comparisons: the medical director |
//! | POST | `/services/{unit}/colleagues/purpose/withdraw` | as above |
//!
//! Codes and never names or references; in order of code; no money, no rank, no file and no API.
//! Nobody with fewer than ten spells stands alone. Every view is on record before it is sent.

mod asked;
mod newcomers;
mod off;
mod purpose;
mod questions;
mod rights;
mod sentences;
mod show;
mod table;

#[cfg(test)]
mod made;
#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let compares = Policy::Needs(Capability::ClinicianComparison);
    let agrees = Policy::Needs(Capability::AgreeComparison);
    vec![
        Route::get("/services/{unit}/colleagues", compares, get(show::show)),
        Route::get("/services/{unit}/colleagues/purpose", compares, get(purpose::show)),
        Route::post("/services/{unit}/colleagues/purpose", agrees, post(purpose::record)),
        Route::post(
            "/services/{unit}/colleagues/purpose/withdraw",
            agrees,
            post(purpose::withdraw),
        ),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<off::Off>(), rendered::<purpose::PurposePage>(), rendered::<show::Colleagues>()]
}
