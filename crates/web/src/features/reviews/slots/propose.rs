//! Slots as they are proposed: when, and who is asked, the usual people to begin with.

use std::collections::BTreeSet;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use engagement::reviews::{SlotFault, asked_faults, slot_faults};
use store::reviewing::slots::{self, Asked, NewPoll, NewSlot, as_asked, civil_at, slots_of};
use store::{Connection, PersonId};

use super::profession_of;
use crate::App;
use crate::features::reviews::arrange::USUAL_BEGIN;
use crate::features::reviews::at_hand::{known, not_asked};
use crate::features::reviews::found::Found;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::{Wrong, go};
use crate::shell::page::{Page, Shell};
use crate::shell::session::access_of;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Slots that are shown at once; the others are one tap further.
const SHOWN: usize = 3;

/// Rows for people: at least so many, and one more than are known.
const PEOPLE: usize = 6;

/// People who are read from one form at the most.
const PEOPLE_MAX: usize = 40;

#[derive(askama::Template)]
#[template(path = "features/reviews/slots/propose.html")]
pub(in crate::features::reviews) struct ProposePage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    address: String,
    back: String,
    slots: Vec<Group>,
    more: Vec<Group>,
    /// Whether the further slots are open, since something stands in them.
    more_open: bool,
    people: Vec<Group>,
    wrong: Wrong,
}

/// Fields that belong together.
#[derive(Clone, Debug, Default)]
struct Group {
    legend: String,
    fields: Vec<Field>,
}

/// Day, beginning and length of each slot; person, role and for whom they stand in.
#[derive(Clone, Debug, Default)]
struct Typed {
    slots: Vec<[String; 3]>,
    people: Vec<[String; 3]>,
}

/// Codes and words to choose from.
type Options = Vec<(String, String)>;

/// A review that is not finished, which somebody runs; no sit-down, whose two people need no list.
async fn open(app: &App, visit: &Visit, place: (&str, &str)) -> Result<Found, Fault> {
    let found = Found::of(app, visit, Capability::RunReviews, place).await?;
    let is_for_slots = !found.is_finished() && !found.is_sit_down();
    if is_for_slots { Ok(found) } else { Err(Fault::NotFound) }
}

/// Whom one can ask: everybody at work who reads the reviews of the service line, by profession.
async fn readers(app: &App, visit: &Visit, found: &Found) -> Result<Options, Fault> {
    let mut db = app.store().read().await?;
    let mut all = Vec::new();
    for (id, it) in found.people.iter().filter(|it| it.1.is_here) {
        let access = access_of(app, &mut db, &PersonId::new(id.as_str()), visit.now).await?;
        let scope = access.scope(Capability::ReadReviews);
        if scope.is_some_and(|it| it.of_unit(found.unit.code.as_str()).is_some()) {
            let group = profession_of(found, id).name();
            let title = it.title.to_lowercase();
            let title = if title.is_empty() { title } else { format!(", {title}") };
            all.push((id.clone(), format!("{group}: {}{title}", it.name)));
        }
    }
    all.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(all)
}

/// What can be chosen, with nothing chosen before it.
fn or(nothing: &str, all: impl IntoIterator<Item = (String, String)>) -> Options {
    std::iter::once((String::new(), nothing.to_owned())).chain(all).collect()
}

fn roles(found: &Found) -> Options {
    let name = |it: &engagement::reviews::Role| {
        let core = if it.core { " (core)" } else { "" };
        (it.id.clone(), format!("{}{core}", it.name))
    };
    or("Choose a role", found.guide.roles.iter().map(name))
}

fn lengths(found: &Found) -> Options {
    found.guide.lengths.iter().map(|it| (it.minutes.to_string(), it.name.clone())).collect()
}

pub(in crate::features::reviews) async fn begin(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    if let Some(it) = found.open_poll() {
        return Ok(go(&found.poll_address(it), ""));
    }
    let most = usize::try_from(found.guide.settings.slots_most.value).unwrap_or(SHOWN);
    let usual = [String::new(), USUAL_BEGIN.to_owned(), found.review.minutes.to_string()];
    let mut db = app.store().read().await?;
    let mut people = usual_people(&mut db, &found).await?;
    drop(db);
    let readers = readers(&app, &visit, &found).await?;
    let reads = |it: &str| readers.iter().any(|of| of.0 == it);
    let is_left_out = |it: &&str| !reads(it) && found.people.get(*it).is_some_and(|it| it.is_here);
    let left_out = not_asked(&found, people.iter().map(|it| it[0].as_str()).filter(is_left_out));
    people.retain(|it| reads(&it[0]));
    let typed = Typed { slots: vec![usual; most], people };
    let mut page = ProposePage::of(&visit, (&found, &readers), (typed, Wrong::default()));
    page.lead.extend(Some(left_out).filter(|it| !it.is_empty()));
    Ok(page.respond())
}

/// Who is asked to begin with: the list of the last meeting of this review, or of the one before it,
/// and whoever holds a post of the service line.
async fn usual_people(db: &mut Connection, found: &Found) -> Result<Vec<[String; 3]>, Fault> {
    let last = found.meetings.last().map(|it| it.id.clone());
    let mut all = known(db, found, last).await?;
    let mut listed = BTreeSet::new();
    all.retain(|it| listed.insert(it.0.clone()));
    Ok(all.into_iter().map(|(person, role)| [person, role, String::new()]).collect())
}

impl ProposePage {
    fn of(
        visit: &Visit,
        (found, readers): (&Found, &Options),
        (typed, wrong): (Typed, Wrong),
    ) -> Self {
        let settings = &found.guide.settings;
        let lengths = lengths(found);
        let rows = typed.slots.iter().enumerate();
        let mut slots: Vec<Group> = rows.map(|(at, it)| slot(at + 1, it, &lengths)).collect();
        let more = slots.split_off(slots.len().min(SHOWN));
        let blank = [String::new(), String::new(), String::new()];
        let count = PEOPLE.max(typed.people.len() + 1);
        let rows = typed.people.iter().chain(std::iter::repeat(&blank)).take(count).enumerate();
        let (roles, readers) = (roles(found), readers.as_slice());
        Self {
            shell: found.shell(visit, "When could we meet?").with_errors(&wrong),
            kicker: found.review.title.clone(),
            lead: vec![format!(
                "Propose {} to {} slots. Clinicians need {} of notice.",
                settings.slots_least.value,
                settings.slots_most.value,
                words::count(settings.notice.value.into(), "day", "days")
            )],
            address: format!("{}/slots", found.address()),
            back: found.address(),
            more_open: typed.slots.iter().skip(SHOWN).any(|it| !it[0].is_empty()),
            slots,
            more,
            people: rows.map(|(at, it)| person(at + 1, it, (readers, &roles))).collect(),
            wrong,
        }
    }
}

fn slot(number: usize, [day, begins_at, minutes]: &[String; 3], lengths: &Options) -> Group {
    let name = |of: &str| format!("{of}-{number}");
    Group {
        legend: format!("Slot {number}"),
        fields: vec![
            Field::new(Kind::Day, name("day"), "Day", "").with(day.clone()),
            Field::new(Kind::Figure, name("begins"), "Begins at", "").with(begins_at.clone()),
            Field::new(Kind::Choice, name("minutes"), "How long", "")
                .with(minutes.clone())
                .of(lengths),
        ],
    }
}

fn person(
    number: usize,
    [who, role, deputy_for]: &[String; 3],
    (readers, roles): (&[(String, String)], &Options),
) -> Group {
    let name = |of: &str| format!("{of}-{number}");
    let readers = || readers.iter().cloned();
    Group {
        legend: format!("Person {number}"),
        fields: vec![
            Field::new(Kind::Choice, name("person"), "Who", "")
                .with(who.clone())
                .of(or("Nobody", readers())),
            Field::new(Kind::Choice, name("role"), "In which role", "")
                .with(role.clone())
                .of(roles),
            Field::new(Kind::Choice, name("deputy"), "As deputy for", "")
                .with(deputy_for.clone())
                .of(or("They come themselves", readers())),
        ],
    }
}

/// What was typed, with the rows that count: those with a day, and those with a person.
fn read(visit: &Visit, found: &Found, readers: &Options) -> (Typed, Result<NewPoll, Wrong>) {
    let text =
        |of: &str, number: usize| visit.fields.get(&format!("{of}-{number}")).trim().to_owned();
    let most = usize::try_from(found.guide.settings.slots_most.value).unwrap_or(SHOWN);
    let row = |number, [a, b, c]: [&str; 3]| [text(a, number), text(b, number), text(c, number)];
    let slots: Vec<_> = (1..=most).map(|it| row(it, ["day", "begins", "minutes"])).collect();
    let people = (1..=PEOPLE_MAX).map(|it| row(it, ["person", "role", "deputy"]));
    let people: Vec<_> = people.filter(|it| !it[0].is_empty()).collect();
    let typed = Typed { slots, people };
    let mut wrong = Wrong::default();
    let (mut numbers, mut read_slots) = (Vec::new(), Vec::new());
    for (number, it) in (1..).zip(&typed.slots).filter(|it| !it.1[0].is_empty()) {
        if let Some(slot) = read_slot(it, number, &mut wrong) {
            numbers.push(number);
            read_slots.push(slot);
        }
    }
    let mut asked = Vec::new();
    for (number, it) in (1..).zip(&typed.people) {
        asked.extend(read_asked(found, readers, (it, &format!("-{number}")), &mut wrong));
    }
    let new = NewPoll { slots: read_slots, asked };
    let rules: Vec<_> = new.asked.iter().map(as_asked).collect();
    if wrong.is_empty() {
        let slots = slots_of(&new.slots).unwrap_or_default();
        for it in slot_faults(&found.guide, (&slots, &rules), civil_at(visit.now)) {
            wrong.add(&field(&it, &numbers), words::capital(&it.to_string()));
        }
    }
    let new = if wrong.is_empty() { Ok(new) } else { Err(wrong) };
    (typed, new)
}

fn read_slot(it: &[String; 3], number: usize, wrong: &mut Wrong) -> Option<NewSlot> {
    let [day, begins_at, minutes] = it;
    let held_on = day.parse::<Day>().ok();
    wrong.unless(held_on.is_some(), &format!("day-{number}"), "Write the day as 2026-06-11");
    let is_time =
        begins_at.len() == USUAL_BEGIN.len() && begins_at.parse::<jiff::civil::Time>().is_ok();
    wrong.unless(is_time, &format!("begins-{number}"), "Write the time as 08:00");
    let minutes = minutes.parse::<i64>().ok();
    wrong.unless(minutes.is_some(), &format!("minutes-{number}"), "Choose how long it is");
    let (held_on, minutes) = held_on.zip(minutes).filter(|_| is_time)?;
    Some(NewSlot { held_on, begins_at: begins_at.clone(), minutes })
}

/// Somebody who is asked; the names of the fields end alike.
fn read_asked(
    found: &Found,
    readers: &Options,
    (it, ending): (&[String; 3], &str),
    wrong: &mut Wrong,
) -> Option<Asked> {
    let [person, role, deputy_for] = it;
    let reads = |who: &str| readers.iter().any(|it| it.0 == who);
    let field = |of: &str| format!("{of}{ending}");
    wrong.unless(reads(person), &field("person"), "Choose somebody of the list");
    let is_role = found.guide.role(role).is_some();
    wrong.unless(is_role, &field("role"), "Choose in which role they would be there");
    let stands_in = deputy_for.is_empty() || reads(deputy_for);
    wrong.unless(stands_in, &field("deputy"), "Choose for whom they stand in");
    (reads(person) && is_role && stands_in).then(|| Asked {
        person: PersonId::new(person.as_str()),
        profession: profession_of(found, person),
        role: role.clone(),
        deputy_for: (!deputy_for.is_empty()).then(|| PersonId::new(deputy_for.as_str())),
    })
}

/// On which field a fault stands; slots have the numbers of their rows.
fn field(fault: &SlotFault, numbers: &[usize]) -> String {
    let row = |place: &usize| numbers.get(*place).copied().unwrap_or(1);
    match fault {
        SlotFault::Number { .. } => "day-1".to_owned(),
        SlotFault::Past(place) | SlotFault::Twice(place) => format!("day-{}", row(place)),
        SlotFault::Length(place) => format!("minutes-{}", row(place)),
        SlotFault::AskedTwice(place) => format!("person-{}", place + 1),
        SlotFault::Deputy(place) => format!("deputy-{}", place + 1),
        SlotFault::Few(_) | SlotFault::NoClinician | SlotFault::NoFinance => "person-1".to_owned(),
    }
}

pub(in crate::features::reviews) async fn propose(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let readers = readers(&app, &visit, &found).await?;
    let (typed, new) = read(&visit, &found, &readers);
    let new = match new {
        Ok(new) => new,
        Err(wrong) => {
            return Ok(ProposePage::of(&visit, (&found, &readers), (typed, wrong)).respond());
        }
    };
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.propose_slots", "");
    let (id, home, guide) = (found.review.id.clone(), found.address(), found.guide.clone());
    let done = visit.change_to(
        "The slots are proposed. Those who are asked find them on their first page.",
        move |tx| {
            Box::pin(async move {
                let poll = slots::propose(tx, &id, &new, &guide, &entry).await?;
                Ok(format!("{home}/slots/{poll}"))
            })
        },
    );
    done.await
}

pub(in crate::features::reviews) async fn asking(
    State(app): State<App>,
    Path((unit, review, poll)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let readers = readers(&app, &visit, &found).await?;
    let blank = [String::new(), String::new(), String::new()];
    ask_page(&visit, (&found, &readers), &poll, (&blank, Wrong::default()))
}

fn ask_page(
    visit: &Visit,
    (found, readers): (&Found, &Options),
    poll: &str,
    ([who, role, deputy_for], wrong): (&[String; 3], Wrong),
) -> Result<Response, Fault> {
    let poll = found.poll(poll)?;
    let home = found.poll_address(poll);
    let themselves = poll.of.asked.iter().filter(|it| it.deputy_for.is_none());
    let asked = |it: &Asked| (it.person.to_string(), found.name(it.person.as_str()).to_owned());
    let page = FormPage {
        shell: found.shell(visit, "Ask somebody more"),
        kicker: found.review.title.clone(),
        lead: vec!["They find the slots on their first page.".to_owned()],
        action: format!("{home}/ask"),
        fields: vec![
            Field::new(Kind::Choice, "person", "Who", "")
                .with(who.clone())
                .of(or("Choose somebody", readers.iter().cloned())),
            Field::new(Kind::Choice, "role", "In which role", "")
                .with(role.clone())
                .of(roles(found)),
            Field::new(
                Kind::Choice,
                "deputy",
                "As deputy for",
                "A deputy counts where the other cannot come",
            )
            .with(deputy_for.clone())
            .of(or("They come themselves", themselves.map(asked))),
        ],
        button: "Ask them".to_owned(),
        back: home,
        wrong,
        ..FormPage::default()
    };
    Ok(page.answer())
}

pub(in crate::features::reviews) async fn ask(
    State(app): State<App>,
    Path((unit, review, poll)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let readers = readers(&app, &visit, &found).await?;
    let of = found.poll(&poll)?;
    let typed = ["person", "role", "deputy"].map(|it| visit.fields.get(it).trim().to_owned());
    let mut wrong = Wrong::default();
    let new = read_asked(&found, &readers, (&typed, ""), &mut wrong);
    if let Some(new) = &new {
        let rules: Vec<_> = of.of.asked.iter().chain([new]).map(as_asked).collect();
        for it in asked_faults(&found.guide, &rules) {
            let name = if matches!(it, SlotFault::Deputy(_)) { "deputy" } else { "person" };
            wrong.add(name, words::capital(&it.to_string()));
        }
    }
    let Some(new) = new.filter(|_| wrong.is_empty()) else {
        return ask_page(&visit, (&found, &readers), &poll, (&typed, wrong));
    };
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.ask", "");
    let (id, home, guide) = (of.id.clone(), found.poll_address(of), found.guide.clone());
    let done = visit.change(&home, "They are asked.", move |tx| {
        Box::pin(async move { slots::ask(tx, &id, &new, &guide, &entry).await })
    });
    done.await
}

impl Page for ProposePage {
    const TEMPLATE: &'static str = "features/reviews/slots/propose.html";

    fn samples() -> Vec<Self> {
        let lengths = vec![("60".to_owned(), "One hour".to_owned())];
        let readers = [("1".to_owned(), "Clinical: Amara Okafor, clinical director".to_owned())];
        let roles = vec![("analyst".to_owned(), "Business or financial analyst (core)".to_owned())];
        let usual = ["2026-08-03".to_owned(), USUAL_BEGIN.to_owned(), "60".to_owned()];
        let who = ["1".to_owned(), "analyst".to_owned(), String::new()];
        let page = |wrong: Wrong| Self {
            shell: Shell::sample("When could we meet?")
                .below("Reviews", "/reviews")
                .with_errors(&wrong),
            kicker: "Hip replacement review".to_owned(),
            lead: vec!["Propose 2 to 10 slots.".to_owned()],
            address: "/reviews/TORT/1/slots".to_owned(),
            back: "/reviews/TORT/1".to_owned(),
            slots: (1..=SHOWN).map(|it| slot(it, &usual, &lengths)).collect(),
            more: vec![slot(SHOWN + 1, &usual, &lengths)],
            more_open: !wrong.is_empty(),
            people: vec![person(1, &who, (&readers, &roles))],
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("day-2", "Write the day as 2026-06-11");
        wrong.add("person-1", words::capital(&SlotFault::NoFinance.to_string()));
        vec![page(Wrong::default()), page(wrong)]
    }
}
