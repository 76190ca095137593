//! The provider's notice that somebody signed out there: their sessions here end at once.
//!
//! OpenID Connect Back-Channel Logout 1.0. The provider is no browser: it proves itself by the
//! signature of its token, so no session and no token of a form is asked for.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use oidc::Error;
use store::audit::Outcome;
use store::identities::{self, Notice};

use super::start::may_fail;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::provider;
use crate::shell::visit::Visit;

pub(super) async fn take(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let provider = provider::of(&app)?;
    let token = visit.fields.get("logout_token");
    let notice = match provider.logged_out(token, visit.now).await {
        Ok(it) => Notice {
            issuer: it.issuer,
            subject: it.subject,
            session: it.session,
            name: it.name,
            until: it.until,
        },
        Err(error) => return refused(&visit, &error).await,
    };
    let entry = visit.entry("provider.logout", "");
    let ended = app.store().write(move |tx| {
        Box::pin(async move { identities::end_sessions(tx, &notice, &entry).await })
    });
    match ended.await {
        Ok(_) => Ok(StatusCode::OK.into_response()),
        Err(store::Error::Duplicate(_)) => {
            refused(&visit, &Error::Refused("the notice counted before")).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn refused(visit: &Visit, error: &Error) -> Result<Response, Fault> {
    may_fail(visit).await?;
    let entry = visit.entry("provider.logout", "").because(error.to_string());
    visit.app.store().audit(entry.ended(Outcome::Refused)).await?;
    let (status, word) = match error {
        // The provider may send it again.
        Error::Unreachable(_) | Error::Unfit(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
        }
        _ => (StatusCode::BAD_REQUEST, "invalid_request"),
    };
    let body = format!("{{\"error\":\"{word}\"}}");
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}
