//! Business cases of service lines, and what is worked out for them: journeys of patients, demand and
//! capacity, ceilings of prices.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET | `/cases`, also as `.csv`, `.xlsx` | who reads cases, of their units |
//! | GET | `/cases/examples` | who reads cases: what the guide tells, worked out |
//! | GET, POST | `/cases/new` | who keeps cases of a unit |
//! | GET | `/cases/{case}`, and `options.csv`, `options.xlsx` below it | who reads cases of its unit |
//! | GET, POST | `/cases/{case}/words`, `team`, `options/{place}`, `evidence` | who keeps cases of its unit |
//! | POST | `/cases/{case}/options/{place}/remove`, `exempt`, `detach`, `documents`, `documents/out`, `submit`, `take-back`, `withdraw`, `action` | as above |
//! | POST | `/cases/{case}/sign` | who reads cases of its unit and assessed what it does to quality |
//! | POST | `/cases/{case}/concern` | who reads cases of its unit |
//! | POST | `/cases/{case}/answer` | who keeps cases of its unit |
//! | POST | `/cases/{case}/decide` | who approves cases of its unit; never an author, nor the team |
//! | GET | `/cases/journeys`, `/cases/journeys/{journey}` | who reads cases |
//! | GET, POST | `/cases/journeys/new`, and `edit`, `try`, `idea` below a journey | who keeps cases of its unit |
//! | GET | `/cases/demand`, `/cases/demand/{review}` and `months.csv`, `months.xlsx` below it | who reads cases |
//! | GET, POST | `/cases/demand/new`, and `edit` below a review | who keeps cases of its unit |
//! | GET | `/cases/ceilings`, `/cases/ceilings/{ceiling}` and `answers.csv`, `answers.xlsx` below it | who reads cases |
//! | GET, POST | `/cases/ceilings/new`, and `edit` below a ceiling | who keeps cases of its unit |
//!
//! Everything is only added to. The rules stand in the store, so that no page is a way round the
//! second person. Words that people write go into no audit record.

mod ceilings;
mod demand;
mod evidence;
mod examples;
mod figures;
mod file;
mod form;
mod found;
mod journeys;
mod list;
mod missing;
mod options;
mod outdated;
mod quality;
mod rows;
mod show;
mod steps;
mod told;
mod write;

#[cfg(test)]
mod tests;

pub use self::figures::{Costing, MinuteRate, published};

use access::Capability;
use axum::routing::{get, post};
use store::cases::LETTERS_MAX;

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadCases);
    let keeps = Policy::Needs(Capability::KeepCases);
    let approves = Policy::Needs(Capability::ApproveCases);
    let options = ["/cases/{case}/options.csv", "/cases/{case}/options.xlsx"];
    let mut all = vec![
        Route::get("/cases", reads, get(list::show)),
        Route::table(["/cases.csv", "/cases.xlsx"], reads, get(list::take)),
        Route::get("/cases/new", keeps, get(write::begin)),
        Route::post("/cases/new", keeps, post(write::open)),
        Route::get("/cases/examples", reads, get(examples::show)),
        Route::get("/cases/{case}", reads, get(show::show)),
        Route::table(options, reads, get(file::take)),
        Route::get("/cases/{case}/words", keeps, get(write::words)),
        Route::post("/cases/{case}/words", keeps, post(write::write_words)),
        Route::get("/cases/{case}/team", keeps, get(write::team)),
        Route::post("/cases/{case}/team", keeps, post(write::write_team)),
        Route::get("/cases/{case}/options/{place}", keeps, get(options::show)),
        Route::post("/cases/{case}/options/{place}", keeps, post(options::write)),
        Route::post("/cases/{case}/options/{place}/remove", keeps, post(options::remove)),
        Route::get("/cases/{case}/evidence", keeps, get(evidence::show)),
        Route::post("/cases/{case}/evidence", keeps, post(evidence::attach)),
        Route::post("/cases/{case}/exempt", keeps, post(evidence::exempt)),
        Route::post("/cases/{case}/detach", keeps, post(evidence::detach)),
        Route::post("/cases/{case}/documents", keeps, post(evidence::name_document)),
        Route::post("/cases/{case}/documents/out", keeps, post(evidence::take_document_out)),
        Route::post("/cases/{case}/submit", keeps, post(steps::submit)),
        Route::post("/cases/{case}/take-back", keeps, post(steps::take_back)),
        Route::post("/cases/{case}/withdraw", keeps, post(steps::withdraw)),
        Route::post("/cases/{case}/action", keeps, post(steps::action)),
        Route::post("/cases/{case}/sign", reads, post(quality::sign)),
        Route::post("/cases/{case}/concern", reads, post(quality::raise)),
        Route::post("/cases/{case}/answer", keeps, post(quality::answer)),
        Route::post("/cases/{case}/decide", approves, post(steps::decide)),
    ];
    all.extend(journeys::routes());
    all.extend(demand::routes());
    all.extend(ceilings::routes());
    all
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    let mut all = vec![
        rendered::<examples::Examples>(),
        rendered::<list::List>(),
        rendered::<rows::Rows>(),
        rendered::<show::Show>(),
    ];
    all.extend(journeys::samples());
    all.extend(demand::samples());
    all.extend(ceilings::samples());
    all
}

/// What people may write here.
const TEXT: Text = Text {
    letters: LETTERS_MAX,
    nhs_number: "Take out the NHS number: a case is about a service, never about a patient",
    reference: Some(
        "Take out the reference of the patient: a case is about a service, never about a patient",
    ),
};

/// Where business cases are.
const HOME: (&str, &str) = ("Business cases", "/cases");
