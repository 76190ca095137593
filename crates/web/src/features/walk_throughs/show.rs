//! One walk-through: the allocation as it stood, who was there, what was said of it, and what the
//! latest published costing has of it.

use access::Capability;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::Money;
use engagement::benefits::Side;
use engagement::costing_standards::CostingStandards;
use engagement::walk_throughs::{Act, Said, State as Stands, attendance_fault, fault, state};
use jiff::Timestamp;
use results::Run;
use serde::Deserialize;
use store::walk_throughs::{self, NewStep, StoredWalkThrough};

use super::attended::{self, There};
use super::new::share;
use super::{TEXT, found, latest, name_of, sees_trust};
use crate::App;
use crate::shell::allocations::{Allocation, allocations, changed, rules_of};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{choices, own_side};
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::Provenance;
use crate::shell::shelf::{Shelf, reading};
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/walk_throughs/show.html")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    state: String,
    /// What it was in its run, in a sentence, and its rules.
    was: String,
    rules: Vec<String>,
    /// Standards of the costing guidance that it touches.
    standards: Vec<String>,
    /// What the latest published costing has of it; none where that is the same.
    now: Vec<String>,
    changes: Vec<String>,
    there: There,
    said: Vec<Step>,
    acts: Vec<(String, String)>,
    is_finance: bool,
    /// Where the rules are changed; blank for those who may not.
    rules_page: &'static str,
    address: String,
    seen: i64,
    typed: Typed,
    was_there: attended::Typed,
    wrong: Wrong,
}

/// What was said.
#[derive(Clone, Debug, Default)]
struct Step {
    title: String,
    text: String,
    by: String,
}

/// What is typed on the page: what is said, and who was there.
pub(super) type AllTyped = (Typed, attended::Typed);

/// Something to say, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    seen: String,
    act: String,
    words: String,
    expected: String,
}

/// The allocation in a run, where it is there.
fn allocation(run: &Run, it: &StoredWalkThrough) -> Result<Option<Allocation>, Fault> {
    let all = allocations(run, it.of.unit.as_str())?;
    Ok(all.into_iter().find(|of| of.activity == it.of.activity))
}

/// Its rules, one each.
fn lines(it: &StoredWalkThrough) -> Vec<String> {
    it.of.rules.lines().map(str::to_owned).collect()
}

/// The standards of the costing guidance that it touches, in words.
fn standards(it: &StoredWalkThrough) -> Vec<String> {
    it.of.standards.iter().map(|code| CostingStandards::own().said(code)).collect()
}

/// When a run was published; none where it is not.
pub(super) fn published(run: &Run) -> Result<Option<Timestamp>, Fault> {
    Ok(run.records()?.publication.and_then(|it| it.at.parse().ok()))
}

/// The rules that an allocation had when a change of it was agreed: those of the latest costing that
/// was published by then, else those that were walked through.
pub(super) fn agreed_on(
    shelf: &Shelf,
    it: &StoredWalkThrough,
    at: Timestamp,
) -> Result<Vec<String>, Fault> {
    let mut before = Vec::new();
    for id in shelf.ids() {
        let run = shelf.run(&id)?;
        if let Some(published) = published(&run)?.filter(|it| *it <= at) {
            let (year, month) = (run.manifest().year.clone(), run.manifest().last_period);
            before.push(((year, month, published), run));
        }
    }
    before.sort_by(|one, other| one.0.cmp(&other.0));
    match before.pop() {
        Some((_, run)) => Ok(rules_of(run.rules()?, &it.of.activity)),
        None => Ok(lines(it)),
    }
}

/// Whether a costing was published after a change was agreed, and its rules are others than they were
/// then. Whether they are the change that was meant, only people can say.
fn is_changed(shelf: &Shelf, run: &Run, it: &StoredWalkThrough) -> Result<bool, Fault> {
    let Some(agreed) = it.steps.last().filter(|it| it.act == Act::Changes).map(|it| it.at) else {
        return Ok(false);
    };
    if published(run)?.is_none_or(|at| at <= agreed) {
        return Ok(false);
    }
    let now = rules_of(run.rules()?, &it.of.activity);
    Ok(!changed(&agreed_on(shelf, it, agreed)?, &now).is_empty())
}

/// Where a walk-through stands by the latest published costing, and what its activity is called.
pub(super) fn stands(
    shelf: &Shelf,
    run: Option<&Run>,
    it: &StoredWalkThrough,
) -> Result<(Stands, String), Fault> {
    let Some(run) = run else { return Ok((state(&it.said(), false), it.of.activity.clone())) };
    let rules = run.rules()?;
    let name = rules.activities.get(&it.of.activity).map_or(&it.of.activity, |it| &it.name).clone();
    Ok((state(&it.said(), is_changed(shelf, run, it)?), name))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let it = found(&mut db, &visit, &id).await?;
    drop(db);
    Ok(Show::of(&app, &visit, &it, (AllTyped::default(), Wrong::default())).await?.respond())
}

/// What the latest published costing says.
struct Now {
    state: Stands,
    name: String,
    was: String,
    says: Vec<String>,
    changes: Vec<String>,
}

impl Now {
    /// Of a walk-through at a moment, with what it is over the trust for those alone who see that.
    fn of(
        app: &App,
        run: Option<&Run>,
        it: &StoredWalkThrough,
        (at, of_trust): (Timestamp, bool),
    ) -> Result<Self, Fault> {
        let (state, name) = stands(app.shelf(), run, it)?;
        let of = &it.of;
        let first = app.shelf().run(&of.run).ok();
        let period = first.map(|it| Provenance::of(&it, at)).transpose()?.map(|it| it.period);
        let period = period.unwrap_or_else(|| "a costing that is not here any more".to_owned());
        let trust = |cost| of_trust.then_some(cost);
        let was = amounts(&period, (of.unit_cost, trust(of.trust_cost)));
        let latest = run.filter(|it| it.id() != of.run);
        let Some(run) = latest else {
            let now = "No costing was published since it was walked through.".to_owned();
            return Ok(Self { state, name, was, says: vec![now], changes: Vec::new() });
        };
        let period = Provenance::of(run, at)?.period;
        let rules = rules_of(run.rules()?, &of.activity);
        let changes = changed(&lines(it), &rules);
        let mut now = match allocation(run, it)? {
            Some(it) => vec![amounts(&period, (it.unit_cost, trust(it.trust_cost)))],
            None => vec![format!("{period}: nothing of it reaches this unit.")],
        };
        now.push(
            if changes.is_empty() { "Its rules are the same." } else { "Its rules are others." }
                .to_owned(),
        );
        Ok(Self { state, name, was, says: now, changes })
    }
}

/// What of it reaches the unit, beside what it is over the trust where that is told.
fn amounts(period: &str, (unit, trust): (Money, Option<Money>)) -> String {
    let Some(trust) = trust else {
        return format!("{period}: {} of it reaches this service line.", words::pounds(unit));
    };
    let of = match share(unit, trust).as_str() {
        "" => String::new(),
        share => format!(", {share}"),
    };
    format!("{period}: {} of {} over the trust{of}.", words::pounds(unit), words::pounds(trust))
}

impl Show {
    pub(super) async fn of(
        app: &App,
        visit: &Visit,
        it: &StoredWalkThrough,
        ((typed, was_there), wrong): (AllTyped, Wrong),
    ) -> Result<Self, Fault> {
        let unit = name_of(app, visit, it.of.unit.as_str()).await?;
        let run = latest(app).await?;
        let mut db = app.store().read().await?;
        let names = people::names(&mut db).await?;
        let side = own_side(&mut db, visit).await?;
        let there = There::of(&mut db, visit, it, &names).await?;
        drop(db);
        let side = side.filter(|_| may_answer(visit, it.of.unit.as_str()));
        let (shelf, of, how) = (app.clone(), it.clone(), (visit.now, sees_trust(visit)));
        let now = reading(move || Now::of(&shelf, run.as_deref(), &of, how)).await?;
        let said = it.steps.iter().map(|step| {
            let by = names.get(step.by.as_str()).cloned().unwrap_or_default();
            let expected = match step.expected.as_str() {
                "" => String::new(),
                expected => format!(" It should be in {expected}."),
            };
            Step {
                title: step.act.name().to_owned(),
                text: format!("{}{expected}", words::sentence(&step.words)).trim().to_owned(),
                by: format!(
                    "{by} ({}), {}",
                    step.act.side().name().to_lowercase(),
                    words::moment(step.at)
                ),
            }
        });
        let acts = Act::ALL.iter().filter(|it| side == Some(it.side()));
        Ok(Self {
            shell: visit
                .shell(now.name)
                .below("Walk-throughs", "/walk-throughs")
                .with_errors(&wrong),
            kicker: unit,
            state: now.state.name().to_owned(),
            was: now.was,
            rules: lines(it),
            standards: standards(it),
            now: now.says,
            changes: now.changes,
            there,
            said: said.collect(),
            acts: choices("", acts.map(|it| (it.word(), it.name()))),
            is_finance: side == Some(Side::Finance),
            rules_page: if visit.may(Capability::ProposeRules) { "/rules" } else { "" },
            address: format!("/walk-throughs/{}", it.id),
            seen: it.version(),
            typed,
            was_there,
            wrong,
        })
    }
}

pub(super) async fn say(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut db = app.store().read().await?;
    let it = found(&mut db, &visit, &id).await?;
    let side = own_side(&mut db, &visit).await?;
    drop(db);
    if !may_answer(&visit, it.of.unit.as_str()) {
        return Err(Fault::NotFound);
    }
    let side = side.ok_or(Fault::NotFound)?;
    let new = match typed.read((&it, side), visit.person()?.id.as_str()) {
        Ok(new) => new,
        Err(wrong) => {
            let typed = (typed, attended::Typed::default());
            return Ok(Show::of(&app, &visit, &it, (typed, wrong)).await?.respond());
        }
    };
    if let Some(fault) = attendance_fault(new.act, &it.sides()) {
        let mut wrong = Wrong::default();
        wrong.add("act", words::capital(&fault.to_string()));
        let typed = (typed, attended::Typed::default());
        let mut refused = Show::of(&app, &visit, &it, (typed, wrong)).await?.respond();
        *refused.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(refused);
    }
    let entry = visit.entry_in(visit.scope(Capability::AnswerQuestions)?, "walk_through.step", "");
    let (id, seen) = (it.id.clone(), typed.seen.parse().unwrap_or(-1));
    let address = format!("/walk-throughs/{id}");
    let done = visit.change(&address, "It is recorded.", move |tx| {
        Box::pin(async move { walk_throughs::say(tx, &id, &new, seen, &entry).await })
    });
    done.await
}

impl Typed {
    fn read(&self, (it, side): (&StoredWalkThrough, Side), me: &str) -> Result<NewStep, Wrong> {
        let mut wrong = Wrong::default();
        let act: Option<Act> = self.act.parse().ok();
        wrong.unless(act.is_some(), "act", "Choose what you say of it");
        for (field, text) in [("words", &self.words), ("expected", &self.expected)] {
            if !text.trim().is_empty() {
                TEXT.check(&mut wrong, field, text, "");
            }
        }
        let Some(act) = act else { return Err(wrong) };
        let said = Said { act, by: me.to_owned() };
        if let Some(fault) = fault(&it.said(), &said, side, &self.words) {
            wrong.add("words", words::capital(&fault.to_string()));
        }
        let is_silent = act == Act::Changes && self.expected.trim().is_empty();
        wrong.unless(!is_silent, "expected", "Say in which costing the change should be");
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let expected = if act == Act::Changes { self.expected.trim() } else { "" };
        Ok(NewStep {
            act,
            side,
            words: self.words.trim().to_owned(),
            expected: expected.to_owned(),
        })
    }
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/walk_throughs/show.html";

    fn samples() -> Vec<Self> {
        let page = |stands: Stands, side: Option<Side>, wrong: Wrong| Self {
            shell: Shell::sample("Theatre").with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            state: stands.name().to_owned(),
            was: if side == Some(Side::Finance) {
                "2025/26 to the end of March: £410,000 of £1,000,000 over the trust, 41.0%."
            } else {
                "2025/26 to the end of March: £410,000 of it reaches this service line."
            }
            .to_owned(),
            rules: vec!["It is counted in minutes.".to_owned()],
            standards: match stands {
                Stands::Asked => Vec::new(),
                _ => ["CP3", "CM13"].map(|it| CostingStandards::own().said(it)).to_vec(),
            },
            now: vec!["Its rules are others.".to_owned()],
            changes: if stands == Stands::InCosting {
                vec!["Is: Theatre nurses reach it; shared between patients by time, times the staff present.".to_owned()]
            } else {
                Vec::new()
            },
            there: There::sample(stands != Stands::Asked, side.is_some()),
            said: if stands == Stands::Asked {
                Vec::new()
            } else {
                vec![Step {
                    title: Act::Proposes.name().to_owned(),
                    text: "Count the staff who are present.".to_owned(),
                    by: "Amara Okafor (clinical), 1 June 2026, 10:00".to_owned(),
                }]
            },
            acts: choices(
                "",
                Act::ALL
                    .iter()
                    .filter(|it| side == Some(it.side()))
                    .map(|it| (it.word(), it.name())),
            ),
            is_finance: side == Some(Side::Finance),
            rules_page: if side == Some(Side::Finance) { "/rules" } else { "" },
            address: "/walk-throughs/1".to_owned(),
            seen: 0,
            typed: Typed::default(),
            was_there: attended::Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("person", "Choose somebody of the list");
        wrong.add("number", "Choose who was not there");
        wrong.add("act", "Choose what you say of it");
        wrong.add("words", "Say what changes");
        wrong.add("expected", "Say in which costing the change should be");
        vec![
            page(Stands::Asked, Some(Side::Clinical), Wrong::default()),
            page(Stands::InCosting, None, Wrong::default()),
            page(Stands::Questioned, Some(Side::Finance), wrong),
        ]
    }
}
