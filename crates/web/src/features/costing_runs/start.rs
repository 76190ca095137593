//! Starting a costing: a year whose data were accepted, under the model in force or under a draft,
//! to see what it would change.

use axum::extract::{Query, State};
use axum::response::Response;
use domain::FinancialYear;
use serde::Deserialize;
use store::jobs;
use store::model_versions::ModelVersion;

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Wrong, random_token};
use crate::shell::models::{self, Opened};
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
    /// The model in force first, then drafts; none where there is no draft.
    models: Vec<(String, String)>,
    under: String,
    wrong: Wrong,
}

/// What is chosen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    #[serde(default)]
    year: String,
    /// Number of a draft; blank for the model in force.
    #[serde(default)]
    model: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Form>,
    visit: Visit,
) -> Result<Response, Fault> {
    Ok(page(&app, &visit, asked).await?.respond())
}

async fn page(app: &App, visit: &Visit, asked: Form) -> Result<Start, Fault> {
    let years = years(app).await?;
    let first = years.first().map(ToString::to_string).unwrap_or_default();
    let is_there = years.iter().any(|it| it.to_string() == asked.year);
    let chosen = if is_there { asked.year } else { first };
    let model = models::in_force(app).await?.name();
    let named = |it: &FinancialYear| (it.to_string(), words::year(&it.to_string()));
    Ok(Start {
        shell: visit.shell("Start a costing").below("Runs", "/runs"),
        years: years.iter().map(named).collect(),
        chosen,
        models: choices(app, &model).await?,
        model,
        under: asked.model,
        wrong: Wrong::default(),
    })
}

/// The model in force and the drafts beside it.
async fn choices(app: &App, in_force: &str) -> Result<Vec<(String, String)>, Fault> {
    let drafts = models::proposed(app).await?;
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let draft = |it: &ModelVersion| {
        let text = format!("Version {}, a draft: {}", it.number, it.made.reason);
        (it.number.to_string(), text)
    };
    let first = (String::new(), format!("{in_force}, in force"));
    Ok([first].into_iter().chain(drafts.iter().map(draft)).collect())
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
    let model = model_of(&app, &form.model).await?;
    let year = year.filter(|it| there.contains(it));
    let (Some(year), Some(model)) = (year, &model) else {
        let mut page = page(&app, &visit, form).await?;
        page.wrong.unless(year.is_some(), "year", "Choose a year whose data were accepted");
        page.wrong.unless(
            model.is_some(),
            "model",
            "Choose the rules in force, or a draft of them",
        );
        page.shell = page.shell.with_errors(&page.wrong);
        return Ok(page.respond());
    };
    let settings = app.settings();
    let cost = Cost {
        dataset: settings.datasets.join(year.to_string()),
        model: model.folder.clone(),
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

/// The model in force, or the draft of this number.
async fn model_of(app: &App, number: &str) -> Result<Option<Opened>, Fault> {
    if number.is_empty() {
        return Ok(Some(models::in_force(app).await?));
    }
    let drafts = models::proposed(app).await?;
    match drafts.iter().find(|it| it.number.to_string() == number) {
        Some(it) => Ok(Some(models::version(app, it.number).await?)),
        None => Ok(None),
    }
}

impl Page for Start {
    const TEMPLATE: &'static str = "features/costing_runs/start.html";

    fn samples() -> Vec<Self> {
        let year = |it: &str| (it.to_owned(), words::year(it));
        let page = |years: Vec<(String, String)>, wrong: Wrong| {
            let shell = Shell::sample("Start a costing");
            let shell = shell.with_errors(&wrong);
            let model = |code: &str, text: &str| (code.to_owned(), text.to_owned());
            let models = match years.len() {
                0 => Vec::new(),
                _ => vec![
                    model("", "Version 4, in force"),
                    model("5", "Version 5, a draft: Theatre minutes without anaesthesia"),
                ],
            };
            Self {
                shell,
                years,
                chosen: "2025-26".to_owned(),
                model: "Version 4".to_owned(),
                models,
                under: String::new(),
                wrong,
            }
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
