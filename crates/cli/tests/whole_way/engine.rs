//! The engine: a job file gives what the verbs give, and says what is wrong with itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use jobs::{Ending, EngineLock, JobFiles, Outcome, Progress};
use serde_json::{Value, json};

use crate::program::{Printed, TRUST, command, concord, copy, last_line};
use crate::stopped::bytes_below;

/// The worked example in a folder of its own: a costing of it takes a moment.
pub(crate) struct Example {
    folder: tempfile::TempDir,
}

impl Example {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust");
        copy(&golden, folder.path());
        Self { folder }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Loads the example as `work/dataset` by the verb.
    pub(crate) fn with_dataset() -> Self {
        let example = Self::new();
        let files = ["--model", "model", "--from", ".", "--to", "work/dataset"];
        concord(example.folder.path(), &[&["intake"][..], &files, &["--quiet"]].concat()).done();
        example
    }

    /// Writes a job file and starts an engine for it.
    fn engine(&self, job: &Value) -> (Printed, JobFiles) {
        let files = JobFiles::of(self.path("job.json"));
        fs::write(files.job(), job.to_string()).expect("writes");
        (concord(self.folder.path(), &["engine", "--job", "job.json"]), files)
    }
}

fn ending(files: &JobFiles) -> Ending {
    let progress = Progress::read_from(&files.progress(), 0).expect("reads");
    progress.ending.expect("the last line is an ending")
}

fn result(files: &JobFiles) -> Value {
    serde_json::from_slice(&fs::read(files.result()).expect("it is there")).expect("JSON")
}

/// Intake and costing of the worked example, by the verbs and by jobs: every byte is the same.
#[test]
fn jobs_give_what_the_verbs_give() {
    let example = Example::with_dataset();
    let (model, runs) = (["--model", "model"], ["--runs", "work/runs"]);
    let verb = [&["cost", "--dataset", "work/dataset", "--quiet"], &model[..], &runs].concat();
    let by_verb = concord(&example.path(""), &verb).done();
    let by_verb = example.path(last_line(&by_verb));

    // Another dataset, since the first is there already; the vault's key is the same.
    copy(&example.path("work/vault"), &example.path("jobs/vault"));
    let intake = json!({
        "format": 1, "kind": "intake", "model": "model", "from": ["."], "to": "jobs/dataset",
    });
    let (printed, files) = example.engine(&intake);
    assert_eq!(printed.done(), "The dataset is in place.\n");
    let loaded = ending(&files).result.expect("a dataset");
    assert_eq!(loaded.dataset, Some("jobs/dataset".into()));
    assert_eq!(
        bytes_below(&example.path("jobs/dataset")),
        bytes_below(&example.path("work/dataset"))
    );
    let inputs = result(&files)["inputs"].as_array().expect("a list").clone();
    let read: u64 = inputs.iter().filter_map(|it| it["rows_read"].as_u64()).sum();
    assert_eq!(loaded.counts["rows_read"], read);
    let parts = ["rows_used", "rows_quarantined", "rows_rejected"].map(|it| loaded.counts[it]);
    assert_eq!(parts.iter().sum::<u64>(), read, "no row is lost");

    let cost = json!({
        "format": 1, "kind": "cost", "dataset": "jobs/dataset", "model": "model",
        "runs": "jobs/runs", "threads": 1,
    });
    let (printed, files) = example.engine(&cost);
    printed.done();
    let costed = ending(&files).result.expect("a run");
    let by_job = example.path("").join(costed.run.expect("a run"));
    assert_eq!(by_job.file_name(), by_verb.file_name(), "the same run");
    assert_eq!(bytes_below(&by_job), bytes_below(&by_verb));
    let shown =
        concord(&example.path(""), &["show", &by_verb.to_string_lossy(), "--format", "json"]);
    let waiting = shown.json()["outstanding"].as_array().expect("a list").len();
    assert_eq!(costed.outstanding.findings, waiting as u64);

    // The same job again: that run, and nothing new.
    let (printed, files) = example.engine(&cost);
    assert!(printed.done().contains("were costed before"));
    assert!(ending(&files).result.expect("a run").unchanged);
    let (printed, files) = example.engine(&intake);
    assert!(printed.done().contains("were taken in before"));
    assert!(ending(&files).result.expect("a dataset").unchanged);
}

#[test]
fn a_run_is_verified_and_exported_by_jobs() {
    let example = Example::with_dataset();
    let cost = ["cost", "--dataset", "work/dataset", "--model", "model", "--runs", "runs"];
    let costed = concord(&example.path(""), &[&cost[..], &["--quiet"]].concat()).done();
    let run = example.path(last_line(&costed));
    let (printed, files) = example.engine(&json!({ "format": 1, "kind": "verify", "run": run }));
    assert_eq!(printed.done(), "Everything holds.\n");
    let found = ending(&files);
    assert_eq!((found.outcome, found.exit_code), (Outcome::Done, 0));
    assert_eq!(found.result.expect("counted").counts["breaks"], 0);
    assert_eq!(result(&files)["holds"], true);

    let to = example.path("lines.csv");
    let export = json!({
        "format": 1, "kind": "export", "run": run, "tables": ["service_lines"], "to": to,
        "by": "Ada Analyst", "reason": "board paper",
    });
    let (printed, files) = example.engine(&export);
    printed.done();
    let exported = ending(&files).result.expect("a file");
    assert_eq!(exported.files, std::slice::from_ref(&to));
    let lines = fs::read_to_string(&to).expect("reads").lines().count() as u64;
    assert_eq!(exported.counts["rows"], lines - 1, "all but the header");
    let audit = run.parent().expect("a folder").join("audit.jsonl");
    let audit = fs::read_to_string(audit).expect("reads");
    assert!(audit.contains("Ada Analyst (") && audit.contains("board paper"), "{audit}");
    // A file in the way is not written over.
    let (printed, files) = example.engine(&export);
    assert_eq!(printed.code, 1);
    assert_eq!(ending(&files).outcome, Outcome::Refused);

    // A break: one byte of a table.
    let table = run.join("pools.parquet");
    let mut bytes = fs::read(&table).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&table, bytes).expect("writes");
    let (printed, files) = example.engine(&json!({ "format": 1, "kind": "verify", "run": run }));
    assert_eq!(printed.code, 1);
    let found = ending(&files);
    assert_eq!((found.outcome, found.exit_code), (Outcome::Failed, 1));
    assert!(found.result.expect("counted").counts["breaks"] > 0);
    assert!(found.message.contains("must not be used"), "{}", found.message);
}

#[test]
fn a_model_is_checked_and_refusals_list_their_findings() {
    let example = Example::with_dataset();
    let check = json!({ "format": 1, "kind": "check_model", "model": "model" });
    let (printed, files) = example.engine(&check);
    assert!(printed.done().contains("The model is sound"));
    assert_eq!(result(&files)["sound"], true);

    fs::write(example.path("model/cost_lines.csv"), "no,such,column\n1,2,3\n").expect("writes");
    let (printed, files) = example.engine(&check);
    assert_eq!(printed.code, 1);
    let found = ending(&files);
    assert_eq!(found.outcome, Outcome::Refused);
    let refusals = found.result.expect("counted").counts["refusals"];
    let listed = result(&files)["findings"].as_array().expect("a list").clone();
    let listed = listed.iter().filter(|it| it["severity"] == "refused").count() as u64;
    assert!(refusals > 0 && refusals == listed, "{refusals} counted, {listed} listed");

    let cost = json!({
        "format": 1, "kind": "cost", "dataset": "work/dataset", "model": "model", "runs": "runs",
    });
    let (printed, files) = example.engine(&cost);
    assert_eq!(printed.code, 1);
    assert!(printed.stderr.contains("the model in `model` is refused"), "{}", printed.stderr);
    assert_eq!(ending(&files).outcome, Outcome::Refused);
    assert!(!result(&files)["findings"].as_array().expect("a list").is_empty());
    assert!(!example.path("runs").exists(), "nothing was written");
}

#[test]
fn an_intake_that_is_refused_says_why() {
    let example = Example::new();
    let control = example.path("2025-26/ledger/control_total.csv");
    let text = fs::read_to_string(&control).expect("reads");
    fs::write(&control, text.replacen(".00", "1.00", 1)).expect("writes");
    let intake =
        json!({ "format": 1, "kind": "intake", "model": "model", "from": ["."], "to": "dataset" });
    let (printed, files) = example.engine(&intake);
    assert_eq!(printed.code, 1, "{}", printed.stdout);
    let found = ending(&files);
    assert_eq!(found.outcome, Outcome::Refused);
    assert!(found.result.expect("counted").counts["refusals"] > 0);
    assert_eq!(result(&files)["refused"], true);
    assert!(!example.path("dataset").exists(), "nothing was written");
}

/// What is wrong with a job file is told on standard error and in the progress file.
#[test]
fn broken_job_files_are_refused() {
    let example = Example::new();
    let files = JobFiles::of(example.path("job.json"));
    for (text, told) in [
        ("{\"format\": 1, \"ki", "the job file is not a JSON object"),
        ("{\"kind\": \"cost\"}", "add \"format\": 1"),
        ("{\"format\": 7, \"kind\": \"cost\"}", "use the version of Concord that wrote it"),
        ("{\"format\": 1, \"kind\": \"forecast\"}", "it knows intake, cost, verify"),
        ("{\"format\": 1, \"kind\": \"verify\"}", "missing field `run`"),
    ] {
        fs::write(files.job(), text).expect("writes");
        let printed = concord(&example.path(""), &["engine", "--job", "job.json"]);
        assert_eq!(printed.code, 1, "{text}");
        assert!(printed.stderr.contains(told), "{}", printed.stderr);
        let found = ending(&files);
        assert_eq!((found.outcome, found.exit_code), (Outcome::Refused, 1));
        assert!(found.message.contains(told), "{}", found.message);
    }
    let printed = concord(&example.path(""), &["engine", "--job", "none.json"]);
    assert_eq!(printed.code, 1);
    assert!(printed.stderr.contains("cannot read the job file `none.json`"), "{}", printed.stderr);
    assert!(!example.path("none.json.progress.jsonl").exists(), "nothing is made for no job");
}

/// Two engines on one job, and two jobs on one folder: the second refuses, and touches nothing.
#[test]
fn the_second_engine_refuses() {
    let example = Example::with_dataset();
    let cost = json!({
        "format": 1, "kind": "cost", "dataset": "work/dataset", "model": "model", "runs": "runs",
    });
    let files = JobFiles::of(example.path("job.json"));
    let lock = EngineLock::take(&files).expect("it is free");
    let (printed, _) = example.engine(&cost);
    assert_eq!(printed.code, 1);
    let us = format!("is being done already, by process {}", std::process::id());
    assert!(printed.stderr.contains(&us), "{}", printed.stderr);
    assert!(!files.progress().exists(), "the progress file is the first engine's");
    drop(lock);

    fs::create_dir(example.path("runs")).expect("a folder");
    let other = fs::File::create(example.path("runs/.lock")).expect("a file");
    other.lock().expect("it is free");
    let (printed, files) = example.engine(&cost);
    assert_eq!(printed.code, 1);
    assert!(printed.stderr.contains("another costing is writing here"), "{}", printed.stderr);
    assert_eq!(ending(&files).outcome, Outcome::Refused);
    drop(other);
    let (printed, _) = example.engine(&cost);
    printed.done();
}

/// Asked to end in the middle of a costing: it says so, and nothing is in place.
#[test]
fn an_engine_that_is_asked_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = JobFiles::of(folder.path().join("job.json"));
    let runs = folder.path().join("runs");
    let cost = json!({
        "format": 1, "kind": "cost", "dataset": "datasets/2025-26", "model": "model", "runs": runs,
    });
    fs::write(files.job(), cost.to_string()).expect("writes");
    let mut child = command(TRUST.folder())
        .args(["engine", "--job"])
        .arg(files.job())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let at_work = || {
        let steps = Progress::read_from(&files.progress(), 0).expect("reads").steps;
        steps.iter().any(|it| it.total > 0)
    };
    while !at_work() {
        assert!(child.try_wait().expect("it can be asked").is_none(), "it has not ended");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it lives");
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(143));
    let found = ending(&files);
    assert_eq!((found.outcome, found.exit_code), (Outcome::Cancelled, 143));
    let in_place = fs::read_dir(&runs).expect("it is there").filter_map(|it| {
        let name = it.expect("it is there").file_name().to_string_lossy().into_owned();
        (!name.starts_with('.')).then_some(name)
    });
    assert_eq!(in_place.collect::<Vec<_>>(), Vec::<String>::new());
}
