//! Contracts: with whom, for what, from when to when.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use domain::Day;
use store::contracts::Contract;

use super::{reads_all, seen};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::unit_names;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/contracts/list.html")]
pub(super) struct ListPage {
    shell: Shell,
    lead: String,
    rows: Vec<Row>,
    may_keep: bool,
}

/// One contract.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    address: String,
    commissioner: String,
    units: String,
    days: String,
    readers: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let found = seen(&app, &visit).await?;
    let scope = visit.scope(Capability::ReadContracts)?;
    app.store().audit(visit.entry_in(scope, "contract.list", "")).await?;
    let names = unit_names(&mut *app.store().read().await?).await?;
    let day = today(visit.now);
    let rows: Vec<Row> = found.iter().map(|it| row(it, &names, day)).collect();
    let lead = match (rows.len() as u64, reads_all(&visit)?) {
        (0, true) => "No contract is recorded. What a commissioner sees begins with one.".to_owned(),
        (0, false) => "You are named in no contract that runs. Whoever keeps contracts in the trust can name you.".to_owned(),
        (more, _) => format!("{}.", words::count(more, "contract", "contracts")),
    };
    let may_keep = visit.may(Capability::KeepContracts);
    let shell = visit.shell("Contracts with commissioners");
    Ok(ListPage { shell, lead, rows, may_keep }.respond())
}

fn row(it: &Contract, names: &BTreeMap<String, String>, day: Day) -> Row {
    let of = &it.of;
    let name = |code: &str| names.get(code).cloned().unwrap_or_else(|| code.to_owned());
    let units: Vec<String> = of.units.iter().map(|it| name(it.as_str())).collect();
    let units: Vec<&str> = units.iter().map(String::as_str).collect();
    Row {
        name: of.name.clone(),
        address: format!("/contracts/{}", it.id),
        commissioner: of.commissioner.clone(),
        units: words::listed(&units),
        days: days(it),
        readers: match of.readers.len() as u64 {
            _ if of.seen_until < day => "Nobody any more".to_owned(),
            0 => "Nobody yet".to_owned(),
            more => words::count(more, "person", "people"),
        },
    }
}

/// From when to when it runs.
pub(super) fn days(it: &Contract) -> String {
    let day = |it: Day| words::day(&it.to_string());
    format!("{} to {}", day(it.of.begins_on), day(it.of.ends_on))
}

impl Page for ListPage {
    const TEMPLATE: &'static str = "features/contracts/list.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "Planned orthopaedics 2026/27".to_owned(),
            address: "/contracts/1".to_owned(),
            commissioner: "Vale Integrated Care Board".to_owned(),
            units: "Trauma and orthopaedics and Pain management".to_owned(),
            days: "1 April 2026 to 31 March 2027".to_owned(),
            readers: "1 person".to_owned(),
        };
        let page = |rows: Vec<Row>, lead: &str, may_keep| Self {
            shell: Shell::sample("Contracts with commissioners"),
            lead: lead.to_owned(),
            rows,
            may_keep,
        };
        vec![
            page(vec![row], "1 contract.", true),
            page(Vec::new(), "You are named in no contract that runs.", false),
        ]
    }
}
