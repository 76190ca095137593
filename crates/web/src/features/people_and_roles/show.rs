//! One person: who they are, what they may, and what an administrator can do about it.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use store::grants::{self, Grant};
use store::people::{self, PersonState, StoredPerson};
use store::{GrantId, credentials, identities, units};

use super::{found, not_oneself, role_name};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people::{name_of, names};
use crate::shell::session;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/show.html")]
pub(super) struct Show {
    shell: Shell,
    id: String,
    known: Vec<(&'static str, String)>,
    has_left: bool,
    rights: Vec<Line>,
    may_manage: bool,
    is_you: bool,
    /// The identity provider; blank for none.
    provider: String,
}

/// One right of the page.
struct Line {
    id: String,
    role: String,
    unit: String,
    days: String,
    given: String,
    state: Standing,
    patient_level: bool,
    may_approve: bool,
    may_revoke: bool,
}

/// How a right stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Counts,
    Waits,
    Later,
    Ended,
    Revoked,
}

impl Standing {
    fn of(grant: &Grant, today: Day) -> Self {
        match grant {
            it if it.revoked_at.is_some() => Self::Revoked,
            it if it.granted.until.is_some_and(|it| it < today) => Self::Ended,
            it if it.waits() => Self::Waits,
            it if it.granted.from > today => Self::Later,
            _ => Self::Counts,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Counts => "Counts today",
            Self::Waits => "Waits for a second person",
            Self::Later => "Begins later",
            Self::Ended => "Has ended",
            Self::Revoked => "Taken away",
        }
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let stored = found(&app, &id).await?;
    let mut db = app.store().read().await?;
    let granted = grants::of_person(&mut db, &stored.id).await?;
    let all_names = names(&mut db).await?;
    let all_units = units::list(&mut db).await?;
    let has_password = credentials::password(&mut db, &stored.id).await?.is_some();
    let has_codes = credentials::totp(&mut db, &stored.id).await?.is_some();
    let joined = identities::of_person(&mut db, &stored.id).await?.len();
    drop(db);
    let you = visit.person()?.id.as_str();
    let name =
        |reference: &str| all_names.get(reference).cloned().unwrap_or_else(|| reference.to_owned());
    let unit = |code: &store::UnitCode| {
        let found = all_units.iter().find(|it| it.unit.code == *code);
        found.map_or_else(|| code.as_str().to_owned(), |it| it.unit.name.clone())
    };
    let is_you = stored.id.as_str() == you;
    let manages = visit.may(Capability::ManagePeople) && !is_you;
    let approves = visit.may(Capability::ApproveGrants) && !is_you;
    let line = |it: &Grant| {
        let state = Standing::of(it, session::today(visit.now));
        Line {
            id: it.id.as_str().to_owned(),
            role: role_name(app.matrix(), &it.granted.role),
            unit: unit(&it.granted.unit),
            days: days(it.granted.from, it.granted.until),
            given: format!("By {}: {}", name(&it.granted_by), it.granted.reason),
            state,
            patient_level: it.granted.patient_level,
            may_approve: approves && state == Standing::Waits && it.granted_by != you,
            may_revoke: manages && !matches!(state, Standing::Revoked | Standing::Ended),
        }
    };
    let page = Show {
        shell: visit.shell(&stored.person.name).below("People", "/people"),
        id,
        known: known(&stored, (has_password, has_codes, joined)),
        has_left: stored.state == PersonState::Left,
        rights: granted.iter().map(line).collect(),
        may_manage: manages,
        is_you,
        provider: app.settings().provider_name().to_owned(),
    };
    Ok(page.respond())
}

fn known(
    it: &StoredPerson,
    (has_password, has_codes, joined): (bool, bool, usize),
) -> Vec<(&'static str, String)> {
    let or_none = |text: &str| if text.is_empty() { "Not known" } else { text }.to_owned();
    let yes = |it| if it { "Set" } else { "Not set" }.to_owned();
    let mut known = vec![
        ("Email address", it.person.email.clone()),
        ("Job title", or_none(&it.person.job_title)),
        ("Profession", or_none(&it.person.profession)),
        ("Password", yes(has_password)),
        ("Second factor", yes(has_codes)),
    ];
    if joined > 0 {
        known.push(("Identity provider", "Joined".to_owned()));
    }
    if let Some(on) = it.left_on {
        known.push(("Left on", words::day(&on.to_string())));
    }
    known
}

pub(super) fn days(from: Day, until: Option<Day>) -> String {
    let from = words::day(&from.to_string());
    match until {
        Some(until) => format!("{from} to {}", words::day(&until.to_string())),
        None => format!("From {from}, without end"),
    }
}

/// Lets a person go, with sessions and rights.
pub(super) async fn leave(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let stored = found(&app, &id).await?;
    not_oneself(&visit, &stored.id)?;
    let (on, entry) = (session::today(visit.now), visit.entry("person.leave", ""));
    let said =
        format!("{} has left: signed out everywhere, and without any right.", stored.person.name);
    let leads_to = format!("/people/{id}");
    let done = visit.change(&leads_to, &said, move |tx| {
        Box::pin(async move { people::leave(tx, &stored.id, on, &entry).await.map(|_| ()) })
    });
    done.await
}

/// Takes a person back, without any right.
pub(super) async fn rejoin(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let stored = found(&app, &id).await?;
    not_oneself(&visit, &stored.id)?;
    let entry = visit.entry("person.rejoin", "");
    let said = format!("{} is back, without any right or password.", stored.person.name);
    let leads_to = format!("/people/{id}");
    let done = visit.change(&leads_to, &said, move |tx| {
        Box::pin(async move { people::rejoin(tx, &stored.id, &entry).await })
    });
    done.await
}

/// Approves a right as the second person.
pub(super) async fn approve(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (grant, person) = right(&app, &id).await?;
    not_oneself(&visit, &grant.granted.person)?;
    let entry = visit.entry("grant.approve", "");
    let said = format!("You approved the right. It counts for {person} from its first day.");
    let leads_to = format!("/people/{}", grant.granted.person);
    let done = visit.change(&leads_to, &said, move |tx| {
        Box::pin(async move { grants::approve(tx, &grant.id, &entry).await })
    });
    done.await
}

/// Takes a right away.
pub(super) async fn revoke(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (grant, person) = right(&app, &id).await?;
    not_oneself(&visit, &grant.granted.person)?;
    let entry = visit.entry("grant.revoke", "");
    let said = format!("The right of {person} is taken away.");
    let leads_to = format!("/people/{}", grant.granted.person);
    let done = visit.change(&leads_to, &said, move |tx| {
        Box::pin(async move { grants::revoke(tx, &grant.id, &entry).await })
    });
    done.await
}

async fn right(app: &App, id: &str) -> Result<(Grant, String), Fault> {
    let mut db = app.store().read().await?;
    let grant = grants::get(&mut db, &GrantId::new(id)).await?;
    let person = name_of(&mut db, grant.granted.person.as_str()).await?;
    Ok((grant, person))
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/people_and_roles/show.html";

    fn samples() -> Vec<Self> {
        let line = |role: &str, state, patient_level| Line {
            id: "g1".to_owned(),
            role: role.to_owned(),
            unit: "Trauma and orthopaedics".to_owned(),
            days: "From 1 April 2026, without end".to_owned(),
            given: "By Ada Bright: joins the team".to_owned(),
            state,
            patient_level,
            may_approve: state == Standing::Waits,
            may_revoke: matches!(state, Standing::Counts | Standing::Waits | Standing::Later),
        };
        let page = |rights, has_left, may_manage| Self {
            shell: Shell::sample("Priya Raman"),
            id: "p1".to_owned(),
            known: vec![("Email address", "priya.raman@trust.example".to_owned())],
            has_left,
            rights,
            may_manage,
            is_you: !may_manage,
            provider: if may_manage { "NHS CIS2".to_owned() } else { String::new() },
        };
        let rights = vec![
            line("Clinician", Standing::Waits, true),
            line("Board member", Standing::Counts, false),
            line("Auditor", Standing::Later, false),
            line("Service manager", Standing::Ended, false),
            line("Clinician", Standing::Revoked, false),
        ];
        vec![
            page(rights, false, true),
            page(Vec::new(), true, true),
            page(Vec::new(), false, false),
        ]
    }
}
