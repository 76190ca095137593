//! One's own identity at the provider: join it to the account, or take it away.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use store::{credentials, identities};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::go;
use crate::shell::page::{Page, Shell};
use crate::shell::provider::{self, Purpose};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/account/provider.html")]
pub(super) struct OwnProvider {
    shell: Shell,
    provider: String,
    step: Step,
}

/// Where it stands.
enum Step {
    /// What is joined, since when; and whether it can be taken away.
    Overview { joined: Vec<String>, may_unlink: bool },
    /// The provider was asked and did not answer.
    NoAnswer,
    /// Somebody is back from the provider and is asked whether it is theirs.
    Confirm,
    /// Nobody is back, or it was too long ago.
    TooLate,
}

fn page(visit: &Visit, step: Step) -> OwnProvider {
    let provider = visit.app.settings().provider_name().to_owned();
    let title = match step {
        Step::Confirm => format!("Join {provider} to your account"),
        _ => format!("Sign in with {provider}"),
    };
    let shell = visit.shell(title).below("Your account", "/account");
    OwnProvider { shell, provider, step }
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    provider::of(&app)?;
    let person = visit.person()?;
    let mut db = app.store().read().await?;
    let found = identities::of_person(&mut db, &person.id).await?;
    let may_unlink = credentials::password(&mut db, &person.id).await?.is_some();
    let since = |it: &identities::Identity| words::moment(it.linked_at);
    let joined = found.iter().map(since).collect();
    Ok(page(&visit, Step::Overview { joined, may_unlink }).respond())
}

/// Sends the person to the provider. Nothing is joined by it: they are asked when they are back.
pub(super) async fn leave(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    provider::of(&app)?;
    let session = visit.person()?.session.as_str().to_owned();
    match provider::leave(&visit, Purpose::Join(session)).await? {
        Ok(response) => Ok(response),
        Err(error) => {
            tracing::warn!(request = %visit.request, why = %error, "nobody could be sent there");
            Ok(page(&visit, Step::NoAnswer).respond())
        }
    }
}

pub(super) async fn confirm(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    provider::of(&app)?;
    let session = Some(&visit.person()?.session);
    let is_back = provider::proof(&app, &headers, (session, visit.now)).is_some();
    Ok(page(&visit, if is_back { Step::Confirm } else { Step::TooLate }).respond())
}

pub(super) async fn join(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    provider::of(&app)?;
    let person = visit.person()?;
    let session = Some(&person.session);
    let Some(proof) = provider::proof(&app, &headers, (session, visit.now)) else {
        return Ok(page(&visit, Step::TooLate).respond());
    };
    let (id, entry) = (person.id.clone(), visit.entry("identity.link", ""));
    let joined = app.store().write(move |tx| {
        Box::pin(
            async move { identities::link(tx, &id, (&proof.issuer, &proof.subject), &entry).await },
        )
    });
    joined.await?;
    let name = app.settings().provider_name();
    let mut response = go("/account/provider", &format!("You can sign in with {name} now."));
    provider::forget_proof(&app, response.headers_mut());
    Ok(response)
}

/// Takes one's own identity away. Whoever has no password would lock themselves out.
pub(super) async fn unlink(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    provider::of(&app)?;
    let person = visit.person()?;
    let mut db = app.store().read().await?;
    let has_password = credentials::password(&mut db, &person.id).await?.is_some();
    drop(db);
    if !has_password {
        let why = "You have no password for Concord, so you could not sign in any more. \
                   Ask an administrator for one first.";
        return Err(Fault::Refused(why.to_owned()));
    }
    let (id, entry) = (person.id.clone(), visit.entry("identity.unlink", ""));
    let said = "It is taken away. Sign in with your password from now on.";
    let done = visit.change("/account/provider", said, move |tx| {
        Box::pin(async move { identities::unlink_all(tx, &id, &entry).await.map(|_| ()) })
    });
    done.await
}

impl Page for OwnProvider {
    const TEMPLATE: &'static str = "features/account/provider.html";

    fn samples() -> Vec<Self> {
        let page = |step| Self {
            shell: Shell::sample("Sign in with NHS CIS2").below("Your account", "/account"),
            provider: "NHS CIS2".to_owned(),
            step,
        };
        let since = vec!["20 May 2026, 09:14".to_owned()];
        vec![
            page(Step::Overview { joined: since.clone(), may_unlink: true }),
            page(Step::Overview { joined: since, may_unlink: false }),
            page(Step::Overview { joined: Vec::new(), may_unlink: true }),
            page(Step::NoAnswer),
            page(Step::Confirm),
            page(Step::TooLate),
        ]
    }
}
