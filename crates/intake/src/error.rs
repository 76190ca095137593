//! Why there is no dataset.

use std::io;
use std::path::{Path, PathBuf};

use domain::{FinancialYear, Finding};
use parquet::errors::ParquetError;
use tables::manifest::InputEntry;
use vault::VaultError;

/// Why an intake gave no dataset. What was there before stays as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// The files were read, and something in them forbids a dataset: see the findings.
    #[error("the intake is refused: {}", first_of(.0))]
    Refused(Box<Refusal>),
    /// Another intake is writing the same dataset (G9).
    #[error("another intake is writing {0}: wait for it to end")]
    Busy(PathBuf),
    /// The model has no rules of the year.
    #[error("the model has no year {0}: name one of its years with --year")]
    NoYear(FinancialYear),
    /// The folder to read holds no file that the model names.
    #[error("{0} holds none of the files that the model's intake mappings name")]
    NoFiles(PathBuf),
    /// Two of the folders to read hold a file of the same name.
    #[error("two of the folders hold a file named {0}: leave one of them out or rename it")]
    TwoOfAName(String),
    /// The place of the dataset is taken by something that is not a dataset.
    #[error("{0} is there already and is no dataset: name another place with --to")]
    Occupied(PathBuf),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A table could not be written.
    #[error("a table could not be written: {0}")]
    Table(#[from] ParquetError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The threads could not be started.
    #[error("the threads could not be started: {0}")]
    Threads(String),
}

/// What was found by an intake that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// The files read.
    pub inputs: Vec<InputEntry>,
}

fn first_of(refusal: &Refusal) -> String {
    refusal.findings.first().map_or_else(String::new, |it| {
        let place = &it.place;
        let place = if place.file.is_empty() { String::new() } else { format!("{}: ", place.file) };
        format!("{} {place}{}: {}", it.code, it.message, it.remedy)
    })
}

/// Names the file in an error of the system.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> IntakeError + '_ {
    move |source| IntakeError::File { path: path.to_owned(), source }
}
