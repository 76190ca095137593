//! Differences as they were explained to the board: what was released, without names, and not withdrawn.

use axum::extract::State;
use axum::response::Response;
use store::board_versions::{self, NewBoardVersion};

use super::release::{parts, sample};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::unit_names;
use crate::shell::page::{Page, Shell};
use crate::shell::variation::reads_released;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/variation/released.html")]
pub(super) struct ReleasedPage {
    shell: Shell,
    rows: Vec<Row>,
}

/// One of them.
#[derive(Clone, Debug)]
struct Row {
    unit: String,
    parts: Vec<(&'static str, String)>,
    on: String,
}

impl Row {
    fn of(unit: &str, of: &NewBoardVersion, on: String) -> Self {
        Self { unit: unit.to_owned(), parts: parts(of), on }
    }
}

const TITLE: &str = "Differences explained to the board";

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    if !reads_released(&visit) {
        return Err(Fault::NotFound);
    }
    let mut db = app.store().read().await?;
    let all = board_versions::with_the_board(&mut db).await?;
    let names = unit_names(&mut db).await?;
    drop(db);
    let row = |it: &board_versions::StoredBoardVersion| {
        let unit = names.get(it.unit.as_str()).map_or(it.unit.as_str(), String::as_str);
        Row::of(unit, &it.of, words::moment(it.at))
    };
    let shell = visit.shell(TITLE).below("For the board", "/assessment/board");
    Ok(ReleasedPage { shell, rows: all.iter().map(row).collect() }.respond())
}

impl Page for ReleasedPage {
    const TEMPLATE: &'static str = "features/variation/released.html";

    fn samples() -> Vec<Self> {
        let page = |rows| Self { shell: Shell::sample(TITLE), rows };
        let row = Row::of("Trauma and orthopaedics", &sample(), "1 June 2026, 10:00".to_owned());
        vec![page(vec![row.clone(), row]), page(Vec::new())]
    }
}
