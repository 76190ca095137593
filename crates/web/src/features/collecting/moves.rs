//! From which level to which organisations moved since the round before, with mergers and splits.

use axum::extract::{Path, State};
use axum::response::Response;
use engagement::Level;
use engagement::returns::{Moves, OrganisationCode, Restructured, moves};

use super::round::compared;
use super::{address, level_name, of, shell, title};
use crate::App;
use crate::shell::collecting::{Held, before};
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/collecting/moves.html")]
pub(super) struct MovesPage {
    shell: Shell,
    at: String,
    lead: String,
    years: [String; 2],
    rows: Vec<(String, Vec<Cell>)>,
    restructured: Vec<String>,
    new: Vec<String>,
    gone: Vec<String>,
}

/// Organisations from one level to one.
#[derive(Clone, Debug, Default)]
struct Cell {
    count: String,
    /// Whether the level is the same in both years.
    stays: bool,
}

async fn found(app: &App, round: &str) -> Result<(Held, Held, Moves), Fault> {
    let held = of(app, round).await?;
    let earlier = before(&mut *app.store().read().await?, &held).await?;
    compared(&held, earlier.as_ref()).ok_or(Fault::NotFound)?;
    let earlier = earlier.ok_or(Fault::NotFound)?;
    let found = moves(&held.register, &earlier.together.collection, &held.together.collection);
    Ok((held, earlier, found))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (held, earlier, found) = found(&app, &round).await?;
    let [stayed, rose, fell] = found.stayed_rose_fell();
    let headline = format!(
        "{} rose, {} fell and {} stayed",
        words::thousands(rose.into()),
        words::thousands(fell.into()),
        words::thousands(stayed.into())
    );
    let names = |all: &[OrganisationCode]| all.iter().map(|it| held.name(it)).collect();
    let page = MovesPage {
        shell: shell(&visit, &held, headline),
        at: address(&held),
        lead: format!(
            "From {} to {}, of organisations that returned in both years. A new code alone is no difference. The table is for you: it is not published.",
            earlier.year(),
            held.year()
        ),
        years: [earlier.year().to_string(), held.year().to_string()],
        rows: rows(&found),
        restructured: found.restructured.iter().map(|it| told(&held, it)).collect(),
        new: names(&found.new),
        gone: names(&found.gone),
    };
    Ok(page.respond())
}

fn rows(found: &Moves) -> Vec<(String, Vec<Cell>)> {
    let row = |(from, counts): (Level, &[u32; 4])| {
        let cells = Level::ALL.into_iter().zip(counts);
        let cells = cells.map(|(to, count)| Cell { count: count.to_string(), stays: from == to });
        (level_name(from), cells.collect())
    };
    Level::ALL.into_iter().zip(&found.by_level).map(row).collect()
}

/// `X-001 First (Level 1) and X-002 Second (Level 2) became X-003 Third (Level 2)`.
fn told(held: &Held, it: &Restructured) -> String {
    let all = |some: &[(OrganisationCode, Option<Level>)]| {
        let one = |(code, level): &(OrganisationCode, Option<Level>)| {
            let level = level.map_or_else(|| "no return".to_owned(), level_name);
            format!("{} ({level})", held.name(code))
        };
        let all: Vec<String> = some.iter().map(one).collect();
        words::listed(&all.iter().map(String::as_str).collect::<Vec<_>>())
    };
    format!("{} became {}", all(&it.before), all(&it.after))
}

/// The table of levels as a file. It names nobody.
pub(super) async fn take(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (held, earlier, found) = found(&app, &round).await?;
    let names: Vec<String> =
        Level::ALL.iter().map(|it| format!("to_level_{}", it.number())).collect();
    let mut columns = vec![("from_level", Kind::Text)];
    columns.extend(names.iter().map(|it| (it.as_str(), Kind::Whole)));
    let row = |(from, counts): (Level, &[u32; 4])| {
        let counts = counts.iter().map(u32::to_string);
        std::iter::once(from.number().to_string()).chain(counts).collect()
    };
    let rows = Level::ALL.into_iter().zip(&found.by_level).map(row).collect();
    let object = format!("collection/{} moves", held.round.id);
    app.store().audit(visit.entry("collection.download", &object)).await?;
    let years = format!("{} to {}", earlier.year(), held.year());
    let table = Table::new(&columns, rows).about("Round", title(&held)).about("Years", years);
    table.about("For", "Whoever collects: small numbers are not hidden.").file(&visit, "moves")
}

impl MovesPage {
    /// Where a table of it is as a file.
    fn file(&self, name: &str) -> String {
        format!("{}/{name}.csv", self.at)
    }
}

impl Page for MovesPage {
    const TEMPLATE: &'static str = "features/collecting/moves.html";

    fn samples() -> Vec<Self> {
        let cell = |count: &str, stays| Cell { count: count.to_owned(), stays };
        let row = |name: &str| {
            (
                name.to_owned(),
                vec![cell("6", true), cell("11", false), cell("2", false), cell("0", false)],
            )
        };
        let page = |restructured: Vec<String>, new: Vec<String>| Self {
            shell: Shell::sample("40 rose, 9 fell and 191 stayed"),
            at: "/collecting/1".to_owned(),
            lead: "From 2012 to 2013.".to_owned(),
            years: ["2012", "2013"].map(str::to_owned),
            rows: vec![row("Level\u{a0}1"), row("Level\u{a0}2")],
            restructured,
            gone: new.clone(),
            new,
        };
        let merged =
            "X-001 First (Level 1) and X-002 Second (Level 2) became X-003 Third (Level 2)";
        vec![
            page(vec![merged.to_owned()], vec!["X-004 Fourth".to_owned()]),
            page(Vec::new(), Vec::new()),
        ]
    }
}
