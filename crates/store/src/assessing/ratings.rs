//! What clinicians and finance say of each step, and what they agree on.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{Rating, Side, open_one, said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, code, taken};
use crate::ids::{AssessmentId, PersonId};
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// A rating, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRating {
    /// Code of the step.
    pub step: String,
    /// As whom it is rated.
    pub side: Side,
    /// How far it is so.
    pub rating: Rating,
    /// In the words of who rates; may be blank.
    pub words: String,
}

/// A rating as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRating {
    /// What was said.
    pub said: NewRating,
    /// Who said it.
    pub rater: PersonId,
    /// When.
    pub at: Timestamp,
}

/// What both agree on for a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Code of the step.
    pub step: String,
    /// Its number for the step, from 1.
    pub number: i64,
    /// How far it is so.
    pub rating: Rating,
    /// Why; blank where there was nothing to settle.
    pub because: String,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Records what somebody says of a step; what they said before stays, and counts no more.
///
/// # Errors
/// If the assessment is closed, the words are too long, or the rater is not there.
pub async fn rate(
    tx: &mut Tx,
    assessment: &AssessmentId,
    new: &NewRating,
    entry: &Entry,
) -> Result<()> {
    let step = code("the step", &new.step)?;
    let words = short("what you say of it", &new.words)?;
    let of = open_one(tx, assessment).await?;
    let rater = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let number = next(tx, "step_rating", (assessment, step)).await?;
    sqlx::query(
        "INSERT INTO step_rating (assessment, step, number, side, rater, rating, words, rated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(assessment.as_str())
    .bind(step)
    .bind(number)
    .bind(new.side.as_str())
    .bind(rater.as_str())
    .bind(new.rating.as_str())
    .bind(words)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("rating {number} of step {step}")))?;
    let object = format!("assessment/{assessment} of {} step {step}", of.unit);
    audit::append(tx, &entry.of("assessment.rate", object)).await?;
    Ok(())
}

/// Records what both agree on for a step, in place of the number that was seen: 0 where there was
/// none.
///
/// # Errors
/// If the assessment is closed, the reason is too long, it is needed and missing, or somebody has
/// recorded something since.
pub async fn agree(
    tx: &mut Tx,
    assessment: &AssessmentId,
    (step, rating, because): (&str, Rating, &str),
    (seen, needs_reason): (i64, bool),
    entry: &Entry,
) -> Result<()> {
    let step = code("the step", step)?;
    let because =
        if needs_reason { said("the reason", because)? } else { short("the reason", because)? };
    let of = open_one(tx, assessment).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let number = next(tx, "step_agreed", (assessment, step)).await?;
    unchanged(|| format!("what is agreed on step {step}"), seen, number - 1)?;
    sqlx::query(
        "INSERT INTO step_agreed (assessment, step, number, rating, because, agreed_by, agreed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(assessment.as_str())
    .bind(step)
    .bind(number)
    .bind(rating.as_str())
    .bind(because)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("what is agreed on step {step}")))?;
    let object = format!("assessment/{assessment} of {} step {step} {rating}", of.unit);
    audit::append(tx, &entry.of("assessment.agree", object)).await?;
    Ok(())
}

async fn next(
    tx: &mut Tx,
    table: &'static str,
    (assessment, step): (&AssessmentId, &str),
) -> Result<i64> {
    let sql = match table {
        "step_rating" => {
            "SELECT COUNT(*) AS n FROM step_rating WHERE assessment = $1 AND step = $2"
        }
        _ => "SELECT COUNT(*) AS n FROM step_agreed WHERE assessment = $1 AND step = $2",
    };
    let row = sqlx::query(sql).bind(assessment.as_str()).bind(step).fetch_one(&mut **tx).await?;
    Ok(row.number("n")? + 1)
}

/// What everybody said last of each step until an instant, by step and then in the order in which
/// it was said.
///
/// # Errors
/// If the database cannot be read.
pub async fn ratings(
    db: &mut Connection,
    assessment: &AssessmentId,
    until: Timestamp,
) -> Result<Vec<StepRating>> {
    let rows = sqlx::query(
        "SELECT r.* FROM step_rating r
         WHERE r.assessment = $1 AND r.rated_at <= $2 AND NOT EXISTS (
             SELECT 1 FROM step_rating l
             WHERE l.assessment = r.assessment AND l.step = r.step AND l.rater = r.rater
               AND l.side = r.side AND l.number > r.number AND l.rated_at <= $2)
         ORDER BY r.step, r.number",
    )
    .bind(assessment.as_str())
    .bind(until.as_microsecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(rated).collect()
}

/// What is agreed on each step until an instant, by step.
///
/// # Errors
/// If the database cannot be read.
pub async fn agreed(
    db: &mut Connection,
    assessment: &AssessmentId,
    until: Timestamp,
) -> Result<Vec<Agreed>> {
    let rows = sqlx::query(
        "SELECT a.* FROM step_agreed a
         WHERE a.assessment = $1 AND a.agreed_at <= $2 AND NOT EXISTS (
             SELECT 1 FROM step_agreed l
             WHERE l.assessment = a.assessment AND l.step = a.step AND l.number > a.number
               AND l.agreed_at <= $2)
         ORDER BY a.step",
    )
    .bind(assessment.as_str())
    .bind(until.as_microsecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(settled).collect()
}

fn rated(row: &AnyRow) -> Result<StepRating> {
    Ok(StepRating {
        said: NewRating {
            step: row.text("step")?,
            side: row.parsed("side", "side")?,
            rating: row.parsed("rating", "rating")?,
            words: row.text("words")?,
        },
        rater: PersonId::new(row.text("rater")?),
        at: row.at("rated_at")?,
    })
}

fn settled(row: &AnyRow) -> Result<Agreed> {
    Ok(Agreed {
        step: row.text("step")?,
        number: row.number("number")?,
        rating: row.parsed("rating", "rating")?,
        because: row.text("because")?,
        by: PersonId::new(row.text("agreed_by")?),
        at: row.at("agreed_at")?,
    })
}
