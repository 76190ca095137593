//! Values of measures, every one that was ever recorded.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{Decimal, Month};
use crate::Connection;
use crate::audit::Entry;
use crate::error::{Result, taken};
use crate::ids::{MeasureCode, PersonId, UnitCode};
use crate::row::Values as _;
use crate::writer::Tx;

/// A value to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewValue {
    /// Of which measure.
    pub measure: MeasureCode,
    /// Of which unit.
    pub unit: UnitCode,
    /// Of which month.
    pub month: Month,
    /// The count, the mean, or how many of those it is of.
    pub value: Decimal,
    /// Of how many, where the form has it.
    pub of: Option<Decimal>,
    /// Which system or report it comes from.
    pub source: String,
}

/// A value as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What was recorded.
    pub recorded: NewValue,
    /// Its number for the measure, unit and month, from 1; the latest counts.
    pub version: i64,
    /// The file that it came in; blank for none.
    pub file: String,
    /// Why it takes the place of an earlier one; blank for a first.
    pub because: String,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Timestamp,
}

impl NewValue {
    /// Whether it says the same, wherever it comes from.
    pub fn says_as(&self, other: &Self) -> bool {
        (self.value, self.of) == (other.value, other.of)
    }
}

/// What counts of values in order: of each measure, unit and month the latest version.
pub fn latest(all: &[Value]) -> Vec<&Value> {
    let mut found: Vec<&Value> = Vec::new();
    for it in all {
        match found.last() {
            Some(last) if is_of_same(last, it) => {
                found.pop();
                found.push(it);
            }
            _ => found.push(it),
        }
    }
    found
}

fn is_of_same(one: &Value, other: &Value) -> bool {
    let key =
        |it: &Value| (it.recorded.measure.clone(), it.recorded.unit.clone(), it.recorded.month);
    key(one) == key(other)
}

/// Every value of a measure, by unit, month and version.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_measure(db: &mut Connection, measure: &MeasureCode) -> Result<Vec<Value>> {
    let rows =
        sqlx::query("SELECT * FROM measure_value WHERE measure = $1 ORDER BY unit, month, version")
            .bind(measure.as_str())
            .fetch_all(db)
            .await?;
    rows.iter().map(stored).collect()
}

/// Every value of a unit, by measure, month and version.
///
/// # Errors
/// If the database cannot be read.
pub async fn of_unit(db: &mut Connection, unit: &UnitCode) -> Result<Vec<Value>> {
    let rows =
        sqlx::query("SELECT * FROM measure_value WHERE unit = $1 ORDER BY measure, month, version")
            .bind(unit.as_str())
            .fetch_all(db)
            .await?;
    rows.iter().map(stored).collect()
}

/// Every value of some measures, by measure, unit, month and version.
pub(super) async fn of_all(db: &mut Connection) -> Result<Vec<Value>> {
    let rows = sqlx::query("SELECT * FROM measure_value ORDER BY measure, unit, month, version")
        .fetch_all(db)
        .await?;
    rows.iter().map(stored).collect()
}

/// Puts a value beside the earlier ones of its month.
pub(crate) async fn put(
    tx: &mut Tx,
    new: &NewValue,
    (version, file, because): (i64, &str, &str),
    entry: &Entry,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO measure_value (measure, unit, month, version, value_e4, of_e4, source,
             file_name, because, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(new.measure.as_str())
    .bind(new.unit.as_str())
    .bind(new.month.to_string())
    .bind(version)
    .bind(new.value.e4())
    .bind(new.of.map(Decimal::e4))
    .bind(&new.source)
    .bind(file)
    .bind(because)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("value {version} of {} in {}", new.measure, new.month)))?;
    Ok(())
}

fn stored(row: &AnyRow) -> Result<Value> {
    Ok(Value {
        recorded: NewValue {
            measure: MeasureCode::new(row.text("measure")?),
            unit: UnitCode::new(row.text("unit")?),
            month: row.parsed("month", "month")?,
            value: Decimal::of_e4(row.number("value_e4")?),
            of: row.number_if("of_e4")?.map(Decimal::of_e4),
            source: row.text("source")?,
        },
        version: row.number("version")?,
        file: row.text("file_name")?,
        because: row.text("because")?,
        recorded_by: PersonId::new(row.text("recorded_by")?),
        recorded_at: row.at("recorded_at")?,
    })
}
