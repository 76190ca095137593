//! The groups that somebody may see.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use store::{patient_groups, people, units};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/patient_groups/list.html")]
pub(super) struct List {
    shell: Shell,
    rows: Vec<Row>,
}

/// One group.
#[derive(Clone, Debug)]
struct Row {
    name: String,
    address: String,
    conditions: String,
    unit: String,
    whose: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let me = &visit.person()?.id;
    let all = patient_groups::list(&mut db).await?;
    let units: BTreeMap<String, String> = units::list(&mut db)
        .await?
        .into_iter()
        .map(|it| (it.unit.code.to_string(), it.unit.name))
        .collect();
    let mut rows = Vec::new();
    for it in all {
        let unit = it.group.unit.as_str();
        if !super::may(&visit, unit) || !it.is_seen_by(me) {
            continue;
        }
        let owner = people::get(&mut db, &it.owner).await?.person.name;
        rows.push(Row {
            address: format!("/groups/{}", it.id),
            conditions: it.group.definition.trim().replace('\n', "; "),
            unit: units.get(unit).cloned().unwrap_or_default(),
            whose: match (it.owner == *me, it.group.is_shared) {
                (true, true) => "Yours, shared".to_owned(),
                (true, false) => "Yours alone".to_owned(),
                (false, _) => format!("Shared by {owner}"),
            },
            name: it.group.name,
        });
    }
    Ok(List { shell: visit.shell("Patient groups"), rows }.respond())
}

impl Page for List {
    const TEMPLATE: &'static str = "features/patient_groups/list.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "Planned first hips".to_owned(),
            address: "/groups/1".to_owned(),
            conditions: "procedure: W37; pod: EL".to_owned(),
            unit: "Trauma and orthopaedics".to_owned(),
            whose: "Shared by Amara Okafor".to_owned(),
        };
        let page = |rows| Self { shell: Shell::sample("Patient groups"), rows };
        vec![page(vec![row]), page(Vec::new())]
    }
}
