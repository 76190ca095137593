//! Why a job file is refused, a folder is taken, or an engine cannot be followed.

use std::io;
use std::path::{Path, PathBuf};

/// Why a job file cannot be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The text is no JSON object.
    #[error("the job file is not a JSON object: {0}. It may have been cut off; write it anew")]
    NotJson(String),
    /// The number of the format is missing.
    #[error("the job file has no `format`: add \"format\": {known}", known = crate::job::FORMAT)]
    NoFormat,
    /// A later version wrote it.
    #[error(
        "the job file has format {found}, but this version does formats up to {known}: use the version of Concord that wrote it, or a later one",
        known = crate::job::FORMAT
    )]
    NewerFormat {
        /// Format found.
        found: u64,
    },
    /// The kind of work is missing or unknown.
    #[error(
        "the job file asks for {found}, which this version does not know; it knows {known}. A later version of Concord may know it",
        known = crate::job::KINDS.join(", ")
    )]
    UnknownKind {
        /// What was found.
        found: String,
    },
    /// A field is missing, misspelt or of another form.
    #[error("the job file of kind {kind} is wrong: {why}")]
    Field {
        /// Kind of work.
        kind: String,
        /// What is wrong.
        why: String,
    },
}

/// Why a lock was not given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another site serves the folder.
    #[error(
        "`{}` is served already, by {}: stop that first, or name another folder", folder.display(), process(*.pid)
    )]
    Served {
        /// The folder.
        folder: PathBuf,
        /// Who serves it, if it has said so.
        pid: Option<u32>,
    },
    /// Another engine does this very job.
    #[error("`{}` is being done already, by {}: wait for it to end", job.display(), process(*.pid))]
    BeingDone {
        /// The job file.
        job: PathBuf,
        /// Who does it, if it has said so.
        pid: Option<u32>,
    },
    /// The lock file cannot be written.
    #[error("cannot lock `{}`: {source}. Check free space and permissions", path.display())]
    File {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl LockError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }
}

fn process(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// Why a job could not be started or followed. The engine may still be at work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunnerError {
    /// A file of the job cannot be read or written.
    #[error("cannot use `{}`: {source}. Check free space and permissions", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The engine did not start.
    #[error("the engine `{}` did not start: {source}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What became of the job could not be written into the book.
    #[error("the book of jobs could not be used: {0}")]
    Book(#[source] crate::book::BookError),
    /// A job's lock cannot be looked at.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl RunnerError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }
}
