//! To the identity provider and back: who is signed in, proved anew, or told whom to ask.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use oidc::{Error, Proof, Returned};
use store::audit::Outcome;
use store::{PersonId, identities, sessions};

use super::start::{Next, end, may_fail};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::go;
use crate::shell::page::{Page, Shell};
use crate::shell::provider::{self, Purpose};
use crate::shell::session;
use crate::shell::visit::{SignedIn, Visit};

#[derive(askama::Template)]
#[template(path = "features/sign_in/provider.html")]
pub(super) struct NotSignedIn {
    shell: Shell,
    why: String,
    /// What to do about it.
    advice: String,
    /// Where to try again.
    again: String,
}

/// Sends somebody who wants to sign in to the provider.
pub(super) async fn leave(
    State(app): State<App>,
    visit: Visit,
    Query(next): Query<Next>,
) -> Result<Response, Fault> {
    provider::of(&app)?;
    match provider::leave(&visit, Purpose::SignIn(provider::next(&next.next))).await? {
        Ok(response) => Ok(response),
        Err(error) => refused(&visit, &error, "/sign-in").await,
    }
}

/// Sends somebody who came by the provider there again, to prove anew who they are.
pub(super) async fn again(
    State(app): State<App>,
    visit: Visit,
    Query(next): Query<Next>,
) -> Result<Response, Fault> {
    provider::of(&app)?;
    let person = visit.person()?;
    if person.identity.is_none() {
        return Err(Fault::NotFound);
    }
    let session = person.session.as_str().to_owned();
    match provider::leave(&visit, Purpose::Again(session, provider::next(&next.next))).await? {
        Ok(response) => Ok(response),
        Err(error) => refused(&visit, &error, "/sign-in/again").await,
    }
}

/// Takes up what a browser brings back. Whatever becomes of it, it counts once.
pub(super) async fn returned(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Query(answer): Query<Returned>,
) -> Result<Response, Fault> {
    provider::of(&app)?;
    let Some(away) = provider::came_back(&app, &headers) else {
        let error = Error::Refused("this browser asked for nothing");
        return refused(&visit, &error, "/sign-in").await;
    };
    let back = match &away.purpose {
        Purpose::SignIn(_) => "/sign-in",
        Purpose::Again(..) => "/sign-in/again",
        Purpose::Join(_) => "/account/provider",
    };
    let mut response = match proof(&visit, &away, &answer).await? {
        Ok(proof) => accepted(&visit, away.purpose, proof).await?,
        Err(error) => refused(&visit, &error, back).await?,
    };
    provider::forget_away(&app, response.headers_mut());
    Ok(response)
}

async fn proof(
    visit: &Visit,
    away: &provider::Away,
    answer: &Returned,
) -> Result<oidc::Result<Proof>, Fault> {
    if let Err(error) = away.kept.check(answer, visit.now) {
        return Ok(Err(error));
    }
    let (name, until, now) = (away.kept.name().to_owned(), away.kept.until(), visit.now);
    let is_first = visit.app.store().write(move |tx| {
        Box::pin(async move { identities::use_answer(tx, &name, until, now).await })
    });
    if !is_first.await? {
        return Ok(Err(Error::Refused("the answer was used before")));
    }
    Ok(provider::of(&visit.app)?.finish(&away.kept, answer, visit.now).await)
}

async fn accepted(visit: &Visit, purpose: Purpose, proof: Proof) -> Result<Response, Fault> {
    let same = |session: &str| visit.person.as_ref().filter(|it| it.session.as_str() == session);
    match purpose {
        Purpose::SignIn(next) => sign_in(visit, proof, &next).await,
        Purpose::Again(session, next) => match same(&session) {
            Some(person) => prove(visit, person, (proof, &next)).await,
            None => refused(visit, &Error::Refused("the session has ended"), "/sign-in").await,
        },
        Purpose::Join(session) => match same(&session) {
            Some(person) => {
                let mut response = go("/account/provider/join", "");
                let session = Some(&person.session);
                provider::keep_proof(visit, proof, session, response.headers_mut())?;
                Ok(response)
            }
            None => refused(visit, &Error::Refused("the session has ended"), "/sign-in").await,
        },
    }
}

async fn sign_in(visit: &Visit, proof: Proof, next: &str) -> Result<Response, Fault> {
    let mut db = visit.app.store().read().await?;
    let (issuer, subject) = (proof.issuer.as_str(), proof.subject.as_str());
    let person = identities::person_of(&mut db, issuer, subject).await?;
    let has_left = person.is_none() && identities::is_linked(&mut db, issuer, subject).await?;
    drop(db);
    if has_left {
        return gone(visit).await;
    }
    let Some(person) = person else {
        may_fail(visit).await?;
        let entry = visit.entry("sign-in.provider", "").because("unknown identity");
        visit.app.store().audit(entry.ended(Outcome::Refused)).await?;
        let mut response = go("/sign-in/provider/join", "");
        provider::keep_proof(visit, proof, None, response.headers_mut())?;
        return Ok(response);
    };
    let mut response = go(next, "");
    open(visit, &person, proof, response.headers_mut()).await?;
    Ok(response)
}

/// Opens a session in the place of one that may be there.
pub(super) async fn open(
    visit: &Visit,
    person: &PersonId,
    proof: Proof,
    headers: &mut HeaderMap,
) -> Result<(), Fault> {
    if let Some(before) = &visit.person {
        end(visit, before.id.clone(), before.session.clone()).await?;
    }
    session::start_by(visit, person, Some(proof), headers).await?;
    Ok(())
}

/// A fresh proof counts for the identity that the session is of, and for no other.
async fn prove(
    visit: &Visit,
    person: &SignedIn,
    (proof, next): (Proof, &str),
) -> Result<Response, Fault> {
    let is_same = person
        .identity
        .as_ref()
        .is_some_and(|(issuer, subject)| *issuer == proof.issuer && *subject == proof.subject);
    if !is_same {
        let error = Error::Refused("somebody else proved who they are");
        return refused(visit, &error, "/sign-in/again").await;
    }
    let proved = if proof.second_factor {
        sessions::Proved::TwoFactors
    } else {
        sessions::Proved::OneFactor
    };
    let (id, entry) = (person.session.clone(), visit.entry("sign-in.again", ""));
    let stepped_up = visit.app.store().write(move |tx| {
        Box::pin(async move {
            sessions::step_up_by_provider(tx, &id, (proved, proof.session.as_deref()), &entry).await
        })
    });
    stepped_up.await?;
    Ok(go(next, ""))
}

async fn gone(visit: &Visit) -> Result<Response, Fault> {
    may_fail(visit).await?;
    let entry = visit.entry("sign-in.provider", "").because("the person has left");
    visit.app.store().audit(entry.ended(Outcome::Refused)).await?;
    let why = "Your account in Concord is closed.";
    let advice = "If you work here, ask whoever looks after people in Concord to open it again.";
    Ok(page(visit, (why, advice), "/sign-in", StatusCode::UNPROCESSABLE_ENTITY))
}

/// Says that nobody was signed in, and puts on record why.
async fn refused(visit: &Visit, error: &Error, again: &str) -> Result<Response, Fault> {
    may_fail(visit).await?;
    let entry = visit.entry("sign-in.provider", "").because(error.to_string());
    visit.app.store().audit(entry.ended(Outcome::Refused)).await?;
    tracing::warn!(request = %visit.request, why = %error, "sign-in by the provider was refused");
    let name = visit.app.settings().provider_name();
    let number = "If it goes on, give your administrator the number at the foot of this page.";
    let (why, advice, status) = match error {
        Error::Unreachable(_) => (
            format!("{name} cannot be reached at the moment."),
            "Try again in a few minutes. If you have a password for Concord, sign in with it."
                .to_owned(),
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        Error::Unfit(_) => (
            format!("Signing in with {name} is not set up as it should be."),
            format!("You did nothing wrong. {number}"),
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        Error::Declined(_) => (
            format!("{name} did not sign you in."),
            format!("Try again, and do not go back while you are there. {number}"),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        _ => (
            format!("What came back from {name} could not be accepted."),
            format!(
                "This happens when you wait longer than ten minutes, go back, or use two windows. \
                 Start again from here. {number}"
            ),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    };
    Ok(page(visit, (&why, &advice), again, status))
}

fn page(visit: &Visit, (why, advice): (&str, &str), again: &str, status: StatusCode) -> Response {
    let page = NotSignedIn {
        shell: visit.shell(match &visit.person {
            Some(_) => "That did not work",
            None => "You are not signed in",
        }),
        why: why.to_owned(),
        advice: advice.to_owned(),
        again: again.to_owned(),
    };
    let mut response = page.respond();
    *response.status_mut() = status;
    response
}

impl Page for NotSignedIn {
    const TEMPLATE: &'static str = "features/sign_in/provider.html";

    fn samples() -> Vec<Self> {
        let page = |why: &str, advice: &str| Self {
            shell: Shell {
                person: None,
                navigation: Vec::new(),
                ..Shell::sample("You are not signed in")
            },
            why: why.to_owned(),
            advice: advice.to_owned(),
            again: "/sign-in".to_owned(),
        };
        vec![
            page("NHS CIS2 cannot be reached at the moment.", "Try again in a few minutes."),
            page("NHS CIS2 did not sign you in.", "Try again."),
        ]
    }
}
