//! Who sends a request with a token: its owner, and what the owner may of what the token is for.

use access::{ApiScope, Capability};
use axum::http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};
use store::api_tokens::{self, ApiToken};
use store::sessions::attempts::{self, Attempt, AttemptLimit};
use store::{SessionId, grants, people};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::session::{access_of, today};
use crate::shell::visit::SignedIn;

/// What a token opens.
///
/// # Errors
///
/// [`Fault::NoToken`] if there is none or it opens nothing; [`Fault::TooMany`] if too many such came
/// from this address, or too many questions with this token.
pub(in crate::shell) async fn signed_in(
    app: &App,
    headers: &HeaderMap,
    (address, now): (&str, Timestamp),
) -> Result<SignedIn, Fault> {
    let Some(secret) = bearer(headers) else {
        return Err(Fault::NoToken("Send a token in the header `Authorization: Bearer …`. You make one on your account, under Tokens for programs.".to_owned()));
    };
    let mut db = app.store().read().await?;
    let Some(token) = api_tokens::find(&mut db, &secret, now).await? else {
        drop(db);
        // Not with attempts to sign in: a program left behind locks nobody out.
        let key = (format!("token/address/{address}"), AttemptLimit::ADDRESS);
        count(app, key, now).await?;
        return Err(Fault::NoToken("This token opens nothing: it is mistyped, it has ended, or its owner has left. Make another on your account, under Tokens for programs.".to_owned()));
    };
    let owner = people::get(&mut db, &token.token.person).await?;
    let access = access_of(app, &mut db, &owner.id, now).await?;
    drop(db);
    if app.settings().second_factor && !token.token.second_factor && access.needs_second_factor() {
        return Err(Fault::NoToken("The rights of this token’s owner need a second factor, and the token was made without one. Sign in with it, and make another token.".to_owned()));
    }
    count(app, (format!("token/{}", token.id), AttemptLimit::PROGRAM), now).await?;
    keep_alive(app, &token, now);
    Ok(SignedIn {
        id: owner.id,
        name: owner.person.name,
        session: SessionId::new(format!("token/{}", token.id)),
        access: access.only(&capabilities(&token)),
        second_factor: token.token.second_factor,
        proved_at: Timestamp::UNIX_EPOCH,
        must_change: false,
        identity: None,
    })
}

/// What stands behind `Bearer`; none where there is no such header, or more than one.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (first, more) = (all.next()?, all.next());
    let (scheme, secret) = first.to_str().ok()?.split_once(' ')?;
    let is_bearer = more.is_none() && scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| secret.trim().to_owned())
}

fn capabilities(token: &ApiToken) -> Vec<Capability> {
    let words = token.token.scopes.split(' ').filter_map(ApiScope::of_word);
    words.map(ApiScope::capability).collect()
}

/// Counts a question under a key.
async fn count(app: &App, key: (String, AttemptLimit), now: Timestamp) -> Result<(), Fault> {
    let counted = app
        .store()
        .write(move |tx| Box::pin(async move { attempts::attempt(tx, &[key], now).await }));
    match counted.await? {
        Attempt::Allowed => Ok(()),
        Attempt::Wait(until) => {
            let wait = until.duration_since(now).max(SignedDuration::from_secs(1));
            Err(Fault::TooMany(wait.as_secs().unsigned_abs()))
        }
    }
}

/// Puts the last use of the token and of its owner's rights on record, at most once a minute,
/// without keeping the program waiting.
fn keep_alive(app: &App, token: &ApiToken, now: Timestamp) {
    if !token.is_touch_due(now) {
        return;
    }
    let (store, id, person) = (app.store().clone(), token.id.clone(), token.token.person.clone());
    let day = today(now);
    tokio::spawn(async move {
        let touched = store.write(move |tx| {
            Box::pin(async move {
                api_tokens::touch(tx, &id, now).await?;
                for grant in grants::counting(tx, &person, day).await? {
                    grants::touch(tx, &grant.id, now).await?;
                }
                Ok(())
            })
        });
        if let Err(error) = touched.await {
            tracing::warn!(why = %error, "the last use of a token was not recorded");
        }
    });
}
