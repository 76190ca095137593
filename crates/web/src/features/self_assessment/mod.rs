//! Working together: clinicians and finance rate how well they do, with evidence; the engine proposes
//! a level with its reasons, and a lead of each profession signs it.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/assessment` | who reads assessments, of their units |
//! | GET | `/assessment/levels` | who reads assessments: the levels, the steps and the thresholds |
//! | GET, POST | `/assessment/national`, `.csv`, `.xlsx` | as above: trusts by level in 2012 and 2013; saying how far the trust is with patient-level costing needs the right to sign for it |
//! | GET, POST | `/assessment/organisation` | as above: what type of organisation this is; saying so needs the right to sign for it |
//! | GET, POST | `/assessment/recording` | as above: for whom steps are recorded; choosing needs the right to sign for the trust |
//! | GET | `/assessment/characteristics`, `/assessment/library` | as above: what good looks like, examples and resources |
//! | POST | `/assessment/library/links`, `tries` | who signs for the trust: where resources can be read, and whether they still answer |
//! | GET | `/assessment/board`, `/assessment/inspection`, `/assessment/assurance`, each also as `.csv`, `.xlsx` | who reads the trust's assessment |
//! | GET | `/assessment/{unit}` | who reads its assessment |
//! | GET | `/assessment/{unit}/matrix`, `compare`, `trend`, `report` | as above; the last two also as `.csv`, `.xlsx` |
//! | POST | `/assessment/{unit}/begin` | who rates steps of it |
//! | GET, POST | `/assessment/{unit}/steps/{step}` | as above |
//! | GET, POST | `/assessment/{unit}/agree/{step}` | who signs its level |
//! | GET | `/assessment/evidence`, `.csv`, `.xlsx` | who reads assessments: evidence of their units |
//! | GET, POST | `/assessment/costing-quality`, `.csv`, `.xlsx` | who reads assessments; entering a score needs the right to run costings |
//! | GET, POST | `/assessment/{unit}/evidence` | who reads its assessment; adding needs the right to rate |
//! | POST | `/assessment/{unit}/proposals` | who rates steps of it |
//! | GET, POST | `/assessment/{unit}/evidence/{evidence}` | who reads its assessment; accepting needs the right to sign |
//! | POST | `/assessment/{unit}/evidence/{evidence}/hand-in` | who rates steps of it, for drafts of their own |
//! | POST | `/assessment/{unit}/evidence/{evidence}/revise` | who rates steps of it |
//! | GET | `/assessment/{unit}/evidence/{evidence}/files/{revision}` | who reads its assessment |
//! | GET, POST | `/assessment/{unit}/joint-working` | who reads its assessment; recording needs the right to rate |
//! | GET, POST | `/assessment/{unit}/level` | who reads its assessment; putting forward needs the right to sign |
//! | POST | `/assessment/{unit}/level/{level}` | who signs its level |
//!
//! Neither profession sees the other's answers before both have gone through all steps. Evidence
//! counts for nothing before somebody accepted it. Words that people write go into no audit record.

mod agree;
mod costing_quality;
mod evidence;
mod guide;
mod history;
mod joint_working;
mod level;
mod levels;
mod list;
mod national;
mod organisation;
mod recording;
mod reports;
mod step;
mod telling;
mod unit;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_evidence;
#[cfg(test)]
mod tests_of_level;
#[cfg(test)]
mod tests_of_list;
#[cfg(test)]
mod tests_of_reading;
#[cfg(test)]
mod tests_of_recording;

use access::Capability;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use engagement::Proposal;
use engagement::framework::{RecordedFor, Step};
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
    let mut routes = evidence_routes();
    routes.extend([
        Route::get("/assessment", reads, get(list::show)),
        Route::get("/assessment/levels", reads, get(levels::show)),
        Route::get("/assessment/national", reads, get(national::show)),
        Route::post("/assessment/national", signs, post(national::say)),
        Route::table(
            ["/assessment/national.csv", "/assessment/national.xlsx"],
            reads,
            get(national::take),
        ),
        Route::get("/assessment/organisation", reads, get(organisation::show)),
        Route::post("/assessment/organisation", signs, post(organisation::record)),
        Route::get(recording::HERE, reads, get(recording::show)),
        Route::post(recording::HERE, signs, post(recording::choose)),
        Route::get("/assessment/characteristics", reads, get(guide::characteristics::show)),
        Route::get("/assessment/library", reads, get(guide::library::show)),
        Route::post("/assessment/library/links", signs, post(guide::links::record)),
        Route::post("/assessment/library/tries", signs, post(guide::links::try_all)),
        Route::get("/assessment/board", reads, get(reports::board::show)),
        Route::table(
            ["/assessment/board.csv", "/assessment/board.xlsx"],
            reads,
            get(reports::board::take),
        ),
        Route::get("/assessment/assurance", reads, get(reports::assurance::show)),
        Route::table(
            ["/assessment/assurance.csv", "/assessment/assurance.xlsx"],
            reads,
            get(reports::assurance::take),
        ),
        Route::get("/assessment/inspection", reads, get(reports::inspection::show)),
        Route::table(
            ["/assessment/inspection.csv", "/assessment/inspection.xlsx"],
            reads,
            get(reports::inspection::take),
        ),
        Route::get("/assessment/{unit}", reads, get(unit::show)),
        Route::get("/assessment/{unit}/matrix", reads, get(history::matrix::show)),
        Route::get("/assessment/{unit}/compare", reads, get(history::compare::show)),
        Route::get("/assessment/{unit}/trend", reads, get(history::trend::show)),
        Route::table(
            ["/assessment/{unit}/trend.csv", "/assessment/{unit}/trend.xlsx"],
            reads,
            get(history::trend::take),
        ),
        Route::get("/assessment/{unit}/report", reads, get(reports::assessment::show)),
        Route::table(
            ["/assessment/{unit}/report.csv", "/assessment/{unit}/report.xlsx"],
            reads,
            get(reports::assessment::take),
        ),
        Route::post("/assessment/{unit}/begin", rates, post(unit::begin)),
        Route::get("/assessment/{unit}/steps/{step}", rates, get(step::show)),
        Route::post("/assessment/{unit}/steps/{step}", rates, post(step::rate)),
        Route::get("/assessment/{unit}/agree/{step}", signs, get(agree::show)),
        Route::post("/assessment/{unit}/agree/{step}", signs, post(agree::settle)),
        Route::get("/assessment/{unit}/joint-working", reads, get(joint_working::show)),
        Route::post("/assessment/{unit}/joint-working", rates, post(joint_working::record)),
        Route::get("/assessment/{unit}/level", reads, get(level::show)),
        Route::post("/assessment/{unit}/level", signs, post(level::put_forward)),
        Route::post("/assessment/{unit}/level/{level}", signs, post(level::answer)),
    ]);
    routes
}

/// Routes of the evidence.
fn evidence_routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadAssessments);
    let rates = Policy::Needs(Capability::Assess);
    let signs = Policy::Needs(Capability::SignLevels);
    // The pages count the bytes of a file themselves.
    let add = post(evidence::add).layer(DefaultBodyLimit::disable());
    let revise = post(evidence::piece::revise).layer(DefaultBodyLimit::disable());
    let piece = "/assessment/{unit}/evidence/{evidence}";
    vec![
        Route::get("/assessment/evidence", reads, get(evidence::register::show)),
        Route::table(
            ["/assessment/evidence.csv", "/assessment/evidence.xlsx"],
            reads,
            get(evidence::register::take),
        ),
        Route::get("/assessment/costing-quality", reads, get(costing_quality::show)),
        Route::post(
            "/assessment/costing-quality",
            Policy::Needs(Capability::RunCosting),
            post(costing_quality::record),
        ),
        Route::table(
            ["/assessment/costing-quality.csv", "/assessment/costing-quality.xlsx"],
            reads,
            get(costing_quality::take),
        ),
        Route::get("/assessment/{unit}/evidence", reads, get(evidence::show)),
        Route::upload("/assessment/{unit}/evidence", rates, add),
        Route::post("/assessment/{unit}/proposals", rates, post(evidence::proposals::decide)),
        Route::get(piece, reads, get(evidence::piece::show)),
        Route::post(piece, signs, post(evidence::review)),
        Route::post(
            "/assessment/{unit}/evidence/{evidence}/hand-in",
            rates,
            post(evidence::piece::hand_in),
        ),
        Route::upload("/assessment/{unit}/evidence/{evidence}/revise", rates, revise),
        Route::get(
            "/assessment/{unit}/evidence/{evidence}/files/{revision}",
            reads,
            get(evidence::files::take),
        ),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<agree::AgreePage>(),
        rendered::<costing_quality::QualityPage>(),
        rendered::<evidence::EvidencePage>(),
        rendered::<guide::characteristics::CharacteristicsPage>(),
        rendered::<guide::library::LibraryPage>(),
        rendered::<history::compare::ComparePage>(),
        rendered::<history::matrix::MatrixPage>(),
        rendered::<history::trend::TrendPage>(),
        rendered::<evidence::piece::PiecePage>(),
        rendered::<evidence::register::RegisterPage>(),
        rendered::<joint_working::JointPage>(),
        rendered::<level::LevelPage>(),
        rendered::<levels::LevelsPage>(),
        rendered::<list::ListPage>(),
        rendered::<national::NationalPage>(),
        rendered::<organisation::OrganisationPage>(),
        rendered::<recording::RecordingPage>(),
        rendered::<reports::ReportPage>(),
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

/// A step that is rated in a unit, one of the trust's own among them. Of one that is recorded elsewhere
/// now, whoever had its page open is told so.
fn step_of(gathered: &Gathered, unit: &Branch, step: &str) -> Result<Step, Fault> {
    let found = gathered.all_steps_of(unit).into_iter().find(|it| it.id.as_str() == step);
    found.ok_or_else(|| {
        let mut all = gathered.framework.steps().iter();
        let moves = |it: &Step| it.recorded_for != RecordedFor::Organisation;
        if all.any(|it| it.id.as_str() == step && moves(it)) {
            let mode = recording::recorded(gathered.mode);
            Fault::Refused(format!("{mode} Nothing was saved here: rate this step there."))
        } else {
            Fault::NotFound
        }
    })
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
