//! Values from a file: all it would do is shown first, then it is taken or left.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Multipart, State};
use axum::response::Response;
use serde::Deserialize;
use store::Error;
use store::measures::{self, Keeping, Month, Plan, Planned, Standing};

use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::Wrong;
use crate::shell::measures::month_words;
use crate::shell::page::{Page, Shell};
use crate::shell::pasted::uploaded;
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Bytes of a file at most: some thousands of lines.
const MOST_BYTES: usize = 300_000;

#[derive(askama::Template)]
#[template(path = "features/measures/import.html")]
pub(super) struct Import {
    shell: Shell,
    wrong: Wrong,
    csv: String,
    /// Line, and what is wrong with it.
    faults: Vec<(u64, String)>,
    /// Codes that a file may name: measure, and what it is called.
    codes: Vec<(String, String)>,
    preview: Option<Preview>,
}

/// What a file would do.
#[derive(Clone, Debug, Default)]
struct Preview {
    /// In a sentence.
    sentence: String,
    /// Values that are new: measure, unit, how many, from when to when.
    added: Vec<[String; 4]>,
    /// Values that are corrected: measure, unit, month, held, and from the file.
    corrected: Vec<[String; 5]>,
    digest: String,
    name: String,
    because: String,
}

/// What is pasted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    csv: String,
}

/// What is accepted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Accepted {
    csv: String,
    digest: String,
    name: String,
    because: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let page = page(&app, &visit, (String::new(), Wrong::default())).await?;
    Ok(page.respond())
}

async fn page(app: &App, visit: &Visit, (csv, wrong): (String, Wrong)) -> Result<Import, Fault> {
    let mut db = app.store().read().await?;
    let all = measures::list(&mut db).await?.into_iter().map(|it| it.definition);
    Ok(Import {
        shell: visit.shell("Bring values in").below("Measures", "/measures").with_errors(&wrong),
        wrong,
        csv,
        faults: Vec::new(),
        codes: all.map(|it| (it.code.to_string(), it.name)).collect(),
        preview: None,
    })
}

pub(super) async fn look(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    preview(&app, &visit, "pasted").await
}

pub(super) async fn look_at_file(
    State(app): State<App>,
    visit: Visit,
    parts: Multipart,
) -> Result<Response, Fault> {
    let (visit, name) = uploaded(visit, parts).await?;
    preview(&app, &visit, &name).await
}

/// How far somebody keeps measures, and up to which month values can be known.
fn keeping(visit: &Visit) -> Result<Keeping, Fault> {
    let scope = visit.scope(Capability::KeepMeasures)?;
    Ok(Keeping {
        units: match scope.of_trust() {
            Some(_) => None,
            None => Some(scope.units().map(str::to_owned).collect()),
        },
        this_month: Month::of(today(visit.now)),
    })
}

async fn preview(app: &App, visit: &Visit, name: &str) -> Result<Response, Fault> {
    let Form { csv } = visit.fields.read()?;
    let mut wrong = Wrong::default();
    wrong.unless(!csv.trim().is_empty(), "csv", "Paste the lines, or choose a file");
    let most = "It is larger than 300 kB: send it in parts";
    wrong.unless(csv.len() <= MOST_BYTES, "csv", most);
    if !wrong.is_empty() {
        return Ok(page(app, visit, (csv, wrong)).await?.respond());
    }
    looked_at(app, visit, Accepted { csv, name: name.to_owned(), ..Accepted::default() }, wrong)
        .await
}

/// The page of a file: what it would do, or what is wrong with it.
async fn looked_at(
    app: &App,
    visit: &Visit,
    sent: Accepted,
    mut wrong: Wrong,
) -> Result<Response, Fault> {
    let mut db = app.store().read().await?;
    let planned = measures::plan(&mut db, &sent.csv, &keeping(visit)?).await;
    drop(db);
    let plan = match planned {
        Ok(plan) => plan,
        Err(Error::Faults(faults)) => {
            let many = words::count(faults.len() as u64, "fault", "faults");
            wrong
                .add("csv", format!("Nothing is taken: mend the {many} below, then send it again"));
            let faults = faults.into_iter().map(|it| (it.line, words::capital(&it.message)));
            let faults: Vec<(u64, String)> = faults.collect();
            let page = page(app, visit, (sent.csv, wrong)).await?;
            return Ok(Import { faults, ..page }.respond());
        }
        Err(other) => return Err(other.into()),
    };
    let preview = Preview::of(&plan, &sent);
    let page = page(app, visit, (sent.csv, wrong)).await?;
    let shell = page.shell.titled("What this file would do");
    Ok(Import { shell, preview: Some(preview), ..page }.respond())
}

pub(super) async fn accept(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let sent: Accepted = visit.fields.read()?;
    let (keeping, entry) = (keeping(&visit)?, visit.entry("measure.import", "measures"));
    let asked = sent.clone();
    let said = "The values are recorded. What was corrected is kept beside them.";
    let done = visit.attempt("/measures", said, move |tx| {
        Box::pin(async move {
            let file = (asked.csv.as_str(), &keeping);
            let named = (asked.name.as_str(), asked.because.as_str());
            measures::import(tx, file, &asked.digest, named, &entry).await?;
            Ok(())
        })
    });
    let mut wrong = Wrong::default();
    match done.await {
        Err(Error::Refused(store::Refusal::Empty(_))) => {
            wrong.add("because", "Say why the values are corrected");
            looked_at(&app, &visit, sent, wrong).await
        }
        Err(Error::Refused(why)) => {
            wrong.add("because", words::capital(&why.to_string()));
            looked_at(&app, &visit, sent, wrong).await
        }
        Err(Error::Faults(_)) => looked_at(&app, &visit, sent, wrong).await,
        other => Ok(other?),
    }
}

impl Preview {
    fn of(plan: &Plan, sent: &Accepted) -> Self {
        Self {
            sentence: sentence(plan),
            added: added(plan),
            corrected: plan.lines.iter().filter_map(corrected).collect(),
            digest: plan.digest.clone(),
            name: sent.name.clone(),
            because: sent.because.clone(),
        }
    }
}

/// `It adds 12 values, corrects 1, and repeats 3 that are held already.`
fn sentence(plan: &Plan) -> String {
    let count = |it: usize| words::count(it as u64, "value", "values");
    let mut said = Vec::new();
    if plan.added() > 0 {
        said.push(format!("adds {}", count(plan.added())));
    }
    if plan.corrections() > 0 {
        said.push(format!("corrects {} held already", count(plan.corrections())));
    }
    if plan.same() > 0 {
        said.push(format!("repeats {} held already, which changes nothing", count(plan.same())));
    }
    if plan.blank > 0 {
        let lines = words::count(plan.blank as u64, "line", "lines");
        said.push(format!("has {lines} without a value, which are left out"));
    }
    let parts: Vec<&str> = said.iter().map(String::as_str).collect();
    format!("It {}.", words::listed(&parts))
}

fn added(plan: &Plan) -> Vec<[String; 4]> {
    let mut found: BTreeMap<(String, String), (usize, Month, Month)> = BTreeMap::new();
    for it in plan.lines.iter().filter(|it| it.standing == Standing::New) {
        let (new, month) = (&it.new, it.new.month);
        let key = (new.measure.to_string(), new.unit.to_string());
        let entry = found.entry(key).or_insert((0, month, month));
        *entry = (entry.0 + 1, entry.1.min(month), entry.2.max(month));
    }
    let row = |((measure, unit), (count, first, last)): (_, (usize, Month, Month))| {
        let months = if first == last {
            month_words(first)
        } else {
            format!("{} to {}", month_words(first), month_words(last))
        };
        [measure, unit, count.to_string(), months]
    };
    found.into_iter().map(row).collect()
}

fn corrected(line: &Planned) -> Option<[String; 5]> {
    let Standing::Corrects(held) = &line.standing else { return None };
    let figure = |it: &measures::NewValue| {
        let of = it.of.map_or_else(String::new, |of| format!(" of {of}"));
        format!("{}{of}, from {}", it.value, it.source)
    };
    let new = &line.new;
    let differs = if held.recorded.source == new.source { "" } else { ". Two sources differ" };
    Some([
        new.measure.to_string(),
        new.unit.to_string(),
        month_words(new.month),
        figure(&held.recorded),
        format!("{}{differs}", figure(new)),
    ])
}

impl Page for Import {
    const TEMPLATE: &'static str = "features/measures/import.html";

    fn samples() -> Vec<Self> {
        let page = |title: &str, wrong: Wrong, faults, preview| Self {
            shell: Shell::sample(title).below("Measures", "/measures"),
            wrong,
            csv: "measure,unit,month,value,of,source\nWAITING,TORT,2026-03,412,,PAS".to_owned(),
            faults,
            codes: vec![("WAITING".to_owned(), "Waiting list".to_owned())],
            preview,
        };
        let mut refused = Wrong::default();
        refused.add("csv", "Nothing is taken: mend the 1 fault below, then send it again");
        let faults = vec![(2, "Column value: `x` is no number: write digits alone".to_owned())];
        let cells = |all: [&str; 5]| all.map(str::to_owned);
        let preview = Preview {
            sentence: "It adds 2 values and corrects 1 value that are held.".to_owned(),
            added: vec![["WAITING", "TORT", "2", "February 2026 to March 2026"].map(str::to_owned)],
            corrected: vec![cells([
                "WAITING",
                "TORT",
                "January 2026",
                "412, from PAS",
                "421, from PAS",
            ])],
            ..Preview::default()
        };
        let mut unsaid = Wrong::default();
        unsaid.add("because", "Say why the values are corrected");
        let seen = "What this file would do";
        vec![
            page("Bring values in", Wrong::default(), Vec::new(), None),
            page("Bring values in", refused, faults, None),
            page(seen, Wrong::default(), Vec::new(), Some(preview.clone())),
            page(seen, unsaid, Vec::new(), Some(preview)),
            page(seen, Wrong::default(), Vec::new(), Some(Preview::default())),
        ]
    }
}
