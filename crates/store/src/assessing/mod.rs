//! Assessing how well clinicians and finance work together: one assessment is always open for a
//! unit, both professions rate its steps, and a level is put forward and signed by a lead of each.
//!
//! Everything is only added to and the latest counts, so that any day can be looked at again. A
//! level that both have signed never changes.

pub mod champions;
mod costing_quality;
pub mod definitions;
pub mod dialogue;
mod evidence;
mod joint_working;
mod level;
pub mod local_steps;
pub mod moderated;
pub mod organisation;
pub mod plan;
pub mod plics;
mod proposals;
mod ratings;
pub mod resources;
pub mod rounds;
pub mod sponsors;
pub mod step_mode;
pub mod teams;
pub mod very_small;

use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{self, Error, Refusal, Result, code, taken, unchanged};
use crate::ids::{AssessmentId, PersonId, UnitCode};
use crate::row::{Values as _, texts};
use crate::units;
use crate::writer::Tx;

pub use self::costing_quality::{NewScore, Score, record_score, scores};
pub use self::evidence::{
    Brought, Evidence, EvidenceFile, EvidenceReview, EvidenceState, NewEvidence, NewRevision,
    Revision, add, bring, evidence, evidence_of, hand_in, review, revise,
};
pub use self::joint_working::{
    Every, JointWorking, NewJointWorking, SUPPORT, SharedWith, Status, Support, Trigger,
    joint_working, record,
};
pub use self::level::{Answer, Level, LevelState, NewLevel, Says, answer, levels, put_forward};
pub use self::proposals::{
    Decided, Decision, ProposalOf, decided_proposals, decline_proposal, take_proposal,
};
pub use self::ratings::{Agreed, NewRating, StepRating, agree, agreed, rate, ratings};
pub use self::step_mode::StepMode;

/// Letters that words beside a rating, a reason or a title may have.
pub const LETTERS_MAX: usize = 2_000;

texts! {
    /// Whose view it is.
    Side {
        /// Of those who give care.
        Clinical = "clinical",
        /// Of finance.
        Finance = "finance",
    }
}

texts! {
    /// How far a step is so.
    Rating {
        /// It is so, consistently.
        Consistently = "consistently",
        /// It is so in part, or sometimes.
        Partly = "partly",
        /// It is not so yet.
        NotYet = "not_yet",
        /// Nobody can say; takes an earlier rating back.
        NotAssessed = "not_assessed",
    }
}

/// An assessment as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Its reference.
    pub id: AssessmentId,
    /// What is assessed: the trust, or a unit of it.
    pub unit: UnitCode,
    /// Version of the framework, by which it is judged to its end.
    pub framework: String,
    /// Who opened it.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: Timestamp,
    /// When another version of the framework took its place.
    pub closed_at: Option<Timestamp>,
}

/// Opens the assessment of a unit by a version of the framework. One that is open by another version
/// is closed, and stays as it is.
///
/// # Errors
/// If there is no such unit, or one by this version is open already.
pub async fn open(
    tx: &mut Tx,
    unit: &UnitCode,
    framework: &str,
    entry: &Entry,
) -> Result<AssessmentId> {
    let framework = code("the framework", framework)?;
    units::get(tx, unit).await?;
    if let Some(current) = current(tx, unit).await? {
        if current.framework == framework {
            return Err(Error::Duplicate(format!("an open assessment of {unit}")));
        }
        sqlx::query("UPDATE assessment SET closed_at = $1 WHERE id = $2")
            .bind(entry.at.as_microsecond())
            .bind(current.id.as_str())
            .execute(&mut **tx)
            .await?;
        let object = format!("assessment/{} of {unit}", current.id);
        audit::append(tx, &entry.of("assessment.close", object)).await?;
    }
    let id = AssessmentId::random()?;
    sqlx::query(
        "INSERT INTO assessment (id, unit, framework, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(unit.as_str())
    .bind(framework)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("an open assessment of {unit}")))?;
    let object = format!("assessment/{id} of {unit} by {framework}");
    audit::append(tx, &entry.of("assessment.open", object)).await?;
    Ok(id)
}

/// The open assessment of a unit, if there is one.
///
/// # Errors
/// If the database cannot be read.
pub async fn current(db: &mut Connection, unit: &UnitCode) -> Result<Option<Assessment>> {
    let row = sqlx::query("SELECT * FROM assessment WHERE unit = $1 AND closed_at IS NULL")
        .bind(unit.as_str())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(stored).transpose()
}

/// All assessments by unit, the oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<Assessment>> {
    let rows = sqlx::query("SELECT * FROM assessment ORDER BY unit, opened_at, id");
    rows.fetch_all(db).await?.iter().map(stored).collect()
}

/// One assessment.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &AssessmentId) -> Result<Assessment> {
    let row = sqlx::query("SELECT * FROM assessment WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("assessment {id}")))?)
}

fn stored(row: &AnyRow) -> Result<Assessment> {
    Ok(Assessment {
        id: AssessmentId::new(row.text("id")?),
        unit: UnitCode::new(row.text("unit")?),
        framework: row.text("framework")?,
        opened_by: PersonId::new(row.text("opened_by")?),
        opened_at: row.at("opened_at")?,
        closed_at: row.at_if("closed_at")?,
    })
}

/// An assessment to which something may still be added.
async fn open_one(tx: &mut Tx, id: &AssessmentId) -> Result<Assessment> {
    let found = get(tx, id).await?;
    if found.closed_at.is_some() {
        let (what, from) = (format!("the assessment of {}", found.unit), "closed".to_owned());
        return Err(Refusal::WrongMove { what, from, to: "added to" }.into());
    }
    Ok(found)
}

/// Refuses a text that is missing or longer than a page of a phone.
fn said<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    error::said(what, text, LETTERS_MAX)
}

/// Refuses a text that is longer than a page of a phone; it may be empty.
fn short<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    error::short(what, text, LETTERS_MAX)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_evidence;
