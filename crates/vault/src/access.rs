//! The access log: one line for each question about an identity, on disk before the answer.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use domain::Key;
use sha2::{Digest as _, Sha256};

use crate::error::{VaultError, at};
use crate::key::to_hex;

const ACCESS_FILE: &str = "access.jsonl";

/// Who asks about an identity, why and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who asks.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When, as text: the vault has no clock.
    pub at: &'a str,
}

impl Asked<'_> {
    /// Refuses a question without a name or a reason.
    pub(crate) fn check(&self) -> Result<(), VaultError> {
        if self.by.trim().is_empty() || self.reason.trim().is_empty() {
            return Err(VaultError::NoReason);
        }
        Ok(())
    }
}

/// The log of a vault. Lines are only ever added; each holds the hash of the line before.
#[derive(Debug)]
pub(crate) struct AccessLog {
    path: PathBuf,
}

impl AccessLog {
    /// The log of the vault in a folder; made with its first line.
    pub(crate) fn of(folder: &Path) -> Self {
        Self { path: folder.join(ACCESS_FILE) }
    }

    /// Adds a line and waits until it is on disk.
    ///
    /// `reference` is a pseudonym, never a native identifier.
    pub(crate) fn add(
        &self,
        asked: &Asked<'_>,
        question: &str,
        reference: Option<Key>,
    ) -> Result<(), VaultError> {
        let line = serde_json::json!({
            "at": asked.at,
            "by": asked.by,
            "reason": asked.reason,
            "question": question,
            "found": reference.is_some(),
            "reference": reference.map(|it| it.to_string()),
            "previous": self.hash_of_last_line()?,
        });
        let mut file = self.open_to_append().map_err(at(&self.path))?;
        file.write_all(format!("{line}\n").as_bytes()).map_err(at(&self.path))?;
        // A failed fsync is never tried again: the question stays unanswered.
        file.sync_all().map_err(at(&self.path))
    }

    fn open_to_append(&self) -> std::io::Result<File> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.path)
    }

    fn hash_of_last_line(&self) -> Result<String, VaultError> {
        if !self.path.exists() {
            return Ok(String::new());
        }
        let text = fs::read_to_string(&self.path).map_err(at(&self.path))?;
        Ok(text.lines().next_back().map_or_else(String::new, |it| to_hex(&Sha256::digest(it))))
    }
}
