//! Returning the trust's signed level to a collector, and sharing it with a group by consent.
//!
//! | method | address | who |
//! |---|---|---|
//! | GET, POST | `/assessment/return` | who reads the trust's assessment; sending needs the right to sign its level |
//! | GET | `/assessment/return/{return}/file` | who reads the trust's assessment: the file as it was sent |
//! | GET, POST | `/assessment/sharing` | as above; consenting needs the right to sign |
//! | GET | `/assessment/sharing/{consent}` | as above: the trust beside the group |
//! | GET | `/assessment/sharing/{consent}/file` | who signs the trust's level: the file to hand over |
//! | POST | `/assessment/sharing/{consent}/withdraw`, `/table`, `/table/file` | who signs the trust's level |
//!
//! A return is of exactly one level that two leads signed, and is taken from what they signed, not
//! from what is rated today. A later level opens another version; the earlier one stays, byte by byte.
//! Nothing is handed to a group before a person consented for that round.

mod beside;
mod send;
mod sharing;
mod signed;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::routing::{get, post};
use store::returning::NAME_LETTERS_MAX;

use crate::shell::page::rendered;
use crate::shell::registry::{Policy, Route};
use crate::shell::typed::Text;

/// Routes of this feature.
pub fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadAssessments);
    let signs = Policy::Needs(Capability::SignLevels);
    vec![
        Route::get("/assessment/return", reads, get(send::show)),
        Route::post("/assessment/return", signs, post(send::send)),
        Route::get("/assessment/return/{return}/file", reads, get(send::take)),
        Route::get("/assessment/sharing", reads, get(sharing::show)),
        Route::post("/assessment/sharing", signs, post(sharing::consent)),
        Route::get("/assessment/sharing/{consent}", reads, get(beside::show)),
        Route::get("/assessment/sharing/{consent}/file", signs, get(sharing::take)),
        Route::post("/assessment/sharing/{consent}/withdraw", signs, post(sharing::withdraw)),
        Route::post("/assessment/sharing/{consent}/table", signs, post(beside::load)),
        Route::upload("/assessment/sharing/{consent}/table/file", signs, post(beside::load_file)),
    ]
}

/// Samples of the templates of this feature.
pub fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![
        rendered::<beside::BesidePage>(),
        rendered::<send::SendPage>(),
        rendered::<sharing::SharingPage>(),
    ]
}

/// Years that a return may be of: no level is older than the guide's first.
const YEARS: std::ops::RangeInclusive<i64> = 2012..=2100;

/// Letters and digits of a national code at most.
const CODE_LETTERS: usize = 10;

/// Names of collectors and groups.
const NAME: Text = Text {
    letters: NAME_LETTERS_MAX,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: Some("Take out the reference of the patient: no patient is named here"),
};

/// A national code of an organisation as typed, if it can be one: a letter, then letters, digits and
/// hyphens.
fn code(typed: &str) -> Option<String> {
    let code = typed.trim().to_uppercase();
    let begins = code.starts_with(|it: char| it.is_ascii_uppercase());
    let holds = code.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
    (begins && holds && code.len() <= CODE_LETTERS).then_some(code)
}

/// A year as typed, if a return may be of it.
fn year(typed: &str) -> Option<i64> {
    typed.trim().parse().ok().filter(|it| YEARS.contains(it))
}

const CODE_WRONG: &str =
    "Write the national code of the organisation: a letter, then letters and digits, ten at most";
const YEAR_WRONG: &str = "Write the year with four digits, from 2012 on";
