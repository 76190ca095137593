//! Real patients, an invented ledger: a real hospital's published records are taken in, costed,
//! verified and explained, and its laboratory rows are matched without their admission id.
//!
//! The records are no part of this repository: `examples/real-hospital/README.md` says where they
//! come from. Without them the tests say `skipped: not there`.

mod agreement;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use costing::dataset::{Dataset, read_table};
use domain::Money;
use results::{Caller, Run};
use rules::Model;
use tables::run::{CostedEvent, FeedCount, Identity};
use vault::Vault;

const ADMISSIONS: usize = 275;

/// Laboratory rows whose record states an admission, counted in the file itself:
/// `zcat labevents.csv.gz`, rows whose `hadm_id` is not blank.
const STATED: u64 = 79_307;

/// Feed, its rows, those quarantined, matched, unmatched, outside the period.
///
/// Rows and quarantined rows were counted in the records themselves, by the conditions of each
/// mapping (medicines: stop before start). Rows with an admission id find it, all of them; what a
/// laboratory row, a dose or an attendance without one finds depends on the rules and the rebasing,
/// and is written down here so that a change of either is seen.
const COUNTS: [(&str, i64, i64, i64, i64, i64); 11] = [
    ("ADMISSION", 275, 0, 275, 0, 0),
    ("ED", 236, 0, 206, 0, 30),
    ("WARD", 679, 0, 679, 0, 0),
    ("CRITICAL", 140, 0, 140, 0, 0),
    ("PROCEDURE", 722, 0, 722, 0, 0),
    ("PATH", 107_727, 0, 89_219, 6_546, 11_962),
    ("IMAGING", 1_562, 0, 1_562, 0, 0),
    ("BLOOD", 683, 0, 683, 0, 0),
    ("THERAPY", 384, 0, 384, 0, 0),
    ("MEDICINES", 14_669, 637, 14_669, 0, 0),
    ("DOSES", 24_305, 0, 23_635, 1, 669),
];

/// Folder of the repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn example() -> PathBuf {
    repository().join("examples/real-hospital")
}

/// The hospital's records, if they are on this machine.
fn records() -> Option<PathBuf> {
    let folder = repository().join("../shared/data/mimic-iv-demo");
    folder.join("hosp/admissions.csv.gz").exists().then_some(folder)
}

fn model() -> Model {
    let files = Model::load(&example().join("model")).expect("the example has a model");
    let (model, findings) = Model::parse(files).expect("the model is sound");
    assert!(findings.is_empty(), "{findings:#?}");
    model
}

/// Runs `concord`, which must succeed; gives what it printed.
fn concord(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_concord"))
        .args(arguments)
        .output()
        .expect("the program can be started");
    let printed = String::from_utf8(stdout).expect("it prints text");
    assert!(status.success(), "{arguments:?}\n{printed}\n{}", String::from_utf8_lossy(&stderr));
    eprintln!("concord {} ended", arguments[0]);
    printed
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of tests are text")
}

#[test]
fn the_model_is_sound() {
    let model = model();
    assert!(!model.intake["PATH"].columns_read().contains(&"hadm_id"), "the admission is hidden");
}

#[test]
fn real_patients_are_costed_with_an_invented_ledger() {
    let Some(records) = records() else {
        eprintln!("skipped: not there");
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (dataset, runs) = (folder.path().join("dataset"), folder.path().join("runs"));
    let model_folder = example().join("model");
    let taken_in = concord(&[
        "intake",
        "--model",
        text(&model_folder),
        "--from",
        text(&records),
        "--from",
        text(&example()),
        "--to",
        text(&dataset),
    ]);
    eprintln!("{taken_in}");
    let costed = concord(&[
        "cost",
        "--dataset",
        text(&dataset),
        "--model",
        text(&model_folder),
        "--runs",
        text(&runs),
    ]);
    let run = PathBuf::from(costed.lines().last().expect("the run's folder is printed last"));
    concord(&["verify", text(&run)]);
    let shown = concord(&["show", text(&run)]);
    assert!(shown.contains("Real patients, an invented ledger"), "{shown}");
    eprintln!("{shown}");
    reconciles(&run);
    explains_every_admission(&run);
    matches_without_the_admission(&records, &dataset, folder.path());
}

/// Every identity closes to zero, and no row is lost.
fn reconciles(run: &Path) {
    let identities: Vec<Identity> =
        read_table(&run.join("reconciliation.parquet")).expect("the run reconciles");
    assert!(identities.len() > 90, "{} identities", identities.len());
    for it in identities {
        assert_eq!(it.difference, Money::ZERO, "{}: {}", it.report, it.line);
    }
    let feeds: Vec<FeedCount> =
        read_table(&run.join("feed_counts.parquet")).expect("the run counts its feeds");
    for it in feeds {
        let used = it.matched + it.other + it.unmatched + it.outside + it.unmapped;
        assert_eq!(it.rows, used, "{}", it.feed);
        if let Some(expected) = COUNTS.iter().find(|expected| expected.0 == it.feed) {
            let found = (it.rows, it.quarantined, it.matched, it.unmatched, it.outside);
            let stated = (expected.1, expected.2, expected.3, expected.4, expected.5);
            assert_eq!(found, stated, "{}", it.feed);
        }
        eprintln!(
            "{:10} read {:6} rejected {:6} quarantined {:5} rows {:6} matched {:6} unmatched {:5} outside {:5} unmapped {:4}",
            it.feed,
            it.read,
            it.rejected,
            it.quarantined,
            it.rows,
            it.matched,
            it.unmatched,
            it.outside,
            it.unmapped,
        );
    }
}

/// Each admission bears cost, and its explanation adds up to it.
fn explains_every_admission(run: &Path) {
    let events: Vec<CostedEvent> =
        read_table(&run.join("events.parquet")).expect("the run has events");
    let admissions: Vec<&CostedEvent> = events.iter().filter(|it| it.event_type == "APC").collect();
    assert_eq!(admissions.len(), ADMISSIONS);
    let run = Run::open(run).expect("the run is whole");
    let caller = Caller {
        who: "test".to_owned(),
        at: "2026-04-20T09:00:00Z".to_owned(),
        reason: String::new(),
    };
    let mut parts: BTreeMap<i64, Money> = BTreeMap::new();
    let mut add = |it: results::explain::EventPart<'_>| {
        *parts.entry(it.event_number).or_default() += it.own + it.absorbed;
    };
    run.explain_all(&caller, &mut add).expect("every cost can be explained");
    for it in &admissions {
        assert_eq!(it.completeness, "WITHIN");
        let cost = it.own + it.absorbed;
        assert!(cost > Money::ZERO, "an admission without cost");
        assert_eq!(parts.get(&it.event_number), Some(&cost));
        let explanation = run.explain(&it.event, &caller).expect("an admission can be explained");
        assert!(explanation.text(false).contains("Real patients, an invented ledger"));
    }
    let mut costs: Vec<Money> = admissions.iter().map(|it| it.own + it.absorbed).collect();
    costs.sort_unstable();
    let total: Money = costs.iter().copied().sum();
    eprintln!(
        "{} admissions, {total} in all; least {}, middle {}, most {}",
        costs.len(),
        costs[0],
        costs[costs.len() / 2],
        costs[costs.len() - 1],
    );
}

/// The laboratory rows find the admissions that were hidden from them.
fn matches_without_the_admission(records: &Path, dataset: &Path, folder: &Path) {
    let model = model();
    let rules = model.years.values().next_back().expect("the model has a year");
    let dataset = Dataset::open(dataset).expect("the dataset is whole");
    let matches = costing::cp4_weights::matches(&dataset, rules, "PATH").expect("rows match");
    let vault = Vault::open(&folder.join("vault")).expect("the vault stands beside the dataset");
    let found = agreement::compare(records, &matches, &vault.pseudonyms());
    eprintln!("{}", found.text());
    let (agree, differ) = (found.agreeing(), found.differing());
    eprintln!("{agree} of {STATED} rows that state an admission found it, {differ} found another");
    assert_eq!((agree, differ), (STATED, 0));
    // Those that state none and found an admission or an attendance: 89,219 matched less 79,307.
    assert_eq!(found.beyond(), 89_219 - STATED);
}
