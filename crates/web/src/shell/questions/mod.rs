//! Questions about figures: on which pages they may be asked, who may see and answer them, and what
//! stands of them beside the figures and on first screens.
//!
//! A question holds no figure, only the address of the page that shows it: each reader sees there
//! what their own rights allow. Each page says by which right it is seen, and whoever sees it asks.
//! Pages of single patients and pages that compare colleagues take no questions, so that none can be
//! about a person.

mod beside;
mod escalated;
mod owners;
mod pages;
mod place;
mod settings;
mod side;
mod thing;

pub use beside::{Questions, waiting};
pub use escalated::{Escalated, Up};
pub use owners::{Owner, owners};
pub use pages::{BENEFIT, CASE, DATA, FROZEN, FigurePage, GROUP, KEPT_PACK, MEASURE, PAGES};
pub use place::Place;
pub use settings::{SETTINGS, Settings, due_after};
pub use side::{of_person, side};
pub use thing::{located, there};

use access::{Capability, View};
use store::figure_questions::StoredQuestion;

use super::visit::Visit;

/// Rights by which one sees a page that takes questions: whoever has one of them asks.
pub const SIGHTS: &[Capability] = &[
    Capability::AggregateCosts,
    Capability::ReadReviews,
    Capability::ReadMeasures,
    Capability::ReadActions,
    Capability::ReadCases,
    Capability::PatientGroups,
];

/// Whether somebody sees anything of a unit that takes questions.
pub fn is_near(visit: &Visit, unit: &str) -> bool {
    let reaches =
        |it: &Capability| visit.scope(*it).is_ok_and(|scope| scope.of_unit(unit).is_some());
    SIGHTS.iter().any(reaches)
}

/// How somebody sees what a unit costs; none where they do not.
pub fn view(visit: &Visit, unit: &str) -> Option<View> {
    let scope = visit.scope(Capability::AggregateCosts).ok()?;
    scope.of_unit(unit).map(|it| it.view)
}

/// Whether somebody may answer what is asked about a unit.
pub fn may_answer(visit: &Visit, unit: &str) -> bool {
    visit.scope(Capability::AnswerQuestions).is_ok_and(|it| it.of_unit(unit).is_some())
}

/// Whether somebody sees a question. What people write may hold exact costs, whatever it is about:
/// those who see these exactly, and the page that it is about, see every question. Others see what
/// they asked and what they are to answer, as long as they see the page.
pub fn sees(visit: &Visit, question: &StoredQuestion) -> bool {
    let Ok(me) = visit.person() else { return false };
    let of = &question.question;
    let is_own = question.asked_by == me.id || *question.owner() == me.id;
    // Of a page that takes none any more, the costs of the unit decide.
    let place = Place::of_question(of);
    let costs = view(visit, of.unit.as_str());
    if is_own {
        return place.map_or(costs.is_some(), |it| it.keeps(visit, &of.figure));
    }
    costs == Some(View::Exact) && place.is_none_or(|it| it.is_open_to(visit))
}
