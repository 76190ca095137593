//! Questions about figures: on which pages they may be asked, who may see and answer them, and what
//! stands of them beside the figures and on first screens.
//!
//! A question holds no figure, only the address of the page that shows it: each reader sees there
//! what their own rights allow. Pages of single patients and pages that compare colleagues take no
//! questions, so that none can be about a person.

mod beside;
mod escalated;
mod owners;
mod place;
mod settings;
mod side;
mod thing;

pub use beside::{Questions, waiting};
pub use escalated::{Escalated, Up};
pub use owners::{Owner, owners};
pub use place::{FROZEN, FigurePage, KEPT_PACK, PAGES, Place};
pub use settings::{SETTINGS, Settings, due_after};
pub use side::{of_person, side};
pub use thing::is_there;

use access::{Capability, View};
use store::figure_questions::StoredQuestion;

use super::visit::Visit;

/// How somebody sees the figures of a unit; none where they see none.
pub fn view(visit: &Visit, unit: &str) -> Option<View> {
    let scope = visit.scope(Capability::AggregateCosts).ok()?;
    scope.of_unit(unit).map(|it| it.view)
}

/// Whether somebody may answer what is asked about a unit.
pub fn may_answer(visit: &Visit, unit: &str) -> bool {
    visit.scope(Capability::AnswerQuestions).is_ok_and(|it| it.of_unit(unit).is_some())
}

/// Whether somebody sees a question: those who see the unit exactly do, since what people write may
/// hold exact figures; of others, whoever asked it and whoever is to answer it.
pub fn sees(visit: &Visit, question: &StoredQuestion) -> bool {
    let Ok(me) = visit.person() else { return false };
    let is_own = question.asked_by == me.id || *question.owner() == me.id;
    // What is asked on a page is not told to those to whom the page itself is closed.
    let place = Place::parse(&question.question.page);
    let is_open = || place.is_none_or(|it| it.is_open_to(visit));
    match view(visit, question.question.unit.as_str()) {
        Some(View::Exact) => is_own || is_open(),
        Some(View::Suppressed) => is_own,
        None => false,
    }
}
