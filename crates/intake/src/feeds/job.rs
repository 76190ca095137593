//! One file that is to be read, and how.

use std::path::PathBuf;

use crate::dataset::spill::Spill;
use crate::plan::FeedPlan;

/// A file to be read.
#[derive(Clone, Debug)]
pub(crate) struct Job<'a> {
    /// How.
    pub(crate) plan: FeedPlan<'a>,
    /// Number of the feed.
    pub(crate) feed: usize,
    /// Number of the file among all.
    pub(crate) file: u32,
    /// Name below the folder read.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Folder for what does not fit in memory.
    pub(crate) spills: PathBuf,
}

impl Job<'_> {
    /// A place for bytes that wait, by a name of its own.
    pub(crate) fn spill(&self, what: &str) -> Spill {
        Spill::new(self.spills.join(format!("{what}-{}", self.file)))
    }
}
