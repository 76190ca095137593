//! Demand and capacity of clinics: referrals, slots, appointments missed and follow-ups, by month.

mod edit;
mod show;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use engagement::demand::{Demand, percent};
use engagement::pence::Pence;
use store::cases::{Body, Kind as RecordKind};

use super::HOME;
use super::figures::{Costing, costing, months, shown};
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

const FOLDER: &str = "/cases/demand";

const ABOUT: About = About {
    title: "Demand and capacity",
    address: FOLDER,
    begin: "Review demand and capacity",
    lead: "referrals, slots, appointments not attended and follow-ups by month.",
};

pub(super) fn routes() -> Vec<Route> {
    let reads = Policy::Needs(Capability::ReadCases);
    let keeps = Policy::Needs(Capability::KeepCases);
    let files = ["/cases/demand/{review}/months.csv", "/cases/demand/{review}/months.xlsx"];
    vec![
        Route::get(FOLDER, reads, get(list)),
        Route::get("/cases/demand/new", keeps, get(begin)),
        Route::post("/cases/demand/new", keeps, post(open)),
        Route::get("/cases/demand/{review}", reads, get(show::show)),
        Route::table(files, reads, get(show::take)),
        Route::get("/cases/demand/{review}/edit", keeps, get(edit::show)),
        Route::post("/cases/demand/{review}/edit", keeps, post(edit::write)),
    ]
}

pub(super) fn samples() -> Vec<(&'static str, Vec<String>)> {
    vec![rendered::<show::Show>(), rendered::<edit::EditPage>()]
}

/// A review that somebody may go to with a capability.
async fn found(
    app: &App,
    visit: &Visit,
    (capability, id): (Capability, &str),
) -> Result<(Found, Demand), Fault> {
    let found = found_record(app, visit, (capability, RecordKind::Demand), id).await?;
    match found.record.body().clone() {
        Body::Demand(review) => Ok((found, review)),
        _ => Err(Fault::NotFound),
    }
}

async fn list(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let all = readable(&app, &visit, RecordKind::Demand).await?;
    let row = |it: &(store::cases::Record, String)| {
        let Body::Demand(review) = it.0.body() else { return None };
        let missed = review.counted().missed_per_thousand();
        Some(Row {
            title: review.title.clone(),
            address: format!("{FOLDER}/{}", it.0.id),
            unit: it.1.clone(),
            says: missed.map_or_else(
                || "No month is written yet".to_owned(),
                |it| format!("{} of appointments not attended", percent(it)),
            ),
        })
    };
    let rows = all.iter().filter_map(row).collect();
    let may_begin = visit.may(Capability::KeepCases);
    Ok(Rows::of(&visit, ABOUT, rows, may_begin).respond())
}

/// What one appointment costs in the published costing, as a hint for the price of a slot.
fn price_hint(now: Option<&Costing>) -> String {
    let is_clinic = |key: &str| key.starts_with("each:") && key.contains(":OPF");
    let each = now.iter().flat_map(|it| &it.figures).filter(|it| is_clinic(&it.key));
    let each: Vec<String> = each.map(|it| format!("{} {}", it.name, shown(it))).collect();
    if each.is_empty() {
        return "0 where nobody says".to_owned();
    }
    format!("0 where nobody says. In the published costing: {}", each.join("; "))
}

/// Fields that say what a review is.
fn facts(typed: &dyn Fn(&str) -> String, now: Option<&Costing>) -> Vec<Field> {
    let field = |kind, name: &str, label: &str, hint: &str| {
        Field::new(kind, name, label, hint).with(typed(name))
    };
    vec![
        field(Kind::Line, "title", "What it is called", "Such as: dermatology clinics"),
        field(
            Kind::Lines,
            "about",
            "Why it was looked at (optional)",
            "Such as: demand and waiting times did not fit together",
        ),
        field(
            Kind::Figure,
            "slot_price",
            "What one slot is said to cost, in pounds",
            &price_hint(now),
        ),
        field(
            Kind::Line,
            "price_source",
            "Where that price is from",
            "Needed where there is a price",
        ),
        field(
            Kind::Lines,
            "waiting",
            "What it did to waiting (optional)",
            "In words, with the figures that show it",
        ),
    ]
}

/// What a review is, as typed; its months and changes stay.
fn read_facts(read: &mut Reader<'_>, before: &Demand) -> Demand {
    let title = read.needed("title", "Give the review a title");
    let slot_price = read.amount("slot_price");
    let price_source = read.text("price_source");
    let is_said = slot_price == Pence::ZERO || !price_source.is_empty();
    read.wrong.unless(is_said, "price_source", "Say where the price of a slot is from");
    Demand {
        title,
        about: read.text("about"),
        slot_price,
        price_source,
        waiting: read.text("waiting"),
        ..before.clone()
    }
}

async fn begin(
    State(app): State<App>,
    Query(of): Query<Of>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed = |name: &str| match name {
        "unit" => of.unit.clone(),
        "slot_price" => "0".to_owned(),
        "months" => "yes".to_owned(),
        _ => String::new(),
    };
    Ok(new_page(&app, &visit, (&typed, Wrong::default())).await?.answer())
}

async fn new_page(
    app: &App,
    visit: &Visit,
    (typed, wrong): (&(dyn Fn(&str) -> String + Sync), Wrong),
) -> Result<FormPage, Fault> {
    let mut db = app.store().read().await?;
    let units = kept_units(&mut db, visit).await?;
    drop(db);
    let unit = Field::new(Kind::Choice, "unit", "Of which service line", "");
    let mut fields = vec![unit.with(typed("unit")).of(&units)];
    fields.extend(facts(&typed, None));
    let yes =
        [("yes", "Yes, with those that the published costing has"), ("no", "No, I enter them")];
    let yes = yes.map(|it| (it.0.to_owned(), it.1.to_owned()));
    let hint = "First, follow-up and missed appointments; referrals and slots are yours to enter";
    let months = Field::new(Kind::Choice, "months", "Begin with months of the costing?", hint);
    fields.push(months.with(typed("months")).of(&yes));
    Ok(FormPage {
        shell: visit.shell(ABOUT.begin).below(HOME.0, HOME.1).below(ABOUT.title, FOLDER),
        kicker: ABOUT.title.to_owned(),
        lead: lead(&units, "Months come next, one by one."),
        action: format!("{FOLDER}/new"),
        hidden: vec![("seen", "0".to_owned())],
        fields,
        button: "Begin the review".to_owned(),
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
    let mut review = read_facts(&mut read, &Demand::default());
    if !read.wrong.is_empty() {
        let fields = visit.fields.clone();
        let typed = move |name: &str| fields.get(name).to_owned();
        return Ok(new_page(&app, &visit, (&typed, read.wrong)).await?.answer());
    }
    if read.plain("months") == "yes" {
        review.months = months(&app, unit).await?;
    }
    begin_record(&visit, (unit, Body::Demand(review)), FOLDER).await
}

/// What the latest published costing says of the unit of a review.
async fn published(app: &App, found: &Found) -> Result<Option<Costing>, Fault> {
    costing(app, found.record.unit.as_str()).await
}
