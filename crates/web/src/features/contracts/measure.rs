//! One measure of one unit under a contract: its months, drawn and in a table.

use axum::extract::{Path, State};
use axum::response::Response;
use disclosure::{DisclosureRules, HIDDEN};
use store::{MeasureCode, UnitCode, units};

use super::{looked, shared};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::measures::{Drawn, drawn_lines, month_words, said};
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/contracts/measure.html")]
pub(super) struct MeasurePage {
    shell: Shell,
    kicker: String,
    lead: String,
    lines: Vec<Drawn>,
    /// Months with their value, latest first.
    rows: Vec<(String, String)>,
    facts: Vec<(&'static str, String)>,
    why: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path((id, unit, measure)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let contract = looked(&app, &visit, (&id, "contract.read")).await?;
    let (unit, code) = (UnitCode::new(unit), MeasureCode::new(measure));
    if !contract.of.units.contains(&unit) || !contract.of.measures.contains(&code) {
        return Err(Fault::NotFound);
    }
    let found = shared(&app, &visit, &contract).await?;
    let mut found = found.into_iter();
    let series = found.find(|it| it.unit == unit && it.measure.definition.code == code);
    let series = series.ok_or(Fault::NotFound)?;
    let named = units::get(&mut *app.store().read().await?, &unit).await?;
    let definition = &series.measure.definition;
    let value = |it: Option<crate::shell::measures::Figure>| {
        it.map_or_else(|| HIDDEN.to_owned(), |it| said(definition, &it))
    };
    let months = series.points.iter().rev();
    let shell = visit.shell(format!("{}, {}", definition.name, named.unit.name));
    Ok(MeasurePage {
        shell: shell
            .below("Contracts", "/contracts")
            .below(&contract.of.name, format!("/contracts/{id}")),
        kicker: contract.of.name.clone(),
        lead: words::sentence(&definition.definition),
        lines: drawn_lines(&series),
        rows: months.map(|it| (month_words(it.month), value(it.figure))).collect(),
        facts: vec![
            ("Where it comes from", definition.source.clone()),
            ("Who keeps it", definition.keeper.clone()),
        ],
        why: DisclosureRules::own().explanation(),
    }
    .respond())
}

impl Page for MeasurePage {
    const TEMPLATE: &'static str = "features/contracts/measure.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            shell: Shell::sample("Friends and Family Test, positive, Hips"),
            kicker: "Planned orthopaedics 2026/27".to_owned(),
            lead: "Answers of good or very good, of all answers.".to_owned(),
            lines: vec![Drawn::sample()],
            rows: vec![("April 2026".to_owned(), "about 30 of 35, 85.7%".to_owned())],
            facts: vec![("Who keeps it", "Patient experience team".to_owned())],
            why: DisclosureRules::own().explanation(),
        }]
    }
}
