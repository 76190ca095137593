//! How the level of a unit went, quarter by quarter: what the steps showed, and what both leads had
//! signed.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::level::{Proposed, Shown};
use jiff::civil::Date;

use super::super::list::level_of;
use super::super::{day, level_name, proposal, seen, shell};
use super::{on, quarters, this_day};
use crate::App;
use crate::shell::assessing::{Gathered, gather};
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;

/// Quarters that are told.
const QUARTERS: usize = 8; // number: two years, in which a level may be expected to move

#[derive(askama::Template)]
#[template(path = "features/self_assessment/history/trend.html")]
pub(in super::super) struct TrendPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    rows: Vec<Row>,
    table: String,
}

/// A day with what was shown, and signed.
#[derive(Clone, Debug, Default)]
struct Row {
    day: String,
    short: String,
    shown: String,
    /// 1 to 4; 0 where none was signed.
    signed: u8,
    again: String,
    /// Where it is compared with the day before; blank for the first.
    compare: String,
}

pub(in super::super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let now = gather(&app, visit.now).await?;
    let unit = seen(&visit, &now, (Capability::ReadAssessments, &code))?;
    let rows = rows(&app, &visit, &code).await?;
    let shell = shell(&visit, unit, "How the level went");
    Ok(TrendPage::of(shell, (&unit.stored.unit.name, &code), rows).respond())
}

/// The same as a file.
pub(in super::super) async fn take(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let now = gather(&app, visit.now).await?;
    seen(&visit, &now, (Capability::ReadAssessments, &code))?;
    let rows = rows(&app, &visit, &code).await?.into_iter().map(|it| {
        let signed = if it.signed == 0 { String::new() } else { it.signed.to_string() };
        vec![it.short, it.shown.replace('\u{a0}', " "), signed, it.again]
    });
    let columns = [
        ("day", Kind::Text),
        ("shown", Kind::Text),
        ("signed_level", Kind::Whole),
        ("assess_again_by", Kind::Text),
    ];
    Table::new(&columns, rows.collect()).file(&visit, &format!("levels-of-{code}"))
}

async fn rows(app: &App, visit: &Visit, code: &str) -> Result<Vec<Row>, Fault> {
    let mut rows: Vec<Row> = Vec::new();
    for day in quarters(this_day(visit.now), QUARTERS) {
        let then = on(app, visit, day).await?;
        let Some(row) = row(&then, code, day)? else { continue };
        let before = rows.last().map(|it| it.short.clone());
        let compare = before.map_or_else(String::new, |from| {
            format!("/assessment/{code}/compare?from={from}&to={}", row.short)
        });
        rows.push(Row { compare, ..row });
    }
    Ok(rows)
}

/// What was shown and signed on a day; nothing before it was assessed.
fn row(then: &Gathered, code: &str, at: Date) -> Result<Option<Row>, Fault> {
    let Some(unit) = then.unit(code).filter(|_| then.assessments.contains_key(code)) else {
        return Ok(None);
    };
    let confirmed = then.confirmed(code);
    Ok(Some(Row {
        day: day(&at),
        short: at.to_string(),
        shown: match proposal(then, unit)?.proposed {
            Proposed::Shown(Shown::Level(level)) => level_name(level.number()),
            Proposed::Shown(Shown::NotYet) => "Level\u{a0}1 not yet".to_owned(),
            Proposed::Refused(_) => "None could be told".to_owned(),
        },
        signed: confirmed.map_or(0, |it| level_of(it.of.level)),
        again: confirmed.map_or_else(String::new, |it| it.of.reassess_by.to_string()),
        compare: String::new(),
    }))
}

impl TrendPage {
    fn of(shell: Shell, (name, code): (&str, &str), rows: Vec<Row>) -> Self {
        let last = rows.last();
        let lead = match last.map(|it| (it.signed, it.again.as_str())) {
            None => vec!["Nobody has assessed it yet, so there is nothing to tell.".to_owned()],
            Some((0, _)) => vec!["No level is signed yet.".to_owned()],
            Some((level, again)) if again < last.map_or("", |it| it.short.as_str()) => vec![
                format!("{} is signed.", level_name(level)),
                format!("It was to be assessed again by {}: that is overdue.", day(&again)),
            ],
            Some((level, again)) => vec![format!(
                "{} is signed. It is to be assessed again by {}.",
                level_name(level),
                day(&again)
            )],
        };
        Self {
            shell,
            kicker: name.to_owned(),
            lead,
            table: format!("/assessment/{code}/trend.csv"),
            rows,
        }
    }
}

impl Page for TrendPage {
    const TEMPLATE: &'static str = "features/self_assessment/history/trend.html";

    fn samples() -> Vec<Self> {
        let row = |at: Date, signed, compare: &str| Row {
            day: day(&at),
            short: at.to_string(),
            shown: level_name(3),
            signed,
            again: "2026-10-31".to_owned(),
            compare: compare.to_owned(),
        };
        let days = [Date::constant(2026, 6, 30), Date::constant(2026, 9, 30)];
        let compare = "/assessment/TORT/compare?from=2026-06-30&to=2026-09-30";
        let usual = vec![row(days[0], 2, ""), row(days[1], 3, compare)];
        let page = |rows| {
            let shell = Shell::sample("How the level went");
            Self::of(shell, ("Trauma and orthopaedics", "TORT"), rows)
        };
        let none = vec![row(days[0], 0, "")];
        vec![page(usual), page(none), page(Vec::new())]
    }
}
