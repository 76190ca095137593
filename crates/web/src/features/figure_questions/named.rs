//! What questions are about, in words, and where it stands: the unit, the page and the figure.

use std::collections::BTreeMap;
use std::sync::Arc;

use results::Run;
use store::figure_questions::StoredQuestion;
use store::{Connection, units};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::questions::{self, Place};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// What is said of a question whose page is no longer there.
const GONE: &str = "A page that is no longer there";

/// Which figure a question is about, for one reader.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    /// In words; what a thing is called only where the reader may see it.
    pub(super) words: String,
    /// Where it stands; blank where that page is not there for the reader.
    pub(super) link: String,
}

/// Names of all units by code.
pub(super) async fn units(db: &mut Connection) -> Result<BTreeMap<String, String>, Fault> {
    let all = units::list(db).await?.into_iter();
    Ok(all.map(|it| (it.unit.code.to_string(), it.unit.name)).collect())
}

/// The run of which pages speak now; its rules know what care is called.
pub(super) async fn run(app: &App, sees_drafts: bool) -> Result<Option<Arc<Run>>, Fault> {
    let app = app.clone();
    reading(move || app.shelf().latest(sees_drafts)).await
}

/// Which figure a question is about, and where it stands for whoever is signed in.
pub(super) async fn subject(
    db: &mut Connection,
    visit: &Visit,
    question: &StoredQuestion,
    run: Option<&Run>,
) -> Result<Subject, Fault> {
    let asked = &question.question;
    let Some(place) = Place::of_question(asked) else {
        return Ok(Subject { words: GONE.to_owned(), link: String::new() });
    };
    let there = questions::there(db, visit, &place).await?;
    let link = there.as_ref().map(|it| it.link(&asked.figure)).unwrap_or_default();
    let rules = run.and_then(|it| it.rules().ok());
    let words = there.unwrap_or(place).words(&asked.figure, rules);
    Ok(Subject { words, link })
}
