//! Files of runs that another run may hold too: further names of them below the folder of runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{latest_first, make_private, named, remove};

/// Between what decided a file, its hash and its rows.
const SEPARATOR: char = '-';

/// A folder of further names of the files of runs.
#[derive(Clone, Debug)]
pub(crate) struct KeptFiles {
    folder: PathBuf,
    build: String,
    /// Hash and rows of each file, by all that decided it.
    known: BTreeMap<String, (String, u64)>,
}

impl KeptFiles {
    /// The folder below a folder of runs; files that no run holds any more are taken away.
    pub(crate) fn below(runs: &Path, build: &str) -> Self {
        let folder = runs.join(super::FILES_FOLDER);
        let mut known = BTreeMap::new();
        for path in latest_first(&folder) {
            match described(&path).filter(|_| is_held(&path)) {
                Some((key, hash, rows)) => drop(known.entry(key).or_insert((hash, rows))),
                None => remove(&path),
            }
        }
        Self { folder, build: build.to_owned(), known }
    }

    /// The file that was made of the same, with its hash and rows.
    pub(crate) fn get(&self, key: &str) -> Option<(PathBuf, &str, u64)> {
        let key = named(&[&self.build, key]);
        let (hash, rows) = self.known.get(&key)?;
        Some((self.path(&key, hash, *rows), hash, *rows))
    }

    /// Gives a file a further name. Where that cannot be, the next costing writes its own.
    pub(crate) fn put(&self, key: &str, file: &Path, (hash, rows): (&str, u64)) {
        let path = self.path(&named(&[&self.build, key]), hash, rows);
        let made = make_private(&self.folder).and_then(|()| {
            let _ = std::fs::remove_file(&path);
            std::fs::hard_link(file, &path)
        });
        if let Err(error) = made {
            tracing::debug!(folder = %self.folder.display(), %error, "a file has one name only");
        }
    }

    fn path(&self, key: &str, hash: &str, rows: u64) -> PathBuf {
        self.folder.join(format!("{key}{SEPARATOR}{hash}{SEPARATOR}{rows}"))
    }
}

/// What a further name says.
fn described(path: &Path) -> Option<(String, String, u64)> {
    let name = path.file_name()?.to_str()?;
    let mut parts = name.split(SEPARATOR);
    let (key, hash) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    Some((key, hash, parts.next()?.parse().ok()?))
}

/// Whether a run holds the file too.
#[cfg(unix)]
fn is_held(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).is_ok_and(|it| it.nlink() > 1)
}

/// Whether a run holds the file too, which is not asked here.
#[cfg(not(unix))]
fn is_held(_path: &Path) -> bool {
    true
}
