//! Who sends a request: from a cookie to a person and what they may.

use access::{Access, Grant, UnitTree};
use axum::http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::sessions::{self, Limits, Session};
use store::units::UnitKind;
use store::{Connection, SessionId, credentials, grants, people, units};

use super::fault::Fault;
use super::forms::cookie;
use super::visit::{SignedIn, Visit};
use crate::App;

/// Name of the cookie of a session where browsers come by TLS.
const SECURE_NAME: &str = "__Host-sid";

/// Name of it on the machine itself.
const LOCAL_NAME: &str = "sid";

/// Cookie of forms before anybody is signed in.
const BEFORE: &str = "before";

/// Who sends a request, and the token that their forms must carry.
pub(super) async fn of(
    app: &App,
    headers: &HeaderMap,
    now: Timestamp,
) -> (Option<SignedIn>, String) {
    let token = cookie(headers, name(app));
    let found = match token {
        Some(token) => signed_in(app, &token, now).await,
        None => Ok(None),
    };
    match found {
        Ok(Some((person, csrf))) => (Some(person), csrf),
        Ok(None) => (None, csrf_before(headers)),
        Err(error) => {
            tracing::error!(why = ?error, "a session could not be read");
            (None, csrf_before(headers))
        }
    }
}

fn name(app: &App) -> &'static str {
    if app.settings().is_secure() { SECURE_NAME } else { LOCAL_NAME }
}

/// A form before sign-in carries the value of a cookie that only this site can set.
fn csrf_before(headers: &HeaderMap) -> String {
    let known = cookie(headers, BEFORE).filter(|it| it.len() == 32);
    known.unwrap_or_else(super::forms::random_token)
}

/// Leaves the token of forms before sign-in with the browser.
pub(super) fn leave_token(visit: &Visit, headers: &mut HeaderMap) {
    if visit.person.is_some() || visit.path.starts_with("/assets/") {
        return;
    }
    let secure = if visit.app.settings().is_secure() { "; Secure" } else { "" };
    let text = format!("{BEFORE}={}; Path=/; HttpOnly; SameSite=Lax{secure}", visit.csrf);
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(header::SET_COOKIE, value);
    }
}

async fn signed_in(
    app: &App,
    token: &str,
    now: Timestamp,
) -> Result<Option<(SignedIn, String)>, Fault> {
    let settings = app.settings();
    let limits = Limits { idle: settings.idle, absolute: settings.absolute };
    let mut db = app.store().read().await?;
    let found = sessions::find(&mut db, token, now, &limits).await?;
    let Some(session) = found else { return Ok(None) };
    let person = people::get(&mut db, &session.person).await?;
    let access = access_of(app, &mut db, &session.person, now).await?;
    let came_by_password = session.identity.is_none();
    let must_change =
        came_by_password && credentials::must_change(&mut db, &session.person).await?;
    drop(db);
    keep_alive(app, &session, now);
    let csrf = session.csrf.clone();
    let person = SignedIn {
        proved_at: session.proved_at(),
        id: session.person,
        name: person.person.name,
        session: session.id,
        access,
        second_factor: session.second_factor,
        must_change,
        identity: session.identity,
    };
    Ok(Some((person, csrf)))
}

/// What a person may today.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn access_of(
    app: &App,
    db: &mut Connection,
    person: &store::PersonId,
    now: Timestamp,
) -> Result<Access, Fault> {
    access_by(app, db, person, (None, now)).await
}

/// What a person may today by one of their roles alone.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn access_in_role(
    app: &App,
    db: &mut Connection,
    person: &store::PersonId,
    (role, now): (&str, Timestamp),
) -> Result<Access, Fault> {
    access_by(app, db, person, (Some(role), now)).await
}

async fn access_by(
    app: &App,
    db: &mut Connection,
    person: &store::PersonId,
    (role, now): (Option<&str>, Timestamp),
) -> Result<Access, Fault> {
    let mut counting = grants::counting(db, person, today(now)).await?;
    counting.retain(|it| role.is_none_or(|role| it.granted.role == role));
    let all = units::list(db).await?;
    let is_trust = |code: &store::UnitCode| {
        all.iter().any(|it| it.unit.code == *code && it.unit.kind == UnitKind::Trust)
    };
    let grant = |it: &grants::Grant| Grant {
        role: it.granted.role.clone(),
        unit: if is_trust(&it.granted.unit) {
            String::new()
        } else {
            it.granted.unit.as_str().to_owned()
        },
        patient_level: it.granted.patient_level && it.approved_by.is_some(),
    };
    let grants: Vec<Grant> = counting.iter().map(grant).collect();
    let parent = |it: &store::units::StoredUnit| {
        let parent = it.unit.parent.as_ref().map_or("", |it| it.as_str());
        (it.unit.code.as_str().to_owned(), parent.to_owned())
    };
    let tree = UnitTree::of(all.iter().map(parent));
    Ok(Access::of(person.as_str(), &grants, app.matrix(), &tree))
}

/// Puts the last use on record, at most once a minute, without keeping the page waiting.
fn keep_alive(app: &App, session: &Session, now: Timestamp) {
    if !session.is_touch_due(now) {
        return;
    }
    let (store, id, person) = (app.store().clone(), session.id.clone(), session.person.clone());
    let day = today(now);
    tokio::spawn(async move {
        let touched = store.write(move |tx| {
            Box::pin(async move {
                sessions::touch(tx, &id, now).await?;
                for grant in grants::counting(tx, &person, day).await? {
                    grants::touch(tx, &grant.id, now).await?;
                }
                Ok(())
            })
        });
        if let Err(error) = touched.await {
            tracing::warn!(why = %error, "the last use of a session was not recorded");
        }
    });
}

/// Starts a session for a person and leaves its cookie with the browser.
///
/// # Errors
///
/// [`Fault::Broken`] if it cannot be stored.
pub async fn start(
    visit: &Visit,
    person: &store::PersonId,
    headers: &mut HeaderMap,
) -> Result<SessionId, Fault> {
    start_by(visit, person, None, headers).await
}

/// As [`start`], by the word of an identity provider if there is one.
///
/// # Errors
///
/// As [`start`].
pub async fn start_by(
    visit: &Visit,
    person: &store::PersonId,
    proof: Option<oidc::Proof>,
    headers: &mut HeaderMap,
) -> Result<SessionId, Fault> {
    let app = &visit.app;
    let (token, csrf) = (store::random_token()?, store::random_token()?);
    let cookie = if app.settings().is_secure() {
        format!("{SECURE_NAME}={token}; Path=/; Secure; HttpOnly; SameSite=Lax")
    } else {
        format!("{LOCAL_NAME}={token}; Path=/; HttpOnly; SameSite=Lax")
    };
    let (person, ip) = (person.clone(), visit.address.to_string());
    let mut entry = visit.entry("sign-in", "");
    entry.actor = person.as_str().to_owned();
    let id = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let new = sessions::NewSession {
                    token: &token,
                    person: &person,
                    csrf: &csrf,
                    ip: &ip,
                    agent: "browser",
                };
                let Some(proof) = &proof else { return sessions::start(tx, &new, &entry).await };
                let by = sessions::ByProvider {
                    issuer: &proof.issuer,
                    subject: &proof.subject,
                    session: proof.session.as_deref(),
                    proved_at: proof.proved_at(),
                    second_factor: proof.second_factor,
                };
                sessions::start_by_provider(tx, &new, &by, &entry).await
            })
        })
        .await?;
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, value);
    }
    Ok(id)
}

/// Takes the cookie away, with all that the browser keeps of the site.
pub fn forget(app: &App, headers: &mut HeaderMap) {
    let text = if app.settings().is_secure() {
        format!("{SECURE_NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
    } else {
        format!("{LOCAL_NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
    };
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.append(header::SET_COOKIE, value);
    }
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
}

/// The day in England.
pub fn today(now: Timestamp) -> domain::Day {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    civil(now.to_zoned(zone).date())
}

/// A day of the store as the rules of the calendar take it.
pub fn calendar(day: domain::Day) -> jiff::civil::Date {
    day.to_string().parse().expect("a day of the store is one of the calendar")
}

/// A day of the calendar as the store takes it.
pub fn civil(day: jiff::civil::Date) -> domain::Day {
    let month = u32::from(day.month().unsigned_abs());
    domain::Day::from_civil(i32::from(day.year()), month, u32::from(day.day().unsigned_abs()))
}
