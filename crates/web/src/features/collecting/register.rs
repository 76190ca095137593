//! The register of a round: which organisations there are, and what became of those that closed.

use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::RoundId;
use store::collecting::{self, NewRegister};

use super::{address, of, shell};
use crate::App;
use crate::shell::collecting::{Held, register};
use crate::shell::download::as_kept;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::pasted::uploaded;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Bytes of a pasted file at most: some thousands of organisations.
pub(super) const MOST_BYTES: usize = 250_000;

#[derive(askama::Template)]
#[template(path = "features/collecting/register.html")]
pub(super) struct RegisterPage {
    shell: Shell,
    at: String,
    lead: String,
    csv: String,
    faults: Vec<(usize, String)>,
    wrong: Wrong,
}

/// What is pasted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Form {
    csv: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let held = of(&app, &round).await?;
    Ok(page(&visit, &held, (String::new(), Vec::new(), Wrong::default())).respond())
}

fn page(
    visit: &Visit,
    held: &Held,
    (csv, faults, wrong): (String, Vec<(usize, String)>, Wrong),
) -> RegisterPage {
    let lead = match held.registers.last() {
        None => "No register is there yet.".to_owned(),
        Some(it) => format!(
            "Register {} is in force, with {}. Another takes its place; the returns that were taken are then checked against it.",
            it.number,
            words::count(it.of.organisations.unsigned_abs(), "organisation", "organisations")
        ),
    };
    let shell = shell(visit, held, "Bring the register").with_errors(&wrong);
    RegisterPage { shell, at: address(held), lead, csv, faults, wrong }
}

pub(super) async fn bring(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    take_in(&app, &visit, &round, "pasted").await
}

pub(super) async fn bring_file(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
    parts: Multipart,
) -> Result<Response, Fault> {
    let (visit, name) = uploaded(visit, parts).await?;
    take_in(&app, &visit, &round, &name).await
}

/// Takes a register whole, or says of every row what is wrong with it.
async fn take_in(app: &App, visit: &Visit, round: &str, name: &str) -> Result<Response, Fault> {
    let held = of(app, round).await?;
    let Form { csv } = visit.fields.read()?;
    let mut wrong = Wrong::default();
    wrong.unless(!csv.trim().is_empty(), "csv", "Paste the rows, or choose a file");
    wrong.unless(csv.len() <= MOST_BYTES, "csv", "It is larger than 250 kB");
    if !wrong.is_empty() {
        return Ok(page(visit, &held, (csv, Vec::new(), wrong)).respond());
    }
    let organisations = match register(&csv) {
        Ok((count, _)) => i64::try_from(count).unwrap_or(i64::MAX),
        Err(faults) => {
            let many = words::count(faults.len() as u64, "fault", "faults");
            let said = format!("Nothing is taken: mend the {many} below, then send it again");
            wrong.add("csv", said);
            let faults = faults.into_iter().map(|it| (it.0, words::capital(&it.1))).collect();
            return Ok(page(visit, &held, (csv, faults, wrong)).respond());
        }
    };
    let new = NewRegister { name: name.to_owned(), csv, organisations };
    let (id, seen) = (held.round.id.clone(), held.seen().registers);
    let entry = visit.entry("collection.register", "");
    let said = "The register is in force. Bring returns next.";
    let leads_to = address(&held);
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move { collecting::bring_register(tx, &id, &new, seen, &entry).await })
    });
    done.await
}

/// A register as it was brought.
pub(super) async fn take(
    State(app): State<App>,
    Path((round, number)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let id = RoundId::new(round);
    let all = collecting::registers(&mut *app.store().read().await?, &id).await?;
    let found = all.into_iter().find(|it| it.number.to_string() == number);
    let found = found.ok_or(Fault::NotFound)?;
    let object = format!("collection/{id} register {number}");
    app.store().audit(visit.entry("collection.download", &object)).await?;
    Ok(as_kept(&format!("register-{number}"), &found.of.csv))
}

impl Page for RegisterPage {
    const TEMPLATE: &'static str = "features/collecting/register.html";

    fn samples() -> Vec<Self> {
        let page = |faults: Vec<(usize, String)>, wrong: Wrong| Self {
            shell: Shell::sample("Bring the register").with_errors(&wrong),
            at: "/collecting/1".to_owned(),
            lead: "No register is there yet.".to_owned(),
            csv: String::new(),
            faults,
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("csv", "Nothing is taken: mend the 1 fault below, then send it again");
        let faults = vec![(3, "`name` is empty".to_owned())];
        vec![page(Vec::new(), Wrong::default()), page(faults, wrong)]
    }
}
