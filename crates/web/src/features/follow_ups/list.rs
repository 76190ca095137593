//! Follow-ups that somebody may see: those of their units, and what concerns themselves.

use access::Capability;
use axum::extract::State;
use axum::response::Response;
use engagement::variation::MonthState;
use store::follow_ups::{self, StoredFollowUp};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::joint_work::unit_names;
use crate::shell::page::{Page, Shell};
use crate::shell::session::today;
use crate::shell::variation::{compares, is_own, sees_follow_up, sees_only_own};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/follow_ups/list.html")]
pub(super) struct List {
    shell: Shell,
    lead: String,
    rows: Vec<Row>,
    /// Service lines whose colleagues may be compared: name and where.
    lines: Vec<(String, String)>,
    has_board: bool,
}

/// One follow-up.
#[derive(Clone, Debug, Default)]
struct Row {
    title: String,
    address: String,
    found: String,
    state: String,
    is_due: bool,
    is_missed: bool,
    said: String,
}

const TITLE: &str = "Follow-ups of colleagues";

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let all = follow_ups::list(&mut db).await?;
    let names = unit_names(&mut db).await?;
    drop(db);
    let seen: Vec<&StoredFollowUp> = all.iter().filter(|it| sees_follow_up(&visit, it)).collect();
    let rows: Vec<Row> = seen
        .iter()
        .map(|it| {
            let unit = it.new.of.unit.as_str();
            row(&visit, it, names.get(unit).map_or(unit, String::as_str))
        })
        .collect();
    let scope = visit.scope(Capability::ClinicianComparison)?;
    let others = seen.iter().filter(|it| !is_own(&visit, it)).count();
    super::on_record(&app, &visit, ("/follow-ups", others), sees_only_own(scope)).await?;
    let mut lines: Vec<(String, String)> = scope
        .units()
        .filter(|it| compares(&visit, it) && names.contains_key(*it))
        .map(|it| (names[it].clone(), format!("/services/{it}/colleagues")))
        .collect();
    lines.sort();
    let trust = visit.scope(Capability::AggregateCosts).ok().and_then(access::Scope::of_trust);
    Ok(List {
        shell: visit.shell(TITLE),
        lead: lead(&rows),
        rows,
        lines,
        has_board: trust.is_some(),
    }
    .respond())
}

fn lead(rows: &[Row]) -> String {
    let due = rows.iter().filter(|it| it.is_due || it.is_missed).count() as u64;
    match (rows.len() as u64, due) {
        (0, _) => "Nobody is followed up here.".to_owned(),
        (all, 0) => format!("{}, nothing due.", words::count(all, "follow-up", "follow-ups")),
        (all, due) => format!(
            "{}, {} a month to be looked at.",
            words::count(all, "follow-up", "follow-ups"),
            words::count(due, "has", "have")
        ),
    }
}

fn row(visit: &Visit, it: &StoredFollowUp, unit: &str) -> Row {
    let months = it.months(today(visit.now));
    let count = |is: fn(MonthState) -> bool| months.iter().filter(|it| is(it.state)).count() as u64;
    let kept = count(MonthState::is_kept);
    let missed = count(|it| it == MonthState::Missed);
    let due = months.iter().find(|it| it.state == MonthState::Due);
    let closed = it.closed();
    let looked = format!("{} of {} months looked at", kept, months.len());
    let missing = match missed {
        0 => String::new(),
        missed => format!(", {missed} missed"),
    };
    let next = match (closed, due) {
        (None, Some(it)) => {
            format!(" Month {} by {}.", it.number, words::day(&it.due_on.to_string()))
        }
        _ => String::new(),
    };
    let who =
        if is_own(visit, it) { "You".to_owned() } else { format!("Colleague {}", it.new.code) };
    Row {
        title: format!("{who}, {unit}"),
        address: format!("/follow-ups/{}", it.id),
        found: it.new.found.clone(),
        state: closed.map_or("Going on", |it| it.0.name()).to_owned(),
        is_due: closed.is_none() && due.is_some(),
        is_missed: missed > 0,
        said: format!("{looked}{missing}.{next}"),
    }
}

impl Page for List {
    const TEMPLATE: &'static str = "features/follow_ups/list.html";

    fn samples() -> Vec<Self> {
        let row = Row {
            title: "Colleague K5, Trauma and orthopaedics".to_owned(),
            address: "/follow-ups/1".to_owned(),
            found: "Theatre minutes: 112 minutes a spell after adjustment.".to_owned(),
            state: "Going on".to_owned(),
            is_due: true,
            is_missed: true,
            said: "2 of 6 months looked at, 1 missed. Month 4 by 10 July 2026.".to_owned(),
        };
        let page = |rows: Vec<Row>, has_board| Self {
            shell: Shell::sample(TITLE),
            lead: lead(&rows),
            rows,
            lines: vec![(
                "Trauma and orthopaedics".to_owned(),
                "/services/TORT/colleagues".to_owned(),
            )],
            has_board,
        };
        vec![page(vec![row], true), page(Vec::new(), false)]
    }
}
