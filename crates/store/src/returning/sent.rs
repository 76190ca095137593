//! Returns to a collector: one confirmed level a version, and every version is kept.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{confirmed, kept, named};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Result, code, taken, unchanged};
use crate::ids::{LevelId, PersonId, ReturnId};
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// A return, as it should be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReturn {
    /// National code of the organisation.
    pub organisation: String,
    /// Year of the collection.
    pub year: i64,
    /// Who collects it.
    pub collector: String,
    /// The confirmed level to which it is locked.
    pub level: LevelId,
    /// Its file, byte by byte.
    pub csv: String,
    /// What sender and collector work out from it.
    pub receipt: String,
}

/// A return as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentReturn {
    /// Its reference.
    pub id: ReturnId,
    /// What was sent.
    pub of: NewReturn,
    /// Its number among those of the year to this collector, from 1.
    pub version: i64,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Sends a return of which so many versions of the year to this collector were seen before.
///
/// # Errors
/// If its level is not one of the trust that both leads signed, the same was sent last time,
/// something is missing, or somebody has sent another version since.
pub async fn send(tx: &mut Tx, new: &NewReturn, seen: i64, entry: &Entry) -> Result<ReturnId> {
    let organisation = code("the code of the organisation", &new.organisation)?;
    let collector = named("the collector", &new.collector)?;
    let csv = kept("the file of the return", &new.csv)?;
    confirmed(tx, &new.level).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let mut before = sent(tx).await?;
    before.retain(|it| (it.of.year, it.of.collector.as_str()) == (new.year, collector));
    let current = before.last().map_or(0, |it| it.version);
    unchanged(|| format!("the return of {}", new.year), seen, current)?;
    if before.last().is_some_and(|it| it.of.csv == csv && it.of.level == new.level) {
        return Err(Error::Duplicate(format!("version {current} of this return, with the same")));
    }
    let id = ReturnId::random()?;
    sqlx::query(
        "INSERT INTO level_return (id, organisation_code, year, collector, version, level, csv,
             receipt, sent_by, sent_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id.as_str())
    .bind(organisation)
    .bind(new.year)
    .bind(collector)
    .bind(seen + 1)
    .bind(new.level.as_str())
    .bind(csv)
    .bind(&new.receipt)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this version of the return"))?;
    let object = format!(
        "return/{id} of level/{} for {} version {}, receipt {}",
        new.level,
        new.year,
        seen + 1,
        new.receipt
    );
    audit::append(tx, &entry.of("return.send", object)).await?;
    Ok(id)
}

/// All returns that were sent, by year and collector, in order of their versions.
///
/// # Errors
/// If the database cannot be read.
pub async fn sent(db: &mut Connection) -> Result<Vec<SentReturn>> {
    let rows = sqlx::query("SELECT * FROM level_return ORDER BY year, collector, version");
    rows.fetch_all(db).await?.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<SentReturn> {
    Ok(SentReturn {
        id: ReturnId::new(row.text("id")?),
        of: NewReturn {
            organisation: row.text("organisation_code")?,
            year: row.number("year")?,
            collector: row.text("collector")?,
            level: LevelId::new(row.text("level")?),
            csv: row.text("csv")?,
            receipt: row.text("receipt")?,
        },
        version: row.number("version")?,
        by: PersonId::new(row.text("sent_by")?),
        at: row.at("sent_at")?,
    })
}
