//! Who saw or changed what, proof that nothing of it was changed, and one's own part of it.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/audit` | who reads the audit |
//! | GET | `/audit/rows.csv`, `.xlsx` | who reads the audit |
//! | GET | `/audit/proof` | who reads the audit |
//! | GET | `/account/audit` | anybody with a right, their own |

mod proof;
mod rows;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::get;

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadAudit);
    vec![
        Route::get("/audit", reads, get(rows::show)),
        Route::table(["/audit/rows.csv", "/audit/rows.xlsx"], reads, get(rows::take)),
        Route::get("/audit/proof", reads, get(proof::show)),
        Route::get("/account/audit", Policy::Needs(Capability::ReadOwnAudit), get(rows::own)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<proof::Proof>(), rendered::<rows::Trail>()]
}
