//! The log of contacts of the champions of a unit: each with its day, with whom, and what it was about.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use serde::Deserialize;
use store::assessing::champions::{self, Contact, Kind, NewContact};
use store::units::Branch;

use super::past_if;
use crate::App;
use crate::shell::assessed::{WORDS, day, every_words, may, seen, shell};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::{name_of, names};
use crate::shell::session::today;
use crate::shell::spread::kind_words;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/spread/contacts.html")]
pub(super) struct ContactsPage {
    shell: Shell,
    kicker: String,
    /// Who is the champion, and how often they are to be in contact.
    lead: String,
    /// By when they were to be in contact again, where that is past; blank where it is not.
    overdue: String,
    rows: Vec<Row>,
    /// Whether whoever looks may add to the log; nobody does where the place is vacant.
    adds: bool,
    /// Whether whoever looks may take a contact back.
    takes_back: bool,
    /// Those that stand, to be taken back.
    standing: Vec<(String, String)>,
    address: String,
    typed: Typed,
    wrong: Wrong,
}

/// A contact.
#[derive(Clone, Debug, Default)]
struct Row {
    day: String,
    says: String,
    by: String,
    /// Why it was taken back; blank where it stands.
    taken_back: String,
}

/// What is typed, into either form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    on: String,
    with: String,
    words: String,
    /// Which contact is taken back.
    number: String,
    because: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((code, kind)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::ReadAssessments, &code))?;
    let kind: Kind = kind.parse().map_err(|_| Fault::NotFound)?;
    let typed = Typed { on: today(visit.now).to_string(), ..Typed::default() };
    let of = (&gathered, unit, kind);
    Ok(page(&visit, of, (typed, Wrong::default())).await?.respond())
}

pub(super) async fn add(
    State(app): State<App>,
    Path((code, kind)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let kind: Kind = kind.parse().map_err(|_| Fault::NotFound)?;
    let typed: Typed = visit.fields.read()?;
    let on = today(visit.now);
    let (new, mut wrong) = read(&typed, on);
    if let Some(new) = &new {
        before(&visit, (&gathered, unit, kind), (new.on, &mut wrong)).await?;
    }
    let Some(new) = new.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&gathered, unit, kind), (typed, wrong)).await?.respond());
    };
    let scope = visit.scope(Capability::Assess)?;
    let entry = visit.entry_in(scope, "assessment.champion_contact", "");
    let unit = unit.stored.unit.code.clone();
    let leads_to = format!("/assessment/{code}/champions/{kind}/contacts");
    let done = visit.change(&leads_to, "The contact is in the log.", move |tx| {
        Box::pin(async move { champions::add_contact(tx, (&unit, kind), (&new, on), &entry).await })
    });
    done.await
}

fn read(typed: &Typed, on: Day) -> (Option<NewContact>, Wrong) {
    let mut wrong = Wrong::default();
    let day = past_if(&mut wrong, "on", &typed.on, on);
    wrong.unless(!typed.on.trim().is_empty(), "on", "Write on which day they were in contact");
    WORDS.check(&mut wrong, "with", &typed.with, "Say with whom they were in contact");
    if !typed.words.trim().is_empty() {
        WORDS.check(&mut wrong, "words", &typed.words, "");
    }
    let new = day.map(|on| NewContact {
        on,
        with: typed.with.trim().to_owned(),
        words: typed.words.trim().to_owned(),
    });
    (new, wrong)
}

/// Refuses a day before the champion had the place, and says who had it then.
async fn before(
    visit: &Visit,
    (gathered, unit, kind): (&Gathered, &Branch, Kind),
    (on, wrong): (Day, &mut Wrong),
) -> Result<(), Fault> {
    let code = &unit.stored.unit.code;
    let found = gathered.champions.get(code.as_str()).and_then(|it| it.of(kind));
    let Some(found) = found.filter(|it| on < it.since) else { return Ok(()) };
    let mut db = visit.app.store().read().await?;
    let held = champions::held_on(&mut db, (code, kind), on).await?;
    let then = match held {
        Some(person) => format!("on this day {} had it", name_of(&mut db, person.as_str()).await?),
        None => "nobody is on record for this day".to_owned(),
    };
    let (name, since) = (&found.name, day(&found.since));
    let said = format!("{name} has this place since {since}, and {then}: write a day from then on");
    wrong.add("on", said);
    Ok(())
}

pub(super) async fn take_back(
    State(app): State<App>,
    Path((code, kind)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let unit = seen(&visit, &gathered, (Capability::Assess, &code))?;
    let kind: Kind = kind.parse().map_err(|_| Fault::NotFound)?;
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let number = typed.number.parse::<i64>().ok();
    wrong.unless(number.is_some(), "number", "Choose which contact is taken back");
    WORDS.check(&mut wrong, "because", &typed.because, "Say why it is taken back");
    let Some(number) = number.filter(|_| wrong.is_empty()) else {
        return Ok(page(&visit, (&gathered, unit, kind), (typed, wrong)).await?.respond());
    };
    let scope = visit.scope(Capability::Assess)?;
    let entry = visit.entry_in(scope, "assessment.champion_contact_taken_back", "");
    let unit = unit.stored.unit.code.clone();
    let leads_to = format!("/assessment/{code}/champions/{kind}/contacts");
    let done = visit.change(&leads_to, "The contact is taken back.", move |tx| {
        Box::pin(async move {
            let of = (&unit, kind);
            champions::take_back_contact(tx, of, number, &typed.because, &entry).await
        })
    });
    done.await
}

async fn page(
    visit: &Visit,
    (gathered, unit, kind): (&Gathered, &Branch, Kind),
    (typed, wrong): (Typed, Wrong),
) -> Result<ContactsPage, Fault> {
    let code = &unit.stored.unit.code;
    let mut db = visit.app.store().read().await?;
    let log = champions::contacts(&mut db, (code, kind), visit.now).await?;
    let names = names(&mut db).await?;
    drop(db);
    let found = gathered.champions.get(code.as_str()).and_then(|it| it.of(kind));
    let lead = found.map_or_else(
        || "Nobody has this place, so no contact can be added.".to_owned(),
        |it| match it.contact_every {
            Some(every) => {
                format!("{}. In contact {}.", it.name, words::lower(every_words(every)))
            }
            None => format!("{}. No time between two contacts is agreed.", it.name),
        },
    );
    let assesses = may(visit, Capability::Assess, code.as_str());
    let standing = log.iter().filter(|it| it.taken_back.is_none());
    let standing: Vec<(String, String)> =
        standing.map(|it| (it.number.to_string(), says(it, &names))).collect();
    let choose = (String::new(), "Choose a contact".to_owned());
    Ok(ContactsPage {
        shell: shell(visit, unit, title(kind))
            .below("Joint teams and champions", format!("/assessment/{code}/teams"))
            .with_errors(&wrong),
        kicker: unit.stored.unit.name.clone(),
        lead,
        overdue: found.map_or_else(String::new, |it| it.warns(today(visit.now))),
        rows: log.iter().map(|it| row(it, &names)).collect(),
        adds: assesses && found.is_some(),
        takes_back: assesses && !standing.is_empty(),
        standing: std::iter::once(choose).chain(standing).collect(),
        address: format!("/assessment/{code}/champions/{kind}/contacts"),
        typed,
        wrong,
    })
}

fn title(kind: Kind) -> String {
    format!("{}: log of contacts", kind_words(kind))
}

/// Day and people of a contact, in a line.
fn says(it: &Contact, names: &BTreeMap<String, String>) -> String {
    let champion = names.get(it.champion.as_str()).map_or("", String::as_str);
    if it.of.with.is_empty() {
        return format!("{}: {champion}", day(&it.of.on));
    }
    format!("{}: {champion} with {}", day(&it.of.on), it.of.with)
}

fn row(it: &Contact, names: &BTreeMap<String, String>) -> Row {
    let by = names.get(it.by.as_str()).map_or("", String::as_str);
    Row {
        day: says(it, names),
        says: words::sentence(&it.of.words),
        by: format!("Recorded by {by}, {}", words::moment(it.at)),
        taken_back: it.taken_back.as_deref().map(words::sentence).unwrap_or_default(),
    }
}

impl Page for ContactsPage {
    const TEMPLATE: &'static str = "features/spread/contacts.html";

    fn samples() -> Vec<Self> {
        let row = |taken_back: &str| Row {
            day: "20 May 2026: Amara Okafor with Daniel Osei".to_owned(),
            says: "What an hour of theatre costs.".to_owned(),
            by: "Recorded by Daniel Osei, 21 May 2026, 08:31".to_owned(),
            taken_back: taken_back.to_owned(),
        };
        let page = |rows: Vec<Row>, adds: bool, wrong: Wrong| Self {
            shell: Shell::sample(&title(Kind::Clinical)).with_errors(&wrong),
            kicker: "Trauma and orthopaedics".to_owned(),
            lead: "Amara Okafor. In contact every month.".to_owned(),
            overdue: if adds { "Contact was due 20 June 2026".to_owned() } else { String::new() },
            takes_back: adds && !rows.is_empty(),
            rows,
            adds,
            standing: vec![(String::new(), "Choose a contact".to_owned())],
            address: "/assessment/TORT/champions/clinical/contacts".to_owned(),
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("with", "Say with whom they were in contact");
        wrong.add("because", "Say why it is taken back");
        vec![
            page(vec![row(""), row("It was put off.")], true, Wrong::default()),
            page(Vec::new(), false, Wrong::default()),
            page(vec![row("")], true, wrong),
        ]
    }
}
