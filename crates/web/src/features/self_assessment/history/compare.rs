//! A unit on two days, step by step, with how far people worked together, what called for it and
//! whether managers were supported; and why its level moved.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use engagement::compare::{Cause, Comparison, StepChange, StepState, Trend, compare};
use engagement::level::Shown;
use engagement::{Thresholds, UnitId};
use jiff::civil::Date;
use serde::Deserialize;
use store::assessing::{JointWorking, Status, Support};
use store::units::Branch;

use super::super::joint_working::{called_for, support_words};
use super::super::recording::recorded;
use super::super::{day, is_trust, level_name, seen, shell};
use super::{asked, on, this_day};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

/// Months back to which a day is compared unless another is asked for.
const MONTHS: i32 = 3; // number: a quarter, as the guide's continuous cycle is told by

#[derive(askama::Template)]
#[template(path = "features/self_assessment/history/compare.html")]
pub(in super::super) struct ComparePage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    from: String,
    to: String,
    wrong: Wrong,
    /// Whether steps are told with their unit.
    is_trust: bool,
    steps: Vec<Step>,
    together: Vec<Together>,
}

/// A step that differs.
#[derive(Clone, Debug, Default)]
struct Step {
    unit: String,
    label: String,
    before: String,
    after: String,
    why: &'static str,
}

/// Something about how people work together that differs.
#[derive(Clone, Debug, Default)]
struct Together {
    unit: String,
    what: &'static str,
    before: String,
    after: String,
}

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct Asked {
    from: String,
    to: String,
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
    let this_day = this_day(visit.now);
    let before = this_day.checked_sub(jiff::Span::new().months(MONTHS)).unwrap_or(this_day);
    let from = asked(&mut wrong, ("from", &query.from), (before, visit.now));
    let to = asked(&mut wrong, ("to", &query.to), (this_day, visit.now));
    wrong.unless(from < to, "from", "The first day must be before the second");
    let name = &unit.stored.unit.name;
    let frame = shell(&visit, unit, "What changed between two days").with_errors(&wrong);
    let empty = ComparePage::empty(frame, name, (from, to));
    if !wrong.is_empty() {
        let (from, to) = (query.from, query.to);
        return Ok(ComparePage { from, to, wrong, ..empty }.respond());
    }
    let (first, second) = (on(&app, &visit, from).await?, on(&app, &visit, to).await?);
    let (Some(was), Some(is)) = (first.unit(&code), second.unit(&code)) else {
        let lead = vec!["It was no unit of the trust on one of these days.".to_owned()];
        return Ok(ComparePage { lead, ..empty }.respond());
    };
    let both = (first.assessment_of(was), second.assessment_of(is));
    let compared = compare(&second.framework, &Thresholds::own(), &both.0, &both.1)
        .map_err(|error| Fault::Broken(format!("two assessments: {error}")))?;
    Ok(ComparePage::of(empty, (&first, &second, is), &compared).respond())
}

impl ComparePage {
    fn empty(shell: Shell, name: &str, (from, to): (Date, Date)) -> Self {
        Self {
            shell,
            kicker: name.to_owned(),
            lead: Vec::new(),
            from: from.to_string(),
            to: to.to_string(),
            wrong: Wrong::default(),
            is_trust: false,
            steps: Vec::new(),
            together: Vec::new(),
        }
    }

    fn of(
        empty: Self,
        (before, gathered, unit): (&Gathered, &Gathered, &Branch),
        compared: &Comparison,
    ) -> Self {
        let names: BTreeMap<String, &str> = gathered
            .units
            .iter()
            .map(|it| (it.stored.unit.code.to_string(), it.stored.unit.name.as_str()))
            .collect();
        let name = |id: &UnitId| {
            names.get(&id.to_string()).map_or_else(|| id.to_string(), |it| (*it).to_owned())
        };
        let step = |it: &StepChange| Step {
            unit: it.unit.as_ref().map_or_else(|| "The trust itself".to_owned(), name),
            label: gathered
                .framework
                .step(&it.step)
                .map_or_else(|| it.step.to_string(), |it| it.label.clone()),
            before: state(it.before),
            after: state(it.after),
            why: why(it.cause),
        };
        let mut lead = vec![levels(compared), moved(compared.trend).to_owned()];
        if before.mode != gathered.mode {
            let [was, is] = [before, gathered].map(|it| words::lower(recorded(it.mode)));
            lead.push(format!("On the first day: {was} On the second: {is}"));
            lead.push("Of the steps, only those of the board can be compared.".to_owned());
        }
        Self {
            lead,
            is_trust: is_trust(gathered, unit),
            steps: compared.steps.iter().map(step).collect(),
            together: together((before, gathered), unit),
            ..empty
        }
    }
}

/// What differs in how people work together: of the trust, its own answer and every specialty.
fn together((before, after): (&Gathered, &Gathered), unit: &Branch) -> Vec<Together> {
    let mut units = vec![unit];
    if is_trust(after, unit) {
        units.extend(after.specialties());
        let is_gone = |it: &&Branch| after.unit(it.stored.unit.code.as_str()).is_none();
        units.extend(before.specialties().filter(is_gone));
    }
    let mut rows = Vec::new();
    for it in units {
        let (code, name) = (it.stored.unit.code.as_str(), &it.stored.unit.name);
        // What is not a unit on a day says nothing on it.
        let [was, is] = [before, after].map(|it| it.unit(code).and(it.joint.get(code)));
        // How far people work together is asked of specialties alone.
        let only_support = is_trust(after, it);
        for (what, told) in ASKED {
            let (before, after) = (told(was), told(is));
            if before != after && (!only_support || what == SUPPORTED) {
                rows.push(Together { unit: name.clone(), what, before, after });
            }
        }
    }
    rows
}

/// A question on how people work together, and how its answer is told.
type Question = (&'static str, fn(Option<&JointWorking>) -> String);

/// The question that is asked of the trust too.
const SUPPORTED: &str = "Managers supported";

/// What is compared of it.
const ASKED: [Question; 3] =
    [("Joint working", status), ("What called for it", trigger), (SUPPORTED, support)];

fn levels(compared: &Comparison) -> String {
    let told = |shown: Option<Shown>| match shown {
        Some(Shown::Level(level)) => level_name(level.number()),
        Some(Shown::NotYet) => "Level\u{a0}1 not yet shown".to_owned(),
        None => "no level that could be told".to_owned(),
    };
    format!(
        "Proposed on {}: {}. Proposed on {}: {}.",
        day(&compared.days.0),
        told(compared.proposed.0),
        day(&compared.days.1),
        told(compared.proposed.1),
    )
}

fn moved(trend: Trend) -> &'static str {
    match trend {
        Trend::Level => "The level is as it was.",
        Trend::Rose => "The level rose.",
        Trend::EvidenceExpired => {
            "The level fell only because evidence expired: with it still valid, it would not have."
        }
        Trend::PracticeLost => {
            "The level fell because practice was lost, or its evidence was turned down."
        }
        Trend::Both => {
            "The level fell because practice was lost, and further because evidence expired."
        }
        Trend::RecordedOtherwise => {
            "The level moved, and steps are recorded otherwise than before: that says nothing of practice or evidence."
        }
    }
}

fn why(cause: Cause) -> &'static str {
    match cause {
        Cause::Gained => "Shown now",
        Cause::EvidenceExpired => "Evidence expired",
        Cause::EvidenceWithdrawn => "Evidence turned down",
        Cause::PracticeLost => "No longer consistent",
        Cause::RatedAnew => "Rated anew",
    }
}

fn state(it: StepState) -> String {
    use engagement::assessment::Rating;
    match (it.rating, it.shown) {
        (Rating::Consistently, true) => "Counts",
        (Rating::Consistently, false) => "Consistent, no evidence counts",
        (Rating::Partly, _) => "Partly or sometimes",
        (Rating::NotYet, _) => "Not yet",
        (Rating::NotAssessed, _) => "Not settled",
    }
    .to_owned()
}

fn status(it: Option<&JointWorking>) -> String {
    match it.map(|it| it.said.status) {
        Some(Status::BoardOnly) => "Board only",
        Some(Status::AdHoc) => "Ad hoc",
        Some(Status::Norm) => "The norm",
        None => "Nobody had said",
    }
    .to_owned()
}

fn trigger(it: Option<&JointWorking>) -> String {
    let called = it.map_or_else(String::new, |it| called_for(&it.said));
    if called.is_empty() { "Nothing".to_owned() } else { words::capital(&called) }
}

fn support(it: Option<&JointWorking>) -> String {
    match it.map_or(Support::Unanswered, |it| it.said.supports_managers) {
        Support::Unanswered => "Nobody had said",
        answer => support_words(answer),
    }
    .to_owned()
}

impl Page for ComparePage {
    const TEMPLATE: &'static str = "features/self_assessment/history/compare.html";

    fn samples() -> Vec<Self> {
        let days = || (Date::constant(2026, 8, 31), Date::constant(2026, 11, 29));
        let empty = || {
            let shell = Shell::sample("What changed between two days");
            Self::empty(shell, "Trauma and orthopaedics", days())
        };
        let step = Step {
            unit: "Ophthalmology".to_owned(),
            label: "Service line review/management".to_owned(),
            before: "Counts".to_owned(),
            after: "Consistent, no evidence counts".to_owned(),
            why: why(Cause::EvidenceExpired),
        };
        let moved = Together {
            unit: "Ophthalmology".to_owned(),
            what: "What called for it",
            before: "A plan to save money: agency nurses".to_owned(),
            after: trigger(None),
        };
        let mut wrong = Wrong::default();
        wrong.add("from", "The first day must be before the second");
        vec![
            Self {
                lead: vec!["The level is as it was.".to_owned()],
                is_trust: true,
                steps: vec![step.clone()],
                together: vec![moved.clone()],
                ..empty()
            },
            Self { steps: vec![step], together: vec![moved], ..empty() },
            empty(),
            Self { shell: empty().shell.with_errors(&wrong), wrong, ..empty() },
        ]
    }
}
