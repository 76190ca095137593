//! What one may do, and where one is signed in.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use store::sessions::{self, Limits};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::go;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/account/overview.html")]
pub(super) struct Overview {
    shell: Shell,
    roles: Vec<String>,
    rights: Vec<(String, String)>,
    sessions: Vec<Line>,
    /// The identity provider; blank for none.
    provider: String,
    may_see_own: bool,
    may_ask_identities: bool,
}

/// One session.
struct Line {
    since: String,
    seen: String,
    address: String,
    is_this: bool,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let person = visit.person()?;
    let settings = app.settings();
    let limits = Limits { idle: settings.idle, absolute: settings.absolute };
    let mut db = app.store().read().await?;
    let found = sessions::list(&mut db, &person.id, visit.now, &limits).await?;
    let sessions = found.into_iter().map(|it| Line {
        since: words::moment(it.created),
        seen: words::moment(it.seen),
        is_this: it.id == person.session,
        address: it.ip,
    });
    let named = person.access.roles().iter().filter_map(|it| app.matrix().role(it));
    let rights = Capability::ALL.iter().filter_map(|it| person.access.scope(*it));
    let shell = visit.shell("Your account");
    let page = Overview {
        shell,
        roles: named.map(|it| format!("{}: {}", it.name, it.does)).collect(),
        rights: rights.map(|it| (plain(it.capability().word()), plain(&it.in_words()))).collect(),
        sessions: sessions.collect(),
        provider: settings.provider_name().to_owned(),
        may_see_own: visit.may(Capability::ReadOwnAudit),
        may_ask_identities: visit.may(Capability::Reidentify),
    };
    Ok(page.respond())
}

/// A word of a data file as people read it.
fn plain(word: &str) -> String {
    words::capital(&word.replace('_', " ").to_lowercase())
}

/// Ends all sessions but this one.
pub(super) async fn end_others(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let person = visit.person()?;
    let settings = app.settings();
    let limits = Limits { idle: settings.idle, absolute: settings.absolute };
    let mut db = app.store().read().await?;
    let all = sessions::list(&mut db, &person.id, visit.now, &limits).await?;
    drop(db);
    for other in all.into_iter().filter(|it| it.id != person.session) {
        let (id, entry) = (person.id.clone(), visit.entry("session.end", other.id.as_str()));
        let ended = app.store().write(move |tx| {
            Box::pin(async move { sessions::end(tx, &id, &other.id, &entry).await })
        });
        ended.await?;
    }
    Ok(go("/account", "You are signed out everywhere else."))
}

impl Page for Overview {
    const TEMPLATE: &'static str = "features/account/overview.html";

    fn samples() -> Vec<Self> {
        let session = |is_this| Line {
            since: "20 May 2026, 09:14".to_owned(),
            seen: "20 May 2026, 09:20".to_owned(),
            address: "10.1.2.3".to_owned(),
            is_this,
        };
        vec![Self {
            shell: Shell::sample("Your account"),
            roles: vec![
                "Costing accountant: Loads, maps, costs, reconciles and explains".to_owned(),
            ],
            rights: vec![("Patient rows".to_owned(), "Trust exact".to_owned())],
            sessions: vec![session(true), session(false)],
            provider: "NHS CIS2".to_owned(),
            may_see_own: true,
            may_ask_identities: true,
        }]
    }
}
