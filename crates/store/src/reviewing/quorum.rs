//! Whether a meeting could decide when it was closed, and what a later one confirms of that which was
//! decided in one that could not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::body::Body;
use super::items::{Item, item, stored, version};
use super::meetings::meeting;
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, taken, unchanged};
use crate::ids::{PersonId, ReviewId, ReviewItemId, ReviewMeetingId};
use crate::row::Values as _;
use crate::writer::Tx;

/// Who was there when a meeting was closed, as far as that lets it decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// People there.
    pub people: i64,
    /// People who had to be there.
    pub needed: i64,
    /// Whether a clinician was.
    pub clinical: bool,
    /// Whether somebody of finance was.
    pub finance: bool,
}

impl Quorum {
    /// Whether the meeting could decide.
    pub const fn can_decide(&self) -> bool {
        self.clinical && self.finance && self.people >= self.needed
    }
}

/// That a meeting confirmed a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The meeting.
    pub meeting: ReviewMeetingId,
    /// Who said so.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// A decision of a meeting that was closed and could not decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// The decision.
    pub item: Item,
    /// Who confirmed it as it is written now, in a meeting that can decide, or is still open.
    pub confirmed: Option<Confirmed>,
}

/// Counts who is there when a meeting is closed, before it is.
///
/// # Errors
/// If it is closed already.
pub async fn keep_quorum(
    tx: &mut Tx,
    id: &ReviewMeetingId,
    of: Quorum,
    entry: &Entry,
) -> Result<()> {
    if meeting(tx, id).await?.closed.is_some() {
        let (what, from) = ("this meeting".to_owned(), "closed".to_owned());
        return Err(Refusal::WrongMove { what, from, to: "counted again" }.into());
    }
    sqlx::query(
        "INSERT INTO review_meeting_quorum
         (meeting, people, needed, clinical, finance, counted_by, counted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(of.people)
    .bind(of.needed)
    .bind(i64::from(of.clinical))
    .bind(i64::from(of.finance))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("who was at this meeting"))?;
    let object = format!("review-meeting/{id} {} of {}", of.people, of.needed);
    audit::append(tx, &entry.of("review.quorum", object)).await?;
    Ok(())
}

/// Confirms a decision in a later meeting. Whoever calls has checked that the meeting can decide, and
/// that the decision is before it.
///
/// # Errors
/// If the meeting is closed or took the decision itself, it is no decision, two texts of it stand, it
/// was written anew since it was seen, or this meeting has confirmed it already.
pub async fn confirm(
    tx: &mut Tx,
    (id, seen): (&ReviewItemId, i64),
    in_meeting: &ReviewMeetingId,
    entry: &Entry,
) -> Result<()> {
    let found = item(tx, id).await?;
    let is_decision = matches!(found.latest().body, Body::Decision(_));
    let is_closed = meeting(tx, in_meeting).await?.closed.is_some();
    let moved = |from: &str| {
        let (what, from) = ("this decision".to_owned(), from.to_owned());
        Error::from(Refusal::WrongMove { what, from, to: "confirmed" })
    };
    if !is_decision || found.meeting.as_ref() == Some(in_meeting) {
        return Err(moved("of the same meeting"));
    }
    if is_closed {
        return Err(moved("looked at by a meeting that is closed"));
    }
    if found.standing().len() > 1 {
        return Err(moved("kept with two texts that nobody has settled"));
    }
    unchanged(|| "this decision".to_owned(), seen, found.number())?;
    sqlx::query(
        "INSERT INTO review_decision_confirmed (item, number, meeting, confirmed_by, confirmed_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(seen)
    .bind(in_meeting.as_str())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this decision among those that the meeting confirmed"))?;
    let object = format!("review-item/{id} decision {seen} in review-meeting/{in_meeting}");
    audit::append(tx, &entry.of("review.confirm", object)).await?;
    Ok(())
}

/// A question about a review and all that it follows.
macro_rules! of_chain {
    ($question:literal) => {
        sqlx::query(concat!(
            "WITH RECURSIVE chain (id) AS (
                 SELECT r.id FROM service_review r WHERE r.id = $1
                 UNION
                 SELECT r.follows FROM service_review r JOIN chain l ON r.id = l.id
                 WHERE r.follows IS NOT NULL
             ) ",
            $question
        ))
    };
}

/// Decisions of a review and of those before it that were taken in meetings which could not decide,
/// the earliest first: those that still wait for a meeting that confirms them, and those that one has.
///
/// # Errors
/// If the database cannot be read.
pub async fn unsettled(db: &mut Connection, review: &ReviewId) -> Result<Vec<Unsettled>> {
    let rows = of_chain!(
        "SELECT i.id, i.review, i.meeting, v.item, v.number, v.seen, v.body, v.written_by,
             v.written_at
         FROM review_item i JOIN chain l ON l.id = i.review
         JOIN review_meeting_quorum q ON q.meeting = i.meeting
         JOIN review_item_version v ON v.item = i.id
         WHERE q.people < q.needed OR q.clinical = 0 OR q.finance = 0
         ORDER BY q.counted_at, i.place, i.id, v.number"
    );
    let rows = rows.bind(review.as_str()).fetch_all(&mut *db).await?;
    let mut found: Vec<Item> = Vec::new();
    for row in &rows {
        let id = row.text("id")?;
        if found.last().is_none_or(|it| it.id.as_str() != id) {
            found.push(stored(row)?);
        }
        if let Some(of) = found.last_mut() {
            of.versions.push(version(row)?);
        }
    }
    found.retain(|it| matches!(it.latest().body, Body::Decision(_)));
    let confirmed = confirmations(db, review).await?;
    let one = |item: Item| {
        let key = (item.id.as_str().to_owned(), item.number());
        Unsettled { confirmed: confirmed.get(&key).cloned(), item }
    };
    Ok(found.into_iter().map(one).collect())
}

/// What was confirmed of a review and of those before it, by reference and version, the first time.
/// What a meeting confirmed that could not decide when it was closed does not count.
async fn confirmations(
    db: &mut Connection,
    review: &ReviewId,
) -> Result<BTreeMap<(String, i64), Confirmed>> {
    let rows = of_chain!(
        "SELECT c.item, c.number, c.meeting, c.confirmed_by, c.confirmed_at
         FROM review_decision_confirmed c JOIN review_item i ON i.id = c.item
         JOIN chain l ON l.id = i.review
         LEFT JOIN review_meeting_quorum q ON q.meeting = c.meeting
         WHERE q.meeting IS NULL
             OR (q.people >= q.needed AND q.clinical = 1 AND q.finance = 1)
         ORDER BY c.confirmed_at DESC, c.meeting"
    );
    let rows = rows.bind(review.as_str()).fetch_all(db).await?;
    // Later rows are earlier confirmations: the first one is kept.
    rows.iter().map(confirmation).collect()
}

fn confirmation(row: &AnyRow) -> Result<((String, i64), Confirmed)> {
    let confirmed = Confirmed {
        meeting: ReviewMeetingId::new(row.text("meeting")?),
        by: PersonId::new(row.text("confirmed_by")?),
        at: row.at("confirmed_at")?,
    };
    Ok(((row.text("item")?, row.number("number")?), confirmed))
}
