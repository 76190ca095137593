//! Giving a right: a role in a unit, for a time, for a reason.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::grants::{self, NewGrant};
use store::people::PersonState;
use store::units::{self, Branch};
use store::{Connection, PersonId, UnitCode};

use super::{found, not_oneself, shows_patients};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/give.html")]
pub(super) struct Give {
    shell: Shell,
    wrong: Wrong,
    id: String,
    form: Form,
    roles: Vec<(String, String)>,
    units: Vec<(String, String)>,
    levels: Vec<(String, String)>,
}

/// A right as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    role: String,
    unit: String,
    #[serde(default)]
    patient_level: String,
    reason: String,
    from: String,
    until: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form = Form {
        from: session::today(visit.now).to_string(),
        patient_level: "no".to_owned(),
        ..Form::default()
    };
    Ok(page(&app, &visit, (&id, Wrong::default(), form)).await?.respond())
}

async fn page(
    app: &App,
    visit: &Visit,
    (id, wrong, form): (&str, Wrong, Form),
) -> Result<Give, Fault> {
    let stored = found(app, id).await?;
    not_oneself(visit, &stored.id)?;
    let mut db = app.store().read().await?;
    let units = options(&mut db).await?;
    drop(db);
    let name = &stored.person.name;
    let shell = visit
        .shell(format!("Give {name} a right"))
        .below("People", "/people")
        .below(name, format!("/people/{id}"));
    let shell = shell.with_errors(&wrong);
    let mut roles = vec![(String::new(), "Choose a role".to_owned())];
    roles.extend(app.matrix().roles().iter().map(|it| (it.code.clone(), it.name.clone())));
    Ok(Give { shell, wrong, id: id.to_owned(), form, roles, units, levels: levels() })
}

fn levels() -> Vec<(String, String)> {
    vec![("no".to_owned(), "No".to_owned()), ("yes".to_owned(), "Yes".to_owned())]
}

/// Units to choose from, each below the one it belongs to.
pub(super) async fn options(db: &mut Connection) -> Result<Vec<(String, String)>, Fault> {
    let option = |it: Branch| {
        let unit = it.stored.unit;
        (unit.code.as_str().to_owned(), format!("{}{}", "– ".repeat(it.depth), unit.name))
    };
    let mut options = vec![(String::new(), "Choose a unit".to_owned())];
    options.extend(units::tree(db).await?.into_iter().map(option));
    Ok(options)
}

/// Reads a first and a last day, and says what is wrong with them.
pub(super) fn days(from: &str, until: &str, wrong: &mut Wrong) -> (Option<Day>, Option<Day>) {
    let first: Option<Day> = from.trim().parse().ok();
    let last: Option<Day> = until.trim().parse().ok();
    wrong.unless(first.is_some(), "from", "Enter the first day, such as 2026-04-01");
    let is_last = until.trim().is_empty() || last.is_some();
    wrong.unless(is_last, "until", "Enter the last day such as 2027-03-31, or leave it blank");
    let ordered = first.zip(last).is_none_or(|(first, last)| first <= last);
    wrong.unless(ordered, "until", "The last day must not be before the first");
    (first, last)
}

impl Form {
    fn read(&self, app: &App, person: &PersonId) -> Result<NewGrant, Wrong> {
        let mut wrong = Wrong::default();
        wrong.unless(app.matrix().role(&self.role).is_some(), "role", "Choose a role");
        wrong.unless(!self.unit.is_empty(), "unit", "Choose a unit");
        let is_level = matches!(self.patient_level.as_str(), "yes" | "no");
        wrong.unless(is_level, "patient_level", "Say whether they may see patient rows");
        wrong.unless(!self.reason.trim().is_empty(), "reason", "Say why they need it");
        let (from, until) = days(&self.from, &self.until, &mut wrong);
        match from.filter(|_| wrong.is_empty()) {
            Some(from) => Ok(NewGrant {
                person: person.clone(),
                role: self.role.clone(),
                unit: UnitCode::new(self.unit.as_str()),
                patient_level: self.patient_level == "yes",
                reason: self.reason.trim().to_owned(),
                from,
                until,
            }),
            None => Err(wrong),
        }
    }
}

pub(super) async fn give(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let stored = found(&app, &id).await?;
    not_oneself(&visit, &stored.id)?;
    if stored.state == PersonState::Left {
        return Err(Fault::Refused("This person has left. Take them back first.".to_owned()));
    }
    let new = match form.read(&app, &stored.id) {
        Ok(new) => new,
        Err(wrong) => return Ok(page(&app, &visit, (&id, wrong, form)).await?.respond()),
    };
    let for_two = new.patient_level || shows_patients(app.matrix(), &new.role);
    let said = if for_two {
        "The right is given, and waits for a second person, since it shows patients."
    } else {
        "The right is given."
    };
    let entry = visit.entry("grant.add", "");
    let leads_to = format!("/people/{id}");
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            let given = if for_two {
                grants::grant_for_two(tx, &new, &entry).await
            } else {
                grants::grant(tx, &new, &entry).await
            };
            given.map(|_| ())
        })
    });
    done.await
}

impl Page for Give {
    const TEMPLATE: &'static str = "features/people_and_roles/give.html";

    fn samples() -> Vec<Self> {
        let page = |wrong, form| Self {
            shell: Shell::sample("Give Priya Raman a right"),
            wrong,
            id: "p1".to_owned(),
            form,
            roles: vec![("CLINICIAN".to_owned(), "Clinician".to_owned())],
            units: vec![("TORT".to_owned(), "– Trauma and orthopaedics".to_owned())],
            levels: levels(),
        };
        let mut wrong = Wrong::default();
        wrong.add("role", "Choose a role");
        wrong.add("patient_level", "Say whether they may see patient rows");
        wrong.add("reason", "Say why they need it");
        let form = Form { patient_level: "no".to_owned(), ..Form::default() };
        vec![page(Wrong::default(), form), page(wrong, Form::default())]
    }
}
