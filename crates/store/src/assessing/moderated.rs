//! What a peer assessor or an internal auditor makes of a step, beside what the unit says itself. It
//! replaces no rating, and no level rests on it.

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{Rating, open_one, said};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Result, code, taken};
use crate::ids::{AssessmentId, PersonId};
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// A moderated rating as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderated {
    /// Code of the step.
    pub step: String,
    /// How far it is so.
    pub rating: Rating,
    /// What it rests on.
    pub words: String,
    /// Who moderated it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Records what somebody from outside the unit makes of a step; what was said before stays, and the
/// latest is shown.
///
/// # Errors
/// If the assessment is closed, the words are missing, or the person is not there.
pub async fn moderate(
    tx: &mut Tx,
    assessment: &AssessmentId,
    (step, rating, words): (&str, Rating, &str),
    entry: &Entry,
) -> Result<()> {
    let step = code("the step", step)?;
    let words = said("what it rests on", words)?;
    let of = open_one(tx, assessment).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM moderated_rating WHERE assessment = $1 AND step = $2",
    );
    let row = row.bind(assessment.as_str()).bind(step).fetch_one(&mut **tx).await?;
    let number = row.number("n")? + 1;
    sqlx::query(
        "INSERT INTO moderated_rating (assessment, step, number, rating, words, moderated_by,
             moderated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(assessment.as_str())
    .bind(step)
    .bind(number)
    .bind(rating.as_str())
    .bind(words)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("moderated rating {number} of step {step}")))?;
    let object = format!("assessment/{assessment} of {} step {step}", of.unit);
    audit::append(tx, &entry.of("assessment.moderate", object)).await?;
    Ok(())
}

/// The latest moderated rating of each step until an instant, by step.
///
/// # Errors
/// If the database cannot be read.
pub async fn all(
    db: &mut Connection,
    assessment: &AssessmentId,
    until: Timestamp,
) -> Result<Vec<Moderated>> {
    let rows = sqlx::query(
        "SELECT m.* FROM moderated_rating m
         WHERE m.assessment = $1 AND m.moderated_at <= $2 AND NOT EXISTS (
             SELECT 1 FROM moderated_rating l
             WHERE l.assessment = m.assessment AND l.step = m.step AND l.number > m.number
               AND l.moderated_at <= $2)
         ORDER BY m.step",
    )
    .bind(assessment.as_str())
    .bind(until.as_microsecond())
    .fetch_all(db)
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<Moderated> {
    Ok(Moderated {
        step: row.text("step")?,
        rating: row.parsed("rating", "rating")?,
        words: row.text("words")?,
        by: PersonId::new(row.text("moderated_by")?),
        at: row.at("moderated_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnitCode;
    use crate::assessing::{open, ratings};
    use crate::testing::{add_person, add_unit, at, by, change, error, on_both};

    #[test]
    fn the_latest_moderated_rating_is_shown_and_replaces_no_rating() {
        on_both(|store| async move {
            add_unit(&store, "HIP", None).await.expect("a unit");
            let ines = add_person(&store, "Ines").await;
            let (unit, entry) = (UnitCode::new("HIP"), by(&ines));
            let id = change!(store, |tx| open(tx, &unit, "2013", &entry)).expect("opened");
            let says = |rating: Rating, words: &'static str, seconds: i64| {
                let (store, id) = (store.clone(), id.clone());
                let entry = Entry { at: at(seconds), ..by(&ines) };
                async move { change!(store, |tx| moderate(tx, &id, ("C2", rating, words), &entry)) }
            };
            assert_eq!(error(says(Rating::Partly, "", 1).await), "what it rests on is missing");
            says(Rating::Partly, "Two of five meetings", 1).await.expect("moderated");
            says(Rating::NotYet, "One of five", 2).await.expect("moderated");
            let mut db = store.read().await.expect("a connection");
            let then = all(&mut db, &id, at(1)).await.expect("a read");
            let now = all(&mut db, &id, at(2)).await.expect("a read");
            assert_eq!((then[0].rating, now[0].rating), (Rating::Partly, Rating::NotYet));
            assert_eq!(now.len(), 1);
            assert_eq!(ratings(&mut db, &id, at(9)).await.expect("a read"), []);
        });
    }
}
