//! Very small specialties: how large each unit is beside the trust, and the signed statement that
//! names those which a level may leave out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::{Share, Thresholds};
use store::assessing::Side;
use store::assessing::very_small::{self, NewStatement, SmallUnit, Statement};
use store::units::Branch;

use crate::App;
use crate::shell::assessed::{WORDS, leads_for, side_words};
use crate::shell::assessing::{Gathered, gather};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::shares::{self, Sizes};
use crate::shell::spread::share;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Where this is.
const HERE: &str = "/assessment/very-small";

#[derive(askama::Template)]
#[template(path = "features/spread/very_small.html")]
pub(super) struct VerySmallPage {
    shell: Shell,
    lead: Vec<String>,
    statement: Vec<String>,
    /// Where it is signed; blank where it is, or not by this person.
    sign: String,
    signs_for: String,
    rows: Vec<Row>,
    /// Whether whoever looks may make a statement.
    states: bool,
    seen: i64,
    units: Vec<(String, String, bool)>,
    words: String,
    wrong: Wrong,
}

/// One unit with its shares.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    cost: String,
    expenditure: String,
    activity: String,
    verdict: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let chosen = flagged(&gathered);
    Ok(page(&visit, &gathered, &chosen, (String::new(), Wrong::default())).await?.respond())
}

/// Codes of units that the latest statement names.
fn flagged(gathered: &Gathered) -> BTreeSet<String> {
    let units = gathered.statement.iter().flat_map(|it| &it.of.units);
    units.map(|it| it.unit.as_str().to_owned()).collect()
}

/// Makes a statement, with the shares of the run that is published now.
pub(super) async fn state(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    leads_for(&visit, &gathered).await?.ok_or(Fault::NotFound)?;
    let sizes = shares::published(&app).await?;
    let chosen: BTreeSet<String> =
        visit.fields.all("units").into_iter().map(str::to_owned).collect();
    let typed = visit.fields.get("words").trim().to_owned();
    let named: Vec<&Branch> =
        gathered.specialties().filter(|it| chosen.contains(it.stored.unit.code.as_str())).collect();
    let mut wrong = Wrong::default();
    wrong.unless(named.len() == chosen.len(), "units", "Choose specialties of the list");
    let is_empty = chosen.is_empty() && flagged(&gathered).is_empty();
    wrong.unless(!is_empty, "units", "Choose the specialties that are very small");
    let is_told = sizes.is_some() || chosen.is_empty();
    wrong.unless(is_told, "units", "Nothing is published: no share can be told");
    let missing = "Say why the trust’s outcomes would not be materially affected";
    WORDS.check(&mut wrong, "words", &typed, missing);
    if !wrong.is_empty() {
        return Ok(page(&visit, &gathered, &chosen, (typed, wrong)).await?.respond());
    }
    let new = statement(typed, &named, sizes.as_deref());
    let seen = visit.fields.get("seen").parse().unwrap_or_default();
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "assessment.very_small", "");
    let said = match new.units.len() {
        0 => "No specialty is very small any more.",
        _ => "The statement is made. A clinical and a finance lead sign it now.",
    };
    let done = visit.change(HERE, said, move |tx| {
        Box::pin(async move {
            very_small::state(tx, &new, seen, &entry).await?;
            Ok(())
        })
    });
    done.await
}

fn statement(words: String, named: &[&Branch], sizes: Option<&Sizes>) -> NewStatement {
    let Some(sizes) = sizes.filter(|_| !named.is_empty()) else {
        return NewStatement { words, ..NewStatement::default() };
    };
    NewStatement {
        words,
        run: sizes.run.clone(),
        period: sizes.period.clone(),
        units: named.iter().map(|it| sizes.small(&it.stored.unit)).collect(),
    }
}

pub(super) async fn sign(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let gathered = gather(&app, visit.now).await?;
    let side = leads_for(&visit, &gathered).await?.ok_or(Fault::NotFound)?;
    let found = gathered.statement.filter(|it| it.id.as_str() == id).ok_or(Fault::NotFound)?;
    let entry =
        visit.entry_in(visit.scope(Capability::SignLevels)?, "assessment.very_small_sign", "");
    let done = visit.change(HERE, "Your signature is kept.", move |tx| {
        Box::pin(async move { very_small::sign(tx, &found.id, side, &entry).await })
    });
    done.await
}

async fn page(
    visit: &Visit,
    gathered: &Gathered,
    chosen: &BTreeSet<String>,
    (typed, wrong): (String, Wrong),
) -> Result<VerySmallPage, Fault> {
    let scope = visit.scope(Capability::ReadAssessments)?;
    let sizes: Option<Arc<Sizes>> = shares::published(&visit.app).await?;
    let names = names(&mut *visit.app.store().read().await?).await?;
    let side = leads_for(visit, gathered).await?;
    let found = gathered.statement.as_ref().filter(|it| !it.of.units.is_empty());
    let waits = found.zip(side).filter(|it| it.0.signatures.iter().all(|one| one.side != it.1));
    let units: Vec<&Branch> = gathered
        .specialties()
        .filter(|it| scope.of_unit(it.stored.unit.code.as_str()).is_some())
        .collect();
    let rows = sizes.iter().flat_map(|sizes| units.iter().map(|it| row(visit, sizes, it)));
    Ok(VerySmallPage {
        shell: visit
            .shell("Very small specialties")
            .below("Working together", "/assessment")
            .with_errors(&wrong),
        lead: lead(sizes.as_deref()),
        statement: told(visit, gathered, &names)?,
        sign: waits.map_or_else(String::new, |it| format!("{HERE}/{}", it.0.id)),
        signs_for: waits.map_or("", |it| side_words(it.1)).to_owned(),
        rows: rows.collect(),
        states: side.is_some() && sizes.is_some(),
        seen: gathered.statement.as_ref().map_or(0, |it| it.number),
        units: units
            .iter()
            .map(|it| {
                let of = &it.stored.unit;
                let code = of.code.as_str();
                (code.to_owned(), of.name.clone(), chosen.contains(code))
            })
            .collect(),
        words: typed,
        wrong,
    })
}

fn lead(sizes: Option<&Sizes>) -> Vec<String> {
    let thresholds = Thresholds::own();
    let mut lead = vec![format!(
        "Level\u{a0}4 may leave out {} specialties at the most, if together they are below {} of the trust’s cost and of its activity and a signed statement says that outcomes are not affected.",
        thresholds.very_small_units.value,
        thresholds.small_limit(),
    )];
    lead.push(match sizes {
        Some(it) => format!("Shares are of the published costing of {}.", it.period),
        None => {
            "No costing is published, so no share can be told and no specialty can be left out."
                .to_owned()
        }
    });
    lead
}

fn row(visit: &Visit, sizes: &Sizes, unit: &Branch) -> Row {
    let of = &unit.stored.unit;
    let small = sizes.small(of);
    let is_seen = shares::sees(visit, Some(of.code.as_str()));
    let shown = |found: Option<Share>| match found {
        None => "Cannot be told".to_owned(),
        Some(it) if is_seen => it.to_string().trim_start_matches("about ").to_owned(),
        Some(it) => below(it).to_owned(),
    };
    Row {
        name: of.name.clone(),
        cost: shown(share(small.cost)),
        expenditure: shown(share(small.expenditure)),
        activity: shown(share(small.activity)),
        verdict: verdict(&small),
    }
}

fn below(share: Share) -> &'static str {
    if share < Thresholds::own().small_limit() { "Below the limit" } else { "Not below it" }
}

/// Whether a unit by itself is below the limit; both parts of its cost and its activity must be.
fn verdict(small: &SmallUnit) -> String {
    let parts = [share(small.cost), share(small.expenditure), share(small.activity)];
    let limit = Thresholds::own().small_limit();
    if parts.iter().flatten().any(|it| *it >= limit) {
        return "No".to_owned();
    }
    if parts.iter().all(Option::is_some) { "Yes" } else { "Cannot be told" }.to_owned()
}

/// What the latest statement says, who signed it, and whether it leaves anything out.
fn told(
    visit: &Visit,
    gathered: &Gathered,
    names: &BTreeMap<String, String>,
) -> Result<Vec<String>, Fault> {
    let Some(found) = gathered.statement.as_ref() else {
        return Ok(vec!["Nobody has made a statement.".to_owned()]);
    };
    let by = names.get(found.by.as_str()).map_or("", String::as_str);
    let made = format!("Made by {by}, {}.", words::moment(found.at));
    if found.of.units.is_empty() {
        return Ok(vec![
            "No specialty is called very small any more.".to_owned(),
            words::sentence(&found.of.words),
            made,
        ]);
    }
    let units: Vec<String> = found.of.units.iter().map(|it| line(visit, gathered, it)).collect();
    let mut said = vec![format!("Very small: {}.", units.join("; "))];
    said.push(words::sentence(&found.of.words));
    said.push(format!("By the costing of {}, run {}. {made}", found.of.period, found.of.run));
    said.extend(Side::ALL.iter().map(|it| signature(found, *it, names)));
    said.extend(shares::exemption(visit, gathered, &gathered.proposal()?));
    Ok(said)
}

fn line(visit: &Visit, gathered: &Gathered, small: &SmallUnit) -> String {
    let code = small.unit.as_str();
    let unit = gathered.unit(code).map_or(code, |it| it.stored.unit.name.as_str());
    if !shares::sees(visit, Some(code)) {
        return unit.to_owned();
    }
    let told = |found: Option<Share>| found.map_or("not known".to_owned(), |it| it.to_string());
    format!(
        "{unit} (cost {}, managed expenditure {}, activity {})",
        told(share(small.cost)),
        told(share(small.expenditure)),
        told(share(small.activity))
    )
}

fn signature(found: &Statement, side: Side, names: &BTreeMap<String, String>) -> String {
    let who = words::capital(side_words(side));
    match found.signatures.iter().find(|it| it.side == side) {
        None => format!("Not yet signed for {}.", side_words(side)),
        Some(it) => {
            let name = names.get(it.by.as_str()).map_or("", String::as_str);
            format!("{who}: signed by {name}, {}.", words::moment(it.at))
        }
    }
}

impl Page for VerySmallPage {
    const TEMPLATE: &'static str = "features/spread/very_small.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, cost: &str, verdict: &str| Row {
            name: name.to_owned(),
            cost: cost.to_owned(),
            expenditure: "Cannot be told".to_owned(),
            activity: "0.412%".to_owned(),
            verdict: verdict.to_owned(),
        };
        let page = |rows: Vec<Row>, states: bool, wrong: Wrong| Self {
            shell: Shell::sample("Very small specialties").with_errors(&wrong),
            lead: lead(None),
            statement: vec!["Very small: Pain management.".to_owned()],
            sign: if states { "/assessment/very-small/1".to_owned() } else { String::new() },
            signs_for: "finance".to_owned(),
            rows,
            states,
            seen: 1,
            units: vec![("PAIN".to_owned(), "Pain management".to_owned(), true)],
            words: String::new(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("units", "Choose the specialties that are very small");
        wrong.add("words", "Say why the trust’s outcomes would not be materially affected");
        vec![
            page(vec![row("Pain management", "0.31%", "Cannot be told")], true, Wrong::default()),
            page(Vec::new(), false, Wrong::default()),
            page(Vec::new(), true, wrong),
        ]
    }
}
