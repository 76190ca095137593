//! What was published of a round: a snapshot that never changes. It names no organisation.

use axum::extract::{Path, State};
use axum::response::Response;
use engagement::national::{Distribution, Movement};
use serde::Deserialize;
use store::collecting::{self, Seen};

use super::round::may_publish;
use super::{Levels, PartRow, address, groups, in_words, of, part_rows, rule, shell, title};
use crate::App;
use crate::shell::collecting::{Held, Part, Snapshot, before};
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/collecting/published.html")]
pub(super) struct PublishedPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    at: String,
    levels: Levels,
    parts: Vec<(&'static str, &'static str, Vec<PartRow>)>,
    rule: String,
    notes: Vec<String>,
}

/// What was seen of the round when its table was published.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Form {
    publications: i64,
    registers: i64,
    files: i64,
}

pub(super) async fn publish(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let held = of(&app, &round).await?;
    let form: Form = visit.fields.read()?;
    let earlier = before(&mut *app.store().read().await?, &held).await?;
    let snapshot = may_publish(&held, earlier.as_ref())?.map_err(Fault::Refused)?.to_text()?;
    let Form { publications, registers, files } = form;
    let seen = Seen { publications, registers, files };
    let (id, entry) = (held.round.id.clone(), visit.entry("collection.publish", ""));
    let leads_to = format!("{}/published", address(&held));
    let said = "The table is published. It never changes.";
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move { collecting::publish(tx, &id, &snapshot, seen, &entry).await })
    });
    done.await
}

/// The latest publication of a round.
async fn latest(app: &App, round: &str) -> Result<(Held, Snapshot), Fault> {
    let held = of(app, round).await?;
    let snapshot = Snapshot::of(held.publications.last().ok_or(Fault::NotFound)?)?;
    Ok((held, snapshot))
}

pub(super) async fn show(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (held, snapshot) = latest(&app, &round).await?;
    let last = held.publications.last().ok_or(Fault::NotFound)?;
    let names = names(&mut *app.store().read().await?).await?;
    let by = names.get(last.by.as_str()).cloned().unwrap_or_default();
    let kicker = format!("Published by {by}, {}", words::moment(last.at));
    let shell = shell(&visit, &held, format!("{}, as published", title(&held)));
    Ok(PublishedPage::of(shell, address(&held), kicker, &snapshot).respond())
}

impl PublishedPage {
    fn of(shell: Shell, at: String, kicker: String, snapshot: &Snapshot) -> Self {
        let (now, before) = (snapshot.distribution(), snapshot.before());
        Self {
            shell,
            kicker,
            lead: in_words(&now, before.as_ref()),
            at,
            levels: Levels::of(&now, before.as_ref()),
            parts: groups::parts(part_rows(&snapshot.sectors), part_rows(&snapshot.regions)),
            rule: rule(snapshot.minimum),
            notes: notes(snapshot),
        }
    }
}

fn notes(snapshot: &Snapshot) -> Vec<String> {
    let missing = match snapshot.missing {
        0 => "Every organisation that was open on the day has returned.".to_owned(),
        some => format!(
            "{} that {} open on the day had not returned.",
            words::count(some as u64, "organisation", "organisations"),
            if some == 1 { "was" } else { "were" }
        ),
    };
    let frameworks: Vec<&str> = snapshot.frameworks.iter().map(String::as_str).collect();
    vec![
        missing,
        "Levels are what two leads of each organisation signed: a judgement, not a score. Shares are worked out from the numbers and rounded to the nearest whole.".to_owned(),
        format!("Version of the framework: {}.", words::listed(&frameworks)),
    ]
}

/// The published table: the same columns as the guide's, for the same years.
fn table(now: &Distribution, before: Option<&Distribution>) -> Table {
    let year = |it: &Distribution| [format!("trusts_{}", it.year), format!("percent_{}", it.year)];
    let from = *before.unwrap_or(now);
    let rows = Movement { from, to: *now }.rows();
    let cells = |it: &engagement::national::MovementRow| {
        let name = it.level.map_or_else(|| "Total".to_owned(), |it| it.number().to_string());
        let mut cells = vec![name];
        if before.is_some() {
            cells.extend([it.from.0.to_string(), it.from.1.to_string()]);
        }
        cells.extend([it.to.0.to_string(), it.to.1.to_string()]);
        cells.extend(before.map(|_| it.change.to_string()));
        cells
    };
    let names: Vec<String> = before.into_iter().chain([now]).flat_map(year).collect();
    let mut columns = vec![("level", Kind::Text)];
    columns.extend(names.iter().map(|it| (it.as_str(), Kind::Whole)));
    columns.extend(before.map(|_| ("change", Kind::Whole)));
    Table::new(&columns, rows.iter().map(cells).collect())
}

/// The published table as a file.
pub(super) async fn take(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (held, snapshot) = latest(&app, &round).await?;
    let table = table(&snapshot.distribution(), snapshot.before().as_ref());
    about(&held, table, &snapshot).file(&visit, "published-levels")
}

/// Sectors and regions as a file.
pub(super) async fn take_groups(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (held, snapshot) = latest(&app, &round).await?;
    let row = |by: &str, it: &Part| {
        let mut cells = vec![by.to_owned(), it.names.join(", ")];
        match it.organisations {
            Some(counts) => {
                let all = counts.iter().sum::<u32>();
                cells.extend(counts.iter().chain([&all]).map(u32::to_string));
            }
            None => cells.extend(std::iter::repeat_n(disclosure::HIDDEN.to_owned(), 5)), // number: four levels and all
        }
        cells
    };
    let sectors = snapshot.sectors.iter().map(|it| row("sector", it));
    let rows = sectors.chain(snapshot.regions.iter().map(|it| row("region", it)));
    let columns = [
        ("by", Kind::Text),
        ("groups", Kind::Text),
        ("level_1", Kind::Whole),
        ("level_2", Kind::Whole),
        ("level_3", Kind::Whole),
        ("level_4", Kind::Whole),
        ("all", Kind::Whole),
    ];
    let table = Table::new(&columns, rows.collect()).about("Small groups", rule(snapshot.minimum));
    about(&held, table, &snapshot).file(&visit, "published-groups")
}

fn about(held: &Held, table: Table, snapshot: &Snapshot) -> Table {
    let last = held.publications.last().map(|it| words::moment(it.at)).unwrap_or_default();
    table
        .about("Round", title(held))
        .about("Published", last)
        .about("Organisations missing", snapshot.missing.to_string())
        .about("Version of the framework", snapshot.frameworks.join(", "))
}

impl PublishedPage {
    /// Where a table of it is as a file.
    fn file(&self, name: &str) -> String {
        format!("{}/{name}.csv", self.at)
    }
}

impl Page for PublishedPage {
    const TEMPLATE: &'static str = "features/collecting/published.html";

    fn samples() -> Vec<Self> {
        let page = |before, missing| {
            let part =
                Part { names: vec!["acute".to_owned()], organisations: Some([7, 89, 92, 56]) };
            let snapshot = Snapshot {
                year: 2013,
                organisations: [7, 89, 92, 56],
                before,
                missing,
                sectors: vec![part.clone()],
                regions: vec![Part { organisations: None, ..part }],
                minimum: 5,
                frameworks: vec!["2013".to_owned()],
                register: String::new(),
                files: Vec::new(),
            };
            let shell = Shell::sample("National collection 2013, as published");
            let kicker = "Published by Nina Castell, 1 August 2013, 10:00".to_owned();
            Self::of(shell, "/collecting/1".to_owned(), kicker, &snapshot)
        };
        vec![page(Some((2012, [20, 94, 85, 49])), 0), page(None, 1)]
    }
}
