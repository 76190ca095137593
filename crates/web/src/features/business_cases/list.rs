//! Business cases by unit, with where each stands and what it lacks.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::cases::{CaseState, Cost};
use engagement::pence::Pence;
use store::cases::{Body, Kind as RecordKind, Record};

use super::HOME;
use super::found::{lists, readable};
use super::missing::beyond_words;
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Link, Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/business_cases/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    lists: Vec<Link>,
    rows: Vec<Row>,
    may_begin: bool,
    file: &'static str,
}

/// One case.
#[derive(Clone, Debug, Default)]
struct Row {
    title: String,
    address: String,
    unit: String,
    state: String,
    /// Whether somebody must act.
    act: bool,
    /// What it lacks, or what is proposed.
    says: String,
    /// Cost of what is proposed beside doing nothing, every year.
    difference: String,
}

/// What a case proposes: the name of the option, and its cost less that of doing nothing.
fn proposal(record: &Record) -> (String, Option<Cost>) {
    let Body::Case(case) = record.body() else { return (String::new(), None) };
    let compared = case.compared();
    let found = case.proposed.and_then(|it| compared.get(it));
    found.map_or((String::new(), None), |it| (it.option.name.clone(), it.difference))
}

/// How many things a case lacks before it can be approved.
fn missing(record: &Record) -> usize {
    match record.body() {
        Body::Case(case) => case.all_lacks(record.evidence()).len() + beyond_words(record, case),
        _ => 0,
    }
}

fn row((record, unit): &(Record, String)) -> Row {
    let state = record.state();
    let (proposed, difference) = proposal(record);
    let is_open = matches!(state, CaseState::Draft | CaseState::Submitted);
    let missing = if is_open { missing(record) as u64 } else { 0 };
    let evidence = record.evidence();
    let lacks_evidence = evidence.figures == 0 && !evidence.is_exempt;
    let says = match (missing, proposed.is_empty()) {
        (0, true) => String::new(),
        (0, false) => format!("Proposed: {proposed}."),
        (missing, _) => {
            let things = words::count(missing, "thing is missing", "things are missing");
            let evidence = if lacks_evidence { ", evidence of the costing among them" } else { "" };
            format!("{things}{evidence}.")
        }
    };
    let zero = |it: Pence| it.against(Pence::ZERO);
    Row {
        title: record.body().title().to_owned(),
        address: format!("/cases/{}", record.id),
        unit: unit.clone(),
        state: state.name().to_owned(),
        act: state == CaseState::Submitted,
        says,
        difference: difference
            .map_or_else(|| "Not written yet".to_owned(), |it| zero(it.recurrent)),
    }
}

fn lead(rows: &[Row]) -> String {
    let waiting = rows.iter().filter(|it| it.act).count() as u64;
    let cases = words::count(rows.len() as u64, "case", "cases");
    match waiting {
        0 => format!("{cases}; none waits for a decision."),
        waiting => format!("{cases}; {} for a decision.", words::count(waiting, "waits", "wait")),
    }
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let all = readable(&app, &visit, RecordKind::Case).await?;
    let rows: Vec<Row> = all.iter().map(row).collect();
    Ok(List {
        shell: visit.shell(HOME.0),
        lead: lead(&rows),
        lists: lists(HOME.1),
        rows,
        may_begin: visit.may(Capability::KeepCases),
        file: "/cases.csv",
    }
    .respond())
}

pub(super) async fn take(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let all = readable(&app, &visit, RecordKind::Case).await?;
    let cells = |it: &(Record, String)| {
        let (proposed, difference) = proposal(&it.0);
        let plain =
            |of: fn(Cost) -> Pence| difference.map_or_else(String::new, |it| of(it).plain());
        let evidence = it.0.evidence();
        vec![
            it.0.body().title().to_owned(),
            it.0.unit.to_string(),
            it.0.state().name().to_owned(),
            proposed,
            plain(|it| it.one_off),
            plain(|it| it.recurrent),
            evidence.figures.to_string(),
            if evidence.is_exempt { "yes" } else { "no" }.to_owned(),
            missing(&it.0).to_string(),
        ]
    };
    let text = |it| (it, Kind::Text);
    let columns = [
        text("case"),
        text("unit_of_the_trust"),
        text("state"),
        text("proposed"),
        text("once_beside_doing_nothing_gbp"),
        text("every_year_beside_doing_nothing_gbp"),
        text("figures_attached"),
        text("exempt_from_evidence"),
        text("things_missing"),
    ];
    Table::new(&columns, all.iter().map(cells).collect())
        .about(
            "What it is",
            "Cost of what is proposed less that of doing nothing; below zero is less.",
        )
        .about("Adding up", "Amounts of cases that are not approved are no plan: do not add them.")
        .file(&visit, "business-cases")
}

impl Page for List {
    const TEMPLATE: &'static str = "features/business_cases/list.html";

    fn samples() -> Vec<Self> {
        let row = |title: &str, state: CaseState, says: &str| Row {
            title: title.to_owned(),
            address: "/cases/1".to_owned(),
            unit: "Trauma and orthopaedics".to_owned(),
            state: state.name().to_owned(),
            act: state == CaseState::Submitted,
            says: says.to_owned(),
            difference: "£22,000.05 less".to_owned(),
        };
        let page = |rows: Vec<Row>| Self {
            shell: Shell::sample(HOME.0),
            lead: lead(&rows),
            lists: lists(HOME.1),
            rows,
            may_begin: true,
            file: "/cases.csv",
        };
        vec![
            page(vec![
                row("A discharge lounge", CaseState::Submitted, "Proposed: A lounge."),
                row("Weekend lists", CaseState::Draft, "3 things are missing."),
            ]),
            page(Vec::new()),
        ]
    }
}
