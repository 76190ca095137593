//! Steps of the trust's own, which are rated beside the others and never count.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::framework::{CategoryId, LocalStep as Named};
use engagement::{Framework, FrameworkId, StepId};
use serde::Deserialize;
use store::assessing::local_steps::{self, LocalStep, NewLocalStep};

use crate::App;
use crate::shell::assessed::{WORDS, led};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Where the steps are.
const HERE: &str = "/assessment/local-steps";

#[derive(askama::Template)]
#[template(path = "features/spread/local_steps.html")]
pub(super) struct LocalStepsPage {
    shell: Shell,
    steps: Vec<Shown>,
    /// Whether whoever looks may add and retire them.
    adds: bool,
    categories: Vec<(String, String)>,
    typed: Typed,
    wrong: Wrong,
}

/// One step.
#[derive(Clone, Debug, Default)]
struct Shown {
    label: String,
    category: String,
    guidance: String,
    about: String,
    /// Where it is retired; blank where it is, or not by this person.
    retire: String,
}

/// A step as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    category: String,
    label: String,
    guidance: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    Ok(page(&visit, &gathered, (Typed::default(), Wrong::default())).await?.respond())
}

pub(super) async fn add(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    led(&visit, &gathered)?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let fits = fits(&gathered.framework, &typed);
    wrong.unless(fits, "category", "Choose under what it is shown");
    WORDS.check(&mut wrong, "label", &typed.label, "Say what the step is");
    if !typed.guidance.trim().is_empty() {
        WORDS.check(&mut wrong, "guidance", &typed.guidance, "");
    }
    if !wrong.is_empty() {
        return Ok(page(&visit, &gathered, (typed, wrong)).await?.respond());
    }
    let new = NewLocalStep {
        category: typed.category,
        label: typed.label.trim().to_owned(),
        guidance: typed.guidance.trim().to_owned(),
    };
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "assessment.local_step", "");
    let said = "The step is added. It is rated where the other steps are, and never counts.";
    let done = visit.change(HERE, said, move |tx| {
        Box::pin(async move {
            local_steps::add(tx, &new, &entry).await?;
            Ok(())
        })
    });
    done.await
}

/// Whether the framework takes such a step, as far as its category goes.
fn fits(framework: &Framework, typed: &Typed) -> bool {
    let step = Named {
        id: StepId::from("LOCAL"),
        category: CategoryId::from(typed.category.as_str()),
        label: "any".to_owned(),
        guidance: String::new(),
    };
    let id = FrameworkId::from(format!("{}-local", framework.id()).as_str());
    framework.with_local_steps(id, "Steps of the trust's own", vec![step]).is_ok()
}

pub(super) async fn retire(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    led(&visit, &gathered)?;
    let entry =
        visit.entry_in(visit.scope(Capability::SignLevels)?, "assessment.local_step_retire", "");
    let said = "The step is retired. What was said of it stays.";
    let done = visit.change(HERE, said, move |tx| {
        Box::pin(async move { local_steps::retire(tx, &id, &entry).await })
    });
    done.await
}

async fn page(
    visit: &Visit,
    gathered: &Gathered,
    (typed, wrong): (Typed, Wrong),
) -> Result<LocalStepsPage, Fault> {
    let adds = led(visit, gathered).is_ok();
    let mut db = visit.app.store().read().await?;
    let names = names(&mut db).await?;
    let all = local_steps::all(&mut db, visit.now).await?;
    drop(db);
    let shown = |it: &LocalStep| {
        let by = names.get(it.by.as_str()).map_or("", String::as_str);
        let retired = it.retired_at.map(|at| format!(" Retired {}.", words::moment(at)));
        Shown {
            label: it.of.label.clone(),
            category: category(&gathered.framework, &it.of.category),
            guidance: it.of.guidance.clone(),
            about: format!(
                "Added by {by}, {}.{}",
                words::moment(it.at),
                retired.unwrap_or_default()
            ),
            retire: if adds && it.retired_at.is_none() {
                format!("{HERE}/{}/retire", it.id)
            } else {
                String::new()
            },
        }
    };
    Ok(LocalStepsPage {
        shell: visit
            .shell("Steps of our own")
            .below("Working together", "/assessment")
            .with_errors(&wrong),
        steps: all.iter().map(shown).collect(),
        adds,
        categories: categories(&gathered.framework),
        typed,
        wrong,
    })
}

fn category(framework: &Framework, id: &str) -> String {
    let found = framework.categories().iter().find(|it| it.id.as_str() == id);
    found.map_or_else(String::new, |it| it.label.clone())
}

fn categories(framework: &Framework) -> Vec<(String, String)> {
    framework.categories().iter().map(|it| (it.id.to_string(), it.label.clone())).collect()
}

impl Page for LocalStepsPage {
    const TEMPLATE: &'static str = "features/spread/local_steps.html";

    fn samples() -> Vec<Self> {
        let step = |retire: &str| Shown {
            label: "Every new consultant meets their finance partner".to_owned(),
            category: "Culture and behaviours".to_owned(),
            guidance: "In the first month".to_owned(),
            about: "Added by Helen Marsh, 4 May 2026, 10:00.".to_owned(),
            retire: retire.to_owned(),
        };
        let page = |steps: Vec<Shown>, adds: bool, wrong: Wrong| Self {
            shell: Shell::sample("Steps of our own").with_errors(&wrong),
            steps,
            adds,
            categories: categories(&Framework::national_2013()),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("label", "Say what the step is");
        vec![
            page(vec![step("/assessment/local-steps/LOCAL1/retire")], true, Wrong::default()),
            page(Vec::new(), false, Wrong::default()),
            page(Vec::new(), true, wrong),
        ]
    }
}
