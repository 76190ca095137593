//! The register of all evidence that somebody sees, by how it stands and by step, as page and file.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Query, State};
use axum::response::Response;
use domain::Day;
use serde::{Deserialize, Serialize};
use store::assessing::{self, Evidence, SUPPORT};

use super::super::day;
use super::{SUPPORT_ASKED, codes};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::download::{Kind, Table};
use crate::shell::evidence::{SETTINGS, Standing, last_day, sees, standing, units_seen, waiting};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::people::names;
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/self_assessment/evidence/register.html")]
pub(in crate::features::self_assessment) struct RegisterPage {
    shell: Shell,
    lead: Vec<String>,
    waiting: String,
    states: Vec<(String, String)>,
    steps: Vec<(String, String)>,
    owners: Vec<(String, String)>,
    asked: Asked,
    /// Nothing is wrong with this form; its fields want to know.
    wrong: Wrong,
    rows: Vec<Row>,
    csv: String,
}

/// A piece of the register.
#[derive(Clone, Debug, Default)]
struct Row {
    title: String,
    address: String,
    unit: String,
    state: &'static str,
    is_warning: bool,
    until: String,
    steps: String,
    owner: String,
}

/// Which pieces.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::features::self_assessment) struct Asked {
    /// How they stand; all if blank.
    state: String,
    /// Step that they bear; all if blank.
    step: String,
    /// `me` for one's own; all if blank.
    owner: String,
}

/// What somebody sees of the evidence, and what of it they ask for.
struct Register {
    gathered: Gathered,
    pieces: Vec<Evidence>,
    names: BTreeMap<String, String>,
    today: Day,
    all: usize,
}

impl Register {
    async fn of(app: &App, visit: &Visit, asked: &Asked) -> Result<Self, Fault> {
        let gathered = gather(app, visit.now).await?;
        let units = units_seen(visit, &gathered);
        let mut db = app.store().read().await?;
        let mut pieces = assessing::evidence_of(&mut db, &units).await?;
        let names = names(&mut db).await?;
        drop(db);
        pieces.retain(|it| sees(visit, it));
        let (all, today) = (pieces.len(), today(visit.now));
        let me = visit.person()?.id.clone();
        pieces.retain(|it| {
            let stands = asked.state.is_empty() || standing(it, today).code() == asked.state;
            let bears = asked.step.is_empty() || it.of.steps.contains(&asked.step);
            stands && bears && (asked.owner.is_empty() || it.of.owner == me)
        });
        // What ends first stands first; what counts for nothing yet stands before it.
        pieces.sort_by_key(|it| (standing(it, today), last_day(it), it.of.title.clone()));
        Ok(Self { gathered, pieces, names, today, all })
    }

    fn unit(&self, it: &Evidence) -> String {
        let unit = self.gathered.unit(it.of.unit.as_str());
        unit.map_or_else(|| it.of.unit.to_string(), |it| it.stored.unit.name.clone())
    }

    fn owner(&self, it: &Evidence) -> String {
        self.names.get(it.of.owner.as_str()).cloned().unwrap_or_default()
    }

    fn row(&self, it: &Evidence) -> Row {
        let stands = standing(it, self.today);
        let lasts =
            matches!(stands, Standing::Accepted | Standing::ExpiresSoon | Standing::Expired);
        Row {
            title: it.of.title.clone(),
            address: format!("/assessment/{}/evidence/{}", it.of.unit, it.id),
            unit: self.unit(it),
            state: stands.words(),
            is_warning: stands != Standing::Accepted,
            until: if lasts { day(&last_day(it)) } else { "–".to_owned() },
            steps: codes(it).join(", "),
            owner: self.owner(it),
        }
    }
}

pub(in crate::features::self_assessment) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let register = Register::of(&app, &visit, &asked).await?;
    let any = |text: &str| (String::new(), text.to_owned());
    let states = Standing::ALL.iter().map(|it| (it.code().to_owned(), it.words().to_owned()));
    let labels = register.gathered.framework.steps().iter();
    let labels = labels.map(|it| (it.id.to_string(), format!("{} {}", it.id, it.label)));
    let labels = labels.chain([(SUPPORT.to_owned(), SUPPORT_ASKED.to_owned())]);
    let lead = lead(&register, &asked);
    let query = serde_urlencoded::to_string(&asked).unwrap_or_default();
    let page = RegisterPage {
        shell: visit.shell("Evidence").below("Working together", "/assessment"),
        lead,
        waiting: waiting(&app, &visit).await?,
        states: [any("Any state")].into_iter().chain(states).collect(),
        steps: [any("Any step")].into_iter().chain(labels).collect(),
        owners: vec![any("Anybody’s"), ("me".to_owned(), "My own".to_owned())],
        rows: register.pieces.iter().map(|it| register.row(it)).collect(),
        csv: format!("/assessment/evidence.csv?{query}"),
        wrong: Wrong::default(),
        asked,
    };
    Ok(page.respond())
}

/// How many pieces there are, and how many of them are shown.
fn lead(register: &Register, asked: &Asked) -> Vec<String> {
    let shown = register.pieces.len();
    let all = words::count(register.all as u64, "piece", "pieces");
    let units: BTreeSet<&str> = register.pieces.iter().map(|it| it.of.unit.as_str()).collect();
    let is_all = asked.state.is_empty() && asked.step.is_empty() && asked.owner.is_empty();
    let of = words::count(units.len() as u64, "unit", "units");
    vec![match (register.all, is_all) {
        (0, _) => "No evidence has been added in the units that you see.".to_owned(),
        (_, true) => format!("{all} of {of} that you see."),
        (_, false) => format!("{} of {all} that you see.", words::thousands(shown as u64)),
    }]
}

/// The register as a file.
pub(in crate::features::self_assessment) async fn take(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let register = Register::of(&app, &visit, &asked).await?;
    let rows = register.pieces.iter().map(|it| {
        let file = it.latest().and_then(|it| it.file.as_ref());
        vec![
            it.of.unit.to_string(),
            register.unit(it),
            it.of.title.clone(),
            SETTINGS.kind(&it.of.kind).to_owned(),
            standing(it, register.today).code().to_owned(),
            it.of.happened_on.to_string(),
            last_day(it).to_string(),
            codes(it).join(", "),
            register.owner(it),
            it.of.place.clone(),
            file.map(|it| it.name.clone()).unwrap_or_default(),
            file.map(|it| it.sha256.clone()).unwrap_or_default(),
            if it.is_collected { "yes" } else { "no" }.to_owned(),
        ]
    });
    let columns = [
        "unit",
        "unit_name",
        "title",
        "kind",
        "state",
        "happened_on",
        "counts_to",
        "steps",
        "owner",
        "place",
        "file",
        "file_sha256",
        "collected",
    ];
    let table = Table::new(&columns.map(|it| (it, Kind::Text)), rows.collect());
    let table = table.about("Seen on", words::moment(visit.now));
    table.file(&visit, "evidence")
}

impl Page for RegisterPage {
    const TEMPLATE: &'static str = "features/self_assessment/evidence/register.html";

    fn samples() -> Vec<Self> {
        let row = |title: &str, stands: Standing, until: &str| Row {
            title: title.to_owned(),
            address: "/assessment/TORT/evidence/1".to_owned(),
            unit: "Trauma and orthopaedics".to_owned(),
            state: stands.words(),
            is_warning: stands != Standing::Accepted,
            until: until.to_owned(),
            steps: "C3, P2".to_owned(),
            owner: "Amara Okafor".to_owned(),
        };
        let page = |rows: Vec<Row>, waiting: &str| Self {
            shell: Shell::sample("Evidence").below("Working together", "/assessment"),
            lead: vec!["2 pieces of 1 unit that you see.".to_owned()],
            waiting: waiting.to_owned(),
            states: vec![(String::new(), "Any state".to_owned())],
            steps: vec![(String::new(), "Any step".to_owned())],
            owners: vec![(String::new(), "Anybody’s".to_owned())],
            asked: Asked::default(),
            wrong: Wrong::default(),
            rows,
            csv: "/assessment/evidence.csv".to_owned(),
        };
        let rows = vec![
            row("Notes of joint reviews", Standing::ExpiresSoon, "12 June 2026"),
            row("Costing of 2025/26", Standing::InReview, "–"),
        ];
        vec![page(rows, "Of your evidence, 1 piece expires within 30 days."), page(Vec::new(), "")]
    }
}
