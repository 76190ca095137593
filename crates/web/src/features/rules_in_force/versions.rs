//! Versions of the model, latest first, with author and reason.

use axum::extract::State;
use axum::response::Response;
use store::model_versions::{self, ModelVersion, VersionState};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/rules_in_force/versions.html")]
pub(super) struct Versions {
    shell: Shell,
    versions: Vec<Line>,
}

/// One version.
struct Line {
    number: i64,
    state: &'static str,
    by: String,
    at: String,
    reason: String,
    from: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let current = model_versions::current(&mut db).await?.map(|it| it.number);
    let mut versions = Vec::new();
    for it in model_versions::list(&mut db).await? {
        versions.push(Line {
            number: it.number,
            state: if current == Some(it.number) { state_of(Some(&it)) } else { past(&it) },
            by: people::name_of(&mut db, &it.author).await?,
            at: words::moment(it.at),
            from: it.made.parent.map_or_else(String::new, |it| format!("version {it}")),
            reason: it.made.reason,
        });
    }
    drop(db);
    let shell = visit.shell("Versions of the model").below("Rules", "/rules");
    Ok(Versions { shell, versions }.respond())
}

/// Where the version that costings use stands, in words.
pub(super) fn state_of(version: Option<&ModelVersion>) -> &'static str {
    match version.map(|it| it.state) {
        Some(VersionState::Locked) => "In force, locked",
        _ => "In force",
    }
}

/// Where any other version stands, in words.
pub(super) fn past(version: &ModelVersion) -> &'static str {
    match version.state {
        VersionState::Draft => "Draft",
        VersionState::InForce | VersionState::Locked => "Earlier",
    }
}

impl Page for Versions {
    const TEMPLATE: &'static str = "features/rules_in_force/versions.html";

    fn samples() -> Vec<Self> {
        let line = |number, state| Line {
            number,
            state,
            by: "Priya Raman".to_owned(),
            at: "11 June 2026, 09:14".to_owned(),
            reason: "New cost centre of the discharge lounge".to_owned(),
            from: "version 1".to_owned(),
        };
        let shell = || Shell::sample("Versions of the model");
        vec![
            Self { shell: shell(), versions: vec![line(3, "Draft"), line(2, "In force")] },
            Self { shell: shell(), versions: Vec::new() },
        ]
    }
}
