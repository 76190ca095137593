//! The groups that somebody may see.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::{patient_groups, people, units};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/patient_groups/list.html")]
pub(super) struct List {
    shell: Shell,
    /// The service line whose groups alone are listed; blank for all.
    line: String,
    /// Where one is made.
    make: String,
    rows: Vec<Row>,
}

/// Which service line.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Chosen {
    unit: String,
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

pub(super) async fn show(
    State(app): State<App>,
    Query(chosen): Query<Chosen>,
    visit: Visit,
) -> Result<Response, Fault> {
    if !chosen.unit.is_empty() && !super::may(&visit, &chosen.unit) {
        return Err(Fault::NotFound);
    }
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
        let is_other = !chosen.unit.is_empty() && unit != chosen.unit;
        if is_other || !super::may(&visit, unit) || !it.is_seen_by(me) {
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
    let line = units.get(&chosen.unit).cloned().unwrap_or_default();
    let make = make(&chosen.unit);
    Ok(List { shell: visit.shell("Patient groups"), line, make, rows }.respond())
}

/// Where a group is made, of a service line if one is chosen.
fn make(unit: &str) -> String {
    if unit.is_empty() {
        return "/groups/new".to_owned();
    }
    format!("/groups/new?{}", serde_urlencoded::to_string([("unit", unit)]).unwrap_or_default())
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
        let page = |rows, line: &str, unit: &str| Self {
            shell: Shell::sample("Patient groups"),
            line: line.to_owned(),
            make: make(unit),
            rows,
        };
        let line = "Trauma and orthopaedics";
        vec![
            page(vec![row.clone()], "", ""),
            page(vec![row], line, "TORT"),
            page(Vec::new(), "", ""),
            page(Vec::new(), line, "TORT"),
        ]
    }
}
