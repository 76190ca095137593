//! The moment in which a load becomes the dataset of its year: one exchange of names.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

use super::staging::{Folder, unreadable};
use crate::shell::fault::Fault;

/// One dataset is put in place at a time, so that what was there before is the same when it is.
static PLACING: Mutex<()> = Mutex::new(());

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// It is the dataset of its year, now or since an attempt that was cut short.
    Here,
    /// The dataset of the year is another than when the files were put together.
    OtherBefore,
}

/// Makes the dataset of a load that of its year; the one before is kept beside it as a version.
pub(super) fn place(folder: &Folder, to: &Path) -> Result<Placed, Fault> {
    let _alone = PLACING.lock().unwrap_or_else(PoisonError::into_inner);
    let ours = folder.dataset();
    let broken = |error: io::Error| unreadable(to, &error);
    let before = hash(&folder.before()).map_err(broken)?;
    let there = hash(&manifest(to)).map_err(broken)?;
    let is_done = there.is_some() && there == meant(folder).map_err(broken)?;
    if !is_done {
        if there != before {
            return Ok(Placed::OtherBefore);
        }
        mean(folder).map_err(broken)?;
        to.parent().map_or(Ok(()), fs::create_dir_all).map_err(broken)?;
        exchange(&ours, to).map_err(broken)?;
    }
    if let Some(before) = before {
        keep(&ours, to, &before).map_err(broken)?;
    }
    to.parent().map_or(Ok(()), sync).map_err(broken)?;
    Ok(Placed::Here)
}

/// The manifest that was to be put in place, so that an attempt that was cut short is known.
fn meant(folder: &Folder) -> io::Result<Option<String>> {
    match fs::read_to_string(folder.meant()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

fn mean(folder: &Folder) -> io::Result<()> {
    let hash = hash(&manifest(&folder.dataset()))?;
    let hash = hash.ok_or_else(|| io::Error::other("the load has no dataset: check it again"))?;
    fs::write(folder.meant(), hash)?;
    File::open(folder.meant())?.sync_all()
}

/// Exchanges the two, or moves the one where the other is not there.
fn exchange(ours: &Path, to: &Path) -> io::Result<()> {
    if !to.exists() {
        return fs::rename(ours, to);
    }
    match renameat_with(CWD, ours, CWD, to, RenameFlags::EXCHANGE) {
        // A file system that cannot exchange names, such as some network shares.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            let aside = named(to, "aside");
            fs::rename(to, &aside)?;
            fs::rename(ours, to)?;
            fs::rename(&aside, ours)
        }
        exchanged => exchanged.map_err(Into::into),
    }
}

/// Puts the dataset that was there beside the new one, under its hash.
fn keep(before: &Path, to: &Path, hash: &str) -> io::Result<()> {
    let kept = named(to, &format!("replaced-{}", &hash[..12]));
    if !before.exists() {
        return Ok(());
    }
    if kept.exists() {
        return fs::remove_dir_all(before);
    }
    fs::rename(before, kept)
}

fn named(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn manifest(dataset: &Path) -> PathBuf {
    dataset.join("manifest.json")
}

/// Hash of a file; none if it is not there.
fn hash(path: &Path) -> io::Result<Option<String>> {
    match fs::read(path) {
        Ok(bytes) => {
            let hash = Sha256::digest(&bytes);
            Ok(Some(hash.iter().map(|it| format!("{it:02x}")).collect()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Site(tempfile::TempDir);

    impl Site {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a folder"))
        }

        fn year(&self) -> PathBuf {
            self.0.path().join("datasets/2025-26")
        }

        /// A load whose check made a dataset, put together over what is there now.
        fn load(&self, text: &str) -> Folder {
            let folder = Folder::new(self.0.path());
            dataset(&folder.dataset(), text);
            if self.year().exists() {
                fs::copy(manifest(&self.year()), folder.before()).expect("copies");
            }
            folder
        }

        fn there(&self) -> String {
            text(&self.year())
        }

        fn kept(&self) -> Vec<String> {
            let all = fs::read_dir(self.0.path().join("datasets")).expect("reads").flatten();
            let kept = all.filter(|it| it.file_name().to_string_lossy().contains(".replaced-"));
            kept.map(|it| text(&it.path())).collect()
        }
    }

    fn dataset(path: &Path, text: &str) {
        fs::create_dir_all(path).expect("a folder");
        fs::write(manifest(path), text).expect("writes");
    }

    fn text(path: &Path) -> String {
        fs::read_to_string(manifest(path)).expect("it is there")
    }

    #[test]
    fn the_one_before_is_kept() {
        let site = Site::new();
        assert_eq!(place(&site.load("one"), &site.year()).expect("placed"), Placed::Here);
        assert_eq!((site.there(), site.kept()), ("one".to_owned(), Vec::new()));
        assert_eq!(place(&site.load("two"), &site.year()).expect("placed"), Placed::Here);
        assert_eq!((site.there(), site.kept()), ("two".to_owned(), vec!["one".to_owned()]));
    }

    #[test]
    fn what_was_accepted_meanwhile_is_not_lost() {
        let site = Site::new();
        dataset(&site.year(), "one");
        let (first, second) = (site.load("two"), site.load("three"));
        assert_eq!(place(&first, &site.year()).expect("placed"), Placed::Here);
        assert_eq!(place(&second, &site.year()).expect("refused"), Placed::OtherBefore);
        assert_eq!(site.there(), "two");
        assert!(second.dataset().exists(), "it can be checked again");
    }

    #[test]
    fn an_acceptance_that_was_cut_short_is_done_again() {
        let site = Site::new();
        dataset(&site.year(), "one");
        let load = site.load("two");
        mean(&load).expect("written down");
        exchange(&load.dataset(), &site.year()).expect("the first step");
        assert_eq!(place(&load, &site.year()).expect("placed"), Placed::Here);
        assert_eq!((site.there(), site.kept()), ("two".to_owned(), vec!["one".to_owned()]));
        assert_eq!(place(&load, &site.year()).expect("placed"), Placed::Here, "and once more");
        // A first load of a year has nothing before it.
        let site = Site::new();
        let load = site.load("one");
        assert_eq!(place(&load, &site.year()).expect("placed"), Placed::Here);
        assert_eq!(place(&load, &site.year()).expect("placed"), Placed::Here);
        assert_eq!(site.there(), "one");
    }
}
