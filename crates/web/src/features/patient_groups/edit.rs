//! Who belongs to a group: made, changed, kept to oneself or shared.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use results::group::{PatientGroup, WORDS};
use serde::Deserialize;
use store::patient_groups::{self, NewGroup, StoredGroup};
use store::units::{self, UnitKind};
use store::{GroupId, UnitCode};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/patient_groups/edit.html")]
pub(super) struct Edit {
    shell: Shell,
    wrong: Wrong,
    typed: Typed,
    address: String,
    /// Service lines to choose from; none for a group that is there.
    units: Vec<(String, String)>,
    sharing: Vec<(String, String)>,
    words: Vec<(&'static str, &'static str)>,
}

/// A group as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    unit: String,
    name: String,
    definition: String,
    shared: String,
    seen: String,
}

/// What a page that leads here knows already: a service line, and a part of its care.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Begun {
    unit: String,
    pod: String,
    hrg: String,
}

impl Begun {
    /// The form with it filled in; nothing that would not be taken there.
    fn typed(&self, visit: &Visit) -> Result<Typed, Fault> {
        let all = [("hrg", self.hrg.as_str()), ("pod", self.pod.as_str())];
        let lines = all.iter().filter(|it| !it.1.is_empty());
        let definition: String = lines.map(|(word, code)| format!("{word}: {code}\n")).collect();
        let is_sound =
            definition.is_empty() || PatientGroup::parse(&self.unit, &definition).is_ok();
        let is_theirs = self.unit.is_empty() || super::may(visit, &self.unit);
        if !is_sound || !is_theirs {
            return Err(Fault::NotFound);
        }
        let (unit, shared) = (self.unit.clone(), "no".to_owned());
        Ok(Typed { unit, definition, shared, ..Typed::default() })
    }
}

pub(super) async fn blank(
    State(app): State<App>,
    Query(begun): Query<Begun>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed = begun.typed(&visit)?;
    Ok(page(&app, &visit, None, (typed, Wrong::default())).await?.respond())
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let group = seen(&app, &visit, &id).await?;
    let typed = Typed {
        unit: group.group.unit.to_string(),
        name: group.group.name.clone(),
        definition: group.group.definition.clone(),
        shared: if group.group.is_shared { "yes" } else { "no" }.to_owned(),
        seen: group.version.to_string(),
    };
    Ok(page(&app, &visit, Some(&group), (typed, Wrong::default())).await?.respond())
}

async fn seen(app: &App, visit: &Visit, id: &str) -> Result<StoredGroup, Fault> {
    let mut db = app.store().read().await?;
    super::found(&mut db, visit, id).await
}

async fn page(
    app: &App,
    visit: &Visit,
    group: Option<&StoredGroup>,
    (typed, wrong): (Typed, Wrong),
) -> Result<Edit, Fault> {
    let mut units = Vec::new();
    if group.is_none() {
        let mut db = app.store().read().await?;
        for it in units::list(&mut db).await?.into_iter().map(|it| it.unit) {
            if it.kind == UnitKind::ServiceLine && super::may(visit, it.code.as_str()) {
                units.push((it.code.to_string(), it.name));
            }
        }
    }
    let title = group.map_or("Make a group".to_owned(), |it| format!("Change {}", it.group.name));
    let mut shell = visit.shell(title).below("Patient groups", "/groups");
    let mut address = "/groups/new".to_owned();
    if let Some(it) = group {
        shell = shell.below(&it.group.name, format!("/groups/{}", it.id));
        address = format!("/groups/{}/change", it.id);
    }
    Ok(Edit { shell: shell.with_errors(&wrong), wrong, typed, address, units, ..Edit::choices() })
}

impl Edit {
    fn choices() -> Self {
        let pair = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        Self {
            shell: Shell::default(),
            wrong: Wrong::default(),
            typed: Typed::default(),
            address: String::new(),
            units: Vec::new(),
            sharing: vec![
                pair("no", "Keep it to myself"),
                pair("yes", "Share it with those who make groups of this service line"),
            ],
            words: WORDS.to_vec(),
        }
    }
}

impl Typed {
    fn read(&self, visit: &Visit) -> Result<NewGroup, Wrong> {
        let mut wrong = Wrong::default();
        wrong.unless(super::may(visit, &self.unit), "unit", "Choose a service line");
        wrong.unless(!self.name.trim().is_empty(), "name", "Enter what people call it");
        let parsed = PatientGroup::parse(&self.unit, &self.definition);
        if let Err(all) = &parsed {
            for why in all {
                wrong.add("definition", why.clone());
            }
        }
        let is_shared = match self.shared.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        wrong.unless(is_shared.is_some(), "shared", "Choose who sees it");
        match (parsed, is_shared) {
            (Ok(group), Some(is_shared)) if wrong.is_empty() => Ok(NewGroup {
                unit: UnitCode::new(self.unit.as_str()),
                name: self.name.trim().to_owned(),
                definition: group.to_text(),
                is_shared,
            }),
            _ => Err(wrong),
        }
    }
}

pub(super) async fn add(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let new = match typed.read(&visit) {
        Ok(new) => new,
        Err(wrong) => return Ok(page(&app, &visit, None, (typed, wrong)).await?.respond()),
    };
    let entry = visit.entry("group.record", "");
    let done = visit.change_to("The group is saved.", move |tx| {
        Box::pin(async move {
            let id = patient_groups::create(tx, &new, &entry).await?;
            Ok(format!("/groups/{id}"))
        })
    });
    done.await
}

pub(super) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let group = seen(&app, &visit, &id).await?;
    let typed: Typed = visit.fields.read()?;
    let typed = Typed { unit: group.group.unit.to_string(), ..typed };
    let mut read = typed.read(&visit);
    if group.owner != visit.person()?.id {
        // Whoever is shown a group may mend it, but not take it away from the others.
        read = read.and_then(|it| {
            let mut wrong = Wrong::default();
            wrong.unless(it.is_shared, "shared", "Only whoever made it may stop sharing it");
            if wrong.is_empty() { Ok(it) } else { Err(wrong) }
        });
    }
    let new = match read {
        Ok(new) => new,
        Err(wrong) => return Ok(page(&app, &visit, Some(&group), (typed, wrong)).await?.respond()),
    };
    let seen: i64 = typed.seen.parse().unwrap_or_default();
    let entry = visit.entry("group.record", "");
    let leads_to = format!("/groups/{id}");
    let done = visit.change(&leads_to, "The group is changed.", move |tx| {
        Box::pin(async move {
            patient_groups::change(tx, &GroupId::new(id), &new, seen, &entry).await?;
            Ok(())
        })
    });
    done.await
}

impl Page for Edit {
    const TEMPLATE: &'static str = "features/patient_groups/edit.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, wrong: Wrong, is_new: bool| Self {
            shell: Shell::sample(title).below("Patient groups", "/groups"),
            wrong,
            address: "/groups/new".to_owned(),
            units: if is_new {
                vec![("TORT".to_owned(), "Trauma and orthopaedics".to_owned())]
            } else {
                Vec::new()
            },
            ..Self::choices()
        };
        let mut wrong = Wrong::default();
        wrong.add("name", "Enter what people call it");
        wrong.add("definition", "Line 1: `<70` is no code: write letters and digits");
        vec![
            page("Make a group", Wrong::default(), true),
            page("Make a group", wrong, true),
            page("Change Planned first hips", Wrong::default(), false),
        ]
    }
}
