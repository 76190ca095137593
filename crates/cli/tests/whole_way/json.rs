//! Every verb with `--format json`: one document on standard output, whatever comes of it.

use std::path::Path;

use serde_json::Value;

use crate::program::{Printed, TRUST, concord};

/// Runs a verb and reads what it printed on standard output as one document.
#[track_caller]
fn json(folder: &Path, arguments: &[&str], code: i32) -> Value {
    let Printed { code: found, stdout, stderr } =
        concord(folder, &[arguments, &["--format", "json"]].concat());
    assert_eq!(found, code, "{arguments:?}\n{stdout}\n{stderr}");
    serde_json::from_str(&stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error} in\n{stdout}"))
}

/// A result of a run: title and footnote of its model are in it.
#[track_caller]
fn of_run(folder: &Path, arguments: &[&str]) -> Value {
    let found = json(folder, arguments, 0);
    assert_eq!(
        found["title"], "Ashbourne Vale NHS Trust, a demonstration (fictional)",
        "{arguments:?}: {found}"
    );
    let footnote = "A fictional trust: no patient, consultant or pound is real";
    assert_eq!(found["footnote"], footnote, "{arguments:?}: {found}");
    found
}

#[test]
fn results_of_a_run() {
    let (folder, run) = TRUST.copy_of_run();
    let run = run.to_string_lossy().into_owned();
    let here = folder.path();
    let event = TRUST.event_where("event_type = 'APC'");
    let with_patients = [
        of_run(here, &["explain", &run, "--event", &event]),
        of_run(here, &["query", &run, "select event from events limit 1"]),
        of_run(here, &["query", &run, "select 1 as one", "--csv"]),
        of_run(here, &["export", &run, "--to", "out.csv", "--table", "events"]),
    ];
    for found in with_patients {
        assert_eq!(found["patient_rows"]["shown"], true, "{found}");
        let recorded = found["patient_rows"]["recorded_in"].as_str().expect("a path");
        assert!(Path::new(recorded).exists(), "{recorded}");
    }
    of_run(here, &["show", &run]);
    of_run(here, &["show", &run, "--service-line", "TORT"]);
    of_run(here, &["compare", &run, &run, "--threads", "1"]);
    of_run(here, &["verify", &run, "--threads", "1"]);
    let shown = of_run(here, &["show", &run]);
    for finding in shown["outstanding"].as_array().expect("a list") {
        let id = finding["id"].as_str().expect("an id");
        of_run(here, &["accept", &run, id, "--by", "A", "--reason", "a test"]);
    }
    of_run(here, &["publish", &run, "--by", "A", "--by", "B"]);
}

#[test]
fn results_without_a_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust");
    let golden = golden.to_string_lossy().into_owned();
    let model = format!("{golden}/model");
    json(here, &["model", "check", &model], 0);
    json(here, &["model", "copy", &model, "copy"], 0);
    json(here, &["model", "compare", &model, "copy"], 0);
    json(here, &["model", "lock", "copy", "--by", "A"], 0);
    json(here, &["intake", "--model", &model, "--from", &golden, "--to", "dataset"], 0);
    let costed =
        json(here, &["cost", "--model", &model, "--dataset", "dataset", "--runs", "runs"], 0);
    assert!(costed["title"].is_string(), "{costed}");
    json(here, &["--help"], 0);
    json(here, &["demo", "--dir", "demo", "--size", "small"], 0);
}

#[test]
fn refusals() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    for arguments in [
        vec!["demo", "--dir", "demo", "--size", "no such size"],
        vec!["intake", "--model", "none", "--from", ".", "--to", "dataset"],
        vec!["cost", "--model", "none", "--dataset", "none", "--runs", "runs"],
        vec!["accept", "none", "X", "--by", "A", "--reason", "a test"],
        vec!["publish", "none", "--by", "A", "--by", "B"],
        vec!["verify", "none"],
        vec!["show", "none"],
        vec!["explain", "none", "--event", "none"],
        vec!["compare", "none", "none"],
        vec!["query", "none", "select 1"],
        vec!["export", "none", "--to", "out.csv"],
        vec!["model", "check", "none"],
        vec!["model", "copy", "none", "copy"],
        vec!["model", "compare", "none", "none"],
        vec!["model", "lock", "none", "--by", "A"],
        vec!["engine", "--job", "none"],
        vec!["no-such-verb"],
        vec!["query"],
    ] {
        let found = json(here, &arguments, 1);
        let error = found["error"].as_str().unwrap_or_default();
        assert!(!error.is_empty() || found["findings"].is_array(), "{arguments:?}: {found}");
    }
}

/// The remark on patient rows is no chatter that can be switched off.
#[test]
fn quiet_does_not_hide_that_patient_rows_are_shown() {
    let printed = TRUST.concord(&["query", &TRUST.run, "select 1 as one", "--quiet"]);
    assert!(printed.stderr.contains("Patient rows are shown"), "{}", printed.stderr);
}

/// A fault over rows is told without the cell, and is on record.
#[test]
fn a_fault_tells_no_cell() {
    let (folder, run) = TRUST.copy_of_run();
    let run = run.to_string_lossy().into_owned();
    let sql = "select cast(event as int) from events";
    let printed = concord(folder.path(), &["query", &run, sql]);
    assert_eq!(printed.code, 1);
    let (_, told) = printed.stderr.split_once("concord: ").expect("it says what is wrong");
    assert!(told.contains("CAST(events.event AS Int32)"), "{told}");
    assert!(!told.contains('\''), "no text of a row is quoted: {told}");
    let audit = std::fs::read_to_string(folder.path().join("audit.jsonl")).expect("written");
    assert!(audit.contains("\"asked\"") && audit.contains("\"failed: "), "{audit}");
}
