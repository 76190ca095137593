//! One version of the model: who made it and why, what it changes, and what can become of it.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use store::model_versions::{self, VersionState};

use super::compare::{self, Changes};
use super::versions::{past, state_of};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::models;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/rules_in_force/version.html")]
pub(super) struct VersionPage {
    shell: Shell,
    number: i64,
    made: String,
    state: &'static str,
    /// Version that it was made from; 0 for none.
    parent: i64,
    hash: String,
    changes: Changes,
    next: Next,
    may_cost: bool,
}

/// What whoever looks can do with it.
enum Next {
    Nothing,
    PutInForce,
    Lock,
    /// A draft from a version that is not in force any more.
    Late(String),
}

pub(super) async fn show(
    State(app): State<App>,
    Path(number): Path<i64>,
    visit: Visit,
) -> Result<Response, Fault> {
    let opened = models::version(&app, number).await?;
    let version = opened.version.clone().ok_or(Fault::NotFound)?;
    let made = models::in_words(&app, &opened).await?;
    let mut db = app.store().read().await?;
    let current = model_versions::current(&mut db).await?.map(|it| it.number);
    drop(db);
    let is_current = current == Some(number);
    let may = visit.may(Capability::EditRules);
    let next = match version.state {
        VersionState::Draft if version.made.parent != current => {
            let now = current.map_or_else(|| "none".to_owned(), |it| it.to_string());
            Next::Late(now)
        }
        VersionState::Draft if may => Next::PutInForce,
        VersionState::InForce if may => Next::Lock,
        VersionState::Draft | VersionState::InForce | VersionState::Locked => Next::Nothing,
    };
    let parent = version.made.parent.unwrap_or(0);
    let hash = opened.hash.clone();
    let changes = match parent {
        0 => Changes::default(),
        parent => compare::between(models::version(&app, parent).await?, opened).await?,
    };
    let shell = visit.shell(format!("Version {number} of the model")).below("Rules", "/rules");
    let shell = shell.below("Versions", "/rules/versions");
    let state = if is_current { state_of(Some(&version)) } else { past(&version) };
    let may_cost = visit.may(Capability::RunCosting);
    Ok(VersionPage { shell, number, made, state, parent, hash, changes, next, may_cost }.respond())
}

impl Page for VersionPage {
    const TEMPLATE: &'static str = "features/rules_in_force/version.html";

    fn samples() -> Vec<Self> {
        let page = |state, parent, next| Self {
            shell: Shell::sample("Version 3 of the model"),
            number: 3,
            made: "Version 3, made by Priya Raman on 11 June 2026, 09:14: New cost centre"
                .to_owned(),
            state,
            parent,
            hash: "434898a0747834d5".to_owned(),
            changes: Changes::sample(),
            next,
            may_cost: true,
        };
        vec![
            page("Draft", 2, Next::PutInForce),
            page("In force", 2, Next::Lock),
            page("Draft", 2, Next::Late("4".to_owned())),
            page("Earlier", 0, Next::Nothing),
        ]
    }
}
