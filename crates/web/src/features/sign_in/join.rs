//! Somebody whom the provider knows and this site does not: whom to ask, and the code they got.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use store::audit::Outcome;
use store::identities;

use super::provider::open;
use super::start::may_try;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go};
use crate::shell::page::{Page, Shell};
use crate::shell::provider;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/sign_in/join.html")]
pub(super) struct Join {
    shell: Shell,
    wrong: Wrong,
    provider: String,
    /// Whether there is an identity to be joined; else the way begins anew.
    is_back: bool,
}

/// What is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    code: String,
}

pub(super) async fn show(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    provider::of(&app)?;
    let is_back = provider::proof(&app, &headers, (None, visit.now)).is_some();
    Ok(page(&visit, Wrong::default(), is_back).respond())
}

fn page(visit: &Visit, wrong: Wrong, is_back: bool) -> Join {
    let shell = visit.shell("Concord does not know you yet").with_errors(&wrong);
    let provider = visit.app.settings().provider_name().to_owned();
    Join { shell, wrong, provider, is_back }
}

/// Joins the identity to the person whom the code invites, and signs them in.
pub(super) async fn join(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    provider::of(&app)?;
    let form: Form = visit.fields.read()?;
    let Some(proof) = provider::proof(&app, &headers, (None, visit.now)) else {
        return Ok(page(&visit, Wrong::default(), false).respond());
    };
    may_try(&visit, &format!("join/{}", proof.subject)).await?;
    let (identity, entry) = (proof.clone(), visit.entry("identity.link", ""));
    let joined = app.store().write(move |tx| {
        Box::pin(async move {
            let identity = (identity.issuer.as_str(), identity.subject.as_str());
            identities::join(tx, &form.code, identity, &entry).await
        })
    });
    let Some(person) = joined.await? else {
        let entry = visit.entry("identity.link", "").because("no such code");
        app.store().audit(entry.ended(Outcome::Refused)).await?;
        let mut wrong = Wrong::default();
        wrong.add("code", "Enter the code that your administrator gave you; it lasts for 7 days");
        return Ok(page(&visit, wrong, true).respond());
    };
    let mut response = go("/", "You are known now. Next time you need no code.");
    open(&visit, &person, proof, response.headers_mut()).await?;
    provider::forget_proof(&app, response.headers_mut());
    Ok(response)
}

impl Page for Join {
    const TEMPLATE: &'static str = "features/sign_in/join.html";

    fn samples() -> Vec<Self> {
        let page = |wrong: Wrong, is_back| Self {
            shell: Shell {
                person: None,
                navigation: Vec::new(),
                ..Shell::sample("Concord does not know you yet").with_errors(&wrong)
            },
            wrong,
            provider: "NHS CIS2".to_owned(),
            is_back,
        };
        let mut wrong = Wrong::default();
        wrong.add("code", "Enter the code that your administrator gave you");
        vec![page(Wrong::default(), true), page(wrong, true), page(Wrong::default(), false)]
    }
}
