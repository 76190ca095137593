//! The moment in which a dataset is there: manifest last, then one rename.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tables::manifest::DatasetManifest;

use super::folder::Folder;
use crate::error::{IntakeError, at};
use crate::files::hex;

const MANIFEST: &str = "manifest.json";

/// The right to write one dataset; given up when dropped, or when the process ends.
#[derive(Debug)]
pub(crate) struct Place {
    to: PathBuf,
    _lock: File,
    lock_path: PathBuf,
}

/// A dataset that is there already.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    /// What it holds.
    pub(crate) manifest: DatasetManifest,
    /// Hash of its manifest.
    pub(crate) hash: String,
}

impl Place {
    /// Takes the place of a dataset; another intake that has it keeps it.
    pub(crate) fn take(to: &Path) -> Result<Self, IntakeError> {
        let parent = parent_of(to);
        fs::create_dir_all(&parent).map_err(at(&parent))?;
        let lock_path = sibling(to, "lock");
        let lock = File::create(&lock_path).map_err(at(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(IntakeError::Busy(to.to_owned())),
            Err(fs::TryLockError::Error(error)) => return Err(at(&lock_path)(error)),
        }
        Ok(Self { to: to.to_owned(), _lock: lock, lock_path })
    }

    /// Where the dataset is made.
    pub(crate) fn partial(&self) -> PathBuf {
        sibling(&self.to, "partial")
    }

    /// The dataset that is there already, if any.
    pub(crate) fn before(&self) -> Result<Option<Before>, IntakeError> {
        let path = self.to.join(MANIFEST);
        if !path.exists() {
            let empty = fs::read_dir(&self.to).is_ok_and(|mut it| it.next().is_none());
            if self.to.exists() && !empty {
                return Err(IntakeError::Occupied(self.to.clone()));
            }
            return Ok(None);
        }
        let bytes = fs::read(&path).map_err(at(&path))?;
        let manifest =
            serde_json::from_slice(&bytes).map_err(|_| IntakeError::Occupied(self.to.clone()))?;
        Ok(Some(Before { manifest, hash: hex(&Sha256::digest(&bytes)) }))
    }

    /// Writes the manifest and puts the folder in its place; the one before is kept beside it.
    ///
    /// Gives where the one before went.
    pub(crate) fn publish(
        &self,
        folder: &Folder,
        manifest: &DatasetManifest,
        before: Option<&Before>,
    ) -> Result<Option<PathBuf>, IntakeError> {
        let spills = folder.spills();
        fs::remove_dir_all(&spills).map_err(at(&spills))?;
        write_manifest(folder.path(), manifest)?;
        for part in ["feeds", "quarantine", ""] {
            sync_folder(&folder.path().join(part))?;
        }
        let kept = before.map(|it| sibling_named(&self.to, &it.hash[..12]));
        match &kept {
            Some(kept) if kept.exists() => {
                // The same dataset was replaced once before; its copy is there already.
                fs::remove_dir_all(&self.to).map_err(at(&self.to))?;
            }
            Some(kept) => fs::rename(&self.to, kept).map_err(at(kept))?,
            None if self.to.exists() => fs::remove_dir(&self.to).map_err(at(&self.to))?,
            None => {}
        }
        fs::rename(folder.path(), &self.to).map_err(at(&self.to))?;
        sync_folder(&parent_of(&self.to))?;
        Ok(kept)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The lock is the file's, not its name's: a name left behind harms nobody.
        let _ = fs::remove_file(&self.lock_path);
    }
}

fn write_manifest(folder: &Path, manifest: &DatasetManifest) -> Result<(), IntakeError> {
    let path = folder.join(MANIFEST);
    let partial = folder.join(".manifest.json.partial");
    let mut text = serde_json::to_vec_pretty(manifest).expect("a manifest has a form in JSON");
    text.push(b'\n');
    fs::write(&partial, text).map_err(at(&partial))?;
    File::open(&partial).and_then(|it| it.sync_all()).map_err(at(&partial))?;
    fs::rename(&partial, &path).map_err(at(&path))?;
    sync_folder(folder)
}

fn sync_folder(folder: &Path) -> Result<(), IntakeError> {
    File::open(folder).and_then(|it| it.sync_all()).map_err(at(folder))
}

fn parent_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A hidden file or folder beside a path, named after it.
fn sibling(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    parent_of(path).join(format!(".{name}.{ending}"))
}

/// Where a dataset goes that is replaced.
fn sibling_named(path: &Path, hash: &str) -> PathBuf {
    let name = path.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    parent_of(path).join(format!("{name}.replaced-{hash}"))
}
