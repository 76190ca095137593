//! The book of jobs in the application's database.
//!
//! What a job is to do stands there as a job file does: `{"format": 1, "kind": "cost", …}`, with the
//! fields of [`Job`], and relative paths taken from the folder of the site. What is no such file is
//! failed with the words of [`crate::JobError`], and the next job is done.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use store::jobs::{self, End, JobState};
use store::{Entry, Error, Store, loads};

use crate::book::{Book, BookError, Claimed, JobId};
use crate::job::Job;
use crate::progress::{Ending, Outcome, Step};

/// Tells the time; the edge of the program passes it in.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Who ends jobs, in the audit.
const ENGINE: &str = "engine";

/// Classes of jobs: one of each runs at a time, so that an export does not wait for a costing.
const CLASSES: [&str; 2] = ["engine", "export"];

/// The book of jobs of a site.
#[derive(Clone)]
pub struct StoreBook {
    store: Store,
    folder: PathBuf,
    clock: Clock,
}

impl fmt::Debug for StoreBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreBook").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl StoreBook {
    /// How many jobs can run at one time: one of each class.
    pub const AT_ONCE: usize = CLASSES.len();

    /// The book of a site that serves a folder.
    pub fn new(store: Store, folder: impl Into<PathBuf>, clock: Clock) -> Self {
        Self { store, folder: folder.into(), clock }
    }

    /// The job as the runner knows it; nothing if it cannot be done, and then it has failed.
    async fn readable(&self, found: &jobs::Job) -> Result<Option<Claimed>, BookError> {
        let id: JobId = found.id.as_str().parse()?;
        match Job::parse(found.asked.payload.to_string().as_bytes()) {
            Ok(job) => Ok(Some(Claimed { id, job: job.below(&self.folder) })),
            Err(error) => {
                let message = format!("The work did not begin: {error}.");
                let outcome = Outcome::Failed;
                let ending = Ending { outcome, exit_code: 1, result: None, message };
                self.finished(&id, &ending).await?;
                Ok(None)
            }
        }
    }

    async fn next_of(&self, class: &'static str) -> Result<Option<jobs::Job>, BookError> {
        let now = (self.clock)();
        let claim = self.store.write(move |tx| Box::pin(jobs::claim(tx, class, now)));
        match claim.await {
            // Another program was given one just now.
            Err(Error::Duplicate(_)) => Ok(None),
            claimed => Ok(claimed?),
        }
    }
}

impl Book for StoreBook {
    async fn claim(&self) -> Result<Option<Claimed>, BookError> {
        for class in CLASSES {
            while let Some(found) = self.next_of(class).await? {
                if let Some(claimed) = self.readable(&found).await? {
                    return Ok(Some(claimed));
                }
            }
        }
        Ok(None)
    }

    async fn running(&self) -> Result<Vec<Claimed>, BookError> {
        let mut db = self.store.read().await?;
        let found = jobs::list(&mut db, Some(JobState::Running), u16::MAX).await?;
        drop(db);
        let mut running = Vec::new();
        for job in &found {
            running.extend(self.readable(job).await?);
        }
        Ok(running)
    }

    async fn started(&self, id: &JobId, pid: u32) -> Result<(), BookError> {
        let (id, now) = (stored(id), (self.clock)());
        let attach = self
            .store
            .write(move |tx| Box::pin(async move { jobs::attach(tx, &id, pid.into(), now).await }));
        Ok(attach.await?)
    }

    async fn progress(&self, id: &JobId, step: &Step) -> Result<(), BookError> {
        let (id, now) = (stored(id), (self.clock)());
        let so_far = jobs::Progress {
            stage: step.stage.clone(),
            done: counted(step.done),
            total: counted(step.total),
            message: step.message.clone(),
        };
        let tell = self
            .store
            .write(move |tx| Box::pin(async move { jobs::progress(tx, &id, &so_far, now).await }));
        tell.await?;
        Ok(())
    }

    async fn cancel_asked(&self, id: &JobId) -> Result<bool, BookError> {
        let mut db = self.store.read().await?;
        Ok(jobs::get(&mut db, &stored(id)).await?.cancel_asked)
    }

    /// Ends the job, and writes down what the check of a load found, in one transaction.
    async fn finished(&self, id: &JobId, ending: &Ending) -> Result<(), BookError> {
        let (id, entry) = (stored(id), Entry::by(ENGINE, (self.clock)()));
        let (end, is_checked) = (end_of(ending), is_checked(ending));
        let finish = self.store.write(move |tx| {
            Box::pin(async move {
                if jobs::get(tx, &id).await?.state.is_end() {
                    return Ok(());
                }
                jobs::finish(tx, &id, &end, &entry).await?;
                match loads::of_job(tx, &id).await? {
                    Some(load) if is_checked && !load.state.is_decided() => {
                        loads::checked(tx, &load.id, &end.result, &entry).await
                    }
                    _ => Ok(()),
                }
            })
        });
        Ok(finish.await?)
    }
}

/// Whether the work came to its end and says something of what it was given.
fn is_checked(ending: &Ending) -> bool {
    match ending.outcome {
        Outcome::Done => true,
        Outcome::Refused => ending.result.is_some(),
        Outcome::Failed | Outcome::Cancelled => false,
    }
}

fn end_of(ending: &Ending) -> End {
    let state = match ending.outcome {
        Outcome::Done => JobState::Done,
        Outcome::Failed | Outcome::Refused => JobState::Failed,
        Outcome::Cancelled => JobState::Cancelled,
    };
    End {
        state,
        result: json!({ "outcome": ending.outcome, "result": ending.result }),
        exit_code: Some(ending.exit_code.into()),
        message: ending.message.clone(),
    }
}

fn stored(id: &JobId) -> store::JobId {
    store::JobId::new(id.as_ref())
}

fn counted(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
