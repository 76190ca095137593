//! Collecting levels from organisations, for a nation, a system or a group: rounds, the register of
//! who may return, the files that came, and what was published.
//!
//! Every file is kept as it came, so that whatever was made of it can be worked out again.

mod files;
mod publications;
#[cfg(test)]
mod tests;

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{self, Error, Refusal, Result, filled, taken};
use crate::ids::{PersonId, RoundId};
use crate::people;
use crate::row::{Values as _, texts};
use crate::writer::Tx;

pub use self::files::{
    Brought, NewFile, NewRegister, ReceivedFile, bring_register, files, receive, registers,
};
pub use self::publications::{Publication, Seen, publications, publish};

texts! {
    /// For whom levels are collected.
    Kind {
        /// For a nation.
        National = "national",
        /// For a system, such as an integrated care system.
        System = "system",
        /// For a group whose members have consented.
        Group = "group",
    }
}

/// A round, as it should be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRound {
    /// For whom.
    pub kind: Kind,
    /// What it is called; the same every year.
    pub name: String,
    /// The year.
    pub year: i64,
    /// The day on which organisations must be open to return.
    pub open_on: Day,
}

/// A round as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its reference.
    pub id: RoundId,
    /// What it is of.
    pub of: NewRound,
    /// Who opened it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Opens a round.
///
/// # Errors
/// If there is one of this name for the year, or its name is missing.
pub async fn open_round(tx: &mut Tx, new: &NewRound, entry: &Entry) -> Result<RoundId> {
    let name = filled("the name of the collection", &new.name)?;
    if name.chars().count() > crate::returning::NAME_LETTERS_MAX {
        return Err(Refusal::Unusable("the name of the collection").into());
    }
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let id = RoundId::random()?;
    sqlx::query(
        "INSERT INTO collection_round (id, kind, name, year, open_on, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(new.kind.as_str())
    .bind(name)
    .bind(new.year)
    .bind(new.open_on.to_string())
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("a round of this collection for {}", new.year)))?;
    let object = format!("collection/{id} {} {}", new.kind, new.year);
    audit::append(tx, &entry.of("collection.open", object)).await?;
    Ok(id)
}

/// All rounds: the latest year first, then by name.
///
/// # Errors
/// If the database cannot be read.
pub async fn rounds(db: &mut Connection) -> Result<Vec<Round>> {
    let rows = sqlx::query("SELECT * FROM collection_round ORDER BY year DESC, name, kind");
    rows.fetch_all(db).await?.iter().map(stored).collect()
}

/// One round.
///
/// # Errors
/// If there is none with this reference.
pub async fn round(db: &mut Connection, id: &RoundId) -> Result<Round> {
    let row = sqlx::query("SELECT * FROM collection_round WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("collection {id}")))?)
}

fn stored(row: &AnyRow) -> Result<Round> {
    Ok(Round {
        id: RoundId::new(row.text("id")?),
        of: NewRound {
            kind: row.parsed("kind", "kind of collection")?,
            name: row.text("name")?,
            year: row.number("year")?,
            open_on: row.day("open_on")?,
        },
        by: PersonId::new(row.text("opened_by")?),
        at: row.at("opened_at")?,
    })
}

/// Refuses a change of a round that somebody has changed since it was seen.
fn unchanged(what: &str, seen: i64, current: usize) -> Result<i64> {
    let current = i64::try_from(current).unwrap_or(i64::MAX);
    error::unchanged(|| what.to_owned(), seen, current)?;
    Ok(seen + 1)
}
