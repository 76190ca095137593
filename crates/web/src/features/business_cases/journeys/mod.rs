//! Journeys of patients: steps with staff, minutes and rate, scenarios beside them, and ideas.

mod effect;
mod ideas;
mod show;
mod steps;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use engagement::journeys::{Journey, Path as Steps};
use engagement::pence::Pence;
use store::cases::{Body, Kind as RecordKind};

use super::HOME;
use super::form::Reader;
use super::found::{
    Found, begin as begin_record, found as found_record, kept_units, lead, readable,
};
use super::rows::{About, Row, Rows};
use super::write::Of;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::page::{Page as _, rendered};
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;
use crate::shell::words;

const FOLDER: &str = "/cases/journeys";

const ABOUT: About = About {
    title: "Patient journeys",
    address: FOLDER,
    begin: "Map a journey",
    lead: "steps, staff, minutes and cost of one patient, and what would become of it.",
};

pub(super) fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadCases);
    let keeps = Policy::Needs(Capability::KeepCases);
    vec![
        Route::get(FOLDER, reads, get(list)),
        Route::get("/cases/journeys/new", keeps, get(begin)),
        Route::post("/cases/journeys/new", keeps, post(open)),
        Route::get("/cases/journeys/{journey}", reads, get(show::show)),
        Route::get("/cases/journeys/{journey}/edit", keeps, get(steps::edit)),
        Route::post("/cases/journeys/{journey}/edit", keeps, post(steps::write)),
        Route::get("/cases/journeys/{journey}/try", keeps, get(steps::try_out)),
        Route::post("/cases/journeys/{journey}/try", keeps, post(steps::work_out)),
        Route::post(
            "/cases/journeys/{journey}/scenarios/{place}/remove",
            keeps,
            post(steps::remove),
        ),
        Route::get("/cases/journeys/{journey}/ideas/{place}", keeps, get(ideas::show)),
        Route::post("/cases/journeys/{journey}/ideas/{place}", keeps, post(ideas::write)),
        Route::post("/cases/journeys/{journey}/ideas/{place}/remove", keeps, post(ideas::remove)),
    ]
}

pub(super) fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<show::Show>(), rendered::<steps::StepsPage>()]
}

/// A journey that somebody may go to with a capability.
async fn found(
    app: &App,
    visit: &Visit,
    (capability, id): (Capability, &str),
) -> Result<(Found, Journey), Fault> {
    let found = found_record(app, visit, (capability, RecordKind::Journey), id).await?;
    match found.record.body().clone() {
        Body::Journey(journey) => Ok((found, journey)),
        _ => Err(Fault::NotFound),
    }
}

async fn list(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let all = readable(&app, &visit, RecordKind::Journey).await?;
    let row = |it: &(store::cases::Record, String)| {
        let Body::Journey(journey) = it.0.body() else { return None };
        let steps = journey.present.steps.len() as u64;
        let scenarios = journey.scenarios.len() as u64;
        Some(Row {
            title: journey.title.clone(),
            address: format!("{FOLDER}/{}", it.0.id),
            unit: it.1.clone(),
            says: format!(
                "{}, {} a patient; {}",
                words::count(steps, "step", "steps"),
                journey.present.each(),
                words::count(scenarios, "scenario", "scenarios")
            ),
        })
    };
    let rows = all.iter().filter_map(row).collect();
    let may_begin = visit.may(Capability::KeepCases);
    Ok(Rows::of(&visit, ABOUT, rows, may_begin).respond())
}

/// Fields that say what a journey is.
fn facts(typed: &dyn Fn(&str) -> String) -> Vec<Field> {
    let field = |kind, name: &str, label: &str, hint: &str| {
        Field::new(kind, name, label, hint).with(typed(name))
    };
    vec![
        field(
            Kind::Line,
            "title",
            "What it is called",
            "Such as: hip replacement, from referral to the last appointment",
        ),
        field(
            Kind::Lines,
            "about",
            "Which patients (optional)",
            "And who mapped it, by profession",
        ),
        field(Kind::Figure, "patients", "Patients a year", ""),
        field(
            Kind::Figure,
            "slot",
            "Length of a slot in minutes",
            "Such as of a clinic: time that is released is told in slots of this length",
        ),
        field(
            Kind::Figure,
            "income",
            "Income of one patient in pounds (optional)",
            "Needed to tell what more or fewer patients would do to the result",
        ),
        field(
            Kind::Line,
            "income_source",
            "Where the income is from (optional)",
            "Such as: the tariff of 2025/26",
        ),
    ]
}

/// What a journey is, as typed; its steps stay.
fn read_facts(read: &mut Reader<'_>, before: &Journey) -> Journey {
    let title = read.needed("title", "Give the journey a title");
    let about = read.text("about");
    let patients = read.number("patients");
    let slot = read.number("slot");
    read.wrong.unless(slot > 0, "slot", "Write how many minutes a slot has, such as 20");
    let income: Option<Pence> = match read.plain("income") {
        "" => None,
        _ => Some(read.amount("income")),
    };
    let income_source = read.text("income_source");
    let is_said = income.is_none() || !income_source.is_empty();
    read.wrong.unless(is_said, "income_source", "Say where the income is from");
    Journey {
        title,
        about,
        slot,
        income,
        income_source,
        present: Steps { patients, ..before.present.clone() },
        ..before.clone()
    }
}

async fn begin(
    State(app): State<App>,
    Query(of): Query<Of>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed = |name: &str| if name == "unit" { of.unit.clone() } else { String::new() };
    Ok(new_page(&app, &visit, (&typed, Wrong::default())).await?.answer())
}

async fn new_page(
    app: &App,
    visit: &Visit,
    (typed, wrong): (&(dyn Fn(&str) -> String + Sync), Wrong),
) -> Result<FormPage, Fault> {
    let mut db = app.store().read().await?;
    let units = kept_units(&mut db, visit).await?;
    let unit = Field::new(Kind::Choice, "unit", "Of which service line", "");
    let mut fields = vec![unit.with(typed("unit")).of(&units)];
    fields.extend(facts(&typed));
    Ok(FormPage {
        shell: visit.shell("Map a journey").below(HOME.0, HOME.1).below(ABOUT.title, FOLDER),
        kicker: "Patient journey".to_owned(),
        lead: lead(&units, "The steps come next, one by one."),
        action: format!("{FOLDER}/new"),
        hidden: vec![("seen", "0".to_owned())],
        fields,
        button: "Begin the journey".to_owned(),
        back: FOLDER.to_owned(),
        wrong,
        ..FormPage::default()
    })
}

async fn open(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let mut read = Reader::of(&visit.fields);
    let unit = read.plain("unit");
    let mut db = app.store().read().await?;
    let is_kept = kept_units(&mut db, &visit).await?.iter().any(|it| it.0 == unit);
    drop(db);
    read.wrong.unless(is_kept, "unit", "Choose of which service line it is");
    let journey = read_facts(&mut read, &Journey::default());
    if !read.wrong.is_empty() {
        let fields = visit.fields.clone();
        let typed = move |name: &str| fields.get(name).to_owned();
        return Ok(new_page(&app, &visit, (&typed, read.wrong)).await?.answer());
    }
    begin_record(&visit, (unit, Body::Journey(journey)), FOLDER).await
}
