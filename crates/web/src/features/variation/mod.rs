//! Differences that are followed up: from a figure that differs to an explanation of a clinician and
//! finance together, and to what follows.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/variation` | who sees costs added up over patients: differences of units that they see exactly |
//! | GET, POST | `/variation/new` | who answers for the figures of the page |
//! | GET | `/variation/{insight}` | who sees the unit exactly |
//! | POST | `/variation/{insight}/answer`, `follow`, `others` | who answers for the unit |
//! | GET, POST | `/variation/{insight}/release`, `withdraw` | who answers for the unit |
//! | GET | `/variation/released` | who sees costs and the assessment of the whole trust |
//!
//! Three questions are asked of each: are we different, why, and what can we do. An answer counts
//! once a clinician and somebody of finance have each written one or agreed to the other's; the third
//! leads to a joint action, or to a reason why nothing follows. What differs stands in the words of
//! whoever opened it, as they saw it, beside the page: each reader sees there what they may.
//!
//! Once it is explained, a version that names nobody is released to the board and kept as it was
//! released; it can be withdrawn for a reason.

mod list;
mod new;
mod others;
mod release;
mod released;
mod show;
mod steps;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_release;

use access::Capability;
use axum::routing::{get, post};
use store::variation::{self, LETTERS_MAX, StoredInsight};
use store::{Connection, InsightId};

use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;
use crate::shell::variation::sees;
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::AggregateCosts);
    let answers = Policy::Needs(Capability::AnswerQuestions);
    vec![
        Route::get("/variation", reads, get(list::show)),
        Route::get("/variation/new", answers, get(new::show)),
        Route::post("/variation/new", answers, post(new::open)),
        Route::get(
            "/variation/released",
            Policy::Needs(Capability::ReadAssessments),
            get(released::show),
        ),
        Route::get("/variation/{insight}", reads, get(show::show)),
        Route::post("/variation/{insight}/answer", answers, post(steps::answer)),
        Route::post("/variation/{insight}/follow", answers, post(steps::follow)),
        Route::post("/variation/{insight}/others", answers, post(others::add)),
        Route::get("/variation/{insight}/release", answers, get(release::show)),
        Route::post("/variation/{insight}/release", answers, post(release::release)),
        Route::get("/variation/{insight}/withdraw", answers, get(release::ask_back)),
        Route::post("/variation/{insight}/withdraw", answers, post(release::withdraw)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<list::List>(),
        rendered::<new::New>(),
        rendered::<released::ReleasedPage>(),
        rendered::<show::Show>(),
    ]
}

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: a difference is about a service, never about a patient",
    reference: Some(
        "Take out the reference of the patient: a difference is about a service, never about a patient",
    ),
};

/// A difference that somebody may see.
async fn found(db: &mut Connection, visit: &Visit, id: &str) -> Result<StoredInsight, Fault> {
    let insight = variation::get(db, &InsightId::new(id)).await?;
    if sees(visit, insight.of.unit.as_str()) { Ok(insight) } else { Err(Fault::NotFound) }
}
