//! Changing one's password; all other sessions end with it.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use store::{credentials, people, sessions};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, go};
use crate::shell::page::{Page, Shell};
use crate::shell::passwords;
use crate::shell::session;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/account/password.html")]
pub(super) struct Password {
    shell: Shell,
    wrong: Wrong,
}

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    password: String,
    again: String,
}

pub(super) async fn show(visit: Visit) -> Response {
    page(&visit, Wrong::default()).respond()
}

fn page(visit: &Visit, wrong: Wrong) -> Password {
    let shell = visit.shell("Change your password").below("Your account", "/account");
    let shell = shell.with_errors(&wrong);
    Password { shell, wrong }
}

pub(super) async fn change(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let person = visit.person()?;
    let mut db = app.store().read().await?;
    let stored = people::get(&mut db, &person.id).await?;
    drop(db);
    let mut wrong = Wrong::default();
    let about = [stored.person.name.as_str(), &stored.person.email, &app.settings().trust];
    let fault = passwords::fault_of(&form.password, &about);
    wrong.unless(fault.is_empty(), "password", fault);
    wrong.unless(form.password == form.again, "again", "Type the same password twice");
    if !wrong.is_empty() {
        return Ok(page(&visit, wrong).respond());
    }
    let phc = passwords::hash(form.password).await?;
    let (id, entry) = (person.id.clone(), visit.entry("password.change", ""));
    let changed = app.store().write(move |tx| {
        Box::pin(async move {
            credentials::set_password(tx, &id, &phc, &entry).await?;
            sessions::end_all(tx, &id, &entry).await
        })
    });
    changed.await?;
    let mut response = go("/sign-in", "Your password is changed. Sign in with the new one.");
    session::forget(&app, response.headers_mut());
    Ok(response)
}

impl Page for Password {
    const TEMPLATE: &'static str = "features/account/password.html";

    fn samples() -> Vec<Self> {
        let mut wrong = Wrong::default();
        wrong.add("again", "Type the same password twice");
        let shell = || Shell::sample("Change your password");
        vec![Self { shell: shell(), wrong: Wrong::default() }, Self { shell: shell(), wrong }]
    }
}
