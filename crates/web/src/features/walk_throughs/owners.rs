//! Clinical owners of the inputs and rules of a service line, and what each of them signs.

use std::collections::BTreeMap;

use access::{Capability, ProfessionGroup, View};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::input_owners::{self, NewOwnerSignature};
use store::{Connection, PersonId, UnitCode};

use super::standing::{Recorded, Standing, standings, unsigned_words};
use super::{TEXT, latest, name_of};
use crate::App;
use crate::shell::allocations::inputs;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people;
use crate::shell::provenance::{PUBLISHED_SINCE, Provenance};
use crate::shell::shelf::reading;
use crate::shell::variation::may_answer;
use crate::shell::visit::Visit;

#[derive(askama::Template)]
#[template(path = "features/walk_throughs/owners.html")]
pub(super) struct Owners {
    shell: Shell,
    period: String,
    lead: String,
    rows: Vec<Row>,
    /// Whether whoever looks may name owners.
    names: bool,
    inputs: Vec<(String, String)>,
    clinicians: Vec<(String, String)>,
    /// Inputs that whoever looks owns and has not signed; empty where there are none.
    own: Vec<(String, String)>,
    address: String,
    run: String,
    seen: i64,
    signed: i64,
    typed: Typed,
    wrong: Wrong,
}

/// An input or rule.
#[derive(Clone, Debug, Default)]
struct Row {
    input: String,
    owner: String,
    state: String,
    is_signed: bool,
    says: Vec<String>,
}

/// What is typed, into either form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    seen: String,
    run: String,
    /// Which input gets an owner.
    input: String,
    owner: String,
    /// Which input is signed; `all` for all that are one's own.
    sign: String,
    words: String,
}

/// Everything that the page is made of.
struct Found {
    name: String,
    run: String,
    period: String,
    recorded: Recorded,
    standing: Vec<Standing>,
    names: BTreeMap<String, String>,
    clinicians: Vec<(String, String)>,
}

async fn found(app: &App, visit: &Visit, unit: &str) -> Result<Found, Fault> {
    let name = name_of(app, visit, unit).await?;
    let mut db = app.store().read().await?;
    let recorded = Recorded::of(&mut db, &UnitCode::new(unit)).await?;
    let names = people::names(&mut db).await?;
    let clinicians = able(app, &mut db, (visit, unit)).await?;
    drop(db);
    let run = latest(app).await?.ok_or(Fault::NotFound)?;
    let (unit, now) = (unit.to_owned(), visit.now);
    let read = reading(move || {
        if !run.rules()?.service_lines.contains_key(&unit) {
            return Err(Fault::NotFound);
        }
        let standing = standings(&inputs(&run, &unit)?, &recorded, &names);
        let period = Provenance::of(&run, now)?.period;
        let run = run.id().to_owned();
        Ok(Found { name, run, period, recorded, standing, names, clinicians })
    });
    read.await
}

/// Clinicians to choose from: those who see exactly what the unit costs, and so can sign; nobody of
/// them for whoever names no owner.
async fn able(
    app: &App,
    db: &mut Connection,
    (visit, unit): (&Visit, &str),
) -> Result<Vec<(String, String)>, Fault> {
    let mut found = Vec::new();
    if may_answer(visit, unit) {
        let all = people::who(app, db, visit.now, |person, access| {
            let costs = access.scope(Capability::AggregateCosts).and_then(|of| of.of_unit(unit));
            ProfessionGroup::of(&person.profession) == ProfessionGroup::Clinician
                && costs.is_some_and(|of| of.view == View::Exact)
        });
        found = all.await?.into_iter().map(|it| (it.0.to_string(), it.1)).collect();
    }
    found.sort_by(|one, other| one.1.cmp(&other.1));
    found.insert(0, (String::new(), "Nobody".to_owned()));
    Ok(found)
}

pub(super) async fn show(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, &unit).await?;
    let typed = (Typed::default(), Wrong::default());
    Ok(Owners::of(&visit, (&unit, &found), typed)?.respond())
}

impl Owners {
    fn of(
        visit: &Visit,
        (unit, found): (&str, &Found),
        (typed, wrong): (Typed, Wrong),
    ) -> Result<Self, Fault> {
        let me = visit.person()?.id.as_str();
        let name = |it: &Standing| {
            let owner = it.owner.as_ref().and_then(|it| found.names.get(it.as_str()));
            owner.cloned().unwrap_or_else(|| "Nobody".to_owned())
        };
        let row = |it: &Standing| Row {
            input: it.input.clone(),
            owner: name(it),
            state: it.state.clone(),
            is_signed: it.is_signed,
            says: it.says.clone(),
        };
        let mut inputs = vec![(String::new(), "Choose an input or rule".to_owned())];
        inputs.extend(found.standing.iter().map(|it| {
            let said = format!("{}: {}", it.input, name(it));
            (it.input.clone(), said)
        }));
        let mine = own(&found.standing, me).map(|it| (it.input.clone(), it.input.clone()));
        let mut own: Vec<(String, String)> = mine.collect();
        if own.len() > 1 {
            own.insert(0, (ALL.to_owned(), "All of mine that are not signed".to_owned()));
        }
        Ok(Self {
            shell: visit
                .shell(title(&found.name))
                .below("Walk-throughs", "/walk-throughs")
                .with_errors(&wrong),
            period: found.period.clone(),
            lead: lead(&unsigned_words(&found.standing)),
            rows: found.standing.iter().map(row).collect(),
            names: may_answer(visit, unit),
            inputs,
            clinicians: found.clinicians.clone(),
            own,
            address: format!("/walk-throughs/inputs/{unit}/owners"),
            run: found.run.clone(),
            seen: found.recorded.owners_seen(),
            signed: found.recorded.signatures_seen(),
            typed,
            wrong,
        })
    }
}

/// What signs all inputs that are one's own.
const ALL: &str = "all";

/// Inputs that somebody owns and has not signed as they are.
fn own<'a>(all: &'a [Standing], person: &'a str) -> impl Iterator<Item = &'a Standing> {
    let is_own = move |it: &&Standing| it.owner.as_ref().is_some_and(|it| it.as_str() == person);
    all.iter().filter(is_own).filter(|it| !it.is_signed)
}

fn lead(unsigned: &str) -> String {
    if unsigned.is_empty() {
        "Every input and rule is signed.".to_owned()
    } else {
        format!("{unsigned}.")
    }
}

fn title(unit: &str) -> String {
    format!("Who owns what the cost of {unit} rests on")
}

pub(super) async fn name(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, &unit).await?;
    if !may_answer(&visit, &unit) {
        return Err(Fault::NotFound);
    }
    let typed: Typed = visit.fields.read()?;
    let mut wrong = Wrong::default();
    let is_input = found.standing.iter().any(|it| it.input == typed.input);
    wrong.unless(is_input, "input", "Choose an input or rule of the list");
    let is_here = found.clinicians.iter().any(|it| it.0 == typed.owner);
    wrong.unless(is_here, "owner", "Choose a clinician of the list, or nobody");
    if !wrong.is_empty() {
        return Ok(Owners::of(&visit, (&unit, &found), (typed, wrong))?.respond());
    }
    let owner = Some(typed.owner.as_str()).filter(|it| !it.is_empty()).map(PersonId::new);
    let entry = visit.entry_in(visit.scope(Capability::AnswerQuestions)?, "inputs.owner", "");
    let seen = typed.seen.parse().unwrap_or(-1);
    let address = format!("/walk-throughs/inputs/{unit}/owners");
    let unit = UnitCode::new(unit);
    let done = visit.change(&address, "The owner is named.", move |tx| {
        Box::pin(async move {
            let of = (typed.input.as_str(), owner.as_ref());
            input_owners::name_owner(tx, &unit, of, seen, &entry).await
        })
    });
    done.await
}

pub(super) async fn sign(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, &unit).await?;
    let typed: Typed = visit.fields.read()?;
    let me = visit.person()?.id.as_str();
    let is_meant = |it: &&Standing| typed.sign == ALL || it.input == typed.sign;
    let new = |it: &Standing| NewOwnerSignature {
        input: it.input.clone(),
        run: found.run.clone(),
        period: found.period.clone(),
        says: it.says.clone(),
        words: typed.words.trim().to_owned(),
    };
    let all: Vec<NewOwnerSignature> = own(&found.standing, me).filter(is_meant).map(new).collect();
    let mut wrong = Wrong::default();
    wrong.unless(typed.run == found.run, "sign", PUBLISHED_SINCE);
    wrong.unless(!all.is_empty(), "sign", "Choose an input or rule that you own");
    if !typed.words.trim().is_empty() {
        TEXT.check(&mut wrong, "words", &typed.words, "");
    }
    if !wrong.is_empty() {
        return Ok(Owners::of(&visit, (&unit, &found), (typed, wrong))?.respond());
    }
    let scope = visit.scope(Capability::AggregateCosts)?;
    let entry = visit.entry_in(scope, "inputs.owner_sign", "");
    let seen = typed.seen.parse().unwrap_or(-1);
    let address = format!("/walk-throughs/inputs/{unit}/owners");
    let unit = UnitCode::new(unit);
    let done = visit.change(&address, "You have signed what you own.", move |tx| {
        Box::pin(async move { input_owners::sign_inputs(tx, &unit, &all, seen, &entry).await })
    });
    done.await
}

impl Page for Owners {
    const TEMPLATE: &'static str = "features/walk_throughs/owners.html";

    fn samples() -> Vec<Self> {
        let text = |it: &str| it.to_owned();
        let row = |owner: &str, state: &str, is_signed| Row {
            input: text("Feed Theatres"),
            owner: text(owner),
            state: text(state),
            is_signed,
            says: vec![text("Feed Theatres, file theatres.csv: 12 of 12 rows used.")],
        };
        let page = |names: bool, own: Vec<(String, String)>, wrong: Wrong| Self {
            shell: Shell::sample(&title("Trauma and orthopaedics")).with_errors(&wrong),
            period: text("2025/26 to the end of March, published 19 May 2026"),
            lead: text("1 of 2 inputs and rules not signed, 1 without an owner."),
            rows: vec![
                row("Amara Okafor", "Signed by Amara Okafor, 1 June 2026, 10:00", true),
                row("Nobody", "Not signed", false),
            ],
            names,
            inputs: vec![(String::new(), text("Choose an input or rule"))],
            clinicians: vec![(String::new(), text("Nobody"))],
            own,
            address: text("/walk-throughs/inputs/TORT/owners"),
            run: text("45f90b5fcd55d0b4"),
            seen: 1,
            signed: 0,
            typed: Typed::default(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("owner", "Choose a clinician of the list, or nobody");
        let own = vec![(text("Feed Theatres"), text("Feed Theatres"))];
        vec![page(false, Vec::new(), Wrong::default()), page(true, own, wrong)]
    }
}
