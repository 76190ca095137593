//! This week: what a service line did in the newest seven days of the data, beside the weeks
//! before, for those who see it exactly.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use charts::{Bar, Bars, Direction, Heading};
use domain::FinancialYear;
use results::Run;
use results::week::{Counted, InBed, Lists, Week, Weeks};
use rules::YearRules;
use sha2::{Digest as _, Sha256};

use super::exactly::exactly;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::kept::Kept;
use crate::shell::page::{Page, Shell};
use crate::shell::provenance::days_since;
use crate::shell::questions::{Place, Questions};
use crate::shell::shelf::reading;
use crate::shell::use_of_figures::looked_behind;
use crate::shell::visit::Visit;
use crate::shell::{care, words};

/// Weeks by the dataset's manifest and the run.
static READ: Kept<(Vec<u8>, String), Option<Weeks>> = Kept::new(8);

/// What is said of a run that nobody has published.
const NOT_PUBLISHED: &str = "not published";

/// Older than so many days, a week is told as old.
const OLD_DAYS: i32 = 10;

#[derive(askama::Template)]
#[template(path = "features/service_lines/week.html")]
pub(super) struct WeekPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    age: String,
    is_old: bool,
    sees: String,
    earlier: String,
    rows: Vec<Row>,
    chart: String,
    note: String,
    /// Care that ended, by week.
    weeks: Vec<(String, String)>,
    /// Where they are as a file.
    file: String,
    parts: Vec<Part>,
    method: Vec<String>,
    questions: Questions,
}

/// A number in the week.
#[derive(Clone, Debug, Default)]
struct Row {
    name: String,
    week: String,
    usual: String,
    year: String,
    /// Outside what the weeks before had.
    is_other: bool,
}

/// One subject in words.
#[derive(Clone, Debug, Default)]
struct Part {
    id: &'static str,
    title: &'static str,
    says: Vec<String>,
}

/// The newest dataset in place, with its year.
fn newest(folder: &std::path::Path) -> Option<(FinancialYear, std::path::PathBuf)> {
    let all = std::fs::read_dir(folder).ok()?.flatten();
    let years = all.filter_map(|it| {
        let year = it.file_name().to_str()?.parse::<FinancialYear>().ok()?;
        it.path().join("manifest.json").exists().then(|| (year, it.path()))
    });
    years.max()
}

/// The weeks of all service lines in the newest dataset, if there is one and it tells of them.
pub(super) fn weeks(app: &App, run: &Run) -> Result<Option<Arc<Option<Weeks>>>, Fault> {
    let Some((year, folder)) = newest(&app.settings().datasets) else { return Ok(None) };
    let manifest = std::fs::read(folder.join("manifest.json"))
        .map_err(|error| Fault::Broken(format!("a dataset's manifest: {error}")))?;
    let key = (Sha256::digest(&manifest).to_vec(), run.manifest_sha256().to_owned());
    READ.of(key, || Ok(run.weeks(&folder, year, care::book(run)?.as_ref())?)).map(Some)
}

pub(super) async fn show(
    State(app): State<App>,
    Path(code): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let seen = exactly(&app, &visit, code).await?;
    let (run, said, line) = (seen.run, seen.sees, (seen.code, seen.name));
    looked_behind(&visit, &line.0).await;
    let place = Place::of("/services/{unit}/week", &line.0, ("", ""));
    let questions = Questions::of(&app, &visit, place, run.id()).await?;
    let page = reading(move || {
        let weeks = weeks(&app, &run)?;
        let found = weeks.as_deref().and_then(Option::as_ref);
        let shell = |title: String| {
            let page = format!("/services/{}", line.0);
            visit.shell(title).below("Services", "/services").below(&line.1, page)
        };
        match found {
            None => Ok(WeekPage::nothing(shell("Nothing to tell of a week yet".to_owned()), said)),
            Some(all) => {
                let asked = Asked { run: &run, all, line: (&line.0, &line.1) };
                WeekPage::of(&asked, (shell(asked.title()), said), visit.now)
            }
        }
    });
    Ok(WeekPage { questions, ..page.await? }.respond())
}

/// Whose week, of which data, and at the rates of which run.
struct Asked<'a> {
    run: &'a Run,
    all: &'a Weeks,
    line: (&'a str, &'a str),
}

impl Asked<'_> {
    fn title(&self) -> String {
        format!("The week to {}", words::day(&self.all.until.to_string()))
    }
}

impl WeekPage {
    fn nothing(shell: Shell, sees: String) -> Self {
        Self {
            shell,
            kicker: "This week".to_owned(),
            lead: vec![
                "No activity is in place. It appears here when the costing team has taken in a month, or a week, of it.".to_owned(),
            ],
            age: String::new(),
            is_old: false,
            sees,
            earlier: String::new(),
            rows: Vec::new(),
            chart: String::new(),
            note: String::new(),
            weeks: Vec::new(),
            file: String::new(),
            parts: Vec::new(),
            method: Vec::new(),
            questions: Questions::default(),
        }
    }

    fn of(
        asked: &Asked<'_>,
        (shell, sees): (Shell, String),
        now: jiff::Timestamp,
    ) -> Result<Self, Fault> {
        let Asked { run, all, line } = asked;
        let rules = run.rules()?;
        let empty = Week::default();
        let week = all.lines.get(line.0).unwrap_or(&empty);
        let days = days_since(all.until, now);
        let rows = rows(rules, week);
        let weeks = by_week(week, all);
        let (chart, note) = chart(&weeks);
        let rate = match run.records()?.publication {
            Some(it) => {
                format!("published {}", words::day(it.at.get(..10).unwrap_or(&it.at)))
            }
            None => NOT_PUBLISHED.to_owned(),
        };
        Ok(Self {
            shell,
            kicker: format!("{}, this week", line.1),
            lead: lead(week, &rows),
            age: format!("{} old", words::count(u64::from(days.unsigned_abs()), "day", "days")),
            is_old: days > OLD_DAYS,
            sees,
            earlier: words::count(all.earlier as u64, "week", "weeks"),
            rows,
            chart,
            note,
            weeks: weeks.into_iter().map(|it| (it.0, words::thousands(it.1))).collect(),
            file: format!("/services/{}/week.csv", line.0),
            parts: vec![
                appointments(week),
                in_bed(&week.in_bed, &all.long_nights),
                lists(&week.lists),
                coding(week),
                estimate(week, &words::year(&run.manifest().year), &rate),
            ],
            method: vec![
                "The last of the seven days is the newest on which about as many patients were admitted as usual: later days are still coming in.".to_owned(),
                "Legally restricted care is left out.".to_owned(),
                "Counted from the records that are in place, none of them costed. Stays count on the day of discharge, appointments on their day.".to_owned(),
                "“Before” is the lowest and the highest of the weeks before. A week outside it may still be chance.".to_owned(),
                format!("{}.", all.source),
            ],
            questions: Questions::default(),
        })
    }
}

fn rows(rules: &YearRules, week: &Week) -> Vec<Row> {
    let name = |(event_type, pod): &(String, String)| match pod.as_str() {
        "" => rules.event_types.get(event_type).map_or_else(|| event_type.clone(), Clone::clone),
        pod => care::name(rules, (pod, "")),
    };
    week.done.iter().filter(|it| it.1.year > 0).map(|it| row(&name(it.0), it.1)).collect()
}

fn row(name: &str, counted: &Counted) -> Row {
    Row {
        name: words::capital(name),
        week: words::thousands(counted.week),
        usual: usual(counted),
        year: words::thousands(counted.year),
        is_other: beside(counted) != std::cmp::Ordering::Equal,
    }
}

/// `30 to 41`; blank where there is no week before.
fn usual(counted: &Counted) -> String {
    match (counted.earlier.iter().min(), counted.earlier.iter().max()) {
        (Some(low), Some(high)) if low == high => words::thousands(*low),
        (Some(low), Some(high)) => {
            format!("{} to {}", words::thousands(*low), words::thousands(*high))
        }
        _ => String::new(),
    }
}

/// Whether the week had more or fewer than every week before it.
fn beside(counted: &Counted) -> std::cmp::Ordering {
    let (low, high) = (counted.earlier.iter().min(), counted.earlier.iter().max());
    match (low, high) {
        (Some(low), _) if counted.week < *low => std::cmp::Ordering::Less,
        (_, Some(high)) if counted.week > *high => std::cmp::Ordering::Greater,
        _ => std::cmp::Ordering::Equal,
    }
}

fn lead(week: &Week, rows: &[Row]) -> Vec<String> {
    let done: u64 = week.done.values().map(|it| it.week).sum();
    let mut said = vec![match done {
        0 => "No care of this service line ended in these seven days.".to_owned(),
        _ => format!("Care ended for {} in these seven days.", of_all(week)),
    }];
    let other: Vec<String> = rows
        .iter()
        .zip(week.done.values().filter(|it| it.year > 0))
        .filter(|it| it.0.is_other)
        .map(|(row, counted)| {
            let word = match beside(counted) {
                std::cmp::Ordering::Less => "fewer",
                _ => "more",
            };
            format!("{}: {word} than in any of the weeks before ({})", row.name, row.usual)
        })
        .collect();
    if other.is_empty() && !rows.is_empty() && rows.iter().all(|it| !it.usual.is_empty()) {
        said.push("Every kind of care had about as many as in the weeks before.".to_owned());
    }
    said.extend(other.into_iter().map(|it| format!("{it}.")));
    said
}

/// `12 stays and 88 appointments and attendances`.
fn of_all(week: &Week) -> String {
    let is_stay = |it: &(&(String, String), &Counted)| care::may_have_spells(&it.0.1);
    let (stays, others): (Vec<_>, Vec<_>) = week.done.iter().partition(is_stay);
    let sum = |all: &[(&(String, String), &Counted)]| all.iter().map(|it| it.1.week).sum::<u64>();
    let told = [
        (sum(&stays), "stay", "stays"),
        (sum(&others), "appointment or attendance", "appointments and attendances"),
    ];
    let told: Vec<String> =
        told.iter().filter(|it| it.0 > 0).map(|it| words::count(it.0, it.1, it.2)).collect();
    words::listed(&told.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Care that ended, week by week, the newest first.
pub(super) fn by_week(week: &Week, all: &Weeks) -> Vec<(String, u64)> {
    let mut sums = vec![("This week".to_owned(), 0)];
    sums.extend((1..=all.earlier).map(|at| {
        let until = all.until.plus(-7 * i32::try_from(at).unwrap_or_default());
        (format!("to {}", words::day(&until.to_string())), 0)
    }));
    for counted in week.done.values() {
        sums[0].1 += counted.week;
        for (sum, it) in sums[1..].iter_mut().zip(&counted.earlier) {
            sum.1 += it;
        }
    }
    sums
}

fn chart(weeks: &[(String, u64)]) -> (String, String) {
    if weeks.len() < 2 || weeks.iter().all(|it| it.1 == 0) {
        return (String::new(), String::new());
    }
    let bar = |(at, (name, number)): (usize, &(String, u64))| Bar {
        name: name.clone(),
        value: words::thousands(*number),
        size: i64::try_from(*number).ok(),
        is_strong: at == 0,
        is_rest: false,
    };
    let heading = Heading {
        id: "week-chart".to_owned(),
        title: "Care that ended, week by week".to_owned(),
        description: "Stays, appointments and attendances together in each week, the newest first. The table below holds the same figures.".to_owned(),
    };
    let bars = weeks.iter().enumerate().map(bar).collect();
    let chart = Bars { heading, width: 900, direction: Direction::Amounts, bars }.draw();
    (chart.svg(), "Stays, appointments and attendances together; this week in bold.".to_owned())
}

fn of_before(counted: &Counted) -> String {
    match usual(counted).as_str() {
        "" => String::new(),
        usual => format!(" (before: {usual})"),
    }
}

fn appointments(week: &Week) -> Part {
    let booked = week.attended.week + week.missed.week;
    let mut says = Vec::new();
    if booked > 0 {
        says.push(format!(
            "{} of {} were not attended, {}{}.",
            words::thousands(week.missed.week),
            words::count(booked, "appointment", "appointments"),
            percent(week.missed.week, booked),
            of_before(&week.missed)
        ));
    } else {
        says.push("There was no appointment in these seven days.".to_owned());
    }
    if week.cancelled_by_us.year + week.cancelled_by_patient.year > 0 {
        says.push(format!(
            "Cancelled by the hospital: {}{}; by patients: {}{}.",
            week.cancelled_by_us.week,
            of_before(&week.cancelled_by_us),
            week.cancelled_by_patient.week,
            of_before(&week.cancelled_by_patient)
        ));
    } else {
        says.push("Cancelled appointments are not in the records we are given.".to_owned());
    }
    says.push("Operations cancelled on the day are not in the records we are given, so this page cannot tell them.".to_owned());
    Part { id: "appointments", title: "Appointments missed and cancelled", says }
}

fn in_bed(it: &InBed, long: &[i64]) -> Part {
    let all = it.nights.len() as u64;
    let says = match it.nights.first() {
        None => vec!["No patient was in a bed at the end of the last day.".to_owned()],
        Some(longest) => {
            let mut says = vec![format!(
                "{} in a bed at the end of the last day, the longest for {} so far.",
                are(all, "patient was", "patients were"),
                words::count(longest.unsigned_abs(), "night", "nights")
            )];
            says.extend(long.iter().map(|nights| {
                let number = it.nights.iter().filter(|it| *it >= nights).count();
                format!("{nights} nights or more: {number}.")
            }));
            says.push(match it.ready {
                0 => "None is recorded as ready to leave.".to_owned(),
                ready => format!("Recorded as ready to leave and still here: {ready}."),
            });
            says.push("There is no cost of a patient who is still in a bed.".to_owned());
            says
        }
    };
    Part { id: "beds", title: "Patients in a bed", says }
}

fn are(number: u64, one: &str, more: &str) -> String {
    words::count(number, one, more)
}

fn lists(it: &Lists) -> Part {
    let says = if it.held.year == 0 {
        vec!["No theatre list of this service line is in the records of this year.".to_owned()]
    } else if it.held.week == 0 {
        vec![format!("There was no theatre list in these seven days{}.", of_before(&it.held))]
    } else {
        let hours = |seconds: i64| (seconds.max(0).unsigned_abs() + 1_800) / 3_600;
        vec![
            format!(
                "{}{}, {} planned; a patient was in theatre in {} of that time.",
                words::count(it.held.week, "list", "lists"),
                of_before(&it.held),
                words::count(hours(it.planned_s), "hour", "hours"),
                percent(it.used_s.max(0).unsigned_abs(), it.planned_s.max(0).unsigned_abs())
            ),
            format!(
                "Without any operation: {}{}. Longer than planned: {}{}.",
                it.without_operation.week,
                of_before(&it.without_operation),
                it.over.week,
                of_before(&it.over)
            ),
        ]
    };
    Part { id: "lists", title: "Theatre lists", says }
}

fn coding(week: &Week) -> Part {
    let (ended, without) = (&week.episodes, &week.uncoded);
    let mut says = vec![match (ended.week, without.week) {
        (0, _) => "No episode ended in these seven days.".to_owned(),
        (all, 0) => format!("All of {} are coded.", words::count(all, "episode", "episodes")),
        (all, none) => format!(
            "{none} of {} without a diagnosis or a group: without these they are paid too little or not at all.",
            words::count(all, "episode is", "episodes are")
        ),
    }];
    let before = without.year - without.week;
    if before > 0 {
        says.push(format!("Of earlier weeks of this year, {before} are still uncoded."));
    }
    Part { id: "coding", title: "Coding", says }
}

fn estimate(week: &Week, year: &str, published: &str) -> Part {
    let done: u64 = week.done.values().map(|it| it.week).sum::<u64>().max(week.without_rate);
    let mut says = Vec::new();
    if done == 0 && week.estimate.is_zero() {
        says.push("Nothing ended in these seven days that could be estimated.".to_owned());
    } else {
        says.push(format!(
            "About {}, as an estimate at {}: what such care cost on average in {year} ({published}).",
            words::in_a_sentence(week.estimate),
            if published == NOT_PUBLISHED { "the rates of a draft" } else { "last published rates" }
        ));
        says.push("It is no costing: this week’s care may have needed more or less.".to_owned());
    }
    if week.without_rate > 0 {
        says.push(format!(
            "Not in it, since that year had no such care: {}.",
            words::count(week.without_rate, "event", "events")
        ));
    }
    Part { id: "estimate", title: "What it may have cost", says }
}

/// `7%`, half up; a dash of nothing is said as no percentage.
fn percent(part: u64, of: u64) -> String {
    match of {
        0 => "none".to_owned(),
        of => format!("{}%", (200 * u128::from(part) + u128::from(of)) / (2 * u128::from(of))),
    }
}

impl Page for WeekPage {
    const TEMPLATE: &'static str = "features/service_lines/week.html";

    fn samples() -> Vec<Self> {
        let counted =
            |week, earlier: &[u64], year| Counted { week, earlier: earlier.to_vec(), year };
        let stays = counted(9, &[4, 6, 8], 300);
        let page = Self {
            shell: Shell::sample("The week to 31 March 2026").below("Services", "/services"),
            kicker: "Trauma and orthopaedics, this week".to_owned(),
            lead: vec!["Care ended for 9 stays in these seven days.".to_owned()],
            age: "12 days old".to_owned(),
            is_old: true,
            sees: "You see exact figures, as clinical director.".to_owned(),
            earlier: "3 weeks".to_owned(),
            rows: vec![row("planned stays", &stays)],
            chart: String::new(),
            note: String::new(),
            weeks: vec![("This week".to_owned(), "9".to_owned())],
            file: "/services/TORT/week.csv".to_owned(),
            parts: vec![in_bed(&InBed { nights: vec![24, 2], ready: 1 }, &[7, 21])],
            method: vec!["Counted from the records that are in place.".to_owned()],
            questions: Questions::sample(),
        };
        let shell = Shell::sample("Nothing to tell of a week yet").below("Services", "/services");
        vec![page, Self::nothing(shell, "You see exact figures.".to_owned())]
    }
}

#[cfg(test)]
mod tests {
    use domain::Money;

    use super::*;

    fn counted(week: u64, earlier: &[u64]) -> Counted {
        let year = week + earlier.iter().sum::<u64>();
        Counted { week, earlier: earlier.to_vec(), year }
    }

    fn with_stays(it: Counted) -> Week {
        let key = ("APC".to_owned(), "EL".to_owned());
        Week { done: [(key, it)].into(), ..Week::default() }
    }

    fn leads(it: Counted) -> String {
        let week = with_stays(it);
        let rows: Vec<Row> = week.done.values().map(|it| row("planned stays", it)).collect();
        lead(&week, &rows).join(" ")
    }

    #[test]
    fn words_follow_the_weeks_before() {
        assert!(
            leads(counted(9, &[4, 8])).contains("more than in any of the weeks before (4 to 8)")
        );
        assert!(leads(counted(3, &[4, 8])).contains("fewer than in any of the weeks before"));
        assert!(leads(counted(4, &[4, 8])).contains("about as many as in the weeks before"));
        assert!(!leads(counted(4, &[])).contains("weeks before"));
        assert!(leads(counted(0, &[])).contains("No care"));
    }

    #[test]
    fn money_is_an_estimate_and_never_of_a_bed() {
        let week = Week { estimate: Money::from_pounds(120_000), ..with_stays(counted(9, &[4])) };
        let told = estimate(&week, "2025/26", "published 20 May 2026").says.join(" ");
        assert!(
            told.starts_with("About £120,000, as an estimate at last published rates"),
            "{told}"
        );
        let beds = in_bed(&InBed { nights: vec![22, 8, 1], ready: 0 }, &[7, 21]).says.join(" ");
        assert!(beds.contains("7 nights or more: 2.") && beds.contains("21 nights or more: 1."));
        assert!(!beds.contains('£') && beds.contains("None is recorded as ready"));
    }

    #[test]
    fn missed_appointments_are_of_those_booked() {
        let week =
            Week { attended: counted(18, &[]), missed: counted(2, &[1, 3]), ..Week::default() };
        let told = appointments(&week).says.join(" ");
        assert!(
            told.contains("2 of 20\u{a0}appointments were not attended, 10% (before: 1 to 3).")
        );
        assert!(told.contains("Cancelled appointments are not in the records"));
    }

    #[test]
    fn lists_tell_how_full_they_were() {
        let lists_of =
            Lists { held: counted(2, &[3]), planned_s: 36_000, used_s: 27_000, ..Lists::default() };
        let told = lists(&lists_of).says.join(" ");
        assert!(told.contains("2\u{a0}lists (before: 3), 10\u{a0}hours planned"), "{told}");
        assert!(told.contains("in theatre in 75% of that time"), "{told}");
    }
}
