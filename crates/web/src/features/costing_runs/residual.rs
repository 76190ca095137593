//! One residual by reason, and the ledger lines that it came from.

use axum::extract::{Path, State};
use axum::response::Response;
use results::explain::{Figure, LedgerPart};
use results::walk::WalkStep;

use super::list::short;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Ledger lines shown at most; the rest are counted and added.
const LINES: usize = 50;

#[derive(askama::Template)]
#[template(path = "features/costing_runs/residual.html")]
pub(super) struct ResidualPage {
    shell: Shell,
    residual: String,
    amount: String,
    reasons: Vec<(String, String)>,
    ledger: Vec<Line>,
    rest: String,
}

/// One ledger line.
struct Line {
    name: String,
    words: String,
    amount: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((id, name)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let run = app.shelf().run(&id)?;
    let caller = visit.asks(visit.entry("run.residual", &format!("{id} {name}"))).await?;
    let asked = name.clone();
    let (step, lines) = reading(move || {
        let walk = run.cost_walk()?;
        let step = walk.steps.into_iter().find(|it| it.residual == asked).ok_or(Fault::NotFound)?;
        let figure = Figure::Residual { name: asked, reason: None };
        let trace = run.trace(&figure, &caller)?;
        let line = |it: &LedgerPart| Line {
            name: it.ledger_line.clone(),
            words: format!("{}, {}", it.cost_centre.words(), it.account.words()),
            amount: words::pence(it.own + it.absorbed),
        };
        let lines = trace.ledger_lines.iter().map(line);
        Ok((step, lines.collect::<Vec<_>>()))
    })
    .await?;
    let shell = visit
        .shell(words::capital(&step.words))
        .below("Runs", "/runs")
        .below(format!("Run {}", short(&id)), format!("/runs/{id}"));
    Ok(of(shell, &step, lines).respond())
}

fn of(shell: Shell, step: &WalkStep, mut lines: Vec<Line>) -> ResidualPage {
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    let reason = |it: &results::statements::Residual| {
        (words::capital(it.words.split(": ").last().unwrap_or_default()), words::pence(it.amount))
    };
    ResidualPage {
        shell,
        residual: step.residual.clone(),
        amount: words::pence(step.amount),
        reasons: step.reasons.iter().map(reason).collect(),
        ledger: lines,
        rest: if more == 0 { String::new() } else { words::count(more as u64, "line", "lines") },
    }
}

impl Page for ResidualPage {
    const TEMPLATE: &'static str = "features/costing_runs/residual.html";

    fn samples() -> Vec<Self> {
        let line = Line {
            name: "290100/513000/p10".to_owned(),
            words: "Theatres, consumables, January".to_owned(),
            amount: "£120.00".to_owned(),
        };
        vec![Self {
            shell: Shell::sample("Activity for which no event was found"),
            residual: "UNMATCHED".to_owned(),
            amount: "£4,913,260.44".to_owned(),
            reasons: vec![("No event in the window".to_owned(), "£4,913,260.44".to_owned())],
            ledger: vec![line],
            rest: "12 lines".to_owned(),
        }]
    }
}
