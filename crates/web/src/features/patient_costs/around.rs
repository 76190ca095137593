//! Other care of the patient of one event, in the twelve months on either side of it.

use std::sync::Arc;

use access::Capability;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use domain::Key;
use results::explain::{Around, AroundEvent};
use store::audit::Outcome;

use super::{list, reason};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::go;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/patient_costs/around.html")]
pub(super) struct AroundPage {
    shell: Shell,
    kicker: String,
    /// Where the event itself is.
    event: String,
    rows: Vec<Row>,
    /// What there is besides, where the person does not see it; blank for nothing.
    elsewhere: String,
    /// Which years were looked at.
    years: String,
}

/// One event.
struct Row {
    address: String,
    short: String,
    kind: String,
    line: String,
    start: String,
    cost: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((run, event)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::PatientRows)?.clone();
    let query = query.unwrap_or_default();
    let why = match reason::held(&visit, reason::asked_in(&scope), &query) {
        Ok(why) => why,
        Err(elsewhere) => return Ok(go(&elsewhere, "")),
    };
    let run = list::readable(&app, &visit, run).await?;
    let named = if event.parse::<Key>().is_ok() { event.as_str() } else { list::NO_REFERENCE };
    let object = format!("{} {named}", run.id());
    let mut entry = visit.entry_in(&scope, "patient.around", &object);
    if !why.is_empty() {
        entry = entry.because(&why);
    }
    let caller = visit.asks(entry.clone()).await?;
    let (reader, asked) = (Arc::clone(&run), event.clone());
    let found = reading(move || {
        let before = app.shelf().year_before(&reader)?;
        let may_see = |line: &str| scope.of_unit(line).is_some();
        let found = reader.around_within(&asked, &caller, &may_see, before.as_deref())?;
        Ok((found, before.map(|it| it.manifest().year.clone())))
    })
    .await;
    let (found, before) = match found {
        Err(Fault::NotFound) => {
            visit.app.store().audit(entry.rows(0).ended(Outcome::Refused)).await?;
            return Err(Fault::NotFound);
        }
        other => other?,
    };
    // Whoever asks later who saw an event finds it by its reference.
    let seen: Vec<&str> = found.events.iter().map(|it| it.event.reference.as_str()).collect();
    let shown = entry.of("patient.around.listed", format!("{object} {}", seen.join(" ")));
    visit.app.store().audit(shown.rows(seen.len())).await?;
    let year = words::year(&run.manifest().year);
    let years = before.map_or_else(
        || format!("Looked at: {year}. The year before is not published here."),
        |before| format!("Looked at: {} and {year}.", words::year(&before)),
    );
    Ok(page(&visit, (run.id(), &event), &found, years).respond())
}

fn page(visit: &Visit, (run, event): (&str, &str), found: &Around, years: String) -> AroundPage {
    let address = format!("/patients/{run}/{event}");
    let elsewhere = match found.elsewhere as u64 {
        0 => String::new(),
        count => format!("{} more in services that you do not see.", words::thousands(count)),
    };
    AroundPage {
        shell: visit
            .shell("Other care in the 12 months around it")
            .below("Patients", "/patients")
            .below(list::short(event), address.clone()),
        kicker: format!("The patient of event {}", list::short(event)),
        event: address,
        rows: found.events.iter().map(row).collect(),
        elsewhere,
        years,
    }
}

fn row(it: &AroundEvent) -> Row {
    Row {
        address: format!("/patients/{}/{}", it.run, it.event.reference),
        short: list::short(&it.event.reference),
        kind: it.event.event_type.words().to_owned(),
        line: it.service_line.words().to_owned(),
        start: it.event.start.clone(),
        cost: words::pence(it.event.cost),
    }
}

impl Page for AroundPage {
    const TEMPLATE: &'static str = "features/patient_costs/around.html";

    fn samples() -> Vec<Self> {
        let page = |rows: Vec<Row>, elsewhere: &str| Self {
            shell: Shell::sample("Other care in the 12 months around it"),
            kicker: "The patient of event 7F3K-29QD".to_owned(),
            event: "/patients/1fe9a090556158bd/20v8hcl5jsk6brd2fumssfkflv".to_owned(),
            rows,
            elsewhere: elsewhere.to_owned(),
            years: "Looked at: 2024/25 and 2025/26.".to_owned(),
        };
        let row = Row {
            address: "/patients/f6c5bd0b2cb75c50/30v8hcl5jsk6brd2fumssfkflv".to_owned(),
            short: "30V8-HCL5".to_owned(),
            kind: "Outpatient attendance".to_owned(),
            line: "Hips".to_owned(),
            start: "3 Feb 2025 09:10".to_owned(),
            cost: "£142.63".to_owned(),
        };
        vec![page(vec![row], "3 more in services that you do not see."), page(Vec::new(), "")]
    }
}
