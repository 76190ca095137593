//! Business cases of service lines, and what is worked out for them: journeys of patients, demand and
//! capacity, ceilings of prices.
//!
//! Everything is only added to. What people write stands in versions, what is done with a case in
//! steps; both are counted together, and whoever changes something must have seen all of it. The
//! rules of cases are asked in the transaction that writes.

mod body;
mod steps;

use engagement::cases::{CaseFault, CaseState, Document, Evidence};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::concerns::{self, Concern, Said};
use crate::error::{Error, Refusal, Result, taken, unchanged};
use crate::ids::{CaseId, PersonId, UnitCode};
use crate::row::{Values as _, each_to};
use crate::units;
use crate::writer::Tx;

pub use self::body::{Body, Kind};
pub use self::steps::{Figure, Step, Taken, step};

/// Letters that a text may have.
pub const LETTERS_MAX: usize = 4_000;

/// A case, or what is worked out for one, with all that was ever written of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its reference.
    pub id: CaseId,
    /// The service line.
    pub unit: UnitCode,
    /// What it is.
    pub kind: Kind,
    /// Versions in order, one at least.
    pub versions: Vec<Version>,
    /// What was done with it, in order.
    pub steps: Vec<Taken>,
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What was written.
    pub body: Body,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl Record {
    /// What was written last.
    ///
    /// # Panics
    /// Never: a record begins with a version.
    pub fn latest(&self) -> &Version {
        self.versions.last().expect("a record begins with a version")
    }

    /// What was written last, alone.
    pub fn body(&self) -> &Body {
        &self.latest().body
    }

    /// What whoever changes it must have seen: versions and steps together.
    pub fn seen(&self) -> i64 {
        i64::try_from(self.versions.len() + self.steps.len()).unwrap_or(i64::MAX)
    }

    /// Where a case stands.
    pub fn state(&self) -> CaseState {
        let moved = self.steps.iter().rev().find_map(|it| it.step.leads_to());
        moved.unwrap_or(CaseState::Draft)
    }

    /// Figures that are attached, with the number of the step that attached each.
    pub fn figures(&self) -> Vec<(usize, &Figure, &Taken)> {
        let is_detached =
            |number: usize| self.steps.iter().any(|it| it.step == Step::Detached { number });
        let attached = self.steps.iter().enumerate().filter_map(|(at, it)| match &it.step {
            Step::Attached(figure) => Some((at + 1, figure, it)),
            _ => None,
        });
        attached.filter(|it| !is_detached(it.0)).collect()
    }

    /// Documents that stand beside the figures, with the number of the step that named each.
    pub fn documents(&self) -> Vec<(usize, &Document, &Taken)> {
        let is_out =
            |number: usize| self.steps.iter().any(|it| it.step == Step::Undocumented { number });
        let named = self.steps.iter().enumerate().filter_map(|(at, it)| match &it.step {
            Step::Documented(document) => Some((at + 1, document, it)),
            _ => None,
        });
        named.filter(|it| !is_out(it.0)).collect()
    }

    /// Why it has no evidence, and who said so; none where nobody exempted it.
    pub fn exemption(&self) -> Option<(&str, &Taken)> {
        self.steps.iter().rev().find_map(|it| match &it.step {
            Step::Exempted { because } => Some((because.as_str(), it)),
            _ => None,
        })
    }

    /// What its rules need to know of its evidence.
    pub fn evidence(&self) -> Evidence {
        Evidence { figures: self.figures().len(), is_exempt: self.exemption().is_some() }
    }

    /// Everybody who wrote something of it before it was submitted, or submitted it.
    pub fn authors(&self) -> Vec<&str> {
        let wrote = self.versions.iter().map(|it| it.by.as_str());
        let did = self.steps.iter().filter(|it| it.step.is_of_author()).map(|it| it.by.as_str());
        wrote.chain(did).collect()
    }

    /// Everybody whom any version of it names, such as in its team, and who answered a concern.
    pub fn named(&self) -> Vec<&str> {
        let named = self.versions.iter().flat_map(|it| it.body.people());
        let answers = self.steps.iter().filter(|it| matches!(it.step, Step::Answer { .. }));
        named.chain(answers.map(|it| it.by.as_str())).collect()
    }

    /// Concerns that were raised about it, in their order.
    pub fn concerns(&self) -> Vec<Concern<'_, Taken>> {
        concerns::log(&self.steps, |it| match &it.step {
            Step::Concern { words } => Some(Said::Raised(words)),
            Step::Answer { number, words } => Some(Said::Answered(*number, words)),
            _ => None,
        })
    }

    /// What those concerns say that have no answer yet.
    pub fn unanswered(&self) -> Vec<&str> {
        let open = self.concerns().into_iter().filter(|it| it.answer.is_none());
        open.map(|it| it.words).collect()
    }

    /// Signatures of what it does to quality, each with whether it holds for what stands now: it was
    /// given by whoever is named as the assessor now, and nothing of the assessment changed since.
    pub fn signatures(&self) -> Vec<(&Taken, bool)> {
        let quality = |it: &Version| match &it.body {
            Body::Case(it) => Some(it.quality.clone()),
            _ => None,
        };
        let now = quality(self.latest());
        let each = self.steps.iter().filter_map(|it| {
            let Step::Signed { version } = &it.step else { return None };
            let then = version.checked_sub(1).and_then(|it| self.versions.get(it));
            let by = now.as_ref().map(|it| it.assessed_by.as_str());
            let holds = by == Some(it.by.as_str()) && then.and_then(quality) == now;
            Some((it, holds))
        });
        each.collect()
    }

    /// Whether what it does to quality is signed as it stands.
    pub fn is_signed(&self) -> bool {
        self.signatures().iter().any(|it| it.1)
    }

    /// References of the actions that came of it.
    pub fn actions(&self) -> Vec<&str> {
        let each = self.steps.iter().filter_map(|it| match &it.step {
            Step::Action { action } => Some(action.as_str()),
            _ => None,
        });
        each.collect()
    }
}

/// Begins one.
///
/// # Errors
/// If it is not whole, somebody named is not there or has left, or there is no such unit.
pub async fn open(tx: &mut Tx, unit: &UnitCode, body: &Body, entry: &Entry) -> Result<CaseId> {
    body.check(tx, None).await?;
    units::get(tx, unit).await?;
    let id = CaseId::random()?;
    sqlx::query(
        "INSERT INTO case_record (id, unit, kind, added_by, added_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(unit.as_str())
    .bind(body.kind().as_str())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this case"))?;
    put(tx, (&id, 1), body, entry).await?;
    let object = format!("case/{id} {} of {unit}", body.kind());
    audit::append(tx, &entry.of("case.open", object)).await?;
    Ok(id)
}

/// Writes one anew, as somebody who has seen so much of it. Whoever was named before stays named,
/// also after they left.
///
/// # Errors
/// If it is not whole, somebody newly named is not there or has left, it was changed since it was
/// seen, or it is decided.
pub async fn write(tx: &mut Tx, id: &CaseId, body: &Body, seen: i64, entry: &Entry) -> Result<()> {
    let found = get(tx, id).await?;
    if found.kind != body.kind() {
        return Err(Refusal::Unusable("the kind of this case").into());
    }
    unchanged(|| "this case".to_owned(), seen, found.seen())?;
    if found.kind == Kind::Case {
        found.state().change_fault().map_or(Ok(()), |it| Err(refused(&it)))?;
    }
    body.check(tx, Some(found.body())).await?;
    let number = i64::try_from(found.versions.len() + 1).unwrap_or(i64::MAX);
    put(tx, (id, number), body, entry).await?;
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let object = format!("case/{id} {} of {} version {number}", body.kind(), found.unit);
    audit::append(tx, &entry.of("case.write", object)).await?;
    Ok(())
}

async fn put(tx: &mut Tx, (id, number): (&CaseId, i64), body: &Body, entry: &Entry) -> Result<()> {
    sqlx::query(
        "INSERT INTO case_version (record, number, body, written_by, written_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(body.to_text()?)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("version {number} of this case")))?;
    Ok(())
}

fn refused(fault: &CaseFault) -> Error {
    Refusal::Rule(fault.to_string()).into()
}

/// All of a kind, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, kind: Kind) -> Result<Vec<Record>> {
    let rows = sqlx::query("SELECT * FROM case_record WHERE kind = $1 ORDER BY added_at DESC, id")
        .bind(kind.as_str())
        .fetch_all(&mut *db)
        .await?;
    whole(db, &rows, (OF_KIND, kind.as_str())).await
}

/// One.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &CaseId) -> Result<Record> {
    let rows = sqlx::query("SELECT * FROM case_record WHERE id = $1")
        .bind(id.as_str())
        .fetch_all(&mut *db)
        .await?;
    let found = whole(db, &rows, (OF_ONE, id.as_str())).await?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("case {id}")))
}

/// Versions and steps of all records of a kind.
const OF_KIND: [&str; 2] = [
    "SELECT v.* FROM case_version v JOIN case_record r ON r.id = v.record
     WHERE r.kind = $1 ORDER BY v.record, v.number",
    "SELECT s.* FROM case_step s JOIN case_record r ON r.id = s.record
     WHERE r.kind = $1 ORDER BY s.record, s.number",
];

/// Versions and steps of one record.
const OF_ONE: [&str; 2] = [
    "SELECT * FROM case_version WHERE record = $1 ORDER BY number",
    "SELECT * FROM case_step WHERE record = $1 ORDER BY number",
];

/// Puts versions and steps to rows, as two questions with a value tell them.
async fn whole(
    db: &mut Connection,
    rows: &[AnyRow],
    ([versions, steps], value): ([&'static str; 2], &str),
) -> Result<Vec<Record>> {
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let versions = sqlx::query(versions).bind(value).fetch_all(&mut *db).await?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (&versions, "record"),
        |of, row| {
            of.versions.push(Version {
                body: Body::of_text(&row.text("body")?)?,
                by: PersonId::new(row.text("written_by")?),
                at: row.at("written_at")?,
            });
            Ok(())
        },
    )?;
    let steps = sqlx::query(steps).bind(value).fetch_all(&mut *db).await?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (&steps, "record"),
        |of, row| {
            of.steps.push(Taken {
                step: Step::of_text(&row.text("step")?)?,
                by: PersonId::new(row.text("taken_by")?),
                at: row.at("taken_at")?,
            });
            Ok(())
        },
    )?;
    // Between the two questions somebody may have begun one, whose versions are not read yet.
    found.retain(|it| !it.versions.is_empty());
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<Record> {
    Ok(Record {
        id: CaseId::new(row.text("id")?),
        unit: UnitCode::new(row.text("unit")?),
        kind: row.parsed("kind", "kind of case")?,
        versions: Vec::new(),
        steps: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
