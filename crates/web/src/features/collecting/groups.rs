//! A round by sector and by region, with small groups put together.

use axum::extract::{Path, State};
use axum::response::Response;
use engagement::returns::Cut;

use super::{PartRow, hidden, of, part_rows, rule, shell};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/collecting/groups.html")]
pub(super) struct GroupsPage {
    shell: Shell,
    hidden: String,
    /// Anchor, title and rows.
    parts: Vec<(&'static str, &'static str, Vec<PartRow>)>,
    rule: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let held = of(&app, &round).await?;
    let is_shown = held.shown().is_some();
    let rows = |by| if is_shown { part_rows(&held.cut(by)) } else { Vec::new() };
    let hidden = hidden(held.distribution().total(), held.minimum());
    let page = GroupsPage {
        shell: shell(&visit, &held, "By sector and by region"),
        hidden: if is_shown { String::new() } else { hidden },
        parts: parts(rows(Cut::Sector), rows(Cut::Region)),
        rule: rule(held.minimum()),
    };
    Ok(page.respond())
}

/// Both tables of a page.
pub(super) fn parts(
    sectors: Vec<PartRow>,
    regions: Vec<PartRow>,
) -> Vec<(&'static str, &'static str, Vec<PartRow>)> {
    vec![("sectors", "By sector", sectors), ("regions", "By region", regions)]
}

/// Invented rows.
pub(super) fn sample_parts() -> Vec<(&'static str, &'static str, Vec<PartRow>)> {
    let row = |name: &str, cells: &[&str]| PartRow {
        name: name.to_owned(),
        cells: cells.iter().map(|it| (*it).to_owned()).collect(),
    };
    let some = vec![row("Acute", &["4", "50", "60", "36", "150"]), row("Ambulance and care", &[])];
    parts(some, Vec::new())
}

impl Page for GroupsPage {
    const TEMPLATE: &'static str = "features/collecting/groups.html";

    fn samples() -> Vec<Self> {
        let page = |hidden: String| Self {
            shell: Shell::sample("By sector and by region"),
            hidden,
            parts: sample_parts(),
            rule: rule(5),
        };
        vec![page(String::new()), page(hidden(2, 5))]
    }
}
