//! The plan to roll joint working out: planned and actual day of each directorate and specialty.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use domain::Day;
use engagement::UnitId;
use store::assessing::Status;
use store::assessing::plan::Planned;
use store::units::{Branch, UnitKind};

use crate::App;
use crate::shell::assessed::{day, may};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::days_since;
use crate::shell::session::today;
use crate::shell::spread::may_be_planned;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/spread/plan.html")]
pub(super) struct PlanPage {
    shell: Shell,
    lead: Vec<String>,
    rows: Vec<Row>,
}

/// A unit of the plan.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    is_above: bool,
    /// Where it is planned; blank for those who do not.
    address: String,
    planned: String,
    actual: String,
    state: String,
    acts: bool,
    words: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let scope = visit.scope(Capability::ReadAssessments)?;
    let gathered = gather(&app, visit.now).await?;
    let today = today(visit.now);
    let is_seen = |it: &&Branch| scope.of_unit(it.stored.unit.code.as_str()).is_some();
    let units: Vec<&Branch> =
        gathered.units.iter().filter(|it| may_be_planned(it)).filter(is_seen).collect();
    let rows: Vec<Row> = units.iter().map(|it| row(&visit, &gathered, it, today)).collect();
    let overdue = units.iter().filter(|it| {
        let plan = gathered.plan.get(it.stored.unit.code.as_str());
        plan.is_some_and(|it| it.is_overdue(today))
    });
    let lead = lead(&gathered, &units, overdue.count());
    let shell =
        visit.shell("The plan to roll joint working out").below("Working together", "/assessment");
    Ok(PlanPage { shell, lead, rows }.respond())
}

fn row(visit: &Visit, gathered: &Gathered, unit: &Branch, today: Day) -> Row {
    let of = &unit.stored.unit;
    let plan = gathered.plan.get(of.code.as_str());
    let may_record = may(visit, Capability::Assess, of.code.as_str());
    let (state, acts) = state(gathered, unit, plan, today);
    let day_of = |day_on: Option<Day>| day_on.map_or_else(String::new, |it| day(&it));
    Row {
        name: of.name.clone(),
        is_above: of.kind == UnitKind::Directorate,
        address: if may_record {
            format!("/assessment/plan/{}", encoded(of.code.as_str()))
        } else {
            String::new()
        },
        planned: day_of(plan.and_then(|it| it.of.planned_on)),
        actual: day_of(plan.and_then(|it| it.of.actual_on)),
        state,
        acts,
        words: plan.map_or_else(String::new, |it| it.of.words.clone()),
    }
}

/// A code as a part of an address.
pub(super) fn encoded(code: &str) -> String {
    code.replace('%', "%25").replace(' ', "%20").replace('/', "%2F").replace('?', "%3F")
}

/// How a unit stands, and whether somebody must act.
fn state(gathered: &Gathered, unit: &Branch, plan: Option<&Planned>, today: Day) -> (String, bool) {
    let code = unit.stored.unit.code.as_str();
    let is_norm = gathered.joint.get(code).is_some_and(|it| it.said.status == Status::Norm);
    match plan {
        Some(it) if it.is_overdue(today) => {
            let days = it.of.planned_on.map_or(0, |on| days_since(on, gathered.at));
            let days = words::count(u64::from(days.unsigned_abs()), "day", "days");
            (format!("Overdue by {days}"), true)
        }
        Some(it) if it.of.actual_on.is_some() => ("Done".to_owned(), false),
        Some(_) => ("Planned".to_owned(), false),
        None if is_norm => ("Already the norm".to_owned(), false),
        None if gathered.rolled_out().contains(&UnitId::from(code)) => {
            ("With its directorate".to_owned(), false)
        }
        None => ("Not in the plan".to_owned(), false),
    }
}

fn lead(gathered: &Gathered, units: &[&Branch], overdue: usize) -> Vec<String> {
    let planned =
        units.iter().filter(|it| gathered.plan.contains_key(it.stored.unit.code.as_str())).count();
    let mut lead = vec![match planned {
        0 => "No directorate or specialty is in the plan yet.".to_owned(),
        1 => "One directorate or specialty is in the plan.".to_owned(),
        more => format!("{more} directorates and specialties are in the plan."),
    }];
    if overdue > 0 {
        let count = words::count(overdue as u64, "is overdue", "are overdue");
        lead.push(format!("{}.", words::capital(&count)));
    }
    lead.push("Level\u{a0}3 needs joint working as the norm in one specialty; a plan says how the others follow. A day for a directorate covers all its specialties.".to_owned());
    lead
}

impl Page for PlanPage {
    const TEMPLATE: &'static str = "features/spread/plan.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, is_above: bool| Row {
            name: name.to_owned(),
            is_above,
            address: "/assessment/plan/UROL".to_owned(),
            planned: "30 June 2026".to_owned(),
            actual: String::new(),
            state: "Overdue by 12 days".to_owned(),
            acts: !is_above,
            words: "After the new lead has started".to_owned(),
        };
        let page = |rows: Vec<Row>| Self {
            shell: Shell::sample("The plan to roll joint working out"),
            lead: vec!["2 directorates and specialties are in the plan.".to_owned()],
            rows,
        };
        vec![page(vec![row("Surgery", true), row("Urology", false)]), page(Vec::new())]
    }
}
