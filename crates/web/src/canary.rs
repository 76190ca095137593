//! An NHS number of the demonstration is nowhere but in the trust's own files and the vault: not in
//! a page, the database, a dataset, a run or a log. Every byte is looked at, and every row of a run.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::routes;
use crate::shell::costed::{column, site_with_dataset, trust};

/// NHS numbers of one year's admissions, as the trust's own file has them.
fn numbers() -> BTreeSet<String> {
    let path = trust().folder().join("2025-26/feeds/apc.csv");
    let text = fs::read_to_string(path).expect("the trust's own file");
    let head: Vec<&str> = text.lines().next().expect("a heading").split(',').collect();
    let place = head.iter().position(|it| *it == "NHS NUMBER").expect("a column");
    let cells = text.lines().skip(1).filter_map(|it| it.split(',').nth(place));
    let found = cells.filter(|it| it.len() == 10 && it.bytes().all(|it| it.is_ascii_digit()));
    found.map(str::to_owned).collect()
}

/// The first of the numbers that stands by itself among these bytes.
fn found(bytes: &[u8], numbers: &BTreeSet<String>) -> Option<String> {
    let runs = bytes.split(|it| !it.is_ascii_digit()).filter(|it| it.len() == 10);
    let mut texts = runs.filter_map(|it| std::str::from_utf8(it).ok());
    texts.find(|it| numbers.contains(*it)).map(str::to_owned)
}

/// Files below a folder, but for those that may hold identities.
fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let may_hold = ["vault", "2024-25", "2025-26", "damaged", "month_12", "what_if"];
        // The trust of the year before, where a test made it, has the same folders.
        let trusts = [trust().folder().to_owned(), trust().folder().join("before")];
        let is_of_trust = path.parent().is_some_and(|it| trusts.iter().any(|of| of == it));
        if path.is_dir() && is_of_trust && may_hold.contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            files(&path, all);
        } else {
            all.push(path);
        }
    }
}

/// Keeps everything that the program logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = write!(text, "{field}={value:?} ");
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        ["web", "store", "results"].iter().any(|it| metadata.target().starts_with(it))
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn no_nhs_number_is_outside_the_vault() {
    let log = Log::default();
    // Another test may have set one; then there is nothing of ours to look at, which is said below.
    tracing::subscriber::set_global_default(log.clone()).expect("no other test keeps a log");
    let numbers = numbers();
    assert!(numbers.len() > 100, "the file has NHS numbers");
    let canary = numbers.first().expect("there is one").clone();
    let feed = fs::read(trust().folder().join("2025-26/feeds/apc.csv")).expect("reads");
    assert!(found(&feed, &numbers).is_some(), "the search finds what is there");

    let site = site_with_dataset().await;
    let event = column("select event from events where service_line = 'TORT' limit 1");
    let roles = [
        "COSTING_ACCOUNTANT",
        "CLINICIAN",
        "BOARD_MEMBER",
        "COMMISSIONER",
        "AUDITOR",
        "WARD_MANAGER",
    ];
    for role in roles {
        let who = site.sign_in(role).await;
        let program = site.program(role, "results:read measures:read").await;
        for route in routes().into_iter().filter(|it| it.method == axum::http::Method::GET) {
            let unit = if route.path.starts_with("/wards") { "W10" } else { "TORT" };
            let path = route.path.replace("{run}", &trust().run).replace("{unit}", unit);
            // Somebody asks for an event by the very thing that must not be kept.
            let asked: &[&String] =
                if path.contains("{event}") { &[&event[0], &canary] } else { &[&canary] };
            for event in asked {
                let asks = if path.starts_with("/api/") { &program } else { &who };
                let answer = site.get(asks, &path.replace("{event}", event)).await;
                assert_eq!(found(answer.text.as_bytes(), &numbers), None, "{role} {path}");
            }
        }
        let list = site.get(&who, "/patients?line=TORT").await;
        assert_eq!(found(list.text.as_bytes(), &numbers), None, "{role}");
    }
    site.store.clone().close().await;

    let mut all = Vec::new();
    files(trust().folder(), &mut all);
    files(site.folder.path(), &mut all);
    assert!(all.len() > 50, "a run has many files");
    for path in all {
        let bytes = fs::read(&path).expect("reads");
        assert_eq!(found(&bytes, &numbers), None, "{}", path.display());
    }
    // Tables are compressed: their rows are read too.
    let texts = "select concat_ws(' ', patient, event, spell, consultant, hrg, site, diagnosis, \"procedure\") from";
    for table in ["events", "restricted_events"] {
        let rows = column(&format!("{texts} {table}")).join("\n");
        assert!(!rows.is_empty());
        assert_eq!(found(rows.as_bytes(), &numbers), None, "{table}");
    }
    let logged = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!(found(logged.as_bytes(), &numbers), None, "the log");
}
