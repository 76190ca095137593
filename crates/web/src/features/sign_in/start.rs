//! Signing in with a password, and signing out.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use store::audit::Outcome;
use store::sessions::attempts::{self, Attempt, AttemptLimit};
use store::{credentials, people, sessions};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go, local};
use crate::shell::page::{Page, Shell};
use crate::shell::passwords;
use crate::shell::session;
use crate::shell::visit::Visit;

/// The same words for an unknown address and a wrong password.
const WRONG: &str = "Check your email address and password";

#[derive(askama::Template)]
#[template(path = "features/sign_in/sign_in.html")]
pub(super) struct SignIn {
    shell: Shell,
    wrong: Wrong,
    email: String,
    next: String,
    provider: String,
    demonstration: Vec<(String, String)>,
    demonstration_password: String,
}

/// Where to go after signing in.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
}

/// What is typed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn show(visit: Visit, Query(next): Query<Next>) -> Response {
    page(&visit, Wrong::default(), (String::new(), next.next)).respond()
}

fn page(visit: &Visit, wrong: Wrong, (email, next): (String, String)) -> SignIn {
    let settings = visit.app.settings();
    let shell = visit.shell("Sign in");
    let shell = shell.with_errors(&wrong);
    SignIn {
        shell,
        wrong,
        email,
        next: local(&next).to_owned(),
        provider: settings.provider_name().to_owned(),
        demonstration: settings.demonstration.people.clone(),
        demonstration_password: settings.demonstration.password.clone(),
    }
}

pub(super) async fn sign_in(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let mut wrong = Wrong::default();
    wrong.unless(form.email.contains('@'), "email", "Enter your email address");
    wrong.unless(!form.password.is_empty(), "password", "Enter your password");
    if !wrong.is_empty() {
        return Ok(page(&visit, wrong, (form.email, form.next)).respond());
    }
    may_try(&visit, &form.email).await?;
    let mut db = app.store().read().await?;
    let person = people::by_email(&mut db, &form.email).await?;
    let stored = match &person {
        Some(it) => credentials::password(&mut db, &it.id).await?,
        None => None,
    };
    drop(db);
    let is_right = passwords::verify(form.password, stored).await?;
    let Some(person) = person.filter(|_| is_right) else {
        app.store().audit(visit.entry("sign-in", "").ended(Outcome::Refused)).await?;
        wrong.add("email", WRONG);
        return Ok(page(&visit, wrong, (form.email, form.next)).respond());
    };
    if let Some(before) = &visit.person {
        end(&visit, before.id.clone(), before.session.clone()).await?;
    }
    let key = account_key(&form.email);
    app.store()
        .write(move |tx| Box::pin(async move { attempts::succeeded(tx, &key).await }))
        .await?;
    let mut response = go(&form.next, "");
    session::start(&visit, &person.id, response.headers_mut()).await?;
    Ok(response)
}

fn account_key(email: &str) -> String {
    format!("account/{}", email.trim().to_lowercase())
}

/// Counts a try, or says how long to wait.
pub(super) async fn may_try(visit: &Visit, account: &str) -> Result<(), Fault> {
    let account = (account_key(account), AttemptLimit::ACCOUNT);
    counted(visit, vec![account, address_key(visit)]).await
}

/// Counts what went wrong without anybody's name in it, or says how long to wait, so that nobody
/// fills the record with it.
pub(super) async fn may_fail(visit: &Visit) -> Result<(), Fault> {
    counted(visit, vec![address_key(visit)]).await
}

fn address_key(visit: &Visit) -> (String, AttemptLimit) {
    (format!("address/{}", visit.address), AttemptLimit::ADDRESS)
}

async fn counted(visit: &Visit, keys: Vec<(String, AttemptLimit)>) -> Result<(), Fault> {
    let now = visit.now;
    let attempt = visit
        .app
        .store()
        .write(move |tx| Box::pin(async move { attempts::attempt(tx, &keys, now).await }));
    match attempt.await? {
        Attempt::Allowed => Ok(()),
        Attempt::Wait(until) => {
            let seconds = until.duration_since(now).as_secs().max(1);
            Err(Fault::TooMany(seconds.unsigned_abs()))
        }
    }
}

pub(super) async fn sign_out(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let person = visit.person()?;
    end(&visit, person.id.clone(), person.session.clone()).await?;
    let mut response = go("/sign-in", "You are signed out.").into_response();
    session::forget(&app, response.headers_mut());
    Ok(response)
}

pub(super) async fn end(
    visit: &Visit,
    person: store::PersonId,
    id: store::SessionId,
) -> Result<(), Fault> {
    let entry = visit.entry("sign-out", "");
    let ended = visit
        .app
        .store()
        .write(move |tx| Box::pin(async move { sessions::end(tx, &person, &id, &entry).await }));
    Ok(ended.await?)
}

impl Page for SignIn {
    const TEMPLATE: &'static str = "features/sign_in/sign_in.html";

    fn samples() -> Vec<Self> {
        let page = |wrong: Wrong, demonstration: Vec<(String, String)>| Self {
            shell: Shell { person: None, navigation: Vec::new(), ..Shell::sample("Sign in") },
            wrong,
            email: "priya.raman@trust.example".to_owned(),
            next: "/runs".to_owned(),
            provider: "NHS CIS2".to_owned(),
            demonstration,
            demonstration_password: "for-the-demonstration".to_owned(),
        };
        let mut wrong = Wrong::default();
        wrong.add("email", WRONG);
        let people =
            vec![("priya.raman@trust.example".to_owned(), "Costing accountant".to_owned())];
        vec![page(Wrong::default(), people), page(wrong, Vec::new())]
    }
}
