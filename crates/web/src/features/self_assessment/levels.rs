//! What the levels and the steps are, and the thresholds in force.

use axum::response::Response;
use engagement::framework::RecordedFor;
use engagement::{Framework, Level, Thresholds};
use store::assessing::{StepMode, step_mode};

use super::recording::recorded;
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/levels.html")]
pub(super) struct LevelsPage {
    shell: Shell,
    meanings: Vec<(String, String)>,
    levels: Vec<Definition>,
    parts: Vec<Part>,
    totals: Vec<String>,
    /// For whom steps are recorded.
    recorded: &'static str,
    thresholds: Vec<String>,
    /// The change log of the framework, oldest first: when and what.
    changes: Vec<(String, String)>,
    source: String,
}

/// A level.
#[derive(Clone, Debug, Default)]
struct Definition {
    name: String,
    words: String,
    example: String,
}

/// The steps of a category.
#[derive(Clone, Debug, Default)]
struct Part {
    name: String,
    steps: Vec<Row>,
}

/// A step with the levels whose column it is in.
#[derive(Clone, Debug, Default)]
struct Row {
    id: String,
    label: String,
    cells: Vec<bool>,
    note: String,
}

pub(super) async fn show(visit: Visit) -> Result<Response, Fault> {
    let shell = visit
        .shell("The four levels, and the steps that show them")
        .below("Working together", "/assessment");
    let mode = step_mode::at(&mut *visit.app.store().read().await?, visit.now).await?;
    Ok(LevelsPage::of(shell, &Framework::national_2013(), mode).respond())
}

impl LevelsPage {
    fn of(shell: Shell, framework: &Framework, mode: StepMode) -> Self {
        let from = framework.provenance();
        Self {
            shell,
            meanings: framework
                .definitions()
                .iter()
                .map(|it| (it.term.clone(), it.meaning.clone()))
                .collect(),
            levels: framework.levels().iter().map(definition).collect(),
            parts: framework
                .categories()
                .iter()
                .map(|category| Part {
                    name: category.label.clone(),
                    steps: framework
                        .steps()
                        .iter()
                        .filter(|it| it.category == category.id)
                        .map(row)
                        .collect(),
                })
                .collect(),
            totals: Level::ALL.iter().map(|it| framework.column(*it).count().to_string()).collect(),
            recorded: recorded(mode),
            thresholds: Thresholds::own().in_words(),
            changes: framework
                .changes()
                .iter()
                .map(|it| (it.made_in.clone(), it.what.clone()))
                .collect(),
            source: format!("{} {}. {}", from.source, from.licence, from.attribution),
        }
    }
}

fn definition(it: &engagement::framework::LevelDefinition) -> Definition {
    Definition {
        name: super::level_name(it.level.number()),
        words: it.definition.clone(),
        example: it.example.clone(),
    }
}

fn row(it: &engagement::framework::Step) -> Row {
    let own = it.note.as_deref().unwrap_or_default();
    let of_trust = it.recorded_for == RecordedFor::Organisation;
    let note = if of_trust { format!("Rated for the trust. {own}") } else { own.to_owned() };
    Row {
        id: it.id.to_string(),
        label: it.label.clone(),
        cells: Level::ALL.iter().map(|level| it.from_level <= *level).collect(),
        note,
    }
}

impl Page for LevelsPage {
    const TEMPLATE: &'static str = "features/self_assessment/levels.html";

    fn samples() -> Vec<Self> {
        let shell = Shell::sample("The four levels, and the steps that show them");
        vec![Self::of(shell, &Framework::national_2013(), StepMode::ByUnit)]
    }
}
