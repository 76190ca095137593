//! The figures as a file: with small numbers hidden for everybody, since a file goes anywhere.

use std::sync::Arc;

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use disclosure::{Amount, Count, Figure, HIDDEN};
use domain::Money;
use results::care::Moved;

use super::books::Books;
use super::exactly::{Exactly, exactly};
use super::figures::Sees;
use super::{sentences, unit, week};
use crate::App;
use crate::shell::cube::{self, Cube, Line, NO_EVENT};
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// Who a file with small numbers hidden is for.
pub(super) const HIDDEN_FOR_ALL: &str =
    "Small numbers are hidden, whoever takes the file, since a file goes anywhere.";

/// Who a file of exact figures is for.
pub(super) const EXACT: &str = "Exact. For those who see exact figures of this service line: keep it as you would a patient list.";

/// Puts on record that somebody takes a file of a service line away.
pub(super) async fn taken(app: &App, visit: &Visit, object: &str) -> Result<(), Fault> {
    let scope = visit.scope(Capability::AggregateCosts)?;
    app.store().audit(visit.entry_in(scope, "services.download", object)).await?;
    Ok(())
}

/// The released figures of the service lines that somebody sees.
pub(super) async fn take(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let sees = Sees::of(&app, &visit)?;
    let (run, cube) = cube::latest(&app, &visit).await?.ok_or(Fault::NotFound)?;
    taken(&app, &visit, run.id()).await?;
    let table = table(&cube, cube.lines.iter().filter(|it| sees.view(it).is_some()));
    let table = table.of_run(&run)?.about("Figures", HIDDEN_FOR_ALL);
    let table = table.about("Small numbers", cube.rules.explanation());
    table.file(&visit, &format!("services-{}", run.id()))
}

/// What moved the cost of a service line, or of a part of it, for those who see it exactly. A file
/// goes anywhere, so there is none of a few patients.
pub(super) async fn moved(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<unit::Query>,
    visit: Visit,
) -> Result<Response, Fault> {
    let Exactly { run, cube, code, .. } = exactly(&app, &visit, code).await?;
    taken(&app, &visit, &format!("{} {code}", run.id())).await?;
    let small = u64::from(cube.rules.small_number.value);
    let name = format!("moved-{code}-{}", run.id());
    let table = reading(move || {
        let about = Arc::clone(&run);
        let moved = Books::of(&app, run)?.moved(&code, &query.part())?.ok_or(Fault::NotFound)?;
        if moved.events.0 <= small || moved.events.1 <= small {
            return Err(Fault::Refused(format!(
                "There were {small} or fewer of them in one of the years, so there is no file. The page shows the figures."
            )));
        }
        Ok(moved_table(&moved).of_run(&about)?.about("Figures", EXACT))
    });
    table.await?.file(&visit, &name)
}

/// Care of a service line that ended, week by week, for those who see it exactly. No sum is in it,
/// so that a week with a small number hidden stays hidden.
pub(super) async fn weeks(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let Exactly { run, cube, code, .. } = exactly(&app, &visit, code).await?;
    taken(&app, &visit, &format!("{} {code}", run.id())).await?;
    let small = u64::from(cube.rules.small_number.value);
    let name = format!("week-{code}-{}", run.id());
    let table = reading(move || {
        let weeks = week::weeks(&app, &run)?;
        let all = weeks.as_deref().and_then(Option::as_ref).ok_or(Fault::NotFound)?;
        let line = all.lines.get(&code).ok_or(Fault::NotFound)?;
        let said = "Counted from the records in place, none of them costed.";
        let table = weeks_table(&week::by_week(line, all), small);
        Ok(table.of_run(&run)?.about("Figures", format!("{said} {HIDDEN_FOR_ALL}")))
    });
    table.await?.file(&visit, &name)
}

fn weeks_table(weeks: &[(String, u64)], small: u64) -> Table {
    let said = |number: u64| match number {
        few if few <= small => HIDDEN.to_owned(),
        many => many.to_string(),
    };
    let rows = weeks.iter().map(|it| vec![it.0.clone(), said(it.1)]).collect();
    Table::new(&[("seven_days", Kind::Text), ("care_that_ended", Kind::Whole)], rows)
}

pub(super) fn moved_table(moved: &Moved) -> Table {
    let row = |name: String, amount: Money| vec![name, amount.to_decimal()];
    let mut rows = vec![row("Cost of the year before".to_owned(), moved.before)];
    let bars = moved.bars.iter();
    rows.extend(bars.map(|it| row(sentences::name(&it.kind, moved.events), it.amount)));
    rows.push(row("Cost of the year".to_owned(), moved.after));
    Table::new(&[("step", Kind::Text), ("amount_gbp", Kind::Decimal)], rows)
}

/// Service lines by name, each with its types of event and then its total.
fn table<'a>(cube: &Cube, lines: impl Iterator<Item = &'a Line>) -> Table {
    let columns = [
        ("service_line", Kind::Text),
        ("name", Kind::Text),
        ("event_type", Kind::Text),
        ("events", Kind::Whole),
        ("cost_gbp", Kind::Decimal),
        ("mean_cost_gbp", Kind::Decimal),
        ("income_gbp", Kind::Decimal),
    ];
    let mut rows = Vec::new();
    for line in lines {
        for kind in &line.kinds {
            let figure = cube.release.cell(&line.code, Some(&kind.code));
            rows.extend(figure.map(|it| cells((line, &kind.code), it)));
        }
        rows.extend(cube.release.row_total(&line.code).map(|it| cells((line, "ALL"), it)));
    }
    Table::new(&columns, rows)
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

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_week_of_few_is_hidden_and_so_is_one_of_none() {
        let weeks = [("This week", 8), ("to 24 March 2026", 7), ("to 17 March 2026", 0)];
        let weeks = weeks.map(|it| (it.0.to_owned(), it.1));
        expect![[r#"
            seven_days,care_that_ended
            This week,8
            to 24 March 2026,*
            to 17 March 2026,*
        "#]]
        .assert_eq(&weeks_table(&weeks, 7).csv());
    }
}
