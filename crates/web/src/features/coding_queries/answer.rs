//! One question as clinical coding sees it, without money, and the answer to it.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::QueryId;
use store::coding_queries::{self, Says, StoredQuery};

use super::facts::{Facts, Step, facts, readable, recorded, sample_facts, sample_steps, steps};
use super::{TEXT, answers, effect, says, short, state};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/coding_queries/answer.html")]
pub(super) struct AnswerPage {
    shell: Shell,
    state: String,
    unit: String,
    reference: String,
    /// None where the run cannot be read any more.
    facts: Option<Facts>,
    steps: Vec<Step>,
    effect: String,
    choices: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// An answer as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    says: String,
    because: String,
    seen: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let query = found(&app, &visit, id).await?;
    let typed = Typed { seen: query.version().to_string(), ..Typed::default() };
    Ok(page(&app, &visit, &query, (typed, Wrong::default())).await?.respond())
}

/// A question of a unit whose questions the person answers, and whose patients they see.
async fn found(app: &App, visit: &Visit, id: String) -> Result<StoredQuery, Fault> {
    let mut db = app.store().read().await?;
    let query = coding_queries::get(&mut db, &QueryId::new(id)).await?;
    answers(visit, query.query.unit.as_str())?;
    Ok(query)
}

async fn page(
    app: &App,
    visit: &Visit,
    query: &StoredQuery,
    (typed, wrong): (Typed, Wrong),
) -> Result<AnswerPage, Fault> {
    let asked = &query.query;
    let unit = asked.unit.as_str();
    let scope = answers(visit, unit)?;
    // What is shown is on record also where the run cannot be read.
    let object = format!("{} {}", asked.run, asked.event);
    app.store().audit(visit.entry_in(&scope, "coding.question", &object).rows(1)).await?;
    let mut db = app.store().read().await?;
    let names = people::names(&mut db).await?;
    let name = store::units::get(&mut db, &asked.unit).await?.unit.name;
    drop(db);
    let read = match readable(app, visit, &asked.run).await {
        Ok(run) => recorded(visit, (&run, &asked.event), unit, &scope).await,
        Err(other) => Err(other),
    };
    let facts = match read {
        Ok(it) => Some(facts(&it)),
        Err(Fault::NotFound) => None,
        Err(other) => return Err(other),
    };
    let mut effects = effect::of(visit, &scope, &[query]).await?;
    let shell = visit.shell(title(&asked.event)).below("Coding queries", "/coding-queries");
    Ok(AnswerPage {
        shell: shell.with_errors(&wrong),
        state: state(query).to_owned(),
        unit: name,
        reference: asked.event.clone(),
        facts,
        steps: steps(query, &names),
        effect: effects.remove(query.id.as_str()).unwrap_or_default(),
        choices: choices(),
        typed,
        wrong,
    })
}

fn title(event: &str) -> String {
    format!("A question about {}", short(event))
}

fn choices() -> Vec<(String, String)> {
    Says::ALL.iter().map(|it| (it.as_str().to_owned(), says(*it).to_owned())).collect()
}

pub(super) async fn give(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let query = found(&app, &visit, id).await?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let said = typed.says.parse::<Says>().ok();
    wrong.unless(said.is_some(), "says", "Choose what the answer is");
    TEXT.check(&mut wrong, "because", &typed.because, "Write why");
    let (Some(said), true) = (said, wrong.is_empty()) else {
        return Ok(page(&app, &visit, &query, (typed, wrong)).await?.respond());
    };
    let seen: i64 = typed.seen.parse().unwrap_or(-1);
    let entry = visit.entry_in(visit.scope(Capability::AnswerCoding)?, "coding.answer", "");
    let (id, because) = (query.id.clone(), typed.because.trim().to_owned());
    let done = visit.change("/coding-queries", "Your answer is recorded.", move |tx| {
        Box::pin(async move {
            coding_queries::answer(tx, &id, (said, &because), seen, &entry).await?;
            Ok(())
        })
    });
    done.await
}

impl Page for AnswerPage {
    const TEMPLATE: &'static str = "features/coding_queries/answer.html";

    fn samples() -> Vec<Self> {
        let page = |facts, steps: Vec<Step>, effect: &str, wrong: Wrong| Self {
            shell: Shell::sample(&title("20v8hcl5jsk6brd2fumssfkflv")).with_errors(&wrong),
            state: "Waiting for an answer".to_owned(),
            unit: "Trauma and orthopaedics".to_owned(),
            reference: "20v8hcl5jsk6brd2fumssfkflv".to_owned(),
            facts,
            steps,
            effect: effect.to_owned(),
            choices: choices(),
            typed: Typed::default(),
            wrong,
        };
        let open = || sample_steps().into_iter().take(1).collect();
        let mut wrong = Wrong::default();
        wrong.add("says", "Choose what the answer is");
        wrong.add("because", "Write why");
        let effect = "Nothing has changed yet: there is no later run of 2025/26.";
        vec![
            page(Some(sample_facts()), open(), "", Wrong::default()),
            page(Some(sample_facts()), open(), "", wrong),
            page(None, sample_steps(), effect, Wrong::default()),
        ]
    }
}
