//! Versions of the model: each change a new one, with author and reason; one in force at a time.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, filled};
use crate::row::{Values as _, texts};
use crate::writer::Tx;

texts! {
    /// Where a version stands.
    VersionState {
        /// Somebody works on it.
        Draft = "draft",
        /// Costings use it.
        InForce = "in_force",
        /// Nothing in it changes any more.
        Locked = "locked",
    }
}

/// A draft to be written down; whoever the entry names is its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    /// Its folder, relative to the application's.
    pub folder: String,
    /// The version that it was made from.
    pub parent: Option<i64>,
    /// Why it was made.
    pub reason: String,
    /// Hash of the folder's content.
    pub hash: String,
}

/// A version as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVersion {
    /// From 1 without a gap.
    pub number: i64,
    /// What was written down.
    pub made: NewVersion,
    /// Its author.
    pub author: String,
    /// When it was written down.
    pub at: Timestamp,
    /// Where it stands.
    pub state: VersionState,
}

/// Writes a draft down; its number.
///
/// # Errors
/// If folder, reason or hash are missing, or there is no such parent.
pub async fn draft(tx: &mut Tx, new: &NewVersion, entry: &Entry) -> Result<i64> {
    filled("the folder", &new.folder)?;
    filled("the reason", &new.reason)?;
    filled("the hash", &new.hash)?;
    if let Some(parent) = new.parent {
        get(tx, parent).await?;
    }
    let row = sqlx::query("SELECT COALESCE(MAX(number), 0) + 1 AS next FROM model_version")
        .fetch_one(&mut **tx)
        .await?;
    let number = row.number("next")?;
    sqlx::query(
        "INSERT INTO model_version (number, folder, parent, author, reason, at, hash, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft')",
    )
    .bind(number)
    .bind(new.folder.as_str())
    .bind(new.parent)
    .bind(entry.actor.as_str())
    .bind(new.reason.trim())
    .bind(entry.at.as_microsecond())
    .bind(new.hash.as_str())
    .execute(&mut **tx)
    .await
    .map_err(crate::error::taken("a model version of this number"))?;
    let entry = entry.of("model.draft", object(number)).because(new.reason.as_str());
    audit::append(tx, &entry).await?;
    Ok(number)
}

/// Puts a draft in force and locks the version before it. It must have been made from the version
/// in force, so that nobody's change is lost.
///
/// # Errors
/// If it is no draft, or another version has come into force since it was made.
pub async fn put_in_force(tx: &mut Tx, number: i64, entry: &Entry) -> Result<()> {
    let draft = get(tx, number).await?;
    if draft.state != VersionState::Draft {
        return Err(wrong_move(&draft, VersionState::InForce));
    }
    let in_force = current(tx).await?.map(|it| it.number);
    let parent = draft.made.parent;
    if parent != in_force {
        return Err(Refusal::NotFromTheVersionInForce { parent, in_force }.into());
    }
    sqlx::query("UPDATE model_version SET state = 'locked' WHERE state = 'in_force'")
        .execute(&mut **tx)
        .await?;
    set(tx, number, VersionState::InForce).await?;
    audit::append(tx, &entry.of("model.in_force", object(number))).await?;
    Ok(())
}

/// Locks the version in force: it stays the one that costings use until another comes into force.
///
/// # Errors
/// If it is not in force.
pub async fn lock(tx: &mut Tx, number: i64, entry: &Entry) -> Result<()> {
    let version = get(tx, number).await?;
    if version.state != VersionState::InForce {
        return Err(wrong_move(&version, VersionState::Locked));
    }
    set(tx, number, VersionState::Locked).await?;
    audit::append(tx, &entry.of("model.lock", object(number))).await?;
    Ok(())
}

/// One version.
///
/// # Errors
/// If there is none.
pub async fn get(db: &mut Connection, number: i64) -> Result<ModelVersion> {
    let row = sqlx::query("SELECT * FROM model_version WHERE number = $1")
        .bind(number)
        .fetch_optional(db)
        .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("model version {number}")))?)
}

/// The version that costings use: the latest that came into force, locked or not.
///
/// # Errors
/// If the database cannot be read.
pub async fn current(db: &mut Connection) -> Result<Option<ModelVersion>> {
    // A draft comes into force only from the version in force, so numbers go up.
    let row = sqlx::query(
        "SELECT * FROM model_version WHERE state <> 'draft' ORDER BY number DESC LIMIT 1",
    )
    .fetch_optional(db)
    .await?;
    row.as_ref().map(stored).transpose()
}

/// All versions, latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<ModelVersion>> {
    let rows =
        sqlx::query("SELECT * FROM model_version ORDER BY number DESC").fetch_all(db).await?;
    rows.iter().map(stored).collect()
}

async fn set(tx: &mut Tx, number: i64, state: VersionState) -> Result<()> {
    sqlx::query("UPDATE model_version SET state = $1 WHERE number = $2")
        .bind(state.as_str())
        .bind(number)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn wrong_move(version: &ModelVersion, to: VersionState) -> Error {
    let (what, from) = (format!("model version {}", version.number), version.state.to_string());
    Refusal::WrongMove { what, from, to: to.as_str() }.into()
}

fn object(number: i64) -> String {
    format!("model/{number}")
}

fn stored(row: &AnyRow) -> Result<ModelVersion> {
    Ok(ModelVersion {
        number: row.number("number")?,
        made: NewVersion {
            folder: row.text("folder")?,
            parent: row.number_if("parent")?,
            reason: row.text("reason")?,
            hash: row.text("hash")?,
        },
        author: row.text("author")?,
        at: row.at("at")?,
        state: row.parsed("state", "state of a model version")?,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::Store;
    use crate::testing::{change, error, on_both, operator};

    async fn drafted(store: &Store, parent: Option<i64>) -> Result<i64> {
        let new = NewVersion {
            folder: "models/x".to_owned(),
            parent,
            reason: "new cost centre".to_owned(),
            hash: "00ff".to_owned(),
        };
        change!(store, |tx| draft(tx, &new, &operator()))
    }

    async fn in_force(store: &Store, number: i64) -> Result<()> {
        change!(store, |tx| put_in_force(tx, number, &operator()))
    }

    async fn shown(store: &Store) -> String {
        let mut db = store.read().await.expect("a connection");
        let versions = list(&mut db).await.expect("a read");
        let current = current(&mut db).await.expect("a read").map(|it| it.number);
        let line = |it: &ModelVersion| {
            let mark = if current == Some(it.number) { " current" } else { "" };
            format!("{} {}{mark}\n", it.number, it.state)
        };
        versions.iter().map(line).collect()
    }

    #[test]
    fn a_draft_comes_into_force_and_locks_the_one_before() {
        on_both(|store| async move {
            assert_eq!(drafted(&store, None).await.expect("the first"), 1);
            assert_eq!(shown(&store).await, "1 draft\n");
            in_force(&store, 1).await.expect("nothing is in force");
            assert_eq!(drafted(&store, Some(1)).await.expect("from 1"), 2);
            in_force(&store, 2).await.expect("from the one in force");
            assert_eq!(shown(&store).await, "2 in_force current\n1 locked\n");
            change!(store, |tx| lock(tx, 2, &operator())).expect("it is in force");
            assert_eq!(shown(&store).await, "2 locked current\n1 locked\n");
            // A locked version stays the one in use, and drafts are made from it.
            assert_eq!(drafted(&store, Some(2)).await.expect("from 2"), 3);
            in_force(&store, 3).await.expect("from the one in use");
            assert_eq!(shown(&store).await, "3 in_force current\n2 locked\n1 locked\n");
        });
    }

    #[test]
    fn of_two_drafts_from_one_version_the_second_is_told() {
        on_both(|store| async move {
            drafted(&store, None).await.expect("the first");
            in_force(&store, 1).await.expect("nothing is in force");
            drafted(&store, Some(1)).await.expect("from 1");
            drafted(&store, Some(1)).await.expect("from 1");
            in_force(&store, 3).await.expect("from the one in force");
            expect![
                "the draft was made from model version 1, but 3 is in force: make it again from \
                 there"
            ]
            .assert_eq(&error(in_force(&store, 2).await));
            assert_eq!(shown(&store).await, "3 in_force current\n2 draft\n1 locked\n");
        });
    }

    #[test]
    fn wrong_moves_and_parents_are_refused() {
        on_both(|store| async move {
            expect!["there is no model version 9"]
                .assert_eq(&error(drafted(&store, Some(9)).await));
            drafted(&store, None).await.expect("the first");
            let result = change!(store, |tx| lock(tx, 1, &operator()));
            expect!["model version 1 is draft and cannot be locked"].assert_eq(&error(result));
            in_force(&store, 1).await.expect("nothing is in force");
            expect!["model version 1 is in_force and cannot be in_force"]
                .assert_eq(&error(in_force(&store, 1).await));
        });
    }
}
