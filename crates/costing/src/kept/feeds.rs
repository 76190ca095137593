//! What the rows of a feed came to, beside the datasets: it can tell where restricted events stand.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Serialize, de::DeserializeOwned};

use super::{Keep, keep, kept, latest_first, named, remove};

/// How many results of one feed are kept: those worked out last.
const EACH: usize = 4; // number: results of one feed that are kept

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
        let packed = kept(&self.path(feed, key))?;
        let bytes = zstd::decode_all(&packed[..]).ok()?;
        postcard::from_bytes(&bytes).ok()
    }

    /// Keeps what a feed came to.
    pub(crate) fn put<T: Serialize>(&self, feed: &str, key: &str, value: &T) {
        let packed = postcard::to_stdvec(value)
            .map_err(std::io::Error::other)
            .and_then(|bytes| zstd::encode_all(&bytes[..], 1)); // number: the quickest level
        match packed {
            Ok(packed) => keep(&self.path(feed, key), &packed),
            Err(error) => tracing::warn!(feed, %error, "cannot keep what the feed came to"),
        }
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
