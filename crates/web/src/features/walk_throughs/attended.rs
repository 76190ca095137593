//! Who was there when an allocation was walked through: recorded, taken back, and told.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::Side;
use engagement::walk_throughs::{Act, attendance_fault};
use serde::Deserialize;
use store::people::{self as register, PersonState};
use store::walk_throughs::{self, Attended, Attendee, NAME_MAX, StoredWalkThrough};
use store::{Connection, PersonId};

use super::show::{self, Show};
use super::{TEXT, found};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{choices, side_of};
use crate::shell::page::Page as _;
use crate::shell::typed::Text;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;
use crate::shell::words;

/// The name and the role of a guest.
const NAME: Text = Text { letters: NAME_MAX, ..TEXT };

/// Who was there, as the page of a walk-through shows it.
#[derive(Clone, Debug, Default)]
pub(super) struct There {
    /// Each in words.
    pub(super) rows: Vec<String>,
    /// What is lacking before it can end; blank for nothing.
    pub(super) lacks: String,
    /// Whether whoever looks may record who was there.
    pub(super) may: bool,
    /// People of the register who can be added.
    pub(super) people: Vec<(String, String)>,
    /// Records that can be taken back.
    pub(super) recorded: Vec<(String, String)>,
    pub(super) seen: i64,
}

/// Who was or was not there, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    pub(super) seen: String,
    pub(super) person: String,
    pub(super) guest: String,
    pub(super) role: String,
    /// Which record is taken back.
    pub(super) number: String,
}

impl There {
    /// Of a walk-through, with names of people by reference.
    pub(super) async fn of(
        db: &mut Connection,
        visit: &Visit,
        it: &StoredWalkThrough,
        names: &BTreeMap<String, String>,
    ) -> Result<Self, Fault> {
        let may = may_answer(visit, it.of.unit.as_str());
        let people = if may { able(db, it).await? } else { Vec::new() };
        let recorded: Vec<(String, String)> =
            it.there.iter().map(|it| (it.number.to_string(), who(it, names))).collect();
        let recorded = recorded.iter().map(|it| (it.0.as_str(), it.1.as_str()));
        Ok(Self {
            rows: it.there.iter().map(|it| who(it, names)).collect(),
            lacks: lacks(it),
            may,
            people,
            recorded: choices("Choose somebody", recorded),
            seen: it.records,
        })
    }

    /// For samples: with both sides and a guest, or with nobody.
    pub(super) fn sample(with: bool, may: bool) -> Self {
        let text = |it: &str| it.to_owned();
        let rows = ["Amara Okafor, medicine (clinical)", "Jo Bell, perfusionist (guest)"];
        let lacks = attendance_fault(Act::Stays, &[]).map(|it| it.to_string());
        Self {
            rows: if with { rows.map(text).to_vec() } else { Vec::new() },
            lacks: words::sentence(&lacks.filter(|_| !with).unwrap_or_default()),
            may,
            people: choices("Nobody", [("1", "Priya Raman, senior costing accountant")]),
            recorded: choices("Choose somebody", [("1", rows[0])]),
            seen: 0,
        }
    }
}

/// What is lacking before it can end, in a sentence; blank for nothing.
fn lacks(it: &StoredWalkThrough) -> String {
    let Some(fault) = attendance_fault(Act::Stays, &it.sides()) else { return String::new() };
    if it.steps.last().is_some_and(|it| it.act.ends()) {
        return "It ended before both sides had to be recorded as there.".to_owned();
    }
    words::sentence(&fault.to_string())
}

/// People at work who are not recorded yet, with a first choice of nobody.
async fn able(db: &mut Connection, it: &StoredWalkThrough) -> Result<Vec<(String, String)>, Fault> {
    let is_there = |id: &PersonId| {
        it.there.iter().any(|it| matches!(&it.who, Attendee::Person { id: of, .. } if of == id))
    };
    let all = register::list(db).await?.into_iter();
    let able = all.filter(|it| it.state == PersonState::Active && !is_there(&it.id));
    let said = |it: register::StoredPerson| {
        let title = it.person.job_title.to_lowercase();
        (it.id.to_string(), format!("{}, {title}", it.person.name))
    };
    let able: Vec<(String, String)> = able.map(said).collect();
    Ok(choices("Nobody", able.iter().map(|it| (it.0.as_str(), it.1.as_str()))))
}

/// Somebody who was there, in words: their profession and side as they were then.
fn who(it: &Attended, names: &BTreeMap<String, String>) -> String {
    match &it.who {
        Attendee::Guest { name, role } => format!("{name}, {role} (guest)"),
        Attendee::Person { id, profession, side } => {
            let name = names.get(id.as_str()).map_or(id.as_str(), String::as_str);
            let side = side.map(Side::name).unwrap_or_default().to_lowercase();
            let is_said = profession.is_empty() || *profession == side;
            let profession =
                if is_said { String::new() } else { format!(", {}", profession.to_lowercase()) };
            let side = if side.is_empty() { side } else { format!(" ({side})") };
            format!("{name}{profession}{side}")
        }
    }
}

/// All who were there, in a sentence.
pub(super) fn all(it: &StoredWalkThrough, names: &BTreeMap<String, String>) -> String {
    if it.there.is_empty() {
        return "Nobody is recorded as there.".to_owned();
    }
    let all: Vec<String> = it.there.iter().map(|it| who(it, names)).collect();
    format!("There: {}.", all.join("; "))
}

/// A walk-through of which somebody may record who was there.
async fn answering(
    db: &mut Connection,
    visit: &Visit,
    id: &str,
) -> Result<StoredWalkThrough, Fault> {
    let it = found(db, visit, id).await?;
    if may_answer(visit, it.of.unit.as_str()) { Ok(it) } else { Err(Fault::NotFound) }
}

pub(super) async fn attend(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut db = app.store().read().await?;
    let it = answering(&mut db, &visit, &id).await?;
    let able = able(&mut db, &it).await?;
    let all = register::list(&mut db).await?;
    drop(db);
    let is_able = able.iter().any(|it| it.0 == typed.person);
    let person = all.iter().find(|it| is_able && it.id.as_str() == typed.person);
    let who = match typed.read(person) {
        Ok(who) => who,
        Err(wrong) => {
            let typed = (show::Typed::default(), typed);
            return Ok(Show::of(&app, &visit, &it, (typed, wrong)).await?.respond());
        }
    };
    let scope = visit.scope(Capability::AnswerQuestions)?;
    let entry = visit.entry_in(scope, "walk_through.attend", "");
    let (id, seen) = (it.id.clone(), typed.seen.parse().unwrap_or(-1));
    let address = format!("/walk-throughs/{id}#there");
    let done = visit.change(&address, "They are recorded as there.", move |tx| {
        Box::pin(async move { walk_throughs::attend(tx, &id, &who, seen, &entry).await })
    });
    done.await
}

pub(super) async fn take_back(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let mut db = app.store().read().await?;
    let it = answering(&mut db, &visit, &id).await?;
    drop(db);
    let Some(chosen) = it.there.iter().find(|it| it.number.to_string() == typed.number) else {
        let mut wrong = Wrong::default();
        wrong.add("number", "Choose who was not there");
        let typed = (show::Typed::default(), typed);
        return Ok(Show::of(&app, &visit, &it, (typed, wrong)).await?.respond());
    };
    let scope = visit.scope(Capability::AnswerQuestions)?;
    let entry = visit.entry_in(scope, "walk_through.attend", "");
    let (number, id, seen) = (chosen.number, it.id.clone(), typed.seen.parse().unwrap_or(-1));
    let address = format!("/walk-throughs/{id}#there");
    let done = visit.change(&address, "They are not recorded as there any more.", move |tx| {
        Box::pin(async move { walk_throughs::take_back(tx, &id, number, seen, &entry).await })
    });
    done.await
}

impl Typed {
    /// Who is to be recorded: a person of the register who can be, or a guest.
    fn read(&self, person: Option<&register::StoredPerson>) -> Result<Attendee, Wrong> {
        let mut wrong = Wrong::default();
        let is_guest = !self.guest.trim().is_empty() || !self.role.trim().is_empty();
        let is_person = !self.person.is_empty();
        if is_guest && is_person {
            wrong.add("guest", "One at a time: take out the guest, or the person of the list");
        } else if is_guest {
            NAME.check(&mut wrong, "guest", &self.guest, "Write the name of the guest");
            NAME.check(&mut wrong, "role", &self.role, "Write what the guest is");
        } else {
            let missing = "Choose somebody of the list, or write the name and the role of a guest";
            wrong.unless(person.is_some(), "person", missing);
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(match person.filter(|_| is_person) {
            Some(it) => Attendee::Person {
                id: it.id.clone(),
                profession: it.person.profession.clone(),
                side: side_of(&it.person.profession),
            },
            None => Attendee::Guest {
                name: self.guest.trim().to_owned(),
                role: self.role.trim().to_owned(),
            },
        })
    }
}
