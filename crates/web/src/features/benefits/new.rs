//! A new benefit: what is claimed, on what it rests, and which measure of quality guards it.

use std::collections::BTreeSet;

use access::{Capability, View};
use axum::extract::{Query, State};
use axum::response::Response;
use engagement::benefits::{BenefitSettings, Kind};
use serde::Deserialize;
use store::benefits::{self, NewBenefit};
use store::measures::{self, Good};
use store::{ActionId, Connection, joint_actions};

use super::form::{Choices, Typed, pair_code};
use super::list::domains;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{choices, kept_units, sees_action, unit_names};
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
    typed: Typed,
    wrong: Wrong,
}

/// What an address begins a benefit with.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    action: String,
    unit: String,
}

const TITLE: &str = "Claim a benefit";

async fn open(app: &App, visit: &Visit) -> Result<Choices, Fault> {
    let settings = BenefitSettings::own();
    let mut db = app.store().read().await?;
    let units = kept_units(&mut db, visit).await?;
    let with = people::with(app, &mut db, Capability::KeepActions, visit.now).await?;
    let owners = with.into_iter().map(|it| (it.0.to_string(), it.1)).collect();
    let pairs = pairs(&mut db, visit, &settings).await?;
    Ok(Choices { units, owners, pairs, settings })
}

/// Measures of quality with values, of units whose measures whoever is signed in may see.
async fn pairs(
    db: &mut Connection,
    visit: &Visit,
    settings: &BenefitSettings,
) -> Result<Vec<(String, String)>, Fault> {
    let Ok(scope) = visit.scope(Capability::ReadMeasures) else { return Ok(Vec::new()) };
    let names = unit_names(db).await?;
    let mut pairs = Vec::new();
    for it in measures::list(db).await? {
        let definition = &it.definition;
        let good = match definition.good {
            Good::Up => "more is better",
            Good::Down => "less is better",
            Good::Neither => continue,
        };
        if !settings.is_quality(definition.subject.as_str()) {
            continue;
        }
        let values = measures::of_measure(db, &definition.code).await?;
        let units: BTreeSet<&str> = values.iter().map(|it| it.recorded.unit.as_str()).collect();
        // A refusal says where the measure stood: only to those who see that exactly.
        let is_seen = |unit: &&str| {
            let found = scope.of_unit(unit);
            found.is_some_and(|it| it.view == View::Exact || !definition.of_patients)
        };
        for unit in units.into_iter().filter(is_seen) {
            let name = names.get(unit).map_or(unit, String::as_str);
            let label = format!("{}, {name} ({good})", definition.name);
            pairs.push((pair_code(definition.code.as_str(), unit), label));
        }
    }
    Ok(pairs)
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
        let action = joint_actions::get(&mut db, &ActionId::new(asked.action.as_str())).await?;
        if !sees_action(&visit, &action) {
            return Err(Fault::NotFound);
        }
        action.agreed.of.what.clone_into(&mut typed.title);
        typed.unit = action.agreed.unit.to_string();
        typed.action = asked.action;
    }
    Ok(New::of(&visit, &from, (typed, Wrong::default())).respond())
}

impl New {
    fn of(visit: &Visit, from: &Choices, (typed, wrong): (Typed, Wrong)) -> Self {
        let shell = visit.shell(TITLE).below("Benefits", "/benefits").with_errors(&wrong);
        let with_none = |text: &str, all: &[(String, String)]| {
            choices(text, all.iter().map(|it| (it.0.as_str(), it.1.as_str())))
        };
        Self {
            units: from.units.clone(),
            owners: from.owners.clone(),
            pairs: with_none("Choose a measure", &from.pairs),
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
            typed: Typed::default(),
            wrong: Wrong::default(),
        }
    }
}

pub(super) async fn claim(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let from = open(&app, &visit).await?;
    let new = match typed.read(&from) {
        Ok(new) => new,
        Err(wrong) => return Ok(New::of(&visit, &from, (typed, wrong)).respond()),
    };
    let mut db = app.store().read().await?;
    if let Some(id) = &new.action {
        let action = joint_actions::get(&mut db, id).await?;
        if !sees_action(&visit, &action) {
            return Err(Fault::NotFound);
        }
    }
    drop(db);
    let entry = visit.entry_in(visit.scope(Capability::KeepActions)?, "benefit.claim", "");
    match record(&visit, new, entry).await {
        // What the rules of benefits say stands on the form, with everything that was typed.
        Err(Fault::Refused(said)) => {
            let mut wrong = Wrong::default();
            wrong.add(field(&said), said);
            Ok(New::of(&visit, &from, (typed, wrong)).respond())
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
    if holds("evidence") {
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
        vec![
            page(Wrong::default(), units.clone()),
            page(Wrong::default(), Vec::new()),
            page(wrong, units),
        ]
    }
}
