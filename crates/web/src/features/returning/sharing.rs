//! What the trust shares with groups: a person consents for each round, and can take it back.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::returns::write;
use serde::Deserialize;
use store::ConsentId;
use store::returning::{self, Consent, NewConsent};

use super::signed::{Signed, all, may_sign, trust};
use super::{CODE_WRONG, NAME, YEAR_WRONG, code, year};
use crate::App;
use crate::shell::download::as_kept;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/returning/sharing.html")]
pub(super) struct SharingPage {
    shell: Shell,
    lead: String,
    shared: Vec<Shared>,
    signs: bool,
    choices: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// A consent as it is shown.
#[derive(Clone, Debug, Default)]
struct Shared {
    title: String,
    said: Vec<String>,
    address: String,
    holds: bool,
}

/// A consent as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    level: String,
    group: String,
    year: String,
    organisation: String,
    consents: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let trust = trust(&app, &visit, Capability::ReadAssessments).await?;
    let mut db = app.store().read().await?;
    let sent = returning::sent(&mut db).await?;
    let given = returning::consents(&mut db).await?;
    let level = all(&mut db, &trust).await?.first().map(|it| it.id.to_string());
    let codes = given.iter().map(|it| (it.at, &it.of.organisation));
    let codes = codes.chain(sent.iter().map(|it| (it.at, &it.of.organisation)));
    let typed = Typed {
        level: level.unwrap_or_default(),
        year: today(visit.now).to_string().get(..4).unwrap_or_default().to_owned(), // number: digits of a year
        organisation: codes.max_by_key(|it| it.0).map(|it| it.1.clone()).unwrap_or_default(),
        ..Typed::default()
    };
    drop(db);
    Ok(page(&app, &visit, &trust, (typed, Wrong::default())).await?.respond())
}

async fn page(
    app: &App,
    visit: &Visit,
    trust: &str,
    (typed, wrong): (Typed, Wrong),
) -> Result<SharingPage, Fault> {
    let mut db = app.store().read().await?;
    let levels = all(&mut db, trust).await?;
    let names = names(&mut db).await?;
    let name = |id: &store::PersonId| names.get(id.as_str()).cloned().unwrap_or_default();
    let given = returning::consents(&mut db).await?;
    let shared = given.iter().rev().map(|it| told(it, &levels, &name));
    Ok(SharingPage {
        shell: visit
            .shell("Share the trust’s level with a group")
            .below("Working together", "/assessment")
            .below("Return", "/assessment/return")
            .with_errors(&wrong),
        lead: "Nothing goes to a group before a person has consented for that round. A group shows how many of its members are at each level, and never who.".to_owned(),
        shared: shared.collect(),
        signs: may_sign(visit, trust) && !levels.is_empty(),
        choices: levels.iter().map(|it| (it.id.to_string(), it.in_words())).collect(),
        typed,
        wrong,
    })
}

fn told(it: &Consent, levels: &[Signed], name: &impl Fn(&store::PersonId) -> String) -> Shared {
    let level = levels.iter().find(|level| level.id == it.of.level);
    let mut said = vec![
        format!("{}.", level.map(Signed::in_words).unwrap_or_default()),
        format!("{} consented, {}.", name(&it.by), words::moment(it.at)),
        format!("Receipt {}.", it.of.receipt),
    ];
    if let Some((by, at)) = &it.withdrawn {
        said.push(format!("{} took it back, {}.", name(by), words::moment(*at)));
    }
    Shared {
        title: format!("{}, {}", it.of.group, it.of.year),
        said,
        address: format!("/assessment/sharing/{}", it.id),
        holds: it.withdrawn.is_none(),
    }
}

pub(super) async fn consent(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let trust = trust(&app, &visit, Capability::SignLevels).await?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let mut db = app.store().read().await?;
    let levels = all(&mut db, &trust).await?;
    let given = returning::consents(&mut db).await?;
    drop(db);
    let level = levels.iter().find(|it| it.id.as_str() == typed.level);
    wrong.unless(level.is_some(), "level", "Choose a level that both leads signed");
    NAME.check(&mut wrong, "group", &typed.group, "Say which group");
    let of_year = year(&typed.year);
    wrong.unless(of_year.is_some(), "year", YEAR_WRONG);
    let organisation = code(&typed.organisation);
    wrong.unless(organisation.is_some(), "organisation", CODE_WRONG);
    wrong.unless(typed.consents == "yes", "consents", "Nothing goes out unless you consent");
    let group = typed.group.trim();
    let holds = |it: &&Consent| it.withdrawn.is_none() && it.of.group == group;
    if given.iter().filter(holds).any(|it| Some(it.of.year) == of_year) {
        wrong.add("group", "A level is shared with this group for the year: take that back first");
    }
    let parts = level.zip(organisation).zip(of_year).filter(|_| wrong.is_empty());
    let Some(((level, organisation), of_year)) = parts else {
        return Ok(page(&app, &visit, &trust, (typed, wrong)).await?.respond());
    };
    let found = match level.returned(&organisation, of_year) {
        Ok(it) => it,
        Err(why) => {
            wrong.add("level", why);
            return Ok(page(&app, &visit, &trust, (typed, wrong)).await?.respond());
        }
    };
    let new = NewConsent {
        group: group.to_owned(),
        year: of_year,
        organisation,
        level: level.id.clone(),
        csv: write(std::slice::from_ref(&found)),
        receipt: found.receipt(),
    };
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "consent.give", "");
    let said = "Your consent is kept. Download the file and hand it to the group.";
    let done = visit.change("/assessment/sharing", said, move |tx| {
        Box::pin(async move {
            returning::consent(tx, &new, &entry).await?;
            Ok(())
        })
    });
    done.await
}

/// A consent that still holds.
pub(super) async fn holding(app: &App, id: &str) -> Result<Consent, Fault> {
    let all = returning::consents(&mut *app.store().read().await?).await?;
    let found = all.into_iter().find(|it| it.id.as_str() == id && it.withdrawn.is_none());
    found.ok_or(Fault::NotFound)
}

pub(super) async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    trust(&app, &visit, Capability::SignLevels).await?;
    holding(&app, &id).await?;
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "consent.withdraw", "");
    let said = "It is taken back. Ask the group to take out what was handed over before.";
    let id = ConsentId::new(id);
    let done = visit.change("/assessment/sharing", said, move |tx| {
        Box::pin(async move { returning::withdraw(tx, &id, &entry).await })
    });
    done.await
}

/// The file to hand over; there is none before a consent, nor after it was taken back.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    trust(&app, &visit, Capability::SignLevels).await?;
    let found = holding(&app, &id).await?;
    let scope = visit.scope(Capability::SignLevels)?;
    app.store().audit(visit.entry_in(scope, "consent.download", &format!("consent/{id}"))).await?;
    let name = format!("for-the-group-{}-{}", found.of.organisation, found.of.year);
    Ok(as_kept(&name, &found.of.csv))
}

impl Page for SharingPage {
    const TEMPLATE: &'static str = "features/returning/sharing.html";

    fn samples() -> Vec<Self> {
        let shared = |holds| Shared {
            title: "Vale group, 2026".to_owned(),
            said: vec!["Helen Marsh consented, 11 June 2026, 10:00.".to_owned()],
            address: "/assessment/sharing/1".to_owned(),
            holds,
        };
        let page = |shared: Vec<Shared>, signs, wrong: Wrong| Self {
            shell: Shell::sample("Share the trust’s level with a group").with_errors(&wrong),
            lead: "Nothing goes to a group before a person has consented.".to_owned(),
            shared,
            signs,
            choices: vec![("1".to_owned(), "Level\u{a0}3, signed 27 May 2026, 10:00".to_owned())],
            typed: Typed { level: "1".to_owned(), ..Typed::default() },
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("consents", "Nothing goes out unless you consent");
        vec![
            page(vec![shared(true), shared(false)], true, Wrong::default()),
            page(Vec::new(), true, wrong),
            page(Vec::new(), false, Wrong::default()),
        ]
    }
}
