//! Two versions of the model, row by row.

use axum::extract::{Query, State};
use axum::response::Response;
use rules::Change;
use serde::Deserialize;
use store::model_versions;

use super::catalogue::described;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::models::{self, Opened};
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// Changes shown at most; the rest are counted.
const CHANGES: usize = 500;

#[derive(askama::Template)]
#[template(path = "features/rules_in_force/compare.html")]
pub(super) struct Compare {
    shell: Shell,
    numbers: Vec<i64>,
    from: i64,
    to: i64,
    changes: Changes,
}

/// What differs.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    pub(super) lines: Vec<ChangeLine>,
    pub(super) more: usize,
}

/// One row that differs.
#[derive(Clone, Debug)]
pub(super) struct ChangeLine {
    pub(super) table: String,
    pub(super) what: &'static str,
    pub(super) key: String,
    pub(super) text: String,
}

/// Which versions.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Asked {
    from: Option<i64>,
    to: Option<i64>,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let all = model_versions::list(&mut db).await?;
    drop(db);
    let numbers: Vec<i64> = all.iter().map(|it| it.number).collect();
    let latest = numbers.first().copied().unwrap_or(0);
    let to = asked.to.unwrap_or(latest);
    let parent = all.iter().find(|it| it.number == to).and_then(|it| it.made.parent);
    let from = asked.from.or(parent).unwrap_or(to);
    let changes = if numbers.is_empty() {
        Changes::default()
    } else {
        between(models::version(&app, from).await?, models::version(&app, to).await?).await?
    };
    let shell = visit.shell("Compare two versions").below("Rules", "/rules");
    let shell = shell.below("Versions", "/rules/versions");
    Ok(Compare { shell, numbers, from, to, changes }.respond())
}

/// What differs from one model to another.
pub(super) async fn between(from: Opened, to: Opened) -> Result<Changes, Fault> {
    reading(move || {
        let changes = rules::compare(&from.files, &to.files);
        let lines = changes.iter().take(CHANGES).map(line).collect();
        Ok(Changes { lines, more: changes.len().saturating_sub(CHANGES) })
    })
    .await
}

fn line(change: &Change) -> ChangeLine {
    ChangeLine {
        table: described(&change.file).map_or(change.file.clone(), |it| it.name.to_owned()),
        what: change.what.word(),
        key: change.key.clone(),
        text: change.text.clone(),
    }
}

impl Changes {
    pub(super) fn sample() -> Self {
        let line = |what, text: &str| ChangeLine {
            table: "Mapping rules".to_owned(),
            what,
            key: "20 | NURSES | 2025-04-01".to_owned(),
            text: text.to_owned(),
        };
        Self {
            lines: vec![line("changed", "percentage: 60 → 50"), line("added", "cost_line=X")],
            more: 2,
        }
    }
}

impl Page for Compare {
    const TEMPLATE: &'static str = "features/rules_in_force/compare.html";

    fn samples() -> Vec<Self> {
        let page = |numbers: Vec<i64>, changes| Self {
            shell: Shell::sample("Compare two versions"),
            numbers,
            from: 1,
            to: 2,
            changes,
        };
        vec![
            page(vec![2, 1], Changes::sample()),
            page(vec![2, 1], Changes::default()),
            page(Vec::new(), Changes::default()),
        ]
    }
}
