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
///
/// The lock is a hidden file beside the dataset that stays: if it were taken away, two intakes
/// could hold locks on two files of one name.
#[derive(Debug)]
pub(crate) struct Place {
    to: PathBuf,
    _lock: File,
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
        Ok(Self { to: to.to_owned(), _lock: lock })
    }

    /// Where the dataset is made.
    pub(crate) fn partial(&self) -> PathBuf {
        sibling(&self.to, "partial")
    }

    /// The dataset that is there already, if any.
    pub(crate) fn before(&self) -> Result<Option<Before>, IntakeError> {
        let path = self.to.join(MANIFEST);
        let aside = sibling(&self.to, "aside");
        if aside.exists() && !self.to.exists() {
            // An exchange by steps was cut short: the dataset goes back to its place.
            fs::rename(&aside, &self.to).map_err(at(&self.to))?;
        } else if aside.exists() {
            fs::remove_dir_all(&aside).map_err(at(&aside))?;
        }
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
        let kept = before.map(|it| (sibling_named(&self.to, &it.hash[..12]), it));
        if let Some((kept, before)) = &kept {
            self.replace(folder.path(), kept, before)?;
        } else {
            // An empty folder gives way to the new one.
            fs::rename(folder.path(), &self.to).map_err(at(&self.to))?;
        }
        sync_folder(&parent_of(&self.to))?;
        Ok(kept.map(|it| it.0))
    }

    /// Exchanges the dataset with the new one in one step: at every moment one of them is there.
    ///
    /// The new one first takes the name under which the one before is kept, so that the exchange
    /// also puts that one where it belongs. A process that ends in between leaves the dataset
    /// before in its place, and an unused folder that the next intake takes away.
    fn replace(&self, new: &Path, kept: &Path, before: &Before) -> Result<(), IntakeError> {
        if kept.exists() {
            if hash_of_manifest(kept).is_some_and(|it| it == before.hash) {
                // The same dataset was replaced once before; its copy is there already.
                exchange(new, &self.to)?;
                return fs::remove_dir_all(new).map_err(at(new));
            }
            fs::remove_dir_all(kept).map_err(at(kept))?;
        }
        fs::rename(new, kept).map_err(at(kept))?;
        exchange(kept, &self.to)
    }
}

fn hash_of_manifest(folder: &Path) -> Option<String> {
    let bytes = fs::read(folder.join(MANIFEST)).ok()?;
    Some(hex(&Sha256::digest(&bytes)))
}

/// Exchanges two folders in one step.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> Result<(), IntakeError> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        // A file system that cannot exchange names, such as some network shares.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => exchange_by_steps(one, other),
        outcome => outcome.map_err(|error| at(other)(error.into())),
    }
}

#[cfg(not(target_os = "linux"))]
fn exchange(one: &Path, other: &Path) -> Result<(), IntakeError> {
    exchange_by_steps(one, other)
}

/// Exchanges two folders by three renames; a crash in between leaves both, under other names.
fn exchange_by_steps(one: &Path, other: &Path) -> Result<(), IntakeError> {
    let aside = sibling(other, "aside");
    fs::rename(other, &aside).map_err(at(other))?;
    fs::rename(one, other).map_err(at(other))?;
    fs::rename(&aside, one).map_err(at(one))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that looks like a dataset, told apart by its year.
    fn dataset(path: &Path, year: &str) -> String {
        fs::create_dir_all(path.join("feeds")).expect("a folder");
        fs::create_dir_all(path.join("quarantine")).expect("a folder");
        let manifest = DatasetManifest { year: year.to_owned(), ..DatasetManifest::default() };
        write_manifest(path, &manifest).expect("a manifest");
        hash_of_manifest(path).expect("a manifest")
    }

    fn year_of(path: &Path) -> String {
        let bytes = fs::read(path.join(MANIFEST)).expect("a manifest");
        let manifest: DatasetManifest = serde_json::from_slice(&bytes).expect("a manifest");
        manifest.year
    }

    /// Publishes a dataset of a year at `to`, as an intake does.
    fn publish(to: &Path, year: &str) -> Option<PathBuf> {
        let place = Place::take(to).expect("nobody else");
        let before = place.before().expect("a dataset or nothing");
        let folder = Folder::make(place.partial()).expect("a folder");
        let manifest = DatasetManifest { year: year.to_owned(), ..DatasetManifest::default() };
        place.publish(&folder, &manifest, before.as_ref()).expect("it can be published")
    }

    #[test]
    fn the_one_before_is_kept() {
        let work = tempfile::tempdir().expect("a folder");
        let to = work.path().join("dataset");
        fs::create_dir(&to).expect("an empty folder gives way");
        assert_eq!(publish(&to, "one"), None);
        let kept = publish(&to, "two").expect("the one before is kept");
        assert_eq!((year_of(&to), year_of(&kept)), ("two".to_owned(), "one".to_owned()));
        // Back and forth: the copies are there already, and both are still right.
        let kept_two = publish(&to, "one").expect("kept");
        assert_eq!(publish(&to, "two").as_ref(), Some(&kept));
        assert_eq!((year_of(&to), year_of(&kept)), ("two".to_owned(), "one".to_owned()));
        assert_eq!(year_of(&kept_two), "two");
    }

    /// What a process leaves that ends just before the exchange: the new one under the other name.
    #[test]
    fn an_exchange_that_did_not_happen_is_forgotten() {
        let work = tempfile::tempdir().expect("a folder");
        let to = work.path().join("dataset");
        let hash = dataset(&to, "one");
        let kept = sibling_named(&to, &hash[..12]);
        dataset(&kept, "never published");
        assert_eq!(publish(&to, "two").as_ref(), Some(&kept));
        assert_eq!((year_of(&to), year_of(&kept)), ("two".to_owned(), "one".to_owned()));
    }

    #[test]
    fn steps_cut_short_are_taken_back() {
        let work = tempfile::tempdir().expect("a folder");
        let (to, other) = (work.path().join("dataset"), work.path().join("other"));
        dataset(&to, "one");
        dataset(&other, "two");
        exchange_by_steps(&other, &to).expect("both are there");
        assert_eq!((year_of(&to), year_of(&other)), ("two".to_owned(), "one".to_owned()));
        fs::rename(&to, sibling(&to, "aside")).expect("the first step");
        let place = Place::take(&to).expect("nobody else");
        assert_eq!(place.before().expect("a dataset").expect("it is there").manifest.year, "two");
    }
}
