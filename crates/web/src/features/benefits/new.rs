//! A new benefit: what is claimed, on what it rests, and which measure of quality guards it.

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use engagement::benefits::{BenefitSettings, Costed, Kind, to_a_tenth};
use jiff::civil::Date;
use serde::Deserialize;
use store::ActionId;
use store::benefits::{self, NewBenefit};

use super::form::{Choices, Typed};
use super::list::domains;
use super::reading::{self, Offered};
use super::told::Told;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{self, choices, kept_units, quality_measures, seen_action};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/benefits/new.html")]
pub(super) struct New {
    shell: Shell,
    units: Vec<(String, String)>,
    owners: Vec<(String, String)>,
    pairs: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    bases: Vec<(String, String)>,
    evidence: Vec<(String, String)>,
    domains: Vec<(String, String)>,
    cash: Vec<(String, String)>,
    again: Vec<(String, String)>,
    /// What the costings hold of the unit.
    offered: Offered,
    /// What was read of them.
    read: Option<Told>,
    typed: Typed,
    wrong: Wrong,
}

/// What the form shows of published costings.
#[derive(Clone, Debug, Default)]
struct Looked {
    offered: Offered,
    read: Option<Costed>,
}

/// Looks what published costings hold of the unit that was chosen, and reads what was asked of them.
async fn look(
    (app, visit): (&App, &Visit),
    from: &Choices,
    (typed, wrong): (&Typed, &mut Wrong),
) -> Result<Looked, Fault> {
    if !from.units.iter().any(|it| it.0 == typed.unit) {
        return Ok(Looked::default());
    }
    let mut looked =
        Looked { offered: reading::offered(app, visit, &typed.unit).await?, read: None };
    let asked = typed.asked();
    if asked.is_blank() {
        return Ok(looked);
    }
    let Some(basis) = from.settings.basis(&typed.basis) else { return Ok(looked) };
    let of = (typed.unit.as_str(), basis);
    looked.read = reading::read(app, visit, of, (&asked, &mut *wrong)).await?;
    // What the rules say of costings that do not go together is said before anything is claimed.
    if let (Some(read), Ok(from_day)) = (&looked.read, typed.from.trim().parse::<Date>())
        && let Some(fault) = read.fault(basis, from_day)
    {
        wrong.add(field(&fault.to_string()), words::capital(&fault.to_string()));
    }
    Ok(looked)
}

/// What an address begins a benefit with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    action: String,
    unit: String,
}

const TITLE: &str = "Claim a benefit";

/// The button that reads and claims nothing.
const READ: &str = "read";

async fn open(app: &App, visit: &Visit) -> Result<Choices, Fault> {
    let settings = BenefitSettings::own();
    let mut db = app.store().read().await?;
    let units = kept_units(&mut db, visit).await?;
    let with = people::with(app, &mut db, Capability::KeepActions, visit.now).await?;
    let owners = with.into_iter().map(|it| (it.0.to_string(), it.1)).collect();
    let pairs = quality_measures(&mut db, visit, &settings).await?;
    Ok(Choices { units, owners, pairs, settings })
}

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let from = open(&app, &visit).await?;
    let mut typed = Typed {
        unit: asked.unit,
        owner: visit.person()?.id.to_string(),
        cash: "no".to_owned(),
        recurrent: "yes".to_owned(),
        ..Typed::default()
    };
    if !asked.action.is_empty() {
        let mut db = app.store().read().await?;
        let id = ActionId::new(asked.action.as_str());
        let action = seen_action(&mut db, &visit, &id).await?.ok_or(Fault::NotFound)?;
        action.agreed.of.what.clone_into(&mut typed.title);
        typed.unit = action.agreed.unit.to_string();
        typed.action = asked.action;
    }
    let mut wrong = Wrong::default();
    let looked = look((&app, &visit), &from, (&typed, &mut wrong)).await?;
    Ok(New::of(&visit, &from, looked, (typed, wrong)).respond())
}

impl New {
    fn of(visit: &Visit, from: &Choices, looked: Looked, (typed, wrong): (Typed, Wrong)) -> Self {
        let basis = from.settings.basis(&typed.basis);
        let target = joint_work::typed(&typed.target);
        let read = looked.read.as_ref().zip(basis);
        let shell = visit.shell(TITLE).below("Benefits", "/benefits").with_errors(&wrong);
        let with_none = |text: &str, all: &[(String, String)]| {
            choices(text, all.iter().map(|it| (it.0.as_str(), it.1.as_str())))
        };
        Self {
            units: from.units.clone(),
            owners: from.owners.clone(),
            pairs: with_none("Choose a measure", &from.pairs),
            offered: looked.offered,
            read: read.map(|(read, basis)| Told::of(read, basis, target)),
            typed,
            wrong,
            ..Self::lists(shell, &from.settings)
        }
    }

    /// A page with the lists that come with the program.
    fn lists(shell: Shell, settings: &BenefitSettings) -> Self {
        let bases: Vec<(String, String)> = settings
            .basis
            .iter()
            .map(|it| {
                let released = if it.released { ": can be released" } else { "" };
                (it.code.clone(), format!("{}, in {}{released}", it.name, it.unit))
            })
            .collect();
        let bases = bases.iter().map(|it| (it.0.as_str(), it.1.as_str()));
        let evidence = settings.evidence.iter().map(|it| (it.code.as_str(), it.name.as_str()));
        Self {
            shell,
            units: Vec::new(),
            owners: Vec::new(),
            pairs: Vec::new(),
            kinds: choices("", Kind::ALL.iter().map(|it| (it.word(), it.name()))),
            bases: choices("Choose one", bases),
            evidence: choices("Nothing", evidence),
            domains: domains(settings),
            cash: choices(
                "",
                [
                    ("no", "No: something was released or is better, and no money is gone"),
                    ("yes", "Yes: the ledger shows that money is gone or was earned"),
                ],
            ),
            again: choices("", [("yes", "Every year"), ("no", "Once")]),
            offered: Offered::default(),
            read: None,
            typed: Typed::default(),
            wrong: Wrong::default(),
        }
    }
}

pub(super) async fn claim(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let from = open(&app, &visit).await?;
    let mut wrong = Wrong::default();
    let looked = look((&app, &visit), &from, (&typed, &mut wrong)).await?;
    if typed.go == READ {
        let known = from.settings.basis(&typed.basis).is_some();
        wrong.unless(known || typed.asked().is_blank(), "basis", "Choose what the claim rests on");
        wrong.unless(!typed.unit.is_empty(), "unit", "Choose in which unit it is");
        return Ok(New::of(&visit, &from, looked, (typed, wrong)).respond());
    }
    let mut new = match typed.read(&from) {
        Ok(new) if wrong.is_empty() => new,
        Ok(_) => return Ok(New::of(&visit, &from, looked, (typed, wrong)).respond()),
        Err(more) => {
            let wrong = more.and(&wrong);
            return Ok(New::of(&visit, &from, looked, (typed, wrong)).respond());
        }
    };
    new.costed.clone_from(&looked.read);
    let month = looked.read.as_ref().and_then(Costed::month_before);
    new.baseline = new.baseline.or_else(|| month.map(to_a_tenth));
    let mut db = app.store().read().await?;
    if let Some(id) = &new.action {
        seen_action(&mut db, &visit, id).await?.ok_or(Fault::NotFound)?;
    }
    drop(db);
    let entry = visit.entry_in(visit.scope(Capability::KeepActions)?, "benefit.claim", "");
    match record(&visit, new, entry).await {
        // What the rules of benefits say stands on the form, with everything that was typed.
        Err(Fault::Refused(said)) => {
            wrong.add(field(&said), said);
            Ok(New::of(&visit, &from, looked, (typed, wrong)).respond())
        }
        other => other,
    }
}

async fn record(visit: &Visit, new: NewBenefit, entry: store::Entry) -> Result<Response, Fault> {
    let done = visit.change_to("The benefit is claimed. Both leads verify it.", move |tx| {
        Box::pin(async move {
            let id = benefits::claim(tx, &new, &entry).await?;
            Ok(format!("/benefits/{id}"))
        })
    });
    done.await
}

/// On which field stands what the rules refused.
fn field(said: &str) -> &'static str {
    let said = said.to_lowercase();
    let holds = |text: &str| said.contains(text);
    if holds("not counted in") {
        "activity"
    } else if holds("baseline") && !holds("the later costing") {
        "baseline_run"
    } else if holds("costing") {
        "later"
    } else if holds("evidence") {
        "evidence"
    } else if holds("limit") {
        "limit"
    } else if holds("measure") {
        "pair"
    } else if holds("what used") {
        "used_by"
    } else if holds("released") || holds("claims the same") {
        "basis"
    } else if holds("last day") {
        "to"
    } else {
        "claimed"
    }
}

impl Page for New {
    const TEMPLATE: &'static str = "features/benefits/new.html";

    fn samples() -> Vec<Self> {
        let settings = BenefitSettings::own();
        let one = |code: &str, name: &str| vec![(code.to_owned(), name.to_owned())];
        let page = |wrong: Wrong, units: Vec<(String, String)>| Self {
            units,
            owners: one("1", "Amara Okafor, clinical director"),
            pairs: one("FALLS|TORT", "Falls with harm, Trauma and orthopaedics (less is better)"),
            typed: Typed { cash: "no".to_owned(), ..Typed::default() },
            wrong: wrong.clone(),
            ..Self::lists(Shell::sample(TITLE).with_errors(&wrong), &settings)
        };
        let mut wrong = Wrong::default();
        wrong.add("pair", words::capital("choose the quality measure this could affect"));
        let units = one("TORT", "Trauma and orthopaedics");
        let read = Self {
            offered: Offered::sample(),
            read: Some(Told::sample()),
            ..page(Wrong::default(), units.clone())
        };
        vec![
            read,
            page(Wrong::default(), units.clone()),
            page(Wrong::default(), Vec::new()),
            page(wrong, units),
        ]
    }
}
