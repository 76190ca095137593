//! What of the inputs and rules is not signed, by service line, with its owner.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use store::units::{self, UnitKind};

use super::latest;
use super::standing::{Recorded, Standing, standings, unsigned_words};
use crate::App;
use crate::shell::allocations::inputs;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people;
use crate::shell::shelf::reading;
use crate::shell::variation::sees;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/walk_throughs/unsigned.html")]
pub(super) struct Unsigned {
    shell: Shell,
    units: Vec<UnitRow>,
}

/// One service line.
#[derive(Clone, Debug, Default)]
struct UnitRow {
    name: String,
    address: String,
    /// How many are not signed; blank where all are.
    said: String,
    rows: Vec<Row>,
}

/// An input or rule that is not signed.
#[derive(Clone, Debug, Default)]
struct Row {
    input: String,
    /// Who owns it; blank for nobody.
    owner: String,
    state: String,
}

const TITLE: &str = "Inputs and rules that are not signed";

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let run = latest(&app).await?;
    let mut db = app.store().read().await?;
    let mut found: BTreeMap<String, (String, Recorded)> = BTreeMap::new();
    for it in units::list(&mut db).await? {
        let code = it.unit.code.as_str();
        if it.unit.kind == UnitKind::ServiceLine && sees(&visit, code) {
            let recorded = Recorded::of(&mut db, &it.unit.code).await?;
            found.insert(code.to_owned(), (it.unit.name.clone(), recorded));
        }
    }
    let names = people::names(&mut db).await?;
    drop(db);
    let shell = visit.shell(TITLE).below("Walk-throughs", "/walk-throughs");
    let page = reading(move || {
        let mut units = Vec::new();
        let Some(run) = run.as_deref() else { return Ok(Unsigned { shell, units }) };
        let rules = run.rules()?;
        for (code, (name, recorded)) in &found {
            if rules.service_lines.contains_key(code) {
                let all = standings(&inputs(run, code)?, recorded, &names);
                units.push(unit_row((code, name), &all, &names));
            }
        }
        units.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Unsigned { shell, units })
    });
    Ok(page.await?.respond())
}

fn unit_row(
    (code, name): (&str, &str),
    all: &[Standing],
    names: &BTreeMap<String, String>,
) -> UnitRow {
    let row = |it: &Standing| Row {
        input: it.input.clone(),
        owner: it.owner.as_ref().and_then(|it| names.get(it.as_str())).cloned().unwrap_or_default(),
        state: it.state.clone(),
    };
    UnitRow {
        name: name.to_owned(),
        address: format!("/walk-throughs/inputs/{code}/owners"),
        said: unsigned_words(all),
        rows: all.iter().filter(|it| !it.is_signed).map(row).collect(),
    }
}

impl Page for Unsigned {
    const TEMPLATE: &'static str = "features/walk_throughs/unsigned.html";

    fn samples() -> Vec<Self> {
        let row = |owner: &str, state: &str| Row {
            input: "Feed Theatres".to_owned(),
            owner: owner.to_owned(),
            state: state.to_owned(),
        };
        let rows = vec![
            row("Amara Okafor", "Changed since Amara Okafor signed, 1 June 2026, 10:00"),
            row("", "Not signed"),
        ];
        let unit = |name: &str, said: &str, rows: Vec<Row>| UnitRow {
            name: name.to_owned(),
            address: "/walk-throughs/inputs/TORT/owners".to_owned(),
            said: said.to_owned(),
            rows,
        };
        let page = |units: Vec<UnitRow>| Self {
            shell: Shell::sample(TITLE).below("Walk-throughs", "/walk-throughs"),
            units,
        };
        let open = "2 of 40 inputs and rules not signed, 1 without an owner";
        vec![
            page(vec![
                unit("Trauma and orthopaedics", open, rows),
                unit("Dermatology", "", Vec::new()),
            ]),
            page(Vec::new()),
        ]
    }
}
