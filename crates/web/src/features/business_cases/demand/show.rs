//! One review of demand and capacity: months, what was lost, what halving does, and what changed.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use charts::{Heading, Line, Mark, Point};
use engagement::demand::{Counted, Demand, Lost, percent};
use engagement::pence::Pence;

use super::{FOLDER, found};
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/business_cases/demand/show.html")]
pub(super) struct Show {
    shell: Shell,
    kicker: String,
    about: String,
    lead: String,
    months: Vec<MonthRow>,
    total: MonthRow,
    /// The share not attended by month; blank for a single one.
    svg: String,
    note: String,
    /// What was lost and what halving does, in sentences.
    lost: Vec<String>,
    changes: Vec<(String, String)>,
    changes_total: String,
    waiting: String,
    keeps: bool,
    address: String,
    file: String,
}

/// Width of the chart in pixels: that of the column.
const WIDTH: u16 = 900;

/// One month, or all of them.
#[derive(Clone, Debug, Default)]
struct MonthRow {
    name: String,
    referrals: String,
    slots: String,
    made: String,
    missed: String,
    share: String,
    follow_ups: String,
    source: String,
}

/// A month as people say it: `April 2026`.
fn month_name(month: &str) -> String {
    let first = format!("{month}-01").parse::<jiff::civil::Date>();
    first.map_or_else(|_| month.to_owned(), |it| it.strftime("%B %Y").to_string())
}

fn count(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", words::thousands(number.unsigned_abs()))
}

fn row(name: &str, it: Counted, source: String) -> MonthRow {
    let tenths = |it: i64| format!("{}.{}", it / 10, it % 10);
    MonthRow {
        name: name.to_owned(),
        referrals: count(it.referrals),
        slots: count(it.slots),
        made: count(it.made()),
        missed: count(it.missed),
        share: it.missed_per_thousand().map_or_else(|| "None made".to_owned(), percent),
        follow_ups: it.follow_ups_tenths().map_or_else(|| "No first".to_owned(), tenths),
        source,
    }
}

fn source(run: &str) -> String {
    if run.is_empty() {
        return "Entered".to_owned();
    }
    format!("Costing, run {}", crate::shell::provenance::short(run))
}

/// The share not attended by month as a line; none for a single month.
fn chart(review: &Demand) -> Option<charts::Chart> {
    let shares: Vec<(String, Option<i64>)> = review
        .months
        .iter()
        .map(|it| (month_name(&it.month), it.counted().missed_per_thousand()))
        .collect();
    if shares.iter().filter(|it| it.1.is_some()).count() < 2 {
        return None;
    }
    let value = |it: i64| percent(it).trim_end_matches('%').parse::<f64>().ok();
    let point = |(label, share): (String, Option<i64>)| Point {
        label,
        value: share.and_then(value),
        mark: Mark::Ordinary,
    };
    let line = Line {
        heading: Heading {
            id: "not-attended".to_owned(),
            title: "Appointments not attended by month, in percent".to_owned(),
            description: "Each month in order. The table below holds the same figures.".to_owned(),
        },
        width: WIDTH,
        points: shares.into_iter().map(point).collect(),
        average: None,
        limits: Vec::new(),
        target: None,
        callout: None,
        rule: String::new(),
    };
    Some(line.draw())
}

fn lead(review: &Demand) -> String {
    let all = review.counted();
    match all.missed_per_thousand() {
        None => "No appointment is written yet.".to_owned(),
        Some(share) => format!(
            "{} of {} were not attended: {}.",
            count(all.missed),
            words::count(all.made().unsigned_abs(), "appointment", "appointments"),
            percent(share)
        ),
    }
}

/// What was lost and what halving does, in sentences.
fn lost(review: &Demand) -> Vec<String> {
    let all = review.counted();
    if all.missed == 0 {
        return Vec::new();
    }
    let at_price = |it: Lost| {
        if review.slot_price == Pence::ZERO {
            return String::new();
        }
        format!(", {} at the stated price of {} a slot", it.at_price, review.slot_price)
    };
    let (lost, halved) = (review.lost(), review.halved());
    let mut said = vec![
        format!("Appointments not attended took {} slots{}.", lost.slots(), at_price(lost)),
        format!("Half as many would give back {} slots{}.", halved.slots(), at_price(halved)),
        "This is capacity and no cash: a slot that is used again treats somebody. Money is saved only where slots are no longer paid for.".to_owned(),
    ];
    if review.slot_price != Pence::ZERO {
        said.push(format!("The price is from: {}", words::sentence(&review.price_source)));
    }
    if all.slots > 0 {
        let unused = all.unused();
        said.push(if unused < 0 {
            format!("{} more appointments were made than there were slots.", count(-unused))
        } else {
            format!("For {} slots no appointment was made.", count(unused))
        });
    }
    if all.referrals > 0 {
        let queue = all.queue();
        let way = if queue < 0 { "fewer" } else { "more" };
        said.push(format!(
            "{} {way} patients were referred than had a first appointment.",
            count(queue.abs())
        ));
    }
    said
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (found, review) = found(&app, &visit, (Capability::ReadCases, &id)).await?;
    let month =
        |it: &engagement::demand::Month| row(&month_name(&it.month), it.counted(), source(&it.run));
    let chart = chart(&review);
    let page = Show {
        shell: found.home(&visit),
        kicker: found.unit.clone(),
        about: review.about.clone(),
        svg: chart.as_ref().map(charts::Chart::svg).unwrap_or_default(),
        note: chart.map(|it| it.note).unwrap_or_default(),
        lead: lead(&review),
        months: review.months.iter().map(month).collect(),
        total: row("All months", review.counted(), String::new()),
        lost: lost(&review),
        changes: review.changes.iter().map(|it| (it.what.clone(), it.saving.to_string())).collect(),
        changes_total: review.changes_in_all().to_string(),
        waiting: review.waiting.clone(),
        keeps: found.keeps,
        file: format!("{}/months.csv", found.address()),
        address: found.address(),
    };
    Ok(page.respond())
}

pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (_, review) = found(&app, &visit, (Capability::ReadCases, &id)).await?;
    let row = |it: &engagement::demand::Month| {
        let share = it.counted().missed_per_thousand();
        let plain = |number: i64| number.to_string();
        vec![
            it.month.clone(),
            plain(it.referrals),
            plain(it.slots),
            plain(it.first),
            plain(it.follow_up),
            plain(it.other),
            plain(it.missed),
            share.map_or_else(String::new, |it| percent(it).trim_end_matches('%').to_owned()),
            it.run.clone(),
        ]
    };
    let text = |it| (it, Kind::Text);
    let columns = [
        text("month"),
        text("referrals"),
        text("slots"),
        text("first_attended"),
        text("follow_up_attended"),
        text("other_attended"),
        text("not_attended"),
        text("not_attended_percent"),
        text("run"),
    ];
    Table::new(&columns, review.months.iter().map(row).collect())
        .about("Review", &review.title)
        .about("Share", "Not attended, of first, follow-up, other and not attended together.")
        .file(&visit, "demand-and-capacity")
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/business_cases/demand/show.html";

    fn samples() -> Vec<Self> {
        let counted = Counted {
            referrals: 120,
            slots: 420,
            first: 100,
            follow_up: 252,
            other: 0,
            missed: 48,
        };
        let empty = Self {
            shell: Shell::sample("Dermatology clinics").below("Demand and capacity", FOLDER),
            kicker: "Dermatology".to_owned(),
            about: String::new(),
            lead: "No appointment is written yet.".to_owned(),
            months: Vec::new(),
            total: MonthRow::default(),
            svg: String::new(),
            note: String::new(),
            lost: Vec::new(),
            changes: Vec::new(),
            changes_total: "£0.00".to_owned(),
            waiting: String::new(),
            keeps: true,
            address: "/cases/demand/1".to_owned(),
            file: "/cases/demand/1/months.csv".to_owned(),
        };
        let full = Self {
            shell: empty.shell.clone(),
            kicker: empty.kicker.clone(),
            about: "Demand and waiting times did not fit together.".to_owned(),
            lead: "48 of 400 appointments were not attended: 12.0%.".to_owned(),
            months: vec![row("April 2026", counted, "Entered".to_owned())],
            total: row("All months", counted, String::new()),
            svg: String::new(),
            note: String::new(),
            lost: vec!["Appointments not attended took 48 slots.".to_owned()],
            changes: vec![
                ("Unused slots taken out".to_owned(), "£80,000.00".to_owned()),
                ("Patients discharged sooner".to_owned(), "£33,000.00".to_owned()),
            ],
            changes_total: "£113,000.00".to_owned(),
            waiting: "From 14 weeks to 9.".to_owned(),
            keeps: false,
            address: empty.address.clone(),
            file: empty.file.clone(),
        };
        vec![full, empty]
    }
}
