//! One file that is to be read, and how.

use std::path::PathBuf;

use crate::dataset::spill::Spill;
use crate::feeds::loaded::Loaded;
use crate::files::join::{Joined, Joining};
use crate::files::{self, FileOutcome, RowSink};
use crate::findings::{count_of, finding};
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
    /// Second files whose columns its rows gain.
    pub(crate) joins: &'a [Joined],
    /// Folder for what does not fit in memory.
    pub(crate) spills: PathBuf,
}

impl Job<'_> {
    /// A place for bytes that wait, by a name of its own.
    pub(crate) fn spill(&self, what: &str) -> Spill {
        Spill::new(self.spills.join(format!("{what}-{}", self.file)))
    }

    /// Gives the rows of the file, with the columns of its joins, to a sink.
    pub(crate) fn read(&self, sink: &mut dyn RowSink) -> (FileOutcome, Vec<(u64, u64)>) {
        let mapping = self.plan.mapping;
        if self.joins.is_empty() {
            return (files::read(&self.path, mapping, sink), Vec::new());
        }
        let mut joining = Joining::new(mapping, self.joins, sink);
        let outcome = files::read(&self.path, mapping, &mut joining);
        (outcome, joining.alone)
    }

    /// Tells how many rows found no partner in a second file.
    pub(crate) fn tell_alone(&self, alone: &[(u64, u64)], loaded: &mut Loaded) {
        for (join, (rows, line)) in self.plan.mapping.joins.iter().zip(alone) {
            if *rows > 0 {
                let message =
                    format!("without a partner in the join `{}`: {}", join.name, count_of(*rows));
                let found = finding("N6", message).at(self.name.clone(), *line, "");
                loaded.tally.sum(found.about(join.name.clone()).with_rows(*rows));
            }
        }
    }
}
