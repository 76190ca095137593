//! Figures for programs: JSON under the rights of whoever made the token, and the document that
//! describes it.
//!
//! A program proves itself by a token in the header `Authorization: Bearer …`, and by nothing else:
//! cookies are not looked at. What it may read is what the token's owner may see at that moment, of
//! what the token is for. Each feature keeps its own operations beside its pages, so that both take
//! their figures from the same functions; what stands here is what all operations share.

mod answer;
mod bearer;
mod document;
mod problem;

pub use answer::{Paged, Paging, RunRef, Seen, answer};
pub use document::{document, document_text, with_examples};
pub use problem::{Problem, Problems};

pub(super) use answer::{is_known, mark_of, not_understood};
pub(super) use bearer::signed_in;
pub(super) use problem::{as_problem, is_api};

use access::ApiScope;
use axum::routing::get;

use super::registry::{Policy, Route};

/// Where all operations are.
pub const BASE: &str = "/api/v1/";

/// Where the document is that describes them.
pub const DOCUMENT: &str = "/api/v1/openapi.json";

/// What each scope lets a program read, in words.
pub fn does(scope: ApiScope) -> &'static str {
    match scope {
        ApiScope::Results => {
            "Published costs and incomes of service lines, and the outcomes beside them"
        }
        ApiScope::Measures => "Measures of the register, month by month",
    }
}

/// The route of the document.
pub(super) fn routes() -> Vec<Route> {
    vec![Route::get(DOCUMENT, Policy::Public, get(document::show))]
}

#[cfg(test)]
pub(crate) mod tests;
