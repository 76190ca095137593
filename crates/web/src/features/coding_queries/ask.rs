//! A question to clinical coding about one event.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use results::coding::{self, Recorded};
use serde::Deserialize;
use store::UnitCode;
use store::coding_queries::{self, NewQuery};

use super::facts::{Facts, facts, readable, recorded, sample_facts};
use super::{OTHER, TEXT, may, rows_of, short};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/coding_queries/ask.html")]
pub(super) struct Ask {
    shell: Shell,
    journey: String,
    facts: Facts,
    abouts: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// A question as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    about: String,
    words: String,
}

/// Unit, run and event of an address.
type Place = (String, String, String);

pub(super) async fn show(
    State(app): State<App>,
    Path(place): Path<Place>,
    Query(typed): Query<Typed>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, &place).await?;
    // What is typed comes in a form, never in an address.
    let typed = Typed { words: String::new(), ..typed };
    Ok(page(&visit, &place, (&found, typed, Wrong::default())).respond())
}

/// The event, if it is one of the unit, and the person may ask about it.
async fn found(app: &App, visit: &Visit, (unit, run, event): &Place) -> Result<Recorded, Fault> {
    let scope = rows_of(visit, unit)?;
    if !may(visit, Capability::AskCoding, unit) {
        return Err(Fault::NotFound);
    }
    let run = readable(app, visit, run).await?;
    recorded(visit, (&run, event), unit, &scope).await
}

pub(super) async fn ask(
    State(app): State<App>,
    Path(place): Path<Place>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, &place).await?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let is_known = typed.about == OTHER || coding::check(&typed.about).is_some();
    wrong.unless(is_known, "about", "Choose what should be looked at");
    TEXT.check(&mut wrong, "words", &typed.words, "Write what you ask");
    if !wrong.is_empty() {
        return Ok(page(&visit, &place, (&found, typed, wrong)).respond());
    }
    let new = NewQuery {
        unit: UnitCode::new(place.0.as_str()),
        run: place.1.clone(),
        event: found.reference.clone(),
        about: typed.about.clone(),
        words: typed.words.trim().to_owned(),
    };
    let entry = visit.entry_in(visit.scope(Capability::AskCoding)?, "coding.ask", "");
    let leads_to = format!("/services/{}/my-work#questions", place.0);
    let done = visit.attempt(&leads_to, "Clinical coding has your question.", move |tx| {
        Box::pin(async move {
            coding_queries::ask(tx, &new, &entry).await?;
            Ok(())
        })
    });
    match done.await {
        Err(store::Error::Duplicate(_)) => {
            wrong.add("about", "This is asked already about this stay, and not answered yet");
            Ok(page(&visit, &place, (&found, typed, wrong)).respond())
        }
        other => Ok(other?),
    }
}

fn page(
    visit: &Visit,
    (unit, run, event): &Place,
    (found, typed, wrong): (&Recorded, Typed, Wrong),
) -> Ask {
    let shell = visit
        .shell(title(event))
        .below(found.service_line.words(), format!("/services/{unit}"))
        .below("Is this my work?", format!("/services/{unit}/my-work"));
    Ask {
        shell: shell.with_errors(&wrong),
        journey: format!("/patients/{run}/{event}"),
        facts: facts(found),
        abouts: abouts(),
        typed,
        wrong,
    }
}

fn title(event: &str) -> String {
    format!("Ask clinical coding about {}", short(event))
}

fn abouts() -> Vec<(String, String)> {
    let checks = coding::checks().iter().map(|it| it.code.clone());
    checks.chain([OTHER.to_owned()]).map(|it| (it.clone(), super::about(&it))).collect()
}

impl Page for Ask {
    const TEMPLATE: &'static str = "features/coding_queries/ask.html";

    fn samples() -> Vec<Self> {
        let page = |wrong: Wrong| Self {
            shell: Shell::sample(&title("20v8hcl5jsk6brd2fumssfkflv")).with_errors(&wrong),
            journey: "/patients/1fe9a090556158bd/20v8hcl5jsk6brd2fumssfkflv".to_owned(),
            facts: sample_facts(),
            abouts: abouts(),
            typed: Typed { about: "comorbidity".to_owned(), ..Typed::default() },
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("about", "Choose what should be looked at");
        wrong.add("words", "Write what you ask");
        vec![page(Wrong::default()), page(wrong)]
    }
}
