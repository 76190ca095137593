//! Loading files: chosen in the browser, or from the folder that other systems write to.

use std::path::{Path, PathBuf};

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::response::Response;
use domain::FinancialYear;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use store::loads::{self, NewLoad};
use store::requests::Once;
use store::{JobId, LoadId, jobs};

use super::receive::{self, Received};
use super::staging::{self, Accepted, Folder, Takes, unreadable};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::forms::{Fields, Wrong, go};
use crate::shell::models;
use crate::shell::page::{Page, Shell};
use crate::shell::shelf::reading;
use crate::shell::visit::Visit;
use crate::shell::words;
use crate::shell::work::Intake;

/// A file that changed less than so long ago may still grow.
const STILL: SignedDuration = SignedDuration::from_secs(30);

/// Loads of one person that wait for a decision at most.
const UNDECIDED: usize = 5;

#[derive(askama::Template)]
#[template(path = "features/data_loads/new.html")]
pub(super) struct New {
    shell: Shell,
    years: Vec<(String, String)>,
    year: String,
    called: String,
    names: String,
    limit: String,
    incoming: Vec<Incoming>,
    wrong: Wrong,
}

/// What lies in the watched folder of one year.
struct Incoming {
    year: String,
    shown: String,
    files: Vec<Lying>,
}

/// One file that lies there.
struct Lying {
    name: String,
    size: String,
    at: String,
    grows: bool,
}

/// What is typed beside the files.
#[derive(Clone, Debug, Default)]
struct Typed {
    year: String,
    label: String,
}

pub(super) async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let takes = Takes::now(&app).await?;
    Ok(page(&visit, takes, (Typed::default(), Wrong::default())).await?.respond())
}

async fn page(visit: &Visit, takes: Takes, (typed, wrong): (Typed, Wrong)) -> Result<New, Fault> {
    let shell = visit.shell("Load files").below("Data loads", "/loads");
    let shell = shell.with_errors(&wrong);
    let settings = visit.app.settings();
    let (site, now, years) = (settings.folder.clone(), visit.now, takes.years.clone());
    let incoming = reading(move || {
        let all = years.iter().map(|year| lying(&site, *year, now));
        let mut all = all.collect::<Result<Vec<_>, Fault>>()?;
        all.retain(|it| !it.files.is_empty());
        Ok(all)
    })
    .await?;
    let year = match typed.year.as_str() {
        "" => takes.years.first().map(ToString::to_string).unwrap_or_default(),
        year => year.to_owned(),
    };
    let named = |it: &FinancialYear| (it.to_string(), words::year(&it.to_string()));
    Ok(New {
        shell,
        years: takes.years.iter().map(named).collect(),
        year,
        called: typed.label,
        names: takes.names(),
        limit: format!("{}\u{a0}MiB", words::thousands(settings.upload_bytes >> 20)),
        incoming,
        wrong,
    })
}

/// The watched folder of a year.
fn watched(site: &Path, year: FinancialYear) -> PathBuf {
    site.join("incoming").join(year.to_string())
}

fn lying(site: &Path, year: FinancialYear, now: Timestamp) -> Result<Incoming, Fault> {
    let folder = watched(site, year);
    let mut files = Vec::new();
    let names = if folder.is_dir() { staging::names_below(&folder) } else { Ok(Vec::new()) };
    for name in names.map_err(|error| unreadable(&folder, &error))? {
        let path = folder.join(&name);
        let about = path.metadata().map_err(|error| unreadable(&path, &error))?;
        let changed = about.modified().map(Timestamp::try_from);
        let changed = changed.map_err(|error| unreadable(&path, &error))?.unwrap_or(now);
        files.push(Lying {
            name,
            size: size(about.len()),
            at: words::moment(changed),
            grows: now.duration_since(changed) < STILL,
        });
    }
    let shown = words::year(&year.to_string());
    Ok(Incoming { year: year.to_string(), shown, files })
}

/// A size as people read it.
fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..=9_999 => return words::count(bytes, "byte", "bytes"),
        10_000..=9_999_999 => (1_000, "KB"),
        _ => (1_000_000, "MB"),
    };
    format!("{}\u{a0}{name}", words::thousands((bytes + unit / 2) / unit))
}

/// Takes files from the browser.
pub(super) async fn upload(
    State(app): State<App>,
    mut visit: Visit,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let form = form.map_err(|_| Fault::Refused("The form could not be read.".to_owned()))?;
    let folder = Folder::new(&app.settings().folder);
    let done = uploaded(&app, &mut visit, form, &folder).await;
    if !matches!(done, Ok((_, true))) {
        forget(folder).await?;
    }
    done.map(|it| it.0)
}

/// Takes a folder away of which nothing came.
async fn forget(folder: Folder) -> Result<(), Fault> {
    reading(move || {
        folder.forget();
        Ok(())
    })
    .await
}

/// The answer, and whether a load came of the folder.
async fn uploaded(
    app: &App,
    visit: &mut Visit,
    form: Multipart,
    folder: &Folder,
) -> Result<(Response, bool), Fault> {
    let received = receive::receive(visit, form, &folder.new_files()).await?;
    let takes = Takes::now(app).await?;
    let typed = Typed { year: received.year.clone(), label: received.label.clone() };
    let mut wrong = Wrong::default();
    let year = typed.year.parse::<FinancialYear>().ok().filter(|it| takes.years.contains(it));
    wrong.unless(year.is_some(), "year", "Choose a year of the model");
    wrong.unless(!typed.label.trim().is_empty(), "label", "Say what this load is, such as Month 7");
    for it in &received.wrong {
        wrong.add("files", it);
    }
    let nothing = received.files.is_empty() && received.wrong.is_empty();
    wrong.unless(!nothing, "files", "Choose the files to load");
    let accepted = match year {
        Some(year) => Accepted::now(app, year).await?,
        None => Accepted::default(),
    };
    let places = places(&received, (&takes, &accepted), &typed.year, &mut wrong);
    quota(app, visit, &mut wrong).await?;
    let Some(year) = year.filter(|_| wrong.is_empty()) else {
        return Ok((page(visit, takes, (typed, wrong)).await?.respond(), false));
    };
    let (to, datasets) = (folder.clone(), app.settings().datasets.clone());
    visit.once.clone_from(&received.once);
    visit.fields = fields(&received);
    reading(move || {
        for (from, place) in places {
            let place = to.new_files().join(year.to_string()).join(place);
            staging::make_parent(&place)
                .and_then(|()| std::fs::rename(&from, &place))
                .map_err(|error| unreadable(&place, &error))?;
        }
        staging::assemble(&to, &accepted, year, &datasets)
    })
    .await?;
    let done = begin(app, visit, folder, (year, typed.label)).await?;
    let is_new = matches!(done, Once::Now(_));
    Ok((led_on(&done), is_new))
}

/// What was sent, to tell a form that is sent again from another.
fn fields(received: &Received) -> Fields {
    let mut pairs = vec![("year", received.year.clone()), ("label", received.label.clone())];
    let files = received.files.iter().map(|it| ("file", format!("{} {}", it.name, it.bytes)));
    pairs.extend(files);
    Fields::of(pairs)
}

/// Where each file belongs; what no feed takes is wrong.
fn places(
    received: &Received,
    (takes, accepted): (&Takes, &Accepted),
    year: &str,
    wrong: &mut Wrong,
) -> Vec<(PathBuf, String)> {
    let mut places = Vec::new();
    for file in &received.files {
        match takes.place_of(&file.name, &accepted.names, year) {
            Some(place) => places.push((file.path.clone(), place)),
            None => wrong.add("files", no_feed(&file.name)),
        }
    }
    places
}

fn no_feed(name: &str) -> String {
    format!("No feed of the model takes a file called {name}: see the names below")
}

async fn quota(app: &App, visit: &Visit, wrong: &mut Wrong) -> Result<(), Fault> {
    let me = visit.person()?.id.as_str();
    let mut db = app.store().read().await?;
    let all = loads::list(&mut db, None).await?;
    let open = all.iter().filter(|it| it.loaded_by == me && !it.state.is_decided()).count();
    let many = format!("You have {UNDECIDED} loads that wait for a decision: decide on one first");
    wrong.unless(open < UNDECIDED, "files", &many);
    Ok(())
}

/// Writes the load down and asks for its check.
async fn begin(
    app: &App,
    visit: &Visit,
    folder: &Folder,
    (year, label): (FinancialYear, String),
) -> Result<Once, Fault> {
    let new = NewLoad { year, label, folder: folder.name.clone() };
    let job = check(app, visit, folder, (year, "1".to_owned())).await?;
    let entry = visit.entry("load.stage", &new.folder);
    visit
        .once(move |tx| {
            Box::pin(async move {
                let id: LoadId = loads::stage(tx, &new, &entry).await?;
                let job: JobId = jobs::enqueue(tx, &job, &entry).await?.id;
                loads::checking(tx, &id, &job, &entry).await?;
                Ok(format!("/loads/{id}"))
            })
        })
        .await
}

/// The check of a load's files; `attempt` tells one check of them from another.
pub(super) async fn check(
    app: &App,
    visit: &Visit,
    folder: &Folder,
    (year, attempt): (FinancialYear, String),
) -> Result<jobs::NewJob, Fault> {
    let intake = Intake {
        model: models::in_force(app).await?.folder,
        from: folder.files(),
        to: folder.dataset(),
        year,
        vault: app.settings().vault.clone(),
    };
    let scope = visit.scope(access::Capability::LoadData)?.in_words();
    Ok(intake.job(scope, format!("{} {attempt}", folder.name)))
}

fn led_on(done: &Once) -> Response {
    let (Once::Now(answer) | Once::Before(answer)) = done;
    go(answer.location.as_deref().unwrap_or("/loads"), "The files are here and are being checked.")
}

/// Which watched folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    year: String,
}

/// Takes the files that lie in a watched folder. They stay there until the load is written down.
pub(super) async fn incoming(State(app): State<App>, visit: Visit) -> Result<Response, Fault> {
    let form: Form = visit.fields.read()?;
    let takes = Takes::now(&app).await?;
    let year = form.year.parse::<FinancialYear>().ok().filter(|it| takes.years.contains(it));
    let year = year.ok_or(Fault::NotFound)?;
    let accepted = Accepted::now(&app, year).await?;
    let (site, now) = (app.settings().folder.clone(), visit.now);
    let found = reading(move || lying(&site, year, now)).await?;
    let mut wrong = Wrong::default();
    let field = format!("incoming-{year}");
    wrong.unless(!found.files.is_empty(), &field, "Nothing lies in the folder any more");
    let mut places = Vec::new();
    for file in &found.files {
        let name = file.name.rsplit('/').next().unwrap_or_default();
        let still = format!("{} is still being written: wait a minute and load again", file.name);
        wrong.unless(!file.grows, &field, &still);
        if let Some(it) = receive::wrong_name(name) {
            wrong.add(&field, it);
        }
        match takes.place_of(name, &accepted.names, &form.year) {
            Some(place) if places.iter().any(|it: &(String, String)| it.1 == place) => {
                wrong.add(&field, format!("{name} lies there twice: keep one of them"));
            }
            Some(place) => places.push((file.name.clone(), place)),
            None => wrong.add(&field, no_feed(name)),
        }
    }
    quota(&app, &visit, &mut wrong).await?;
    if !wrong.is_empty() {
        return Ok(page(&visit, takes, (Typed::default(), wrong)).await?.respond());
    }
    take(&app, &visit, (year, accepted), places).await
}

async fn take(
    app: &App,
    visit: &Visit,
    (year, accepted): (FinancialYear, Accepted),
    places: Vec<(String, String)>,
) -> Result<Response, Fault> {
    let settings = app.settings();
    let folder = Folder::new(&settings.folder);
    let (to, datasets) = (folder.clone(), settings.datasets.clone());
    let from = watched(&settings.folder, year);
    let copied = reading(move || {
        let mut copied = Vec::new();
        for (name, place) in places {
            let (from, to) = (from.join(name), to.new_files().join(year.to_string()).join(place));
            staging::copy(&from, &to).map_err(|error| unreadable(&from, &error))?;
            copied.push((from, to));
        }
        staging::assemble(&to, &accepted, year, &datasets)?;
        Ok(copied)
    })
    .await?;
    let label = format!("From incoming, {}", words::moment(visit.now));
    let done = begin(app, visit, &folder, (year, label)).await?;
    let is_new = matches!(done, Once::Now(_));
    reading(move || {
        if is_new {
            for (from, to) in &copied {
                clear(from, to);
            }
        } else {
            folder.forget();
        }
        Ok(())
    })
    .await?;
    Ok(led_on(&done))
}

/// Takes a file out of the watched folder, unless it has changed since it was copied.
fn clear(from: &Path, copied: &Path) {
    let size = |path: &Path| path.metadata().map(|it| it.len()).ok();
    if size(from) != size(copied) {
        return;
    }
    if let Err(error) = std::fs::remove_file(from) {
        tracing::warn!(file = %from.display(), %error, "a file stays in the watched folder");
    }
}

impl Page for New {
    const TEMPLATE: &'static str = "features/data_loads/new.html";

    fn samples() -> Vec<Self> {
        let lying = |name: &str, grows| Lying {
            name: name.to_owned(),
            size: size(1_204_336),
            at: "21 May 2026, 10:02".to_owned(),
            grows,
        };
        let page = |incoming, wrong: Wrong| {
            let shell = Shell::sample("Load files");
            Self {
                shell: shell.with_errors(&wrong),
                years: vec![("2025-26".to_owned(), "2025/26".to_owned())],
                year: "2025-26".to_owned(),
                called: "Month 12".to_owned(),
                names: "apc.csv, pathology.csv.gz, trial_balance.csv".to_owned(),
                limit: "2,048\u{a0}MiB".to_owned(),
                incoming,
                wrong,
            }
        };
        let incoming = || {
            vec![Incoming {
                year: "2025-26".to_owned(),
                shown: "2025/26".to_owned(),
                files: vec![lying("pathology.csv.gz", false), lying("apc.csv", true)],
            }]
        };
        let mut wrong = Wrong::default();
        wrong.add("label", "Say what this load is, such as Month 7");
        wrong.add("files", no_feed("holidays.csv"));
        wrong.add(
            "incoming-2025-26",
            "apc.csv is still being written: wait a minute and load again",
        );
        vec![
            page(incoming(), Wrong::default()),
            page(Vec::new(), Wrong::default()),
            page(incoming(), wrong),
        ]
    }
}
