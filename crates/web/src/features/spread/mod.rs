//! How joint working spreads through a trust: the plan, very small specialties, joint teams and
//! champions, what the directors speak of, ratings from outside, rounds, and steps of the trust's own.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/assessment/plan` | who reads assessments, of their units |
//! | GET, POST | `/assessment/plan/{unit}` | who rates steps of the unit |
//! | GET, POST | `/assessment/very-small` | who reads assessments; stating is for who signs for the trust |
//! | POST | `/assessment/very-small/{statement}` | who signs for the trust |
//! | GET, POST | `/assessment/{unit}/teams` | who reads its assessment; adding needs the right to rate |
//! | GET, POST | `/assessment/{unit}/teams/{team}` | who rates steps of it |
//! | GET, POST | `/assessment/{unit}/champions/{kind}` | who rates steps of it |
//! | GET, POST | `/assessment/{unit}/champions/{kind}/contacts` | who reads its assessment; adding needs the right to rate |
//! | POST | `/assessment/{unit}/champions/{kind}/contacts/take-back` | who rates steps of it |
//! | GET, POST | `/assessment/dialogue` | who reads the trust's assessment; adding is for who signs for it |
//! | POST | `/assessment/dialogue/{dialogue}` | who signs for the trust: taken as evidence |
//! | GET, POST | `/assessment/sponsors` | who signs for the trust |
//! | GET | `/assessment/{unit}/moderated` | who reads its assessment |
//! | GET, POST | `/assessment/{unit}/moderated/{step}` | who moderates ratings |
//! | GET, POST | `/assessment/rounds` | who reads assessments; opening one is for who signs for the trust |
//! | GET | `/assessment/rounds/{round}` | who reads assessments, of their units |
//! | GET, POST | `/assessment/local-steps` | who reads assessments; adding is for who signs for the trust |
//! | POST | `/assessment/local-steps/{step}/retire` | who signs for the trust |
//!
//! Words that people write go into no audit record.

mod champion;
mod contacts;
mod dialogue;
mod local_steps;
mod moderate;
mod moderated;
mod plan;
mod planned;
mod round;
mod rounds;
mod sponsors;
mod team;
mod teams;
mod very_small;

#[cfg(test)]
mod tests;

use access::{Capability, ProfessionGroup};
use axum::routing::{get, post};
use domain::Day;
use store::people::{self, PersonState};

use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadAssessments);
    let rates = Policy::Needs(Capability::Assess);
    let signs = Policy::Needs(Capability::SignLevels);
    let moderates = Policy::Needs(Capability::ModerateRatings);
    vec![
        Route::get("/assessment/plan", reads, get(plan::show)),
        Route::get("/assessment/plan/{unit}", rates, get(planned::show)),
        Route::post("/assessment/plan/{unit}", rates, post(planned::record)),
        Route::get("/assessment/very-small", reads, get(very_small::show)),
        Route::post("/assessment/very-small", signs, post(very_small::state)),
        Route::post("/assessment/very-small/{statement}", signs, post(very_small::sign)),
        Route::get("/assessment/{unit}/teams", reads, get(teams::show)),
        Route::post("/assessment/{unit}/teams", rates, post(teams::add)),
        Route::get("/assessment/{unit}/teams/{team}", rates, get(team::show)),
        Route::post("/assessment/{unit}/teams/{team}", rates, post(team::change)),
        Route::get("/assessment/{unit}/champions/{kind}", rates, get(champion::show)),
        Route::post("/assessment/{unit}/champions/{kind}", rates, post(champion::record)),
        Route::get("/assessment/{unit}/champions/{kind}/contacts", reads, get(contacts::show)),
        Route::post("/assessment/{unit}/champions/{kind}/contacts", rates, post(contacts::add)),
        Route::post(
            "/assessment/{unit}/champions/{kind}/contacts/take-back",
            rates,
            post(contacts::take_back),
        ),
        Route::get("/assessment/dialogue", reads, get(dialogue::show)),
        Route::post("/assessment/dialogue", signs, post(dialogue::add)),
        Route::post("/assessment/dialogue/{dialogue}", signs, post(dialogue::take)),
        Route::get("/assessment/sponsors", signs, get(sponsors::show)),
        Route::post("/assessment/sponsors", signs, post(sponsors::record)),
        Route::get("/assessment/{unit}/moderated", reads, get(moderated::show)),
        Route::get("/assessment/{unit}/moderated/{step}", moderates, get(moderate::show)),
        Route::post("/assessment/{unit}/moderated/{step}", moderates, post(moderate::record)),
        Route::get("/assessment/rounds", reads, get(rounds::show)),
        Route::post("/assessment/rounds", signs, post(rounds::open)),
        Route::get("/assessment/rounds/{round}", reads, get(round::show)),
        Route::get("/assessment/local-steps", reads, get(local_steps::show)),
        Route::post("/assessment/local-steps", signs, post(local_steps::add)),
        Route::post("/assessment/local-steps/{step}/retire", signs, post(local_steps::retire)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<champion::ChampionPage>(),
        rendered::<contacts::ContactsPage>(),
        rendered::<dialogue::DialoguePage>(),
        rendered::<local_steps::LocalStepsPage>(),
        rendered::<moderate::ModeratePage>(),
        rendered::<moderated::ModeratedPage>(),
        rendered::<plan::PlanPage>(),
        rendered::<planned::PlannedPage>(),
        rendered::<round::RoundPage>(),
        rendered::<rounds::RoundsPage>(),
        rendered::<sponsors::SponsorsPage>(),
        rendered::<team::TeamPage>(),
        rendered::<teams::TeamsPage>(),
        rendered::<very_small::VerySmallPage>(),
    ]
}

/// What a day that cannot be read should look like.
const AS_DAY: &str = "Write the day as 2026-03-31";

/// A day as typed; none where the field is blank, or where it is wrong and told so.
fn day_if(wrong: &mut Wrong, field: &str, text: &str) -> Option<Day> {
    let day = text.parse::<Day>().ok();
    wrong.unless(day.is_some() || text.trim().is_empty(), field, AS_DAY);
    day
}

/// A day that must not be still to come.
fn past_if(wrong: &mut Wrong, field: &str, text: &str, today: Day) -> Option<Day> {
    let day = day_if(wrong, field, text);
    wrong.unless(day.is_none_or(|it| it <= today), field, "This day is still to come");
    day
}

/// People at work of a group of professions, with a first choice of nobody.
async fn choices(
    visit: &Visit,
    group: ProfessionGroup,
    nobody: &str,
) -> Result<Vec<(String, String)>, Fault> {
    let mut db = visit.app.store().read().await?;
    let mut all = vec![(String::new(), nobody.to_owned())];
    let mut found: Vec<(String, String)> = people::list(&mut db)
        .await?
        .into_iter()
        .filter(|it| it.state == PersonState::Active)
        .filter(|it| ProfessionGroup::of(&it.person.profession) == group)
        .map(|it| {
            let title = it.person.job_title.to_lowercase();
            (it.id.as_str().to_owned(), format!("{}, {title}", it.person.name))
        })
        .collect();
    found.sort_by(|one, other| one.1.cmp(&other.1));
    all.extend(found);
    Ok(all)
}

/// Whether something was chosen that is among the choices, and is somebody.
fn is_chosen(choices: &[(String, String)], value: &str) -> bool {
    !value.is_empty() && choices.iter().any(|it| it.0 == value)
}
