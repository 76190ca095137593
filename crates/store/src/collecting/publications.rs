//! What was published of a round: a snapshot that never changes, whatever comes later.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{files, registers, round, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, taken};
use crate::ids::{PersonId, RoundId};
use crate::people;
use crate::returning::kept;
use crate::row::Values as _;
use crate::writer::Tx;

/// A publication as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Its number for the round, from 1.
    pub number: i64,
    /// Everything that is shown of it, as JSON.
    pub snapshot: String,
    /// Who published it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// How much of a round was seen when its table was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Publications.
    pub publications: i64,
    /// Registers.
    pub registers: i64,
    /// Files of returns.
    pub files: i64,
}

/// Publishes a snapshot of a round.
///
/// # Errors
/// If there is no such round, the snapshot is empty, or the round has changed since it was seen.
pub async fn publish(
    tx: &mut Tx,
    id: &RoundId,
    snapshot: &str,
    seen: Seen,
    entry: &Entry,
) -> Result<()> {
    round(tx, id).await?;
    let snapshot = kept("what is published", snapshot)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    unchanged("the register", seen.registers, registers(tx, id).await?.len())?;
    unchanged("what has been received", seen.files, files(tx, id).await?.len())?;
    let before = publications(tx, id).await?.len();
    let number = unchanged("what is published", seen.publications, before)?;
    sqlx::query(
        "INSERT INTO collection_publication (round, number, snapshot, published_by, published_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(snapshot)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this publication"))?;
    let object = format!("collection/{id} publication {number}");
    audit::append(tx, &entry.of("collection.publish", object)).await?;
    Ok(())
}

/// What was published of a round, in order.
///
/// # Errors
/// If the database cannot be read.
pub async fn publications(db: &mut Connection, id: &RoundId) -> Result<Vec<Publication>> {
    let rows = sqlx::query("SELECT * FROM collection_publication WHERE round = $1 ORDER BY number");
    let one = |row: &AnyRow| {
        Ok(Publication {
            number: row.number("number")?,
            snapshot: row.text("snapshot")?,
            by: PersonId::new(row.text("published_by")?),
            at: row.at("published_at")?,
        })
    };
    rows.bind(id.as_str()).fetch_all(db).await?.iter().map(one).collect()
}
