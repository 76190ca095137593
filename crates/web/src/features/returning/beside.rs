//! Where the trust stands in a group, once the group has published its table.

use access::Capability;
use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use engagement::national::Distribution;
use engagement::returns::read_published;
use engagement::{Level, Thresholds};
use serde::Deserialize;
use store::returning::{self, Consent};

use super::sharing::holding;
use super::signed::{all, may_sign, trust};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::pasted::uploaded;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/returning/beside.html")]
pub(super) struct BesidePage {
    shell: Shell,
    at: String,
    lead: Vec<String>,
    chart: String,
    rows: Vec<(String, String, String)>,
    loads: bool,
    csv: String,
    wrong: Wrong,
}

/// What is pasted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Form {
    csv: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let trust = trust(&app, &visit, Capability::ReadAssessments).await?;
    let consent = holding(&app, &id).await?;
    let form = (String::new(), Wrong::default());
    Ok(page(&app, &visit, (&consent, &trust), form).await?.respond())
}

async fn page(
    app: &App,
    visit: &Visit,
    (consent, trust): (&Consent, &str),
    (csv, wrong): (String, Wrong),
) -> Result<BesidePage, Fault> {
    let mut db = app.store().read().await?;
    let of = &consent.of;
    let levels = all(&mut db, trust).await?;
    let own = levels.iter().find(|it| it.id == of.level).map(|it| it.level);
    let own = own.ok_or(Fault::NotFound)?;
    let tables = returning::loaded_tables(&mut db).await?;
    let table = tables.iter().rfind(|it| (&it.group, it.year) == (&of.group, of.year));
    let found = match table {
        Some(it) => Some(of_year(&it.csv, of.year).map_err(Fault::Broken)?),
        None => None,
    };
    let shell = visit
        .shell(format!("{}, {}", of.group, of.year))
        .below("Working together", "/assessment")
        .below("Return", "/assessment/return")
        .below("Sharing", "/assessment/sharing");
    let page = BesidePage {
        shell: shell.with_errors(&wrong),
        at: format!("/assessment/sharing/{}", consent.id),
        lead: Vec::new(),
        chart: String::new(),
        rows: Vec::new(),
        loads: may_sign(visit, trust),
        csv,
        wrong,
    };
    Ok(page.with((own, found), Thresholds::own().group_members.value))
}

/// The distribution of a year from a published table.
fn of_year(csv: &str, year: i64) -> Result<Distribution, String> {
    let all = read_published(csv).map_err(|error| error.to_string())?;
    let found = all.into_iter().find(|it| i64::from(it.year) == year);
    found.ok_or_else(|| format!("it has no column `trusts_{year}`: it is of another round"))
}

impl BesidePage {
    /// With what the group published, if it did.
    fn with(mut self, (own, found): (Level, Option<Distribution>), minimum: u32) -> Self {
        let name = level_name(own);
        let Some(found) = found else {
            self.lead = vec![
                format!("The trust shares {name}."),
                "The group has published nothing that was loaded here yet. Load its table to see where the trust stands in it.".to_owned(),
            ];
            return self;
        };
        let Some(shown) = found.shown_from(minimum) else {
            let members = words::count(found.total().into(), "member", "members");
            self.lead = vec![if found.total() < minimum {
                format!(
                    "The table is of {members}, and {minimum} are needed: of fewer, each could work out where the others are. It is not shown."
                )
            } else {
                format!(
                    "All {members} are at one level, which would tell where each is. It is not shown."
                )
            }];
            return self;
        };
        self.lead = vec![
            format!("The trust shares {name}."),
            format!(
                "{}.",
                shown.in_words_of(own, "members of the group").replace("Level ", "Level\u{a0}")
            ),
        ];
        self.chart = chart(&shown, own);
        let row = |it: &Level| {
            (level_name(*it), shown.at(*it).to_string(), format!("{}%", shown.percent(*it)))
        };
        self.rows = Level::ALL.iter().map(row).collect();
        self.rows.push(("Total".to_owned(), shown.total().to_string(), "100%".to_owned()));
        self
    }
}

fn level_name(level: Level) -> String {
    format!("Level\u{a0}{}", level.number())
}

fn chart(of: &Distribution, own: Level) -> String {
    let bar = |level: &Level| Bar {
        name: if *level == own {
            format!("{}, the trust’s", level_name(*level))
        } else {
            level_name(*level)
        },
        value: format!("{}, {}%", of.at(*level), of.percent(*level)),
        size: Some(i64::from(of.at(*level))),
        is_strong: own == *level,
        is_rest: false,
    };
    let heading = Heading {
        id: "levels-of-the-group".to_owned(),
        title: format!("Members of the group by level in {}", of.year),
        description: "How many members are at each level. The table below holds the same figures."
            .to_owned(),
    };
    let bars = Level::ALL.iter().map(bar).collect();
    Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw().svg() // number: as other charts
}

pub(super) async fn load(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    take_in(&app, &visit, &id).await
}

pub(super) async fn load_file(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
    parts: Multipart,
) -> Result<Response, Fault> {
    let (visit, _) = uploaded(visit, parts).await?;
    take_in(&app, &visit, &id).await
}

async fn take_in(app: &App, visit: &Visit, id: &str) -> Result<Response, Fault> {
    let trust = trust(app, visit, Capability::SignLevels).await?;
    let consent = holding(app, id).await?;
    let Form { csv } = visit.fields.read()?;
    let mut wrong = Wrong::default();
    wrong.unless(!csv.trim().is_empty(), "csv", "Paste the table, or choose a file");
    if wrong.is_empty()
        && let Err(why) = of_year(&csv, consent.of.year)
    {
        wrong.add("csv", format!("Nothing is loaded: {why}"));
    }
    if !wrong.is_empty() {
        return Ok(page(app, visit, (&consent, &trust), (csv, wrong)).await?.respond());
    }
    let entry = visit.entry_in(visit.scope(Capability::SignLevels)?, "group_table.load", "");
    let leads_to = format!("/assessment/sharing/{id}");
    let done = visit.change(&leads_to, "The table of the group is loaded.", move |tx| {
        Box::pin(async move {
            let of = (consent.of.group.as_str(), consent.of.year);
            returning::load_table(tx, of, &csv, &entry).await
        })
    });
    done.await
}

impl Page for BesidePage {
    const TEMPLATE: &'static str = "features/returning/beside.html";

    fn samples() -> Vec<Self> {
        let page = |found, wrong: Wrong| {
            let page = Self {
                shell: Shell::sample("Vale group, 2026").with_errors(&wrong),
                at: "/assessment/sharing/1".to_owned(),
                lead: Vec::new(),
                chart: String::new(),
                rows: Vec::new(),
                loads: true,
                csv: String::new(),
                wrong,
            };
            page.with((Level::Three, found), 5) // number: a sample
        };
        let group = |trusts| Some(Distribution { year: 2026, trusts });
        let mut wrong = Wrong::default();
        wrong.add("csv", "Paste the table, or choose a file");
        vec![
            page(group([1, 2, 3, 1]), Wrong::default()),
            page(group([0, 1, 1, 0]), Wrong::default()),
            page(None, wrong),
        ]
    }
}
