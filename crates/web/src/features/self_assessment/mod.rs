//! Working together: clinicians and finance rate how well they do, with evidence; the engine proposes
//! a level with its reasons, and a lead of each profession signs it.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/assessment` | who reads assessments, of their units |
//! | GET | `/assessment/levels` | who reads assessments: the levels, the steps and the thresholds |
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
mod step;
mod unit;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use access::Capability;
use axum::routing::{get, post};
use engagement::framework::Step;
use engagement::level::{Change, Lift, Proposed, Shown, Warning};
use engagement::words::Words;
use engagement::{Framework, Proposal, UnitId};
use store::assessing::{LETTERS_MAX, LevelState, Rating, Side};
use store::units::Branch;

use crate::shell::assessing::{Gathered, Standing};
use crate::shell::fault::Fault;
use crate::shell::page::{Shell, rendered};
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadAssessments);
    let rates = Policy::Needs(Capability::Assess);
    let signs = Policy::Needs(Capability::SignLevels);
    vec![
        Route::get("/assessment", reads, get(list::show)),
        Route::get("/assessment/levels", reads, get(levels::show)),
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
        rendered::<step::StepPage>(),
        rendered::<unit::UnitPage>(),
    ]
}

/// A lift of more changes is told by unit.
const CHANGES_TOLD: usize = 4; // number: as many as are read at a glance

/// Units that are named as nearest.
const NEAREST_TOLD: usize = 3; // number: as above

/// What people write here.
const WORDS: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: Some("Take out the reference of the patient: no patient is named here"),
};

/// A unit that somebody may go to with a capability.
fn seen<'a>(
    visit: &Visit,
    gathered: &'a Gathered,
    (capability, code): (Capability, &str),
) -> Result<&'a Branch, Fault> {
    let is_seen = visit.scope(capability)?.of_unit(code).is_some();
    gathered.unit(code).filter(|_| is_seen).ok_or(Fault::NotFound)
}

/// Whether somebody may do something in a unit.
fn may(visit: &Visit, capability: Capability, code: &str) -> bool {
    visit.scope(capability).is_ok_and(|it| it.of_unit(code).is_some())
}

/// A step that is rated in a unit.
fn step_of<'a>(gathered: &'a Gathered, unit: &Branch, step: &str) -> Result<&'a Step, Fault> {
    let found = gathered.steps_of(unit).into_iter().find(|it| it.id.as_str() == step);
    found.ok_or(Fault::NotFound)
}

/// What stands around a page of a unit.
fn shell(visit: &Visit, unit: &Branch, title: impl Into<String>) -> Shell {
    let (code, name) = (&unit.stored.unit.code, &unit.stored.unit.name);
    visit
        .shell(title)
        .below("Working together", "/assessment")
        .below(name, format!("/assessment/{code}"))
}

/// `Level 3`, or that Level 1 is not yet shown.
fn shown(proposal: &Proposal) -> String {
    match &proposal.proposed {
        Proposed::Shown(Shown::NotYet) => "Level 1 not yet shown".to_owned(),
        Proposed::Shown(Shown::Level(level)) => level_name(level.number()),
        Proposed::Refused(_) => "No level can be told yet".to_owned(),
    }
}

fn level_name(number: u8) -> String {
    format!("Level\u{a0}{number}")
}

/// Why a proposal is no higher, and what would lift it: two lists of sentences.
fn reasons(framework: &Framework, proposal: &Proposal) -> (Vec<String>, Vec<String>) {
    let words = Words::new(framework, proposal);
    let mut why: Vec<String> = words.level().into_iter().skip(1).collect();
    let is_evidence = |it: &&Warning| matches!(it, Warning::EvidenceNeeded { .. });
    let without = proposal.warnings.iter().filter(is_evidence).count() as u64;
    if without > 0 {
        why.push(format!(
            "{} rated consistently demonstrated without evidence that counts, so {} for nothing.",
            match without {
                1 => "One step is".to_owned(),
                more => format!("{} are", words::count(more, "step", "steps")),
            },
            if without == 1 { "it counts" } else { "they count" }
        ));
    }
    let told = proposal.warnings.iter().zip(words.warnings());
    why.extend(told.filter(|it| !is_evidence(&it.0)).map(|it| it.1));
    why.extend(words.unanswered());
    let lifts = proposal.lifts.iter().zip(words.lifts());
    (why, lifts.map(|(lift, said)| told_short(proposal, lift, said)).collect())
}

/// A lift as the engine says it, or, where it has many changes, how many in which units, the nearest
/// first.
fn told_short(proposal: &Proposal, lift: &Lift, said: String) -> String {
    if lift.changes.len() <= CHANGES_TOLD {
        return said;
    }
    let mut by_unit: BTreeMap<&str, usize> = BTreeMap::new();
    for change in &lift.changes {
        let unit = unit_of(change).and_then(|id| proposal.units.iter().find(|it| it.unit == *id));
        *by_unit.entry(unit.map_or("the trust itself", |it| it.name.as_str())).or_default() += 1;
    }
    let mut nearest: Vec<(usize, &str)> = by_unit.iter().map(|it| (*it.1, *it.0)).collect();
    nearest.sort_unstable();
    let all = words::count(lift.changes.len() as u64, "change", "changes");
    let head = format!("To reach {} at the least {all}", level_name(lift.to.number()));
    if nearest.len() == 1 {
        return format!(
            "{head}. They are marked on the steps below: what is not yet so, or lacks evidence."
        );
    }
    let near = nearest.iter().take(NEAREST_TOLD);
    let near: Vec<String> =
        near.map(|(count, name)| format!("{name}, {}", words::thousands(*count as u64))).collect();
    format!(
        "{head} in {}. Nearest: {}.",
        words::count(nearest.len() as u64, "specialty", "specialties"),
        near.join("; ")
    )
}

/// The unit that a change is in; none for the trust itself.
fn unit_of(change: &Change) -> Option<&UnitId> {
    match change {
        Change::Step { unit, .. } | Change::Support(unit) => unit.as_ref(),
        Change::Status { unit, .. } | Change::ShareAgain(unit) => Some(unit),
    }
}

fn rating_words(rating: Rating) -> &'static str {
    match rating {
        Rating::Consistently => "Consistently demonstrated",
        Rating::Partly => "Partly or sometimes",
        Rating::NotYet => "Not yet",
        Rating::NotAssessed => "Nobody can say",
    }
}

fn side_words(side: Side) -> &'static str {
    match side {
        Side::Clinical => "clinicians",
        Side::Finance => "finance",
    }
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

/// A day as people read it.
fn day(day: impl ToString) -> String {
    words::day(&day.to_string())
}
