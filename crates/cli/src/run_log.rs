//! What a run cost in time and memory, and where: a log beside the runs, never inside them.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use crate::surroundings;

/// Adds a line to `log.jsonl`. Work is not undone because its log could not be written, so that is
/// only told.
pub(crate) fn add(runs: &Path, verb: &str, run: &str, threads: usize) {
    let line = serde_json::json!({
        "at": surroundings::now(),
        "verb": verb,
        "run": run,
        "version": env!("CARGO_PKG_VERSION"),
        "milliseconds": u64::try_from(surroundings::running().as_millis()).unwrap_or(u64::MAX),
        "peak_memory_mib": surroundings::peak_memory_mib(),
        "threads": threads,
        "host": surroundings::host(),
        "user": surroundings::user(),
    });
    let path = runs.join("log.jsonl");
    let written = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
    if let Err(error) = written {
        eprintln!("`{}` could not be written: {error}", path.display());
    }
}
