//! Ceilings of prices that surgeons and finance set together, and what suppliers answered.

mod edit;
mod show;

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use engagement::ceilings::{Ceiling, Met};
use store::cases::{Body, Kind as RecordKind};

use super::found::{Found, found as found_record, readable};
use super::rows::{About, Row, Rows};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page as _, rendered};
use crate::shell::registry::{Policy, Route};
use crate::shell::visit::Visit;

const FOLDER: &str = "/cases/ceilings";

const ABOUT: About = About {
    title: "Price ceilings",
    address: FOLDER,
    begin: "Set a price ceiling",
    lead: "prices that surgeons and finance set together. What does not meet one is not stocked.",
};

pub(super) fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadCases);
    let keeps = Policy::Needs(Capability::KeepCases);
    let files = ["/cases/ceilings/{ceiling}/answers.csv", "/cases/ceilings/{ceiling}/answers.xlsx"];
    vec![
        Route::get(FOLDER, reads, get(list)),
        Route::get("/cases/ceilings/new", keeps, get(edit::begin)),
        Route::post("/cases/ceilings/new", keeps, post(edit::open)),
        Route::get("/cases/ceilings/{ceiling}", reads, get(show::show)),
        Route::table(files, reads, get(show::take)),
        Route::get("/cases/ceilings/{ceiling}/edit", keeps, get(edit::show)),
        Route::post("/cases/ceilings/{ceiling}/edit", keeps, post(edit::write)),
    ]
}

pub(super) fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<show::Show>()]
}

/// A ceiling that somebody may go to with a capability.
async fn found(
    app: &App,
    visit: &Visit,
    (capability, id): (Capability, &str),
) -> Result<(Found, Ceiling), Fault> {
    let found = found_record(app, visit, (capability, RecordKind::Ceiling), id).await?;
    match found.record.body().clone() {
        Body::Ceiling(ceiling) => Ok((found, ceiling)),
        _ => Err(Fault::NotFound),
    }
}

async fn list(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let all = readable(&app, &visit, RecordKind::Ceiling).await?;
    let row = |it: &(store::cases::Record, String)| {
        let Body::Ceiling(ceiling) = it.0.body() else { return None };
        let met = ceiling.answers.iter().filter(|it| ceiling.met(it) == Met::Yes).count();
        Some(Row {
            title: ceiling.products.clone(),
            address: format!("{FOLDER}/{}", it.0.id),
            unit: it.1.clone(),
            says: format!(
                "{} at most; {met} of {} suppliers met it; {} a year saved",
                ceiling.price,
                ceiling.answers.len(),
                ceiling.saving_in_all()
            ),
        })
    };
    let rows = all.iter().filter_map(row).collect();
    let may_begin = visit.may(Capability::KeepCases);
    Ok(Rows::of(&visit, ABOUT, rows, may_begin).respond())
}
