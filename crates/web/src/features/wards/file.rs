//! Wards as files. A file goes anywhere, so small numbers are hidden in it for everybody.

use access::{Capability, View};
use axum::extract::{Path, State};
use axum::response::Response;

use super::book::{Book, Found};
use super::list::row;
use super::release::Released;
use super::released::shown;
use crate::App;
use crate::shell::download;
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// Puts on record that a file is taken.
async fn taken(app: &App, visit: &Visit, object: &str) -> Result<(), Fault> {
    let scope = visit.scope(Capability::AggregateCosts)?;
    app.store().audit(visit.entry_in(scope, "wards.download", object)).await?;
    Ok(())
}

pub(super) async fn wards(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let book = Book::of(&app, &visit).await?.ok_or(Fault::NotFound)?;
    taken(&app, &visit, book.run.id()).await?;
    Ok(download::file(&format!("wards-{}.csv", book.run.id()), all(&book)))
}

/// All wards that somebody may see, by code.
fn all(book: &Book) -> String {
    let columns = [
        "ward",
        "name",
        "staffed_beds",
        "beds_in_use_percent",
        "cost_of_a_night",
        "temporary_staff_percent_of_pay",
        "stays",
        "stays_of_other_divisions",
    ];
    let seen = book.places.iter().filter(|it| book.view(&it.code).is_some());
    let rows = seen.filter_map(|it| row(book, it, View::Suppressed).ok()).map(|it| {
        vec![it.code, it.name, it.staffed, it.full, it.night, it.temporary, it.stays, it.others]
    });
    download::csv(&columns, rows.collect())
}

pub(super) async fn months(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let book = Book::of(&app, &visit).await?.ok_or(Fault::NotFound)?;
    book.view(&code).ok_or(Fault::NotFound)?;
    let found = book.ward(&code)?;
    let released = book.now.released.as_ref().ok_or(Fault::NotFound)?;
    let text = by_month(found, released);
    taken(&app, &visit, &format!("{} {code}", book.run.id())).await?;
    Ok(download::file(&format!("ward-{code}-{}.csv", book.run.id()), text))
}

/// Stays of a ward that began in each month.
fn by_month(found: Found<'_>, released: &Released) -> String {
    let code = &found.place.code;
    let months = found.now.flow.iter().flat_map(|it| &it.months);
    let rows = months.map(|it| {
        let stays = released.month(code, &it.month);
        vec![it.month.clone(), shown(stays.all), shown(stays.others)]
    });
    let mut rows: Vec<Vec<String>> = rows.collect();
    let year = released.year(code);
    rows.push(vec!["year".to_owned(), shown(year.all), shown(year.others)]);
    download::csv(&["month", "stays", "stays_of_other_divisions"], rows)
}
