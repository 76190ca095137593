//! Adding a person, and changing what is known of one.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::people::{self, Person};

use super::{found, not_oneself};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/edit.html")]
pub(super) struct Edit {
    shell: Shell,
    wrong: Wrong,
    /// Whose page it is; blank for a new person.
    id: String,
    form: Form,
}

/// A person as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    name: String,
    email: String,
    job_title: String,
    profession: String,
    /// Version that was edited; blank for a new person.
    #[serde(default)]
    version: String,
}

impl Form {
    fn person(&self) -> Person {
        Person {
            name: self.name.trim().to_owned(),
            email: self.email.trim().to_owned(),
            job_title: self.job_title.trim().to_owned(),
            profession: self.profession.trim().to_owned(),
        }
    }

    fn wrong(&self) -> Wrong {
        let mut wrong = Wrong::default();
        wrong.unless(!self.name.trim().is_empty(), "name", "Enter the person’s name");
        let email = self.email.trim();
        let is_address = email.split_once('@').is_some_and(|(name, place)| {
            !name.is_empty() && place.contains('.') && !email.contains(char::is_whitespace)
        });
        wrong.unless(is_address, "email", "Enter an email address such as a.name@trust.nhs.uk");
        wrong
    }
}

/// Somebody has the address already: said at its field. All else as it is.
fn taken(done: store::Result<Response>) -> Result<Result<Response, Wrong>, Fault> {
    match done {
        Err(store::Error::Duplicate(_)) => {
            let mut wrong = Wrong::default();
            wrong.add("email", "Somebody has this address already");
            Ok(Err(wrong))
        }
        other => Ok(Ok(other?)),
    }
}

pub(super) async fn blank(visit: Visit) -> Response {
    page(&visit, Wrong::default(), (None, Form::default())).respond()
}

fn page(visit: &Visit, wrong: Wrong, (id, form): (Option<(&str, &str)>, Form)) -> Edit {
    let shell = match id {
        None => visit.shell("Add a person").below("People", "/people"),
        Some((id, name)) => visit
            .shell(format!("Change what is known of {name}"))
            .below("People", "/people")
            .below(name, format!("/people/{id}")),
    };
    let shell = shell.with_errors(&wrong);
    Edit { shell, wrong, id: id.map(|it| it.0.to_owned()).unwrap_or_default(), form }
}

pub(super) async fn add(visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let wrong = form.wrong();
    if !wrong.is_empty() {
        return Ok(page(&visit, wrong, (None, form)).respond());
    }
    let (person, entry) = (form.person(), visit.entry("person.create", ""));
    let said = format!("{} is added, and may do nothing yet.", person.name);
    let done = visit.attempt("/people", &said, move |tx| {
        Box::pin(async move { people::create(tx, &person, &entry).await.map(|_| ()) })
    });
    match taken(done.await)? {
        Ok(added) => Ok(added),
        Err(wrong) => Ok(page(&visit, wrong, (None, form)).respond()),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let stored = found(&app, &id).await?;
    not_oneself(&visit, &stored.id)?;
    let form = Form {
        name: stored.person.name.clone(),
        email: stored.person.email,
        job_title: stored.person.job_title,
        profession: stored.person.profession,
        version: stored.version.to_string(),
    };
    Ok(page(&visit, Wrong::default(), (Some((&id, &stored.person.name)), form)).respond())
}

pub(super) async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let stored = found(&app, &id).await?;
    not_oneself(&visit, &stored.id)?;
    let wrong = form.wrong();
    if !wrong.is_empty() {
        return Ok(page(&visit, wrong, (Some((&id, &stored.person.name)), form)).respond());
    }
    let seen = form.version.parse().unwrap_or(0);
    let (person, entry) = (form.person(), visit.entry("person.edit", ""));
    let (leads_to, target) = (format!("/people/{id}"), stored.id);
    let done = visit.attempt(&leads_to, "It is changed.", move |tx| {
        Box::pin(async move { people::edit(tx, &target, &person, seen, &entry).await.map(|_| ()) })
    });
    match taken(done.await)? {
        Ok(changed) => Ok(changed),
        Err(wrong) => Ok(page(&visit, wrong, (Some((&id, &stored.person.name)), form)).respond()),
    }
}

impl Page for Edit {
    const TEMPLATE: &'static str = "features/people_and_roles/edit.html";

    fn samples() -> Vec<Self> {
        let form = Form {
            name: "Priya Raman".to_owned(),
            email: "priya.raman".to_owned(),
            job_title: "Senior costing accountant".to_owned(),
            profession: "finance".to_owned(),
            version: "2".to_owned(),
        };
        let page = |title: &str, wrong, id: &str, form| Self {
            shell: Shell::sample(title),
            wrong,
            id: id.to_owned(),
            form,
        };
        let mut wrong = Wrong::default();
        wrong.add("email", "Enter an email address such as a.name@trust.nhs.uk");
        vec![
            page("Add a person", Wrong::default(), "", Form::default()),
            page("Change what is known of Priya Raman", wrong, "p1", form),
        ]
    }
}
