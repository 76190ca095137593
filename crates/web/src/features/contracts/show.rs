//! One contract: how many were treated, and each measure of it beside the same months of the year
//! before.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use disclosure::{Count, DisclosureRules, HIDDEN};
use domain::FinancialYear;
use results::Run;
use store::contracts::Contract;

use super::list::days;
use super::{looked, period, reads_all, shared};
use crate::App;
use crate::shell::cube;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::joint_work::unit_names;
use crate::shell::measures::{Beside, Series, one_place};
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/contracts/show.html")]
pub(super) struct ContractPage {
    shell: Shell,
    kicker: String,
    /// Organisation code of the commissioner.
    code: String,
    lead: Vec<String>,
    agreed: String,
    units: Vec<UnitPart>,
    why: String,
    file: String,
    /// For the trust: who looks; none for the commissioner.
    readers: Vec<String>,
    is_own: bool,
    change: String,
}

/// One unit.
#[derive(Clone, Debug, Default)]
struct UnitPart {
    name: String,
    activity: String,
    rows: Vec<Row>,
}

/// One measure.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    address: String,
    now: String,
    before: String,
    change: String,
    is_concern: bool,
    is_unknown: bool,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let contract = looked(&app, &visit, (&id, "contract.read")).await?;
    let series = shared(&app, &visit, &contract).await?;
    let mut db = app.store().read().await?;
    let unit_names = unit_names(&mut db).await?;
    let is_own = reads_all(&visit)?;
    let people = if is_own { names(&mut db).await? } else { BTreeMap::new() };
    drop(db);
    let period = period(&contract, &visit);
    let mut parts = Vec::new();
    for code in &contract.of.units {
        let code = code.as_str();
        let own: Vec<Series> =
            series.iter().filter(|it| it.unit.as_str() == code).cloned().collect();
        parts.push(UnitPart {
            name: unit_names.get(code).cloned().unwrap_or_else(|| code.to_owned()),
            activity: activity(&app, &contract, code).await?,
            rows: rows(&contract, &own, period),
        });
    }
    let of = &contract.of;
    let readers = of.readers.iter().filter_map(|it| people.get(it.as_str()).cloned()).collect();
    Ok(ContractPage {
        shell: visit.shell(&of.name).below("Contracts", "/contracts"),
        kicker: format!("{}, {}", of.commissioner, days(&contract)),
        code: of.commissioner_code.clone(),
        lead: vec![lead(&parts)],
        agreed: of.words.clone(),
        units: parts,
        why: DisclosureRules::own().explanation(),
        file: format!("/contracts/{id}/measures.csv"),
        readers,
        is_own,
        change: if visit.may(Capability::KeepContracts) {
            format!("/contracts/{id}/change")
        } else {
            String::new()
        },
    }
    .respond())
}

/// How many measures of how many got worse, of those with enough months to say; and of how many it
/// cannot be said.
fn lead(parts: &[UnitPart]) -> String {
    let all: Vec<&Row> = parts.iter().flat_map(|it| &it.rows).collect();
    let worse = all.iter().filter(|it| it.is_concern).count() as u64;
    let unknown = all.iter().filter(|it| it.is_unknown).count() as u64;
    let more = match unknown {
        0 => String::new(),
        some => format!(
            " Of {} it cannot be said: too few months, or small numbers.",
            words::count(some, "more", "more")
        ),
    };
    let said = match (all.len() as u64 - unknown, worse) {
        (0, _) if unknown == 0 => {
            return "No measure of the contract has a value in its months yet.".to_owned();
        }
        (0, _) => return format!("Whether anything changed cannot be said.{more}"),
        (all, 0) => format!(
            "None of {} has changed for the worse by more than chance.",
            words::count(all, "measure", "measures")
        ),
        (all, worse) => format!(
            "{worse} of {} changed for the worse by more than chance.",
            words::count(all, "measure", "measures")
        ),
    };
    said + &more
}

fn rows(
    contract: &Contract,
    own: &[Series],
    period: (store::measures::Month, store::measures::Month),
) -> Vec<Row> {
    let mut found = Vec::new();
    for series in own {
        let beside = Beside::in_period(std::slice::from_ref(series), period);
        found.extend(beside.rows.into_iter().map(|it| Row {
            name: it.name,
            address: address(contract, series),
            now: it.now,
            before: it.before,
            change: it.change,
            is_concern: it.is_concern,
            is_unknown: it.is_unknown,
        }));
    }
    found
}

/// Where a measure of a unit is shown under a contract.
fn address(contract: &Contract, series: &Series) -> String {
    format!(
        "/contracts/{}/units/{}/measures/{}",
        contract.id,
        words::in_address(series.unit.as_str()),
        words::in_address(series.measure.definition.code.as_str())
    )
}

/// Whether a run is of months of a contract.
fn overlaps(run: &Run, contract: &Contract) -> bool {
    let manifest = run.manifest();
    let Ok(year) = manifest.year.parse::<FinancialYear>() else { return false };
    let end = year.period_end(manifest.last_period.clamp(1, 12)); // number: months of a year
    year.first_day() <= contract.of.ends_on && contract.of.begins_on <= end
}

/// How much care the published costing counts in a unit, as anybody outside may see it.
async fn activity(app: &App, contract: &Contract, unit: &str) -> Result<String, Fault> {
    let found = cube::published(app).await?;
    let Some((run, cube)) = found.filter(|it| overlaps(&it.0, contract)) else {
        return Ok(
            "No costing of the months of the contract is published, so no care is counted here."
                .to_owned(),
        );
    };
    let from = cube::kicker(&run)?;
    Ok(match cube.release.row_total(unit).map(|it| &it.count) {
        Some(Count::Nearest(events)) => {
            format!(
                "About {} of all commissioners, {from}.",
                words::count(*events, "event", "events")
            )
        }
        Some(Count::Hidden) => {
            format!("How much care it gave is hidden to protect patients, {from}.")
        }
        None => format!("The costing counts no care of its own here, {from}."),
    })
}

/// The months of all measures of a contract as a file.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let contract = looked(&app, &visit, (&id, "contract.download")).await?;
    let series = shared(&app, &visit, &contract).await?;
    let mut rows = Vec::new();
    for it in &series {
        let definition = &it.measure.definition;
        for point in &it.points {
            let cell = |text: Option<String>| text.unwrap_or_else(|| HIDDEN.to_owned());
            let figure = point.figure;
            let drawn = |it: crate::shell::measures::Figure| it.drawn(definition.form);
            rows.push(vec![
                it.unit.to_string(),
                definition.code.to_string(),
                definition.name.clone(),
                point.month.to_string(),
                cell(figure.map(|it| it.value.to_string())),
                cell(figure.map(|it| it.of.map(|it| it.to_string()).unwrap_or_default())),
                cell(figure.map(|it| drawn(it).map(one_place).unwrap_or_default())),
            ]);
        }
    }
    let columns = [
        ("unit", Kind::Text),
        ("measure", Kind::Text),
        ("name", Kind::Text),
        ("month", Kind::Text),
        ("value", Kind::Decimal),
        ("of", Kind::Decimal),
        ("as_drawn", Kind::Decimal),
    ];
    Table::new(&columns, rows)
        .about("Contract", contract.of.name.clone())
        .about("Commissioner", contract.of.commissioner.clone())
        .about("Months", "Those of the contract so far, and the twelve before it.")
        .about("Small numbers", DisclosureRules::own().explanation())
        .file(&visit, "contract-measures")
}

impl Page for ContractPage {
    const TEMPLATE: &'static str = "features/contracts/show.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            name: "Friends and Family Test, positive".to_owned(),
            address: "/contracts/1/units/TORT/measures/FFT".to_owned(),
            now: "about 370 of 395, 93.7%".to_owned(),
            before: "about 380 of 400, 95.0%".to_owned(),
            change: "Yes, for the worse: seven months in a row".to_owned(),
            is_concern: true,
            is_unknown: false,
        };
        let unit = |rows: Vec<Row>| UnitPart {
            name: "Trauma and orthopaedics".to_owned(),
            activity: "About 6,585 events of all commissioners, 2025/26 to the end of March."
                .to_owned(),
            rows,
        };
        let page = |units: Vec<UnitPart>, is_own: bool| Self {
            shell: Shell::sample("Planned orthopaedics 2026/27").below("Contracts", "/contracts"),
            kicker: "Vale Integrated Care Board, 1 April 2026 to 31 March 2027".to_owned(),
            code: "QXX".to_owned(),
            lead: vec![lead(&units)],
            agreed: "Both look at waiting times every month.".to_owned(),
            units,
            why: DisclosureRules::own().explanation(),
            file: "/contracts/1/measures.csv".to_owned(),
            readers: if is_own { vec!["Carl Commissioner".to_owned()] } else { Vec::new() },
            is_own,
            change: if is_own { "/contracts/1/change".to_owned() } else { String::new() },
        };
        vec![page(vec![unit(vec![row])], true), page(vec![unit(Vec::new())], false)]
    }
}
