//! A first password, shown once, and setting a second factor back: both end every session.

use axum::extract::{Path, State};
use axum::response::Response;
use store::people::{PersonState, StoredPerson};
use store::{credentials, sessions};

use super::{found, not_oneself};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::random_token;
use crate::shell::page::{Page, Shell};
use crate::shell::passwords;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/secret.html")]
pub(super) struct Secret {
    shell: Shell,
    id: String,
    step: Step,
}

/// Where it stands.
enum Step {
    /// The first password is about to be set.
    Password,
    /// It is set; this is shown once.
    Shown(String),
    /// The second factor is about to be set back.
    Factor,
}

pub(super) async fn password(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let person = of(&app, &visit, &id).await?;
    let title = format!("Set a first password for {}", person.person.name);
    Ok(page(&visit, &person, (title, Step::Password)).respond())
}

pub(super) async fn factor(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let person = of(&app, &visit, &id).await?;
    let title = format!("Reset the second factor of {}", person.person.name);
    Ok(page(&visit, &person, (title, Step::Factor)).respond())
}

async fn of(app: &App, visit: &Visit, id: &str) -> Result<StoredPerson, Fault> {
    let stored = found(app, id).await?;
    not_oneself(visit, &stored.id)?;
    if stored.state == PersonState::Left {
        return Err(Fault::Refused("This person has left. Take them back first.".to_owned()));
    }
    Ok(stored)
}

fn page(visit: &Visit, of: &StoredPerson, (title, step): (String, Step)) -> Secret {
    let id = of.id.as_str().to_owned();
    let shell = visit.shell(title).below("People", "/people");
    Secret { shell: shell.below(&of.person.name, format!("/people/{id}")), id, step }
}

/// Sets a password that nobody chose, and shows it on this answer alone. Sent twice it sets two;
/// the one that is shown last is the one that counts.
pub(super) async fn set_password(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let person = of(&app, &visit, &id).await?;
    let password = one_time();
    let phc = passwords::hash(password.clone()).await?;
    let (target, entry) = (person.id.clone(), visit.entry("credential.first_password", ""));
    let set = app.store().write(move |tx| {
        Box::pin(async move {
            credentials::set_first_password(tx, &target, &phc, &entry).await?;
            sessions::end_all(tx, &target, &entry).await
        })
    });
    set.await?;
    let title = format!("The first password of {}", person.person.name);
    Ok(page(&visit, &person, (title, Step::Shown(password))).respond())
}

/// 80 random bits in groups that can be read out.
pub(super) fn one_time() -> String {
    let token = random_token();
    [&token[0..4], &token[4..8], &token[8..12], &token[12..16], &token[16..20]].join("-")
}

pub(super) async fn reset_factor(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let person = of(&app, &visit, &id).await?;
    let entry = visit.entry("credential.totp_reset", "");
    let said = "The second factor is forgotten. They set up a new one when they sign in.";
    let leads_to = format!("/people/{id}");
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            credentials::reset_totp(tx, &person.id, &entry).await?;
            sessions::end_all(tx, &person.id, &entry).await.map(|_| ())
        })
    });
    done.await
}

impl Page for Secret {
    const TEMPLATE: &'static str = "features/people_and_roles/secret.html";

    fn samples() -> Vec<Self> {
        let page =
            |title: &str, step| Self { shell: Shell::sample(title), id: "p1".to_owned(), step };
        vec![
            page("Set a first password for Priya Raman", Step::Password),
            page(
                "The first password of Priya Raman",
                Step::Shown("0a1b-2c3d-4e5f-6a7b-8c9d".to_owned()),
            ),
            page("Reset the second factor of Priya Raman", Step::Factor),
        ]
    }
}
