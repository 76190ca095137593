//! What is planned for one unit, and when it came true.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::assessing::plan::{self, NewPlan};
use store::units::Branch;

use super::{day_if, past_if};
use crate::App;
use crate::shell::assessed::{WORDS, may};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::spread::may_be_planned;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/spread/planned.html")]
pub(super) struct PlannedPage {
    shell: Shell,
    kicker: String,
    seen: i64,
    typed: Typed,
    wrong: Wrong,
}

/// What is planned, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    planned_on: String,
    actual_on: String,
    words: String,
    seen: String,
}

/// A unit for which somebody may plan.
fn place<'a>(visit: &Visit, gathered: &'a Gathered, code: &str) -> Result<&'a Branch, Fault> {
    let found = gathered.units.iter().find(|it| it.stored.unit.code.as_str() == code);
    let may_record = may(visit, Capability::Assess, code);
    found.filter(|it| may_record && may_be_planned(it)).ok_or(Fault::NotFound)
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = place(&visit, &gathered, &code)?;
    let seen = number(&app, &visit, &code).await?;
    let text = |day: Option<Day>| day.map_or_else(String::new, |it| it.to_string());
    let typed = gathered.plan.get(&code).map_or_else(Typed::default, |it| Typed {
        planned_on: text(it.of.planned_on),
        actual_on: text(it.of.actual_on),
        words: it.of.words.clone(),
        seen: String::new(),
    });
    Ok(page(&visit, unit, seen, (typed, Wrong::default())).respond())
}

/// How often something was recorded for a unit, also where it was taken out of the plan.
async fn number(app: &App, visit: &Visit, code: &str) -> Result<i64, Fault> {
    let all = plan::all(&mut *app.store().read().await?, visit.now).await?;
    Ok(all.iter().find(|it| it.unit.as_str() == code).map_or(0, |it| it.number))
}

pub(super) async fn record(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = place(&visit, &gathered, &code)?;
    let typed: Typed = visit.fields.read()?;
    let seen = typed.seen.parse().unwrap_or_default();
    let (new, wrong) = read(&typed, gathered.plan.contains_key(&code), today(visit.now));
    if !wrong.is_empty() {
        return Ok(page(&visit, unit, seen, (typed, wrong)).respond());
    }
    let said = match new.planned_on {
        Some(_) => "The plan is kept.",
        None => "The unit is taken out of the plan.",
    };
    let entry = visit.entry_in(visit.scope(Capability::Assess)?, "assessment.plan", "");
    let unit = unit.stored.unit.code.clone();
    let done = visit.change("/assessment/plan", said, move |tx| {
        Box::pin(async move { plan::record(tx, &unit, &new, seen, &entry).await })
    });
    done.await
}

fn read(typed: &Typed, is_in: bool, today: Day) -> (NewPlan, Wrong) {
    let mut wrong = Wrong::default();
    let planned_on = day_if(&mut wrong, "planned_on", &typed.planned_on);
    let is_blank = typed.planned_on.trim().is_empty();
    if is_blank && !is_in {
        wrong.add("planned_on", "Write by which day joint working should be the norm");
    }
    let actual_on = past_if(&mut wrong, "actual_on", &typed.actual_on, today);
    if is_blank && actual_on.is_some() {
        wrong.add("actual_on", "Without a planned day there is no actual one");
    }
    if is_blank && is_in {
        let missing = "Say why it is taken out of the plan, or keep its day";
        WORDS.check(&mut wrong, "words", &typed.words, missing);
    } else if !typed.words.trim().is_empty() {
        WORDS.check(&mut wrong, "words", &typed.words, "");
    }
    (NewPlan { planned_on, actual_on, words: typed.words.trim().to_owned() }, wrong)
}

fn page(visit: &Visit, unit: &Branch, seen: i64, (typed, wrong): (Typed, Wrong)) -> PlannedPage {
    let shell = visit
        .shell("When joint working should be the norm")
        .below("Working together", "/assessment")
        .below("The plan", "/assessment/plan")
        .with_errors(&wrong);
    PlannedPage { shell, kicker: unit.stored.unit.name.clone(), seen, typed, wrong }
}

impl Page for PlannedPage {
    const TEMPLATE: &'static str = "features/spread/planned.html";

    fn samples() -> Vec<Self> {
        let page = |wrong: Wrong| Self {
            shell: Shell::sample("When joint working should be the norm").with_errors(&wrong),
            kicker: "Urology".to_owned(),
            seen: 0,
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("planned_on", "Write by which day joint working should be the norm");
        vec![page(Wrong::default()), page(wrong)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_or_named() {
        let today: Day = "2026-06-11".parse().expect("a day");
        let typed = |planned: &str, actual: &str, words: &str| Typed {
            planned_on: planned.to_owned(),
            actual_on: actual.to_owned(),
            words: words.to_owned(),
            seen: String::new(),
        };
        let (new, wrong) = read(&typed("2026-09-30", "", ""), false, today);
        assert!(wrong.is_empty() && new.planned_on.is_some(), "{wrong:?}");
        for (typed, is_in, field) in [
            (typed("", "", ""), false, "planned_on"),
            (typed("soon", "", ""), true, "planned_on"),
            (typed("2026-09-30", "2026-06-12", ""), false, "actual_on"),
            (typed("", "2026-06-01", "It closes"), true, "actual_on"),
            (typed("", "", " "), true, "words"),
        ] {
            let (_, wrong) = read(&typed, is_in, today);
            assert!(!wrong.of(field).is_empty(), "{typed:?}");
        }
        let (new, wrong) = read(&typed("", "", "It closes"), true, today);
        assert!(wrong.is_empty() && new.planned_on.is_none(), "{wrong:?}");
    }
}
