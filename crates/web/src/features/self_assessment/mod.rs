//! Working together: clinicians and finance rate how well they do, with evidence; the engine proposes
//! a level with its reasons, and a lead of each profession signs it.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/assessment` | who reads assessments, of their units |
//! | GET | `/assessment/levels` | who reads assessments: the levels, the steps and the thresholds |
//! | GET | `/assessment/national`, `.csv`, `.xlsx` | as above: trusts by level in 2012 and 2013 |
//! | GET | `/assessment/{unit}` | who reads its assessment |
//! | POST | `/assessment/{unit}/begin` | who rates steps of it |
//! | GET, POST | `/assessment/{unit}/steps/{step}` | as above |
//! | GET, POST | `/assessment/{unit}/agree/{step}` | who signs its level |
//! | GET, POST | `/assessment/{unit}/evidence` | who reads its assessment; adding needs the right to rate |
//! | POST | `/assessment/{unit}/evidence/{evidence}` | who signs its level |
//! | GET, POST | `/assessment/{unit}/joint-working` | who reads its assessment; recording needs the right to rate |
//! | GET, POST | `/assessment/{unit}/level` | who reads its assessment; putting forward needs the right to sign |
//! | POST | `/assessment/{unit}/level/{level}` | who signs its level |
//!
//! Neither profession sees the other's answers before both have gone through all steps. Evidence
//! counts for nothing before somebody accepted it. Words that people write go into no audit record.

mod agree;
mod evidence;
mod joint_working;
mod level;
mod levels;
mod list;
mod national;
mod step;
mod telling;
mod unit;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use engagement::Proposal;
use engagement::framework::Step;
use engagement::level::{Proposed, Shown};
use store::assessing::{LevelState, Rating};
use store::units::Branch;

use crate::shell::assessed::{WORDS, day, every_words, may, rating_words, seen, shell, side_words};
use crate::shell::assessing::{Gathered, Standing};
use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadAssessments);
    let rates = Policy::Needs(Capability::Assess);
    let signs = Policy::Needs(Capability::SignLevels);
    vec![
        Route::get("/assessment", reads, get(list::show)),
        Route::get("/assessment/levels", reads, get(levels::show)),
        Route::get("/assessment/national", reads, get(national::show)),
        Route::table(
            ["/assessment/national.csv", "/assessment/national.xlsx"],
            reads,
            get(national::take),
        ),
        Route::get("/assessment/{unit}", reads, get(unit::show)),
        Route::post("/assessment/{unit}/begin", rates, post(unit::begin)),
        Route::get("/assessment/{unit}/steps/{step}", rates, get(step::show)),
        Route::post("/assessment/{unit}/steps/{step}", rates, post(step::rate)),
        Route::get("/assessment/{unit}/agree/{step}", signs, get(agree::show)),
        Route::post("/assessment/{unit}/agree/{step}", signs, post(agree::settle)),
        Route::get("/assessment/{unit}/evidence", reads, get(evidence::show)),
        Route::post("/assessment/{unit}/evidence", rates, post(evidence::add)),
        Route::post("/assessment/{unit}/evidence/{evidence}", signs, post(evidence::review)),
        Route::get("/assessment/{unit}/joint-working", reads, get(joint_working::show)),
        Route::post("/assessment/{unit}/joint-working", rates, post(joint_working::record)),
        Route::get("/assessment/{unit}/level", reads, get(level::show)),
        Route::post("/assessment/{unit}/level", signs, post(level::put_forward)),
        Route::post("/assessment/{unit}/level/{level}", signs, post(level::answer)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<agree::AgreePage>(),
        rendered::<evidence::EvidencePage>(),
        rendered::<joint_working::JointPage>(),
        rendered::<level::LevelPage>(),
        rendered::<levels::LevelsPage>(),
        rendered::<list::ListPage>(),
        rendered::<national::NationalPage>(),
        rendered::<step::StepPage>(),
        rendered::<unit::UnitPage>(),
    ]
}

/// Whether a unit is the trust itself.
fn is_trust(gathered: &Gathered, unit: &Branch) -> bool {
    gathered.trust().is_some_and(|it| it.stored.unit.code == unit.stored.unit.code)
}

/// What the engine proposes for a unit: for the trust from all its specialties.
fn proposal(gathered: &Gathered, unit: &Branch) -> Result<Proposal, Fault> {
    if is_trust(gathered, unit) { gathered.proposal() } else { gathered.proposal_of(unit) }
}

/// Why it is no higher, and what would lift it.
fn told(gathered: &Gathered, unit: &Branch, proposal: &Proposal) -> telling::Told {
    if is_trust(gathered, unit) {
        telling::of_trust(&gathered.framework, proposal)
    } else {
        telling::of_specialty(&gathered.framework, proposal)
    }
}

/// A step that is rated in a unit, one of the trust's own among them.
fn step_of(gathered: &Gathered, unit: &Branch, step: &str) -> Result<Step, Fault> {
    let found = gathered.all_steps_of(unit).into_iter().find(|it| it.id.as_str() == step);
    found.ok_or(Fault::NotFound)
}

/// `Level 3`, or that Level 1 is not yet shown.
fn shown(proposal: &Proposal) -> String {
    match &proposal.proposed {
        Proposed::Shown(Shown::NotYet) => "Level 1 not yet shown".to_owned(),
        Proposed::Shown(Shown::Level(level)) => level_name(level.number()),
        Proposed::Refused(_) => "No level can be told yet".to_owned(),
    }
}

/// Title of a page that says what is proposed.
fn proposed(proposal: &Proposal) -> String {
    match proposal.level() {
        Some(_) => format!("Proposed: {}", shown(proposal)),
        None => shown(proposal),
    }
}

fn level_name(number: u8) -> String {
    format!("Level\u{a0}{number}")
}

/// How a step stands, told to somebody who may see the answers of both only once both are done.
fn standing_words(standing: Standing, is_open: bool) -> String {
    match standing {
        Standing::Agreed(rating) => format!("Agreed: {}", lower(rating)),
        Standing::Same(rating) if is_open => format!("Both say: {}", lower(rating)),
        Standing::Differ if is_open => "They differ: to be settled".to_owned(),
        Standing::Same(_) | Standing::Differ => "Rated by both".to_owned(),
        Standing::Only(side) => format!("Rated by {} only", side_words(side)),
        Standing::Nobody => "Not rated yet".to_owned(),
    }
}

fn lower(rating: Rating) -> String {
    rating_words(rating).to_lowercase()
}

/// Where a level stands, in words.
fn state_words(state: LevelState) -> &'static str {
    match state {
        LevelState::Submitted => "Waiting for signatures",
        LevelState::ChangesRequested => "Sent back for a change",
        LevelState::Confirmed => "Signed by both",
    }
}
