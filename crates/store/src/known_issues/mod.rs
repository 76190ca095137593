//! What is known to be wrong with the data of a unit, when its coding is reviewed, and why the data is
//! good enough to go on.
//!
//! Every version passes the rules of [`engagement::known_issues`] in the transaction that writes it.

mod conflicts;

use domain::Day;
use engagement::known_issues::{
    CodingReview as CodingFacts, Effect, IssueFacts, coding_fault, issue_fault, release_fault,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, said, short, taken, unchanged};
use crate::ids::{CodingReviewId, DataIssueId, PersonId, UnitCode};
use crate::joint_actions::{date, date_at};
use crate::people::{self, PersonState};
use crate::row::{Values as _, iso};
use crate::units;
use crate::writer::Tx;

pub use self::conflicts::{
    Conflict, Settled, conflicts_of, conflicts_of_measure, name_settler, settle,
};

pub(crate) use self::conflicts::{months_in_doubt, note};

/// Letters that a text may have.
pub const LETTERS_MAX: usize = 1_000;

/// An issue, as it should be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIssue {
    /// The unit whose data it is.
    pub unit: UnitCode,
    /// What is wrong.
    pub what: String,
    /// How much it changes.
    pub effect: Effect,
    /// Which figures it changes.
    pub effect_on: String,
    /// Who sees to it.
    pub owner: PersonId,
    /// When it was found.
    pub found_on: Day,
    /// When it was mended, if it was.
    pub mended_on: Option<Day>,
    /// Whether its owner wants packs to wait until then.
    pub holds_packs: bool,
}

/// An issue as stored, in its latest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its reference.
    pub id: DataIssueId,
    /// Its version, from 1.
    pub number: i64,
    /// What it is.
    pub of: NewIssue,
    /// When this version was recorded.
    pub recorded_at: Timestamp,
    /// When it was first called material without being called otherwise since; none where it is not.
    pub material_since: Option<Timestamp>,
}

impl Issue {
    /// Whether it is not mended.
    pub const fn is_open(&self) -> bool {
        self.of.mended_on.is_none()
    }

    /// Whether packs wait for it.
    pub const fn holds(&self) -> bool {
        self.is_open() && self.of.holds_packs
    }
}

/// A review of coding, as it should be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCodingReview {
    /// The unit whose records are reviewed.
    pub unit: UnitCode,
    /// Which records.
    pub about: String,
    /// For when it is planned.
    pub planned_on: Day,
    /// When it was done, if it was.
    pub done_on: Option<Day>,
    /// What it found; blank until it is done.
    pub result: String,
}

/// A review of coding as stored, in its latest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodingReview {
    /// Its reference.
    pub id: CodingReviewId,
    /// Its version, from 1.
    pub number: i64,
    /// What it is.
    pub of: NewCodingReview,
}

/// Why the data of a unit is good enough to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its number within the unit, from 1.
    pub number: i64,
    /// In a sentence.
    pub words: String,
    /// Who said it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

fn rule(fault: Option<impl ToString>) -> Result<()> {
    fault.map_or(Ok(()), |it| Err(Refusal::Rule(it.to_string()).into()))
}

/// Keeps an issue: a new one where no reference is given, else a version after the one seen.
///
/// # Errors
/// If something is missing or too long, a rule of issues forbids it, its unit or owner is not there,
/// or somebody has changed it since.
pub async fn keep_issue(
    tx: &mut Tx,
    (id, seen): (Option<&DataIssueId>, i64),
    new: &NewIssue,
    entry: &Entry,
) -> Result<DataIssueId> {
    let what = said("what is wrong", &new.what, LETTERS_MAX)?;
    let effect_on = said("which figures it changes", &new.effect_on, LETTERS_MAX)?;
    units::get(tx, &new.unit).await?;
    people::get(tx, &new.owner).await?;
    let before = match id {
        Some(id) => Some(issue(tx, id).await?),
        None => None,
    };
    unchanged(|| "this issue".to_owned(), seen, before.as_ref().map_or(0, |it| it.number))?;
    if before.as_ref().is_some_and(|it| it.of.unit != new.unit) {
        return Err(Refusal::Unusable("the unit of this issue").into());
    }
    let held = before.as_ref().is_some_and(|it| it.of.holds_packs);
    // Whoever was the owner before decides, so that nobody takes an issue over to let a pack go.
    let owner = before.as_ref().map_or(&new.owner, |it| &it.of.owner);
    if let Some(it) = before.as_ref().filter(|it| it.holds()) {
        let lets_go = new.mended_on.is_some() || new.owner != it.of.owner;
        let is_here = people::get(tx, owner).await?.state == PersonState::Active;
        rule(release_fault(lets_go, (owner.as_str() == entry.actor, is_here)))?;
    }
    let mended_on = new.mended_on.map(date);
    let facts =
        IssueFacts { found_on: date(new.found_on), mended_on, holds_packs: new.holds_packs };
    rule(issue_fault(&facts, (held, owner.as_str() == entry.actor), date_at(entry.at)))?;
    let id = match id {
        Some(id) => id.clone(),
        None => DataIssueId::random()?,
    };
    sqlx::query(
        "INSERT INTO data_issue (id, number, unit, what, effect, effect_on, owner, found_on,
             mended_on, holds_packs, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(id.as_str())
    .bind(seen + 1)
    .bind(new.unit.as_str())
    .bind(what)
    .bind(new.effect.word())
    .bind(effect_on)
    .bind(new.owner.as_str())
    .bind(new.found_on.to_string())
    .bind(iso(new.mended_on))
    .bind(i64::from(new.holds_packs))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this version of the issue"))?;
    let object = format!("data-issue/{id} version {} of {}", seen + 1, new.unit);
    audit::append(tx, &entry.of("data_issue.keep", object)).await?;
    Ok(id)
}

/// One issue.
///
/// # Errors
/// If there is none with this reference.
pub async fn issue(db: &mut Connection, id: &DataIssueId) -> Result<Issue> {
    let rows = sqlx::query("SELECT * FROM data_issue WHERE id = $1 ORDER BY id, number")
        .bind(id.as_str())
        .fetch_all(db)
        .await?;
    latest_issues(&rows)?.pop().ok_or_else(|| Error::NotFound(format!("issue {id}")))
}

/// Issues of a unit: those that are not mended first, the latest found first.
///
/// # Errors
/// If the database cannot be read.
pub async fn issues_of(db: &mut Connection, unit: &UnitCode) -> Result<Vec<Issue>> {
    let rows = sqlx::query("SELECT * FROM data_issue WHERE unit = $1 ORDER BY id, number")
        .bind(unit.as_str())
        .fetch_all(db)
        .await?;
    let mut all = latest_issues(&rows)?;
    all.sort_by_key(|it| (!it.is_open(), std::cmp::Reverse(it.of.found_on), it.id.clone()));
    Ok(all)
}

/// The latest version of each issue, from all versions in order.
fn latest_issues(rows: &[AnyRow]) -> Result<Vec<Issue>> {
    let mut found: Vec<Issue> = Vec::new();
    for row in rows {
        let mut it = stored_issue(row)?;
        if let Some(last) = found.last().filter(|last| last.id == it.id) {
            let since = last.material_since;
            it.material_since = it.material_since.map(|at| since.unwrap_or(at));
            found.pop();
        }
        found.push(it);
    }
    Ok(found)
}

fn stored_issue(row: &AnyRow) -> Result<Issue> {
    let effect: Effect = row.parsed("effect", "effect of an issue")?;
    let recorded_at = row.at("recorded_at")?;
    Ok(Issue {
        id: DataIssueId::new(row.text("id")?),
        number: row.number("number")?,
        of: NewIssue {
            unit: UnitCode::new(row.text("unit")?),
            what: row.text("what")?,
            effect,
            effect_on: row.text("effect_on")?,
            owner: PersonId::new(row.text("owner")?),
            found_on: row.day("found_on")?,
            mended_on: row.day_if("mended_on")?,
            holds_packs: row.flag("holds_packs")?,
        },
        recorded_at,
        material_since: (effect == Effect::Material).then_some(recorded_at),
    })
}

/// Keeps a review of coding: a new one where no reference is given, else a version after the one
/// seen.
///
/// # Errors
/// As [`keep_issue`].
pub async fn keep_coding_review(
    tx: &mut Tx,
    (id, seen): (Option<&CodingReviewId>, i64),
    new: &NewCodingReview,
    entry: &Entry,
) -> Result<CodingReviewId> {
    let about = said("which records are reviewed", &new.about, LETTERS_MAX)?;
    let result = short("what the review found", &new.result, LETTERS_MAX)?;
    units::get(tx, &new.unit).await?;
    let before = match id {
        Some(id) => Some(coding_review(tx, id).await?),
        None => None,
    };
    unchanged(
        || "this review of coding".to_owned(),
        seen,
        before.as_ref().map_or(0, |it| it.number),
    )?;
    if before.as_ref().is_some_and(|it| it.of.unit != new.unit) {
        return Err(Refusal::Unusable("the unit of this review of coding").into());
    }
    let facts = CodingFacts { planned_on: date(new.planned_on), done_on: new.done_on.map(date) };
    rule(coding_fault(&facts, result, date_at(entry.at)))?;
    let id = match id {
        Some(id) => id.clone(),
        None => CodingReviewId::random()?,
    };
    sqlx::query(
        "INSERT INTO coding_review (id, number, unit, about, planned_on, done_on, result,
             recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id.as_str())
    .bind(seen + 1)
    .bind(new.unit.as_str())
    .bind(about)
    .bind(new.planned_on.to_string())
    .bind(iso(new.done_on))
    .bind(result)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this version of the review of coding"))?;
    let object = format!("coding-review/{id} version {} of {}", seen + 1, new.unit);
    audit::append(tx, &entry.of("coding_review.keep", object)).await?;
    Ok(id)
}

/// One review of coding.
///
/// # Errors
/// If there is none with this reference.
pub async fn coding_review(db: &mut Connection, id: &CodingReviewId) -> Result<CodingReview> {
    let row = sqlx::query("SELECT * FROM coding_review WHERE id = $1 ORDER BY number DESC LIMIT 1")
        .bind(id.as_str())
        .fetch_optional(db)
        .await?;
    stored_coding(&row.ok_or_else(|| Error::NotFound(format!("review of coding {id}")))?)
}

/// Reviews of coding of a unit, the earliest planned first.
///
/// # Errors
/// If the database cannot be read.
pub async fn coding_reviews_of(db: &mut Connection, unit: &UnitCode) -> Result<Vec<CodingReview>> {
    let rows = sqlx::query(
        "SELECT * FROM coding_review c WHERE unit = $1
         AND number = (SELECT MAX(number) FROM coding_review o WHERE o.id = c.id)
         ORDER BY planned_on, id",
    );
    let rows = rows.bind(unit.as_str()).fetch_all(db).await?;
    rows.iter().map(stored_coding).collect()
}

fn stored_coding(row: &AnyRow) -> Result<CodingReview> {
    Ok(CodingReview {
        id: CodingReviewId::new(row.text("id")?),
        number: row.number("number")?,
        of: NewCodingReview {
            unit: UnitCode::new(row.text("unit")?),
            about: row.text("about")?,
            planned_on: row.day("planned_on")?,
            done_on: row.day_if("done_on")?,
            result: row.text("result")?,
        },
    })
}

/// Says why the data of a unit is good enough to go on, after what was said before.
///
/// # Errors
/// If nothing is said, it is too long, there is no such unit, or somebody said something since.
pub async fn say_enough(
    tx: &mut Tx,
    unit: &UnitCode,
    (words, seen): (&str, i64),
    entry: &Entry,
) -> Result<()> {
    let words = said("why the data is good enough", words, LETTERS_MAX)?;
    units::get(tx, unit).await?;
    let current = statement_of(tx, unit).await?.map_or(0, |it| it.number);
    unchanged(|| "what is said of this data".to_owned(), seen, current)?;
    sqlx::query(
        "INSERT INTO data_enough (unit, number, words, said_by, said_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(unit.as_str())
    .bind(seen + 1)
    .bind(words)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this statement"))?;
    let object = format!("data-enough/{} of {unit}", seen + 1);
    audit::append(tx, &entry.of("data_enough.say", object)).await?;
    Ok(())
}

/// What was said last of the data of a unit, if anything was.
///
/// # Errors
/// If the database cannot be read.
pub async fn statement_of(db: &mut Connection, unit: &UnitCode) -> Result<Option<Statement>> {
    let row = sqlx::query("SELECT * FROM data_enough WHERE unit = $1 ORDER BY number DESC LIMIT 1")
        .bind(unit.as_str())
        .fetch_optional(db)
        .await?;
    let read = |row: &AnyRow| -> Result<Statement> {
        Ok(Statement {
            number: row.number("number")?,
            words: row.text("words")?,
            by: PersonId::new(row.text("said_by")?),
            at: row.at("said_at")?,
        })
    };
    row.as_ref().map(read).transpose()
}

#[cfg(test)]
mod tests;
