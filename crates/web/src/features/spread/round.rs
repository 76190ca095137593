//! One round: how far each of its units has come since it was opened.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use store::assessing::rounds::{self, Round};
use store::assessing::{Level, Side};
use store::units::Branch;

use crate::App;
use crate::shell::assessed::{day, side_words};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people::name_of;
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/spread/round.html")]
pub(super) struct RoundPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    rows: Vec<Row>,
}

/// One unit of the round.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    address: String,
    state: String,
    acts: bool,
}

/// How far a unit has come since a round was opened, the furthest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Nobody has opened its assessment.
    NotBegun,
    /// Neither side has gone through all steps.
    Begun,
    /// One side has.
    One(Side),
    /// Both have.
    Both,
    /// A level was put forward since.
    PutForward,
    /// Both leads signed one since.
    Signed,
}

impl Stage {
    fn in_words(self) -> String {
        match self {
            Self::NotBegun => "Not begun".to_owned(),
            Self::Begun => "Begun".to_owned(),
            Self::One(side) => format!("Only {} have finished", side_words(side)),
            Self::Both => "Both have finished".to_owned(),
            Self::PutForward => "Put forward".to_owned(),
            Self::Signed => "Signed".to_owned(),
        }
    }
}

/// How far a unit has come. What was rated before the round counts; only signatures are new.
pub(super) fn stage(gathered: &Gathered, unit: &Branch, round: &Round) -> Stage {
    let code = unit.stored.unit.code.as_str();
    let levels = gathered.levels.get(code).map_or(&[][..], Vec::as_slice);
    let is_signed = |it: &Level| it.confirmed_at().is_some_and(|at| at >= round.at);
    if levels.iter().any(is_signed) {
        return Stage::Signed;
    }
    if levels.iter().any(|it| it.at >= round.at) {
        return Stage::PutForward;
    }
    if !gathered.assessments.contains_key(code) {
        return Stage::NotBegun;
    }
    // Where steps are recorded for the organisation, those of the trust are those of the unit.
    let whole = gathered.trust().filter(|_| gathered.rates_no_steps(unit));
    let done = |side| gathered.has_finished(whole.unwrap_or(unit), side);
    match (done(Side::Clinical), done(Side::Finance)) {
        (true, true) => Stage::Both,
        (true, false) => Stage::One(Side::Clinical),
        (false, true) => Stage::One(Side::Finance),
        (false, false) => Stage::Begun,
    }
}

/// Units of a round that somebody sees, in unit order.
pub(super) fn seen_of<'a>(
    visit: &Visit,
    gathered: &'a Gathered,
    round: &Round,
) -> Result<Vec<&'a Branch>, Fault> {
    let scope = visit.scope(Capability::ReadAssessments)?;
    let units = gathered.units.iter().filter(|it| {
        let code = &it.stored.unit.code;
        round.of.units.contains(code) && scope.of_unit(code.as_str()).is_some()
    });
    Ok(units.collect())
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let mut db = app.store().read().await?;
    let all = rounds::list(&mut db, visit.now).await?;
    let round = all.iter().find(|it| it.id.as_str() == id).ok_or(Fault::NotFound)?;
    let by = name_of(&mut db, round.by.as_str()).await?;
    drop(db);
    let units = seen_of(&visit, &gathered, round)?;
    if units.is_empty() {
        return Err(Fault::NotFound);
    }
    let is_past = round.of.due_on < today(visit.now);
    let stages: Vec<Stage> = units.iter().map(|it| stage(&gathered, it, round)).collect();
    let rows = units.iter().zip(&stages).map(|(unit, stage)| {
        let is_late = is_past && *stage != Stage::Signed;
        let state = stage.in_words();
        Row {
            name: unit.stored.unit.name.clone(),
            address: format!("/assessment/{}", unit.stored.unit.code),
            state: if is_late { format!("Overdue: {}", state.to_lowercase()) } else { state },
            acts: is_late,
        }
    });
    let opened = words::moment(round.at);
    let page = RoundPage {
        shell: visit
            .shell(round.of.name.clone())
            .below("Working together", "/assessment")
            .below("Rounds of assessments", "/assessment/rounds"),
        kicker: format!("{}, opened by {by} on {opened}", round.of.period),
        lead: lead(&stages, &day(&round.of.due_on), is_past),
        rows: rows.collect(),
    };
    Ok(page.respond())
}

fn lead(stages: &[Stage], due: &str, is_past: bool) -> Vec<String> {
    let count = |wanted: fn(Stage) -> bool| stages.iter().filter(|it| wanted(**it)).count();
    let signed = count(|it| it == Stage::Signed);
    let all = words::count(stages.len() as u64, "unit", "units");
    let was = if is_past { "was" } else { "is" };
    let mut lead = vec![format!(
        "It {was} due on {due}. {signed} of {all} have signed a level since it was opened."
    )];
    match count(|it| it == Stage::NotBegun) {
        0 => {}
        1 => lead.push("Of one unit nobody has begun to assess it.".to_owned()),
        more => lead.push(format!("Of {more} units nobody has begun to assess them.")),
    }
    lead
}

impl Page for RoundPage {
    const TEMPLATE: &'static str = "features/spread/round.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, state: &str, acts: bool| Row {
            name: name.to_owned(),
            address: "/assessment/TORT".to_owned(),
            state: state.to_owned(),
            acts,
        };
        let page = |rows: Vec<Row>, is_past: bool| Self {
            shell: Shell::sample("Spring"),
            kicker: "2026/27, quarter 1, opened by Helen Marsh on 4 May 2026, 10:00".to_owned(),
            lead: lead(&[Stage::Signed, Stage::NotBegun], "30 June 2026", is_past),
            rows,
        };
        vec![
            page(
                vec![row("Orthopaedics", "Signed", false), row("Urology", "Not begun", false)],
                false,
            ),
            page(vec![row("Urology", "Overdue: not begun", true)], true),
        ]
    }
}
