//! A copy of the worked example that a test may change, and the program run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What a command printed, and its exit code.
pub(crate) struct Printed {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

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
        let output = Command::new(env!("CARGO_BIN_EXE_concord"))
            .current_dir(self.folder.path())
            .args(arguments)
            .arg("--quiet")
            .output()
            .expect("the program starts");
        Printed {
            code: output.status.code().expect("it is not killed"),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// What a command that must succeed printed.
    #[track_caller]
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let printed = self.concord(arguments);
        assert_eq!(printed.code, 0, "{arguments:?}\n{}\n{}", printed.stdout, printed.stderr);
        printed.stdout
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

    /// The rows of a query as CSV, without the header and the notice, which is quoted and last.
    #[track_caller]
    pub(crate) fn query(&self, run: &str, sql: &str) -> String {
        let csv = self.done(&["query", run, sql, "--csv"]);
        let row = |it: &str| it.split_once(",\"").map_or(it, |(row, _)| row).to_owned();
        csv.lines().skip(1).map(|it| row(it) + "\n").collect()
    }

    /// Rows of nursing contacts by the rule that decided, as `rule,rows` lines.
    #[track_caller]
    pub(crate) fn rules(&self, run: &str) -> String {
        let sql = "select rule, sum(rows) from match_counts where feed = 'nursing_contacts' group by rule order by rule";
        self.query(run, sql)
    }
}

/// The folders of the program are left out, so that a trust is what a trust would send.
fn copy(from: &Path, to: &Path) {
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
