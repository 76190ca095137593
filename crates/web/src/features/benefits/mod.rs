//! Benefits: what joint work has brought, claimed beside a measure of quality, and verified by two.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/benefits`, also as `.csv`, `.xlsx` | who reads actions: their own benefits, and those of their units |
//! | GET, POST | `/benefits/new` | who keeps actions of the unit |
//! | GET | `/benefits/{benefit}` | who owns it, and who reads actions of its unit |
//! | POST | `/benefits/{benefit}/claim`, `evidence`, `reached`, `concern`, `answer`, `withdraw` | who keeps actions of its unit |
//! | POST | `/benefits/{benefit}/costing` | who keeps actions of its unit and sees the costs of its service line exactly |
//! | POST | `/benefits/{benefit}/decide`, `explain` | who verifies benefits of its unit, for the side of their own profession |
//!
//! Claimed is always verified, held and not accepted together. Cash is what the ledger shows; all
//! else is counted in its own unit and never added to cash. The rules stand in the store, so that no
//! page is a way round the guard.

mod again;
mod concerns;
mod drawing;
mod form;
mod list;
mod new;
mod reading;
mod show;
mod steps;
mod told;

#[cfg(test)]
mod costings_tests;
#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use store::benefits::{self, LETTERS_MAX, StoredBenefit};
use store::{BenefitId, Connection};

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
        Route::get("/benefits", reads, get(list::show)),
        Route::table(["/benefits.csv", "/benefits.xlsx"], reads, get(list::take)),
        Route::get("/benefits/new", keeps, get(new::show)),
        Route::post("/benefits/new", keeps, post(new::claim)),
        Route::get("/benefits/{benefit}", reads, get(show::show)),
        Route::post("/benefits/{benefit}/claim", keeps, post(steps::claim)),
        Route::post("/benefits/{benefit}/evidence", keeps, post(steps::evidence)),
        Route::post("/benefits/{benefit}/reached", keeps, post(steps::reached)),
        Route::post("/benefits/{benefit}/concern", keeps, post(concerns::raise)),
        Route::post("/benefits/{benefit}/answer", keeps, post(concerns::answer)),
        Route::post("/benefits/{benefit}/costing", keeps, post(again::take)),
        Route::post("/benefits/{benefit}/withdraw", keeps, post(steps::withdraw)),
        Route::post("/benefits/{benefit}/decide", verifies, post(steps::decide)),
        Route::post("/benefits/{benefit}/explain", verifies, post(steps::explain)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<list::List>(), rendered::<new::New>(), rendered::<show::Show>()]
}

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: a benefit is about a service, never about a patient",
    reference: Some(
        "Take out the reference of the patient: a benefit is about a service, never about a patient",
    ),
};

/// A benefit that somebody may see.
async fn found(db: &mut Connection, visit: &Visit, id: &str) -> Result<StoredBenefit, Fault> {
    let benefit = benefits::get(db, &BenefitId::new(id)).await?;
    if joint_work::sees_benefit(visit, &benefit) { Ok(benefit) } else { Err(Fault::NotFound) }
}

/// Whether they may do something with it.
fn may(visit: &Visit, capability: Capability, benefit: &StoredBenefit) -> bool {
    joint_work::may(visit, capability, &benefit.of.ground.unit)
}
