//! Is this my work: those who gave the care look at its record, ask clinical coding, and see what
//! came of it in the next run.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/services/{unit}/my-work` | who sees rows of patients of this service line |
//! | GET, POST | `/services/{unit}/my-work/ask/{run}/{event}` | as above, if they may ask clinical coding here; an event of another service line is not there |
//! | GET | `/services/{unit}/my-work/asked/{query}` | who sees rows of patients of this service line |
//! | GET | `/coding-queries` | clinical coding, what was asked in their units |
//! | GET, POST | `/coding-queries/{query}` | as above |
//!
//! What is looked for in a record is data of `results`; each of it is a question. An event is known
//! by its keyed reference, and what looks like an NHS number is taken in no text. Every page with
//! an event is on record before it is shown; the words of questions and answers are not. Pages of clinical coding show no money. Whoever must
//! give a reason before they see patients sees them elsewhere and not here.

mod answer;
mod ask;
mod asked;
mod effect;
mod facts;
mod list;
mod my_work;
mod rotations;

#[cfg(test)]
mod tests;

use access::{Capability, Scope};
use axum::routing::{get, post};
use results::coding::{self, CodingCheck};
use store::coding_queries::{LETTERS_MAX, Says, StoredQuery};

use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let sees = Policy::Needs(Capability::PatientRows);
    let asks = Policy::Needs(Capability::AskCoding);
    let answers = Policy::Needs(Capability::AnswerCoding);
    vec![
        Route::get("/services/{unit}/my-work", sees, get(my_work::show)),
        Route::get("/services/{unit}/my-work/ask/{run}/{event}", asks, get(ask::show)),
        Route::post("/services/{unit}/my-work/ask/{run}/{event}", asks, post(ask::ask)),
        Route::get("/services/{unit}/my-work/asked/{query}", sees, get(asked::show)),
        Route::get("/coding-queries", answers, get(list::show)),
        Route::get("/coding-queries/{query}", answers, get(answer::show)),
        Route::post("/coding-queries/{query}", answers, post(answer::give)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<answer::AnswerPage>(),
        rendered::<ask::Ask>(),
        rendered::<asked::AskedPage>(),
        rendered::<list::List>(),
        rendered::<my_work::MyWork>(),
    ]
}

/// What else may be asked, beside the checks.
const OTHER: &str = "other";

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: the reference says which event it is",
    reference: None,
};

/// What stands on record for a text that is no reference: it may be somebody's identity.
const NO_REFERENCE: &str = "a text that is no reference";

/// How far somebody sees rows of patients, if they see those of a unit without giving a reason.
fn rows_of(visit: &Visit, unit: &str) -> Result<Scope, Fault> {
    let scope = visit.scope(Capability::PatientRows)?;
    if is_free(scope, unit) { Ok(scope.clone()) } else { Err(Fault::NotFound) }
}

fn is_free(scope: &Scope, unit: &str) -> bool {
    scope.of_unit(unit).is_some_and(|it| it.condition.is_none())
}

/// Whether somebody may do something with questions of a unit.
fn may(visit: &Visit, capability: Capability, unit: &str) -> bool {
    visit.scope(capability).is_ok_and(|it| it.of_unit(unit).is_some())
}

/// How far somebody sees rows of patients of a unit whose questions they answer.
fn answers(visit: &Visit, unit: &str) -> Result<Scope, Fault> {
    if !may(visit, Capability::AnswerCoding, unit) {
        return Err(Fault::NotFound);
    }
    rows_of(visit, unit)
}

/// What a question is about, in a few words.
fn about(code: &str) -> String {
    let found: Option<&CodingCheck> = coding::check(code);
    found.map_or_else(|| "Something else in its record".to_owned(), |it| it.short.clone())
}

/// How a question stands, in words.
fn state(query: &StoredQuery) -> &'static str {
    query.answer().map_or("Waiting for an answer", |it| says(it.says))
}

fn says(it: Says) -> &'static str {
    match it {
        Says::WillBeChanged => "Will be changed at source",
        Says::RightAsItIs => "Right as it is",
        Says::NeedsTheNotes => "Needs the notes",
    }
}

/// A reference as people say it: its first eight letters in two halves.
fn short(reference: &str) -> String {
    let letters: String = reference.chars().take(8).collect::<String>().to_uppercase();
    let (first, second) = letters.split_at(letters.len().min(4));
    format!("{first}-{second}")
}
