//! Data loads: files of the trust from upload to acceptance or rejection.

use domain::FinancialYear;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, filled};
use crate::ids::{JobId, LoadId};
use crate::row::{Values as _, texts};
use crate::writer::Tx;

texts! {
    /// Where a load stands.
    LoadState {
        /// Its files are here.
        Staged = "staged",
        /// They are read and their findings shown.
        Checked = "checked",
        /// Somebody took them.
        Accepted = "accepted",
        /// Somebody refused them.
        Rejected = "rejected",
    }
}

impl LoadState {
    /// Whether somebody has decided.
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Accepted | Self::Rejected)
    }
}

/// A load that begins; whoever the entry names loads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLoad {
    /// Financial year.
    pub year: FinancialYear,
    /// What people call it, such as `Month 7`.
    pub label: String,
    /// Folder of its files, relative to the application's.
    pub folder: String,
}

/// A decision on a load that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Take it.
    Accept,
    /// Refuse it.
    Reject,
}

/// A load as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Reference.
    pub id: LoadId,
    /// What was loaded.
    pub loaded: NewLoad,
    /// Where it stands.
    pub state: LoadState,
    /// The job that checked it.
    pub job: Option<JobId>,
    /// Who loaded it.
    pub loaded_by: String,
    /// When.
    pub loaded_at: Timestamp,
    /// Who decided on it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
    /// What the check found.
    pub summary: Option<serde_json::Value>,
    /// Goes up with each change.
    pub version: i64,
}

/// Begins a load.
///
/// # Errors
/// If label or folder are missing.
pub async fn stage(tx: &mut Tx, new: &NewLoad, entry: &Entry) -> Result<LoadId> {
    filled("the label", &new.label)?;
    filled("the folder", &new.folder)?;
    let id = LoadId::random()?;
    sqlx::query(
        "INSERT INTO data_load (id, year, label, folder, state, loaded_by, loaded_at, version)
         VALUES ($1, $2, $3, $4, 'staged', $5, $6, 1)",
    )
    .bind(id.as_str())
    .bind(new.year.to_string())
    .bind(new.label.trim())
    .bind(new.folder.as_str())
    .bind(entry.actor.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await?;
    audit::append(tx, &entry.of("load.stage", format!("load/{id} {}", new.year))).await?;
    Ok(id)
}

/// Writes down which job checks a load.
///
/// # Errors
/// If the load was decided on, or there is none.
pub async fn checking(tx: &mut Tx, id: &LoadId, job: &JobId, entry: &Entry) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE data_load SET job = $1, version = version + 1
         WHERE id = $2 AND state IN ('staged', 'checked')",
    )
    .bind(job.as_str())
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    must_have_moved(tx, changed.rows_affected(), id, "checked").await?;
    audit::append(tx, &entry.of("load.check", format!("load/{id} job/{job}"))).await?;
    Ok(())
}

/// Writes down what the check found.
///
/// # Errors
/// If the load was decided on, or there is none.
pub async fn checked(
    tx: &mut Tx,
    id: &LoadId,
    summary: &serde_json::Value,
    entry: &Entry,
) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE data_load SET state = 'checked', summary = $1, version = version + 1
         WHERE id = $2 AND state IN ('staged', 'checked')",
    )
    .bind(summary.to_string())
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    must_have_moved(tx, changed.rows_affected(), id, "checked").await?;
    audit::append(tx, &entry.of("load.checked", format!("load/{id}"))).await?;
    Ok(())
}

/// Decides on a load that was seen at a version, with a reason. What was not checked can be
/// rejected, never accepted.
///
/// # Errors
/// If somebody else changed it since, the reason is missing, or it was decided on.
pub async fn decide(
    tx: &mut Tx,
    id: &LoadId,
    (decision, reason): (Decision, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let reason = filled("the reason", reason)?;
    let load = get(tx, id).await?;
    if load.version != seen {
        let what = format!("load {}", load.loaded.label);
        return Err(Error::Stale { what, yours: seen, current: load.version });
    }
    let to = match decision {
        Decision::Accept => LoadState::Accepted,
        Decision::Reject => LoadState::Rejected,
    };
    let is_move = match load.state {
        LoadState::Staged => decision == Decision::Reject,
        LoadState::Checked => true,
        LoadState::Accepted | LoadState::Rejected => false,
    };
    if !is_move {
        return must_have_moved(tx, 0, id, to.as_str()).await;
    }
    sqlx::query(
        "UPDATE data_load SET state = $1, decided_by = $2, decided_at = $3, reason = $4,
             version = version + 1
         WHERE id = $5",
    )
    .bind(to.as_str())
    .bind(entry.actor.as_str())
    .bind(entry.at.as_microsecond())
    .bind(reason)
    .bind(id.as_str())
    .execute(&mut **tx)
    .await?;
    let entry = entry.of("load.decide", format!("load/{id} {to}")).because(reason);
    audit::append(tx, &entry).await?;
    Ok(())
}

/// One load.
///
/// # Errors
/// If there is none.
pub async fn get(db: &mut Connection, id: &LoadId) -> Result<Load> {
    let row = sqlx::query("SELECT * FROM data_load WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("load {id}")))?)
}

/// The load that a job checks, if it still does: not one that another job checks by now.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_job(db: &mut Connection, job: &JobId) -> Result<Option<Load>> {
    let row = sqlx::query("SELECT * FROM data_load WHERE job = $1")
        .bind(job.as_str())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(stored).transpose()
}

/// Loads, latest first; of one year if it is given.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, year: Option<FinancialYear>) -> Result<Vec<Load>> {
    let rows = sqlx::query(
        "SELECT * FROM data_load WHERE ($1 IS NULL OR year = $1) ORDER BY loaded_at DESC, id",
    )
    .bind(year.map(|it| it.to_string()))
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

async fn must_have_moved(tx: &mut Tx, changed: u64, id: &LoadId, to: &'static str) -> Result<()> {
    if changed == 1 {
        return Ok(());
    }
    let load = get(tx, id).await?;
    let (what, from) = (format!("load {}", load.loaded.label), load.state.to_string());
    Err(Refusal::WrongMove { what, from, to }.into())
}

fn stored(row: &AnyRow) -> Result<Load> {
    Ok(Load {
        id: LoadId::new(row.text("id")?),
        loaded: NewLoad {
            year: row.parsed("year", "financial year")?,
            label: row.text("label")?,
            folder: row.text("folder")?,
        },
        state: row.parsed("state", "state of a load")?,
        job: row.text_if("job")?.map(JobId::new),
        loaded_by: row.text("loaded_by")?,
        loaded_at: row.at("loaded_at")?,
        decided_by: row.text_if("decided_by")?,
        decided_at: row.at_if("decided_at")?,
        reason: row.text_if("reason")?,
        summary: row.json_if("summary")?,
        version: row.number("version")?,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;
    use crate::Store;
    use crate::testing::{change, error, on_both, operator};

    fn month_7() -> NewLoad {
        NewLoad {
            year: FinancialYear::beginning(2025),
            label: "Month 7".to_owned(),
            folder: "loads/1".to_owned(),
        }
    }

    #[test]
    fn a_load_is_found_by_the_job_that_checks_it() {
        on_both(|store| async move {
            let id = staged(&store).await;
            let new = crate::jobs::NewJob {
                kind: "intake".to_owned(),
                class: "engine".to_owned(),
                payload: json!({}),
                scope: "trust".to_owned(),
                idempotency_key: "k".to_owned(),
            };
            let job = change!(store, |tx| crate::jobs::enqueue(tx, &new, &operator()));
            let job = job.expect("it is queued").id;
            let mut db = store.read().await.expect("a connection");
            assert_eq!(of_job(&mut db, &job).await.expect("a read"), None);
            let (load, by) = (id.clone(), job.clone());
            change!(store, |tx| checking(tx, &load, &by, &operator())).expect("it is staged");
            let found = of_job(&mut db, &job).await.expect("a read").expect("one");
            assert_eq!((found.id, found.job), (id, Some(job)));
        });
    }

    async fn staged(store: &Store) -> LoadId {
        change!(store, |tx| async { stage(tx, &month_7(), &operator()).await }).expect("staged")
    }

    async fn is_checked(store: &Store, id: &LoadId) -> Result<()> {
        let id = id.clone();
        let summary = json!({"findings": 3});
        change!(store, |tx| checked(tx, &id, &summary, &operator()))
    }

    async fn decided(
        store: &Store,
        id: &LoadId,
        (decision, reason): (Decision, &'static str),
        seen: i64,
    ) -> Result<()> {
        let id = id.clone();
        change!(store, |tx| decide(tx, &id, (decision, reason), seen, &operator()))
    }

    async fn read(store: &Store, id: &LoadId) -> Load {
        get(&mut store.read().await.expect("a connection"), id).await.expect("it is there")
    }

    #[test]
    fn a_load_is_staged_checked_and_accepted_with_a_reason() {
        on_both(|store| async move {
            let id = staged(&store).await;
            is_checked(&store, &id).await.expect("it is staged");
            let load = read(&store, &id).await;
            assert_eq!((load.loaded, load.version), (month_7(), 2));
            assert_eq!(load.summary, Some(json!({"findings": 3})));
            expect!["the reason is missing"]
                .assert_eq(&error(decided(&store, &id, (Decision::Accept, " "), 2).await));
            decided(&store, &id, (Decision::Accept, "known fault"), 2).await.expect("checked");
            let load = read(&store, &id).await;
            assert_eq!(
                (load.state, load.decided_by),
                (LoadState::Accepted, Some("operator".into()))
            );
            assert_eq!(load.reason.as_deref(), Some("known fault"));

            let mut db = store.read().await.expect("a connection");
            let mut of = async |year: i32| {
                let year = FinancialYear::beginning(year);
                list(&mut db, Some(year)).await.expect("a read").len()
            };
            assert_eq!((of(2024).await, of(2025).await), (0, 1));
        });
    }

    #[test]
    fn whoever_decides_on_what_was_changed_since_is_told() {
        on_both(|store| async move {
            let id = staged(&store).await;
            is_checked(&store, &id).await.expect("it is staged");
            is_checked(&store, &id).await.expect("it is checked anew");
            expect!["load Month 7 was changed by somebody else: you edited version 2, it is at 3"]
                .assert_eq(&error(decided(&store, &id, (Decision::Accept, "good"), 2).await));
            assert_eq!(read(&store, &id).await.state, LoadState::Checked);
        });
    }

    #[test]
    fn wrong_moves_are_refused() {
        on_both(|store| async move {
            let id = staged(&store).await;
            expect!["load Month 7 is staged and cannot be accepted"]
                .assert_eq(&error(decided(&store, &id, (Decision::Accept, "good"), 1).await));
            decided(&store, &id, (Decision::Reject, "wrong files"), 1).await.expect("rejected");
            expect!["load Month 7 is rejected and cannot be checked"]
                .assert_eq(&error(is_checked(&store, &id).await));
            expect!["load Month 7 is rejected and cannot be accepted"]
                .assert_eq(&error(decided(&store, &id, (Decision::Accept, "good"), 2).await));
            let job = JobId::new("none");
            let target = id.clone();
            let result = change!(store, |tx| checking(tx, &target, &job, &operator()));
            expect!["load Month 7 is rejected and cannot be checked"].assert_eq(&error(result));
        });
    }
}
