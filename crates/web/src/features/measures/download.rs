//! Values as a file, with small numbers hidden for everybody since a file goes anywhere; and a file
//! to fill in.

use access::{Capability, View};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use disclosure::{DisclosureRules, HIDDEN};
use store::measures::{self, COLUMNS};

use super::show::Chosen;
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::measures as seen;
use crate::shell::visit::Visit;

/// The months of a measure in one unit.
pub(super) async fn values(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(chosen): Query<Chosen>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (measure, all) = seen::for_a_file(&app, &visit, &code).await?;
    let series = all.iter().find(|it| it.unit.as_str() == chosen.unit).ok_or(Fault::NotFound)?;
    debug_assert_eq!(series.view, View::Suppressed, "a file hides small numbers");
    let scope = visit.scope(Capability::ReadMeasures)?;
    let object = format!("measure/{code} {}", chosen.unit);
    app.store().audit(visit.entry_in(scope, "measure.download", &object)).await?;
    let form = measure.definition.form;
    let row = |it: &seen::Point| {
        let cell = |text: Option<String>| text.unwrap_or_else(|| HIDDEN.to_owned());
        let of = it.figure.map(|it| it.of.map(|it| it.to_string()).unwrap_or_default());
        let drawn = it.figure.map(|it| it.drawn(form).map(seen::one_place).unwrap_or_default());
        vec![
            code.clone(),
            chosen.unit.clone(),
            it.month.to_string(),
            cell(it.figure.map(|it| it.value.to_string())),
            cell(of),
            cell(drawn),
        ]
    };
    let columns = [
        ("measure", Kind::Text),
        ("unit", Kind::Text),
        ("month", Kind::Text),
        ("value", Kind::Decimal),
        ("of", Kind::Decimal),
        ("as_drawn", Kind::Decimal),
    ];
    let definition = &measure.definition;
    let table = Table::new(&columns, series.points.iter().map(row).collect())
        .about("Measure", definition.name.clone())
        .about("What it counts", definition.definition.clone())
        .about("Unit of values", definition.unit_of_measure.clone())
        .about("Where from", definition.source.clone())
        .about("Figures", "Small numbers are hidden, whoever takes the file.");
    let table = if definition.of_patients {
        table.about("Small numbers", DisclosureRules::own().explanation())
    } else {
        table
    };
    table.file(&visit, &format!("{code}-{}", chosen.unit))
}

/// The next month of everything that somebody keeps, to be filled in.
pub(super) async fn template(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::KeepMeasures)?.clone();
    let mut db = app.store().read().await?;
    let mut rows = Vec::new();
    for measure in measures::list(&mut db).await? {
        let code = &measure.definition.code;
        let all = measures::of_measure(&mut db, code).await?;
        let latest = measures::latest(&all);
        for (index, it) in latest.iter().enumerate() {
            let unit = it.recorded.unit.as_str();
            let is_last =
                latest.get(index + 1).is_none_or(|next| next.recorded.unit != it.recorded.unit);
            if !is_last || scope.of_unit(unit).is_none() {
                continue;
            }
            let month = it.recorded.month.plus(1).to_string();
            let blank = String::new;
            let source = it.recorded.source.clone();
            rows.push(vec![code.to_string(), unit.to_owned(), month, blank(), blank(), source]);
        }
    }
    let columns = COLUMNS.map(|it| (it, Kind::Text));
    let table = Table::new(&columns, rows);
    table
        .about("What it is", "The next month of everything you keep, to be filled in.")
        .about("How to bring it in", "Save it as CSV, and load it on the page of measures.")
        .file(&visit, "measures-to-fill-in")
}
