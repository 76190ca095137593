//! The one task that writes: changes in batches, one commit each, acknowledged after it returned.

use std::future::{Future, poll_fn};
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use sqlx::{Any, AnyConnection, AnyPool, Transaction};
use tokio::sync::{mpsc, oneshot};

use crate::database::DatabaseKind;
use crate::error::{Error, Result};

/// A future that a change returns.
pub type Running<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

const BATCH_MAX: usize = 64;
const WAITING_MAX: usize = 1024;

const POISONED: &str =
    "a commit failed earlier and what the disk holds is uncertain; restart the program";

/// The transaction that a change runs in. It can read as well: it is a connection.
pub struct Tx {
    transaction: Transaction<'static, Any>,
}

impl Deref for Tx {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx(..)")
    }
}

/// A change that waits, whatever it returns.
trait Job: Send {
    fn run<'a>(self: Box<Self>, tx: &'a mut Tx) -> Pin<Box<dyn Future<Output = Ran> + Send + 'a>>;
    fn refuse(self: Box<Self>, error: Error);
}

/// A change that ran; it is told what became of the commit.
struct Ran {
    is_ok: bool,
    tell: Box<dyn FnOnce(Result<()>) + Send>,
}

struct Change<T, F> {
    job: F,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for Change<T, F>
where
    T: Send + 'static,
    F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, T> + Send + 'static,
{
    fn run<'a>(self: Box<Self>, tx: &'a mut Tx) -> Pin<Box<dyn Future<Output = Ran> + Send + 'a>> {
        let Self { job, answer } = *self;
        Box::pin(async move {
            let result = caught(job, tx).await;
            let is_ok = result.is_ok();
            let tell = Box::new(move |committed: Result<()>| {
                // Whoever asked may have gone away; the change stands all the same.
                let _ = answer.send(result.and_then(|it| committed.map(|()| it)));
            });
            Ran { is_ok, tell }
        })
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.answer.send(Err(error));
    }
}

/// Runs a change; a panic in it is an error, so that it stops nobody else's.
async fn caught<T, F>(job: F, tx: &mut Tx) -> Result<T>
where
    F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, T>,
{
    let Ok(mut running) = catch_unwind(AssertUnwindSafe(|| job(tx))) else {
        return Err(Error::Panicked);
    };
    poll_fn(move |context| {
        catch_unwind(AssertUnwindSafe(|| running.as_mut().poll(context)))
            .unwrap_or(Poll::Ready(Err(Error::Panicked)))
    })
    .await
}

enum Message {
    Job(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

/// Where changes are handed in.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Message>,
    is_poisoned: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the task; it ends when nobody can hand anything in any more, or on [`Writer::close`].
    pub(crate) fn start(kind: DatabaseKind, pool: AnyPool) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        let is_poisoned = Arc::new(AtomicBool::new(false));
        let task = Task { kind, pool, waiting, is_poisoned: Arc::clone(&is_poisoned) };
        tokio::spawn(task.run());
        Self { queue, is_poisoned }
    }

    /// Whether changes are still taken.
    pub(crate) fn takes_changes(&self) -> bool {
        !self.is_poisoned.load(Ordering::Acquire) && !self.queue.is_closed()
    }

    /// Hands a change in and waits until it is committed, or refused.
    pub(crate) async fn write<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut Tx) -> Running<'a, T> + Send + 'static,
    {
        let closed = || Error::Stopped("the store was closed".to_owned());
        let (answer, answered) = oneshot::channel();
        let job = Message::Job(Box::new(Change { job, answer }));
        self.queue.send(job).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Waits until everything handed in is done, and takes nothing more.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Message::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

struct Task {
    kind: DatabaseKind,
    pool: AnyPool,
    waiting: mpsc::Receiver<Message>,
    is_poisoned: Arc<AtomicBool>,
}

impl Task {
    async fn run(mut self) {
        let mut closing = Vec::new();
        while let Some(first) = self.waiting.recv().await {
            let mut jobs = Vec::new();
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Job(job) => jobs.push(job),
                    Message::Close(done) => {
                        self.waiting.close();
                        closing.push(done);
                    }
                }
                next = if jobs.len() < BATCH_MAX { self.waiting.try_recv().ok() } else { None };
            }
            if !jobs.is_empty() {
                self.batch(jobs).await;
            }
        }
        for done in closing {
            let _ = done.send(());
        }
    }

    async fn batch(&self, jobs: Vec<Box<dyn Job>>) {
        if self.is_poisoned.load(Ordering::Acquire) {
            for job in jobs {
                job.refuse(Error::Stopped(POISONED.to_owned()));
            }
            return;
        }
        let mut tx = match self.pool.begin_with(self.kind.begin_writing()).await {
            Ok(transaction) => Tx { transaction },
            Err(error) => {
                for job in jobs {
                    job.refuse(Error::Commit(error.to_string()));
                }
                return;
            }
        };
        let mut ran = Vec::with_capacity(jobs.len());
        let mut broken = None;
        for job in jobs {
            if let Some(error) = &broken {
                job.refuse(Error::Commit(ToString::to_string(error)));
                continue;
            }
            match one(&mut tx, job).await {
                (Some(it), None) => ran.push(it),
                (it, error) => {
                    ran.extend(it);
                    broken = error;
                }
            }
        }
        let committed = match broken {
            Some(error) => Err(error),
            None => tx.transaction.commit().await.inspect_err(|error| {
                if self.leaves_doubt(error) {
                    self.is_poisoned.store(true, Ordering::Release);
                }
            }),
        };
        let failure = committed.err().map(|it| it.to_string());
        for it in ran {
            (it.tell)(failure.clone().map_or(Ok(()), |it| Err(Error::Commit(it))));
        }
    }

    /// Whether the disk may hold something else than SQLite believes: after a failed fsync, nothing
    /// may be trusted until the file is opened anew.
    fn leaves_doubt(&self, error: &sqlx::Error) -> bool {
        let is_safe = |code: &str| {
            let primary = code.parse::<i64>().map(|it| it & 0xff);
            // Busy, full, a broken constraint: SQLite tells before it changes anything.
            matches!(primary, Ok(5 | 13 | 19))
        };
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        self.kind == DatabaseKind::Sqlite && !code.is_some_and(|it| is_safe(&it))
    }
}

/// Runs one change in a savepoint, so that its failure undoes only itself. The error is one of the
/// transaction as a whole.
async fn one(tx: &mut Tx, job: Box<dyn Job>) -> (Option<Ran>, Option<sqlx::Error>) {
    if let Err(error) = sqlx::raw_sql("SAVEPOINT change").execute(&mut **tx).await {
        job.refuse(Error::Commit(error.to_string()));
        return (None, Some(error));
    }
    let ran = job.run(tx).await;
    let end = if ran.is_ok {
        "RELEASE SAVEPOINT change"
    } else {
        "ROLLBACK TO SAVEPOINT change; RELEASE SAVEPOINT change"
    };
    let ended = sqlx::raw_sql(end).execute(&mut **tx).await;
    (Some(ran), ended.err())
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;
    use crate::audit::{self, Asked};
    use crate::testing::{change, failing, on_both, on_both_urls, operator};
    use crate::{Refusal, Store};

    #[test]
    fn a_change_that_fails_or_panics_undoes_only_itself() {
        on_both(|store| async move {
            // All in one batch or several: the outcome is the same.
            let tasks: Vec<_> = (0..60)
                .map(|number| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        match number % 3 {
                            0 => store.write(failing).await,
                            1 => store.write(panicking).await,
                            _ => {
                                let entry = operator().of("kept", number.to_string());
                                change!(store, |tx| audit::append(tx, &entry)).map(|_| ())
                            }
                        }
                    })
                })
                .collect();
            for (number, task) in tasks.into_iter().enumerate() {
                let result = task.await.expect("the task itself does not panic");
                match number % 3 {
                    0 => assert!(matches!(result, Err(Error::Refused(Refusal::HasLeft)))),
                    1 => assert!(matches!(result, Err(Error::Panicked))),
                    _ => assert!(result.is_ok(), "{result:?}"),
                }
            }
            let mut db = store.read().await.expect("a connection");
            let rows = audit::list(&mut db, &Asked::default(), 100).await.expect("the rows");
            assert_eq!(rows.len(), 20);
            assert!(rows.iter().all(|it| it.entry.action == "kept"));
        });
    }

    fn panicking(tx: &mut Tx) -> Running<'_, ()> {
        Box::pin(async move {
            audit::append(tx, &operator().of("never", "seen")).await?;
            panic!("a fault planted in this test")
        })
    }

    #[test]
    fn a_wrong_statement_undoes_only_itself() {
        on_both(|store| async move {
            let wrong = store
                .write(|tx| {
                    Box::pin(async move {
                        sqlx::query("SELECT nothing FROM nowhere").execute(&mut **tx).await?;
                        Ok(())
                    })
                })
                .await;
            assert!(matches!(wrong, Err(Error::Database(_))), "{wrong:?}");
            store.audit(operator().of("after", "it")).await.expect("the next is written");
        });
    }

    #[test]
    fn whoever_goes_away_does_not_stop_the_change() {
        on_both(|store| async move {
            let waiting = {
                let store = store.clone();
                tokio::spawn(async move { store.audit(operator().of("kept", "1")).await })
            };
            tokio::task::yield_now().await;
            waiting.abort();
            // Handed in after it, so answered after it, if it was handed in at all.
            store.audit(operator().of("kept", "2")).await.expect("it is written");
            let head = store.audit_head().await.expect("the audit can be read");
            assert!((1..=2).contains(&head.seq));
        });
    }

    #[test]
    fn reading_connections_cannot_write() {
        on_both(|store| async move {
            let mut db = store.read().await.expect("a connection");
            let result = sqlx::query("UPDATE audit_head SET seq = 9").execute(&mut *db).await;
            assert!(result.is_err(), "a reader must not write");
        });
    }

    #[test]
    fn closing_waits_for_what_was_handed_in_and_refuses_the_rest() {
        on_both_urls(|url| async move {
            let store = Store::open(&url).await.expect("a new database opens");
            let tasks: Vec<_> = (0..100)
                .map(|number| {
                    let store = store.clone();
                    let entry = operator().of("kept", number.to_string());
                    tokio::spawn(async move { store.audit(entry).await })
                })
                .collect();
            store.close().await;
            let mut kept = 0;
            for task in tasks {
                match task.await.expect("no panic") {
                    Ok(_) => kept += 1,
                    Err(error) => assert!(matches!(error, Error::Stopped(_)), "{error:?}"),
                }
            }
            let again = Store::open(&url).await.expect("it opens again");
            assert_eq!(again.audit_head().await.expect("the audit can be read").seq, kept);
            again.verify_chain(&[]).await.expect("it can be read").expect("the chain holds");
            again.close().await;
        });
    }

    /// SQLite's commit is made to fail by a foreign key that is checked only then.
    #[test]
    fn after_a_commit_that_failed_nobody_is_told_that_it_worked() {
        on_both(|store| async move {
            store
                .write(|tx| {
                    Box::pin(async move {
                        sqlx::raw_sql(
                            "CREATE TABLE late (parent TEXT REFERENCES unit (code)
                                 DEFERRABLE INITIALLY DEFERRED)",
                        )
                        .execute(&mut **tx)
                        .await?;
                        Ok(())
                    })
                })
                .await
                .expect("a table for this test");
            let result = store
                .write(|tx| {
                    Box::pin(async move {
                        audit::append(tx, &operator().of("lost", "1")).await?;
                        sqlx::query("INSERT INTO late VALUES ('NONE')").execute(&mut **tx).await?;
                        Ok(())
                    })
                })
                .await;
            assert!(matches!(result, Err(Error::Commit(_))), "{result:?}");
            assert_eq!(store.audit_head().await.expect("the audit can be read").seq, 0);
            // The disk did what it was told: the next change is taken.
            store.audit(operator().of("kept", "2")).await.expect("it is written");
        });
    }

    /// The connection is ended in the middle of a change, as by a restart of the server.
    #[test]
    fn a_lost_connection_loses_what_was_not_committed_and_nothing_after_it() {
        on_both(|store| async move {
            let lost = store
                .write(|tx| {
                    Box::pin(async move {
                        audit::append(tx, &operator().of("lost", "1")).await?;
                        // SQLite has no connection to lose: a wrong statement stands for it.
                        let end = "SELECT pg_terminate_backend(pg_backend_pid())";
                        sqlx::query(end).execute(&mut **tx).await?;
                        Ok(())
                    })
                })
                .await;
            assert!(lost.is_err(), "{lost:?}");
            assert_eq!(store.audit_head().await.expect("the audit can be read").seq, 0);
            store.audit(operator().of("kept", "2")).await.expect("it connects again");
            store.health().await.expect("it is well");
        });
    }

    /// Another program holds the database for longer than anybody waits.
    #[test]
    fn a_locked_database_is_an_error_and_not_an_end() {
        on_both(|store| async move {
            let other = store.database.readers.connect_options();
            let mut other = AnyConnection::connect_with(&other).await.expect("it connects");
            sqlx::raw_sql(store.database.kind.begin_writing())
                .execute(&mut other)
                .await
                .expect("nobody writes");
            sqlx::query("UPDATE audit_head SET seq = seq").execute(&mut other).await.expect("held");
            let result = store.audit(operator().of("lost", "1")).await;
            assert!(matches!(result, Err(Error::Commit(_) | Error::Database(_))), "{result:?}");
            sqlx::raw_sql("ROLLBACK").execute(&mut other).await.expect("let go");
            store.audit(operator().of("kept", "2")).await.expect("it is written");
            other.close().await.expect("it closes");
        });
    }

    #[test]
    fn when_the_disk_is_in_doubt_nothing_more_is_written() {
        on_both(|store| async move {
            store.writer.is_poisoned.store(true, Ordering::Release);
            let result = store.audit(operator().of("lost", "1")).await;
            assert!(matches!(result, Err(Error::Stopped(_))), "{result:?}");
            assert!(matches!(store.health().await, Err(Error::Stopped(_))));
            assert_eq!(store.audit_head().await.expect("reading goes on").seq, 0);
        });
    }
}
