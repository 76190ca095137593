//! The walk from expenditure to patients: drawn, and as a file.

use axum::extract::{Path, State};
use axum::response::Response;
use charts::{Heading, Precision, Row, Waterfall};
use domain::Money;
use results::walk::{CostWalk, WalkStep};

use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// The walk as a picture, wide and narrow.
pub(super) fn chart(walk: &CostWalk) -> String {
    let total = |name: &str, amount| Row::Total { name: name.to_owned(), amount };
    let step = |name: String, amount| Row::Step { name, amount };
    let mut rows = vec![
        total("Operating expenses", walk.expenses),
        step("Income netted".to_owned(), walk.netted),
    ];
    rows.extend(walk.steps.iter().map(|it| step(words::capital(&it.words), -it.amount)));
    rows.push(total("Our patients’ care", walk.own_patients));
    let heading = Heading {
        id: "walk-chart".to_owned(),
        title: "From expenditure to patients".to_owned(),
        description: "A walk from operating expenses, less what reached no patient of ours, to the cost of our patients’ care. The table below holds the same figures.".to_owned(),
    };
    let chart = Waterfall { heading, width: 900, precision: Precision::Pence, rows };
    // The walk was checked when it was made; a page without the picture still has its table.
    chart.draw().map_or_else(|_| String::new(), |it| it.svg())
}

/// The walk as a file of the figures, exact.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    app.store().audit(visit.entry("run.walk", &id)).await?;
    let table = reading(move || table(&run.cost_walk()?).of_run(&run)).await?;
    table.file(&visit, &format!("walk-{id}"))
}

fn table(walk: &CostWalk) -> Table {
    let row = |step: &str, words: &str, amount: Money| {
        vec![step.to_owned(), words.to_owned(), amount.to_decimal()]
    };
    let mut rows = vec![
        row("EXPENSES", "Gross operating expenses", walk.expenses),
        row("NETTED", "Income netted from cost", walk.netted),
    ];
    let step = |it: &WalkStep| row(&it.residual, &words::capital(&it.words), -it.amount);
    rows.extend(walk.steps.iter().map(step));
    rows.push(row("OWN_PATIENTS", "Our patients' care", walk.own_patients));
    let columns = [("step", Kind::Text), ("words", Kind::Text), ("amount_gbp", Kind::Decimal)];
    Table::new(&columns, rows)
}

#[cfg(test)]
mod tests {
    use super::super::show::sample_walk;
    use super::*;

    #[test]
    fn the_file_adds_up() {
        let text = table(&sample_walk()).csv();
        let amounts: Vec<Money> = text
            .lines()
            .skip(1)
            .map(|it| it.rsplit(',').next().expect("a cell").parse().expect("an amount"))
            .collect();
        let (last, steps) = amounts.split_last().expect("there are lines");
        assert_eq!(steps.iter().copied().sum::<Money>(), *last);
    }
}
