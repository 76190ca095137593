//! Returns from a file: all it would do is shown first, with what is wrong by row; then it is taken
//! whole, or its good rows alone where a person says so.

use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::collecting::{self, NewFile};
use store::{Error, RoundId};

use super::register::MOST_BYTES;
use super::{address, level_name, of, shell};
use crate::App;
use crate::shell::collecting::{Held, Looked};
use crate::shell::download::as_kept;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::page::{Page, Shell};
use crate::shell::pasted::uploaded;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/collecting/returns.html")]
pub(super) struct ReturnsPage {
    shell: Shell,
    at: String,
    has_register: bool,
    csv: String,
    faults: Vec<(usize, String)>,
    preview: Option<Preview>,
    wrong: Wrong,
}

/// What a file would do.
#[derive(Clone, Debug, Default)]
struct Preview {
    sentence: String,
    /// Rows that can be taken.
    good: usize,
    replaced: Vec<[String; 3]>,
    flags: Vec<String>,
    /// The file, so written that no browser changes its line ends.
    file: String,
    name: String,
    files: i64,
    registers: i64,
}

/// What is pasted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Form {
    csv: String,
}

/// What is accepted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Accepted {
    file: String,
    name: String,
    files: String,
    registers: String,
    good_rows: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let held = of(&app, &round).await?;
    Ok(page(&visit, &held, (String::new(), Wrong::default())).respond())
}

fn page(visit: &Visit, held: &Held, (csv, wrong): (String, Wrong)) -> ReturnsPage {
    ReturnsPage {
        shell: shell(visit, held, "Bring returns").with_errors(&wrong),
        at: address(held),
        has_register: !held.registers.is_empty(),
        csv,
        faults: Vec::new(),
        preview: None,
        wrong,
    }
}

pub(super) async fn look(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let held = of(&app, &round).await?;
    let Form { csv } = visit.fields.read()?;
    looked_at(&visit, &held, (csv, "pasted"), Wrong::default())
}

pub(super) async fn look_at_file(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
    parts: Multipart,
) -> Result<Response, Fault> {
    // The token of the form comes with its file, so it is looked at before anything else.
    let (visit, name) = uploaded(visit, parts).await?;
    let held = of(&app, &round).await?;
    let Form { csv } = visit.fields.read()?;
    looked_at(&visit, &held, (csv, &name), Wrong::default())
}

/// What a file would do, or why nothing can be made of it.
fn looked_at(
    visit: &Visit,
    held: &Held,
    (csv, name): (String, &str),
    mut wrong: Wrong,
) -> Result<Response, Fault> {
    let is_there = !held.registers.is_empty();
    wrong.unless(is_there, "csv", "Bring the register of the round first");
    wrong.unless(!csv.trim().is_empty(), "csv", "Paste the rows, or choose a file");
    wrong.unless(csv.len() <= MOST_BYTES, "csv", "It is larger than 250 kB: send it in parts");
    // What is wrong with taking it does not hide what it would do.
    if wrong.all().iter().any(|it| it.0 == "csv") {
        return Ok(page(visit, held, (csv, wrong)).respond());
    }
    let looked = match held.look(&csv) {
        Ok(it) => it,
        Err(error) => {
            let said = words::capital(&error.to_string());
            wrong.add("csv", format!("Nothing is taken. {said}"));
            return Ok(page(visit, held, (csv, wrong)).respond());
        }
    };
    if looked.rows == 0 {
        wrong.add("csv", "No row below the column names holds a return");
        return Ok(page(visit, held, (csv, wrong)).respond());
    }
    let preview = preview(held, &looked, (&csv, name))?;
    let rejected = looked.collection.rejected.iter();
    let faults = rejected.map(|it| (it.row, words::capital(&it.what.to_string()))).collect();
    let page = page(visit, held, (csv, wrong));
    let shell = page.shell.titled("What this file would do");
    Ok(ReturnsPage { shell, faults, preview: Some(preview), ..page }.respond())
}

fn preview(held: &Held, looked: &Looked, (csv, name): (&str, &str)) -> Result<Preview, Fault> {
    let seen = held.seen();
    let broken = |error: serde_urlencoded::ser::Error| Fault::Broken(error.to_string());
    let replaced = looked
        .replaced
        .iter()
        .map(|(code, now, then)| [held.name(code), level_name(*now), level_name(*then)]);
    let flags = looked.collection.flags.iter().map(|it| words::capital(&it.to_string()));
    Ok(Preview {
        sentence: sentence(looked),
        good: looked.taken.len(),
        replaced: replaced.collect(),
        flags: flags.collect(),
        file: serde_urlencoded::to_string([("csv", csv)]).map_err(broken)?,
        name: name.to_owned(),
        files: seen.files,
        registers: seen.registers,
    })
}

/// `Of 244 rows 241 are good and 3 are not.`
fn sentence(looked: &Looked) -> String {
    let (rows, good) = (looked.rows as u64, looked.taken.len() as u64);
    let mut said = if good == rows {
        format!("All {} are good.", words::count(rows, "row", "rows"))
    } else {
        format!(
            "Of {} {} can be taken, and {} cannot.",
            words::count(rows, "row", "rows"),
            words::thousands(good),
            words::thousands(rows - good)
        )
    };
    if looked.same > 0 {
        said += &format!(
            " {} nothing, since the same is held.",
            match looked.same {
                1 => "1 changes".to_owned(),
                more => format!("{} change", words::thousands(more as u64)),
            }
        );
    }
    said
}

pub(super) async fn accept(
    State(app): State<App>,
    Path(round): Path<String>,
    visit: Visit,
) -> Result<Response, Fault> {
    let held = of(&app, &round).await?;
    let sent: Accepted = visit.fields.read()?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&sent.file).unwrap_or_default();
    let csv = pairs.into_iter().find(|it| it.0 == "csv").map(|it| it.1).unwrap_or_default();
    let seen = held.seen();
    let now = (seen.files.to_string(), seen.registers.to_string());
    if csv.is_empty() || (sent.files.clone(), sent.registers.clone()) != now {
        let mut wrong = Wrong::default();
        let changed =
            "The round has changed since you looked at this file: this is what it would do now";
        wrong.unless(csv.is_empty(), "good_rows", changed);
        return looked_at(&visit, &held, (csv, &sent.name), wrong);
    }
    let looked = held.look(&csv).map_err(|error| Fault::Refused(error.to_string()))?;
    let is_whole = looked.collection.rejected.is_empty();
    let mut wrong = Wrong::default();
    let say = "Say that the rows below are left out, or mend the file and send it again";
    wrong.unless(is_whole || sent.good_rows == "yes", "good_rows", say);
    wrong.unless(!looked.taken.is_empty(), "good_rows", "No row can be taken: mend the file");
    if !wrong.is_empty() {
        return looked_at(&visit, &held, (csv, &sent.name), wrong);
    }
    let rows = i64::try_from(looked.rows).unwrap_or(i64::MAX);
    let new = NewFile { name: sent.name, csv, rows, taken: looked.taken };
    let (id, entry) = (held.round.id.clone(), visit.entry("collection.receive", ""));
    let seen = (seen.files, seen.registers);
    let said = "The returns are taken, and the file is kept as it came.";
    let leads_to = address(&held);
    let done = visit.change(&leads_to, said, move |tx| {
        Box::pin(async move {
            collecting::receive(tx, &id, &new, seen, &entry).await?;
            Ok::<(), Error>(())
        })
    });
    done.await
}

/// A file as it came.
pub(super) async fn take(
    State(app): State<App>,
    Path((round, number)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let id = RoundId::new(round);
    let all = collecting::files(&mut *app.store().read().await?, &id).await?;
    let found = all.into_iter().find(|it| it.number.to_string() == number);
    let found = found.ok_or(Fault::NotFound)?;
    let object = format!("collection/{id} file {number}");
    app.store().audit(visit.entry("collection.download", &object)).await?;
    Ok(as_kept(&format!("returns-{number}"), &found.of.csv))
}

impl Page for ReturnsPage {
    const TEMPLATE: &'static str = "features/collecting/returns.html";

    fn samples() -> Vec<Self> {
        let page = |preview: Option<Preview>, faults: Vec<(usize, String)>, wrong: Wrong| Self {
            shell: Shell::sample("Bring returns").with_errors(&wrong),
            at: "/collecting/1".to_owned(),
            has_register: true,
            csv: String::new(),
            faults,
            preview,
            wrong,
        };
        let row = ["X-001 First example trust", "Level\u{a0}2", "Level\u{a0}3"].map(str::to_owned);
        let preview = Preview {
            sentence: "Of 244 rows 243 can be taken, and 1 cannot.".to_owned(),
            good: 243,
            replaced: vec![row],
            flags: vec![
                "Row 9: `X-008` states Level 3; its steps show less (Level 2): ask for the reason"
                    .to_owned(),
            ],
            ..Preview::default()
        };
        let whole = Preview {
            sentence: "All 244 rows are good.".to_owned(),
            good: 244,
            ..Preview::default()
        };
        let faults = vec![(7, "`5` is no level: it must be 1, 2, 3 or 4".to_owned())];
        let mut wrong = Wrong::default();
        wrong.add(
            "good_rows",
            "Say that the rows below are left out, or mend the file and send it again",
        );
        let mut empty = Wrong::default();
        empty.add("csv", "Paste the rows, or choose a file");
        let blank = page(None, Vec::new(), Wrong::default());
        vec![
            page(None, Vec::new(), empty),
            page(Some(preview.clone()), faults.clone(), Wrong::default()),
            page(Some(preview), faults, wrong),
            page(Some(whole), Vec::new(), Wrong::default()),
            Self { has_register: false, ..blank },
        ]
    }
}
