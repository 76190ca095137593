//! The figures as a file: with small numbers hidden for everybody, since a file goes anywhere.

use access::Capability;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use disclosure::{Amount, Count, Figure, HIDDEN};
use domain::Money;

use super::cube::{self, Cube, Line, NO_EVENT};
use super::figures::Sees;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// The released figures of the service lines that somebody sees.
pub(super) async fn download(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let sees = Sees::of(&app, &visit)?;
    let (run, cube) = cube::latest(&app, &visit).await?.ok_or(Fault::NotFound)?;
    let scope = visit.scope(Capability::AggregateCosts)?;
    app.store().audit(visit.entry_in(scope, "services.download", run.id())).await?;
    let text = csv(&cube, cube.lines.iter().filter(|it| sees.view(it).is_some()));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"services-{}.csv\"", run.id()),
        ),
    ];
    Ok((headers, text).into_response())
}

/// Service lines by name, each with its types of event and then its total.
fn csv<'a>(cube: &Cube, lines: impl Iterator<Item = &'a Line>) -> String {
    let mut text =
        String::from("service_line,name,event_type,events,cost_gbp,mean_cost_gbp,income_gbp\r\n");
    for line in lines {
        for kind in &line.kinds {
            let figure = cube.release.cell(&line.code, Some(&kind.code));
            add(&mut text, (line, &kind.code), figure);
        }
        add(&mut text, (line, "ALL"), cube.release.row_total(&line.code));
    }
    text
}

fn add(text: &mut String, (line, kind): (&Line, &str), figure: Option<&Figure>) {
    let Some(figure) = figure else { return };
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
    let cells = [
        quoted(&line.code),
        quoted(&line.name),
        quoted(kind),
        events,
        amount(figure.amounts.first()),
        mean,
        amount(figure.amounts.get(1)),
    ];
    *text += &cells.join(",");
    text.push_str("\r\n");
}

/// A text that no spreadsheet takes for a formula.
fn quoted(text: &str) -> String {
    format!("\"{}\"", results::output::safe_cell(text).replace('"', "\"\""))
}
