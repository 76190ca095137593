//! Rules of the units that somebody reads: what each says, and what was met so far.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::incentives::{Outcome, Standing, State as Stands, months_words, standing};
use store::incentives::{self, StoredIncentive};
use store::joint_actions::date_at;

use super::says::{in_short, over};
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::joint_work::{may, unit_names};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/incentives/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    listed: Vec<Row>,
    may_add: bool,
    file: String,
}

/// One rule.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    unit: String,
    what: String,
    address: String,
    says: String,
    state: String,
    met: String,
    decided: String,
}

const TITLE: &str = "Incentives";

/// What was decided of some months, in words.
pub(super) fn stood(of: Standing) -> String {
    match of {
        Standing::Open => "Nobody has decided yet".to_owned(),
        Standing::Waits(side) => {
            format!("The {} lead has still to decide", side.name().to_lowercase())
        }
        Standing::Differ => "The leads decided differently, so nothing follows".to_owned(),
        Standing::Settled(verdict) => format!("{}, decided by both leads", verdict.name()),
    }
}

async fn rows(app: &App, visit: &Visit) -> Result<Vec<Row>, Fault> {
    let mut db = app.store().read().await?;
    let units = unit_names(&mut db).await?;
    let mut all = incentives::list(&mut db).await?;
    all.retain(|it| may(visit, Capability::ReadActions, it.unit.as_str()));
    let mut rows = Vec::new();
    for it in &all {
        let period = over(it, date_at(visit.now));
        let (met, decided) = match period {
            None => ("No month of it is over".to_owned(), String::new()),
            Some(period) => {
                let (found, _) = incentives::reckoned(&mut db, it, period).await?;
                let said = format!("{}, {}", found.outcome.name(), months_words(period));
                (said, stood(standing(&it.rulings(), period)))
            }
        };
        rows.push(row(it, &units, (met, decided)));
    }
    Ok(rows)
}

fn row(
    it: &StoredIncentive,
    units: &BTreeMap<String, String>,
    (met, decided): (String, String),
) -> Row {
    let unit = it.unit.as_str();
    Row {
        unit: units.get(unit).map_or(unit, String::as_str).to_owned(),
        what: it.rule().what.clone(),
        address: format!("/incentives/{}", it.id),
        says: in_short(it),
        state: it.state().name().to_owned(),
        met,
        decided,
    }
}

fn lead(rows: &[Row]) -> String {
    let waits = rows.iter().filter(|it| it.state == Stands::Proposed.name()).count() as u64;
    let count = words::count(rows.len() as u64, "rule", "rules");
    let waits = match waits {
        0 => String::new(),
        it => format!(" {} for a lead to agree.", words::count(it, "waits", "wait")),
    };
    format!("{count}, each for quality and cost improvement together.{waits}")
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let listed = rows(&app, &visit).await?;
    Ok(List {
        shell: visit.shell(TITLE).below("Benefits", "/benefits"),
        lead: lead(&listed),
        listed,
        may_add: visit.may(Capability::KeepActions),
        file: "/incentives.csv".to_owned(),
    }
    .respond())
}

pub(super) async fn take(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let rows = rows(&app, &visit).await?.into_iter();
    let rows = rows.map(|it| vec![it.unit, it.what, it.says, it.state, it.met, it.decided]);
    let text = |it| (it, Kind::Text);
    let columns = ["unit_of_the_trust", "what", "rule", "state", "met", "decided"].map(text);
    Table::new(&columns, rows.collect())
        .about(
            "What it is",
            "Rules for quality and cost improvement together, as they stand today.",
        )
        .about("What it is not", "Nothing is paid or booked here.")
        .file(&visit, "incentives")
}

impl Page for List {
    const TEMPLATE: &'static str = "features/incentives/list.html";

    fn samples() -> Vec<Self> {
        let row = |state: Stands, outcome: Outcome| Row {
            unit: "Trauma and orthopaedics".to_owned(),
            what: "Half of the saving buys equipment for the ward.".to_owned(),
            address: "/incentives/1".to_owned(),
            says: "Promised where both are delivered, April 2025 to March 2026".to_owned(),
            state: state.name().to_owned(),
            met: format!("{}, April 2025 to March 2026", outcome.name()),
            decided: stood(Standing::Open),
        };
        let page = |listed: Vec<Row>, may_add: bool| Self {
            shell: Shell::sample(TITLE).below("Benefits", "/benefits"),
            lead: lead(&listed),
            listed,
            may_add,
            file: "/incentives.csv".to_owned(),
        };
        let rows = vec![
            row(Stands::Proposed, Outcome::NotKnown),
            row(Stands::Decided, Outcome::CostAlone),
        ];
        vec![page(rows, true), page(Vec::new(), false)]
    }
}
