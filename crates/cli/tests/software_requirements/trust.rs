//! A copy of the worked example that a test may change, and the program run on it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::shared::{Printed, concord, copy};

/// The worked example of a whole trust, in a folder of its own.
pub(crate) struct Trust {
    folder: TempDir,
}

impl Trust {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/whole_trust");
        copy(&example, folder.path());
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file is there")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("writes");
    }

    /// Adds a line to a file.
    pub(crate) fn add(&self, name: &str, line: &str) {
        let text = format!("{}\n{line}\n", self.read(name).trim_end());
        self.write(name, &text);
    }

    /// Replaces a text that stands once in a file.
    #[track_caller]
    pub(crate) fn change(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in {name}");
        self.write(name, &text.replace(from, to));
    }

    pub(crate) fn concord(&self, arguments: &[&str]) -> Printed {
        concord(self.folder.path(), &[arguments, &["--quiet"]].concat())
    }

    /// What a command that must succeed printed.
    #[track_caller]
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        self.concord(arguments).done()
    }

    /// Takes the files in and costs them under a model; gives the folder of the run.
    #[track_caller]
    pub(crate) fn cost(&self, model: &str) -> String {
        self.done(&["intake", "--model", model, "--from", ".", "--to", "work/dataset"]);
        self.cost_again(model)
    }

    /// Costs the files that were taken in before.
    #[track_caller]
    pub(crate) fn cost_again(&self, model: &str) -> String {
        let to = ["--dataset", "work/dataset", "--runs", "work/runs"];
        let costed = self.done(&[&["cost", "--model", model][..], &to].concat());
        costed.lines().last().expect("the run's folder comes last").to_owned()
    }

    /// The rows of a query as CSV, without the header and the last column, which holds the notice.
    #[track_caller]
    pub(crate) fn query(&self, run: &str, sql: &str) -> String {
        let csv = self.done(&["query", run, sql, "--csv"]);
        let without_notice = |it: &str| it.split_once(",\"").map_or(it, |it| it.0).to_owned();
        csv.lines().skip(1).map(|it| without_notice(it) + "\n").collect()
    }

    /// Rows of nursing contacts by the rule that decided, as `rule,rows` lines.
    #[track_caller]
    pub(crate) fn rules(&self, run: &str) -> String {
        let sql = "select rule, sum(rows) from match_counts where feed = 'nursing_contacts' group by rule order by rule";
        self.query(run, sql)
    }
}
