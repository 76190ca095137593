//! One load: how far its check is, what was found and what to do, what differs, and the decision.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use store::loads::{Load, LoadState};

use super::decide::{self, is_sound};
use super::staging::Folder;
use crate::App;
use crate::shell::download::{Kind, Table};
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::found::{Document, Found, Group, Input};
use crate::shell::page::{Page, Shell};
use crate::shell::people;
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;
use crate::shell::work::Shown;

#[derive(askama::Template)]
#[template(path = "features/data_loads/show.html")]
pub(super) struct Show {
    shell: Shell,
    id: String,
    kicker: String,
    lead: String,
    stage: Stage,
    /// The check, while it is under way or where it ended without an answer.
    work: Option<Shown>,
    decided: Option<Decided>,
    groups: Vec<Group>,
    count: usize,
    files: Vec<Line>,
    missing: String,
    version: i64,
    decision: String,
    reason: String,
    choices: Vec<(String, String)>,
    /// Where the work goes on once it is decided on: address and words.
    next: Option<(&'static str, &'static str)>,
    wrong: Wrong,
}

/// Where a load stands for whoever looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Its files are being checked.
    UnderWay,
    /// The check ended without an answer.
    Broken,
    /// It waits for a decision.
    Open,
    /// It was decided on.
    Decided,
}

/// Who decided, and why.
struct Decided {
    by: String,
    at: String,
    reason: String,
}

/// One file: rows read = used + quarantined + rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: String,
    feed: String,
    read: String,
    used: String,
    quarantined: String,
    rejected: String,
    change: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let typed = (Wrong::default(), (String::new(), String::new()));
    Ok(page(&app, &id, &visit, typed).await?.respond())
}

pub(super) async fn page(
    app: &App,
    id: &str,
    visit: &Visit,
    (wrong, (decision, reason)): (Wrong, (String, String)),
) -> Result<Show, Fault> {
    let (load, job) = decide::load(app, id).await?;
    let is_open = job.as_ref().is_some_and(|it| !it.state.is_end());
    let stage = match load.state {
        LoadState::Accepted | LoadState::Rejected => Stage::Decided,
        _ if is_open => Stage::UnderWay,
        LoadState::Staged => Stage::Broken,
        LoadState::Checked => Stage::Open,
    };
    let found = match &job {
        Some(job) if !is_open => documents(app, &load, job.id.as_str()).await?,
        _ => (Document::default(), Document::default()),
    };
    let mut db = app.store().read().await?;
    let by = people::name_of(&mut db, &load.loaded_by).await?;
    let decided = match (&load.decided_by, load.decided_at) {
        (Some(who), Some(at)) => Some(Decided {
            by: people::name_of(&mut db, who).await?,
            at: words::moment(at),
            reason: load.reason.clone().unwrap_or_default(),
        }),
        _ => None,
    };
    drop(db);
    let shell = visit.shell(title(&load, stage, &found.0)).below("Data loads", "/loads");
    let sound = is_sound(&load);
    Ok(Show {
        shell: shell.with_errors(&wrong),
        id: id.to_owned(),
        kicker: format!(
            "{}, {}, loaded by {by}, {}",
            load.loaded.label,
            words::year(&load.loaded.year.to_string()),
            words::moment(load.loaded_at)
        ),
        lead: lead(stage, (load.state, sound), &found.0),
        stage,
        work: job.as_ref().map(Shown::of).filter(|_| stage != Stage::Open),
        decided,
        groups: found.0.groups(),
        count: found.0.findings.len(),
        files: lines(&found.0.inputs, &found.1.inputs),
        missing: found.0.missing_feeds.join(", "),
        version: load.version,
        choices: choices(sound),
        next: next(&load, visit),
        decision,
        reason,
        wrong,
    })
}

/// What the check found, and the manifest of what was accepted before.
async fn documents(app: &App, load: &Load, job: &str) -> Result<(Document, Document), Fault> {
    let (site, job) = (app.settings().folder.clone(), job.to_owned());
    let before = Folder::of(&site, load).before();
    reading(move || Ok((Document::of_job(&site, &job)?, Document::read(&before)?))).await
}

fn title(load: &Load, stage: Stage, found: &Document) -> String {
    let label = &load.loaded.label;
    match (stage, load.state) {
        (Stage::UnderWay, _) => format!("{label} is being checked"),
        (Stage::Broken, _) => format!("The check of {label} did not end"),
        (_, LoadState::Accepted) => format!("{label} was accepted"),
        (_, LoadState::Rejected) => format!("{label} was rejected"),
        _ if found.refused => {
            let count = found.count("refused") as u64;
            let forbid = if count == 1 { "forbids it" } else { "forbid it" };
            let count = words::count(count, "finding", "findings");
            format!("{label} cannot be accepted: {count} {forbid}")
        }
        _ => match found.count("needs acceptance") as u64 {
            0 => format!("{label} can be accepted"),
            count => {
                let count = words::count(count, "finding", "findings");
                format!("{label} can be accepted, with {count} to decide on")
            }
        },
    }
}

fn lead(stage: Stage, (decided, is_sound): (LoadState, bool), found: &Document) -> String {
    match stage {
        Stage::UnderWay => "Every row of the year is read and checked. That takes from a few seconds to some minutes.".to_owned(),
        Stage::Broken => "The files are kept. Nothing is wrong with them as far as is known: check them again, or reject them.".to_owned(),
        Stage::Open | Stage::Decided => {
            let sum = |rows: fn(&Input) -> u64| found.inputs.iter().map(rows).sum::<u64>();
            let read = words::count(sum(|it| it.rows_read), "row was read", "rows were read");
            let rows = format!(
                "{read}: {} used, {} quarantined, {} rejected or left out.",
                words::thousands(sum(|it| it.rows_used)),
                words::thousands(sum(|it| it.rows_quarantined)),
                words::thousands(sum(|it| it.rows_rejected))
            );
            match (stage, is_sound) {
                _ if decided == LoadState::Rejected => {
                    format!("{rows} The files are gone; what was found in them is kept.")
                }
                (Stage::Open, true) => format!("{rows} Costings use the files once you accept them."),
                (Stage::Open, false) => format!("{rows} Mend what is listed first, and load the files again."),
                _ => rows,
            }
        }
    }
}

/// What comes after the decision, for those who may do it.
fn next(load: &Load, visit: &Visit) -> Option<(&'static str, &'static str)> {
    match load.state {
        LoadState::Accepted if visit.may(Capability::RunCosting) => {
            Some(("/runs/start", "Start a costing"))
        }
        LoadState::Rejected => Some(("/loads/new", "Load the mended files")),
        _ => None,
    }
}

fn choices(is_sound: bool) -> Vec<(String, String)> {
    let accept = ("accept", "Accept: costings use these files from now on");
    let reject = ("reject", "Reject: costings go on with the files accepted before");
    let all = if is_sound { vec![accept, reject] } else { vec![reject] };
    all.into_iter().map(|(code, text)| (code.to_owned(), text.to_owned())).collect()
}

/// Files, those that changed first; then those that are no longer there.
fn lines(now: &[Input], before: &[Input]) -> Vec<Line> {
    let key = |it: &Input| (it.name.clone(), it.feed.clone());
    let mut earlier: BTreeMap<(String, String), &Input> =
        before.iter().map(|it| (key(it), it)).collect();
    let has_before = !before.is_empty();
    let mut changed = Vec::new();
    let mut same = Vec::new();
    for it in now {
        match earlier.remove(&key(it)) {
            Some(old) if old.sha256 == it.sha256 => same.push(line(it, "As before".to_owned())),
            Some(old) => changed.push(line(it, moved(it.rows_read, old.rows_read))),
            None if has_before => changed.push(line(it, "New".to_owned())),
            None => same.push(line(it, String::new())),
        }
    }
    changed.extend(earlier.into_values().map(|it| {
        let none = Input { feed: it.feed.clone(), name: it.name.clone(), ..Input::default() };
        line(&none, moved(0, it.rows_read))
    }));
    changed.extend(same);
    changed
}

fn moved(now: u64, before: u64) -> String {
    match now.cmp(&before) {
        std::cmp::Ordering::Equal => "Other content, as many rows".to_owned(),
        std::cmp::Ordering::Greater => {
            format!("{} more", words::count(now - before, "row", "rows"))
        }
        std::cmp::Ordering::Less => format!("{} fewer", words::count(before - now, "row", "rows")),
    }
}

fn line(it: &Input, change: String) -> Line {
    Line {
        name: it.name.clone(),
        feed: it.feed.clone(),
        read: words::thousands(it.rows_read),
        used: words::thousands(it.rows_used),
        quarantined: words::thousands(it.rows_quarantined),
        rejected: words::thousands(it.rows_rejected),
        change,
    }
}

impl Show {
    /// Where all findings are as a file.
    fn findings_file(&self) -> String {
        format!("/loads/{}/findings.csv", self.id)
    }
}

/// All findings, for a spreadsheet.
pub(super) async fn take(
    State(app): State<App>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let (load, job) = decide::load(&app, &id).await?;
    let job = job.ok_or(Fault::NotFound)?;
    let (found, _) = documents(&app, &load, job.id.as_str()).await?;
    app.store().audit(visit.entry("load.findings", load.id.as_str())).await?;
    let table = table(&found.findings).about("Data load", load.id.as_str());
    table.file(&visit, &format!("findings-{}", load.id))
}

fn table(findings: &[Found]) -> Table {
    let columns = [
        ("code", Kind::Text),
        ("severity", Kind::Text),
        ("file", Kind::Text),
        ("line", Kind::Whole),
        ("column", Kind::Text),
        ("subject", Kind::Text),
        ("rows", Kind::Whole),
        ("money_gbp", Kind::Decimal),
        ("message", Kind::Text),
        ("remedy", Kind::Text),
    ];
    let row = |it: &Found| {
        let (line, rows) = (it.line.to_string(), it.rows.to_string());
        let cells: [&str; 10] = [
            &it.code,
            &it.severity,
            &it.file,
            &line,
            &it.column,
            &it.subject,
            &rows,
            &it.money,
            &it.message,
            &it.remedy,
        ];
        cells.map(str::to_owned).to_vec()
    };
    Table::new(&columns, findings.iter().map(row).collect())
}

impl Page for Show {
    const TEMPLATE: &'static str = "features/data_loads/show.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, stage, work: Option<Shown>| Self {
            shell: Shell::sample(title),
            id: "0123456789abcdef".to_owned(),
            kicker: "Month 12, 2025/26, loaded by Priya Raman, 21 May 2026, 10:02".to_owned(),
            lead: "124,310 rows were read: 124,201 used, 54 quarantined, 55 rejected or left out."
                .to_owned(),
            stage,
            work,
            decided: None,
            groups: Vec::new(),
            count: 0,
            files: Vec::new(),
            missing: String::new(),
            version: 2,
            decision: String::new(),
            reason: String::new(),
            choices: choices(true),
            next: None,
            wrong: Wrong::default(),
        };
        let input = |name: &str, sha256: &str, rows_read| Input {
            feed: "CONTACTS".to_owned(),
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            rows_read,
            rows_used: rows_read - 54,
            rows_quarantined: 54,
            rows_rejected: 0,
        };
        let before = [input("2025-26/feeds/contacts.csv", "a", 4_003), input("b.csv", "b", 60)];
        let now = [input("2025-26/feeds/contacts.csv", "c", 4_123), input("b.csv", "b", 60)];
        let open = || Self {
            groups: vec![Group::sample()],
            count: 57,
            files: lines(&now, &before),
            missing: "BLOOD, DEVICES".to_owned(),
            ..page("Month 12 can be accepted, with 1 finding to decide on", Stage::Open, None)
        };
        let mut wrong = Wrong::default();
        wrong.add("decision", "Choose whether to accept or to reject");
        wrong.add("reason", "Say why, so that others understand it later");
        let refused = open();
        let decided = Some(Decided {
            by: "Priya Raman".to_owned(),
            at: "21 May 2026, 11:30".to_owned(),
            reason: "Contacts are known to be short".to_owned(),
        });
        let work = Shown::sample("Check of files for 2025/26");
        let killed =
            "The engine was killed. Nothing half-made is left in place: start the work again.";
        let broken = Shown::sample_ended("Check of files for 2025/26", "Failed", killed);
        vec![
            page("Month 12 is being checked", Stage::UnderWay, Some(work)),
            page("The check of Month 12 did not end", Stage::Broken, Some(broken)),
            open(),
            Self { shell: refused.shell.clone().with_errors(&wrong), wrong, ..refused },
            Self {
                decided,
                next: Some(("/runs/start", "Start a costing")),
                ..page("Month 12 was accepted", Stage::Decided, None)
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_stands_first() {
        let input = |name: &str, sha256: &str, rows_read| Input {
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            rows_read,
            ..Input::default()
        };
        let before =
            [input("a", "1", 10), input("b", "2", 20), input("c", "3", 30), input("e", "5", 5)];
        let now =
            [input("a", "1", 10), input("b", "9", 17), input("d", "4", 4), input("e", "6", 5)];
        let shown: Vec<String> =
            lines(&now, &before).iter().map(|it| format!("{}: {}", it.name, it.change)).collect();
        assert_eq!(
            shown,
            [
                "b: 3\u{a0}rows fewer",
                "d: New",
                "e: Other content, as many rows",
                "c: 30\u{a0}rows fewer",
                "a: As before"
            ]
        );
        assert_eq!(lines(&now, &[])[0].change, "", "a first load differs from nothing");
    }

    #[test]
    fn a_finding_is_no_formula() {
        let message = "=HYPERLINK(\"x\")".to_owned();
        let text =
            table(&[Found { message, money: "-1.500000".to_owned(), ..Found::default() }]).csv();
        assert!(text.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{text}");
        assert!(text.contains(",-1.500000,"), "amounts stay amounts: {text}");
    }
}
