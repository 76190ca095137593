//! The kinds of care of a group as a file, so rough that it may go anywhere.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::Response;
use disclosure::{
    Amount, Cell, Count, DisclosureRules, HIDDEN, LargestPatients, Measure, People, Sign, Table,
    Totals,
};
use domain::Money;
use results::group::PartOfCare;

use super::costs::{Years, are_few};
use super::show::{Read, Sight, asks, few};
use crate::App;
use crate::shell::download::{self, Kind};
use crate::shell::fault::Fault;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;

/// The kinds of care as a file, with small numbers hidden since a file goes anywhere.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let read = Read::of(super::found(&mut db, &visit, &id).await?)?;
    drop(db);
    let caller = asks(&visit, "group.download", &read.stored).await?;
    let sight = Sight::of(&visit, read.stored.group.unit.as_str());
    let name = read.stored.group.name.clone();
    let table = reading(move || {
        let years = Years::of(&app)?.ok_or(Fault::NotFound)?;
        let costs = years.costs(&read.group, &caller)?;
        if are_few(&costs) {
            return Err(Fault::Refused(few(&costs)));
        }
        let parts: Vec<&PartOfCare> =
            costs.parts.iter().filter(|it| it.is_own || sight.trust).collect();
        table(&parts)
    });
    table.await?.about("Group", name).file(&visit, &format!("group-{id}"))
}

/// Kinds of care as they may be told anywhere: small numbers and what one or two patients make up
/// hidden, counts to the nearest 5, amounts to the nearest £1,000.
fn table(parts: &[&PartOfCare]) -> Result<download::Table, Fault> {
    let cell = |it: &&PartOfCare| Cell {
        row: key(it),
        column: None,
        people: it.patients,
        count: it.events,
        amounts: vec![it.cost],
        largest: Some(LargestPatients { largest: it.dearest.0, top_two: it.dearest.1 }),
    };
    let table = Table {
        measures: vec![Measure { name: "cost".to_owned(), sign: Sign::Either }],
        people: People::MayRepeat,
        groups: BTreeMap::new(),
        totals: Totals { columns: true, ..Totals::default() },
        cells: parts.iter().map(cell).collect(),
    };
    let rules = DisclosureRules::own();
    let release = disclosure::release(&table, &rules)
        .map_err(|error| Fault::Broken(format!("small numbers could not be decided: {error}")))?;
    let step = i64::from(rules.total_rounding.value) * 1_000_000;
    let near = |it: Money| {
        Money::from_micro_pounds((it.micro_pounds() + step / 2).div_euclid(step) * step)
    };
    let row = |it: &&PartOfCare| {
        let figure = release.cell(&key(it), None);
        let events = match figure.map(|it| it.count) {
            Some(Count::Nearest(it)) => it.to_string(),
            _ => HIDDEN.to_owned(),
        };
        let cost = match figure.and_then(|it| it.amounts.first()) {
            Some(Amount::Exact(it) | Amount::Nearest(it)) => near(*it).to_decimal(),
            _ => HIDDEN.to_owned(),
        };
        let place = if it.is_own { "own" } else { "other" };
        vec![place.to_owned(), it.event_type.clone(), it.pod.clone(), events, cost]
    };
    let rows = parts.iter().map(row).collect();
    let columns = [
        ("service_line", Kind::Text),
        ("event_type", Kind::Text),
        ("pod", Kind::Text),
        ("events", Kind::Whole),
        ("cost_gbp", Kind::Decimal),
    ];
    let table = download::Table::new(&columns, rows);
    Ok(table.about("Small numbers", rules.explanation()))
}

fn key(it: &PartOfCare) -> String {
    format!("{} {} {}", it.is_own, it.event_type, it.pod)
}
