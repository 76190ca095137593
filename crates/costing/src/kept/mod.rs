//! What earlier costings worked out and a later one may use again, under a name that says all that
//! decided it.
//!
//! Nothing of it decides a figure: a costing without it gives the same bytes, and a check of a run
//! does not look at it.

mod feeds;
mod files;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

pub use feeds::KeptFeeds;
pub(crate) use files::KeptFiles;

use crate::dataset::hex;

/// How what is kept is written: with another number nothing of before is used.
pub(crate) const FORMAT: u32 = 2; // number: the second way of writing it

/// Name of the folder of what feeds came to, beside a dataset.
pub const FEEDS_FOLDER: &str = ".kept-feeds";

/// Name of the folder of files that several runs hold, below the folder of runs.
const FILES_FOLDER: &str = ".kept";

/// Where what is worked out is kept.
#[derive(Clone, Copy, Debug)]
pub struct Keep<'a> {
    /// Folder for what feeds came to. It belongs beside the dataset, whose readers alone may see
    /// where restricted events stand.
    pub feeds: &'a Path,
    /// What tells this build of the program from any other: nothing that another build worked out
    /// is taken over.
    pub build: &'a str,
}

const HASH_BYTES: usize = 32; // number: bytes of a SHA-256

/// The SHA-256 of all that decides something, as a name.
pub(crate) fn named(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!("{FORMAT} {}", env!("CARGO_PKG_VERSION")));
    for part in parts {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    hex(&hasher.finalize())
}

/// Writes bytes behind their hash, whole or not at all. What cannot be kept is worked out again, so
/// a fault is told to the log and stops nothing.
fn keep(path: &Path, bytes: &[u8]) {
    if let Err(error) = try_keep(path, bytes, &std::process::id().to_string()) {
        tracing::warn!(folder = %below(path).display(), %error, "cannot keep what was worked out");
    }
}

/// How many writings were begun.
static WRITING: AtomicU64 = AtomicU64::new(0);

/// The same, but a fault is told. No other process writes in the name of `by`; of this one, each
/// writing has a number of its own.
fn try_keep(path: &Path, bytes: &[u8], by: &str) -> std::io::Result<()> {
    make_private(below(path))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = WRITING.fetch_add(1, Ordering::Relaxed);
    let unfinished = path.with_file_name(format!("{name}.unfinished-{by}-{number}"));
    let mut file = File::create(&unfinished)?;
    file.write_all(&under_name(path, bytes))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

/// Hash of bytes and of the name that they are kept under: those of another name are not used.
fn under_name(path: &Path, bytes: &[u8]) -> [u8; HASH_BYTES] {
    let mut hasher = Sha256::new();
    hasher.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    hasher.update(bytes);
    hasher.finalize().into()
}

/// Makes a folder that nobody else can look into.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, PRIVATE);
    builder.create(folder)
}

#[cfg(unix)]
const PRIVATE: u32 = 0o700; // number: rights of the owner alone

/// The bytes behind their hash; none if there is no such file, or it is not what was written.
fn kept(path: &Path) -> Option<Vec<u8>> {
    let mut all = std::fs::read(path).ok()?;
    let bytes = all.split_off(HASH_BYTES.min(all.len()));
    let is_whole = all[..] == under_name(path, &bytes)[..];
    if !is_whole {
        tracing::warn!(folder = %below(path).display(), "what was kept is damaged, and not used");
    }
    is_whole.then_some(bytes)
}

fn below(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

/// Files of a folder, the latest first.
fn latest_first(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let with_time = |entry: std::fs::DirEntry| {
        let changed = entry.metadata().and_then(|it| it.modified()).ok()?;
        Some((std::cmp::Reverse(changed), entry.path()))
    };
    let mut files: Vec<_> = entries.filter_map(with_time).collect();
    files.sort();
    files.into_iter().map(|it| it.1).collect()
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(folder = %below(path).display(), %error, "cannot take away what was kept");
    }
}
