//! Whose practice a sit-down is about, as those who take part named it: by the keyed reference that
//! runs have.

use jiff::Timestamp;

use super::open_one;
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, code, taken, unchanged};
use crate::ids::{PersonId, ReviewId};
use crate::row::Values as _;
use crate::writer::Tx;

/// Whose practice a sit-down is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consultant {
    /// How often it was named until then, from 1.
    pub number: i64,
    /// The keyed reference of the consultant in runs; never shown.
    pub reference: String,
    /// Who named it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Names whose practice a sit-down is about. What was named before stays on record.
///
/// # Errors
/// If there is no such review, it is finished, or somebody has named another since.
pub async fn name_consultant(
    tx: &mut Tx,
    id: &ReviewId,
    reference: &str,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let reference = code("the consultant", reference)?;
    open_one(tx, id).await?;
    let current = consultant(tx, id).await?.map_or(0, |it| it.number);
    unchanged(|| "whose practice this sit-down is about".to_owned(), seen, current)?;
    sqlx::query(
        "INSERT INTO sit_down_consultant (review, number, consultant, named_by, named_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(seen + 1)
    .bind(reference)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("whose practice this sit-down is about"))?;
    // A consultant is named in no audit row.
    let object = format!("review/{id} consultant {}", seen + 1);
    audit::append(tx, &entry.of("sit_down.name", object)).await?;
    Ok(())
}

/// Whose practice a sit-down is about, if anybody named it.
///
/// # Errors
/// If the database cannot be read.
pub async fn consultant(db: &mut Connection, id: &ReviewId) -> Result<Option<Consultant>> {
    let row = sqlx::query(
        "SELECT number, consultant, named_by, named_at FROM sit_down_consultant
         WHERE review = $1 ORDER BY number DESC LIMIT 1",
    )
    .bind(id.as_str())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Consultant {
        number: row.number("number")?,
        reference: row.text("consultant")?,
        by: PersonId::new(row.text("named_by")?),
        at: row.at("named_at")?,
    }))
}
