//! Scores of how good the costing is, by measure and period: who judged it, when, and against what.
//! A score that was entered wrongly is entered again; both stay, and the later one counts.

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Refusal, Result, code, taken};
use crate::ids::PersonId;
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// Tenths of a percent that a score may have at most.
const WHOLE: i64 = 1_000;

/// A score, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewScore {
    /// What was scored, such as `MAQS`.
    pub measure: String,
    /// Which period, such as `2025-26`.
    pub period: String,
    /// Tenths of a percent.
    pub score_tenths: i64,
    /// What was aimed for, in tenths of a percent.
    pub target_tenths: Option<i64>,
    /// With what it was compared; blank for nothing.
    pub benchmark: String,
    /// Who judged it.
    pub assessor: String,
    /// When.
    pub assessed_on: Day,
}

/// A score as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// What was recorded.
    pub of: NewScore,
    /// How often it was entered.
    pub number: i64,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded_at: Timestamp,
}

/// Records a score that was entered so many times before.
///
/// # Errors
/// If something is missing or too long, it is no percentage, or somebody has entered it since.
pub async fn record_score(tx: &mut Tx, new: &NewScore, seen: i64, entry: &Entry) -> Result<()> {
    let measure = code("what was scored", &new.measure)?;
    let period = code("the period", &new.period)?;
    let is_percent = |it: i64| (0..=WHOLE).contains(&it);
    if !is_percent(new.score_tenths) || !new.target_tenths.is_none_or(is_percent) {
        return Err(Refusal::Unusable("the score").into());
    }
    let benchmark = short("with what it was compared", &new.benchmark)?;
    let assessor = said("who judged it", &new.assessor)?;
    let number = sqlx::query(
        "SELECT COALESCE(MAX(number), 0) AS number FROM costing_quality
         WHERE measure = $1 AND period = $2",
    )
    .bind(measure)
    .bind(period)
    .fetch_one(&mut **tx)
    .await?
    .number("number")?;
    unchanged(|| format!("{measure} of {period}"), seen, number)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    sqlx::query(
        "INSERT INTO costing_quality (measure, period, number, score_tenths, target_tenths,
             benchmark, assessor, assessed_on, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(measure)
    .bind(period)
    .bind(number + 1)
    .bind(new.score_tenths)
    .bind(new.target_tenths)
    .bind(benchmark)
    .bind(assessor)
    .bind(new.assessed_on.to_string())
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("entry {} of {measure} of {period}", number + 1)))?;
    audit::append(tx, &entry.of("costing_quality.record", format!("{measure} of {period}")))
        .await?;
    Ok(())
}

/// Scores that count, by measure and period in order.
///
/// # Errors
/// If the database cannot be read.
pub async fn scores(db: &mut Connection) -> Result<Vec<Score>> {
    let rows = sqlx::query("SELECT * FROM costing_quality ORDER BY measure, period, number");
    let mut found: Vec<Score> = Vec::new();
    for row in rows.fetch_all(db).await? {
        let score = stored(&row)?;
        let same =
            |it: &&mut Score| it.of.measure == score.of.measure && it.of.period == score.of.period;
        match found.last_mut().filter(same) {
            Some(before) => *before = score,
            None => found.push(score),
        }
    }
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<Score> {
    Ok(Score {
        of: NewScore {
            measure: row.text("measure")?,
            period: row.text("period")?,
            score_tenths: row.number("score_tenths")?,
            target_tenths: row.number_if("target_tenths")?,
            benchmark: row.text("benchmark")?,
            assessor: row.text("assessor")?,
            assessed_on: row.day("assessed_on")?,
        },
        number: row.number("number")?,
        recorded_by: PersonId::new(row.text("recorded_by")?),
        recorded_at: row.at("recorded_at")?,
    })
}
