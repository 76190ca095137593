//! Notices that a file changed while it was read: somebody was still writing it (A29).

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::FileFault;

/// How often a file is read that changes meanwhile.
pub(crate) const ATTEMPTS: usize = 2;
const PAUSE: Duration = Duration::from_secs(1);

/// A file as it was before it was read.
pub(crate) struct Watch<'a> {
    path: &'a Path,
    before: Option<(u64, Option<SystemTime>)>,
}

impl<'a> Watch<'a> {
    /// Looks at a file that is about to be read.
    pub(crate) fn begin(path: &'a Path) -> Self {
        Self { path, before: state_of(path) }
    }

    /// Whether the file is another now, or had other bytes than were read.
    pub(crate) fn saw_change(&self, bytes: u64) -> bool {
        let after = state_of(self.path);
        self.before != after || self.before.is_some_and(|it| it.0 != bytes)
    }
}

/// Gives whoever writes some time before the next attempt.
pub(crate) fn pause() {
    std::thread::sleep(PAUSE);
}

/// Why a file that changed in every attempt is refused.
pub(crate) fn still_written() -> FileFault {
    FileFault::new("A29", "the file changed while it was read: it was still being written")
}

/// Size of a file and when it was last written to.
fn state_of(path: &Path) -> Option<(u64, Option<SystemTime>)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}
