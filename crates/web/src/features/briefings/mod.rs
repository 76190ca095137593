//! Briefings: what a specialty tells finance of itself on one page, approved by a clinician.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/services/{unit}/briefing` | who sees costs added up over patients and the unit's exactly |
//! | GET, POST | `/services/{unit}/briefing/write` | who answers for the figures of the unit |
//! | POST | `/services/{unit}/briefing/approve` | as above, a clinician who did not write it |

mod show;
mod write;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use engagement::briefings::PAGE_LETTERS;
use store::units::{self, Unit, UnitKind};
use store::{Connection, UnitCode};

use crate::shell::fault::Fault;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;
use crate::shell::variation::{may_answer, sees};
use crate::shell::visit::Visit;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::AggregateCosts);
    let answers = Policy::Needs(Capability::AnswerQuestions);
    vec![
        Route::get("/services/{unit}/briefing", reads, get(show::show)),
        Route::get("/services/{unit}/briefing/write", answers, get(write::show)),
        Route::post("/services/{unit}/briefing/write", answers, post(write::keep)),
        Route::post("/services/{unit}/briefing/approve", answers, post(show::approve)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<show::BriefingPage>()]
}

/// What people write here.
const WORDS: Text = Text {
    letters: PAGE_LETTERS,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: Some("Take out the reference of the patient: no patient is named here"),
};

/// Where a briefing is.
fn address(unit: &str) -> String {
    format!("/services/{unit}/briefing")
}

/// A unit whose briefing somebody may read, or write where `writing`.
async fn line(
    db: &mut Connection,
    visit: &Visit,
    (unit, writing): (&str, bool),
) -> Result<Unit, Fault> {
    if !sees(visit, unit) || (writing && !may_answer(visit, unit)) {
        return Err(Fault::NotFound);
    }
    let found = units::get(db, &UnitCode::new(unit)).await?.unit;
    let is_line = matches!(found.kind, UnitKind::ServiceLine | UnitKind::Specialty);
    if is_line { Ok(found) } else { Err(Fault::NotFound) }
}
