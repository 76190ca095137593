//! Walk-throughs of the units that somebody sees exactly, and which inputs are signed.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use engagement::walk_throughs::State as Stands;
use store::units::{self, UnitKind};
use store::walk_throughs::{self, StoredSignature};

use super::show::stands;
use super::{attended, latest};
use crate::App;
use crate::shell::allocations::{changed, inputs};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::variation::{may_answer, sees};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/walk_throughs/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    rows: Vec<Row>,
    units: Vec<UnitRow>,
}

/// One walk-through.
#[derive(Clone, Debug, Default)]
struct Row {
    title: String,
    address: String,
    state: String,
    said: String,
    /// Codes of the standards that it touches; blank for none.
    standards: String,
    /// Who was there.
    there: String,
}

/// One service line.
#[derive(Clone, Debug, Default)]
struct UnitRow {
    name: String,
    signed: String,
    is_outdated: bool,
    inputs: String,
    /// Where clinicians say how far they trust it.
    confidence: String,
    /// Where an allocation of it is walked through; blank for those who may not.
    begin: String,
}

const TITLE: &str = "Walk-throughs of allocations";

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let run = latest(&app).await?;
    let mut db = app.store().read().await?;
    let all = walk_throughs::list(&mut db).await?;
    let staff = people::names(&mut db).await?;
    let mut signed: BTreeMap<String, Option<StoredSignature>> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for it in units::list(&mut db).await? {
        let code = it.unit.code.as_str();
        if it.unit.kind == UnitKind::ServiceLine && sees(&visit, code) {
            let last = walk_throughs::signatures(&mut db, &it.unit.code).await?.pop();
            signed.insert(code.to_owned(), last);
            names.insert(code.to_owned(), it.unit.name);
        }
    }
    drop(db);
    let (names, by, shelf) = (names, visit.clone(), app.clone());
    let page = reading(move || {
        let run = run.as_deref();
        let mut rows = Vec::new();
        for it in all.iter().filter(|it| names.contains_key(it.of.unit.as_str())) {
            let unit = it.of.unit.as_str();
            let (state, name) = stands(shelf.shelf(), run, it)?;
            rows.push(Row {
                title: format!("{name}, {}", names.get(unit).map_or(unit, String::as_str)),
                address: format!("/walk-throughs/{}", it.id),
                state: state.name().to_owned(),
                said: format!("Opened on {}.", words::moment(it.opened_at)),
                standards: it.of.standards.join(", "),
                there: attended::all(it, &staff),
            });
        }
        let mut units = Vec::new();
        for (code, name) in &names {
            let last = signed.get(code).and_then(Option::as_ref);
            let is_outdated = match (run, last) {
                (Some(run), Some(it)) => !changed(&it.of.inputs, &inputs(run, code)?).is_empty(),
                _ => false,
            };
            let begin = if may_answer(&by, code) {
                format!("/walk-throughs/new/{code}")
            } else {
                String::new()
            };
            units.push(UnitRow {
                name: name.clone(),
                signed: signed_words(last),
                is_outdated,
                inputs: format!("/walk-throughs/inputs/{code}"),
                confidence: format!("/walk-throughs/confidence/{code}"),
                begin,
            });
        }
        Ok(List { shell: by.shell(TITLE), lead: lead(&rows, &units), rows, units })
    });
    Ok(page.await?.respond())
}

fn signed_words(last: Option<&StoredSignature>) -> String {
    last.map_or_else(
        || "Nobody has signed".to_owned(),
        |it| format!("Signed on {}, of {}", words::moment(it.at), it.of.period),
    )
}

fn lead(rows: &[Row], units: &[UnitRow]) -> String {
    let waits = [Stands::Asked.name(), Stands::Questioned.name()];
    let open = rows.iter().filter(|it| waits.contains(&it.state.as_str())).count() as u64;
    let outdated = units.iter().filter(|it| it.is_outdated).count() as u64;
    let walks = match open {
        0 => "No walk-through waits.".to_owned(),
        open => format!("{}.", words::count(open, "walk-through waits", "walk-throughs wait")),
    };
    match outdated {
        0 => walks,
        it => format!("{walks} {} outdated.", words::count(it, "signature is", "signatures are")),
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "features/walk_throughs/list.html";

    fn samples() -> Vec<Self> {
        let row = |state: Stands| Row {
            title: "Theatre, Trauma and orthopaedics".to_owned(),
            address: "/walk-throughs/1".to_owned(),
            state: state.name().to_owned(),
            said: "Opened on 1 June 2026, 10:00.".to_owned(),
            standards: if state == Stands::Asked { String::new() } else { "CP3, CM13".to_owned() },
            there: "There: Amara Okafor, medicine (clinical); Daniel Osei (finance).".to_owned(),
        };
        let unit = |is_outdated, begin: &str| UnitRow {
            name: "Trauma and orthopaedics".to_owned(),
            signed: "Signed on 1 June 2026, 10:00, of 2025/26".to_owned(),
            is_outdated,
            inputs: "/walk-throughs/inputs/TORT".to_owned(),
            confidence: "/walk-throughs/confidence/TORT".to_owned(),
            begin: begin.to_owned(),
        };
        let page = |rows: Vec<Row>, units: Vec<UnitRow>| Self {
            shell: Shell::sample(TITLE),
            lead: lead(&rows, &units),
            rows,
            units,
        };
        let rows = vec![row(Stands::Asked), row(Stands::InCosting)];
        vec![
            page(rows, vec![unit(true, "/walk-throughs/new/TORT"), unit(false, "")]),
            page(Vec::new(), Vec::new()),
        ]
    }
}
