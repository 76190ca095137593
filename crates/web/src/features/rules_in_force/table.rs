//! One table of the model in force.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use rules::rows::{Sheet, SheetRow};
use serde::Deserialize;

use super::catalogue::{column_name, described};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::models;
use crate::shell::page::{Page, Shell};
use crate::shell::paging::Paging;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/rules_in_force/table.html")]
pub(super) struct TablePage {
    shell: Shell,
    file: String,
    purpose: String,
    model: String,
    columns: Vec<String>,
    rows: Vec<RowLine>,
    all: usize,
    q: String,
    may_change: bool,
    paging: Paging,
}

/// One row: its line in the file, and its cells.
struct RowLine {
    line: u64,
    first: String,
    cells: Vec<String>,
}

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let table = described(&file).ok_or(Fault::NotFound)?;
    let opened = models::in_force(&app).await?;
    let model = models::in_words(&app, &opened).await?;
    let sheet = opened.files.get(&file).and_then(|it| rules::rows::sheet(it)).unwrap_or_default();
    let found: Vec<&SheetRow> = sheet.rows.iter().filter(|it| holds(it, &asked.q)).collect();
    let address = format!("/rules/tables/{file}");
    let page = asked.page.parse().unwrap_or(1);
    let paging = Paging::new(found.len(), page, &address, &[("q", &asked.q)]);
    let rows = found[paging.from..paging.to].iter().map(|it| line(&sheet, it)).collect();
    let may_change = visit.may(Capability::ProposeRules);
    Ok(TablePage {
        shell: visit.shell(table.name).below("Rules", "/rules"),
        file,
        purpose: table.purpose.to_owned(),
        model,
        columns: sheet.columns.iter().map(|it| column_name(it)).collect(),
        rows,
        all: sheet.rows.len(),
        q: asked.q,
        may_change,
        paging,
    }
    .respond())
}

/// Whether some cell holds the text that is looked for.
fn holds(row: &SheetRow, q: &str) -> bool {
    let wanted = q.trim().to_lowercase();
    wanted.is_empty() || row.cells.values().any(|it| it.to_lowercase().contains(&wanted))
}

fn line(sheet: &Sheet, row: &SheetRow) -> RowLine {
    let mut cells = sheet.columns.iter().map(|it| row.cell(it).to_owned());
    let first = cells.next().unwrap_or_default();
    RowLine { line: row.line, first, cells: cells.collect() }
}

impl Page for TablePage {
    const TEMPLATE: &'static str = "features/rules_in_force/table.html";

    fn samples() -> Vec<Self> {
        let page = |rows: Vec<RowLine>, q: &str, may_change| Self {
            shell: Shell::sample("Support drivers"),
            file: "drivers.csv".to_owned(),
            purpose: "What overheads are shared by".to_owned(),
            model: "The model as it was set up".to_owned(),
            columns: ["Driver", "Name", "Unit"].map(str::to_owned).into(),
            all: 1,
            q: q.to_owned(),
            may_change,
            paging: Paging::new(rows.len() * 60, 1, "/rules/tables/drivers.csv", &[]),
            rows,
        };
        let row = RowLine {
            line: 2,
            first: "AREA".to_owned(),
            cells: vec!["Floor area".to_owned(), "square metres".to_owned()],
        };
        vec![page(vec![row], "", true), page(Vec::new(), "beds", false), page(Vec::new(), "", true)]
    }
}
