//! How many different people looked behind the figures of a unit in a month, and never who.
//!
//! While a month runs, one mark stands for each person and unit: a hash under a salt of that month,
//! which comes here sealed with a key that is not in this database. When it has ended, only the count
//! stays, and only where enough people make it up; marks and salt are deleted, so that nobody can
//! say any more whose they were. Looking at figures leaves no record of its own in the audit.

use crate::audit::{self, Entry};
use crate::error::{Result, code, taken};
use crate::ids::UnitCode;
use crate::measures::Month;
use crate::row::Values as _;
use crate::writer::Tx;
use crate::{Connection, units};

/// How many people looked behind the figures of a unit in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseCount {
    /// The unit.
    pub unit: UnitCode,
    /// The month, which has ended.
    pub month: Month,
    /// Different people.
    pub people: i64,
}

/// The sealed salt of a month; none before anybody needed it, and after it has ended.
///
/// # Errors
/// If the database cannot be read.
pub async fn salt(db: &mut Connection, month: Month) -> Result<Option<String>> {
    let row = sqlx::query("SELECT salt FROM use_month WHERE month = $1").bind(month.to_string());
    row.fetch_optional(db).await?.map(|it| it.text("salt")).transpose()
}

/// The sealed salt of a month: the one that is there, else this one.
///
/// # Errors
/// If the database cannot be written.
pub async fn begin(tx: &mut Tx, month: Month, sealed: &str) -> Result<String> {
    if let Some(found) = salt(tx, month).await? {
        return Ok(found);
    }
    sqlx::query("INSERT INTO use_month (month, salt) VALUES ($1, $2)")
        .bind(month.to_string())
        .bind(code("the salt", sealed)?)
        .execute(&mut **tx)
        .await
        .map_err(taken("a salt of this month"))?;
    Ok(sealed.to_owned())
}

/// Whether a mark is there.
///
/// # Errors
/// If the database cannot be read.
pub async fn is_marked(
    db: &mut Connection,
    (unit, month): (&UnitCode, Month),
    mark: &str,
) -> Result<bool> {
    let row =
        sqlx::query("SELECT 1 AS one FROM use_mark WHERE unit = $1 AND month = $2 AND mark = $3")
            .bind(unit.as_str())
            .bind(month.to_string())
            .bind(mark);
    Ok(row.fetch_optional(db).await?.is_some())
}

/// Leaves a mark, once.
///
/// # Errors
/// If there is no such unit, or the month has not begun or has ended.
pub async fn mark(tx: &mut Tx, (unit, month): (&UnitCode, Month), mark: &str) -> Result<()> {
    if is_marked(tx, (unit, month), mark).await? {
        return Ok(());
    }
    units::get(tx, unit).await?;
    sqlx::query("INSERT INTO use_mark (unit, month, mark) VALUES ($1, $2, $3)")
        .bind(unit.as_str())
        .bind(month.to_string())
        .bind(code("the mark", mark)?)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Months that have ended and still have their marks.
///
/// # Errors
/// If the database cannot be read.
pub async fn ended(db: &mut Connection, now: Month) -> Result<Vec<Month>> {
    let rows = sqlx::query("SELECT month FROM use_month WHERE month < $1 ORDER BY month")
        .bind(now.to_string());
    rows.fetch_all(db).await?.iter().map(|it| it.parsed("month", "month")).collect()
}

/// Ends all months before this one: what at least so many people make up is kept as a count, and
/// marks and salts go.
///
/// # Errors
/// If the database cannot be written.
pub async fn end(tx: &mut Tx, (now, fewest): (Month, i64), entry: &Entry) -> Result<()> {
    for month in ended(tx, now).await? {
        let month = month.to_string();
        sqlx::query(
            "INSERT INTO use_count (unit, month, people)
             SELECT unit, month, COUNT(*) FROM use_mark WHERE month = $1
             GROUP BY unit, month HAVING COUNT(*) >= $2",
        )
        .bind(&month)
        .bind(fewest)
        .execute(&mut **tx)
        .await?;
        for sql in
            ["DELETE FROM use_mark WHERE month = $1", "DELETE FROM use_month WHERE month = $1"]
        {
            sqlx::query(sql).bind(&month).execute(&mut **tx).await?;
        }
        audit::append(tx, &entry.of("use_count.end", format!("month {month}"))).await?;
    }
    Ok(())
}

/// Counts of a unit, the latest month first.
///
/// # Errors
/// If the database cannot be read.
pub async fn counts(db: &mut Connection, unit: &UnitCode) -> Result<Vec<UseCount>> {
    let rows = sqlx::query("SELECT * FROM use_count WHERE unit = $1 ORDER BY month DESC")
        .bind(unit.as_str());
    let rows = rows.fetch_all(db).await?;
    let count = |row: &sqlx::any::AnyRow| {
        Ok(UseCount {
            unit: UnitCode::new(row.text("unit")?),
            month: row.parsed("month", "month")?,
            people: row.number("people")?,
        })
    };
    rows.iter().map(count).collect()
}

#[cfg(test)]
mod tests;
