//! An idea, as somebody puts it.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use store::UnitCode;
use store::ideas::{self, NewIdea};
use store::units;

use super::TEXT;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::choices;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/ideas/new.html")]
pub(super) struct New {
    shell: Shell,
    units: Vec<(String, String)>,
    names: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// An idea as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    unit: String,
    words: String,
    named: String,
}

const TITLE: &str = "Put an idea";

/// All units, in the order of the tree: the trust first.
async fn units(app: &App) -> Result<Vec<(String, String)>, Fault> {
    let mut db = app.store().read().await?;
    let all = units::tree(&mut db).await?.into_iter().map(|it| it.stored.unit);
    Ok(all.map(|it| (it.code.to_string(), it.name)).collect())
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let typed = Typed { named: "yes".to_owned(), ..Typed::default() };
    Ok(New::of(&visit, &units(&app).await?, (typed, Wrong::default())).respond())
}

impl New {
    fn of(visit: &Visit, units: &[(String, String)], (typed, wrong): (Typed, Wrong)) -> Self {
        let shell = visit.shell(TITLE).below("Ideas", "/ideas");
        Self {
            shell: shell.with_errors(&wrong),
            units: with_none(units),
            names: names(),
            typed,
            wrong,
        }
    }
}

fn with_none(units: &[(String, String)]) -> Vec<(String, String)> {
    choices("Choose for whom", units.iter().map(|it| (it.0.as_str(), it.1.as_str())))
}

fn names() -> Vec<(String, String)> {
    choices("", [("yes", "Yes, others see that it is mine"), ("no", "No, I stay unnamed")])
}

pub(super) async fn put(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let units = units(&app).await?;
    let mut wrong = Wrong::default();
    let is_unit = units.iter().any(|it| it.0 == typed.unit);
    wrong.unless(is_unit, "unit", "Choose for whom the idea is");
    TEXT.check(&mut wrong, "words", &typed.words, "Write your idea");
    let is_said = matches!(typed.named.as_str(), "yes" | "no");
    wrong.unless(is_said, "named", "Choose whether others see that it is yours");
    if !wrong.is_empty() {
        return Ok(New::of(&visit, &units, (typed, wrong)).respond());
    }
    let new = NewIdea {
        unit: UnitCode::new(typed.unit),
        words: typed.words.trim().to_owned(),
        is_named: typed.named == "yes",
    };
    let entry = visit.entry("idea.put", "");
    let done = visit.change_to("Your idea is put: you are told what becomes of it.", move |tx| {
        Box::pin(async move {
            let id = ideas::put(tx, &new, &entry).await?;
            Ok(format!("/ideas/{id}"))
        })
    });
    done.await
}

impl Page for New {
    const TEMPLATE: &'static str = "features/ideas/new.html";

    fn samples() -> Vec<Self> {
        let page = |wrong: Wrong| Self {
            shell: Shell::sample(TITLE).with_errors(&wrong),
            units: with_none(&[("TORT".to_owned(), "Trauma and orthopaedics".to_owned())]),
            names: names(),
            typed: Typed { named: "yes".to_owned(), ..Typed::default() },
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("unit", "Choose for whom the idea is");
        wrong.add("words", "Write your idea");
        vec![page(Wrong::default()), page(wrong)]
    }
}
