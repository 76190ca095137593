//! A small trust that was costed and published, and a site over it, for tests.
//!
//! The trust is the demonstration's, made once for a program of tests: files, vault, dataset, a
//! published run, and the same run as a draft in a folder of its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use demonstration::{Size, staff};
use domain::{Day, Key};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use results::Run;
use results::explain::{NoLine, WeighedRow};
use rules::{Model, YearRules};
use store::audit::{self, Asked, Recorded};
use store::grants::NewGrant;
use store::units::{Unit, UnitKind};
use store::{Entry, Store, UnitCode, api_tokens, grants, people, sessions, units};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::{App, Settings};

const YEAR: &str = "2025-26";
const TRUST: &str = "TRUST";

/// The costed trust.
pub(crate) struct Trust {
    folder: TempDir,
    /// Folder of the published run.
    pub(crate) runs: PathBuf,
    /// Folder of the same run, unpublished.
    pub(crate) drafts: PathBuf,
    /// Folder of datasets, one for each year: that of the run.
    pub(crate) datasets: PathBuf,
    /// Id of both.
    pub(crate) run: String,
}

/// The trust of this program of tests.
pub(crate) fn trust() -> &'static Trust {
    static MADE: OnceLock<Trust> = OnceLock::new();
    // Intake and costing run engines of their own, so they may not be in a task.
    MADE.get_or_init(|| std::thread::spawn(Trust::make).join().expect("the trust is made"))
}

impl Trust {
    fn make() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path();
        demonstration::write(dir, Size::Small, 1, &|_, _, _| ()).expect("the trust is written");
        let model = Model::load(&dir.join("model")).expect("the model's files");
        let (model, _) = Model::parse(model).expect("the model is right");
        let year = YEAR.parse().expect("a year");
        let key = *b"concord demonstration public key";
        let mut vault = vault::Vault::create_with_key(&dir.join("vault"), key).expect("a vault");
        let request = intake::Request {
            year,
            model: &model,
            from: dir,
            to: &dir.join("dataset"),
            vault: &mut vault,
            threads: 2,
            progress: &(),
        };
        let taken = intake::run(request).expect("the files are right");
        let runs = dir.join("runs");
        let request = costing::CostRequest {
            dataset: &taken.dataset,
            model: &model,
            year,
            runs: &runs,
            threads: 2,
            keep: None,
            progress: &|_| (),
        };
        let run = costing::cost(&request).expect("it is costed").id;
        let drafts = dir.join("drafts");
        copy(&runs.join(&run), &drafts.join(&run));
        publish(&runs.join(&run));
        let datasets = dir.join("by-year");
        copy(&taken.dataset, &datasets.join(YEAR));
        Self { folder, runs, drafts, datasets, run }
    }

    /// The folder of everything.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The published run.
    pub(crate) fn open(&self) -> Run {
        Run::open(&self.runs.join(&self.run)).expect("the run is sound")
    }
}

/// Folder of the published run, and of one of the year before, published too; made once.
pub(crate) fn two_years() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| std::thread::spawn(both_years).join().expect("the year before is costed"))
}

fn both_years() -> PathBuf {
    const BEFORE: &str = "2024-25";
    let dir = trust().folder();
    let model = Model::load(&dir.join("model")).expect("the model's files");
    let (model, _) = Model::parse(model).expect("the model is right");
    let year = BEFORE.parse().expect("a year");
    let key = *b"concord demonstration public key";
    let of = dir.join("before");
    let mut vault = vault::Vault::create_with_key(&of.join("vault"), key).expect("a vault");
    let request = intake::Request {
        year,
        model: &model,
        from: dir,
        to: &of.join("dataset"),
        vault: &mut vault,
        threads: 2,
        progress: &(),
    };
    let taken = intake::run(request).expect("the files are right");
    let runs = of.join("runs");
    let request = costing::CostRequest {
        dataset: &taken.dataset,
        model: &model,
        year,
        runs: &runs,
        threads: 2,
        keep: None,
        progress: &|_| (),
    };
    publish(&runs.join(costing::cost(&request).expect("it is costed").id));
    copy(&trust().runs, &runs);
    runs
}

/// A folder of its own with the same runs.
pub(crate) fn copied(runs: &Path) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(runs, folder.path());
    folder
}

/// Puts the run of the latest year beside itself, as another run with the same figures that nobody has
/// published; its reference.
pub(crate) fn costed_again(runs: &Path) -> String {
    let known = &trust().run;
    let id = format!("{:0<16}", "c0ffee");
    let to = runs.join(&id);
    copy(&runs.join(known), &to);
    let manifest = fs::read_to_string(to.join("manifest.json")).expect("a manifest");
    fs::write(to.join("manifest.json"), manifest.replace(known, &id)).expect("written");
    id
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

pub(crate) fn publish(run: &Path) {
    publish_at(run, "2026-05-20T08:14:00Z");
}

/// Publishes a run at a moment.
pub(crate) fn publish_at(run: &Path, at: &str) {
    let run = Run::open(run).expect("the run is sound");
    for it in run.outstanding().expect("reads") {
        run.accept(&it.id, "Priya Raman", "For a test", "2026-05-20").expect("accepted");
    }
    run.publish(["Priya Raman", "Ravi Sethi"], at).expect("published");
}

/// A caller of the run itself, for tests.
pub(crate) fn caller() -> results::Caller {
    results::Caller { who: "test".to_owned(), at: "now".to_owned(), reason: String::new() }
}

/// A site with all people of the demonstration, one for each role.
pub(crate) struct Site {
    pub(crate) store: Store,
    /// Folder of its database.
    pub(crate) folder: TempDir,
    pub(crate) app: App,
    router: Router,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) location: String,
    pub(crate) text: String,
}

/// Somebody's session.
#[derive(Clone)]
pub(crate) struct SignedIn {
    cookie: String,
    csrf: String,
    /// Token of a program; blank for a browser.
    token: String,
}

/// The time of all tests.
fn now() -> Timestamp {
    "2026-06-01T09:00:00Z".parse().expect("a moment")
}

/// A site over the published run.
pub(crate) async fn site() -> Site {
    site_over(&trust().runs).await
}

/// A site over a folder of runs, without the dataset that they were made of.
pub(crate) async fn site_over(runs: &Path) -> Site {
    let datasets = trust().folder().join("datasets");
    site_of(runs, |settings| settings.datasets = datasets).await
}

/// A site over the published run, with the dataset that it was made of.
pub(crate) async fn site_with_dataset() -> Site {
    site_of(&trust().runs, |settings| {
        settings.datasets.clone_from(&trust().datasets);
        settings.weigher = crate::app::Weigher::new(Arc::new(weighed));
    })
    .await
}

/// The feed rows of an event, matched and weighed again.
pub(crate) fn weighed(dataset: &Path, run: &Run, event: Key) -> Result<Vec<WeighedRow>, NoLine> {
    let dataset = costing::dataset::Dataset::open(dataset).expect("the dataset is sound");
    if dataset.hash != run.manifest().dataset_hash {
        return Err(NoLine::Other);
    }
    let rules = run.rules().expect("the model reads");
    let rows = costing::cp4_weights::event_rows(&dataset, rules, event).expect("it is matched");
    let row = |it: costing::cp4_weights::RowWeight| WeighedRow {
        weight_set: it.weight_set,
        feed: it.feed,
        row: it.row.to_string(),
        weight: it.weight,
    };
    Ok(rows.unwrap_or_default().into_iter().map(row).collect())
}

/// As [`site`], on a database of its own of a PostgreSQL server.
pub(crate) async fn site_on_postgres() -> Site {
    let url = super::testing::postgres().await;
    let datasets = trust().folder().join("datasets");
    let change = |settings: &mut Settings| settings.datasets = datasets;
    site_at((tempfile::tempdir().expect("a folder"), url), &trust().runs, change).await
}

async fn site_of(runs: &Path, change: impl FnOnce(&mut Settings)) -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    let url = super::testing::sqlite_in(folder.path()).await;
    site_at((folder, url), runs, change).await
}

async fn site_at(
    (folder, url): (TempDir, String),
    runs: &Path,
    change: impl FnOnce(&mut Settings),
) -> Site {
    let store = Store::open(&url).await.expect("a new database opens");
    let open = Run::open(&trust().runs.join(&trust().run)).expect("the run is sound");
    fill(&store, units_of(open.rules().expect("the model reads"))).await;
    let path = |name: &str| trust().folder().join(name);
    let mut settings = Settings {
        model: path("model"),
        runs: runs.to_owned(),
        vault: path("vault"),
        address: "http://concord.example".to_owned(),
        ..super::testing::settings_of(folder.path())
    };
    change(&mut settings);
    let app = App::new(store.clone(), settings, Arc::new(now));
    Site { router: crate::router(app.clone()), app, store, folder }
}

/// The trust, its divisions and service lines, and the wards of the demonstration below them.
fn units_of(rules: &YearRules) -> Vec<Unit> {
    let unit = |code: &str, name: &str, kind, parent: Option<&str>| Unit {
        code: UnitCode::new(code),
        name: name.to_owned(),
        kind,
        parent: parent.map(UnitCode::new),
        from: Day::from_civil(2024, 4, 1),
        until: None,
    };
    let mut units = vec![unit(TRUST, TRUST, UnitKind::Trust, None)];
    let divisions: BTreeSet<&str> =
        rules.service_lines.values().map(|it| it.division.as_str()).collect();
    for it in divisions {
        units.push(unit(&format!("DIVISION {it}"), it, UnitKind::Division, Some(TRUST)));
    }
    for (code, line) in &rules.service_lines {
        let above = format!("DIVISION {}", line.division);
        units.push(unit(code, code, UnitKind::ServiceLine, Some(&above)));
    }
    for it in demonstration::wards() {
        let above = if it.belongs_to.is_empty() { TRUST.to_owned() } else { it.belongs_to };
        units.push(unit(&it.code, &it.name, UnitKind::Ward, Some(&above)));
    }
    units
}

async fn fill(store: &Store, all: Vec<Unit>) {
    let entry = Entry::by("operator", now());
    let written = store.write(move |tx| {
        Box::pin(async move {
            for unit in &all {
                units::upsert(tx, unit, None, &entry).await?;
            }
            for it in staff() {
                let person = people::Person {
                    name: it.name.clone(),
                    email: it.email.clone(),
                    job_title: it.job_title.clone(),
                    profession: it.profession.clone(),
                };
                let new = NewGrant {
                    person: people::create(tx, &person, &entry).await?,
                    role: it.role.clone(),
                    unit: UnitCode::new(
                        it.units().next().filter(|it| !it.is_empty()).unwrap_or(TRUST),
                    ),
                    patient_level: false,
                    reason: "For a test".to_owned(),
                    from: Day::from_civil(2024, 4, 1),
                    until: None,
                };
                grants::grant(tx, &new, &entry).await?;
            }
            Ok(())
        })
    });
    written.await.expect("people are written");
}

impl Site {
    /// Signs in the first person with a role.
    pub(crate) async fn sign_in(&self, role: &str) -> SignedIn {
        let email = staff().into_iter().find(|it| it.role == role).expect("a role").email;
        let mut db = self.store.read().await.expect("reads");
        let found = people::by_email(&mut db, &email).await.expect("reads").expect("is there");
        drop(db);
        let token = store::random_token().expect("random numbers");
        let csrf = store::random_token().expect("random numbers");
        let signed_in =
            SignedIn { cookie: format!("sid={token}"), csrf: csrf.clone(), token: String::new() };
        let entry = Entry::by(found.id.as_str(), now());
        let started = self.store.write(move |tx| {
            Box::pin(async move {
                let new = sessions::NewSession {
                    token: &token,
                    person: &found.id,
                    csrf: &csrf,
                    ip: "127.0.0.1",
                    agent: "test",
                };
                sessions::start(tx, &new, &entry).await
            })
        });
        started.await.expect("a session");
        signed_in
    }

    /// A program with a token of the first person with a role, for these scopes.
    pub(crate) async fn program(&self, role: &str, scopes: &str) -> SignedIn {
        let email = staff().into_iter().find(|it| it.role == role).expect("a role").email;
        let mut db = self.store.read().await.expect("reads");
        let found = people::by_email(&mut db, &email).await.expect("reads").expect("is there");
        drop(db);
        let new = api_tokens::NewToken {
            person: found.id,
            name: "a program".to_owned(),
            scopes: scopes.to_owned(),
            second_factor: false,
            until: now() + jiff::SignedDuration::from_hours(24),
        };
        let entry = Entry::by(new.person.as_str(), now());
        let made = self
            .store
            .write(move |tx| Box::pin(async move { api_tokens::create(tx, &new, &entry).await }));
        let token = made.await.expect("it is made").1;
        SignedIn { cookie: String::new(), csrf: String::new(), token }
    }

    /// What a program is told, as JSON.
    pub(crate) async fn json(&self, who: &SignedIn, address: &str) -> serde_json::Value {
        let answer = self.get(who, address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
        serde_json::from_str(&answer.text).expect("JSON")
    }

    /// Asks for a page.
    pub(crate) async fn get(&self, who: &SignedIn, address: &str) -> Answer {
        let mut request = Request::get(address).header(header::COOKIE, &who.cookie);
        if !who.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        }
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// The workbook of a CSV file.
    pub(crate) async fn bytes(&self, who: &SignedIn, address: &str) -> Vec<u8> {
        let address = super::download::workbook_address(address);
        let request = Request::get(address).header(header::COOKIE, &who.cookie);
        let request = request.body(Body::empty()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body().collect().await.expect("a body").to_bytes().to_vec()
    }

    /// Sends a form.
    pub(crate) async fn post(
        &self,
        who: &SignedIn,
        address: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("csrf", who.csrf.as_str())];
        all.extend(fields);
        let body = serde_urlencoded::to_string(all).expect("plain fields");
        let request = Request::post(address).header(header::COOKIE, &who.cookie);
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let location = response.headers().get(header::LOCATION);
        let location = location.and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        Answer { status, location, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Audit rows whose action begins so, latest first.
    pub(crate) async fn audit(&self, action: &str) -> Vec<Recorded> {
        let mut db = self.store.read().await.expect("reads");
        let asked = Asked { action: Some(action.to_owned()), ..Asked::default() };
        audit::list(&mut db, &asked, 1000).await.expect("reads")
    }
}

/// References of all events of the run, restricted ones among them.
pub(crate) fn references() -> &'static BTreeSet<String> {
    static FOUND: OnceLock<BTreeSet<String>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let rows = column("select event from events union all select event from restricted_events");
        assert!(rows.len() > 1000, "a trust has many events");
        rows.into_iter().collect()
    })
}

/// The first column of an answer of the run.
pub(crate) fn column(sql: &str) -> Vec<String> {
    let sql = sql.to_owned();
    // It waits for an engine of its own, so it may not be in a task.
    let answer = std::thread::spawn(move || {
        trust().open().query(&sql, None, &caller()).expect("the query is right")
    });
    let rows = answer.join().expect("it answers").rows.into_iter();
    rows.filter_map(|row| row.into_iter().next().flatten()).collect()
}

/// What a reader sees of a page: its text without marks.
pub(crate) fn visible(html: &str) -> String {
    let mut text = String::new();
    let mut is_mark = false;
    for letter in super::testing::unlinked(html).chars() {
        match letter {
            '<' => is_mark = true,
            '>' => {
                is_mark = false;
                text.push(' ');
            }
            _ if !is_mark => text.push(letter),
            _ => {}
        }
    }
    text
}
