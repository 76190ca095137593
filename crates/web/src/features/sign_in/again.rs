//! A fresh proof before something grave: password, and code where there is one.

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::audit::Outcome;
use store::{credentials, sessions};

use super::code::step_of;
use super::start::{Next, may_try};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go, local};
use crate::shell::page::{Page, Shell};
use crate::shell::passwords;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/sign_in/again.html")]
pub(super) struct Again {
    shell: Shell,
    wrong: Wrong,
    next: String,
    asks: Asks,
}

/// How somebody can prove it.
#[derive(Clone, Debug, Default)]
struct Asks {
    /// They have a password.
    password: bool,
    /// They have an authenticator app.
    code: bool,
    /// The provider that they came by; blank where they came by a password.
    provider: String,
}

/// What is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(next): Query<Next>,
) -> Result<Response, Fault> {
    let person = visit.person()?;
    let mut db = app.store().read().await?;
    let password = credentials::password(&mut db, &person.id).await?.is_some();
    let code = credentials::totp(&mut db, &person.id).await?.is_some();
    let asks = Asks { password, code, provider: provider(&visit) };
    Ok(page(&visit, Wrong::default(), (next.next, asks)).respond())
}

/// The provider that somebody came by.
fn provider(visit: &Visit) -> String {
    let came_by_it = visit.person.as_ref().is_some_and(|it| it.identity.is_some());
    if came_by_it { visit.app.settings().provider_name().to_owned() } else { String::new() }
}

fn page(visit: &Visit, wrong: Wrong, (next, asks): (String, Asks)) -> Again {
    let shell = visit.shell("Prove that it is you");
    let shell = shell.with_errors(&wrong);
    Again { shell, wrong, next: local(&next).to_owned(), asks }
}

pub(super) async fn prove(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let person = visit.person()?;
    may_try(&visit, person.id.as_str()).await?;
    let mut db = app.store().read().await?;
    let stored = credentials::password(&mut db, &person.id).await?;
    let totp = credentials::totp(&mut db, &person.id).await?;
    drop(db);
    let mut wrong = Wrong::default();
    let is_right = passwords::verify(form.password, stored).await?;
    wrong.unless(is_right, "password", "Enter your password as it is");
    let step = match &totp {
        Some(totp) => step_of(&visit, &totp.sealed, &form.code)?,
        None => None,
    };
    wrong.unless(
        totp.is_none() || step.is_some(),
        "code",
        "Enter the six digits that the app shows now",
    );
    if wrong.is_empty() {
        let (id, session) = (person.id.clone(), person.session.clone());
        let entry = visit.entry("sign-in.again", "");
        let proved = app.store().write(move |tx| {
            Box::pin(async move {
                if let Some(step) = step
                    && !credentials::use_totp_step(tx, &id, step).await?
                {
                    return Ok(false);
                }
                let proved = match step {
                    Some(_) => sessions::Proved::TwoFactors,
                    None => sessions::Proved::OneFactor,
                };
                sessions::step_up(tx, &session, proved, &entry).await?;
                Ok(true)
            })
        });
        if proved.await? {
            return Ok(go(&form.next, ""));
        }
        wrong.add("code", "That code was used already: wait for the next one");
    }
    app.store().audit(visit.entry("sign-in.again", "").ended(Outcome::Refused)).await?;
    let asks = Asks { password: true, code: totp.is_some(), provider: provider(&visit) };
    Ok(page(&visit, wrong, (form.next, asks)).respond())
}

impl Page for Again {
    const TEMPLATE: &'static str = "features/sign_in/again.html";

    fn samples() -> Vec<Self> {
        let mut wrong = Wrong::default();
        wrong.add("password", "Enter your password as it is");
        let page = |wrong: Wrong, password, code, provider: &str| Self {
            shell: Shell::sample("Prove that it is you").with_errors(&wrong),
            wrong,
            next: "/".to_owned(),
            asks: Asks { password, code, provider: provider.to_owned() },
        };
        vec![
            page(Wrong::default(), true, true, ""),
            page(wrong, true, false, "NHS CIS2"),
            page(Wrong::default(), false, false, "NHS CIS2"),
        ]
    }
}
