//! Background jobs: loads, costings and exports, from the queue to their end.

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, filled};
use crate::ids::JobId;
use crate::row::{Values as _, texts};
use crate::writer::Tx;

texts! {
    /// Where a job stands.
    JobState {
        /// Waits.
        Queued = "queued",
        /// Runs.
        Running = "running",
        /// Ended well.
        Done = "done",
        /// Ended with an error.
        Failed = "failed",
        /// Ended because somebody asked.
        Cancelled = "cancelled",
    }
}

impl JobState {
    /// Whether the job has ended.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A job to be queued; whoever the entry names asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What is to be done, such as `load` or `cost`.
    pub kind: String,
    /// One job of a class runs at a time, such as `engine` or `export`.
    pub class: String,
    /// What it needs to know.
    pub payload: serde_json::Value,
    /// The scope of whoever asks, which the job keeps to.
    pub scope: String,
    /// The same key is the same job, however often it is asked for.
    pub idempotency_key: String,
}

/// How far a job is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// What it does now.
    pub stage: String,
    /// How much is done.
    pub done: i64,
    /// Of how much; 0 if unknown.
    pub total: i64,
    /// What to tell whoever waits.
    pub message: String,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Done, failed or cancelled.
    pub state: JobState,
    /// What came of it.
    pub result: serde_json::Value,
    /// What its process returned, if it had one.
    pub exit_code: Option<i64>,
    /// What to tell whoever waits.
    pub message: String,
}

/// A job as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Reference.
    pub id: JobId,
    /// What was asked for.
    pub asked: NewJob,
    /// Where it stands.
    pub state: JobState,
    /// Who asked for it.
    pub asked_by: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Its process.
    pub pid: Option<i64>,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// The last sign of life.
    pub seen: Option<Timestamp>,
    /// How far it is.
    pub progress: Progress,
    /// What came of it.
    pub result: Option<serde_json::Value>,
    /// What its process returned.
    pub exit_code: Option<i64>,
    /// Whether somebody asked it to stop.
    pub cancel_asked: bool,
}

/// Queues a job, or finds the one that was queued with the same key.
///
/// # Errors
/// If kind, class or key are missing.
pub async fn enqueue(tx: &mut Tx, new: &NewJob, entry: &Entry) -> Result<Job> {
    filled("the kind", &new.kind)?;
    filled("the class", &new.class)?;
    code("the key", &new.idempotency_key)?;
    let id = JobId::random()?;
    let added = sqlx::query(
        "INSERT INTO job (id, kind, class, state, payload, asked_by, asked_at, scope,
             idempotency_key, done, total, cancel_asked)
         VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, 0, 0, 0)
         ON CONFLICT (idempotency_key) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(new.kind.as_str())
    .bind(new.class.as_str())
    .bind(new.payload.to_string())
    .bind(entry.actor.as_str())
    .bind(entry.at.as_microsecond())
    .bind(new.scope.as_str())
    .bind(new.idempotency_key.as_str())
    .execute(&mut **tx)
    .await?;
    if added.rows_affected() == 1 {
        audit::append(tx, &entry.of("job.ask", format!("job/{id} {}", new.kind))).await?;
    }
    let row = sqlx::query("SELECT * FROM job WHERE idempotency_key = $1")
        .bind(new.idempotency_key.as_str())
        .fetch_one(&mut **tx)
        .await?;
    stored(&row)
}

/// Starts the job of a class that waits longest; none if none waits or one of the class runs.
///
/// # Errors
/// If the database refuses; [`Error::Duplicate`] if another program started one just now.
pub async fn claim(tx: &mut Tx, class: &str, now: Timestamp) -> Result<Option<Job>> {
    let row = sqlx::query(
        "UPDATE job SET state = 'running', started = $1, seen = $1
         WHERE state = 'queued'
           AND id = (SELECT id FROM job WHERE class = $2 AND state = 'queued'
                     ORDER BY asked_at, id LIMIT 1)
           AND NOT EXISTS (SELECT 1 FROM job WHERE class = $2 AND state = 'running')
         RETURNING *",
    )
    .bind(now.as_microsecond())
    .bind(class)
    .fetch_optional(&mut **tx)
    .await
    .map_err(crate::error::taken("a running job of this class"))?;
    row.as_ref().map(stored).transpose()
}

/// Writes down which process carries out a running job.
///
/// # Errors
/// If the job is not running.
pub async fn attach(tx: &mut Tx, id: &JobId, pid: i64, now: Timestamp) -> Result<()> {
    let changed =
        sqlx::query("UPDATE job SET pid = $1, seen = $2 WHERE id = $3 AND state = 'running'")
            .bind(pid)
            .bind(now.as_microsecond())
            .bind(id.as_str())
            .execute(&mut **tx)
            .await?;
    must_have_moved(tx, changed.rows_affected(), id, "attached to a process").await
}

/// Writes down how far a running job is; whether somebody asked it to stop.
///
/// # Errors
/// If the job is not running.
pub async fn progress(
    tx: &mut Tx,
    id: &JobId,
    progress: &Progress,
    now: Timestamp,
) -> Result<bool> {
    let changed = sqlx::query(
        "UPDATE job SET stage = $1, done = $2, total = $3, message = $4, seen = $5
         WHERE id = $6 AND state = 'running'",
    )
    .bind(progress.stage.as_str())
    .bind(progress.done)
    .bind(progress.total)
    .bind(progress.message.as_str())
    .bind(now.as_microsecond())
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    must_have_moved(tx, changed.rows_affected(), id, "in progress").await?;
    Ok(get(tx, id).await?.cancel_asked)
}

/// Ends a running job.
///
/// # Errors
/// If the job is not running, or the state is none that ends.
pub async fn finish(tx: &mut Tx, id: &JobId, end: &End, entry: &Entry) -> Result<()> {
    let to = end.state.as_str();
    if !end.state.is_end() {
        let (what, from) = (format!("job {id}"), "to be ended".to_owned());
        return Err(Refusal::WrongMove { what, from, to }.into());
    }
    let changed = sqlx::query(
        "UPDATE job SET state = $1, result = $2, exit_code = $3, message = $4, ended = $5
         WHERE id = $6 AND state = 'running'",
    )
    .bind(to)
    .bind(end.result.to_string())
    .bind(end.exit_code)
    .bind(end.message.as_str())
    .bind(entry.at.as_microsecond())
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    must_have_moved(tx, changed.rows_affected(), id, to).await?;
    audit::append(tx, &entry.of("job.end", format!("job/{id} {to}"))).await?;
    Ok(())
}

/// Asks a job to stop: one that waits is cancelled at once, one that runs when it next looks.
///
/// # Errors
/// If the job has ended.
pub async fn ask_cancel(tx: &mut Tx, id: &JobId, entry: &Entry) -> Result<JobState> {
    let row = sqlx::query(
        "UPDATE job SET cancel_asked = 1,
             state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
             ended = CASE state WHEN 'queued' THEN $1 ELSE ended END
         WHERE id = $2 AND state IN ('queued', 'running')
         RETURNING state",
    )
    .bind(entry.at.as_microsecond())
    .bind(id.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    must_have_moved(tx, row.iter().len() as u64, id, "cancelled").await?;
    audit::append(tx, &entry.of("job.cancel", format!("job/{id}"))).await?;
    row.map_or(Ok(JobState::Cancelled), |it| it.parsed("state", "state of a job"))
}

/// One job.
///
/// # Errors
/// If there is none.
pub async fn get(db: &mut Connection, id: &JobId) -> Result<Job> {
    let row =
        sqlx::query("SELECT * FROM job WHERE id = $1").bind(id.as_str()).fetch_optional(db).await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("job {id}")))?)
}

/// Jobs, latest first, at most so many; of one state if it is given.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, state: Option<JobState>, limit: u16) -> Result<Vec<Job>> {
    let rows = sqlx::query(
        "SELECT * FROM job WHERE ($1 IS NULL OR state = $1) ORDER BY asked_at DESC, id LIMIT $2",
    )
    .bind(state.map(JobState::as_str))
    .bind(i64::from(limit))
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

/// Running jobs that have given no sign of life for so long, oldest first: after a restart, their
/// processes are looked for, and the jobs failed if there are none.
///
/// # Errors
/// If the database cannot be read.
pub async fn abandoned(
    db: &mut Connection,
    now: Timestamp,
    quiet: SignedDuration,
) -> Result<Vec<Job>> {
    let rows =
        sqlx::query("SELECT * FROM job WHERE state = 'running' AND seen <= $1 ORDER BY seen, id")
            .bind((now - quiet).as_microsecond())
            .fetch_all(db)
            .await?;
    rows.iter().map(stored).collect()
}

async fn must_have_moved(tx: &mut Tx, changed: u64, id: &JobId, to: &'static str) -> Result<()> {
    if changed == 1 {
        return Ok(());
    }
    let from = get(tx, id).await?.state.to_string();
    Err(Refusal::WrongMove { what: format!("job {id}"), from, to }.into())
}

fn stored(row: &AnyRow) -> Result<Job> {
    Ok(Job {
        id: JobId::new(row.text("id")?),
        asked: NewJob {
            kind: row.text("kind")?,
            class: row.text("class")?,
            payload: row.parsed("payload", "payload of a job")?,
            scope: row.text("scope")?,
            idempotency_key: row.text("idempotency_key")?,
        },
        state: row.parsed("state", "state of a job")?,
        asked_by: row.text("asked_by")?,
        asked_at: row.at("asked_at")?,
        pid: row.number_if("pid")?,
        started: row.at_if("started")?,
        ended: row.at_if("ended")?,
        seen: row.at_if("seen")?,
        progress: Progress {
            stage: row.text_if("stage")?.unwrap_or_default(),
            done: row.number("done")?,
            total: row.number("total")?,
            message: row.text_if("message")?.unwrap_or_default(),
        },
        result: row.json_if("result")?,
        exit_code: row.number_if("exit_code")?,
        cancel_asked: row.flag("cancel_asked")?,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;
    use crate::Store;
    use crate::testing::{at, change, error, on_both, operator};

    fn new(key: &str, class: &str) -> NewJob {
        NewJob {
            kind: "cost".to_owned(),
            class: class.to_owned(),
            payload: json!({"year": "2025-26"}),
            scope: "T".to_owned(),
            idempotency_key: key.to_owned(),
        }
    }

    async fn queued(store: &Store, key: &str, class: &str, seconds: i64) -> Job {
        let (job, entry) = (new(key, class), Entry { at: at(seconds), ..operator() });
        change!(store, |tx| enqueue(tx, &job, &entry)).expect("it is queued")
    }

    async fn claimed(store: &Store, class: &'static str) -> Option<Job> {
        change!(store, |tx| claim(tx, class, at(10))).expect("a write")
    }

    async fn ended(store: &Store, id: &JobId, state: JobState) -> Result<()> {
        let id = id.clone();
        let (result, exit_code) = (json!({"run": "r1"}), Some(0));
        let end = End { state, result, exit_code, message: "costed".to_owned() };
        change!(store, |tx| finish(tx, &id, &end, &operator()))
    }

    async fn read(store: &Store, id: &JobId) -> Job {
        get(&mut store.read().await.expect("a connection"), id).await.expect("it is there")
    }

    #[test]
    fn the_same_key_is_the_same_job() {
        on_both(|store| async move {
            let asks: Vec<_> = (0..5)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move { queued(&store, "k1", "engine", 0).await })
                })
                .collect();
            let mut ids = std::collections::BTreeSet::new();
            for ask in asks {
                ids.insert(ask.await.expect("no panic").id);
            }
            assert_eq!(ids.len(), 1);
            assert_eq!(store.audit_head().await.expect("a read").seq, 1, "asked for once");
            assert_ne!(queued(&store, "k2", "engine", 0).await.id, *ids.first().expect("one"));
        });
    }

    #[test]
    fn a_job_goes_from_the_queue_to_its_end() {
        on_both(|store| async move {
            let job = queued(&store, "k1", "engine", 0).await;
            assert_eq!((job.state, &job.asked), (JobState::Queued, &new("k1", "engine")));
            let running = claimed(&store, "engine").await.expect("one waits");
            assert_eq!((running.id.clone(), running.started), (job.id.clone(), Some(at(10))));

            let id = job.id.clone();
            change!(store, |tx| attach(tx, &id, 4711, at(11))).expect("it runs");
            let id = job.id.clone();
            let half = Progress {
                stage: "matching".to_owned(),
                done: 1,
                total: 2,
                message: "half".to_owned(),
            };
            let now_at = half.clone();
            let is_asked = change!(store, |tx| progress(tx, &id, &now_at, at(12)));
            assert!(!is_asked.expect("it runs"));
            let now = read(&store, &job.id).await;
            assert_eq!((now.pid, now.seen, now.progress), (Some(4711), Some(at(12)), half));

            ended(&store, &job.id, JobState::Done).await.expect("it runs");
            let end = read(&store, &job.id).await;
            assert_eq!(
                (end.state, end.result, end.exit_code, end.ended),
                (JobState::Done, Some(json!({"run": "r1"})), Some(0), Some(at(0)))
            );
        });
    }

    #[test]
    fn one_of_a_class_runs_at_a_time_first_come_first_served() {
        on_both(|store| async move {
            let second = queued(&store, "k2", "engine", 2).await;
            let first = queued(&store, "k1", "engine", 1).await;
            let export = queued(&store, "k3", "export", 3).await;
            let claims: Vec<_> = (0..5)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move { claimed(&store, "engine").await })
                })
                .collect();
            let mut got = Vec::new();
            for claim in claims {
                got.extend(claim.await.expect("no panic").map(|it| it.id));
            }
            assert_eq!(got, std::slice::from_ref(&first.id));
            let other = claimed(&store, "export").await.expect("another class");
            assert_eq!(other.id, export.id);

            ended(&store, &first.id, JobState::Failed).await.expect("it runs");
            assert_eq!(claimed(&store, "engine").await.expect("the next").id, second.id);
            assert_eq!(claimed(&store, "none").await, None);
        });
    }

    #[test]
    fn a_waiting_job_is_cancelled_at_once_a_running_one_is_asked() {
        on_both(|store| async move {
            let cancelled = async |id: &JobId| {
                let id = id.clone();
                change!(store, |tx| ask_cancel(tx, &id, &operator()))
            };
            let waiting = queued(&store, "k1", "engine", 0).await;
            assert_eq!(cancelled(&waiting.id).await.expect("it waits"), JobState::Cancelled);
            assert_eq!(claimed(&store, "engine").await, None);

            let job = queued(&store, "k2", "engine", 0).await;
            claimed(&store, "engine").await.expect("it waits");
            assert_eq!(cancelled(&job.id).await.expect("it runs"), JobState::Running);
            let id = job.id.clone();
            let none = Progress::default();
            assert!(change!(store, |tx| progress(tx, &id, &none, at(11))).expect("it runs"));
            ended(&store, &job.id, JobState::Cancelled).await.expect("it runs");
            let text = error(cancelled(&job.id).await).replace(job.id.as_str(), "ID");
            expect!["job ID is cancelled and cannot be cancelled"].assert_eq(&text);
        });
    }

    /// Every state and every move; what is not allowed changes nothing.
    #[test]
    fn wrong_moves_are_refused() {
        on_both(|store| async move {
            for (number, state) in JobState::ALL.iter().enumerate() {
                let class: &'static str = ["a", "b", "c", "d", "e"][number];
                let job = queued(&store, class, class, 0).await;
                if *state != JobState::Queued {
                    claimed(&store, class).await.expect("it waits");
                }
                if state.is_end() {
                    ended(&store, &job.id, *state).await.expect("it runs");
                }
                let before = read(&store, &job.id).await;
                assert_eq!(before.state, *state);
                let is_running = *state == JobState::Running;
                for wrong in [JobState::Queued, JobState::Running] {
                    assert!(ended(&store, &job.id, wrong).await.is_err(), "{state} to {wrong}");
                }
                if !is_running {
                    for end in [JobState::Done, JobState::Failed, JobState::Cancelled] {
                        assert!(ended(&store, &job.id, end).await.is_err(), "{state} to {end}");
                    }
                    let (id, none) = (job.id.clone(), Progress::default());
                    let result = change!(store, |tx| progress(tx, &id, &none, at(20)));
                    assert!(result.is_err(), "{state} makes progress");
                    let id = job.id.clone();
                    let result = change!(store, |tx| attach(tx, &id, 1, at(20)));
                    assert!(result.is_err(), "{state} gets a process");
                    assert_eq!(read(&store, &job.id).await, before);
                }
            }
            let nobody = JobId::new("x");
            expect!["there is no job x"]
                .assert_eq(&error(ended(&store, &nobody, JobState::Done).await));
        });
    }

    #[test]
    fn running_jobs_without_a_sign_of_life_are_abandoned() {
        on_both(|store| async move {
            let job = queued(&store, "k1", "engine", 0).await;
            queued(&store, "k2", "engine", 1).await;
            claimed(&store, "engine").await.expect("it waits"); // Seen at 10 s.
            let quiet = SignedDuration::from_secs(30);
            let found = async |seconds: i64| {
                let mut db = store.read().await.expect("a connection");
                let jobs = abandoned(&mut db, at(seconds), quiet).await.expect("a read");
                jobs.into_iter().map(|it| it.id).collect::<Vec<_>>()
            };
            assert_eq!(found(39).await, []);
            assert_eq!(found(40).await, std::slice::from_ref(&job.id));
            let (id, none) = (job.id.clone(), Progress::default());
            change!(store, |tx| progress(tx, &id, &none, at(20))).expect("it runs");
            assert_eq!(found(40).await, []);

            let mut db = store.read().await.expect("a connection");
            let running = list(&mut db, Some(JobState::Running), 10).await.expect("a read");
            assert_eq!(running.iter().map(|it| &it.id).collect::<Vec<_>>(), [&job.id]);
            assert_eq!(list(&mut db, None, 10).await.expect("a read").len(), 2);
            assert_eq!(list(&mut db, None, 1).await.expect("a read").len(), 1);
        });
    }
}
