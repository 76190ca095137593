//! The walk from expenditure to patients: drawn, and as a file.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use charts::{Heading, Precision, Row, Waterfall};
use domain::Money;
use results::walk::CostWalk;

use super::show::capital;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// The walk as a picture, wide and narrow.
pub(super) fn chart(walk: &CostWalk) -> String {
    let total = |name: &str, amount| Row::Total { name: name.to_owned(), amount };
    let step = |name: String, amount| Row::Step { name, amount };
    let mut rows = vec![
        total("Operating expenses", walk.expenses),
        step("Income netted".to_owned(), walk.netted),
    ];
    rows.extend(walk.steps.iter().map(|it| step(capital(&it.words), Money::ZERO - it.amount)));
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
pub(super) async fn download(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    app.store().audit(visit.entry("run.walk", &id)).await?;
    let text = reading(move || Ok(csv(&run.cost_walk()?))).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"walk-{id}.csv\"")),
    ];
    Ok((headers, text).into_response())
}

fn csv(walk: &CostWalk) -> String {
    let mut text = String::from("step,words,amount_gbp\r\n");
    let mut line = |step: &str, words: &str, amount: Money| {
        let words = results::output::safe_cell(words).replace('"', "\"\"");
        text += &format!("{step},\"{words}\",{}\r\n", amount.to_decimal());
    };
    line("EXPENSES", "Gross operating expenses", walk.expenses);
    line("NETTED", "Income netted from cost", walk.netted);
    for it in &walk.steps {
        line(&it.residual, &capital(&it.words), Money::ZERO - it.amount);
    }
    line("OWN_PATIENTS", "Our patients' care", walk.own_patients);
    text
}

#[cfg(test)]
mod tests {
    use super::super::show::sample_walk;
    use super::*;

    #[test]
    fn the_file_adds_up() {
        let text = csv(&sample_walk());
        let amounts: Vec<Money> = text
            .lines()
            .skip(1)
            .map(|it| it.rsplit(',').next().expect("a cell").parse().expect("an amount"))
            .collect();
        let (last, steps) = amounts.split_last().expect("there are lines");
        assert_eq!(steps.iter().copied().sum::<Money>(), *last);
    }
}
