//! What questions are about, in words: the unit, the care and the figure.

use std::collections::BTreeMap;
use std::sync::Arc;

use results::Run;
use store::figure_questions::StoredQuestion;
use store::{Connection, units};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::questions::Place;
use crate::shell::shelf::reading;

/// What is said of a question whose page is no longer there.
const GONE: &str = "A page that is no longer there";

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

/// Which figure a question is about.
pub(super) fn figure(question: &StoredQuestion, run: Option<&Run>) -> String {
    let rules = run.and_then(|it| it.rules().ok());
    Place::parse(&question.question.page)
        .map_or_else(|| GONE.to_owned(), |it| it.words(&question.question.figure, rules))
}
