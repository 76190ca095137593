//! For whom the steps are recorded: by specialty, or for the organisation; chosen by a lead of the
//! trust with a reason.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use store::assessing::step_mode::{self, Chosen};
use store::assessing::{LevelState, StepMode};

use super::WORDS;
use crate::App;
use crate::shell::assessed::led;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Where it is chosen.
pub(super) const HERE: &str = "/assessment/recording";

#[derive(askama::Template)]
#[template(path = "features/self_assessment/recording.html")]
pub(super) struct RecordingPage {
    shell: Shell,
    lead: Vec<String>,
    /// Whether whoever looks may choose.
    chooses: bool,
    /// Levels that wait for signatures and stand in the way; blank for none.
    waiting: String,
    modes: Vec<(String, String)>,
    typed: Typed,
    /// What was chosen, the latest first: for whom, when and by whom, and why.
    history: Vec<[String; 3]>,
    wrong: Wrong,
}

/// A choice as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    mode: String,
    because: String,
    seen: String,
}

/// For whom steps are recorded, in a sentence.
pub(super) fn recorded(mode: StepMode) -> &'static str {
    match mode {
        StepMode::ByUnit => "Steps are recorded by specialty, those of the board for the trust.",
        StepMode::Organisation => {
            "Steps are recorded for the organisation: all of them are rated for the trust."
        }
    }
}

/// The same in a few words.
pub(super) fn mode_words(mode: StepMode) -> &'static str {
    match mode {
        StepMode::ByUnit => "By specialty",
        StepMode::Organisation => "For the organisation",
    }
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let all = step_mode::all(&mut *app.store().read().await?).await?;
    let last = all.last();
    let typed = Typed {
        mode: last.map_or(StepMode::ByUnit, |it| it.mode).to_string(),
        because: String::new(),
        seen: last.map_or(0, |it| it.number).to_string(),
    };
    page(&app, &visit, (typed, Wrong::default())).await
}

/// Chooses for whom steps are recorded from now on.
pub(super) async fn choose(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    led(&visit, &gather(&app, visit.now).await?)?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let mode = typed.mode.parse::<StepMode>().ok();
    wrong.unless(mode.is_some(), "mode", "Choose how steps are recorded");
    WORDS.check(&mut wrong, "because", &typed.because, "Say why it is chosen");
    let Some(mode) = mode.filter(|_| wrong.is_empty()) else {
        return page(&app, &visit, (typed, wrong)).await;
    };
    let seen = typed.seen.parse().unwrap_or_default();
    let because = typed.because.clone();
    let scope = visit.scope(Capability::SignLevels)?;
    let entry = visit.entry_in(scope, "assessment.step_mode", "");
    let done = visit.attempt(HERE, "It is chosen, and holds from now on.", move |tx| {
        Box::pin(async move { step_mode::choose(tx, (mode, &because), seen, &entry).await })
    });
    match done.await {
        Err(store::Error::Refused(store::Refusal::Rule(told))) => {
            wrong.add("mode", words::capital(&told));
            page(&app, &visit, (typed, wrong)).await
        }
        other => Ok(other?),
    }
}

async fn page(app: &App, visit: &Visit, (typed, wrong): (Typed, Wrong)) -> Result<Response, Fault> {
    let gathered = gather(app, visit.now).await?;
    let mut db = app.store().read().await?;
    let all = step_mode::all(&mut db).await?;
    let names = names(&mut db).await?;
    drop(db);
    let name = |it: &Chosen| names.get(it.by.as_str()).cloned().unwrap_or_default();
    let row = |it: &Chosen| {
        let when = format!("{}, {}", words::moment(it.at), name(it));
        [mode_words(it.mode).to_owned(), when, it.because.clone()]
    };
    let shell = visit.shell("How steps are recorded").below("Working together", "/assessment");
    let chooses = led(visit, &gathered).is_ok();
    Ok(RecordingPage {
        shell: shell.with_errors(&wrong),
        lead: lead(&gathered, !all.is_empty()),
        chooses,
        waiting: if chooses { waiting(&gathered) } else { String::new() },
        modes: modes(),
        typed,
        history: all.iter().rev().map(row).collect(),
        wrong,
    }
    .respond())
}

fn lead(gathered: &Gathered, is_chosen: bool) -> Vec<String> {
    let mut said = vec![recorded(gathered.mode).to_owned()];
    if !is_chosen {
        said.push("So it is until somebody chooses otherwise.".to_owned());
    }
    said
}

/// Units whose level waits for signatures, by name.
fn waiting(gathered: &Gathered) -> String {
    let is_open = |code: &str| {
        let last = gathered.levels.get(code).and_then(|it| it.last());
        last.is_some_and(|it| it.state() == LevelState::Submitted)
    };
    let units = gathered.units.iter().map(|it| &it.stored.unit);
    let names: Vec<&str> =
        units.filter(|it| is_open(it.code.as_str())).map(|it| it.name.as_str()).collect();
    words::listed(&names)
}

fn modes() -> Vec<(String, String)> {
    let pair = |it: &StepMode| (it.to_string(), mode_words(*it).to_owned());
    StepMode::ALL.iter().map(pair).collect()
}

impl Page for RecordingPage {
    const TEMPLATE: &'static str = "features/self_assessment/recording.html";

    fn samples() -> Vec<Self> {
        let page = |chooses: bool, waiting: &str, wrong: Wrong| Self {
            shell: Shell::sample("How steps are recorded").with_errors(&wrong),
            lead: vec![recorded(StepMode::ByUnit).to_owned()],
            chooses,
            waiting: waiting.to_owned(),
            modes: modes(),
            typed: Typed { mode: StepMode::ByUnit.to_string(), ..Typed::default() },
            history: if chooses {
                vec![[
                    mode_words(StepMode::ByUnit).to_owned(),
                    "27 May 2026, 10:00, Helen Marsh".to_owned(),
                    "Every specialty has its own leads now".to_owned(),
                ]]
            } else {
                Vec::new()
            },
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("mode", "Choose how steps are recorded");
        wrong.add("because", "Say why it is chosen");
        vec![
            page(true, "", Wrong::default()),
            page(false, "", Wrong::default()),
            page(true, "Trauma and orthopaedics", wrong),
        ]
    }
}
