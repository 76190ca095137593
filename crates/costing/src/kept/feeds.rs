//! What the rows of a feed came to, beside the datasets: it can tell where restricted events stand.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Serialize, de::DeserializeOwned};

use super::{Keep, keep, kept, latest_first, named, remove, try_keep};

/// How many results of one feed are kept: those worked out last.
const EACH: usize = 4; // number: results of one feed that are kept

/// Below the folder: what single buckets came to, until a costing takes it over.
const BUCKETS: &str = "buckets";

/// Between the feed's name and what decided the result.
const SEPARATOR: char = '~';

/// A folder with what feeds came to in earlier costings.
#[derive(Clone, Debug)]
pub struct KeptFeeds {
    folder: PathBuf,
    build: String,
}

impl KeptFeeds {
    /// In the folder for it, which is made when something is kept.
    pub fn new(keep: Keep<'_>) -> Self {
        Self { folder: keep.feeds.to_owned(), build: keep.build.to_owned() }
    }

    /// What was kept of a feed under a name; none if there is nothing whole.
    pub(crate) fn get<T: DeserializeOwned>(&self, feed: &str, key: &str) -> Option<T> {
        unpacked(&self.path(feed, key))
    }

    /// Whether there is something of a feed under a name, whole or not.
    pub(crate) fn has(&self, feed: &str, key: &str) -> bool {
        self.path(feed, key).is_file()
    }

    /// Keeps what a feed came to.
    pub(crate) fn put<T: Serialize>(&self, feed: &str, key: &str, value: &T) {
        match packed(value) {
            Ok(packed) => keep(&self.path(feed, key), &packed),
            Err(error) => tracing::warn!(feed, %error, "cannot keep what the feed came to"),
        }
    }

    /// What a single bucket came to, under a name; none if there is nothing whole.
    pub(crate) fn bucket<T: DeserializeOwned>(&self, bucket: u32, key: &str) -> Option<T> {
        unpacked(&self.bucket_path(bucket, key))
    }

    /// Keeps what a single bucket came to, whole or not at all.
    ///
    /// # Errors
    ///
    /// An error of the file system.
    pub(crate) fn put_bucket<T: Serialize>(
        &self,
        (bucket, key): (u32, &str),
        value: &T,
        by: &str,
    ) -> io::Result<()> {
        try_keep(&self.bucket_path(bucket, key), &packed(value)?, by)
    }

    /// The file of what a single bucket came to.
    pub(crate) fn bucket_path(&self, bucket: u32, key: &str) -> PathBuf {
        let key = named(&[&self.build, key]);
        self.folder.join(BUCKETS).join(format!("{bucket}{SEPARATOR}{key}"))
    }

    /// How many buckets there is something of under a name. The folder is listed: a shared one
    /// remembers a file that was asked for by name and was not there.
    pub(crate) fn count_buckets(&self, buckets: u32, key: &str) -> u32 {
        let entries = std::fs::read_dir(self.folder.join(BUCKETS)).into_iter().flatten().flatten();
        let there: BTreeSet<OsString> = entries.map(|it| it.file_name()).collect();
        let paths = (0..buckets).map(|it| self.bucket_path(it, key));
        let found = paths.filter(|it| it.file_name().is_some_and(|it| there.contains(it)));
        u32::try_from(found.count()).unwrap_or(u32::MAX)
    }

    /// Takes away what single buckets came to, which its feeds now hold, and what nobody took over.
    pub(crate) fn forget_buckets(&self, buckets: u32, key: &str) {
        let all = (0..buckets).map(|it| self.bucket_path(it, key));
        all.filter(|it| it.is_file()).for_each(|it| remove(&it));
        let most = EACH * buckets as usize;
        let left = latest_first(&self.folder.join(BUCKETS)).into_iter().skip(most);
        left.for_each(|it| remove(&it));
    }

    /// Takes away what was worked out longest ago, of each feed.
    pub(crate) fn tidy(&self) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for path in latest_first(&self.folder) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some((feed, _)) = name.split_once(SEPARATOR) else { continue };
            let count = seen.entry(feed.to_owned()).or_default();
            *count += 1;
            if *count > EACH {
                remove(&path);
            }
        }
    }

    fn path(&self, feed: &str, key: &str) -> PathBuf {
        let (feed, key) = (tables::manifest::file_name(feed), named(&[&self.build, key]));
        self.folder.join(format!("{feed}{SEPARATOR}{key}"))
    }
}

fn packed<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let bytes = postcard::to_stdvec(value).map_err(io::Error::other)?;
    zstd::encode_all(&bytes[..], 1) // number: the quickest level
}

fn unpacked<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = zstd::decode_all(&kept(path)?[..]).ok()?;
    postcard::from_bytes(&bytes).ok()
}
