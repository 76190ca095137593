//! Runs the built program, and makes one trust for all tests.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tempfile::TempDir;

pub(crate) use crate::shared::{Printed, command, concord, copy, run};

impl Printed {
    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.done()).expect("it prints JSON")
    }
}

/// A trust whose latest year is costed.
pub(crate) struct Trust {
    folder: TempDir,
    /// Folder of the run, relative to the trust's.
    pub(crate) run: String,
}

/// One for all tests, since it takes half a minute; no test may change its run.
pub(crate) static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    concord(folder.path(), &["demo", "--dir", ".", "--size", "small", "--quiet"]).done();
    let intake = concord(folder.path(), &["intake", "--quiet"]).done();
    assert_eq!(last_line(&intake), "datasets/2025-26");
    let costed = concord(folder.path(), &["cost", "--quiet"]).done();
    let run = last_line(&costed).to_owned();
    Trust { folder, run }
});

impl Trust {
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command in the trust's folder, where `concord.toml` is.
    pub(crate) fn concord(&self, arguments: &[&str]) -> Printed {
        concord(self.folder(), arguments)
    }

    /// A copy of the run that a test may change.
    pub(crate) fn copy_of_run(&self) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let from = self.folder().join(&self.run);
        let to = folder.path().join(from.file_name().expect("a run has a name"));
        copy(&from, &to);
        (folder, to)
    }

    /// References of events, by a condition in SQL.
    pub(crate) fn event_where(&self, condition: &str) -> String {
        let sql = format!("select event from events where {condition} order by own desc limit 1");
        self.value(&sql)
    }

    /// The one text that a query gives.
    pub(crate) fn value(&self, sql: &str) -> String {
        let printed = self.concord(&["query", &self.run, sql, "--format", "json"]).json();
        let row = printed["rows"][0].as_object().expect("a row");
        let value = row.values().next().and_then(|it| it.as_str());
        value.expect("a text").to_owned()
    }
}

pub(crate) fn last_line(text: &str) -> &str {
    text.lines().last().expect("something was printed")
}
