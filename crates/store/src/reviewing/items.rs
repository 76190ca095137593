//! Things that people write in a review, one by one. Two things never collide; where two people
//! write one thing at once, both texts stand until somebody who saw both has written it anew.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::body::Body;
use super::{meeting_of, open_one, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, taken};
use crate::ids::{PersonId, ReviewId, ReviewItemId, ReviewMeetingId};
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// Something that people write, with all that was ever written of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its reference.
    pub id: ReviewItemId,
    /// The review.
    pub review: ReviewId,
    /// The meeting, where it belongs to one.
    pub meeting: Option<ReviewMeetingId>,
    /// Versions in order, one at least.
    pub versions: Vec<Version>,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub number: i64,
    /// The latest that whoever wrote it had seen; 0 for the first.
    pub seen: i64,
    /// What was written.
    pub body: Body,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl Item {
    /// What was written last.
    pub fn latest(&self) -> &Version {
        self.versions.last().expect("an item begins with a version")
    }

    /// What stands: usually one; more where people wrote at once and nobody has seen all of it.
    pub fn standing(&self) -> Vec<&Version> {
        let is_settled = |it: &Version| {
            self.versions.iter().any(|later| {
                later.number > it.number && (later.seen >= it.number || later.body == it.body)
            })
        };
        self.versions.iter().filter(|it| !is_settled(it)).collect()
    }

    /// What whoever writes next must have seen.
    pub fn number(&self) -> i64 {
        self.latest().number
    }
}

/// Adds something to a review, or to a meeting of it.
///
/// # Errors
/// If something is missing or too long, somebody named is not there, the review is finished, or the
/// meeting is closed or of another review; [`Error::Duplicate`] if somebody is on its list already.
pub async fn add_item(
    tx: &mut Tx,
    (review, meeting): (&ReviewId, Option<&ReviewMeetingId>),
    body: &Body,
    entry: &Entry,
) -> Result<ReviewItemId> {
    match meeting {
        // Whoever takes notes is not stopped by somebody who closes the meeting meanwhile.
        Some(meeting) => {
            let found = meeting_of(tx, review, meeting).await?;
            if found.closed.is_some() && body.is_choice() {
                return Err(closed());
            }
            once_on_the_list(tx, (review, meeting), body).await?;
        }
        None => {
            open_one(tx, review).await?;
        }
    }
    if body.is_of_meeting() != meeting.is_some() {
        return Err(Refusal::Unusable("the place of this text").into());
    }
    insert(tx, (review, meeting), body, entry).await
}

/// Refuses a second place on the list of a meeting for the same person: the quorum counts people.
async fn once_on_the_list(
    db: &mut Connection,
    (review, meeting): (&ReviewId, &ReviewMeetingId),
    body: &Body,
) -> Result<()> {
    let Some(person) = listed(body) else { return Ok(()) };
    let all = items_of(db, review).await?;
    let mut of_meeting = all.iter().filter(|it| it.meeting.as_ref() == Some(meeting));
    if of_meeting.any(|it| listed(&it.latest().body) == Some(person)) {
        return Err(Error::Duplicate("this person on the list of the meeting".to_owned()));
    }
    Ok(())
}

/// Whom something puts on the list of a meeting.
fn listed(body: &Body) -> Option<&str> {
    match body {
        Body::Participant(it) => Some(it.person.as_str()),
        _ => None,
    }
}

/// Adds something without asking how the review stands.
pub(super) async fn insert(
    tx: &mut Tx,
    (review, meeting): (&ReviewId, Option<&ReviewMeetingId>),
    body: &Body,
    entry: &Entry,
) -> Result<ReviewItemId> {
    body.check()?;
    for person in body.people() {
        people::get(tx, &person).await?;
    }
    let id = ReviewItemId::random()?;
    sqlx::query(
        "INSERT INTO review_item (id, review, meeting, place)
         SELECT $1, $2, $3, COALESCE(MAX(place), 0) + 1 FROM review_item WHERE review = $2",
    )
    .bind(id.as_str())
    .bind(review.as_str())
    .bind(meeting.map(ReviewMeetingId::as_str))
    .execute(&mut **tx)
    .await
    .map_err(taken("something at this place of the review"))?;
    write(tx, (&id, 1, 0), body, entry).await?;
    Ok(id)
}

/// Writes something anew, as somebody who saw it up to a version. Says whether what somebody else
/// wrote meanwhile stands beside it.
///
/// # Errors
/// If something is missing or too long, somebody named is not there, it is a choice that was changed
/// since it was seen, it is another kind of thing, or there is no such thing; [`Error::Duplicate`] if
/// it names somebody else who is on the list of the meeting already.
pub async fn edit_item(
    tx: &mut Tx,
    id: &ReviewItemId,
    body: &Body,
    seen: i64,
    entry: &Entry,
) -> Result<bool> {
    body.check()?;
    for person in body.people() {
        people::get(tx, &person).await?;
    }
    let found = item(tx, id).await?;
    let current = found.number();
    if found.latest().body.kind() != body.kind() || seen < 1 || seen > current {
        return Err(Refusal::Unusable("this text").into());
    }
    if body.is_choice() {
        unchanged(|| format!("this {}", body.kind()), seen, current)?;
        if let Some(meeting) = &found.meeting {
            if meeting_of(tx, &found.review, meeting).await?.closed.is_some() {
                return Err(closed());
            }
            if listed(body) != listed(&found.latest().body) {
                once_on_the_list(tx, (&found.review, meeting), body).await?;
            }
        } else {
            open_one(tx, &found.review).await?;
        }
    }
    write(tx, (id, current + 1, seen), body, entry).await?;
    Ok(item(tx, id).await?.standing().len() > 1)
}

fn closed() -> Error {
    let (what, from) = ("this meeting".to_owned(), "closed".to_owned());
    Refusal::WrongMove { what, from, to: "changed" }.into()
}

pub(super) async fn write(
    tx: &mut Tx,
    (id, number, seen): (&ReviewItemId, i64, i64),
    body: &Body,
    entry: &Entry,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO review_item_version (item, number, seen, body, written_by, written_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(seen)
    .bind(body.to_text()?)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("version {number} of this {}", body.kind())))?;
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let object = format!("review-item/{id} {} {number}", body.kind());
    audit::append(tx, &entry.of("review.write", object)).await?;
    Ok(())
}

/// One thing.
///
/// # Errors
/// If there is none with this reference.
pub async fn item(db: &mut Connection, id: &ReviewItemId) -> Result<Item> {
    let row = sqlx::query("SELECT * FROM review_item WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut *db)
        .await?;
    let row = row.ok_or_else(|| Error::NotFound(format!("text {id}")))?;
    let mut found = stored(&row)?;
    let versions = sqlx::query("SELECT * FROM review_item_version WHERE item = $1 ORDER BY number")
        .bind(id.as_str())
        .fetch_all(db)
        .await?;
    found.versions = versions.iter().map(version).collect::<Result<_>>()?;
    Ok(found)
}

/// All that is written in a review and its meetings, in the order in which it was added.
///
/// # Errors
/// If the database cannot be read.
pub async fn items_of(db: &mut Connection, review: &ReviewId) -> Result<Vec<Item>> {
    let rows = sqlx::query("SELECT * FROM review_item WHERE review = $1 ORDER BY place")
        .bind(review.as_str())
        .fetch_all(&mut *db)
        .await?;
    let mut found = rows.iter().map(stored).collect::<Result<Vec<_>>>()?;
    let places: BTreeMap<String, usize> =
        found.iter().enumerate().map(|(place, it)| (it.id.as_str().to_owned(), place)).collect();
    let versions = sqlx::query(
        "SELECT v.* FROM review_item_version v JOIN review_item i ON i.id = v.item
         WHERE i.review = $1 ORDER BY v.item, v.number",
    )
    .bind(review.as_str())
    .fetch_all(db)
    .await?;
    for row in versions {
        let place = places.get(&row.text("item")?).copied();
        let Some(of) = place.and_then(|it| found.get_mut(it)) else { continue };
        of.versions.push(version(&row)?);
    }
    // Between the two questions somebody may have added one, whose versions are not read yet.
    found.retain(|it| !it.versions.is_empty());
    Ok(found)
}

pub(super) fn stored(row: &AnyRow) -> Result<Item> {
    Ok(Item {
        id: ReviewItemId::new(row.text("id")?),
        review: ReviewId::new(row.text("review")?),
        meeting: row.text_if("meeting")?.map(ReviewMeetingId::new),
        versions: Vec::new(),
    })
}

pub(super) fn version(row: &AnyRow) -> Result<Version> {
    Ok(Version {
        number: row.number("number")?,
        seen: row.number("seen")?,
        body: Body::of_text(&row.text("body")?)?,
        by: PersonId::new(row.text("written_by")?),
        at: row.at("written_at")?,
    })
}
