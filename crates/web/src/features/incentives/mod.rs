//! Incentives and penalties for delivering, or not, both quality and cost improvement.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/incentives`, also as `.csv`, `.xlsx` | who reads actions: those of their units |
//! | GET, POST | `/incentives/new` | who keeps actions of the unit |
//! | GET | `/incentives/{incentive}` | who reads actions of its unit |
//! | GET, POST | `/incentives/{incentive}/edit` | who keeps actions of its unit, until somebody decides upon it |
//! | POST | `/incentives/{incentive}/end` | who keeps actions of its unit |
//! | POST | `/incentives/{incentive}/agree`, `decide` | who verifies benefits of its unit, for the side of their own profession; never who wrote it |
//!
//! A rule names a measure of quality with a target, and savings that two leads verified; one kind
//! alone is refused. The page works out what was met and what the trigger asks for. What follows is
//! decided by two people and done elsewhere: nothing here pays or books anything.

mod edit;
mod list;
mod says;
mod show;
mod steps;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use store::incentives::{self, LETTERS_MAX, StoredIncentive};
use store::{Connection, IncentiveId};

use crate::shell::fault::Fault;
use crate::shell::joint_work;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadActions);
    let keeps = Policy::Needs(Capability::KeepActions);
    let verifies = Policy::Needs(Capability::VerifyBenefits);
    vec![
        Route::get("/incentives", reads, get(list::show)),
        Route::table(["/incentives.csv", "/incentives.xlsx"], reads, get(list::take)),
        Route::get("/incentives/new", keeps, get(edit::new)),
        Route::post("/incentives/new", keeps, post(edit::propose)),
        Route::get("/incentives/{incentive}", reads, get(show::show)),
        Route::get("/incentives/{incentive}/edit", keeps, get(edit::edit)),
        Route::post("/incentives/{incentive}/edit", keeps, post(edit::change)),
        Route::post("/incentives/{incentive}/end", keeps, post(steps::end)),
        Route::post("/incentives/{incentive}/agree", verifies, post(steps::agree)),
        Route::post("/incentives/{incentive}/decide", verifies, post(steps::decide)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<list::List>(), rendered::<show::Show>()]
}

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: a rule is about a service, never about a patient",
    reference: Some(
        "Take out the reference of the patient: a rule is about a service, never about a patient",
    ),
};

/// Where incentives are.
const HOME: (&str, &str) = ("Incentives", "/incentives");

/// A rule that somebody may go to with a capability.
async fn found(
    db: &mut Connection,
    visit: &Visit,
    (capability, id): (Capability, &str),
) -> Result<StoredIncentive, Fault> {
    let it = incentives::get(db, &IncentiveId::new(id)).await?;
    let unit = it.unit.as_str();
    let is_seen = joint_work::may(visit, Capability::ReadActions, unit)
        && joint_work::may(visit, capability, unit);
    if is_seen { Ok(it) } else { Err(Fault::NotFound) }
}
