//! Follow-ups of colleagues whom chance does not account for: six months of cost beside quality, what
//! is known beside the figures, and how it ended.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/follow-ups` | who compares clinicians, of their units; a clinician sees what concerns them |
//! | GET, POST | `/follow-ups/new/{unit}` | who compares clinicians of it and keeps its actions, while the comparison is on |
//! | GET | `/follow-ups/board` | who sees costs of the whole trust: counts without names |
//! | GET | `/follow-ups/{follow_up}` | who compares clinicians of its unit, and whom it concerns |
//! | POST | `/follow-ups/{follow_up}/context` | as above |
//! | POST | `/follow-ups/{follow_up}/tell`, `month`, `close` | who compares clinicians of it and keeps its actions, never of themselves |
//!
//! A follow-up begins only where the comparison of colleagues says that somebody lies beyond chance.
//! Whom it is about stands under a code; no page, address, log or audit row names them, and their code
//! is in no address. Nothing of it is for pay or discipline. While the medical director's record is
//! off, nothing is added but an end. Every view is on record before it is sent, also where a form that
//! was refused is shown again; what a clinician looks at and adds of their own stands there as a look
//! at an empty list does, so that the audit does not tell whom a follow-up concerns.

mod begin;
mod board;
mod list;
mod show;
mod steps;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use domain::Day;
use store::follow_ups::{self, LETTERS_MAX, OWN, StoredFollowUp};
use store::{Connection, FollowUpId, UnitCode, comparisons};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::session::today;
use crate::shell::typed::Text;
use crate::shell::variation::sees_follow_up;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Action under which views stand in the audit.
const READ: &str = "follow_up.read";

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let compares = Policy::Needs(Capability::ClinicianComparison);
    let costs = Policy::Needs(Capability::AggregateCosts);
    vec![
        Route::get("/follow-ups", compares, get(list::show)),
        Route::get("/follow-ups/new/{unit}", compares, get(begin::show)),
        Route::post("/follow-ups/new/{unit}", compares, post(begin::open)),
        Route::get("/follow-ups/board", costs, get(board::show)),
        Route::get("/follow-ups/{follow_up}", compares, get(show::show)),
        Route::post("/follow-ups/{follow_up}/context", compares, post(steps::context)),
        Route::post("/follow-ups/{follow_up}/tell", compares, post(steps::tell)),
        Route::post("/follow-ups/{follow_up}/month", compares, post(steps::month)),
        Route::post("/follow-ups/{follow_up}/close", compares, post(steps::close)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<begin::Begin>(),
        rendered::<board::BoardPage>(),
        rendered::<list::List>(),
        rendered::<show::Show>(),
    ]
}

/// Puts on record what somebody looks at and how much of it, before anything of it is sent. What
/// concerns `own` is neither named nor counted.
async fn on_record(
    app: &App,
    visit: &Visit,
    (object, rows): (&str, usize),
    own: bool,
) -> Result<(), Fault> {
    let scope = visit.scope(Capability::ClinicianComparison)?;
    let entry = if own {
        visit.entry_in(scope, OWN.0, OWN.1)
    } else {
        visit.entry_in(scope, READ, object).rows(rows)
    };
    app.store().audit(entry).await?;
    Ok(())
}

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: nothing here is about a patient",
    reference: Some("Take out the reference: nothing here is about a patient, and nobody is named"),
};

/// A follow-up that somebody may see.
async fn found(db: &mut Connection, visit: &Visit, id: &str) -> Result<StoredFollowUp, Fault> {
    let found = follow_ups::get(db, &FollowUpId::new(id)).await?;
    if sees_follow_up(visit, &found) { Ok(found) } else { Err(Fault::NotFound) }
}

/// Whether colleagues of a unit are compared: the medical director's record holds today.
async fn is_on(db: &mut Connection, visit: &Visit, unit: &UnitCode) -> Result<bool, Fault> {
    let latest = comparisons::latest(db, unit).await?;
    Ok(latest.is_some_and(|it| it.holds_on(today(visit.now))))
}

/// A day as people read it.
fn day(day: Day) -> String {
    words::day(&day.to_string())
}
