//! Patient groups: whose care belongs together, as those who give it say, and all that it cost.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/groups` | who makes groups of a unit: their own, and those that are shared there |
//! | GET, POST | `/groups/new` | as above, of their units |
//! | GET | `/groups/{group}` | as above; another's that is not shared is not there |
//! | GET | `/groups/{group}/costs.csv`, `.xlsx` | as above |
//! | GET, POST | `/groups/{group}/change` | as above |
//!
//! A group is conditions on the events of one service line. Its costs are all care of its patients in
//! the trust for 365 days from the event that made each of them one of it. Fewer patients than small
//! numbers allow are told to nobody. Stays are listed for those who may see patients of the service
//! line. Every look at a group is on record.

mod costs;
mod edit;
mod file;
mod list;
mod show;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use store::patient_groups::{self, StoredGroup};
use store::{Connection, GroupId};

use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let makes = Policy::Needs(Capability::PatientGroups);
    vec![
        Route::get("/groups", makes, get(list::show)),
        Route::get("/groups/new", makes, get(edit::blank)),
        Route::post("/groups/new", makes, post(edit::add)),
        Route::get("/groups/{group}", makes, get(show::show)),
        Route::table(
            ["/groups/{group}/costs.csv", "/groups/{group}/costs.xlsx"],
            makes,
            get(file::take),
        ),
        Route::get("/groups/{group}/change", makes, get(edit::show)),
        Route::post("/groups/{group}/change", makes, post(edit::change)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<edit::Edit>(), rendered::<list::List>(), rendered::<show::Show>()]
}

/// Whether somebody makes groups of a unit.
fn may(visit: &Visit, unit: &str) -> bool {
    visit.scope(Capability::PatientGroups).is_ok_and(|it| it.of_unit(unit).is_some())
}

/// A group that somebody may see.
async fn found(db: &mut Connection, visit: &Visit, id: &str) -> Result<StoredGroup, Fault> {
    let group = patient_groups::get(db, &GroupId::new(id)).await?;
    let is_seen = may(visit, group.group.unit.as_str()) && group.is_seen_by(&visit.person()?.id);
    if is_seen { Ok(group) } else { Err(Fault::NotFound) }
}
