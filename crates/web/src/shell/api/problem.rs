//! What a program is told where there is no answer: a problem as RFC 9457 has it.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::BASE;
use crate::shell::fault::Fault;

/// Why there is no answer, and what to do (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is; always `about:blank`, which means what its status means.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is wrong and what to do, in a sentence.
    detail: String,
    /// Number of the request, for whoever runs the site.
    request: String,
}

/// Answers that are no figures.
#[derive(IntoResponses)]
pub enum Problems {
    /// No token, or one that opens nothing: unknown, ended, or of somebody who has left.
    #[response(status = 401, content_type = "application/problem+json")]
    NoToken(Problem),
    /// Nothing here for this token: no such thing, or nothing that its owner and its scopes reach.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// What is asked cannot be answered so; the detail says why.
    #[response(status = 422, content_type = "application/problem+json")]
    Refused(Problem),
    /// Too many questions with one token, or wrong tokens from one address; `Retry-After` says how
    /// many seconds to wait.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
}

/// Whether an address is one of programs.
pub(in crate::shell) fn is_api(path: &str) -> bool {
    path.starts_with(BASE)
}

/// A fault as programs are told of it.
pub(in crate::shell) fn as_problem(fault: &Fault, request: &str) -> Response {
    let status = fault.status();
    let problem = Problem {
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or("Problem"),
        status: status.as_u16(),
        detail: detail(fault),
        request: request.to_owned(),
    };
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let media = [(header::CONTENT_TYPE, "application/problem+json")];
    let mut response = (status, media, body).into_response();
    let headers = response.headers_mut();
    match fault {
        Fault::NoToken(_) => {
            let realm = header::HeaderValue::from_static("Bearer realm=\"concord\"");
            headers.insert(header::WWW_AUTHENTICATE, realm);
        }
        Fault::TooMany(seconds) => {
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from(*seconds));
        }
        _ => {}
    }
    response
}

fn detail(fault: &Fault) -> String {
    match fault {
        Fault::NotFound => "There is nothing here for this token. The address may be wrong, or its owner has no right to see this, or the token is not for it: /api/v1/openapi.json says which scope each address needs.".to_owned(),
        Fault::NoSuchRun(_) => "There is no published run of this name here.".to_owned(),
        Fault::NoToken(why) | Fault::Refused(why) | Fault::Stale(why) => why.clone(),
        Fault::Forged => "A program reads; nothing can be changed here.".to_owned(),
        Fault::TooMany(seconds) => {
            format!("Too many questions came with this token, or wrong tokens from this address. Wait {seconds} seconds.")
        }
        Fault::TooLarge(limit) => format!("At most {limit} can be taken."),
        Fault::Broken(_) => "There is a problem with Concord. Try again in a minute; if it goes on, give your administrator the number of the request.".to_owned(),
    }
}
