//! One journey: its steps with cost, scenarios beside it, and ideas of a workshop with savings.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::journeys::{Idea, Journey, RateSource, Step};
use engagement::pence;

use super::effect::Shown;
use super::{FOLDER, found};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/business_cases/journeys/show.html")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    about: String,
    lead: String,
    steps: Vec<StepRow>,
    /// Minutes and cost of one patient.
    total: (String, String),
    scenarios: Vec<Shown>,
    ideas: Vec<IdeaRow>,
    ideas_total: String,
    facts: Vec<(String, String)>,
    keeps: bool,
    address: String,
    seen: i64,
    wrong: Wrong,
}

/// One step.
#[derive(Clone, Debug, Default)]
struct StepRow {
    what: String,
    staff: String,
    minutes: String,
    rate: String,
    source: String,
    cost: String,
}

/// One idea.
#[derive(Clone, Debug, Default)]
struct IdeaRow {
    what: String,
    step: String,
    saving: String,
    /// Address of the action that came of it; blank for none.
    action: String,
    edit: String,
}

/// Where a rate is from, in words that tell a costing from somebody's own figure.
pub(super) fn source(from: &RateSource) -> String {
    match from {
        RateSource::Run { run, period, what } => {
            let run = crate::shell::provenance::short(run);
            format!("From the costing: {what}, {period}, run {run}")
        }
        RateSource::Entered { source } => format!("Entered: {source}"),
    }
}

fn step_row(it: &Step) -> StepRow {
    StepRow {
        what: it.what.clone(),
        staff: it.staff.clone(),
        minutes: pence::minutes(it.tenths),
        rate: it.rate.to_string(),
        source: source(&it.from),
        cost: it.cost().to_string(),
    }
}

fn lead(journey: &Journey) -> String {
    if journey.present.steps.is_empty() {
        return "No step is written yet.".to_owned();
    }
    let patients = journey.present.patients.unsigned_abs();
    format!(
        "One patient costs {} over {}. {} a year cost {}.",
        journey.present.each(),
        words::count(journey.present.steps.len() as u64, "step", "steps"),
        words::count(patients, "patient", "patients"),
        journey.present.year()
    )
}

fn facts(journey: &Journey) -> Vec<(String, String)> {
    let fact = |name: &str, text: String| (name.to_owned(), text);
    let income = match journey.income {
        None => "Not written".to_owned(),
        Some(income) => format!("{income}, from: {}", journey.income_source),
    };
    let line = journey.line.as_ref().map_or_else(
        || "No published costing had this service line when the steps were written".to_owned(),
        |it| {
            let run = crate::shell::provenance::short(&it.run);
            format!("{}, {}, run {run}", words::capital(&it.result.balance()), it.period)
        },
    );
    vec![
        fact("Length of a slot", format!("{} minutes", journey.slot)),
        fact("Income of one patient", income),
        fact("Result of the service line", line),
    ]
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, journey) = found(&app, &visit, (Capability::ReadCases, &id)).await?;
    let address = found.address();
    let place = |folder: &str, at: usize, keeps: &str| {
        if found.keeps { format!("{address}/{folder}/{at}{keeps}") } else { String::new() }
    };
    let scenarios = journey.scenarios.iter().enumerate().map(|(at, it)| Shown {
        change: if found.keeps { format!("{address}/try?from={at}") } else { String::new() },
        remove: place("scenarios", at, "/remove"),
        ..Shown::of(&journey, &it.name, &it.path)
    });
    let idea = |(at, it): (usize, &Idea)| IdeaRow {
        what: it.what.clone(),
        step: if it.step.is_empty() { "The whole journey".to_owned() } else { it.step.clone() },
        saving: it.saving.to_string(),
        action: if it.action.is_empty() {
            String::new()
        } else {
            format!("/actions/{}", it.action)
        },
        edit: place("ideas", at, ""),
    };
    let page = Show {
        shell: found.home(&visit),
        kicker: found.unit.clone(),
        about: journey.about.clone(),
        lead: lead(&journey),
        steps: journey.present.steps.iter().map(step_row).collect(),
        total: (pence::minutes(journey.present.tenths()), journey.present.each().to_string()),
        scenarios: scenarios.collect(),
        ideas: journey.ideas.iter().enumerate().map(idea).collect(),
        ideas_total: journey.ideas_in_all().to_string(),
        facts: facts(&journey),
        keeps: found.keeps,
        seen: found.record.seen(),
        address,
        wrong: Wrong::default(),
    };
    Ok(page.respond())
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/business_cases/journeys/show.html";

    fn samples() -> Vec<Self> {
        let row = |cells: [&str; 4]| cells.map(str::to_owned);
        let empty = Self::empty;
        let full = Self {
            lead: "One patient costs £80.25 over 2 steps. 200 patients a year cost £16,050.00."
                .to_owned(),
            steps: vec![StepRow {
                what: "Clinic".to_owned(),
                staff: "Consultant".to_owned(),
                minutes: "30".to_owned(),
                rate: "£2.50 a minute".to_owned(),
                source: "Entered: pay scales".to_owned(),
                cost: "£75.00".to_owned(),
            }],
            total: ("37.5".to_owned(), "£80.25".to_owned()),
            scenarios: vec![Shown {
                name: "By telephone".to_owned(),
                rows: vec![row(["Cost of one patient", "£80.25", "£10.50", "£69.75 less"])],
                time: vec![["Consultant", "6,000 released", "300 released"].map(str::to_owned)],
                result: vec!["Time that is released is capacity and no cash.".to_owned()],
                change: "/cases/journeys/1/try?from=0".to_owned(),
                remove: "/cases/journeys/1/scenarios/0/remove".to_owned(),
            }],
            ideas: vec![
                idea("Anaesthetise the first patient in theatre", "£55,000.00"),
                idea("Three operations a day instead of two", "£140,000.00"),
                idea("One set of staff, approach and equipment", "£20,000.00"),
            ],
            ideas_total: "£215,000.00".to_owned(),
            about: "Adults, from referral to a year after.".to_owned(),
            ..empty()
        };
        let reader = Self { keeps: false, ..empty() };
        vec![full, empty(), reader]
    }
}

impl Show {
    /// A sample without steps.
    fn empty() -> Self {
        Self {
            shell: Shell::sample("Bariatric surgery").below("Patient journeys", FOLDER),
            kicker: "General surgery".to_owned(),
            about: String::new(),
            lead: "No step is written yet.".to_owned(),
            steps: Vec::new(),
            total: (String::new(), String::new()),
            scenarios: Vec::new(),
            ideas: Vec::new(),
            ideas_total: "£0.00".to_owned(),
            facts: vec![("Length of a slot".to_owned(), "20 minutes".to_owned())],
            keeps: true,
            address: "/cases/journeys/1".to_owned(),
            seen: 1,
            wrong: Wrong::default(),
        }
    }
}

/// An idea of the samples.
fn idea(what: &str, saving: &str) -> IdeaRow {
    IdeaRow {
        what: what.to_owned(),
        step: "Operation".to_owned(),
        saving: saving.to_owned(),
        action: "/actions/1".to_owned(),
        edit: "/cases/journeys/1/ideas/0".to_owned(),
    }
}
