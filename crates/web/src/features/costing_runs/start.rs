//! Starting a costing: a year whose data were accepted, under the model in force.

use axum::extract::State;
use axum::response::Response;
use domain::FinancialYear;
use serde::Deserialize;
use store::jobs;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, random_token};
use crate::shell::models;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;
use crate::shell::work::{self, Cost};

#[derive(askama::Template)]
#[template(path = "features/costing_runs/start.html")]
pub(super) struct Start {
    shell: Shell,
    years: Vec<(String, String)>,
    chosen: String,
    model: String,
    wrong: Wrong,
}

/// What is chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(default)]
    year: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    Ok(page(&app, &visit).await?.respond())
}

async fn page(app: &App, visit: &Visit) -> Result<Start, Fault> {
    let years = years(app).await?;
    let chosen = years.first().map(ToString::to_string).unwrap_or_default();
    let named = |it: &FinancialYear| (it.to_string(), words::year(&it.to_string()));
    Ok(Start {
        shell: visit.shell("Start a costing").below("Runs", "/runs"),
        years: years.iter().map(named).collect(),
        chosen,
        model: models::in_force(app).await?.name(),
        wrong: Wrong::default(),
    })
}

async fn years(app: &App) -> Result<Vec<FinancialYear>, Fault> {
    let datasets = app.settings().datasets.clone();
    reading(move || Ok(work::accepted_years(&datasets))).await
}

/// Asks for the costing; the same form sent twice asks once.
pub(super) async fn start(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let year = form.year.parse::<FinancialYear>().ok();
    let year = year.filter(|_| !form.year.is_empty());
    let there = years(&app).await?;
    let Some(year) = year.filter(|it| there.contains(it)) else {
        let mut page = page(&app, &visit).await?;
        page.wrong.add("year", "Choose a year whose data were accepted");
        page.shell = page.shell.with_errors(&page.wrong);
        return Ok(page.respond());
    };
    let settings = app.settings();
    let cost = Cost {
        dataset: settings.datasets.join(year.to_string()),
        model: models::in_force(&app).await?.folder,
        runs: settings.runs.clone(),
        year,
    };
    let scope = visit.scope(access::Capability::RunCosting)?.in_words();
    let job = cost.job(scope, format!("cost-{}", random_token()));
    let entry = visit.entry("run.start", &year.to_string());
    visit
        .change_to("The costing is asked for.", move |tx| {
            Box::pin(async move {
                let job = jobs::enqueue(tx, &job, &entry).await?;
                Ok(format!("/jobs/{}", job.id))
            })
        })
        .await
}

impl Page for Start {
    const TEMPLATE: &'static str = "features/costing_runs/start.html";

    fn samples() -> Vec<Self> {
        let year = |it: &str| (it.to_owned(), words::year(it));
        let page = |years: Vec<(String, String)>, wrong: Wrong| {
            let shell = Shell::sample("Start a costing");
            let shell = shell.with_errors(&wrong);
            let model = "Version 4".to_owned();
            Self { shell, years, chosen: "2025-26".to_owned(), model, wrong }
        };
        let years = || vec![year("2025-26"), year("2024-25")];
        let mut wrong = Wrong::default();
        wrong.add("year", "Choose a year whose data were accepted");
        vec![
            page(years(), Wrong::default()),
            page(Vec::new(), Wrong::default()),
            page(years(), wrong),
        ]
    }
}
