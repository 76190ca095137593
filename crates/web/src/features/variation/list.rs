//! Differences of the units that somebody sees exactly, what is due first.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Query, State};
use axum::response::Response;
use engagement::benefits::Side;
use engagement::variation::{Standing, State as Stands, Voices};
use serde::Deserialize;
use store::variation::{self, StoredInsight};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::joint_work::{choices, unit_names};
use crate::shell::page::{Link, Page, Shell};
use crate::shell::session::today;
use crate::shell::variation::{reads_released, sees};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/variation/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    lists: Vec<Link>,
    heading: String,
    rows: Vec<Row>,
    units: Vec<(String, String)>,
    unit: String,
    shown: String,
    /// Whether whoever looks may see what the board is told of colleagues.
    has_board: bool,
    /// Whether they read what was released to the board.
    has_released: bool,
    wrong: Wrong,
}

/// One difference.
#[derive(Clone, Debug, Default)]
struct Row {
    address: String,
    title: String,
    differs: String,
    state: String,
    is_overdue: bool,
    said: String,
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Asked {
    list: String,
    unit: String,
}

const TITLE: &str = "Differences";

/// The lists: code and name.
const LISTS: [(&str, &str); 2] = [("open", "Open"), ("all", "All, with those that are explained")];

pub(super) async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let list = match asked.list.as_str() {
        "" => "open",
        other => LISTS.iter().find(|it| it.0 == other).ok_or(Fault::NotFound)?.0,
    };
    if !asked.unit.is_empty() && !sees(&visit, &asked.unit) {
        return Err(Fault::NotFound);
    }
    let mut db = app.store().read().await?;
    let all = variation::list(&mut db).await?;
    let names = unit_names(&mut db).await?;
    drop(db);
    let day = today(visit.now);
    let is_asked = |it: &StoredInsight| asked.unit.is_empty() || it.of.unit.as_str() == asked.unit;
    let seen: Vec<(StoredInsight, Standing)> = all
        .into_iter()
        .filter(|it| sees(&visit, it.of.unit.as_str()) && is_asked(it))
        .map(|it| (it.standing(day), it))
        .map(|(how, it)| (it, how))
        .collect();
    let is_in = |list: &str, how: &Standing| list == "all" || !how.is_done();
    let link = |(code, name): &(&str, &str)| {
        let count = seen.iter().filter(|it| is_in(code, &it.1)).count() as u64;
        let query = [("list", *code), ("unit", asked.unit.as_str())];
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        let name = format!("{name} ({})", words::thousands(count));
        Link { current: *code == list, ..Link::new(name, format!("/variation?{query}")) }
    };
    let rows: Vec<Row> =
        seen.iter().filter(|it| is_in(list, &it.1)).map(|it| row(it, &names)).collect();
    let readable = names.iter().filter(|it| sees(&visit, it.0));
    let trust = visit.scope(Capability::AggregateCosts)?.of_trust();
    Ok(List {
        shell: visit.shell(TITLE),
        lead: lead(&rows),
        lists: LISTS.iter().map(link).collect(),
        heading: LISTS.iter().find(|it| it.0 == list).map_or("", |it| it.1).to_owned(),
        rows,
        units: choices("All that you see", readable.map(|it| (it.0.as_str(), it.1.as_str()))),
        unit: asked.unit.clone(),
        shown: list.to_owned(),
        has_board: trust.is_some(),
        has_released: reads_released(&visit),
        wrong: Wrong::default(),
    }
    .respond())
}

fn lead(rows: &[Row]) -> String {
    let late = rows.iter().filter(|it| it.is_overdue).count() as u64;
    match (rows.len() as u64, late) {
        (0, _) => "No difference is being followed up here.".to_owned(),
        (all, 0) => format!("{}, none late.", words::count(all, "difference", "differences")),
        (all, late) => format!(
            "{}, {} overdue.",
            words::count(all, "difference", "differences"),
            words::thousands(late)
        ),
    }
}

fn row((it, how): &(StoredInsight, Standing), names: &BTreeMap<String, String>) -> Row {
    let unit = it.of.unit.as_str();
    let due = words::day(&it.of.due_on.to_string());
    let said = match how.state {
        Stands::ToExplain => format!("{} By {due}.", missing(it, how)),
        Stands::Explained => format!("Somebody says by {due} what follows."),
        Stands::LedToAction | Stands::LeftAsItIs => String::new(),
    };
    Row {
        address: format!("/variation/{}", it.id),
        title: format!(
            "{}, beside {}",
            names.get(unit).map_or(unit, String::as_str),
            it.of.comparator.name().to_lowercase()
        ),
        differs: it.of.differs.clone(),
        state: how.state.name().to_owned(),
        is_overdue: how.is_overdue,
        said,
    }
}

/// Which side has not stood behind how many answers.
fn missing(it: &StoredInsight, how: &Standing) -> String {
    let said = it.said();
    let lacks = |side: Side| {
        how.open.iter().filter(|one| Voices::of(**one, &said).of_side(side).is_none()).count()
    };
    let of = |count: usize, who: &str| match count as u64 {
        0 => String::new(),
        count => format!("{} of {who} missing. ", words::count(count, "answer", "answers")),
    };
    let all = [of(lacks(Side::Clinical), "a clinician"), of(lacks(Side::Finance), "finance")];
    match all.concat().trim() {
        "" => "Both answers are of one person.".to_owned(),
        said => said.to_owned(),
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "features/variation/list.html";

    fn samples() -> Vec<Self> {
        let row = |state: Stands, is_overdue| Row {
            address: "/variation/1".to_owned(),
            title: "Trauma and orthopaedics, beside similar trusts".to_owned(),
            differs: "A stay has 5.1 days, and 3.7 in similar trusts.".to_owned(),
            state: state.name().to_owned(),
            is_overdue,
            said: "3\u{a0}answers of finance missing. By 15 June 2026.".to_owned(),
        };
        let page = |rows: Vec<Row>, has_board| Self {
            shell: Shell::sample(TITLE),
            lead: lead(&rows),
            lists: vec![Link { current: true, ..Link::new("Open (2)", "/variation?list=open") }],
            heading: LISTS[0].1.to_owned(),
            rows,
            units: choices("All that you see", [("TORT", "Trauma and orthopaedics")]),
            unit: String::new(),
            shown: "open".to_owned(),
            has_board,
            has_released: has_board,
            wrong: Wrong::default(),
        };
        let rows = vec![row(Stands::ToExplain, true), row(Stands::LedToAction, false)];
        vec![page(rows, true), page(Vec::new(), false)]
    }
}
