//! Walk-throughs of allocations, and clinical signatures of what the cost of a service line rests on.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/walk-throughs` | who sees costs added up over patients: those of units that they see exactly |
//! | GET, POST | `/walk-throughs/new/{unit}` | who answers for the figures of a service line |
//! | GET, POST | `/walk-throughs/inputs/{unit}` | who sees it exactly; signing, a clinician who signs levels of it |
//! | GET, POST | `/walk-throughs/inputs/{unit}/owners` | who sees it exactly; naming an owner, who answers for the unit |
//! | POST | `/walk-throughs/inputs/{unit}/owners/sign` | the clinical owner of an input |
//! | GET | `/walk-throughs/unsigned` | who sees costs added up over patients: of units that they see exactly |
//! | GET, POST | `/walk-throughs/confidence/{unit}` | who sees it exactly; rating, a clinician who answers for it |
//! | GET, POST | `/walk-throughs/confidence/{unit}/decision` | who answers for the unit |
//! | GET | `/walk-throughs/{walk_through}` | who sees the unit exactly |
//! | POST | `/walk-throughs/{walk_through}/say` | who answers for the unit |
//! | POST | `/walk-throughs/{walk_through}/attended`, `attended/back` | who answers for the unit |
//!
//! An allocation is shown as it stands in the published costing: what of it reaches the service line
//! and its rules in plain words; what it is over the trust, and the share, to those alone who see the
//! costs of the whole trust exactly. A clinician says whether it reflects how care is delivered;
//! finance agrees a change or says why it stays. Who was there is recorded, and none ends without a
//! clinician and one of finance among them. Once another costing is published the page says
//! whether rules or amounts are others.

mod attended;
mod confidence;
mod costings;
mod decision;
mod inputs;
mod list;
mod new;
mod owners;
mod show;
mod standing;
mod unsigned;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_attended;
#[cfg(test)]
mod tests_of_confidence;
#[cfg(test)]
mod tests_of_owners;

use std::sync::Arc;

use access::{Capability, View};
use axum::routing::{get, post};
use results::Run;
use store::walk_throughs::{self, LETTERS_MAX, StoredWalkThrough};
use store::{Connection, UnitCode, WalkThroughId, units};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::shelf::reading;
use crate::shell::typed::Text;
use crate::shell::variation::sees;
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::AggregateCosts);
    let answers = Policy::Needs(Capability::AnswerQuestions);
    let signs = Policy::Needs(Capability::SignLevels);
    vec![
        Route::get("/walk-throughs", reads, get(list::show)),
        Route::get("/walk-throughs/new/{unit}", answers, get(new::show)),
        Route::post("/walk-throughs/new/{unit}", answers, post(new::open)),
        Route::get("/walk-throughs/inputs/{unit}", reads, get(inputs::show)),
        Route::post("/walk-throughs/inputs/{unit}", signs, post(inputs::sign)),
        Route::get("/walk-throughs/inputs/{unit}/owners", reads, get(owners::show)),
        Route::post("/walk-throughs/inputs/{unit}/owners", answers, post(owners::name)),
        Route::post("/walk-throughs/inputs/{unit}/owners/sign", reads, post(owners::sign)),
        Route::get("/walk-throughs/unsigned", reads, get(unsigned::show)),
        Route::get("/walk-throughs/confidence/{unit}", reads, get(confidence::show)),
        Route::post("/walk-throughs/confidence/{unit}", answers, post(confidence::rate)),
        Route::get("/walk-throughs/confidence/{unit}/decision", answers, get(decision::show)),
        Route::post("/walk-throughs/confidence/{unit}/decision", answers, post(decision::link)),
        Route::get("/walk-throughs/{walk_through}", reads, get(show::show)),
        Route::post("/walk-throughs/{walk_through}/say", answers, post(show::say)),
        Route::post("/walk-throughs/{walk_through}/attended", answers, post(attended::attend)),
        Route::post(
            "/walk-throughs/{walk_through}/attended/back",
            answers,
            post(attended::take_back),
        ),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<confidence::Confidence>(),
        rendered::<inputs::Inputs>(),
        rendered::<list::List>(),
        rendered::<new::New>(),
        rendered::<owners::Owners>(),
        rendered::<show::Show>(),
        rendered::<unsigned::Unsigned>(),
    ]
}

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: an allocation is about a service, never about a patient",
    reference: Some(
        "Take out the reference of the patient: an allocation is about a service, never about a patient",
    ),
};

/// Whether somebody sees the costs of the whole trust exactly: whoever sees one unit of it does not.
fn sees_trust(visit: &Visit) -> bool {
    let scope = visit.scope(Capability::AggregateCosts);
    scope.is_ok_and(|it| it.of_trust().is_some_and(|it| it.view == View::Exact))
}

/// A walk-through that somebody may see.
async fn found(db: &mut Connection, visit: &Visit, id: &str) -> Result<StoredWalkThrough, Fault> {
    let it = walk_throughs::get(db, &WalkThroughId::new(id)).await?;
    if sees(visit, it.of.unit.as_str()) { Ok(it) } else { Err(Fault::NotFound) }
}

/// The name of a unit that somebody sees exactly.
async fn name_of(app: &App, visit: &Visit, unit: &str) -> Result<String, Fault> {
    if !sees(visit, unit) {
        return Err(Fault::NotFound);
    }
    let mut db = app.store().read().await?;
    Ok(units::get(&mut db, &UnitCode::new(unit)).await?.unit.name)
}

/// The latest published costing.
async fn latest(app: &App) -> Result<Option<Arc<Run>>, Fault> {
    let app = app.clone();
    reading(move || app.shelf().latest(false)).await
}
