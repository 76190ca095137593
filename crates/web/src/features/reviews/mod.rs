//! Reviews of service lines: a programme, a review in four stages, and its meetings.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/my-services` | who makes packs: the first page of a finance partner |
//! | GET | `/reviews` | who reads reviews, of their units |
//! | GET | `/reviews/coverage` | who reads reviews, of their units |
//! | GET | `/reviews/released` | who reads reviews, of their units |
//! | GET, POST | `/reviews/themes` | who reads reviews; adding a theme needs the right to run them |
//! | GET | `/reviews/{unit}` | who reads its reviews |
//! | GET, POST | `/reviews/{unit}/register` | who runs its reviews |
//! | POST | `/reviews/{unit}/open` | as above |
//! | GET, POST | `/reviews/{unit}/overview`; POST `take-back` of one below it | as above |
//! | GET, POST | `/reviews/{unit}/roll-out` | who runs the reviews of the whole trust |
//! | GET | `/reviews/{unit}/{review}` | who reads its reviews; figures need the right to see its costs exactly |
//! | POST | `/reviews/{unit}/{review}/figures` | who runs its reviews and sees its costs exactly |
//! | POST | `/reviews/{unit}/{review}/done/{item}` | who runs its reviews |
//! | POST | `/reviews/{unit}/{review}/have/{item}` | as above: it is at hand, or they are there |
//! | GET | `/reviews/{unit}/{review}/plan` | who reads its reviews: the action plan on one page |
//! | GET | `/reviews/{unit}/{review}/plan.csv`, `successes.csv`, and `.xlsx` | as above: its actions, and what worked |
//! | GET, POST | `/reviews/{unit}/{review}/practice` | who takes part in the sit-down and sees its costs exactly |
//! | GET, POST | `/reviews/{unit}/{review}/add/{kind}` | who runs its reviews; a challenge, a note and something for the agenda also who is on the list of the meeting |
//! | GET, POST | `/reviews/{unit}/{review}/items/{item}`, `action`, `arrange` | who runs its reviews |
//! | GET, POST | `/reviews/{unit}/{review}/slots` | who runs its reviews |
//! | GET | `/reviews/{unit}/{review}/slots/{poll}` | who reads its reviews |
//! | POST | `/reviews/{unit}/{review}/slots/{poll}/answer` | who is asked there and reads its reviews |
//! | GET, POST | `/reviews/{unit}/{review}/slots/{poll}/ask`; POST `give-up` beside it | who runs its reviews |
//! | GET | `/reviews/{unit}/{review}/meeting/{meeting}`, and `invitation.ics` below it | who reads its reviews |
//! | GET, POST | `/reviews/{unit}/{review}/meeting/{meeting}/arrange` | who runs its reviews |
//! | POST | `/reviews/{unit}/{review}/meeting/{meeting}/usual`, `update`, `confirm`, `close` | as above |
//!
//! Separate things never collide, and where two people write one thing at once both texts stand
//! until somebody who saw both writes it anew. Words that people write go into no audit record.
//! Joint actions are kept elsewhere: a review holds their references and what it noted of them.

mod action;
mod arrange;
mod at_hand;
mod baseline;
mod begin;
mod calendar;
mod checks;
mod confirm;
mod coverage;
mod evidence;
mod fields;
mod figures;
mod found;
mod hold;
mod item;
mod line;
mod meeting;
mod my_services;
mod next;
mod overview;
mod papers;
mod parts;
mod plan;
mod plan_file;
mod practice;
mod programme;
mod raised;
mod reasons;
mod register;
mod released;
mod review;
mod roll_out;
mod slots;
mod so_far;
mod themes;
mod time;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_baseline;
#[cfg(test)]
mod tests_of_coverage;
#[cfg(test)]
mod tests_of_first_pages;
#[cfg(test)]
mod tests_of_my_services;
#[cfg(test)]
mod tests_of_plan_file;
#[cfg(test)]
mod tests_of_practice;
#[cfg(test)]
mod tests_of_quorum;
#[cfg(test)]
mod tests_of_sides;
#[cfg(test)]
mod tests_of_sit_downs;
#[cfg(test)]
mod tests_of_use;

use access::Capability;
use axum::routing::{get, post};
use domain::Day;
use store::reviewing::LETTERS_MAX;

pub use self::begin::review_of_theme;
pub use self::figures::{figures_attached, figures_to_freeze};

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;
use crate::shell::words;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadReviews);
    let runs = Policy::Needs(Capability::RunReviews);
    let packs = Policy::Needs(Capability::MakePacks);
    let mut routes = vec![
        Route::get("/my-services", packs, get(my_services::show)),
        Route::get("/reviews", reads, get(programme::show)),
        Route::get("/reviews/coverage", reads, get(coverage::show)),
        Route::get("/reviews/released", reads, get(released::show)),
        Route::get("/reviews/themes", reads, get(themes::show)),
        Route::post("/reviews/themes", runs, post(themes::add)),
        Route::get("/reviews/{unit}", reads, get(line::show)),
        Route::get("/reviews/{unit}/register", runs, get(register::show)),
        Route::post("/reviews/{unit}/register", runs, post(register::record)),
        Route::post("/reviews/{unit}/open", runs, post(line::open)),
        Route::get("/reviews/{unit}/overview", runs, get(overview::show)),
        Route::post("/reviews/{unit}/overview", runs, post(overview::record)),
        Route::post("/reviews/{unit}/overview/{number}/take-back", runs, post(overview::take_back)),
        Route::get("/reviews/{unit}/roll-out", runs, get(roll_out::show)),
        Route::post("/reviews/{unit}/roll-out", runs, post(roll_out::set)),
        Route::get("/reviews/{unit}/{review}", reads, get(review::show)),
        Route::post("/reviews/{unit}/{review}/figures", runs, post(figures::freeze)),
        Route::post("/reviews/{unit}/{review}/done/{item}", runs, post(review::done)),
        Route::post("/reviews/{unit}/{review}/have/{item}", runs, post(at_hand::have)),
        Route::get("/reviews/{unit}/{review}/plan", reads, get(plan::show)),
        Route::get("/reviews/{unit}/{review}/practice", reads, get(practice::show)),
        Route::post("/reviews/{unit}/{review}/practice", reads, post(practice::name)),
        // Those on the list of a meeting bring things to it too: the page asks who they are.
        Route::get("/reviews/{unit}/{review}/add/{kind}", reads, get(item::begin)),
        Route::post("/reviews/{unit}/{review}/add/{kind}", reads, post(item::add)),
        Route::get("/reviews/{unit}/{review}/items/{item}", runs, get(item::show)),
        Route::post("/reviews/{unit}/{review}/items/{item}", runs, post(item::write)),
        Route::get("/reviews/{unit}/{review}/action", runs, get(action::show)),
        Route::post("/reviews/{unit}/{review}/action", runs, post(action::add)),
        Route::get("/reviews/{unit}/{review}/arrange", runs, get(arrange::begin)),
        Route::post("/reviews/{unit}/{review}/arrange", runs, post(arrange::arrange)),
        Route::get("/reviews/{unit}/{review}/slots", runs, get(slots::begin)),
        Route::post("/reviews/{unit}/{review}/slots", runs, post(slots::propose)),
        Route::get("/reviews/{unit}/{review}/slots/{poll}", reads, get(slots::show)),
        Route::post("/reviews/{unit}/{review}/slots/{poll}/answer", reads, post(slots::answer)),
        Route::get("/reviews/{unit}/{review}/slots/{poll}/ask", runs, get(slots::asking)),
        Route::post("/reviews/{unit}/{review}/slots/{poll}/ask", runs, post(slots::ask)),
        Route::post("/reviews/{unit}/{review}/slots/{poll}/give-up", runs, post(slots::give_up)),
        Route::get("/reviews/{unit}/{review}/meeting/{meeting}", reads, get(meeting::show)),
        Route::get(
            "/reviews/{unit}/{review}/meeting/{meeting}/invitation.ics",
            reads,
            get(calendar::take),
        ),
        Route::get("/reviews/{unit}/{review}/meeting/{meeting}/arrange", runs, get(arrange::show)),
        Route::post(
            "/reviews/{unit}/{review}/meeting/{meeting}/arrange",
            runs,
            post(arrange::rearrange),
        ),
        Route::post("/reviews/{unit}/{review}/meeting/{meeting}/usual", runs, post(at_hand::ask)),
        Route::post("/reviews/{unit}/{review}/meeting/{meeting}/update", runs, post(hold::update)),
        Route::post(
            "/reviews/{unit}/{review}/meeting/{meeting}/confirm",
            runs,
            post(confirm::confirm),
        ),
        Route::post("/reviews/{unit}/{review}/meeting/{meeting}/close", runs, post(hold::close)),
    ];
    routes.extend(plan_file::routes(reads));
    routes
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<coverage::CoveragePage>(),
        rendered::<line::LinePage>(),
        rendered::<meeting::MeetingPage>(),
        rendered::<my_services::MyServices>(),
        rendered::<plan::PlanPage>(),
        rendered::<practice::PracticePage>(),
        rendered::<programme::ProgrammePage>(),
        rendered::<released::ReleasedPage>(),
        rendered::<review::ReviewPage>(),
        rendered::<slots::ProposePage>(),
        rendered::<slots::SlotsPage>(),
        rendered::<themes::ThemesPage>(),
    ]
}

/// What people write here.
const WORDS: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: Some("Take out the reference of the patient: no patient is named here"),
};

/// A day as people read it.
fn day(day: Day) -> String {
    words::day(&day.to_string())
}
