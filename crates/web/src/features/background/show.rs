//! One job: how far it is, how it ended, and what to do next.

use axum::extract::Path;
use axum::response::Response;
use store::jobs::{Job, JobState};
use store::loads;

use super::theirs;
use crate::shell::fault::Fault;
use crate::shell::found::{Document, Group};
use crate::shell::page::{Link, Page, Shell};
use crate::shell::people;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::work::{self, Shown};

#[derive(askama::Template)]
#[template(path = "features/background/show.html")]
pub(super) struct Show {
    shell: Shell,
    work: Shown,
    by: String,
    next: Option<Link>,
    groups: Vec<Group>,
}

pub(super) async fn show(Path(id): Path<String>, visit: Visit) -> Result<Response, Fault> {
    let job = theirs(&visit, &id).await?;
    let mut db = visit.app.store().read().await?;
    let by = people::name_of(&mut db, &job.asked_by).await?;
    let load = loads::of_job(&mut db, &job.id).await?;
    drop(db);
    let shown = Shown::of(&job);
    let load = load.map(|it| Link::new(it.loaded.label, format!("/loads/{}", it.id)));
    let next = next(&job, load);
    let folder = visit.app.settings().folder.clone();
    // What a check of files found stands on the page of its load.
    let groups = if work::is_refused(&job) && job.asked.kind != "intake" {
        reading(move || Ok(Document::of_job(&folder, job.id.as_str())?.groups())).await?
    } else {
        Vec::new()
    };
    let shell = visit.shell(shown.heading.clone()).below("Work in the background", "/jobs");
    Ok(Show { shell, work: shown, by, next, groups }.respond())
}

/// Where to go on; nowhere while the work is under way, but for a load's own page.
fn next(job: &Job, load: Option<Link>) -> Option<Link> {
    if let Some(load) = load {
        return Some(Link { name: format!("Go to the load {}", load.name), ..load });
    }
    match (job.state, work::run_of(job)) {
        (JobState::Done, Some(run)) => Some(Link::new("See the run", format!("/runs/{run}"))),
        (JobState::Failed | JobState::Cancelled, _) => {
            let kind = work::kind_of(job)?;
            Some(Link::new("Start it again", kind.again))
        }
        _ => None,
    }
}

pub(super) async fn stop(Path(id): Path<String>, visit: Visit) -> Result<Response, Fault> {
    let job = theirs(&visit, &id).await?;
    work::stop(&visit, job.id, &format!("/jobs/{id}")).await
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/background/show.html";

    fn samples() -> Vec<Self> {
        let page = |work: Shown, next: Option<Link>, groups| Self {
            shell: Shell::sample(&work.heading),
            work,
            by: "Priya Raman".to_owned(),
            next,
            groups,
        };
        let killed = "The engine was killed, by somebody or because the machine ran out of memory. Nothing half-made is left in place: start the work again.";
        let ended = |state, text| Shown::sample_ended("Costing of 2025/26", state, text);
        let again = || Some(Link::new("Start it again", "/runs/start"));
        vec![
            page(Shown::sample("Costing of 2025/26"), None, Vec::new()),
            page(
                ended("Done", "The run is in place."),
                Some(Link::new("See the run", "/runs/1fe9a090556158bd")),
                Vec::new(),
            ),
            page(ended("Failed", killed), again(), Vec::new()),
            page(ended("Refused", "Findings forbid the costing."), again(), vec![Group::sample()]),
        ]
    }
}
