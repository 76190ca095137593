//! One question to clinical coding as those who gave the care see it: answers, and what came of it.

use axum::extract::{Path, State};
use axum::response::Response;
use store::{QueryId, coding_queries, units};

use super::facts::{Step, sample_steps, steps};
use super::{effect, rows_of, short, state};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/coding_queries/asked.html")]
pub(super) struct AskedPage {
    shell: Shell,
    state: String,
    journey: String,
    steps: Vec<Step>,
    effect: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, query)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let scope = rows_of(&visit, &unit)?;
    let mut db = app.store().read().await?;
    let found = coding_queries::get(&mut db, &QueryId::new(query)).await?;
    if found.query.unit.as_str() != unit {
        return Err(Fault::NotFound);
    }
    let names = people::names(&mut db).await?;
    let name = units::get(&mut db, &found.query.unit).await?.unit.name;
    drop(db);
    let object = format!("{} {}", found.query.run, found.query.event);
    app.store().audit(visit.entry_in(&scope, "coding.question", &object).rows(1)).await?;
    let mut effects = effect::of(&visit, &scope, &[&found]).await?;
    let page = AskedPage {
        shell: visit
            .shell(title(&found.query.event))
            .below(name, format!("/services/{unit}"))
            .below("Is this my work?", format!("/services/{unit}/my-work")),
        state: state(&found).to_owned(),
        journey: format!("/patients/{}/{}", found.query.run, found.query.event),
        steps: steps(&found, &names),
        effect: effects.remove(found.id.as_str()).unwrap_or_default(),
    };
    Ok(page.respond())
}

fn title(event: &str) -> String {
    format!("What was asked about {}", short(event))
}

impl Page for AskedPage {
    const TEMPLATE: &'static str = "features/coding_queries/asked.html";

    fn samples() -> Vec<Self> {
        let page = |state: &str, steps: Vec<Step>, effect: &str| Self {
            shell: Shell::sample(&title("20v8hcl5jsk6brd2fumssfkflv")),
            state: state.to_owned(),
            journey: "/patients/1fe9a090556158bd/20v8hcl5jsk6brd2fumssfkflv".to_owned(),
            steps,
            effect: effect.to_owned(),
        };
        let effect = "Nothing has changed yet: there is no later run of 2025/26.";
        let open = sample_steps().into_iter().take(1).collect();
        vec![
            page("Will be changed at source", sample_steps(), effect),
            page("Waiting for an answer", open, ""),
        ]
    }
}
