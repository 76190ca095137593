//! Service lines: what each cost and earned, exactly for those who answer for it, and for others
//! with small numbers hidden.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/services` | who sees costs added up over patients |
//! | GET | `/services/{unit}` | as above; another's service line is not there |
//! | GET | `/services.csv` | as above; small numbers hidden for everybody |
//!
//! What may be shown is decided once for a run, over one table, in `cube`; every page, chart and
//! file takes its figures from there.

mod cube;
mod download;
mod figures;
mod overview;
mod unit;

#[cfg(test)]
pub(crate) mod tests;

use access::Capability;
use axum::routing::get;

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::AggregateCosts);
    vec![
        Route::get("/services", reads, get(overview::show)),
        Route::get("/services.csv", reads, get(download::take)),
        Route::get("/services/{unit}", reads, get(unit::show)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<overview::Overview>(), rendered::<unit::UnitPage>()]
}
