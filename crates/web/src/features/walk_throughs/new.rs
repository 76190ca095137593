//! Which allocation of a service line is walked through.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Money;
use engagement::costing_standards::{CostingStandard, CostingStandards};
use store::UnitCode;
use store::walk_throughs::{self, NewWalkThrough};

use super::{latest, name_of, sees_trust};
use crate::App;
use crate::shell::allocations::{Allocation, allocations};
use crate::shell::fault::Fault;
use crate::shell::forms::{Fields, Wrong};
use crate::shell::joint_work::choices;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::{PUBLISHED_SINCE, Provenance};
use crate::shell::shelf::reading;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/walk_throughs/new.html")]
pub(super) struct New {
    shell: Shell,
    period: String,
    rows: Vec<Row>,
    /// Whether whoever looks sees what it is over the trust.
    of_trust: bool,
    activities: Vec<(String, String)>,
    chosen: String,
    /// Standards of the costing guidance that can be named: code, words, and whether it is.
    standards: Vec<(String, String, bool)>,
    address: String,
    /// The costing in which they stand so.
    run: String,
    wrong: Wrong,
}

/// One allocation; blank over the trust for those who see one unit.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    unit: String,
    trust: String,
    share: String,
}

/// What was chosen.
#[derive(Clone, Debug, Default)]
struct Typed {
    activity: String,
    /// The costing that was seen.
    run: String,
    /// Codes of standards.
    standards: Vec<String>,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let mut standards: Vec<String> =
            fields.all("standards").into_iter().map(str::to_owned).collect();
        standards.dedup();
        let text = |name: &str| fields.get(name).to_owned();
        Self { activity: text("activity"), run: text("run"), standards }
    }

    /// What is wrong with it; nothing where the allocation can be walked through.
    fn wrong(&self, found: &Found) -> Wrong {
        let mut wrong = Wrong::default();
        let is_there = found.all.iter().any(|it| it.activity == self.activity);
        wrong.unless(is_there, "activity", "Choose which allocation to walk through");
        if is_there {
            wrong.unless(self.run == found.run, "activity", PUBLISHED_SINCE);
        }
        let all = CostingStandards::own();
        let are_known = self.standards.iter().all(|it| all.named(it).is_some());
        wrong.unless(are_known, "standards", "Choose standards of the list");
        wrong
    }
}

/// The standards to choose from, with those that are chosen.
fn standards(chosen: &[String]) -> Vec<(String, String, bool)> {
    let all = CostingStandards::own();
    let one =
        |it: &CostingStandard| (it.code.clone(), all.said(&it.code), chosen.contains(&it.code));
    all.standard.iter().map(one).collect()
}

/// The allocations of a service line in the published costing.
struct Found {
    name: String,
    run: String,
    period: String,
    all: Vec<Allocation>,
}

async fn found(app: &App, visit: &Visit, unit: &str) -> Result<Found, Fault> {
    if !may_answer(visit, unit) {
        return Err(Fault::NotFound);
    }
    let name = name_of(app, visit, unit).await?;
    let run = latest(app).await?.ok_or(Fault::NotFound)?;
    let (unit, now) = (unit.to_owned(), visit.now);
    let read = reading(move || {
        let all = allocations(&run, &unit)?;
        if all.is_empty() {
            return Err(Fault::NotFound);
        }
        let period = Provenance::of(&run, now)?.period;
        Ok(Found { name, run: run.id().to_owned(), period, all })
    });
    read.await
}

pub(super) async fn show(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, &unit).await?;
    Ok(New::of(&visit, &found, (&unit, Typed::default()), Wrong::default()).respond())
}

impl New {
    fn of(visit: &Visit, found: &Found, (unit, typed): (&str, Typed), wrong: Wrong) -> Self {
        let shell = visit.shell(title(&found.name)).below("Walk-throughs", "/walk-throughs");
        let all = found.all.iter().map(|it| (it.activity.as_str(), it.name.as_str()));
        let of_trust = sees_trust(visit);
        Self {
            shell: shell.with_errors(&wrong),
            period: found.period.clone(),
            rows: found.all.iter().map(|it| row(it, of_trust)).collect(),
            of_trust,
            activities: choices("Choose one", all),
            chosen: typed.activity,
            standards: standards(&typed.standards),
            address: format!("/walk-throughs/new/{unit}"),
            run: found.run.clone(),
            wrong,
        }
    }
}

fn title(unit: &str) -> String {
    format!("Walk through an allocation to {unit}")
}

fn row(it: &Allocation, of_trust: bool) -> Row {
    let row = Row { name: it.name.clone(), unit: words::pounds(it.unit_cost), ..Row::default() };
    if !of_trust {
        return row;
    }
    let share = share(it.unit_cost, it.trust_cost);
    Row { trust: words::pounds(it.trust_cost), share, ..row }
}

/// A part of a whole; blank where it is no part of it.
pub(super) fn share(part: Money, whole: Money) -> String {
    if whole <= Money::ZERO || part.is_negative() || part > whole {
        return String::new();
    }
    words::percent(part, whole)
}

pub(super) async fn open(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed = Typed::of(&visit.fields);
    let found = found(&app, &visit, &unit).await?;
    let wrong = typed.wrong(&found);
    let chosen = found.all.iter().find(|it| it.activity == typed.activity);
    let Some(chosen) = chosen.filter(|_| wrong.is_empty()) else {
        return Ok(New::of(&visit, &found, (&unit, typed), wrong).respond());
    };
    let new = NewWalkThrough {
        unit: UnitCode::new(unit),
        activity: chosen.activity.clone(),
        run: found.run.clone(),
        rules: chosen.rules.join("\n"),
        unit_cost: chosen.unit_cost,
        trust_cost: chosen.trust_cost,
        standards: typed.standards,
    };
    let entry = visit.entry_in(visit.scope(Capability::AnswerQuestions)?, "walk_through.open", "");
    let done = visit.change_to("The walk-through is open.", move |tx| {
        Box::pin(async move {
            let id = walk_throughs::open(tx, &new, &entry).await?;
            Ok(format!("/walk-throughs/{id}"))
        })
    });
    done.await
}

impl Page for New {
    const TEMPLATE: &'static str = "features/walk_throughs/new.html";

    fn samples() -> Vec<Self> {
        let page = |of_trust: bool, wrong: Wrong| Self {
            shell: Shell::sample(&title("Trauma and orthopaedics")).with_errors(&wrong),
            period: "2025/26 to the end of March, published 19 May 2026".to_owned(),
            rows: vec![Row {
                name: "Theatre".to_owned(),
                unit: "£410,000".to_owned(),
                trust: "£1,000,000".to_owned(),
                share: "41.0%".to_owned(),
            }],
            of_trust,
            activities: choices("Choose one", [("THEATRE", "Theatre")]),
            chosen: String::new(),
            standards: standards(&["CP3".to_owned()]),
            address: "/walk-throughs/new/TORT".to_owned(),
            run: "45f90b5fcd55d0b4".to_owned(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("activity", "Choose which allocation to walk through");
        vec![page(true, Wrong::default()), page(false, wrong)]
    }
}
