//! A champion of a unit: who it is, and how often they are in contact.

use access::{Capability, ProfessionGroup};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::PersonId;
use store::assessing::Every;
use store::assessing::champions::{self, Champion, Kind, NewChampion};
use store::units::Branch;

use super::{choices, is_chosen};
use crate::App;
use crate::shell::assessed::{WORDS, every_words, seen, shell};
use crate::shell::assessing::gather;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::spread::kind_words;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/spread/champion.html")]
pub(super) struct ChampionPage {
    shell: Shell,
    kicker: String,
    says: &'static str,
    /// Where contacts are recorded.
    log: String,
    people: Vec<(String, String)>,
    everies: Vec<(String, String)>,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// A champion as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    person: String,
    contact_every: String,
    words: String,
    seen: String,
}

/// Of which professions a champion is.
fn group(kind: Kind) -> ProfessionGroup {
    match kind {
        Kind::Clinical => ProfessionGroup::Clinician,
        Kind::Cost => ProfessionGroup::Finance,
    }
}

fn says(kind: Kind) -> &'static str {
    match kind {
        Kind::Clinical => {
            "A clinician whom colleagues turn to on cost and quality, and who keeps in touch with finance."
        }
        Kind::Cost => {
            "Somebody of finance whom clinicians turn to, and who keeps in touch with the clinical champion."
        }
    }
}

async fn found(app: &App, visit: &Visit, of: (&str, Kind)) -> Result<Option<Champion>, Fault> {
    let all = champions::all(&mut *app.store().read().await?, visit.now).await?;
    Ok(all.into_iter().find(|it| (it.unit.as_str(), it.kind) == of))
}

pub(super) async fn show(
    State(app): State<App>,
    Path((code, kind)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let kind: Kind = kind.parse().map_err(|_| Fault::NotFound)?;
    let found = found(&app, &visit, (&code, kind)).await?;
    let typed = found.as_ref().map_or_else(Typed::default, |it| Typed {
        person: it.of.person.as_ref().map_or("", PersonId::as_str).to_owned(),
        contact_every: it.of.contact_every.map_or("", Every::as_str).to_owned(),
        words: it.of.words.clone(),
        seen: String::new(),
    });
    let number = found.map_or(0, |it| it.number);
    Ok(page(&visit, (unit, kind), number, (typed, Wrong::default())).await?.respond())
}

pub(super) async fn record(
    State(app): State<App>,
    Path((code, kind)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let kind: Kind = kind.parse().map_err(|_| Fault::NotFound)?;
    let typed: Typed = visit.fields.read()?;
    let number = typed.seen.parse().unwrap_or_default();
    let people = choices(&visit, group(kind), "").await?;
    let (new, wrong) = read(&typed, &people);
    if !wrong.is_empty() {
        return Ok(page(&visit, (unit, kind), number, (typed, wrong)).await?.respond());
    }
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "assessment.champion", "");
    let unit = unit.stored.unit.code.clone();
    let leads_to = format!("/assessment/{code}/teams");
    let done = visit.change(&leads_to, "The champion is kept.", move |tx| {
        Box::pin(async move { champions::record(tx, (&unit, kind), &new, number, &entry).await })
    });
    done.await
}

fn read(typed: &Typed, people: &[(String, String)]) -> (NewChampion, Wrong) {
    let mut wrong = Wrong::default();
    let is_vacant = typed.person.is_empty();
    let is_known = is_vacant || is_chosen(people, &typed.person);
    wrong.unless(is_known, "person", "Choose somebody of the list");
    let contact_every = typed.contact_every.parse::<Every>().ok();
    let is_time = contact_every.is_some() || typed.contact_every.is_empty();
    wrong.unless(is_time, "contact_every", "Choose how often they are in contact");
    if is_vacant || !typed.words.trim().is_empty() {
        WORDS.check(&mut wrong, "words", &typed.words, "Say why the place is vacant");
    }
    let new = NewChampion {
        person: (!is_vacant).then(|| PersonId::new(typed.person.as_str())),
        contact_every: contact_every.filter(|_| !is_vacant),
        words: typed.words.trim().to_owned(),
    };
    (new, wrong)
}

async fn page(
    visit: &Visit,
    (unit, kind): (&Branch, Kind),
    seen: i64,
    (typed, wrong): (Typed, Wrong),
) -> Result<ChampionPage, Fault> {
    let code = &unit.stored.unit.code;
    let shell = shell(visit, unit, kind_words(kind))
        .below("Joint teams and champions", format!("/assessment/{code}/teams"))
        .with_errors(&wrong);
    Ok(ChampionPage {
        shell,
        kicker: unit.stored.unit.name.clone(),
        says: says(kind),
        log: format!("/assessment/{code}/champions/{kind}/contacts"),
        people: choices(visit, group(kind), "Nobody: the place is vacant").await?,
        everies: everies(),
        seen,
        typed,
        wrong,
    })
}

fn everies() -> Vec<(String, String)> {
    let none = (String::new(), "No time is agreed".to_owned());
    let all = Every::ALL.iter().map(|it| (it.as_str().to_owned(), every_words(*it).to_owned()));
    std::iter::once(none).chain(all).collect()
}

impl Page for ChampionPage {
    const TEMPLATE: &'static str = "features/spread/champion.html";

    fn samples() -> Vec<Self> {
        let page = |wrong: Wrong| Self {
            shell: Shell::sample("Clinical champion").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            says: says(Kind::Clinical),
            log: "/assessment/TORT/champions/clinical/contacts".to_owned(),
            people: vec![(String::new(), "Nobody: the place is vacant".to_owned())],
            everies: everies(),
            seen: 0,
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("words", "Say why the place is vacant");
        vec![page(Wrong::default()), page(wrong)]
    }
}
