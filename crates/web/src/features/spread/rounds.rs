//! Rounds of assessments: by which day which units should have gone through theirs.

use std::collections::BTreeSet;

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use domain::Day;
use store::UnitCode;
use store::assessing::rounds::{self, NewRound, Round};
use store::units::{Branch, UnitKind};

use super::AS_DAY;
use super::round::{Stage, seen_of, stage};
use crate::App;
use crate::shell::assessed::{WORDS, day, led};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/spread/rounds.html")]
pub(super) struct RoundsPage {
    shell: Shell,
    rounds: Vec<Shown>,
    /// Units with a signed level, and when they are assessed again.
    again: Vec<Shown>,
    /// Whether whoever looks may open one.
    opens: bool,
    units: Vec<(String, String, bool)>,
    typed: Typed,
    wrong: Wrong,
}

/// One round.
#[derive(Clone, Debug, Default)]
struct Shown {
    name: String,
    address: String,
    about: String,
    state: String,
    acts: bool,
}

/// A round as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    name: String,
    period: String,
    due_on: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let chosen = units(&gathered).map(|it| it.stored.unit.code.clone()).collect();
    let form = (Typed::default(), Wrong::default());
    Ok(page(&visit, &gathered, &chosen, form).await?.respond())
}

/// Units that a round can be for: the trust, specialties and service lines.
fn units(gathered: &Gathered) -> impl Iterator<Item = &Branch> {
    gathered.trust().into_iter().chain(gathered.specialties())
}

pub(super) async fn open(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    led(&visit, &gathered)?;
    let field = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = Typed { name: field("name"), period: field("period"), due_on: field("due_on") };
    let known: BTreeSet<&str> = units(&gathered).map(|it| it.stored.unit.code.as_str()).collect();
    let asked = visit.fields.all("units");
    let chosen: BTreeSet<UnitCode> = asked.iter().map(|it| UnitCode::new(*it)).collect();
    let today = today(visit.now);
    let mut wrong = Wrong::default();
    WORDS.check(&mut wrong, "name", &typed.name, "Give the round a name");
    WORDS.check(&mut wrong, "period", &typed.period, "Say what it is for, such as a quarter");
    let due = typed.due_on.parse::<Day>().ok();
    wrong.unless(due.is_some(), "due_on", AS_DAY);
    wrong.unless(due.is_none_or(|it| it >= today), "due_on", "This day is past");
    let fits = !asked.is_empty() && asked.iter().all(|it| known.contains(it));
    wrong.unless(fits, "units", "Choose for which units it is");
    let Some(due_on) = due.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, &gathered, &chosen, (typed, wrong)).await?.respond());
    };
    let new = NewRound { name: typed.name, period: typed.period, due_on, units: chosen };
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "assessment.round", "");
    let done = visit.change_to("The round is open.", move |tx| {
        Box::pin(async move {
            let id = rounds::open(tx, &new, today, &entry).await?;
            Ok(format!("/assessment/rounds/{id}"))
        })
    });
    done.await
}

async fn page(
    visit: &Visit,
    gathered: &Gathered,
    chosen: &BTreeSet<UnitCode>,
    (typed, wrong): (Typed, Wrong),
) -> Result<RoundsPage, Fault> {
    let all = rounds::list(&mut *visit.app.store().read().await?, visit.now).await?;
    let today = today(visit.now);
    let shown: Result<Vec<Option<Shown>>, Fault> =
        all.iter().map(|it| shown(visit, gathered, it, today)).collect();
    let unit = |it: &Branch| {
        let of = &it.stored.unit;
        let name = match of.kind {
            UnitKind::Trust => format!("{}, the trust itself", of.name),
            _ => of.name.clone(),
        };
        (of.code.as_str().to_owned(), name, chosen.contains(&of.code))
    };
    Ok(RoundsPage {
        shell: visit
            .shell("Rounds of assessments")
            .below("Working together", "/assessment")
            .with_errors(&wrong),
        rounds: shown?.into_iter().flatten().collect(),
        again: again(visit, gathered, today)?,
        opens: led(visit, gathered).is_ok(),
        units: units(gathered).map(unit).collect(),
        typed,
        wrong,
    })
}

/// When units with a signed level are to be assessed again, the earliest first.
fn again(visit: &Visit, gathered: &Gathered, today: Day) -> Result<Vec<Shown>, Fault> {
    let scope = visit.scope(Capability::ReadAssessments)?;
    let signed = units(gathered).filter_map(|it| {
        let code = it.stored.unit.code.as_str();
        scope.of_unit(code)?;
        Some((gathered.confirmed(code)?.of.reassess_by, it))
    });
    let mut signed: Vec<(Day, &Branch)> = signed.collect();
    signed.sort_by_key(|it| it.0);
    let shown = signed.into_iter().map(|(due, unit)| {
        let acts = due < today;
        Shown {
            name: unit.stored.unit.name.clone(),
            address: format!("/assessment/{}", unit.stored.unit.code),
            about: String::new(),
            state: if acts {
                format!("Overdue since {}", day(&due))
            } else {
                format!("By {}", day(&due))
            },
            acts,
        }
    });
    Ok(shown.collect())
}

/// A round as somebody sees it who has a unit in it.
fn shown(
    visit: &Visit,
    gathered: &Gathered,
    round: &Round,
    today: Day,
) -> Result<Option<Shown>, Fault> {
    let units = seen_of(visit, gathered, round)?;
    if units.is_empty() {
        return Ok(None);
    }
    let signed = units.iter().filter(|it| stage(gathered, it, round) == Stage::Signed).count();
    let is_late = round.of.due_on < today && signed < units.len();
    let state = format!(
        "{} of {} signed",
        words::thousands(signed as u64),
        words::count(units.len() as u64, "unit", "units")
    );
    Ok(Some(Shown {
        name: round.of.name.clone(),
        address: format!("/assessment/rounds/{}", round.id),
        about: format!("{}, due {}", round.of.period, day(&round.of.due_on)),
        state: if is_late { format!("Overdue: {state}") } else { state },
        acts: is_late,
    }))
}

impl Page for RoundsPage {
    const TEMPLATE: &'static str = "features/spread/rounds.html";

    fn samples() -> Vec<Self> {
        let shown = |state: &str, acts: bool| Shown {
            name: "Spring".to_owned(),
            address: "/assessment/rounds/1".to_owned(),
            about: "2026/27, quarter 1, due 30 June 2026".to_owned(),
            state: state.to_owned(),
            acts,
        };
        let page = |rounds: Vec<Shown>, opens: bool, wrong: Wrong| Self {
            shell: Shell::sample("Rounds of assessments").with_errors(&wrong),
            again: rounds.clone(),
            rounds,
            opens,
            units: vec![("TORT".to_owned(), "Trauma and orthopaedics".to_owned(), true)],
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("name", "Give the round a name");
        wrong.add("units", "Choose for which units it is");
        vec![
            page(
                vec![
                    shown("Overdue: 3 of 13 units signed", true),
                    shown("2 of 2 units signed", false),
                ],
                false,
                Wrong::default(),
            ),
            page(Vec::new(), true, Wrong::default()),
            page(Vec::new(), true, wrong),
        ]
    }
}
