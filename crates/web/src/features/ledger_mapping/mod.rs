//! Ledger mapping: what of the ledger has no rule, what is split, and every rule to read or change.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/mapping` | who reads rules; pounds with the ledger of the whole trust |
//! | GET | `/mapping/add` | who proposes rules |
//! | GET | `/mapping/rules/{line}` | who proposes rules |
//! | POST | `/mapping/save` | who proposes rules; in force at once only who changes |

mod edits;
mod lines;
mod list;
mod rule;
mod save;
#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// File of the model that this is about.
const FILE: &str = "mapping.csv";

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let changes = Policy::Needs(Capability::ProposeRules);
    vec![
        Route::get("/mapping", Policy::Needs(Capability::ReadRules), get(list::show)),
        Route::get("/mapping/add", changes, get(rule::add)),
        Route::get("/mapping/rules/{line}", changes, get(rule::edit)),
        Route::post("/mapping/save", changes, post(save::save)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<list::List>(), rendered::<rule::RulePage>()]
}
