//! The rules in force, table by table: read, propose or change rows, compare versions, lock.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/rules` | who reads rules |
//! | GET | `/rules/tables/{file}` | who reads rules |
//! | GET | `/rules/tables/{file}/add` | who proposes rules |
//! | GET | `/rules/tables/{file}/rows/{line}` | who proposes rules |
//! | POST | `/rules/tables/{file}/save` | who proposes rules; in force at once only who changes |
//! | GET | `/rules/versions` | who reads rules |
//! | GET | `/rules/versions/{number}` | who reads rules |
//! | POST | `/rules/versions/{number}/put-in-force` | who changes rules |
//! | POST | `/rules/versions/{number}/lock` | who changes rules |
//! | GET | `/rules/compare` | who reads rules |

mod catalogue;
mod compare;
mod decide;
mod overview;
mod row;
mod row_form;
mod table;
#[cfg(test)]
mod tests;
mod version;
mod versions;

use access::Capability;
use axum::routing::{get, post};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadRules);
    let edits = Policy::Needs(Capability::EditRules);
    let changes = Policy::Needs(Capability::ProposeRules);
    vec![
        Route::get("/rules", reads, get(overview::show)),
        Route::get("/rules/tables/{file}", reads, get(table::show)),
        Route::get("/rules/tables/{file}/add", changes, get(row::add)),
        Route::get("/rules/tables/{file}/rows/{line}", changes, get(row::edit)),
        Route::post("/rules/tables/{file}/save", changes, post(row::save)),
        Route::get("/rules/versions", reads, get(versions::show)),
        Route::get("/rules/versions/{number}", reads, get(version::show)),
        Route::post("/rules/versions/{number}/put-in-force", edits, post(decide::put_in_force)),
        Route::post("/rules/versions/{number}/lock", edits, post(decide::lock)),
        Route::get("/rules/compare", reads, get(compare::show)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<compare::Compare>(),
        rendered::<overview::Overview>(),
        rendered::<row::RowPage>(),
        rendered::<table::TablePage>(),
        rendered::<version::VersionPage>(),
        rendered::<versions::Versions>(),
    ]
}
