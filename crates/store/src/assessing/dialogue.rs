//! What the medical and the finance director speak of with each other, and what they decide.

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{NewEvidence, said, short};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Result, taken};
use crate::ids::{DialogueId, EvidenceId, PersonId};
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// A dialogue, as it should be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDialogue {
    /// When it was.
    pub happened_on: Day,
    /// What it was of.
    pub topics: String,
    /// What was decided; may be blank.
    pub decisions: String,
}

/// A dialogue as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    /// Its reference.
    pub id: DialogueId,
    /// What it was.
    pub of: NewDialogue,
    /// Who recorded it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The evidence that it was taken as, if it was.
    pub evidence: Option<EvidenceId>,
}

/// Records a dialogue.
///
/// # Errors
/// If the topics are missing, or a text is too long.
pub async fn add(tx: &mut Tx, new: &NewDialogue, entry: &Entry) -> Result<DialogueId> {
    let topics = said("what it was of", &new.topics)?;
    let decisions = short("what was decided", &new.decisions)?;
    let by = people::get(tx, &PersonId::new(entry.actor.as_str())).await?.id;
    let id = DialogueId::random()?;
    sqlx::query(
        "INSERT INTO board_dialogue (id, happened_on, topics, decisions, recorded_by, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(new.happened_on.to_string())
    .bind(topics)
    .bind(decisions)
    .bind(by.as_str())
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this dialogue"))?;
    audit::append(tx, &entry.of("assessment.dialogue", format!("dialogue/{id}"))).await?;
    Ok(id)
}

/// Takes a dialogue as evidence, once. It counts for nothing until somebody accepts it.
///
/// # Errors
/// If there is no such dialogue, it is evidence already, or the evidence is not whole.
pub async fn take(
    tx: &mut Tx,
    id: &DialogueId,
    new: &NewEvidence,
    entry: &Entry,
) -> Result<EvidenceId> {
    let found = list(tx, entry.at).await?.into_iter().find(|it| it.id == *id);
    let found = found.ok_or_else(|| Error::NotFound(format!("dialogue {id}")))?;
    if found.evidence.is_some() {
        return Err(Error::Duplicate("evidence of this dialogue".to_owned()));
    }
    let evidence = super::add(tx, new, entry).await?;
    sqlx::query("INSERT INTO board_dialogue_evidence (dialogue, evidence) VALUES ($1, $2)")
        .bind(id.as_str())
        .bind(evidence.as_str())
        .execute(&mut **tx)
        .await
        .map_err(taken("evidence of this dialogue"))?;
    Ok(evidence)
}

/// All dialogues recorded until an instant, the latest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection, until: Timestamp) -> Result<Vec<Dialogue>> {
    let rows = sqlx::query(
        "SELECT d.*, e.evidence AS evidence FROM board_dialogue d
         LEFT JOIN board_dialogue_evidence e ON e.dialogue = d.id
         WHERE d.recorded_at <= $1
         ORDER BY d.happened_on DESC, d.recorded_at DESC, d.id",
    );
    let rows = rows.bind(until.as_microsecond()).fetch_all(db).await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &AnyRow) -> Result<Dialogue> {
    Ok(Dialogue {
        id: DialogueId::new(row.text("id")?),
        of: NewDialogue {
            happened_on: row.day("happened_on")?,
            topics: row.text("topics")?,
            decisions: row.text("decisions")?,
        },
        by: PersonId::new(row.text("recorded_by")?),
        at: row.at("recorded_at")?,
        evidence: row.text_if("evidence")?.map(EvidenceId::new),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnitCode;
    use crate::assessing::evidence_of;
    use crate::testing::{add_person, add_unit, at, by, change, day, error, on_both};

    #[test]
    fn a_dialogue_is_taken_as_evidence_once() {
        on_both(|store| async move {
            add_unit(&store, "TRUST", None).await.expect("a unit");
            let helen = add_person(&store, "Helen").await;
            let adds = |topics: &str, happened: &str| {
                let new = NewDialogue {
                    happened_on: day(happened),
                    topics: topics.to_owned(),
                    decisions: String::new(),
                };
                let (store, entry) = (store.clone(), by(&helen));
                async move { change!(store, |tx| add(tx, &new, &entry)) }
            };
            assert_eq!(error(adds(" ", "2025-04-01").await), "what it was of is missing");
            let id = adds("Agency nurses", "2025-04-01").await.expect("recorded");
            adds("Theatre lists", "2025-04-20").await.expect("recorded");
            let new = NewEvidence {
                unit: UnitCode::new("TRUST"),
                kind: "minutes".to_owned(),
                title: "Dialogue of the directors".to_owned(),
                place: "/assessment/dialogue".to_owned(),
                happened_on: day("2025-04-01"),
                expires_on: None,
                owner: helen.clone(),
                steps: ["C1".to_owned()].into(),
            };
            let takes = || {
                let (store, id, new, entry) = (store.clone(), id.clone(), new.clone(), by(&helen));
                async move { change!(store, |tx| take(tx, &id, &new, &entry)) }
            };
            let evidence = takes().await.expect("taken");
            assert_eq!(error(takes().await), "there is already evidence of this dialogue");
            let mut db = store.read().await.expect("a connection");
            let found = list(&mut db, at(0)).await.expect("a read");
            assert_eq!((found[0].of.topics.as_str(), &found[0].evidence), ("Theatre lists", &None));
            assert_eq!(found[1].evidence, Some(evidence));
            let all = evidence_of(&mut db, &[new.unit].into()).await.expect("a read");
            assert_eq!(all.len(), 1, "no evidence without its dialogue");
        });
    }
}
