//! The files of a job: where they lie, and how they are written whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A job file and what lies beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFiles {
    job: PathBuf,
}

impl JobFiles {
    /// The files of a job file.
    pub fn of(job: impl Into<PathBuf>) -> Self {
        Self { job: job.into() }
    }

    /// What is to be done.
    pub fn job(&self) -> &Path {
        &self.job
    }

    /// How far the engine is, and how it ended: `FILE.progress.jsonl`.
    pub fn progress(&self) -> PathBuf {
        self.beside("progress.jsonl")
    }

    /// What the verb would print with `--format json`: `FILE.result.json`.
    pub fn result(&self) -> PathBuf {
        self.beside("result.json")
    }

    /// Held by the engine while it lives: `FILE.lock`.
    pub fn lock(&self) -> PathBuf {
        self.beside("lock")
    }

    /// What the engine printed: `FILE.stdout`.
    pub fn stdout(&self) -> PathBuf {
        self.beside("stdout")
    }

    /// What the engine complained of: `FILE.stderr`.
    pub fn stderr(&self) -> PathBuf {
        self.beside("stderr")
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.job.as_os_str().to_owned();
        name.push(".");
        name.push(ending);
        PathBuf::from(name)
    }
}

/// Writes a file so that it is there whole or not at all, also after the power fails: a temporary
/// file, then one rename.
///
/// # Errors
///
/// What the system says if the folder cannot be written.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}
