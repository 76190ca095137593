//! The runs there are, latest year first.

use axum::extract::State;
use axum::response::Response;
use results::Run;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::short;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/costing_runs/list.html")]
pub(super) struct List {
    shell: Shell,
    runs: Vec<Line>,
    may_start: bool,
}

/// One run in the list.
struct Line {
    id: String,
    short: String,
    year: String,
    until: &'static str,
    published: String,
    waiting: String,
    own_patients: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let shell = visit.shell("Costing runs");
    let may_start = visit.may(access::Capability::RunCosting);
    let runs = reading(move || {
        let ids = app.shelf().ids();
        let mut lines: Vec<Line> = ids
            .iter()
            .map(|id| app.shelf().run(id).and_then(|it| line(&it)))
            .collect::<Result<_, Fault>>()?;
        lines.sort_by(|one, other| (&other.year, &one.id).cmp(&(&one.year, &other.id)));
        Ok(lines)
    })
    .await?;
    Ok(List { shell, runs, may_start }.respond())
}

fn line(run: &Run) -> Result<Line, Fault> {
    let records = run.records()?;
    let waiting = run.outstanding()?;
    let pounds: domain::Money = waiting.iter().map(|it| it.money).sum();
    let count = words::count(waiting.len() as u64, "finding", "findings");
    Ok(Line {
        id: run.id().to_owned(),
        short: short(run.id()),
        year: words::year(&run.manifest().year),
        until: results::since::month(run.manifest().last_period.min(12)),
        published: records.publication.map_or_else(String::new, |it| {
            it.by.iter().map(|it| words::spoken(it)).collect::<Vec<_>>().join(" and ")
        }),
        waiting: match waiting.len() {
            0 => String::new(),
            _ => format!("{count}, {}", words::pence(pounds)),
        },
        own_patients: words::pounds(run.cost_walk()?.own_patients),
    })
}

impl Page for List {
    const TEMPLATE: &'static str = "features/costing_runs/list.html";

    fn samples() -> Vec<Self> {
        let line = |published: &str, waiting: &str| Line {
            id: "1fe9a090556158bd".to_owned(),
            short: "1fe9a090".to_owned(),
            year: "2025/26".to_owned(),
            until: "March",
            published: published.to_owned(),
            waiting: waiting.to_owned(),
            own_patients: "£764,994,000".to_owned(),
        };
        let runs = vec![line("", "2 findings, £5,325,566.54"), line("P Raman and R Sethi", "")];
        vec![
            Self { shell: Shell::sample("Costing runs"), runs, may_start: true },
            Self { shell: Shell::sample("Costing runs"), runs: Vec::new(), may_start: true },
        ]
    }
}
