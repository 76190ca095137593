//! The figures as a file: with small numbers hidden for everybody, since a file goes anywhere.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use disclosure::{Amount, Count, Figure, HIDDEN};
use domain::Money;

use super::cube::{self, Cube, Line, NO_EVENT};
use super::figures::Sees;
use crate::App;
use crate::shell::download;
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// The released figures of the service lines that somebody sees.
pub(super) async fn take(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let sees = Sees::of(&app, &visit)?;
    let (run, cube) = cube::latest(&app, &visit).await?.ok_or(Fault::NotFound)?;
    let scope = visit.scope(Capability::AggregateCosts)?;
    app.store().audit(visit.entry_in(scope, "services.download", run.id())).await?;
    let text = csv(&cube, cube.lines.iter().filter(|it| sees.view(it).is_some()));
    Ok(download::file(&format!("services-{}.csv", run.id()), text))
}

/// Service lines by name, each with its types of event and then its total.
fn csv<'a>(cube: &Cube, lines: impl Iterator<Item = &'a Line>) -> String {
    let columns =
        ["service_line", "name", "event_type", "events", "cost_gbp", "mean_cost_gbp", "income_gbp"];
    let mut rows = Vec::new();
    for line in lines {
        for kind in &line.kinds {
            let figure = cube.release.cell(&line.code, Some(&kind.code));
            rows.extend(figure.map(|it| cells((line, &kind.code), it)));
        }
        rows.extend(cube.release.row_total(&line.code).map(|it| cells((line, "ALL"), it)));
    }
    download::csv(&columns, rows)
}

fn cells((line, kind): (&Line, &str), figure: &Figure) -> Vec<String> {
    let events = match figure.count {
        Count::Hidden => HIDDEN.to_owned(),
        Count::Nearest(0) if kind == NO_EVENT => String::new(),
        Count::Nearest(it) => it.to_string(),
    };
    let amount = |it: Option<&Amount>| match it {
        Some(Amount::Exact(it) | Amount::Nearest(it)) => it.to_decimal(),
        Some(Amount::Hidden) | None => HIDDEN.to_owned(),
    };
    let is_hidden = figure.amounts.first() == Some(&Amount::Hidden);
    let mean = match figure.means.first().copied().flatten() {
        Some(it) => Money::to_decimal(it),
        None if is_hidden => HIDDEN.to_owned(),
        None => String::new(),
    };
    vec![
        line.code.clone(),
        line.name.clone(),
        kind.to_owned(),
        events,
        amount(figure.amounts.first()),
        mean,
        amount(figure.amounts.get(1)),
    ]
}
