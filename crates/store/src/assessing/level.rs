//! A level that is put forward with its reasons, and what a clinical and a finance lead answer. With
//! both signatures it is confirmed and never changes.

use std::collections::BTreeMap;

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{Side, open_one, said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, taken};
use crate::ids::{AssessmentId, LevelId, PersonId};
use crate::people;
use crate::row::{Values as _, texts};
use crate::writer::Tx;

/// A level, as it should be put forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLevel {
    /// The level: 1 to 4.
    pub level: i64,
    /// What the engine proposed; none where it said that Level 1 is not yet shown.
    pub proposed: Option<i64>,
    /// Why it departs from that; blank where it does not.
    pub because: String,
    /// What day-to-day culture is like.
    pub culture: String,
    /// When it is assessed again at the latest.
    pub reassess_by: Day,
    /// Everything that the proposal rests on, and its reasons, as JSON.
    pub snapshot: String,
}

texts! {
    /// What a lead answers.
    Says {
        /// They sign.
        Signed = "signed",
        /// They want something changed first.
        Changes = "changes",
    }
}

/// An answer to a level that was put forward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// For whom they answer.
    pub side: Side,
    /// What they say.
    pub says: Says,
    /// Why; blank where they sign.
    pub because: String,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Where a level stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelState {
    /// Somebody has still to answer.
    Submitted,
    /// Somebody wants something changed: another must be put forward.
    ChangesRequested,
    /// Both have signed.
    Confirmed,
}

/// A level as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Its reference.
    pub id: LevelId,
    /// The assessment that it is of.
    pub assessment: AssessmentId,
    /// Its number for the assessment, from 1.
    pub number: i64,
    /// What was put forward.
    pub of: NewLevel,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The answers in order.
    pub answers: Vec<Answer>,
}

impl Level {
    /// Where it stands.
    pub fn state(&self) -> LevelState {
        let signed =
            |side| self.answers.iter().any(|it| (it.side, it.says) == (side, Says::Signed));
        if self.answers.iter().any(|it| it.says == Says::Changes) {
            LevelState::ChangesRequested
        } else if Side::ALL.iter().all(|it| signed(*it)) {
            LevelState::Confirmed
        } else {
            LevelState::Submitted
        }
    }

    /// When the second lead signed, if both did.
    pub fn confirmed_at(&self) -> Option<Timestamp> {
        let last = self.answers.last().filter(|_| self.state() == LevelState::Confirmed)?;
        Some(last.at)
    }
}

/// Puts a level forward for an assessment of which so many were seen before.
///
/// # Errors
/// If it is no level, a reason is missing where it departs from the proposal, the statement on
/// culture is missing, the next assessment is due already, one is still waiting for an answer, or
/// somebody has put one forward since.
pub async fn put_forward(
    tx: &mut Tx,
    assessment: &AssessmentId,
    new: &NewLevel,
    (seen, today): (i64, Day),
    entry: &Entry,
) -> Result<LevelId> {
    let because = if new.proposed == Some(new.level) {
        short("the reason", &new.because)?
    } else {
        said("the reason for departing from the proposal", &new.because)?
    };
    let culture = said("what day-to-day culture is like", &new.culture)?;
    if new.reassess_by <= today {
        return Err(Refusal::ReviewIsPast.into());
    }
    let of = open_one(tx, assessment).await?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let before = levels(tx, Some(assessment)).await?;
    let what = || format!("the level of {}", of.unit);
    unchanged(what, seen, before.last().map_or(0, |it| it.number))?;
    if before.last().is_some_and(|it| it.state() == LevelState::Submitted) {
        let from = "waiting for an answer".to_owned();
        return Err(Refusal::WrongMove { what: what(), from, to: "put forward again" }.into());
    }
    let id = LevelId::random()?;
    sqlx::query(
        "INSERT INTO level_put_forward (id, assessment, number, level, proposed, because, culture,
             reassess_by, snapshot, put_forward_by, put_forward_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id.as_str())
    .bind(assessment.as_str())
    .bind(seen + 1)
    .bind(new.level)
    .bind(new.proposed)
    .bind(because)
    .bind(culture)
    .bind(new.reassess_by.to_string())
    .bind(&new.snapshot)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(what()))?;
    let object = format!("assessment/{assessment} of {} level {}", of.unit, new.level);
    audit::append(tx, &entry.of("level.put_forward", object)).await?;
    Ok(id)
}

/// Records what a lead answers for one side. Whoever signs for one side cannot sign for the other.
///
/// # Errors
/// If nobody waits for this answer, the reason for a change is missing, the same person has signed
/// for the other side, or there is no such level.
pub async fn answer(
    tx: &mut Tx,
    id: &LevelId,
    (side, says, because): (Side, Says, &str),
    entry: &Entry,
) -> Result<()> {
    let because = match says {
        Says::Signed => short("the reason", because)?,
        Says::Changes => said("what should be changed", because)?,
    };
    let all = levels(tx, None).await?;
    let found = all.into_iter().find(|it| it.id == *id);
    let found = found.ok_or_else(|| Error::NotFound(format!("level {id}")))?;
    let what = || format!("level {}", found.of.level);
    let from = match found.state() {
        LevelState::Submitted => None,
        LevelState::ChangesRequested => Some("sent back for a change"),
        LevelState::Confirmed => Some("confirmed"),
    };
    if let Some(from) = from {
        let refusal = Refusal::WrongMove { what: what(), from: from.to_owned(), to: "answered" };
        return Err(refusal.into());
    }
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    if found.answers.iter().any(|it| it.side == side) {
        return Err(Error::Duplicate("a signature of this side".to_owned()));
    }
    if found.answers.iter().any(|it| it.by == by) {
        return Err(Refusal::NotOfBothSides.into());
    }
    let number = i64::try_from(found.answers.len()).unwrap_or(i64::MAX) + 1;
    sqlx::query(
        "INSERT INTO level_answer (level, number, side, says, because, answered_by, answered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(side.as_str())
    .bind(says.as_str())
    .bind(because)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this answer"))?;
    let object = format!("level/{id} {side} {says}");
    audit::append(tx, &entry.of("level.answer", object)).await?;
    Ok(())
}

/// The levels that were put forward, of one assessment or of all, in order.
///
/// # Errors
/// If the database cannot be read.
pub async fn levels(db: &mut Connection, assessment: Option<&AssessmentId>) -> Result<Vec<Level>> {
    let rows = sqlx::query("SELECT * FROM level_put_forward ORDER BY assessment, number");
    let rows = rows.fetch_all(&mut *db).await?;
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    found.retain(|it| assessment.is_none_or(|wanted| it.assessment == *wanted));
    let places: BTreeMap<String, usize> =
        found.iter().enumerate().map(|(place, it)| (it.id.as_str().to_owned(), place)).collect();
    let answers = sqlx::query("SELECT * FROM level_answer ORDER BY level, number");
    for row in answers.fetch_all(&mut *db).await? {
        let place = places.get(&row.text("level")?).copied();
        let Some(of) = place.and_then(|it| found.get_mut(it)) else { continue };
        of.answers.push(Answer {
            side: row.parsed("side", "side")?,
            says: row.parsed("says", "answer")?,
            because: row.text("because")?,
            by: PersonId::new(row.text("answered_by")?),
            at: row.at("answered_at")?,
        });
    }
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<Level> {
    Ok(Level {
        id: LevelId::new(row.text("id")?),
        assessment: AssessmentId::new(row.text("assessment")?),
        number: row.number("number")?,
        of: NewLevel {
            level: row.number("level")?,
            proposed: row.number_if("proposed")?,
            because: row.text("because")?,
            culture: row.text("culture")?,
            reassess_by: row.day("reassess_by")?,
            snapshot: row.text("snapshot")?,
        },
        by: PersonId::new(row.text("put_forward_by")?),
        at: row.at("put_forward_at")?,
        answers: Vec::new(),
    })
}
