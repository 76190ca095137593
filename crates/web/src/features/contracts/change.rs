//! Recording a contract, and changing it: with whom, when, for which service lines, which measures, and
//! who of the commissioner looks.

use std::collections::BTreeSet;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::Day;
use store::contracts::{self, NAME_MAX, NewContract, SEEN_AFTER, WORDS_MAX};
use store::units::UnitKind;
use store::{ContractId, MeasureCode, PersonId, UnitCode, measures, units};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people;
use crate::shell::session::today;
use crate::shell::typed::Text;
use crate::shell::visit::Visit;

const NAME: Text = Text {
    letters: NAME_MAX,
    nhs_number: "Take out the NHS number: no patient is named here",
    reference: Some("Take out the reference of the patient: no patient is named here"),
};

const WORDS: Text = Text { letters: WORDS_MAX, ..NAME };

/// Letters of the code of an organisation, fewest and most.
const CODE_LETTERS: std::ops::RangeInclusive<usize> = 3..=6;

#[derive(askama::Template)]
#[template(path = "features/contracts/change.html")]
pub(super) struct ChangePage {
    shell: Shell,
    action: String,
    seen: String,
    typed: Typed,
    units: Vec<Choice>,
    measures: Vec<Choice>,
    readers: Vec<Choice>,
    wrong: Wrong,
}

/// Something to choose: code, what it says, whether it is chosen.
type Choice = (String, String, bool);

/// What is typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    name: String,
    code: String,
    commissioner: String,
    begins_on: String,
    ends_on: String,
    seen_until: String,
    words: String,
    units: BTreeSet<String>,
    measures: BTreeSet<String>,
    readers: BTreeSet<String>,
}

/// What may be chosen.
struct Choices {
    units: Vec<(String, String)>,
    measures: Vec<(String, String)>,
    readers: Vec<(String, String)>,
}

impl Choices {
    /// With what a contract already holds, though it could not be chosen anew.
    async fn holding(app: &App, visit: &Visit, of: &NewContract) -> Result<Self, Fault> {
        let mut choices = Self::of(app, visit).await?;
        let mut db = app.store().read().await?;
        let names = people::names(&mut db).await?;
        for it in
            units::list(&mut db).await?.into_iter().filter(|it| of.units.contains(&it.unit.code))
        {
            keep(&mut choices.units, it.unit.code.as_str(), format!("{} (ended)", it.unit.name));
        }
        for it in &of.readers {
            let name = names.get(it.as_str()).cloned().unwrap_or_default();
            keep(&mut choices.readers, it.as_str(), format!("{name} (sees it no more)"));
        }
        Ok(choices)
    }

    async fn of(app: &App, visit: &Visit) -> Result<Self, Fault> {
        let mut db = app.store().read().await?;
        let day = today(visit.now);
        let lines = units::list(&mut db).await?.into_iter().filter(|it| {
            let is_line = matches!(it.unit.kind, UnitKind::ServiceLine | UnitKind::Specialty);
            is_line && it.unit.exists_on(day)
        });
        let all = measures::list(&mut db).await?.into_iter();
        // Commissioners are people with the role: they read no more than what names them.
        let outside = people::with(app, &mut db, Capability::ReadContracts, visit.now).await?;
        let mut readers = Vec::new();
        for (id, name) in outside {
            let access = crate::shell::session::access_of(app, &mut db, &id, visit.now).await?;
            let scope = access.scope(Capability::ReadContracts);
            if scope.is_some_and(|it| it.of_trust().is_none()) {
                readers.push((id.to_string(), name));
            }
        }
        Ok(Self {
            units: lines.map(|it| (it.unit.code.to_string(), it.unit.name)).collect(),
            measures: all.map(|it| (it.definition.code.to_string(), it.definition.name)).collect(),
            readers,
        })
    }
}

/// Adds a choice that is not among them.
fn keep(all: &mut Vec<(String, String)>, code: &str, name: String) {
    if !all.iter().any(|it| it.0 == code) {
        all.push((code.to_owned(), name));
    }
}

pub(super) async fn begin(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let choices = Choices::of(&app, &visit).await?;
    Ok(ChangePage::of(&visit, None, (&choices, Typed::default()), Wrong::default()).answer())
}

pub(super) async fn add(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let choices = Choices::of(&app, &visit).await?;
    let typed = Typed::read(&visit);
    let new = match typed.check(&choices) {
        Ok(new) => new,
        Err(wrong) => return Ok(ChangePage::of(&visit, None, (&choices, typed), wrong).answer()),
    };
    let entry = visit.entry_in(visit.scope(Capability::KeepContracts)?, "contract.record", "");
    let done = visit.change("/contracts", "The contract is recorded.", move |tx| {
        Box::pin(async move {
            contracts::add(tx, &new, &entry).await?;
            Ok(())
        })
    });
    done.await
}

pub(super) async fn edit(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = contracts::get(&mut *app.store().read().await?, &ContractId::new(&*id)).await?;
    let choices = Choices::holding(&app, &visit, &found.of).await?;
    let (typed, seen) = (Typed::of(&found.of), found.number.to_string());
    let page = ChangePage::of(&visit, Some((&id, &seen)), (&choices, typed), Wrong::default());
    Ok(page.answer())
}

pub(super) async fn record(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = contracts::get(&mut *app.store().read().await?, &ContractId::new(&*id)).await?;
    let choices = Choices::holding(&app, &visit, &found.of).await?;
    let typed = Typed::read(&visit);
    let seen = visit.fields.get("seen").to_owned();
    let new = match typed.check(&choices) {
        Ok(new) => new,
        Err(wrong) => {
            let page = ChangePage::of(&visit, Some((&id, &seen)), (&choices, typed), wrong);
            return Ok(page.answer());
        }
    };
    let number = seen.parse().unwrap_or(-1);
    let entry = visit.entry_in(visit.scope(Capability::KeepContracts)?, "contract.record", "");
    let (leads_to, id) = (format!("/contracts/{id}"), ContractId::new(id));
    let done = visit.change(&leads_to, "The contract is changed.", move |tx| {
        Box::pin(async move { contracts::change(tx, &id, (&new, number), &entry).await })
    });
    done.await
}

impl Typed {
    fn of(it: &NewContract) -> Self {
        Self {
            name: it.name.clone(),
            code: it.commissioner_code.clone(),
            commissioner: it.commissioner.clone(),
            begins_on: it.begins_on.to_string(),
            ends_on: it.ends_on.to_string(),
            seen_until: it.seen_until.to_string(),
            words: it.words.clone(),
            units: it.units.iter().map(ToString::to_string).collect(),
            measures: it.measures.iter().map(ToString::to_string).collect(),
            readers: it.readers.iter().map(ToString::to_string).collect(),
        }
    }

    fn read(visit: &Visit) -> Self {
        let one = |name: &str| visit.fields.get(name).trim().to_owned();
        let all = |name: &str| visit.fields.all(name).into_iter().map(str::to_owned).collect();
        Self {
            name: one("name"),
            code: one("code").to_uppercase(),
            commissioner: one("commissioner"),
            begins_on: one("begins_on"),
            ends_on: one("ends_on"),
            seen_until: one("seen_until"),
            words: one("words"),
            units: all("units"),
            measures: all("measures"),
            readers: all("readers"),
        }
    }

    fn check(&self, choices: &Choices) -> Result<NewContract, Wrong> {
        let mut wrong = Wrong::default();
        NAME.check(&mut wrong, "name", &self.name, "Write what the contract is called");
        let is_code = CODE_LETTERS.contains(&self.code.len())
            && self.code.chars().all(|it| it.is_ascii_alphanumeric());
        wrong.unless(
            is_code,
            "code",
            "Write the organisation code, three to six letters and digits",
        );
        NAME.check(
            &mut wrong,
            "commissioner",
            &self.commissioner,
            "Write who commissions the care",
        );
        let day = |wrong: &mut Wrong, field: &str, text: &str| {
            let found = text.parse::<Day>().ok();
            wrong.unless(found.is_some(), field, "Write the day as 2026-06-11");
            found
        };
        let begins = day(&mut wrong, "begins_on", &self.begins_on);
        let ends = day(&mut wrong, "ends_on", &self.ends_on);
        let seen = day(&mut wrong, "seen_until", &self.seen_until);
        let is_before =
            |one: Option<Day>, other: Option<Day>| one.zip(other).is_none_or(|it| it.0 <= it.1);
        wrong.unless(is_before(begins, ends), "ends_on", "The last day is before the first");
        wrong.unless(
            is_before(ends, seen),
            "seen_until",
            "Let the commissioner look at least until the last day",
        );
        let is_short = ends.zip(seen).is_none_or(|it| it.1 <= it.0.plus(SEEN_AFTER));
        wrong.unless(is_short, "seen_until", "Let them look for a year after the last day at most");
        if !self.words.is_empty() {
            WORDS.check(&mut wrong, "words", &self.words, "");
        }
        let among = |chosen: &BTreeSet<String>, all: &[(String, String)]| {
            chosen.iter().all(|it| all.iter().any(|known| known.0 == *it))
        };
        let has_units = !self.units.is_empty() && among(&self.units, &choices.units);
        wrong.unless(has_units, "units", "Choose at least one service line of the list");
        let has_measures = !self.measures.is_empty() && among(&self.measures, &choices.measures);
        wrong.unless(has_measures, "measures", "Choose at least one measure of the list");
        wrong.unless(
            among(&self.readers, &choices.readers),
            "readers",
            "Choose people who have the role of a commissioner",
        );
        match (begins, ends, seen) {
            (Some(begins_on), Some(ends_on), Some(seen_until)) if wrong.is_empty() => {
                Ok(self.contract((begins_on, ends_on, seen_until)))
            }
            _ => Err(wrong),
        }
    }

    fn contract(&self, (begins_on, ends_on, seen_until): (Day, Day, Day)) -> NewContract {
        NewContract {
            name: self.name.clone(),
            commissioner_code: self.code.clone(),
            commissioner: self.commissioner.clone(),
            begins_on,
            ends_on,
            seen_until,
            words: self.words.clone(),
            units: self.units.iter().map(|it| UnitCode::new(it.as_str())).collect(),
            measures: self.measures.iter().map(|it| MeasureCode::new(it.as_str())).collect(),
            readers: self.readers.iter().map(|it| PersonId::new(it.as_str())).collect(),
        }
    }
}

impl ChangePage {
    fn of(
        visit: &Visit,
        of: Option<(&str, &str)>,
        (choices, typed): (&Choices, Typed),
        wrong: Wrong,
    ) -> Self {
        let title = if of.is_some() { "Change the contract" } else { "Record a contract" };
        let chosen = |all: &[(String, String)], chosen: &BTreeSet<String>| {
            let one = |it: &(String, String)| (it.0.clone(), it.1.clone(), chosen.contains(&it.0));
            all.iter().map(one).collect()
        };
        let shell = visit.shell(title).below("Contracts", "/contracts").with_errors(&wrong);
        Self {
            shell: match of {
                Some((id, _)) => shell.below(&typed.name, format!("/contracts/{id}")),
                None => shell,
            },
            action: of.map_or_else(
                || "/contracts/new".to_owned(),
                |(id, _)| format!("/contracts/{id}/change"),
            ),
            seen: of.map_or_else(String::new, |it| it.1.to_owned()),
            units: chosen(&choices.units, &typed.units),
            measures: chosen(&choices.measures, &typed.measures),
            readers: chosen(&choices.readers, &typed.readers),
            typed,
            wrong,
        }
    }

    fn answer(&self) -> Response {
        self.respond()
    }
}

impl Page for ChangePage {
    const TEMPLATE: &'static str = "features/contracts/change.html";

    fn samples() -> Vec<Self> {
        let page = |typed: Typed, wrong: Wrong| Self {
            shell: Shell::sample("Record a contract").below("Contracts", "/contracts"),
            action: "/contracts/new".to_owned(),
            seen: String::new(),
            typed,
            units: vec![("TORT".to_owned(), "Trauma and orthopaedics".to_owned(), true)],
            measures: vec![("FFT".to_owned(), "Friends and Family Test".to_owned(), false)],
            readers: vec![("1".to_owned(), "Carl Commissioner, contract lead".to_owned(), true)],
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("measures", "Choose at least one measure of the list");
        let typed = Typed { name: "Planned orthopaedics".to_owned(), ..Typed::default() };
        let nobody = Self { readers: Vec::new(), ..page(Typed::default(), Wrong::default()) };
        vec![page(typed, wrong), nobody]
    }
}
