//! Whom to ask: returns whose steps and level disagree, rows that were left out, and who is missing.
//! Only whoever collects sees names.

use axum::extract::{Path, State};
use axum::response::Response;
use engagement::returns::Disagreement;

use super::{address, level_name, of, shell, title};
use crate::App;
use crate::shell::collecting::{Held, shown_words};
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/collecting/ask.html")]
pub(super) struct AskPage {
    shell: Shell,
    at: String,
    flags: Vec<Flagged>,
    left_out: Vec<(String, String, String)>,
    missing: Vec<String>,
}

/// A return whose steps disagree with its level.
#[derive(Clone, Debug, Default)]
struct Flagged {
    organisation: String,
    level: String,
    show: String,
    ask: String,
    place: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let held = of(&app, &round).await?;
    let flags = flags(&held);
    let missing = &held.together.collection.missing;
    let named = format!(
        "{} to ask, and {} missing",
        words::thousands((flags.len() + held.left_out().len()) as u64),
        words::thousands(missing.len() as u64)
    );
    let page = AskPage {
        shell: shell(&visit, &held, named),
        at: address(&held),
        flags,
        left_out: left_out(&held),
        missing: missing.iter().map(|it| held.name(it)).collect(),
    };
    Ok(page.respond())
}

fn flags(held: &Held) -> Vec<Flagged> {
    let one = |(file, it): &(usize, engagement::returns::Flag)| {
        let (show, ask) = match it.disagreement {
            Disagreement::Less(shown) => (shown, "Ask why the level is higher than the steps show"),
            Disagreement::More(shown) => (
                shown,
                "Nothing need be wrong: spread, or support in using financial data, may hold it down",
            ),
        };
        Flagged {
            organisation: held.name(&it.organisation),
            level: level_name(it.level),
            show: shown_words(show),
            ask: ask.to_owned(),
            place: format!("file {file}, row {}", it.row),
        }
    };
    held.together.flags.iter().map(one).collect()
}

fn left_out(held: &Held) -> Vec<(String, String, String)> {
    let one = |(file, it): &(usize, engagement::returns::RowFault)| {
        let whose = it.organisation.as_ref().map_or_else(String::new, |it| held.name(it));
        let place = format!("File {file}, row {}", it.row);
        (place, whose, words::capital(&it.what.to_string()))
    };
    held.left_out().iter().map(one).collect()
}

/// All of it as a file, to write to organisations by.
pub(super) async fn take(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let held = of(&app, &round).await?;
    let row = |why: &str, organisation: &str, place: &str, what: &str| {
        [why, organisation, place, what].map(str::to_owned).to_vec()
    };
    let mut rows = Vec::new();
    for it in flags(&held) {
        let what = format!("states {}; its steps show {}: {}", it.level, it.show, it.ask);
        rows.push(row(
            "steps and level",
            &it.organisation,
            &it.place,
            &what.replace('\u{a0}', " "),
        ));
    }
    for (place, whose, what) in left_out(&held) {
        rows.push(row("left out", &whose, &place.to_lowercase(), &what));
    }
    for it in &held.together.collection.missing {
        rows.push(row("missing", &held.name(it), "", "has not returned"));
    }
    let object = format!("collection/{} whom to ask", held.round.id);
    app.store().audit(visit.entry("collection.download", &object)).await?;
    let columns = ["why", "organisation", "place", "what"].map(|it| (it, Kind::Text));
    let table = Table::new(&columns, rows).about("Round", title(&held));
    table.about("For", "Whoever collects: it names organisations.").file(&visit, "whom-to-ask")
}

impl AskPage {
    /// Where a table of it is as a file.
    fn file(&self, name: &str) -> String {
        format!("{}/{name}.csv", self.at)
    }
}

impl Page for AskPage {
    const TEMPLATE: &'static str = "features/collecting/ask.html";

    fn samples() -> Vec<Self> {
        let flagged = Flagged {
            organisation: "X-008 Eighth example trust".to_owned(),
            level: "Level\u{a0}3".to_owned(),
            show: "Level\u{a0}2".to_owned(),
            ask: "Ask why the level is higher than the steps show".to_owned(),
            place: "file 1, row 9".to_owned(),
        };
        let text = |it: &str| it.to_owned();
        let left =
            (text("File 1, row 7"), text("X-006 Sixth example trust"), text("`5` is no level"));
        let page = |flags: Vec<Flagged>, left_out, missing: Vec<String>| Self {
            shell: Shell::sample("2 to ask, and 1 missing"),
            at: "/collecting/1".to_owned(),
            flags,
            left_out,
            missing,
        };
        vec![
            page(vec![flagged], vec![left], vec![text("X-006 Sixth example trust")]),
            page(Vec::new(), Vec::new(), Vec::new()),
        ]
    }
}
