//! What is known of the data of a service line: issues with their owners, reviews of coding, why the data
//! is good enough to go on, and values that two sources give differently.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/services/{unit}/data` | who sees the service line exactly, or keeps its data |
//! | GET, POST | `/services/{unit}/data/issues/new`, `issues/{issue}` | who keeps its data |
//! | GET, POST | `/services/{unit}/data/coding/new`, `coding/{review}` | as above |
//! | GET, POST | `/services/{unit}/data/enough` | as above |
//! | GET, POST | `/services/{unit}/data/conflicts/{conflict}` | who keeps its data, and whoever was named, who alone settles it |
//!
//! Its data is kept by whoever makes its packs, brings data in or keeps measures of it. No words of it go
//! into the audit.

mod coding;
mod conflict;
mod enough;
mod issue;
mod show;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use store::known_issues::LETTERS_MAX;
use store::units::{self, Unit, UnitKind};
use store::{Connection, UnitCode};

use crate::shell::fault::Fault;
use crate::shell::known_issues::keeps;
use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;
use crate::shell::variation::sees;
use crate::shell::visit::Visit;

/// Routes of this feature. Whoever keeps data, or sees a unit exactly, reads its measures; how far is
/// asked of the unit.
pub fn routes() -> Vec<Route> {
    let any = Policy::Needs(Capability::ReadMeasures);
    vec![
        Route::get("/services/{unit}/data", any, get(show::show)),
        Route::get("/services/{unit}/data/issues/{issue}", any, get(issue::show)),
        Route::post("/services/{unit}/data/issues/{issue}", any, post(issue::keep)),
        Route::get("/services/{unit}/data/coding/{review}", any, get(coding::show)),
        Route::post("/services/{unit}/data/coding/{review}", any, post(coding::keep)),
        Route::get("/services/{unit}/data/enough", any, get(enough::show)),
        Route::post("/services/{unit}/data/enough", any, post(enough::say)),
        Route::get("/services/{unit}/data/conflicts/{conflict}", any, get(conflict::show)),
        Route::post("/services/{unit}/data/conflicts/{conflict}", any, post(conflict::act)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<show::DataPage>()]
}

/// What people write here.
const WORDS: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: Some("Take out the reference of the patient: no patient is named here"),
};

/// In place of a reference, what is not there yet.
const NEW: &str = "new";

/// Where the data of a service line is told.
fn address(unit: &str) -> String {
    format!("/services/{unit}/data")
}

/// A service line whose data somebody may read of, or keep where `keeping`.
async fn line(
    db: &mut Connection,
    visit: &Visit,
    (unit, keeping): (&str, bool),
) -> Result<Unit, Fault> {
    let may = keeps(visit, unit) || (!keeping && sees(visit, unit));
    if !may {
        return Err(Fault::NotFound);
    }
    let found = units::get(db, &UnitCode::new(unit)).await?.unit;
    let is_line = matches!(found.kind, UnitKind::ServiceLine | UnitKind::Specialty);
    if is_line { Ok(found) } else { Err(Fault::NotFound) }
}
