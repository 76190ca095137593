//! The access review: each right that stands, with its last use; read by a person every quarter.

use axum::extract::State;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use store::grants::{self, Reviewed};

use super::role_name;
use super::show::days;
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::page::{Page, Shell};
use crate::shell::session;
use crate::shell::visit::Visit;
use crate::shell::words;

/// A right that nobody used for so long is marked: 90 days, the quarter of the review.
const UNUSED: SignedDuration = SignedDuration::from_hours(90 * 24);

#[derive(askama::Template)]
#[template(path = "features/people_and_roles/review.html")]
pub(super) struct Review {
    shell: Shell,
    lines: Vec<Line>,
    unused: usize,
}

/// One right of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    person: String,
    name: String,
    role: String,
    unit: String,
    from: String,
    until: String,
    days: String,
    patient_level: bool,
    last_use: String,
    is_unused: bool,
    state: &'static str,
}

/// Whether nobody used a right for 90 days; one that was never used counts from when it was given.
fn is_unused(it: &Reviewed, now: Timestamp) -> bool {
    let last = it.grant.last_used.unwrap_or(it.grant.granted_at);
    now.duration_since(last) >= UNUSED
}

async fn lines(app: &App, visit: &Visit) -> Result<Vec<Line>, Fault> {
    let mut db = app.store().read().await?;
    let all = grants::review(&mut db).await?;
    let today = session::today(visit.now);
    let line = |it: &Reviewed| {
        let granted = &it.grant.granted;
        Line {
            person: granted.person.as_str().to_owned(),
            name: it.person_name.clone(),
            role: role_name(app.matrix(), &granted.role),
            unit: it.unit_name.clone(),
            from: granted.from.to_string(),
            until: granted.until.map(|it| it.to_string()).unwrap_or_default(),
            days: days(granted.from, granted.until),
            patient_level: granted.patient_level || it.grant.needs_second,
            last_use: it.grant.last_used.map(words::moment).unwrap_or_default(),
            is_unused: is_unused(it, visit.now),
            state: match () {
                () if it.grant.waits() => "waits for a second person",
                () if granted.until.is_some_and(|it| it < today) => "has ended",
                () if granted.from > today => "begins later",
                () => "counts today",
            },
        }
    };
    Ok(all.iter().map(line).collect())
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let lines = lines(&app, &visit).await?;
    let unused = lines.iter().filter(|it| it.is_unused).count();
    let title = match unused {
        0 => "Every right was used in the last 90 days".to_owned(),
        1 => "1 right was not used for 90 days".to_owned(),
        more => format!("{more} rights were not used for 90 days"),
    };
    let shell = visit.shell(title).below("People", "/people");
    Ok(Review { shell, lines, unused }.respond())
}

pub(super) async fn take(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let lines = lines(&app, &visit).await?;
    let entry = visit.entry("access.download", "access review").rows(lines.len());
    app.store().audit(entry).await?;
    let day = words::day(&session::today(visit.now).to_string());
    let table = table(&lines).about("What it is", "Every right that stands, with its last use.");
    table.about("Day", day).file(&visit, "access-review")
}

fn table(lines: &[Line]) -> Table {
    let names = [
        "person",
        "role",
        "unit",
        "from",
        "until",
        "shows_patients",
        "last_use",
        "unused_for_90_days",
        "state",
    ];
    let yes = |it| if it { "yes" } else { "no" };
    let row = |it: &Line| {
        let cells = [
            it.name.as_str(),
            &it.role,
            &it.unit,
            &it.from,
            &it.until,
            yes(it.patient_level),
            &it.last_use,
            yes(it.is_unused),
            it.state,
        ];
        cells.map(str::to_owned).to_vec()
    };
    Table::new(&names.map(|it| (it, Kind::Text)), lines.iter().map(row).collect())
}

fn sample_line(name: &str, is_unused: bool) -> Line {
    Line {
        person: "p1".to_owned(),
        name: name.to_owned(),
        role: "Costing accountant".to_owned(),
        unit: "Ashbourne Vale NHS Trust".to_owned(),
        from: "2026-04-01".to_owned(),
        until: String::new(),
        days: "From 1 April 2026, without end".to_owned(),
        patient_level: true,
        last_use: if is_unused { String::new() } else { "20 May 2026, 09:14".to_owned() },
        is_unused,
        state: "counts today",
    }
}

impl Page for Review {
    const TEMPLATE: &'static str = "features/people_and_roles/review.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, lines: Vec<Line>, unused| Self {
            shell: Shell::sample(title),
            lines,
            unused,
        };
        let lines = vec![sample_line("Priya Raman", false), sample_line("Ann Other", true)];
        vec![
            page("1 right was not used for 90 days", lines, 1),
            page("Every right was used in the last 90 days", Vec::new(), 0),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_begins_like_a_formula_is_a_text_in_the_file() {
        let text = table(&[sample_line("=cmd|' /C calc'!A0", true)]).csv();
        let second = text.lines().nth(1).expect("a row");
        assert!(second.starts_with("'=cmd|"), "{second}");
        assert!(second.ends_with(",yes,counts today"), "{second}");
    }
}
