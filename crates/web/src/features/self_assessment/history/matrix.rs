//! The matrix of the framework with how each step of a unit stands on a day: 23 steps by four levels.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engagement::Level;
use engagement::framework::Step;
use serde::Deserialize;
use store::assessing::StepMode;
use store::units::Branch;

use super::super::recording::recorded;
use super::super::{is_trust, seen, shell};
use super::{Snapshot, asked, on, this_day};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/history/matrix.html")]
pub(in super::super) struct MatrixPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    day: String,
    wrong: Wrong,
    /// Whether cells count specialties rather than say how a step stands.
    counts_specialties: bool,
    parts: Vec<Part>,
    /// How many steps are in each level.
    columns: Vec<String>,
    /// How many of them count.
    counting: Vec<String>,
}

/// The steps of a category.
#[derive(Clone, Debug, Default)]
struct Part {
    name: String,
    steps: Vec<Row>,
}

/// A step, and what its cell says in the levels that it belongs to.
#[derive(Clone, Debug, Default)]
struct Row {
    label: String,
    note: &'static str,
    words: String,
    sign: String,
    counts: bool,
    /// Whether it is shown and never counted.
    is_neutral: bool,
    /// Whether it belongs to each level.
    cells: Vec<bool>,
}

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct Asked {
    on: String,
}

pub(in super::super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(query): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let now = gather(&app, visit.now).await?;
    let unit = seen(&visit, &now, (Capability::ReadAssessments, &code))?;
    let mut wrong = Wrong::default();
    let day = asked(&mut wrong, ("on", &query.on), (this_day(visit.now), visit.now));
    let then = on(&app, &visit, day).await?;
    let title = "Each step in the matrix";
    let frame = shell(&visit, unit, title).with_errors(&wrong);
    // On a day before it was a unit there is nothing to show.
    let page = match then.unit(&code) {
        Some(unit) => MatrixPage::of(frame, &then, unit),
        None => MatrixPage { shell: frame, ..MatrixPage::empty(&unit.stored.unit.name) },
    };
    Ok(MatrixPage { day: day.to_string(), wrong, ..page }.respond())
}

impl MatrixPage {
    fn empty(name: &str) -> Self {
        Self {
            shell: Shell::default(),
            kicker: name.to_owned(),
            lead: vec!["It was no unit of the trust on this day.".to_owned()],
            day: String::new(),
            wrong: Wrong::default(),
            counts_specialties: false,
            parts: Vec::new(),
            columns: Vec::new(),
            counting: Vec::new(),
        }
    }

    fn of(shell: Shell, gathered: &Gathered, unit: &Branch) -> Self {
        let is_trust = is_trust(gathered, unit);
        let is_whole = gathered.mode == StepMode::Organisation;
        let snapshot = Snapshot::of(gathered, unit);
        let row = |step: &Step| Row {
            label: step.label.clone(),
            // On the trust's own page, where it is so of every step, it need not be said of each.
            note: note(step, gathered.is_of_trust(step) && !(is_trust && is_whole)),
            is_neutral: step.neutral,
            cells: Level::ALL.iter().map(|it| step.from_level <= *it).collect(),
            ..if is_trust && !gathered.is_of_trust(step) {
                in_specialties(gathered, &snapshot, step)
            } else {
                of_unit(&snapshot, unit, step)
            }
        };
        let parts: Vec<Part> = gathered
            .framework
            .categories()
            .iter()
            .map(|category| Part {
                name: category.label.clone(),
                steps: gathered
                    .framework
                    .steps()
                    .iter()
                    .filter(|it| it.category == category.id)
                    .map(row)
                    .collect(),
            })
            .collect();
        let (columns, counting) = totals(&parts);
        Self {
            lead: lead(gathered),
            shell,
            counts_specialties: is_trust && !is_whole,
            columns,
            counting,
            parts,
            ..Self::empty(&unit.stored.unit.name)
        }
    }
}

/// Of which day it is; and how steps were recorded then, where they were for the organisation.
fn lead(gathered: &Gathered) -> Vec<String> {
    let day = super::super::day(&super::this_day(gathered.at));
    let mut said = vec![format!("As it was recorded at the end of {day}.")];
    if gathered.mode == StepMode::Organisation {
        said.push(recorded(gathered.mode).to_owned());
    }
    said
}

fn note(step: &Step, is_of_trust: bool) -> &'static str {
    match (step.neutral, is_of_trust) {
        (true, _) => "Never counted",
        (false, true) => "Rated for the trust",
        (false, false) => "",
    }
}

fn of_unit(snapshot: &Snapshot<'_>, unit: &Branch, step: &Step) -> Row {
    let it = snapshot.stand(unit, step);
    Row { words: it.words, sign: it.sign.to_owned(), counts: it.counts, ..Row::default() }
}

/// In how many specialties a step counts.
fn in_specialties(gathered: &Gathered, snapshot: &Snapshot<'_>, step: &Step) -> Row {
    let (mut counting, mut all) = (0_u64, 0_u64);
    for specialty in gathered.specialties() {
        all += 1;
        counting += u64::from(snapshot.stand(specialty, step).counts);
    }
    let sign = format!("{}/{}", words::thousands(counting), words::thousands(all));
    let words = format!("Counts in {} of {}", words::thousands(counting), words::thousands(all));
    Row { words, sign, counts: counting > 0, ..Row::default() }
}

/// How many steps are in each level's column, and how many of those that can be counted count.
fn totals(parts: &[Part]) -> (Vec<String>, Vec<String>) {
    let rows: Vec<&Row> = parts.iter().flat_map(|it| &it.steps).collect();
    let column = |at: usize| rows.iter().filter(move |it| it.cells.get(at) == Some(&true));
    let levels = 0..Level::ALL.len();
    let all = levels.clone().map(|at| column(at).count().to_string()).collect();
    let counting = levels.map(|at| {
        let counted = column(at).filter(|it| !it.is_neutral);
        let counting = counted.clone().filter(|it| it.counts).count();
        format!("{counting} of {}", counted.count())
    });
    (all, counting.collect())
}

impl Page for MatrixPage {
    const TEMPLATE: &'static str = "features/self_assessment/history/matrix.html";

    fn samples() -> Vec<Self> {
        let row = |words: &str, sign: &str, counts, note| Row {
            label: "Multi-professional team working".to_owned(),
            note,
            words: words.to_owned(),
            sign: sign.to_owned(),
            counts,
            is_neutral: !note.is_empty(),
            cells: vec![false, true, true, true],
        };
        let steps = vec![
            row("Counts", "■", true, ""),
            row("Partly or sometimes", "◧", false, ""),
            row("Not yet", "□", false, "Shown, never counted"),
            row("Rated by clinicians only", "○", false, "Rated for the trust"),
        ];
        let part = Part { name: "Culture and behaviours".to_owned(), steps };
        let mut wrong = Wrong::default();
        wrong.add("on", "This day is still to come");
        let page = |counts_specialties, parts: Vec<Part>, wrong: Wrong| Self {
            shell: Shell::sample("Each step in the matrix").with_errors(&wrong),
            lead: vec!["As it was recorded at the end of 29 November 2026.".to_owned()],
            day: "2026-11-29".to_owned(),
            wrong,
            counts_specialties,
            columns: totals(&parts).0,
            counting: totals(&parts).1,
            parts,
            ..Self::empty("Trauma and orthopaedics")
        };
        let of_trust = Part {
            name: "Culture and behaviours".to_owned(),
            steps: vec![row("Counts in 7 of 14", "7/14", true, "")],
        };
        vec![
            page(false, vec![part], Wrong::default()),
            page(true, vec![of_trust], Wrong::default()),
            Self { shell: Shell::sample("Each step in the matrix"), ..Self::empty("Urology") },
            page(true, Vec::new(), wrong),
        ]
    }
}
