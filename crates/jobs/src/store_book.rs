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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::FinancialYear;
    use serde_json::Value;
    use store::jobs::NewJob;
    use store::loads::{LoadState, NewLoad};

    use super::*;
    use crate::progress::JobResult;

    struct Site {
        folder: tempfile::TempDir,
        store: Store,
        book: StoreBook,
    }

    fn now() -> Timestamp {
        "2026-05-20T09:00:00Z".parse().expect("a moment")
    }

    async fn site() -> Site {
        let folder = tempfile::tempdir().expect("a folder");
        let url = store::sqlite_url(&folder.path().join("concord.sqlite"));
        let store = Store::open(&url).await.expect("a new database opens");
        let book = StoreBook::new(store.clone(), "/site", Arc::new(now));
        Site { folder, store, book }
    }

    fn cost() -> Value {
        json!({"format": 1, "kind": "cost", "dataset": "datasets/2025-26", "model": "/m", "runs": "runs"})
    }

    fn intake() -> Value {
        json!({"format": 1, "kind": "intake", "model": "m", "from": ["f"], "to": "d", "vault": "v"})
    }

    impl Site {
        async fn ask(&self, key: &str, class: &str, payload: Value) -> JobId {
            let new = NewJob {
                kind: payload["kind"].as_str().unwrap_or_default().to_owned(),
                class: class.to_owned(),
                payload,
                scope: "trust".to_owned(),
                idempotency_key: key.to_owned(),
            };
            let entry = Entry::by("p", now());
            let write = self
                .store
                .write(move |tx| Box::pin(async move { jobs::enqueue(tx, &new, &entry).await }));
            write.await.expect("it is queued").id.as_str().parse().expect("it is a name")
        }

        async fn job(&self, id: &JobId) -> jobs::Job {
            let mut db = self.store.read().await.expect("a connection");
            jobs::get(&mut db, &stored(id)).await.expect("it is there")
        }
    }

    fn ending(outcome: Outcome, result: Option<JobResult>) -> Ending {
        Ending { outcome, exit_code: 0, result, message: "over".to_owned() }
    }

    #[tokio::test]
    async fn one_of_a_class_is_given_and_what_cannot_be_read_has_failed() {
        let site = site().await;
        let wrong = json!({"format": 1, "kind": "cost", "dataset": "d"});
        let unreadable = site.ask("1", "engine", wrong).await;
        let first = site.ask("2", "engine", cost()).await;
        site.ask("3", "engine", cost()).await;
        let export = json!({"format": 1, "kind": "export", "run": "r", "to": "x.csv", "by": "A", "reason": "B"});
        let export = site.ask("4", "export", export).await;
        let given = site.book.claim().await.expect("a claim").expect("one waits");
        // Both of the first came at one moment: whichever is first by name, the unreadable is
        // passed over.
        assert_ne!(given.id, unreadable);
        let Job::Cost(job) = &given.job else { panic!("it is a costing: {given:?}") };
        assert_eq!(job.dataset, Path::new("/site/datasets/2025-26"), "below the site's folder");
        assert_eq!(job.model, Path::new("/m"), "whole paths stay");
        let other = site.book.claim().await.expect("a claim").expect("another class");
        assert_eq!(other.id, export);
        assert_eq!(site.book.claim().await.expect("a claim"), None, "one of each class");
        let running = site.book.running().await.expect("a read");
        assert_eq!(running.len(), 2);
        let done = ending(Outcome::Done, None);
        site.book.finished(&given.id, &done).await.expect("it runs");
        let last = site.book.claim().await.expect("a claim").expect("one waits");
        assert_ne!(last.id, given.id);
        assert!([&given.id, &last.id].contains(&&first));
        site.book.finished(&last.id, &done).await.expect("it runs");
        assert_eq!(site.book.claim().await.expect("a claim"), None);
        let failed = site.job(&unreadable).await;
        assert_eq!(failed.state, JobState::Failed);
        assert!(failed.progress.message.contains("missing field"), "{failed:?}");
    }

    #[tokio::test]
    async fn the_book_is_told_how_far_a_job_is_and_how_it_ended() {
        let site = site().await;
        let id = site.ask("1", "engine", cost()).await;
        site.book.claim().await.expect("a claim").expect("one waits");
        site.book.started(&id, 4711).await.expect("it runs");
        let step = Step {
            at_seq: 1,
            stage: "matching".to_owned(),
            done: 1,
            total: 3,
            message: "m".to_owned(),
        };
        site.book.progress(&id, &step).await.expect("it runs");
        let job = site.job(&id).await;
        assert_eq!((job.pid, job.progress.done, job.progress.total), (Some(4711), 1, 3));
        assert!(!site.book.cancel_asked(&id).await.expect("a read"));
        let (asked, entry) = (stored(&id), Entry::by("p", now()));
        let cancel = site
            .store
            .write(move |tx| Box::pin(async move { jobs::ask_cancel(tx, &asked, &entry).await }));
        cancel.await.expect("it runs");
        assert!(site.book.cancel_asked(&id).await.expect("a read"));
        let cancelled = ending(Outcome::Cancelled, None);
        site.book.finished(&id, &cancelled).await.expect("it runs");
        // The same words twice change nothing, nor do others.
        site.book.finished(&id, &cancelled).await.expect("nothing to do");
        site.book.finished(&id, &ending(Outcome::Done, None)).await.expect("nothing to do");
        let job = site.job(&id).await;
        assert_eq!((job.state, job.progress.message.as_str()), (JobState::Cancelled, "over"));
        assert!(site.folder.path().exists());
    }

    #[tokio::test]
    async fn a_load_is_checked_when_its_job_came_to_an_answer() {
        let site = site().await;
        let result = || Some(JobResult::default());
        for (key, outcome, state) in [
            ("1", Outcome::Done, LoadState::Checked),
            ("2", Outcome::Refused, LoadState::Checked),
            ("3", Outcome::Failed, LoadState::Staged),
            ("4", Outcome::Cancelled, LoadState::Staged),
        ] {
            let id = site.ask(key, "engine", intake()).await;
            let (job, entry) = (stored(&id), Entry::by("p", now()));
            let year = FinancialYear::beginning(2025);
            let new = NewLoad { year, label: "L".to_owned(), folder: "loads/1".to_owned() };
            let write = site.store.write(move |tx| {
                Box::pin(async move {
                    let load = loads::stage(tx, &new, &entry).await?;
                    loads::checking(tx, &load, &job, &entry).await?;
                    Ok(load)
                })
            });
            let load = write.await.expect("it is staged");
            site.book.claim().await.expect("a claim").expect("one waits");
            site.book.finished(&id, &ending(outcome, result())).await.expect("it runs");
            let mut db = site.store.read().await.expect("a connection");
            let found = loads::get(&mut db, &load).await.expect("it is there");
            assert_eq!(found.state, state, "{outcome:?}");
        }
    }
}
