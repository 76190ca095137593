//! Runs the built program, and makes one trust for all tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Printed {
    /// What it printed, when it ended as it should.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self.stdout
    }

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

/// Runs the program in a folder, with none of the settings of whoever tests.
pub(crate) fn concord(folder: &Path, arguments: &[&str]) -> Printed {
    run(command(folder).args(arguments))
}

pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_concord"));
    command.current_dir(folder);
    for setting in ["MODEL", "FROM", "DATASETS", "RUNS", "VAULT", "THREADS", "OPERATOR", "LOG"] {
        command.env_remove(format!("CONCORD_{setting}"));
    }
    command.env_remove("CONCORD_CONFIG");
    command
}

pub(crate) fn run(command: &mut Command) -> Printed {
    let output = command.output().expect("the program starts");
    Printed {
        code: output.status.code().expect("it is not killed"),
        stdout: String::from_utf8(output.stdout).expect("it prints text"),
        stderr: String::from_utf8(output.stderr).expect("it prints text"),
    }
}

pub(crate) fn last_line(text: &str) -> &str {
    text.lines().last().expect("something was printed")
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("it is there") {
        let path = entry.expect("it is there").path();
        let target = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copies");
        }
    }
}
