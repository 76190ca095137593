//! Actions: what people have agreed to do, in one list, with an update of one tap.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/actions`, also as `.csv`, `.xlsx` | who reads actions: their own, and those of their units |
//! | GET, POST | `/actions/new` | who keeps actions of a unit |
//! | GET | `/actions/{action}` | who owns it, and who reads actions of its unit |
//! | GET, POST | `/actions/{action}/view` | who owns it, while it is open |
//! | POST | `/actions/{action}/update` | who owns it, and who keeps actions of its unit |
//!
//! An action is joint when people of two professions own it, one of whom gives care. What actions may
//! bring is never added up: one bed day can be saved once. Words that people write go into no audit
//! record.
//!
//! An action of the sit-down of one consultant and finance is there for its owners, for those who take
//! part in the sit-down, and for those who see named clinicians of the unit; its page says so.

mod list;
mod new;
mod show;
mod view;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use engagement::actions::{Standing, State};
use store::joint_actions::{LETTERS_MAX, StoredAction};
use store::{ActionId, Connection};

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
    vec![
        Route::get("/actions", reads, get(list::show)),
        Route::table(["/actions.csv", "/actions.xlsx"], reads, get(list::take)),
        Route::get("/actions/new", keeps, get(new::show)),
        Route::post("/actions/new", keeps, post(new::agree)),
        Route::get("/actions/{action}", reads, get(show::show)),
        Route::get("/actions/{action}/view", keeps, get(view::show)),
        Route::post("/actions/{action}/view", keeps, post(view::say)),
        Route::post("/actions/{action}/update", keeps, post(show::update)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<list::List>(), rendered::<new::New>(), rendered::<show::Show>()]
}

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: an action is about a service, never about a patient",
    reference: Some(
        "Take out the reference of the patient: an action is about a service, never about a patient",
    ),
};

/// An action that somebody may see.
async fn found(db: &mut Connection, visit: &Visit, id: &str) -> Result<StoredAction, Fault> {
    let action = joint_work::seen_action(db, visit, &ActionId::new(id)).await?;
    action.ok_or(Fault::NotFound)
}

/// Whether they may say how it stands.
fn may_update(visit: &Visit, action: &StoredAction) -> bool {
    let own = visit.person().is_ok_and(|me| action.is_owned_by(&me.id));
    visit.may(Capability::KeepActions)
        && (own || joint_work::may(visit, Capability::KeepActions, action.agreed.unit.as_str()))
}

/// Where an action is, in words.
fn state(standing: Standing) -> &'static str {
    match standing.state {
        State::Planned => "Not begun",
        State::UnderWay => "Under way",
        State::Done => "Done",
        State::Stopped => "Stopped",
    }
}
