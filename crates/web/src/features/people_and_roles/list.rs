//! All people, with what they may today.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::people::{PersonState, StoredPerson};
use store::{grants, people};

use super::role_name;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::session;
use crate::shell::visit::Visit;

/// So many are shown at most; the rest is found by name.
const SHOWN: usize = 200;

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/list.html")]
pub(super) struct List {
    shell: Shell,
    name: String,
    people: Vec<Line>,
    more: usize,
    waiting: Vec<Waiting>,
    may_manage: bool,
}

/// One person of the page.
struct Line {
    id: String,
    name: String,
    job_title: String,
    email: String,
    roles: String,
    has_left: bool,
}

/// A right that waits for a second person.
struct Waiting {
    person: String,
    name: String,
    role: String,
}

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    name: String,
}

pub(super) async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(asked): Query<Asked>,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let all = people::list(&mut db).await?;
    let rights = grants::review(&mut db).await?;
    drop(db);
    let today = session::today(visit.now);
    let mut roles: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for it in rights.iter().filter(|it| it.grant.counts_on(today)) {
        let named = role_name(app.matrix(), &it.grant.granted.role);
        roles.entry(it.grant.granted.person.as_str()).or_default().push(named);
    }
    let waiting = rights.iter().filter(|it| it.grant.waits()).map(|it| Waiting {
        person: it.grant.granted.person.as_str().to_owned(),
        name: it.person_name.clone(),
        role: role_name(app.matrix(), &it.grant.granted.role),
    });
    let wanted = asked.name.trim().to_lowercase();
    let fits = |it: &&StoredPerson| it.person.name.to_lowercase().contains(&wanted);
    let mut people: Vec<Line> = all
        .iter()
        .filter(fits)
        .map(|it| Line {
            id: it.id.as_str().to_owned(),
            name: it.person.name.clone(),
            job_title: it.person.job_title.clone(),
            email: it.person.email.clone(),
            roles: roles.get(it.id.as_str()).map(|it| it.join(", ")).unwrap_or_default(),
            has_left: it.state == PersonState::Left,
        })
        .collect();
    let more = people.len().saturating_sub(SHOWN);
    people.truncate(SHOWN);
    let may_manage = visit.may(Capability::ManagePeople);
    let shell = visit.shell("People and what they may");
    let waiting = waiting.collect();
    Ok(List { shell, name: asked.name, people, more, waiting, may_manage }.respond())
}

impl Page for List {
    const TEMPLATE: &'static str = "features/people_and_roles/list.html";

    fn samples() -> Vec<Self> {
        let line = |name: &str, roles: &str, has_left| Line {
            id: "p1".to_owned(),
            name: name.to_owned(),
            job_title: "Senior costing accountant".to_owned(),
            email: "priya.raman@trust.example".to_owned(),
            roles: roles.to_owned(),
            has_left,
        };
        let page = |people, waiting, may_manage| Self {
            shell: Shell::sample("People and what they may"),
            name: String::new(),
            people,
            more: 0,
            waiting,
            may_manage,
        };
        let waiting = Waiting {
            person: "p1".to_owned(),
            name: "Priya Raman".to_owned(),
            role: "Costing accountant".to_owned(),
        };
        let people = vec![
            line("Priya Raman", "Costing accountant", false),
            line("Ann Other", "", false),
            line("Ex Ample", "", true),
        ];
        vec![page(people, vec![waiting], true), page(Vec::new(), Vec::new(), false)]
    }
}
