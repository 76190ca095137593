//! Where jobs are written down: what waits, what runs, what became of it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::job::Job;
use crate::progress::{Ending, Step};

/// What goes wrong in a book.
pub type BookError = Box<dyn std::error::Error + Send + Sync>;

/// Name of a job, and of its folder: up to 64 of `a-z`, `0-9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(String);

impl FromStr for JobId {
    type Err = BookError;

    fn from_str(text: &str) -> Result<Self, BookError> {
        let fits = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(fits) {
            return Err(format!("`{text}` is no name of a job: use up to 64 of a-z, 0-9, -").into());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for JobId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A job that was given to one runner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Its name.
    pub id: JobId,
    /// What is to be done.
    pub job: Job,
}

/// Where jobs are written down. The application's store is one.
///
/// Each call may be made again after a fault: the same words twice change nothing.
pub trait Book: Send + Sync + 'static {
    /// Gives the next job that waits, and writes down that it runs. No job is given twice.
    fn claim(&self) -> impl Future<Output = Result<Option<Claimed>, BookError>> + Send;

    /// All jobs that were given and have not ended, also those that an earlier site was given.
    fn running(&self) -> impl Future<Output = Result<Vec<Claimed>, BookError>> + Send;

    /// An engine was started.
    fn started(&self, id: &JobId, pid: u32) -> impl Future<Output = Result<(), BookError>> + Send;

    /// How far the engine is.
    fn progress(
        &self,
        id: &JobId,
        step: &Step,
    ) -> impl Future<Output = Result<(), BookError>> + Send;

    /// Whether somebody wants the job to stop.
    fn cancel_asked(&self, id: &JobId) -> impl Future<Output = Result<bool, BookError>> + Send;

    /// How the job ended; it runs no more.
    fn finished(
        &self,
        id: &JobId,
        ending: &Ending,
    ) -> impl Future<Output = Result<(), BookError>> + Send;
}

/// A book that lasts as long as the process; for tests and small tools.
#[derive(Debug, Default)]
pub struct MemoryBook {
    state: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    waiting: VecDeque<Claimed>,
    running: BTreeMap<JobId, Job>,
    pids: BTreeMap<JobId, u32>,
    steps: BTreeMap<JobId, Vec<Step>>,
    cancel: Vec<JobId>,
    endings: BTreeMap<JobId, Ending>,
}

impl MemoryBook {
    /// Lets a job wait.
    pub fn add(&self, id: &JobId, job: Job) {
        self.entries().waiting.push_back(Claimed { id: id.clone(), job });
    }

    /// Asks for a job to stop.
    pub fn cancel(&self, id: &JobId) {
        self.entries().cancel.push(id.clone());
    }

    /// The process number of a job's engine.
    pub fn pid(&self, id: &JobId) -> Option<u32> {
        self.entries().pids.get(id).copied()
    }

    /// How far a job was, step by step.
    pub fn steps(&self, id: &JobId) -> Vec<Step> {
        self.entries().steps.get(id).cloned().unwrap_or_default()
    }

    /// How a job ended.
    pub fn ending(&self, id: &JobId) -> Option<Ending> {
        self.entries().endings.get(id).cloned()
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book for MemoryBook {
    async fn claim(&self) -> Result<Option<Claimed>, BookError> {
        let mut entries = self.entries();
        let next = entries.waiting.pop_front();
        if let Some(next) = &next {
            entries.running.insert(next.id.clone(), next.job.clone());
        }
        Ok(next)
    }

    async fn running(&self) -> Result<Vec<Claimed>, BookError> {
        let entries = self.entries();
        let claimed = |(id, job): (&JobId, &Job)| Claimed { id: id.clone(), job: job.clone() };
        Ok(entries.running.iter().map(claimed).collect())
    }

    async fn started(&self, id: &JobId, pid: u32) -> Result<(), BookError> {
        self.entries().pids.insert(id.clone(), pid);
        Ok(())
    }

    async fn progress(&self, id: &JobId, step: &Step) -> Result<(), BookError> {
        self.entries().steps.entry(id.clone()).or_default().push(step.clone());
        Ok(())
    }

    async fn cancel_asked(&self, id: &JobId) -> Result<bool, BookError> {
        Ok(self.entries().cancel.contains(id))
    }

    async fn finished(&self, id: &JobId, ending: &Ending) -> Result<(), BookError> {
        let mut entries = self.entries();
        entries.running.remove(id);
        entries.endings.insert(id.clone(), ending.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_also_a_folder() {
        for bad in ["", "..", "a/b", "A", "job 1", &"a".repeat(65)] {
            assert!(bad.parse::<JobId>().is_err(), "{bad}");
        }
        assert_eq!("2026-05-01-17".parse::<JobId>().expect("fits").to_string(), "2026-05-01-17");
    }
}
