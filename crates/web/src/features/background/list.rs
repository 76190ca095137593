//! The latest work in the background.

use axum::response::Response;
use store::jobs;

use super::is_theirs;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people;
use crate::shell::visit::Visit;
use crate::shell::work::{self, Shown};

/// Jobs that are looked through.
const LATEST: u16 = 200;

#[derive(askama::Template)]
#[template(path = "features/background/list.html")]
pub(super) struct List {
    shell: Shell,
    jobs: Vec<(Shown, String)>,
}

pub(super) async fn show(visit: Visit) -> Result<Response, Fault> {
    if !work::KINDS.iter().any(|it| visit.may(it.needs)) {
        return Err(Fault::NotFound);
    }
    let mut db = visit.app.store().read().await?;
    let mut shown = Vec::new();
    for job in jobs::list(&mut db, None, LATEST).await? {
        if is_theirs(&visit, &job) {
            let by = people::name_of(&mut db, &job.asked_by).await?;
            shown.push((Shown::of(&job), by));
        }
    }
    Ok(List { shell: visit.shell("Work in the background"), jobs: shown }.respond())
}

impl Page for List {
    const TEMPLATE: &'static str = "features/background/list.html";

    fn samples() -> Vec<Self> {
        let shell = || Shell::sample("Work in the background");
        let by = || "Priya Raman".to_owned();
        let jobs = vec![
            (Shown::sample("Costing of 2025/26"), by()),
            (
                Shown::sample_ended(
                    "Check of files for 2025/26",
                    "Failed",
                    "The engine was killed.",
                ),
                by(),
            ),
        ];
        vec![Self { shell: shell(), jobs }, Self { shell: shell(), jobs: Vec::new() }]
    }
}
