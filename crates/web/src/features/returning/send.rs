//! The trust's return: what can be sent, what it would say, and every version that was sent.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::returns::write;
use serde::Deserialize;
use store::returning::{self, NewReturn, SentReturn};

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
#[template(path = "features/returning/send.html")]
pub(super) struct SendPage {
    shell: Shell,
    lead: Vec<String>,
    /// Whether whoever looks may send.
    sends: bool,
    choices: Vec<(String, String)>,
    typed: Typed,
    /// What would be sent, to be looked at before.
    check: Vec<(String, String)>,
    sent: Vec<Sent>,
    wrong: Wrong,
}

/// A version that was sent.
#[derive(Clone, Debug, Default)]
struct Sent {
    title: String,
    said: Vec<String>,
    file: String,
}

/// A return as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    level: String,
    organisation: String,
    year: String,
    collector: String,
    seen: String,
    then: String,
}

/// What is known of the trust's returns.
struct Known {
    trust: String,
    levels: Vec<Signed>,
    sent: Vec<SentReturn>,
}

async fn known(app: &App, visit: &Visit, capability: Capability) -> Result<Known, Fault> {
    let trust = trust(app, visit, capability).await?;
    let mut db = app.store().read().await?;
    let (levels, sent) = (all(&mut db, &trust).await?, returning::sent(&mut db).await?);
    Ok(Known { trust, levels, sent })
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let known = known(&app, &visit, Capability::ReadAssessments).await?;
    let last = known.sent.iter().max_by_key(|it| it.at);
    let typed = Typed {
        level: known.levels.first().map(|it| it.id.to_string()).unwrap_or_default(),
        organisation: last.map(|it| it.of.organisation.clone()).unwrap_or_default(),
        year: today(visit.now).to_string().get(..4).unwrap_or_default().to_owned(), // number: digits of a year
        collector: last
            .map_or_else(|| "National collection".to_owned(), |it| it.of.collector.clone()),
        seen: known.sent.len().to_string(),
        then: String::new(),
    };
    Ok(page(&app, &visit, &known, (typed, Wrong::default())).await?.respond())
}

async fn page(
    app: &App,
    visit: &Visit,
    known: &Known,
    (typed, wrong): (Typed, Wrong),
) -> Result<SendPage, Fault> {
    let names = names(&mut *app.store().read().await?).await?;
    let shell = visit.shell("Return the trust’s level").below("Working together", "/assessment");
    let choice = |it: &Signed| (it.id.to_string(), it.in_words());
    let mut sent: Vec<Sent> = Vec::new();
    for it in known.sent.iter().rev() {
        let by = names.get(it.by.as_str()).cloned().unwrap_or_default();
        let level = known.levels.iter().find(|level| level.id == it.of.level);
        sent.push(told(it, level, &by));
    }
    Ok(SendPage {
        shell: shell.with_errors(&wrong),
        lead: lead(known),
        sends: may_sign(visit, &known.trust) && !known.levels.is_empty(),
        choices: known.levels.iter().map(choice).collect(),
        typed,
        check: Vec::new(),
        sent,
        wrong,
    })
}

fn lead(known: &Known) -> Vec<String> {
    let Some(latest) = known.levels.first() else {
        return vec!["Nothing can be returned yet: a level of the trust must be signed by a clinical and a finance lead first. Where Level\u{a0}1 is not yet shown, they decide which level to put forward, and say why.".to_owned()];
    };
    let newer = known.sent.iter().max_by_key(|it| it.at).filter(|it| it.of.level != latest.id);
    let mut said = vec![format!("{} by both leads, can be returned.", latest.in_words())];
    if newer.is_some() {
        said.push("It is later than what was returned last. Sending it opens another version; the earlier one stays.".to_owned());
    }
    said
}

fn told(it: &SentReturn, level: Option<&Signed>, by: &str) -> Sent {
    let level = level.map(Signed::in_words).unwrap_or_default();
    Sent {
        title: format!("{}, {}, version {}", it.of.collector, it.of.year, it.version),
        said: vec![
            format!("{level}, for the organisation {}.", it.of.organisation),
            format!("Sent by {by}, {}.", words::moment(it.at)),
            format!("Receipt {}.", it.of.receipt),
        ],
        file: format!("/assessment/return/{}/file", it.id),
    }
}

pub(super) async fn send(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let known = known(&app, &visit, Capability::SignLevels).await?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let level = known.levels.iter().find(|it| it.id.as_str() == typed.level);
    wrong.unless(level.is_some(), "level", "Choose a level that both leads signed");
    let organisation = code(&typed.organisation);
    wrong.unless(organisation.is_some(), "organisation", CODE_WRONG);
    let of_year = year(&typed.year);
    wrong.unless(of_year.is_some(), "year", YEAR_WRONG);
    NAME.check(&mut wrong, "collector", &typed.collector, "Say who collects it");
    let parts = level.zip(organisation).zip(of_year).filter(|_| wrong.is_empty());
    let Some(((level, organisation), of_year)) = parts else {
        return Ok(page(&app, &visit, &known, (typed, wrong)).await?.respond());
    };
    let found = match level.returned(&organisation, of_year) {
        Ok(it) => it,
        Err(why) => {
            wrong.add("level", why);
            return Ok(page(&app, &visit, &known, (typed, wrong)).await?.respond());
        }
    };
    let collector = typed.collector.trim().to_owned();
    let earlier = known.sent.iter();
    let earlier = earlier
        .filter(|it| (it.of.year, it.of.collector.as_str()) == (of_year, collector.as_str()));
    let versions = i64::try_from(earlier.count()).unwrap_or(i64::MAX);
    if typed.then != "send" {
        let mut check = vec![
            ("Organisation".to_owned(), organisation),
            ("Year".to_owned(), of_year.to_string()),
            ("Collector".to_owned(), collector),
            ("Version".to_owned(), (versions + 1).to_string()),
        ];
        check.extend(level.particulars());
        check.push(("Receipt".to_owned(), found.receipt()));
        let page = page(&app, &visit, &known, (typed, wrong)).await?;
        let shell = page.shell.titled("Check the return before you send it");
        return Ok(SendPage { shell, check, ..page }.respond());
    }
    if known.sent.len().to_string() != typed.seen {
        let now = "Somebody has sent a return since you opened the page. Open it again to see what was sent.";
        return Err(Fault::Stale(now.to_owned()));
    }
    let new = NewReturn {
        organisation,
        year: of_year,
        collector,
        level: level.id.clone(),
        csv: write(std::slice::from_ref(&found)),
        receipt: found.receipt(),
    };
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "return.send", "");
    let said = format!("The return is kept, with the receipt {}. Hand its file over.", new.receipt);
    let done = visit.change("/assessment/return", &said, move |tx| {
        Box::pin(async move {
            returning::send(tx, &new, versions, &entry).await?;
            Ok(())
        })
    });
    done.await
}

/// The file of a version, as it was sent.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let known = known(&app, &visit, Capability::ReadAssessments).await?;
    let found = known.sent.iter().find(|it| it.id.as_str() == id).ok_or(Fault::NotFound)?;
    let scope = visit.scope(Capability::ReadAssessments)?;
    app.store().audit(visit.entry_in(scope, "return.download", &format!("return/{id}"))).await?;
    let name = format!("return-{}-{}-{}", found.of.organisation, found.of.year, found.version);
    Ok(as_kept(&name, &found.of.csv))
}

impl Page for SendPage {
    const TEMPLATE: &'static str = "features/returning/send.html";

    fn samples() -> Vec<Self> {
        let choice = ("1".to_owned(), "Level\u{a0}3, signed 27 May 2026, 10:00".to_owned());
        let sent = Sent {
            title: "National collection, 2026, version 1".to_owned(),
            said: vec!["Receipt 0123456789abcdef.".to_owned()],
            file: "/assessment/return/1/file".to_owned(),
        };
        let page = |title: &str, sends, wrong: Wrong| Self {
            shell: Shell::sample(title).with_errors(&wrong),
            lead: vec![
                "Level\u{a0}3, signed 27 May 2026, 10:00 by both leads, can be returned."
                    .to_owned(),
            ],
            sends,
            choices: vec![choice.clone()],
            typed: Typed { level: "1".to_owned(), ..Typed::default() },
            check: Vec::new(),
            sent: vec![sent.clone()],
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("organisation", CODE_WRONG);
        let check = vec![("Level".to_owned(), "Level\u{a0}3".to_owned())];
        let named = "Return the trust’s level";
        vec![
            page(named, true, Wrong::default()),
            page(named, true, wrong),
            Self { check, ..page("Check the return before you send it", true, Wrong::default()) },
            Self { sent: Vec::new(), ..page(named, false, Wrong::default()) },
        ]
    }
}
