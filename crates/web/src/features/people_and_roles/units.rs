//! The units of the trust as a tree.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use store::units::{self, Branch, UnitKind};

use super::in_address;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::session;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/units.html")]
pub(super) struct Units {
    shell: Shell,
    lines: Vec<Line>,
    may_manage: bool,
}

/// One unit of the page.
struct Line {
    code: String,
    address: String,
    name: String,
    /// How far below the top, as a text before its name.
    below: String,
    kind: &'static str,
    is_closed: bool,
}

/// A kind of unit in words.
pub(super) fn kind_words(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Trust => "Trust",
        UnitKind::Division => "Division",
        UnitKind::Directorate => "Directorate",
        UnitKind::Specialty => "Specialty",
        UnitKind::ServiceLine => "Service line",
        UnitKind::Ward => "Ward",
        UnitKind::Team => "Team",
    }
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let tree = units::tree(&mut db).await?;
    let today = session::today(visit.now);
    let line = |it: Branch| {
        let unit = it.stored.unit;
        Line {
            address: in_address(unit.code.as_str()),
            code: unit.code.as_str().to_owned(),
            below: "– ".repeat(it.depth),
            kind: kind_words(unit.kind),
            is_closed: !unit.exists_on(today),
            name: unit.name,
        }
    };
    let page = Units {
        shell: visit.shell("Units of the trust").below("People", "/people"),
        lines: tree.into_iter().map(line).collect(),
        may_manage: visit.may(Capability::ManagePeople),
    };
    Ok(page.respond())
}

impl Page for Units {
    const TEMPLATE: &'static str = "features/people_and_roles/units.html";

    fn samples() -> Vec<Self> {
        let line = |name: &str, below: &str, kind, is_closed| Line {
            code: "TORT".to_owned(),
            address: "TORT".to_owned(),
            name: name.to_owned(),
            below: below.to_owned(),
            kind,
            is_closed,
        };
        let page = |lines, may_manage| Self {
            shell: Shell::sample("Units of the trust"),
            lines,
            may_manage,
        };
        let lines = vec![
            line("Ashbourne Vale NHS Trust", "", "Trust", false),
            line("Surgery", "– ", "Division", false),
            line("Old ward", "– – ", "Team", true),
        ];
        vec![page(lines, true), page(Vec::new(), false)]
    }
}
