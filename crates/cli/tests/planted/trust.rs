//! A small trust of which both years are costed, and once more as clinicians correct it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tempfile::TempDir;

use crate::shared::{concord, copy};

/// A costed trust.
pub(crate) struct Costed {
    folder: TempDir,
    /// Folder of each run, by `2024-25`, `2025-26` and `what_if`.
    runs: BTreeMap<&'static str, PathBuf>,
}

/// One for all tests, since three costings take a while; no test changes it.
pub(crate) static COSTED: LazyLock<Costed> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path();
    concord(dir, &["demo", "--dir", ".", "--size", "small", "--seed", "1", "--quiet"]).done();
    let what_if = dir.join("what_if/corrected");
    copy(&dir.join("model"), &what_if.join("model"));
    copy(&dir.join("2025-26"), &what_if.join("2025-26"));
    copy(&dir.join("what_if/corrected_theatre_times"), &what_if);
    let mut runs = BTreeMap::new();
    for (name, year, from) in
        [("2024-25", "2024-25", dir), ("2025-26", "2025-26", dir), ("what_if", "2025-26", &what_if)]
    {
        let (model, from) = (text(&from.join("model")), text(from));
        let dataset = text(&dir.join("datasets").join(name));
        let vault = text(&dir.join("vault"));
        let intake = ["intake", "--model", &model, "--from", &from, "--to", &dataset];
        concord(dir, &[&intake[..], &["--vault", &vault, "--year", year, "--quiet"]].concat())
            .done();
        let cost = ["cost", "--model", &model, "--dataset", &dataset, "--runs", "runs"];
        let printed = concord(dir, &[&cost[..], &["--year", year, "--quiet"]].concat()).done();
        runs.insert(name, dir.join(printed.lines().last().expect("it prints the run")));
    }
    Costed { folder, runs }
});

impl Costed {
    /// The trust's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Folder of a run.
    pub(crate) fn run(&self, name: &str) -> &Path {
        &self.runs[name]
    }

    /// Rows that a query of a run answers, without the header.
    pub(crate) fn rows(&self, run: &str, sql: &str) -> Vec<Vec<String>> {
        let run = text(&self.runs[run]);
        let csv = concord(self.folder(), &["query", &run, sql, "--csv", "--limit", "0"]).done();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let rows = reader.records().map(|it| it.expect("rows of one length"));
        rows.map(|it| it.iter().map(str::to_owned).collect()).collect()
    }

    /// The one number that a query of a run answers.
    #[track_caller]
    pub(crate) fn number(&self, run: &str, sql: &str) -> f64 {
        let rows = self.rows(run, sql);
        let cell = rows.first().and_then(|it| it.first());
        let number = cell.and_then(|it| it.parse().ok());
        number.unwrap_or_else(|| panic!("one number, not {rows:?}: {sql}"))
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("a plain path").to_owned()
}
