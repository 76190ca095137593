//! The loads there were, latest first.

use axum::response::Response;
use store::loads::{self, LoadState};

use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/data_loads/list.html")]
pub(super) struct List {
    shell: Shell,
    loads: Vec<Line>,
}

/// One load.
struct Line {
    id: String,
    label: String,
    year: String,
    state: &'static str,
    waits: bool,
    by: String,
    at: String,
}

pub(super) async fn show(visit: Visit) -> Result<Response, Fault> {
    let mut db = visit.app.store().read().await?;
    let mut lines = Vec::new();
    for load in loads::list(&mut db, None).await? {
        lines.push(Line {
            by: people::name_of(&mut db, &load.loaded_by).await?,
            id: load.id.to_string(),
            label: load.loaded.label,
            year: words::year(&load.loaded.year.to_string()),
            state: in_words(load.state),
            waits: !load.state.is_decided(),
            at: words::moment(load.loaded_at),
        });
    }
    Ok(List { shell: visit.shell("Data loads"), loads: lines }.respond())
}

/// Where a load stands.
fn in_words(state: LoadState) -> &'static str {
    match state {
        LoadState::Staged => "Being checked",
        LoadState::Checked => "Waits for your decision",
        LoadState::Accepted => "Accepted",
        LoadState::Rejected => "Rejected",
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "features/data_loads/list.html";

    fn samples() -> Vec<Self> {
        let line = |label: &str, state| Line {
            id: "0123456789abcdef".to_owned(),
            label: label.to_owned(),
            year: "2025/26".to_owned(),
            state: in_words(state),
            waits: !state.is_decided(),
            by: "Priya Raman".to_owned(),
            at: "21 May 2026, 10:02".to_owned(),
        };
        let states =
            [LoadState::Staged, LoadState::Checked, LoadState::Accepted, LoadState::Rejected];
        let loads = states.map(|it| line("Month 12", it)).into();
        let shell = || Shell::sample("Data loads");
        vec![Self { shell: shell(), loads }, Self { shell: shell(), loads: Vec::new() }]
    }
}
