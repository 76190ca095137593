//! What the cost of a service line rests on, and the clinicians who signed it.

use access::{Capability, View};
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::benefits::Side;
use serde::Deserialize;
use store::UnitCode;
use store::walk_throughs::{self, NewSignature, StoredSignature};

use super::{TEXT, latest, name_of};
use crate::App;
use crate::shell::allocations::{changed, inputs};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::own_side;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::{PUBLISHED_SINCE, Provenance};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::{people, words};

#[derive(askama::Template)]
#[template(path = "features/walk_throughs/inputs.html")]
pub(super) struct Inputs {
    shell: Shell,
    period: String,
    /// Files of feeds.
    files: Vec<String>,
    /// Rules and statistics.
    rules: Vec<String>,
    /// Who signed last, and what is not as it was signed.
    signed: String,
    changes: Vec<String>,
    earlier: Vec<String>,
    may_sign: bool,
    /// Where clinicians say how far they trust it.
    confidence: String,
    address: String,
    /// The costing whose inputs these are.
    run: String,
    seen: i64,
    words: String,
    wrong: Wrong,
}

/// A signature as typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    seen: String,
    /// The costing that was seen.
    run: String,
    words: String,
}

/// What there is to sign.
struct Found {
    name: String,
    run: String,
    period: String,
    lines: Vec<String>,
    signatures: Vec<StoredSignature>,
}

async fn found(app: &App, visit: &Visit, unit: &str) -> Result<Found, Fault> {
    let name = name_of(app, visit, unit).await?;
    let mut db = app.store().read().await?;
    let signatures = walk_throughs::signatures(&mut db, &UnitCode::new(unit)).await?;
    drop(db);
    let run = latest(app).await?.ok_or(Fault::NotFound)?;
    let (unit, now) = (unit.to_owned(), visit.now);
    let read = reading(move || {
        if !run.rules()?.service_lines.contains_key(&unit) {
            return Err(Fault::NotFound);
        }
        let lines = inputs(&run, &unit)?;
        let period = Provenance::of(&run, now)?.period;
        Ok(Found { name, run: run.id().to_owned(), period, lines, signatures })
    });
    read.await
}

/// Whether whoever is signed in signs for clinicians of a unit.
async fn may_sign(app: &App, visit: &Visit, unit: &str) -> Result<bool, Fault> {
    let scope = visit.scope(Capability::SignLevels).ok().and_then(|it| it.of_unit(unit));
    if scope.is_none_or(|it| it.view != View::Exact) {
        return Ok(false);
    }
    let mut db = app.store().read().await?;
    Ok(own_side(&mut db, visit).await? == Some(Side::Clinical))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, &unit).await?;
    let typed = (String::new(), Wrong::default());
    Ok(Inputs::of(&app, &visit, (&unit, &found), typed).await?.respond())
}

impl Inputs {
    async fn of(
        app: &App,
        visit: &Visit,
        (unit, found): (&str, &Found),
        (words, wrong): (String, Wrong),
    ) -> Result<Self, Fault> {
        let may_sign = may_sign(app, visit, unit).await?;
        let mut db = app.store().read().await?;
        let names = people::names(&mut db).await?;
        drop(db);
        let said = |it: &StoredSignature| {
            let by = names.get(it.by.as_str()).cloned().unwrap_or_default();
            let more = words::sentence(&it.of.words);
            let said =
                format!("{by} signed on {}, of {}. {more}", words::moment(it.at), it.of.period);
            said.trim().to_owned()
        };
        let last = found.signatures.last();
        let (files, rules): (Vec<String>, Vec<String>) =
            found.lines.iter().cloned().partition(|it| it.starts_with("Feed "));
        let changes = last.map(|it| changed(&it.of.inputs, &found.lines)).unwrap_or_default();
        Ok(Self {
            shell: visit
                .shell(title(&found.name))
                .below("Walk-throughs", "/walk-throughs")
                .with_errors(&wrong),
            period: found.period.clone(),
            files,
            rules,
            signed: last.map(said).unwrap_or_default(),
            changes,
            earlier: found.signatures.iter().rev().skip(1).map(said).collect(),
            may_sign,
            confidence: format!("/walk-throughs/confidence/{unit}"),
            address: format!("/walk-throughs/inputs/{unit}"),
            run: found.run.clone(),
            seen: last.map_or(0, |it| it.number),
            words,
            wrong,
        })
    }
}

fn title(unit: &str) -> String {
    format!("What the cost of {unit} rests on")
}

pub(super) async fn sign(
    State(app): State<App>,
    Path(unit): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed: Typed = visit.fields.read()?;
    let found = found(&app, &visit, &unit).await?;
    if !may_sign(&app, &visit, &unit).await? {
        return Err(Fault::NotFound);
    }
    let mut wrong = Wrong::default();
    wrong.unless(typed.run == found.run, "words", PUBLISHED_SINCE);
    if !typed.words.trim().is_empty() {
        TEXT.check(&mut wrong, "words", &typed.words, "");
    }
    if !wrong.is_empty() {
        let page = Inputs::of(&app, &visit, (&unit, &found), (typed.words, wrong));
        return Ok(page.await?.respond());
    }
    let new = NewSignature {
        unit: UnitCode::new(unit.as_str()),
        run: found.run,
        period: found.period,
        inputs: found.lines,
        words: typed.words.trim().to_owned(),
    };
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "inputs.sign", "");
    let seen = typed.seen.parse().unwrap_or(-1);
    let address = format!("/walk-throughs/inputs/{unit}");
    let done = visit.change(&address, "You have signed these inputs and rules.", move |tx| {
        Box::pin(async move { walk_throughs::sign(tx, &new, seen, &entry).await })
    });
    done.await
}

impl Page for Inputs {
    const TEMPLATE: &'static str = "features/walk_throughs/inputs.html";

    fn samples() -> Vec<Self> {
        let page = |signed: &str, changes: Vec<String>, wrong: Wrong| Self {
            shell: Shell::sample(&title("Trauma and orthopaedics")).with_errors(&wrong),
            period: "2025/26 to the end of March, published 19 May 2026".to_owned(),
            files: vec![
                "Feed Theatres, file theatres.csv: 12 of 12 rows used, state 3fa9c1d2.".to_owned(),
            ],
            rules: vec!["Theatre: It is counted in minutes.".to_owned()],
            signed: signed.to_owned(),
            changes,
            earlier: if signed.is_empty() {
                Vec::new()
            } else {
                vec!["Amara Okafor signed on 1 May 2025, 10:00, of 2024/25.".to_owned()]
            },
            may_sign: true,
            confidence: "/walk-throughs/confidence/TORT".to_owned(),
            address: "/walk-throughs/inputs/TORT".to_owned(),
            run: "45f90b5fcd55d0b4".to_owned(),
            seen: 1,
            words: String::new(),
            wrong,
        };
        let mut wrong = Wrong::default();
        wrong.add("words", "Write 2000 letters at most: there are 2001");
        let signed = "Amara Okafor signed on 1 June 2026, 10:00, of 2025/26.";
        let changes = vec!["Was: Feed Theatres, file theatres.csv: 11 of 12 rows used.".to_owned()];
        vec![
            page("", Vec::new(), Wrong::default()),
            page(signed, Vec::new(), Wrong::default()),
            page(signed, changes, wrong),
        ]
    }
}
