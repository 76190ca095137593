//! Two people publish a run: whoever prepared it asks a second, who checks and publishes.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use results::Run;
use serde::Deserialize;
use store::PersonId;
use store::jobs::{self, JobState};
use store::publications::{self, Publication, PublicationState};

use super::show;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::models;
use crate::shell::page::Page as _;
use crate::shell::people;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;
use crate::shell::work;

/// What the page says of publishing.
pub(super) struct Publishing {
    pub(super) state: Stage,
    pub(super) may_ask: bool,
    pub(super) people: Vec<(String, String)>,
    pub(super) chosen: String,
    pub(super) wrong: Wrong,
}

/// Where publishing stands.
pub(super) enum Stage {
    Open,
    /// The rules of the run are those of a draft of this number.
    Proposed(i64),
    Asked(Asked),
    Done(String),
}

/// A second person was asked.
pub(super) struct Asked {
    pub(super) by: String,
    pub(super) of: String,
    pub(super) at: String,
    pub(super) is_you: bool,
}

/// Who is asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    person: String,
}

/// Where publishing of a run stands for who looks.
pub(super) async fn publishing(app: &App, run: &Run, visit: &Visit) -> Result<Publishing, Fault> {
    let person = visit.person()?;
    let mut db = app.store().read().await?;
    let open = open(&mut db, run.id()).await?;
    let draft = draft_of(app, run).await?;
    let stage = match (run.records()?.publication, open) {
        (None, _) if draft.is_some() => Stage::Proposed(draft.unwrap_or(0)),
        (Some(done), _) => Stage::Done(
            done.by.iter().map(|it| words::spoken(it)).collect::<Vec<_>>().join(" and "),
        ),
        (None, Some(asked)) => Stage::Asked(Asked {
            by: people::name_of(&mut db, &asked.prepared_by).await?,
            of: people::name_of(&mut db, asked.asked_of.as_str()).await?,
            at: words::moment(asked.asked_at),
            is_you: asked.asked_of == person.id,
        }),
        (None, None) => Stage::Open,
    };
    let preparer = preparer(&mut db, run.id()).await?;
    let others = people::with(app, &mut db, Capability::PublishRun, visit.now).await?;
    let others = others.into_iter().filter(|it| it.0 != person.id);
    let others = others.filter(|it| preparer.as_deref() != Some(it.0.as_str()));
    Ok(Publishing {
        state: stage,
        may_ask: visit.may(Capability::PublishRun) && visit.may(Capability::RunCosting),
        people: others.map(|(id, name)| (id.as_str().to_owned(), name)).collect(),
        chosen: String::new(),
        wrong: Wrong::default(),
    })
}

/// The draft whose rules a run tries; none where its rules are or were in force.
async fn draft_of(app: &App, run: &Run) -> Result<Option<i64>, Fault> {
    let known = models::by_hash(app, &run.manifest().model_hash).await?;
    Ok(known.filter(|it| it.is_draft).map(|it| it.number))
}

/// Refuses a run whose rules nobody has put in force.
async fn in_force_only(app: &App, run: &Run) -> Result<(), Fault> {
    let Some(number) = draft_of(app, run).await? else { return Ok(()) };
    Err(Fault::Refused(format!(
        "This run tries version {number} of the rules, which is a draft. Put the version in force first; the run can then be published as it is."
    )))
}

/// Asks a second person.
pub(super) async fn ask(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let run = app.shelf().run(&id)?;
    in_force_only(&app, &run).await?;
    let mut page = show::page(&app, &id, &visit).await?;
    let waiting = run.outstanding()?;
    let named: Vec<&str> = waiting.iter().map(|it| it.id.as_str()).collect();
    let all_decided = format!("Decide on {} first", named.join(", "));
    page.publishing.wrong.unless(named.is_empty(), "publish", &all_decided);
    let is_one = page.publishing.people.iter().any(|it| it.0 == form.person);
    page.publishing.wrong.unless(is_one, "person", "Choose who should check the run");
    if !page.publishing.wrong.is_empty() {
        page.publishing.chosen = form.person;
        page.shell = page.shell.with_errors(&page.publishing.wrong);
        return Ok(page.respond());
    }
    let (entry, run) = (visit.entry("run.ask", &id), id.clone());
    let mut db = app.store().read().await?;
    let me = visit.person()?.id.as_str().to_owned();
    let preparer = preparer(&mut db, &id).await?.unwrap_or(me);
    drop(db);
    let asked = PersonId::new(form.person);
    let said = "The second person is asked. They see this page with a button to publish.";
    visit
        .change(&format!("/runs/{id}"), said, move |tx| {
            Box::pin(async move {
                publications::ask(tx, &run, &preparer, &asked, &entry).await?;
                Ok(())
            })
        })
        .await
}

/// Who asked for the costing that made a run; nobody where it was made by the command line.
///
/// Where the same was costed again, the first who asked made it: the others were given that run.
pub(super) async fn preparer(
    db: &mut store::Connection,
    run: &str,
) -> Result<Option<String>, Fault> {
    let done = jobs::list(db, Some(JobState::Done), u16::MAX).await?;
    let mut of_it = done
        .into_iter()
        .filter(|it| it.asked.kind == "cost" && work::run_of(it).as_deref() == Some(run));
    Ok(of_it.next_back().map(|it| it.asked_by))
}

/// The request that is open for a run.
async fn open(db: &mut store::Connection, run: &str) -> Result<Option<Publication>, Fault> {
    let all = publications::list(db, Some(run)).await?;
    Ok(all.into_iter().find(|it| it.state == PublicationState::Asked))
}

/// The second person publishes.
pub(super) async fn publish(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    in_force_only(&app, &run).await?;
    let person = visit.person()?;
    let mut db = app.store().read().await?;
    let asked = open(&mut db, &id).await?.ok_or(Fault::NotFound)?;
    if asked.asked_of != person.id {
        return Ok(Fault::NotFound.into_response());
    }
    let prepared = people::name_of(&mut db, &asked.prepared_by).await?;
    drop(db);
    let names =
        [format!("{prepared} ({})", asked.prepared_by), format!("{} ({})", person.name, person.id)];
    let at = visit.now.to_string();
    app.store().audit(visit.entry("run.publish", &id)).await?;
    reading(move || Ok(run.publish([&names[0], &names[1]], &at)?)).await?;
    let entry = visit.entry("run.published", &id);
    visit
        .change(&format!("/runs/{id}"), "The run is published.", move |tx| {
            Box::pin(
                async move { publications::publish(tx, &asked.id, asked.version, &entry).await },
            )
        })
        .await
}

impl Publishing {
    fn sample(state: Stage) -> Self {
        let people = vec![("a".to_owned(), "Ravi Sethi, finance director".to_owned())];
        Self { state, may_ask: true, people, chosen: String::new(), wrong: Wrong::default() }
    }

    pub(super) fn sample_ask() -> Self {
        Self::sample(Stage::Open)
    }

    pub(super) fn sample_proposed() -> Self {
        Self::sample(Stage::Proposed(5))
    }

    pub(super) fn sample_asked() -> Self {
        Self::sample(Stage::Asked(Asked {
            by: "Priya Raman".to_owned(),
            of: "Ravi Sethi".to_owned(),
            at: "21 May 2026, 10:02".to_owned(),
            is_you: true,
        }))
    }

    pub(super) fn sample_done() -> Self {
        Self::sample(Stage::Done("Priya Raman and Ravi Sethi".to_owned()))
    }
}
