//! What an intake tells while it works and when it is done.

use std::path::{Path, PathBuf};

use domain::Finding;
use tables::manifest::DatasetManifest;

use crate::dataset::publish::Before;
use crate::findings::finding;

/// Hears how far an intake is. Called from several threads at once.
pub trait Progress: Sync {
    /// A step begins.
    fn stage(&self, name: &str) {
        let _ = name;
    }

    /// So many files are going to be read.
    fn files(&self, count: u64) {
        let _ = count;
    }

    /// A file is about to be read.
    fn opening(&self, feed: &str, file: &str) {
        let _ = (feed, file);
    }

    /// A file was read.
    fn read(&self, feed: &str, file: &str, rows: u64) {
        let _ = (feed, file, rows);
    }
}

/// Nobody listens.
impl Progress for () {}

/// What an intake gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeReport {
    /// Where the dataset is.
    pub dataset: PathBuf,
    /// What it holds.
    pub manifest: DatasetManifest,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// Whether the dataset was there already, with the same content; then nothing was written.
    pub unchanged: bool,
    /// Where the dataset went that was there before.
    pub replaced: Option<PathBuf>,
}

/// The report of an intake that had nothing to do.
pub(super) fn unchanged(to: &Path, before: &Before) -> IntakeReport {
    let message = "the same files were taken in before, with the same model: nothing was written";
    IntakeReport {
        dataset: to.to_owned(),
        manifest: before.manifest.clone(),
        findings: vec![finding("A30", message)],
        unchanged: true,
        replaced: None,
    }
}
