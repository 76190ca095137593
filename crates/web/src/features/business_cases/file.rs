//! The options of a case beside each other, as a file.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::cases::Compared;
use engagement::pence::Pence;
use store::cases::Kind as RecordKind;

use super::found::found;
use super::write::case;
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found(&app, &visit, (Capability::ReadCases, RecordKind::Case), &id).await?;
    let case = case(&found)?;
    let plain = |it: Option<Pence>| it.map_or_else(String::new, Pence::plain);
    let row = |(place, it): (usize, Compared<'_>)| {
        let cost = it.option.cost;
        vec![
            it.option.name.clone(),
            if case.proposed == Some(place) { "yes" } else { "no" }.to_owned(),
            plain(cost.map(|it| it.one_off)),
            plain(cost.map(|it| it.recurrent)),
            plain(it.difference.map(|it| it.one_off)),
            plain(it.difference.map(|it| it.recurrent)),
            it.option.outcome.clone(),
            it.option.experience.clone(),
            it.option.safety.clone(),
        ]
    };
    let text = |it| (it, Kind::Text);
    let columns = [
        text("option"),
        text("proposed"),
        text("cost_once_gbp"),
        text("cost_every_year_gbp"),
        text("once_beside_doing_nothing_gbp"),
        text("every_year_beside_doing_nothing_gbp"),
        text("outcome"),
        text("experience"),
        text("safety"),
    ];
    let rows = case.compared().into_iter().enumerate().map(row).collect();
    Table::new(&columns, rows)
        .about("Case", &case.title)
        .about("State", found.record.state().name())
        .about("What it is", "Differences are cost less that of doing nothing; below zero is less.")
        .file(&visit, "options")
}
