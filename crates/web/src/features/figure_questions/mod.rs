//! Questions about figures: anybody who sees a figure asks, somebody who answers for it answers,
//! and whoever asked is told.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/questions` | who sees a page that takes questions: what they are to answer, have asked, and may see |
//! | GET, POST | `/questions/ask` | as above, about figures that they see |
//! | GET | `/questions/{question}` | who sees the page and exactly what the unit costs, who asked, and who is to answer |
//! | POST | `/questions/{question}/answer`, `hand-on` | who answers for the unit |
//! | POST | `/questions/{question}/close`, `reopen` | who asked; where they have left, who answers for the unit closes it |
//!
//! No figure is kept with a question, only where it stands: each reader follows the link and sees
//! what their rights allow. What people write is theirs, and may hold exact costs, so those who do
//! not see these of a unit exactly see of its questions their own alone. No question is about a
//! patient: pages of patients take none, and a text with an NHS number or a reference is refused.
//! Nothing is taken back: every answer and every step stays.

mod ask;
mod list;
mod named;
mod show;
mod steps;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_things;

use access::{Capability, Scope};
use axum::routing::{get, post};
use store::figure_questions::{self, LETTERS_MAX, State, StoredQuestion};
use store::{Connection, QuestionId};

use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::questions::{self, Place, SIGHTS};
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let sees = Policy::NeedsAny(SIGHTS);
    let answers = Policy::Needs(Capability::AnswerQuestions);
    vec![
        Route::get("/questions", sees, get(list::show)),
        Route::get("/questions/ask", sees, get(ask::show)),
        Route::post("/questions/ask", sees, post(ask::ask)),
        Route::get("/questions/{question}", sees, get(show::show)),
        Route::post("/questions/{question}/answer", answers, post(steps::answer)),
        Route::post("/questions/{question}/hand-on", answers, post(steps::hand_on)),
        Route::post("/questions/{question}/close", sees, post(steps::close)),
        Route::post("/questions/{question}/reopen", sees, post(steps::reopen)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<ask::Ask>(), rendered::<list::List>(), rendered::<show::Show>()]
}

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: a question is about figures, never about a patient",
    reference: Some(
        "Take out the reference of the patient: a question is about figures, never about a patient",
    ),
};

/// A question that somebody may see.
async fn found(db: &mut Connection, visit: &Visit, id: &str) -> Result<StoredQuestion, Fault> {
    let question = figure_questions::get(db, &QuestionId::new(id)).await?;
    if questions::sees(visit, &question) { Ok(question) } else { Err(Fault::NotFound) }
}

/// How far somebody goes with the right by which one sees what a question is about, for the record.
fn sight<'a>(visit: &'a Visit, question: &StoredQuestion) -> Result<&'a Scope, Fault> {
    let place = Place::of_question(&question.question);
    visit.scope(place.map_or(Capability::AggregateCosts, |it| it.page.sight))
}

/// How a question stands, in words.
fn state(question: &StoredQuestion) -> &'static str {
    match question.state() {
        State::Waiting => "Waiting for an answer",
        State::Answered => "Answered",
        State::Closed => "Closed",
    }
}
