//! All rounds, the latest first, and a new one.

use axum::extract::State;
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::Error;
use store::collecting::{self, Kind, NewRound};
use store::returning::NAME_LETTERS_MAX;

use super::{address, kind_words, title};
use crate::App;
use crate::shell::collecting::{Held, held};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::typed::Text;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Years that a round may be of: no level is older than the guide's first.
const YEARS: std::ops::RangeInclusive<i64> = 2012..=2100;

/// What a collection is called.
const NAME: Text = Text {
    letters: NAME_LETTERS_MAX,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: None,
};

#[derive(askama::Template)]
#[template(path = "features/collecting/list.html")]
pub(super) struct ListPage {
    shell: Shell,
    lead: String,
    rounds: Vec<Row>,
    kinds: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// One round.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    address: String,
    kind: String,
    returned: String,
    published: String,
}

/// A round as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    kind: String,
    name: String,
    year: String,
    open_on: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    Ok(page(&app, &visit, Typed::default(), Wrong::default()).await?.respond())
}

async fn page(app: &App, visit: &Visit, typed: Typed, wrong: Wrong) -> Result<ListPage, Fault> {
    let mut db = app.store().read().await?;
    let mut rounds = Vec::new();
    for it in collecting::rounds(&mut db).await? {
        rounds.push(Row::of(&held(&mut db, &it.id).await?));
    }
    Ok(ListPage {
        shell: visit.shell("Collecting").with_errors(&wrong),
        lead: "Levels come from organisations by file, are checked against a register, and are published as numbers. Nobody but you sees which organisation is which.".to_owned(),
        rounds,
        kinds: kinds(),
        typed,
        wrong,
    })
}

fn kinds() -> Vec<(String, String)> {
    Kind::ALL.iter().map(|it| (it.as_str().to_owned(), kind_words(*it).to_owned())).collect()
}

impl Row {
    fn of(held: &Held) -> Self {
        let collection = &held.together.collection;
        let returned = collection.returns.len();
        let all = returned + collection.missing.len();
        Self {
            name: title(held),
            address: address(held),
            kind: kind_words(held.round.of.kind).to_owned(),
            returned: if held.registers.is_empty() {
                "No register yet".to_owned()
            } else {
                format!("{returned} of {all}")
            },
            published: held
                .publications
                .last()
                .map_or_else(|| "Not yet".to_owned(), |it| words::moment(it.at)),
        }
    }
}

pub(super) async fn open(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let kind = typed.kind.parse::<Kind>().ok();
    wrong.unless(kind.is_some(), "kind", "Choose for whom you collect");
    NAME.check(&mut wrong, "name", &typed.name, "Say what the collection is called");
    let year = typed.year.trim().parse().ok().filter(|it| YEARS.contains(it));
    wrong.unless(year.is_some(), "year", "Write the year with four digits, from 2012 on");
    let open_on = typed.open_on.trim().parse::<Day>().ok();
    wrong.unless(open_on.is_some(), "open_on", "Write the day as 2013-07-31");
    let (Some(kind), Some(year), Some(open_on), true) = (kind, year, open_on, wrong.is_empty())
    else {
        return Ok(page(&app, &visit, typed, wrong).await?.respond());
    };
    let new = NewRound { kind, name: typed.name.trim().to_owned(), year, open_on };
    let rounds = collecting::rounds(&mut *app.store().read().await?).await?;
    let is_there = |it: &collecting::Round| {
        (it.of.kind, it.of.name.as_str(), it.of.year) == (new.kind, new.name.as_str(), new.year)
    };
    if rounds.iter().any(is_there) {
        wrong.add("year", "There is a round of this collection for the year");
        return Ok(page(&app, &visit, typed, wrong).await?.respond());
    }
    let entry = visit.entry("collection.open", "");
    let done = visit.change_to("The round is open. Bring its register first.", move |tx| {
        Box::pin(async move {
            let id = collecting::open_round(tx, &new, &entry).await?;
            Ok::<String, Error>(format!("/collecting/{id}"))
        })
    });
    done.await
}

impl Page for ListPage {
    const TEMPLATE: &'static str = "features/collecting/list.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "National collection 2013".to_owned(),
            address: "/collecting/1".to_owned(),
            kind: kind_words(Kind::National).to_owned(),
            returned: "244 of 244".to_owned(),
            published: "Not yet".to_owned(),
        };
        let page = |rounds: Vec<Row>, wrong: Wrong| Self {
            shell: Shell::sample("Collecting").with_errors(&wrong),
            lead: "Levels come from organisations by file.".to_owned(),
            rounds,
            kinds: kinds(),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("kind", "Choose for whom you collect");
        wrong.add("year", "Write the year with four digits, from 2012 on");
        vec![
            page(vec![row], Wrong::default()),
            page(Vec::new(), Wrong::default()),
            page(Vec::new(), wrong),
        ]
    }
}
