//! A small trust in a folder of its own, and what intake makes of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use domain::Finding;
use intake::{IntakeError, IntakeReport, Progress, Request};
use rules::Model;
use tables::manifest::InputEntry;
use tempfile::TempDir;
use vault::Vault;

/// A key that everyone knows.
pub(crate) const KEY: [u8; 32] = *b"a fixed key that everyone knows!";

/// A trust's files in a _temporary folder.
pub(crate) struct Trust {
    pub(crate) folder: PathBuf,
    /// Goes with the trust, if the folder is its own.
    pub(crate) _temporary: Option<TempDir>,
}

/// What intake said.
pub(crate) struct Outcome(pub(crate) Result<IntakeReport, IntakeError>);

impl Trust {
    /// A copy of the clean trust.
    pub(crate) fn laid_out() -> Self {
        let trust = Self::empty();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/bad_input/trust");
        copy(&source, &trust.from());
        trust
    }

    /// A copy of a trust with all that was made of it.
    pub(crate) fn copied(other: &Self) -> Self {
        let trust = Self::empty();
        // A vault that was used just now is at rest when its log of changes is gone.
        for _ in 0..100 {
            if !other.folder.join("vault/identities.sqlite-wal").exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        copy(other.work(), trust.work());
        trust
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder: folder.path().to_owned(), _temporary: Some(folder) }
    }

    /// Where its files are.
    pub(crate) fn from(&self) -> PathBuf {
        self.folder.join("trust")
    }

    /// Where its dataset goes.
    pub(crate) fn dataset(&self) -> PathBuf {
        self.folder.join("dataset")
    }

    /// Where its runs go.
    pub(crate) fn runs(&self) -> PathBuf {
        self.folder.join("runs")
    }

    /// Everything that is made of it, the vault among it.
    pub(crate) fn work(&self) -> &Path {
        &self.folder
    }

    /// Lays the files of a folder over its own.
    pub(crate) fn lay_over(&self, folder: &Path) {
        if folder.is_dir() {
            copy(folder, &self.from());
        }
    }

    /// Writes one of its files.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.from().join(name), bytes).expect("the file can be written");
    }

    /// Reads one of its files.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.from().join(name)).expect("the file is there")
    }

    /// Takes it in.
    pub(crate) fn take_in(&self) -> Outcome {
        self.take_in_with(2, &())
    }

    /// Takes it in with so many threads, and tells someone.
    pub(crate) fn take_in_with(&self, threads: usize, progress: &dyn Progress) -> Outcome {
        let files = Model::load(&self.from().join("model")).expect("the model's files");
        let (model, _) = Model::parse(files).unwrap_or_else(|found| panic!("{found:#?}"));
        let vault = self.folder.join("vault");
        let mut vault = Vault::create_with_key(&vault, KEY).expect("a vault");
        Outcome(intake::run(Request {
            year: *model.years.keys().next().expect("a year"),
            model: &model,
            from: &self.from(),
            to: &self.dataset(),
            vault: &mut vault,
            threads,
            progress,
        }))
    }
}

impl Outcome {
    /// Why it was refused.
    pub(crate) fn refused(&self) -> Option<String> {
        self.0.as_ref().err().map(ToString::to_string)
    }

    /// What was found.
    pub(crate) fn findings(&self) -> &[Finding] {
        match &self.0 {
            Ok(report) => &report.findings,
            Err(IntakeError::Refused(refusal)) => &refusal.findings,
            Err(_) => &[],
        }
    }

    /// The files read.
    pub(crate) fn inputs(&self) -> &[InputEntry] {
        match &self.0 {
            Ok(report) => &report.manifest.inputs,
            Err(IntakeError::Refused(refusal)) => &refusal.inputs,
            Err(_) => &[],
        }
    }

    /// Asserts for every file: read = used + quarantined + rejected.
    pub(crate) fn counted(&self) {
        for it in self.inputs() {
            let sum = it.rows_used + it.rows_quarantined + it.rows_rejected;
            assert_eq!(it.rows_read, sum, "{}", it.name);
        }
    }

    /// What is new against another outcome: one line of outcome, then findings, then counts.
    pub(crate) fn shown_beside(&self, other: &Self) -> String {
        let mut lines = vec![match &self.0 {
            Ok(report) if report.unchanged => "unchanged".to_owned(),
            Ok(_) => "taken in".to_owned(),
            Err(IntakeError::Refused(_)) => "refused".to_owned(),
            Err(error) => format!("refused: {}", plain_error(error)),
        }];
        let known: BTreeSet<String> = other.findings().iter().map(show_finding).collect();
        lines.extend(self.findings().iter().map(show_finding).filter(|it| !known.contains(it)));
        let counts: BTreeSet<String> = other.inputs().iter().map(show_counts).collect();
        lines.extend(self.inputs().iter().map(show_counts).filter(|it| !counts.contains(it)));
        lines.join("\n") + "\n"
    }
}

/// One finding as a line and what to do next below it.
pub(crate) fn show_finding(it: &Finding) -> String {
    let mut place = it.place.file.clone();
    if it.place.line > 0 {
        place += &format!(":{}", it.place.line);
    }
    if !it.place.column.is_empty() {
        place += &format!(" [{}]", it.place.column);
    }
    let about = if it.subject.is_empty() { String::new() } else { format!(" ({})", it.subject) };
    let rows = if it.rows == 1 { "1 row".to_owned() } else { format!("{} rows", it.rows) };
    format!(
        "{} {} {place}{about}, {rows}, {}: {}\n    {}",
        it.severity.word(),
        it.code,
        it.money.to_pence(),
        it.message,
        it.remedy
    )
}

fn show_counts(it: &InputEntry) -> String {
    format!(
        "{} {}: read {} = used {} + quarantined {} + rejected {}; made {}",
        it.feed,
        it.name,
        it.rows_read,
        it.rows_used,
        it.rows_quarantined,
        it.rows_rejected,
        it.rows_made
    )
}

fn plain_error(error: &IntakeError) -> String {
    match error {
        IntakeError::Busy(_) => "G9 another intake is writing the dataset".to_owned(),
        other => other.to_string(),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else if entry.file_name() != "expected.txt" {
            fs::copy(entry.path(), &target).expect("the file can be copied");
        }
    }
}
