//! Adding a unit, and changing one; whoever edits an old version is told.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::UnitCode;
use store::units::{self, StoredUnit, Unit, UnitKind};

use super::give::{days, options};
use super::in_address;
use super::units::kind_words;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/unit.html")]
pub(super) struct EditUnit {
    shell: Shell,
    wrong: Wrong,
    /// Where the form is sent.
    address: String,
    is_new: bool,
    form: Form,
    kinds: Vec<(String, String)>,
    parents: Vec<(String, String)>,
}

/// A unit as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    #[serde(default)]
    code: String,
    name: String,
    kind: String,
    parent: String,
    from: String,
    until: String,
    /// Version that was edited; blank for a new unit.
    #[serde(default)]
    version: String,
}

impl Form {
    fn of(stored: StoredUnit) -> Self {
        let unit = stored.unit;
        Self {
            code: unit.code.as_str().to_owned(),
            name: unit.name,
            kind: unit.kind.as_str().to_owned(),
            parent: unit.parent.map(|it| it.as_str().to_owned()).unwrap_or_default(),
            from: unit.from.to_string(),
            until: unit.until.map(|it| it.to_string()).unwrap_or_default(),
            version: stored.version.to_string(),
        }
    }

    fn read(&self) -> Result<Unit, Wrong> {
        let mut wrong = Wrong::default();
        let code = self.code.trim();
        wrong.unless(!code.is_empty(), "code", "Enter a code, such as that of the ledger");
        wrong.unless(!self.name.trim().is_empty(), "name", "Enter the name of the unit");
        let kind: Option<UnitKind> = self.kind.parse().ok();
        wrong.unless(kind.is_some(), "kind", "Choose what it is");
        let (from, until) = days(&self.from, &self.until, &mut wrong);
        let parent = (!self.parent.is_empty()).then(|| UnitCode::new(self.parent.as_str()));
        match kind.zip(from).filter(|_| wrong.is_empty()) {
            Some((kind, from)) => Ok(Unit {
                code: UnitCode::new(code),
                name: self.name.trim().to_owned(),
                kind,
                parent,
                from,
                until,
            }),
            None => Err(wrong),
        }
    }
}

pub(super) async fn blank(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form = Form { from: session::today(visit.now).to_string(), ..Form::default() };
    Ok(page(&app, &visit, (None, Wrong::default(), form)).await?.respond())
}

async fn page(
    app: &App,
    visit: &Visit,
    (code, wrong, form): (Option<&str>, Wrong, Form),
) -> Result<EditUnit, Fault> {
    let mut db = app.store().read().await?;
    let mut parents = options(&mut db).await?;
    drop(db);
    "None: it stands at the top".clone_into(&mut parents[0].1);
    parents.retain(|it| Some(it.0.as_str()) != code);
    let title = match code {
        Some(_) => format!("Change {}", form.name),
        None => "Add a unit".to_owned(),
    };
    let shell = visit.shell(title).below("People", "/people").below("Units", "/people/units");
    let shell = shell.with_errors(&wrong);
    let address = match code {
        Some(code) => format!("/people/units/edit/{}", in_address(code)),
        None => "/people/units/new".to_owned(),
    };
    let is_new = code.is_none();
    Ok(EditUnit { shell, wrong, address, is_new, form, kinds: kinds(), parents })
}

fn kinds() -> Vec<(String, String)> {
    let mut kinds = vec![(String::new(), "Choose what it is".to_owned())];
    let known = UnitKind::ALL.iter();
    kinds.extend(known.map(|it| (it.as_str().to_owned(), kind_words(*it).to_owned())));
    kinds
}

pub(super) async fn add(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let unit = match form.read() {
        Ok(unit) => unit,
        Err(wrong) => return Ok(page(&app, &visit, (None, wrong, form)).await?.respond()),
    };
    let entry = visit.entry("unit.change", "");
    let done = visit.attempt("/people/units", "The unit is added.", move |tx| {
        Box::pin(async move { units::upsert(tx, &unit, None, &entry).await.map(|_| ()) })
    });
    match done.await {
        Err(store::Error::Duplicate(_)) => {
            let mut wrong = Wrong::default();
            wrong.add("code", "There is a unit with this code already");
            Ok(page(&app, &visit, (None, wrong, form)).await?.respond())
        }
        other => Ok(other?),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let stored = units::get(&mut db, &UnitCode::new(code.as_str())).await?;
    drop(db);
    let form = Form::of(stored);
    Ok(page(&app, &visit, (Some(&code), Wrong::default(), form)).await?.respond())
}

pub(super) async fn change(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let form = Form { code: code.clone(), ..form };
    let unit = match form.read() {
        Ok(unit) => unit,
        Err(wrong) => return Ok(page(&app, &visit, (Some(&code), wrong, form)).await?.respond()),
    };
    let seen = form.version.parse().unwrap_or(0);
    let entry = visit.entry("unit.change", "");
    let done = visit.change("/people/units", "The unit is changed.", move |tx| {
        Box::pin(async move { units::upsert(tx, &unit, Some(seen), &entry).await.map(|_| ()) })
    });
    done.await
}

impl Page for EditUnit {
    const TEMPLATE: &'static str = "features/people_and_roles/unit.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, wrong, is_new, form| Self {
            shell: Shell::sample(title),
            wrong,
            address: "/people/units/new".to_owned(),
            is_new,
            form,
            kinds: kinds(),
            parents: vec![(String::new(), "None: it stands at the top".to_owned())],
        };
        let form = Form {
            code: "TORT".to_owned(),
            name: "Trauma and orthopaedics".to_owned(),
            kind: "service_line".to_owned(),
            version: "1".to_owned(),
            ..Form::default()
        };
        let mut wrong = Wrong::default();
        wrong.add("from", "Enter the first day, such as 2026-04-01");
        vec![
            page("Add a unit", Wrong::default(), true, Form::default()),
            page("Change Trauma and orthopaedics", wrong, false, form),
        ]
    }
}
