//! The way to the identity provider and back: what a browser carries meanwhile, sealed, so that
//! only the browser that left can come back.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use oidc::{Ask, Kept, Proof, Provider};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::SessionId;

use super::fault::Fault;
use super::forms::{cookie, local};
use super::seal;
use super::visit::Visit;
use crate::App;

/// Cookie of whoever is away.
const AWAY: &str = "away";
/// Cookie of whoever is back, with an identity that is nobody's yet.
const PROOF: &str = "proof";
/// Both last so many seconds.
const LASTS_S: i64 = 600;
/// Characters of an address to go on to at most, so that the cookie is not too long for a browser.
const NEXT_MAX: usize = 400;

/// What somebody goes to the provider for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// To sign in, and go on to a page.
    SignIn(String),
    /// To prove anew who they are, in a session, and go on to a page.
    Again(String, String),
    /// To join their identity there to the account of a session.
    Join(String),
}

/// What is remembered of a browser that is away.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Away {
    /// What its answer is held against.
    pub kept: Kept,
    /// What for.
    pub purpose: Purpose,
}

/// An identity that waits to be joined to somebody.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Waiting {
    proof: Proof,
    /// Session of whoever asked for it; blank where nobody is signed in.
    session: String,
    until: i64,
}

/// The provider of this site.
///
/// # Errors
///
/// [`Fault::NotFound`] if it has none.
pub fn of(app: &App) -> Result<&Arc<Provider>, Fault> {
    app.settings().provider.as_ref().ok_or(Fault::NotFound)
}

/// Sends a browser to the provider.
///
/// # Errors
///
/// What the provider did, or that the system has no random numbers.
pub async fn leave(visit: &Visit, purpose: Purpose) -> Result<oidc::Result<Response>, Fault> {
    let ask = if matches!(purpose, Purpose::SignIn(_)) { Ask::Usual } else { Ask::Anew };
    let begun = match of(&visit.app)?.begin(ask, visit.now).await {
        Ok(begun) => begun,
        Err(error) => return Ok(Err(error)),
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    let to = HeaderValue::from_str(&begun.address);
    let to = to.map_err(|_| Fault::Broken("the provider's address is none".to_owned()))?;
    response.headers_mut().insert(header::LOCATION, to);
    let away = Away { kept: begun.kept, purpose };
    put(&visit.app, response.headers_mut(), (AWAY, &away))?;
    Ok(Ok(response))
}

/// An address to go on to, short enough to be carried.
pub fn next(address: &str) -> String {
    let address = local(address);
    if address.len() > NEXT_MAX { "/".to_owned() } else { address.to_owned() }
}

/// What is remembered of a browser that comes back; none if it never left from here.
pub fn came_back(app: &App, headers: &HeaderMap) -> Option<Away> {
    read(app, headers, AWAY)
}

/// Takes away what a browser carried while it was away.
pub fn forget_away(app: &App, headers: &mut HeaderMap) {
    set(app, headers, (AWAY, "", 0));
}

/// Leaves an identity with its browser until it is joined to somebody.
///
/// # Errors
///
/// [`Fault::Broken`] if the system gives no random numbers.
pub fn keep_proof(
    visit: &Visit,
    proof: Proof,
    session: Option<&SessionId>,
    headers: &mut HeaderMap,
) -> Result<(), Fault> {
    let session = session.map_or("", |it| it.as_str()).to_owned();
    let until = visit.now.as_second() + LASTS_S;
    put(&visit.app, headers, (PROOF, &Waiting { proof, session, until }))
}

/// The identity that a browser brought back, of the same session and not too long ago.
pub fn proof(
    app: &App,
    headers: &HeaderMap,
    (session, now): (Option<&SessionId>, Timestamp),
) -> Option<Proof> {
    let waiting: Waiting = read(app, headers, PROOF)?;
    let is_same = waiting.session == session.map_or("", |it| it.as_str());
    (is_same && now.as_second() < waiting.until).then_some(waiting.proof)
}

/// Takes the identity away from its browser.
pub fn forget_proof(app: &App, headers: &mut HeaderMap) {
    set(app, headers, (PROOF, "", 0));
}

fn put<T: Serialize>(
    app: &App,
    headers: &mut HeaderMap,
    (name, value): (&str, &T),
) -> Result<(), Fault> {
    let text = serde_json::to_vec(value).map_err(|error| Fault::Broken(error.to_string()))?;
    let sealed = seal::seal(&app.settings().key, name, &text)?;
    set(app, headers, (name, &sealed, LASTS_S));
    Ok(())
}

fn read<T: DeserializeOwned>(app: &App, headers: &HeaderMap, name: &str) -> Option<T> {
    let sealed = cookie(headers, &full_name(app, name))?;
    let text = seal::open(&app.settings().key, name, &sealed).ok()?;
    serde_json::from_slice(&text).ok()
}

fn full_name(app: &App, name: &str) -> String {
    if app.settings().is_secure() { format!("__Host-{name}") } else { name.to_owned() }
}

fn set(app: &App, headers: &mut HeaderMap, (name, value, seconds): (&str, &str, i64)) {
    let secure = if app.settings().is_secure() { "; Secure" } else { "" };
    let name = full_name(app, name);
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(header::SET_COOKIE, value);
    }
}
