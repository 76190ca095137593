//! A person's identity at the provider: invite them to join it, or take it away.

use axum::extract::{Path, State};
use axum::response::Response;
use jiff::SignedDuration;
use store::identities;
use store::people::{PersonState, StoredPerson};

use super::secret::one_time;
use super::{found, not_oneself};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provider;
use crate::shell::visit::Visit;
use crate::shell::words;

/// A code lasts so long: 7 days.
const LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/provider.html")]
pub(super) struct PersonsProvider {
    shell: Shell,
    id: String,
    name: String,
    provider: String,
    /// Since when identities are joined.
    joined: Vec<String>,
    /// A code that is shown once; blank for none.
    code: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let person = of(&app, &visit, &id).await?;
    Ok(page(&visit, &person, String::new()).await?.respond())
}

async fn of(app: &App, visit: &Visit, id: &str) -> Result<StoredPerson, Fault> {
    provider::of(app)?;
    let stored = found(app, id).await?;
    not_oneself(visit, &stored.id)?;
    if stored.state == PersonState::Left {
        return Err(Fault::Refused("This person has left. Take them back first.".to_owned()));
    }
    Ok(stored)
}

async fn page(visit: &Visit, of: &StoredPerson, code: String) -> Result<PersonsProvider, Fault> {
    let mut db = visit.app.store().read().await?;
    let found = identities::of_person(&mut db, &of.id).await?;
    let provider = visit.app.settings().provider_name().to_owned();
    let (id, name) = (of.id.as_str().to_owned(), of.person.name.clone());
    let shell = visit.shell(format!("{provider} for {name}")).below("People", "/people");
    let shell = shell.below(&name, format!("/people/{id}"));
    let joined = found.iter().map(|it| words::moment(it.linked_at)).collect();
    Ok(PersonsProvider { shell, id, name, provider, joined, code })
}

/// Makes a code and shows it on this answer alone; an earlier one ends.
pub(super) async fn invite(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let person = of(&app, &visit, &id).await?;
    let code = one_time();
    let (target, until) = (person.id.clone(), visit.now + LASTS);
    let (sent, entry) = (code.clone(), visit.entry("identity.invite", ""));
    let invited = app.store().write(move |tx| {
        Box::pin(async move { identities::invite(tx, &target, (&sent, until), &entry).await })
    });
    invited.await?;
    Ok(page(&visit, &person, code).await?.respond())
}

/// Takes identities and invitations away; sessions by them end.
pub(super) async fn unlink(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let person = of(&app, &visit, &id).await?;
    let entry = visit.entry("identity.unlink", "");
    let said = format!("{} is no longer known by it, and signed out.", person.person.name);
    let leads_to = format!("/people/{id}");
    let done = visit.change(&leads_to, &said, move |tx| {
        Box::pin(async move { identities::unlink_all(tx, &person.id, &entry).await.map(|_| ()) })
    });
    done.await
}

impl Page for PersonsProvider {
    const TEMPLATE: &'static str = "features/people_and_roles/provider.html";

    fn samples() -> Vec<Self> {
        let page = |joined: Vec<String>, code: &str| Self {
            shell: Shell::sample("NHS CIS2 for Priya Raman").below("People", "/people"),
            id: "p1".to_owned(),
            name: "Priya Raman".to_owned(),
            provider: "NHS CIS2".to_owned(),
            joined,
            code: code.to_owned(),
        };
        vec![
            page(Vec::new(), ""),
            page(vec!["20 May 2026, 09:14".to_owned()], ""),
            page(Vec::new(), "0a1b-2c3d-4e5f-6a7b-8c9d"),
        ]
    }
}
