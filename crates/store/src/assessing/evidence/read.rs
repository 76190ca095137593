//! Reading pieces of evidence with their steps, revisions, files and reviews.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::any::AnyRow;

use super::{Evidence, EvidenceFile, EvidenceReview, NewEvidence, Revision};
use crate::Connection;
use crate::error::{Error, Result};
use crate::ids::{EvidenceId, PersonId, UnitCode};
use crate::row::Values as _;

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

/// All evidence of some units, drafts among it, the newest event first.
///
/// # Errors
/// If the database cannot be read.
pub async fn evidence_of(db: &mut Connection, units: &BTreeSet<UnitCode>) -> Result<Vec<Evidence>> {
    let rows = sqlx::query("SELECT * FROM evidence ORDER BY happened_on DESC, id");
    let rows = rows.fetch_all(&mut *db).await?;
    let mut found = whole(db, &rows).await?;
    found.retain(|it| units.contains(&it.of.unit));
    found.sort_by_key(|it| std::cmp::Reverse(it.of.happened_on));
    Ok(found)
}

/// Pieces as they are read, and where each is among them.
struct Found {
    pieces: Vec<Evidence>,
    places: BTreeMap<String, usize>,
}

impl Found {
    /// Puts the rows of a question to the pieces that they are of.
    async fn put(
        &mut self,
        db: &mut Connection,
        sql: &'static str,
        to: fn(&mut Evidence, &AnyRow) -> Result<()>,
    ) -> Result<()> {
        for row in sqlx::query(sql).fetch_all(db).await? {
            let place = self.places.get(&row.text("evidence")?).copied();
            if let Some(of) = place.and_then(|it| self.pieces.get_mut(it)) {
                to(of, &row)?;
            }
        }
        Ok(())
    }
}

/// Puts everything that hangs on rows of evidence to them.
async fn whole(db: &mut Connection, rows: &[AnyRow]) -> Result<Vec<Evidence>> {
    let pieces = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let places = pieces.iter().enumerate();
    let places = places.map(|(place, it)| (it.id.as_str().to_owned(), place)).collect();
    let mut found = Found { pieces, places };
    let steps = "SELECT * FROM evidence_step ORDER BY evidence, step";
    let step = |of: &mut Evidence, row: &AnyRow| {
        of.of.steps.insert(row.text("step")?);
        Ok(())
    };
    found.put(db, steps, step).await?;
    let revisions = "SELECT * FROM evidence_revision ORDER BY evidence, number";
    let revised = |of: &mut Evidence, row: &AnyRow| {
        of.revisions.push(revision(row)?);
        Ok(())
    };
    found.put(db, revisions, revised).await?;
    let kept = |of: &mut Evidence, row: &AnyRow| {
        let number = row.number("revision")?;
        if let Some(it) = of.revisions.iter_mut().find(|it| it.number == number) {
            it.file = Some(file(row)?);
        }
        Ok(())
    };
    found.put(db, "SELECT * FROM evidence_file", kept).await?;
    let reviewed = |of: &mut Evidence, row: &AnyRow| {
        of.reviews.push(review(row)?);
        Ok(())
    };
    found.put(db, "SELECT * FROM evidence_review ORDER BY evidence, number", reviewed).await?;
    let proposed = "SELECT evidence FROM evidence_proposal_decided WHERE evidence IS NOT NULL";
    let collected = |of: &mut Evidence, _: &AnyRow| {
        of.is_collected = true;
        Ok(())
    };
    found.put(db, proposed, collected).await?;
    let mut pieces = found.pieces;
    pieces.iter_mut().for_each(Evidence::take_latest);
    Ok(pieces)
}

fn stored(row: &AnyRow) -> Result<Evidence> {
    let of = NewEvidence {
        unit: UnitCode::new(row.text("unit")?),
        kind: row.text("kind")?,
        title: row.text("title")?,
        place: row.text("place")?,
        happened_on: row.day("happened_on")?,
        expires_on: row.day_if("expires_on")?,
        owner: PersonId::new(row.text("owner")?),
        steps: BTreeSet::new(),
    };
    let (by, at) = (PersonId::new(row.text("added_by")?), row.at("added_at")?);
    let first = Revision {
        number: 1,
        place: of.place.clone(),
        happened_on: of.happened_on,
        expires_on: of.expires_on,
        file: None,
        by: by.clone(),
        at,
    };
    Ok(Evidence {
        id: EvidenceId::new(row.text("id")?),
        of,
        added_by: by,
        added_at: at,
        reviews: Vec::new(),
        revisions: vec![first],
        began_as_draft: row.flag("is_draft")?,
        is_collected: false,
    })
}

fn revision(row: &AnyRow) -> Result<Revision> {
    Ok(Revision {
        number: row.number("number")?,
        place: row.text("place")?,
        happened_on: row.day("happened_on")?,
        expires_on: row.day_if("expires_on")?,
        file: None,
        by: PersonId::new(row.text("revised_by")?),
        at: row.at("revised_at")?,
    })
}

fn file(row: &AnyRow) -> Result<EvidenceFile> {
    Ok(EvidenceFile {
        name: row.text("name")?,
        media: row.text("media")?,
        bytes: row.number("bytes")?,
        sha256: row.text("sha256")?,
    })
}

fn review(row: &AnyRow) -> Result<EvidenceReview> {
    Ok(EvidenceReview {
        state: row.parsed("state", "state of evidence")?,
        because: row.text("because")?,
        by: PersonId::new(row.text("reviewed_by")?),
        at: row.at("reviewed_at")?,
        revision: row.number("revision")?,
    })
}
