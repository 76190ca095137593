//! People or units from a file: every fault by its line, and nothing taken if there is one.

use axum::extract::{Multipart, State};
use axum::response::Response;
use serde::Deserialize;
use store::{Error, people, units};

use super::shows_patients;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::pasted::uploaded;
use crate::shell::visit::Visit;

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    People,
    Units,
}

impl What {
    fn title(self) -> &'static str {
        match self {
            Self::People => "Import people",
            Self::Units => "Import units",
        }
    }

    fn address(self) -> &'static str {
        match self {
            Self::People => "/people/import",
            Self::Units => "/people/units/import",
        }
    }

    fn columns(self) -> &'static str {
        match self {
            Self::People => "name,email,job_title,role,unit,from,until",
            Self::Units => "code,name,kind,parent,from,until",
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::People => {
                "Ann Other,ann.other@trust.nhs.uk,Finance director,FINANCE_DIRECTOR,TRUST,2026-04-01,"
            }
            Self::Units => "TORT,Trauma and orthopaedics,service_line,SURGERY,2026-04-01,",
        }
    }

    fn note(self) -> &'static str {
        match self {
            Self::People => {
                "A line without a role adds the person alone. Roles that show patients are not taken from a file: give each on the person’s page, where a second person approves it."
            }
            Self::Units => {
                "The kind is one of trust, division, directorate, specialty, service_line and team. Parents may stand anywhere in the file."
            }
        }
    }
}

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/import.html")]
pub(super) struct Import {
    shell: Shell,
    what: What,
    wrong: Wrong,
    csv: String,
    /// Line, and what is wrong with it.
    faults: Vec<(u64, String)>,
}

/// What is pasted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    csv: String,
}

pub(super) async fn people(visit: Visit) -> Response {
    page(&visit, What::People, (Wrong::default(), String::new(), Vec::new())).respond()
}

pub(super) async fn units(visit: Visit) -> Response {
    page(&visit, What::Units, (Wrong::default(), String::new(), Vec::new())).respond()
}

fn page(
    visit: &Visit,
    what: What,
    (wrong, csv, faults): (Wrong, String, Vec<(u64, String)>),
) -> Import {
    let shell = visit.shell(what.title()).below("People", "/people");
    let shell = match what {
        What::People => shell,
        What::Units => shell.below("Units", "/people/units"),
    };
    let shell = shell.with_errors(&wrong);
    Import { shell, what, wrong, csv, faults }
}

pub(super) async fn take_people(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    take(&app, &visit, What::People).await
}

pub(super) async fn take_units(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    take(&app, &visit, What::Units).await
}

pub(super) async fn take_people_file(
    State(app): State<App>,
    visit: Visit,
    parts: Multipart,
) -> Result<Response, Fault> {
    take(&app, &uploaded(visit, parts).await?.0, What::People).await
}

pub(super) async fn take_units_file(
    State(app): State<App>,
    visit: Visit,
    parts: Multipart,
) -> Result<Response, Fault> {
    take(&app, &uploaded(visit, parts).await?.0, What::Units).await
}

async fn take(app: &App, visit: &Visit, what: What) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let mut wrong = Wrong::default();
    wrong.unless(!form.csv.trim().is_empty(), "csv", "Paste the lines, or choose a file");
    if !wrong.is_empty() {
        return Ok(page(visit, what, (wrong, form.csv, Vec::new())).respond());
    }
    let csv = form.csv.clone();
    let done = match what {
        What::People => {
            let roles = app.matrix().roles().iter().map(|it| it.code.clone());
            let roles: Vec<String> = roles.filter(|it| !shows_patients(app.matrix(), it)).collect();
            let entry = visit.entry("person.import", "people");
            let work = visit.attempt("/people", "All people of the file are here.", move |tx| {
                Box::pin(async move {
                    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
                    people::import_csv(tx, &csv, &roles, &entry).await.map(|_| ())
                })
            });
            work.await
        }
        What::Units => {
            let entry = visit.entry("unit.import", "units");
            let said = "All units of the file are here.";
            let work = visit.attempt("/people/units", said, move |tx| {
                Box::pin(async move { units::import_csv(tx, &csv, &entry).await.map(|_| ()) })
            });
            work.await
        }
    };
    match done {
        Err(Error::Faults(faults)) => {
            let faults: Vec<(u64, String)> =
                faults.into_iter().map(|it| (it.line, it.message)).collect();
            let lines = if faults.len() == 1 { "1 fault" } else { "faults" };
            wrong.add(
                "csv",
                format!("Nothing was taken: mend the {lines} below, then send it again"),
            );
            Ok(page(visit, what, (wrong, form.csv, faults)).respond())
        }
        other => Ok(other?),
    }
}

impl Page for Import {
    const TEMPLATE: &'static str = "features/people_and_roles/import.html";

    fn samples() -> Vec<Self> {
        let page = |what: What, wrong, csv: &str, faults| Self {
            shell: Shell::sample(what.title()),
            what,
            wrong,
            csv: csv.to_owned(),
            faults,
        };
        let mut wrong = Wrong::default();
        wrong.add("csv", "Nothing was taken: mend the 1 fault below, then send it again");
        let faults = vec![(2, "needs an email address such as a.name@trust.nhs.uk".to_owned())];
        vec![
            page(What::Units, Wrong::default(), "", Vec::new()),
            page(
                What::People,
                wrong,
                "name,email,job_title,role,unit,from,until\nAnn,a,,,,,",
                faults,
            ),
        ]
    }
}
