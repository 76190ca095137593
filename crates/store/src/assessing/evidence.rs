//! The register of evidence: one piece may bear several steps of the unit that it is of.

use std::collections::{BTreeMap, BTreeSet};

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, taken};
use crate::ids::{EvidenceId, PersonId, UnitCode};
use crate::people;
use crate::row::{Values as _, iso, texts};
use crate::units;
use crate::writer::Tx;

/// A piece of evidence, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvidence {
    /// The unit, or the trust, of which it tells.
    pub unit: UnitCode,
    /// What it is, such as minutes or a published costing.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Where it is: an address, or where it is filed.
    pub place: String,
    /// When what it shows took place.
    pub happened_on: Day,
    /// The last day on which it counts; none where the framework says how long.
    pub expires_on: Option<Day>,
    /// Who can be asked about it.
    pub owner: PersonId,
    /// Codes of the steps that it bears.
    pub steps: BTreeSet<String>,
}

texts! {
    /// How far a piece of evidence is accepted.
    EvidenceState {
        /// Somebody should look at it.
        InReview = "in_review",
        /// It counts.
        Accepted = "accepted",
        /// It does not count.
        Rejected = "rejected",
    }
}

/// What was made of a piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceReview {
    /// What was decided.
    pub state: EvidenceState,
    /// Why; blank where it was accepted without a word.
    pub because: String,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A piece of evidence as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its reference.
    pub id: EvidenceId,
    /// What it is.
    pub of: NewEvidence,
    /// Who added it.
    pub added_by: PersonId,
    /// When.
    pub added_at: Timestamp,
    /// What was made of it, in order; the last one counts.
    pub reviews: Vec<EvidenceReview>,
}

impl Evidence {
    /// How far it is accepted now.
    pub fn state(&self) -> EvidenceState {
        self.reviews.last().map_or(EvidenceState::InReview, |it| it.state)
    }

    /// How far it was accepted at an instant.
    pub fn state_at(&self, at: Timestamp) -> EvidenceState {
        let before = self.reviews.iter().rfind(|it| it.at <= at);
        before.map_or(EvidenceState::InReview, |it| it.state)
    }

    /// How often it was looked at: what a review must have seen.
    pub fn version(&self) -> i64 {
        i64::try_from(self.reviews.len()).unwrap_or(i64::MAX)
    }
}

/// Adds a piece of evidence. It counts for nothing until somebody accepts it.
///
/// # Errors
/// If something is missing or too long, it bears no step, it ends before it begins, or unit or owner
/// are not there.
pub async fn add(tx: &mut Tx, new: &NewEvidence, entry: &Entry) -> Result<EvidenceId> {
    let kind = code("the kind of evidence", &new.kind)?;
    let title = said("the title", &new.title)?;
    let place = said("where it is", &new.place)?;
    if new.expires_on.is_some_and(|it| it < new.happened_on) {
        return Err(Refusal::EndsBeforeItBegins.into());
    }
    if new.steps.is_empty() {
        return Err(Refusal::Empty("the step that it bears").into());
    }
    units::get(tx, &new.unit).await?;
    people::get(tx, &new.owner).await?;
    let id = EvidenceId::random()?;
    sqlx::query(
        "INSERT INTO evidence (id, unit, kind, title, place, happened_on, expires_on, owner,
             added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(kind)
    .bind(title)
    .bind(place)
    .bind(new.happened_on.to_string())
    .bind(iso(new.expires_on))
    .bind(new.owner.as_str())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this evidence"))?;
    for step in &new.steps {
        sqlx::query("INSERT INTO evidence_step (evidence, step) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(code("the step", step)?)
            .execute(&mut **tx)
            .await?;
    }
    let steps: Vec<&str> = new.steps.iter().map(String::as_str).collect();
    let object = format!("evidence/{id} of {} for {}", new.unit, steps.join(" "));
    audit::append(tx, &entry.of("evidence.add", object)).await?;
    Ok(id)
}

/// Records what is made of a piece of evidence that was seen after so many reviews. Whoever rejects
/// it says why.
///
/// # Errors
/// If the reason is missing where it is needed, somebody has looked at it since, or there is none.
pub async fn review(
    tx: &mut Tx,
    id: &EvidenceId,
    (state, because): (EvidenceState, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let because = match state {
        EvidenceState::Rejected => said("the reason", because)?,
        EvidenceState::Accepted | EvidenceState::InReview => short("the reason", because)?,
    };
    let found = evidence(tx, id).await?;
    unchanged(|| "this evidence".to_owned(), seen, found.version())?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    sqlx::query(
        "INSERT INTO evidence_review (evidence, number, state, because, reviewed_by, reviewed_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(seen + 1)
    .bind(state.as_str())
    .bind(because)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("review {} of this evidence", seen + 1)))?;
    let object = format!("evidence/{id} of {} {state}", found.of.unit);
    audit::append(tx, &entry.of("evidence.review", object)).await?;
    Ok(())
}

/// One piece of evidence.
///
/// # Errors
/// If there is none with this reference.
pub async fn evidence(db: &mut Connection, id: &EvidenceId) -> Result<Evidence> {
    let rows = sqlx::query("SELECT * FROM evidence WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let found = whole(db, &rows).await?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("evidence {id}")))
}

/// All evidence of some units, the newest event first.
///
/// # Errors
/// If the database cannot be read.
pub async fn evidence_of(db: &mut Connection, units: &BTreeSet<UnitCode>) -> Result<Vec<Evidence>> {
    let rows = sqlx::query("SELECT * FROM evidence ORDER BY happened_on DESC, id");
    let rows = rows.fetch_all(&mut *db).await?;
    let mut found = whole(db, &rows).await?;
    found.retain(|it| units.contains(&it.of.unit));
    Ok(found)
}

/// Puts steps and reviews to rows of evidence.
async fn whole(db: &mut Connection, rows: &[AnyRow]) -> Result<Vec<Evidence>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let places: BTreeMap<String, usize> =
        found.iter().enumerate().map(|(place, it)| (it.id.as_str().to_owned(), place)).collect();
    let steps = sqlx::query("SELECT * FROM evidence_step ORDER BY evidence, step");
    for row in steps.fetch_all(&mut *db).await? {
        let place = places.get(&row.text("evidence")?).copied();
        let Some(of) = place.and_then(|it| found.get_mut(it)) else { continue };
        of.of.steps.insert(row.text("step")?);
    }
    let reviews = sqlx::query("SELECT * FROM evidence_review ORDER BY evidence, number");
    for row in reviews.fetch_all(&mut *db).await? {
        let place = places.get(&row.text("evidence")?).copied();
        let Some(of) = place.and_then(|it| found.get_mut(it)) else { continue };
        of.reviews.push(EvidenceReview {
            state: row.parsed("state", "state of evidence")?,
            because: row.text("because")?,
            by: PersonId::new(row.text("reviewed_by")?),
            at: row.at("reviewed_at")?,
        });
    }
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<Evidence> {
    Ok(Evidence {
        id: EvidenceId::new(row.text("id")?),
        of: NewEvidence {
            unit: UnitCode::new(row.text("unit")?),
            kind: row.text("kind")?,
            title: row.text("title")?,
            place: row.text("place")?,
            happened_on: row.day("happened_on")?,
            expires_on: row.day_if("expires_on")?,
            owner: PersonId::new(row.text("owner")?),
            steps: BTreeSet::new(),
        },
        added_by: PersonId::new(row.text("added_by")?),
        added_at: row.at("added_at")?,
        reviews: Vec::new(),
    })
}
