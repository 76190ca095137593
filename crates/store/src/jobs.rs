//! Background jobs: loads, costings and exports, from the queue to their end.

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, filled};
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
    filled("the key", &new.idempotency_key)?;
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
