//! Slots as they are stored: with who is asked, what they answered and what came of it.

use sqlx::any::AnyRow;

use super::{Asked, Ended, NewPoll, NewSlot, Reply, SlotPoll};
use crate::Connection;
use crate::error::{Error, Result};
use crate::ids::{PersonId, ReviewId, ReviewMeetingId, SlotPollId, UnitCode};
use crate::row::{Values as _, each_to};

/// Slots with who is asked and what they answered, of those that are wanted.
macro_rules! gathered {
    ($db:expr, $wanted:literal, $bound:expr) => {{
        let whole = concat!(
            "SELECT p.*, r.title, r.unit, n.id AS next, e.slot, e.meeting, e.ended_by, e.ended_at
             FROM slot_poll p JOIN service_review r ON r.id = p.review
             LEFT JOIN service_review n ON n.follows = r.id
             LEFT JOIN slot_poll_ended e ON e.poll = p.id ",
            $wanted,
            " ORDER BY p.proposed_at, p.id"
        );
        let slots = concat!(
            "SELECT s.* FROM meeting_slot s JOIN slot_poll p ON p.id = s.poll ",
            $wanted,
            " ORDER BY s.poll, s.number"
        );
        let asked = concat!(
            "SELECT a.* FROM slot_asked a JOIN slot_poll p ON p.id = a.poll ",
            $wanted,
            " ORDER BY a.poll, a.number"
        );
        let replies = concat!(
            "SELECT y.*, a.answer FROM slot_reply y JOIN slot_poll p ON p.id = y.poll
             JOIN slot_answer a ON a.poll = y.poll AND a.reply = y.number ",
            $wanted,
            " ORDER BY y.poll, y.number, a.slot"
        );
        let bound: &str = $bound;
        let whole = sqlx::query(whole).bind(bound).fetch_all(&mut *$db).await?;
        let slots = sqlx::query(slots).bind(bound).fetch_all(&mut *$db).await?;
        let asked = sqlx::query(asked).bind(bound).fetch_all(&mut *$db).await?;
        let replies = sqlx::query(replies).bind(bound).fetch_all(&mut *$db).await?;
        put_together(&whole, [&slots, &asked, &replies])
    }};
}

/// One choice of slots.
///
/// # Errors
/// If there is none with this reference.
pub async fn poll(db: &mut Connection, id: &SlotPollId) -> Result<SlotPoll> {
    let found = gathered!(db, "WHERE p.id = $1", id.as_str())?;
    found.into_iter().next().ok_or_else(|| Error::NotFound(format!("slots {id}")))
}

/// All that was proposed for a review, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn polls_of(db: &mut Connection, review: &ReviewId) -> Result<Vec<SlotPoll>> {
    gathered!(db, "WHERE p.review = $1", review.as_str())
}

/// What is open and asks somebody, or was proposed by them, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn open_polls_of(db: &mut Connection, person: &PersonId) -> Result<Vec<SlotPoll>> {
    let found = gathered!(
        db,
        "WHERE (p.proposed_by = $1
             OR EXISTS (SELECT 1 FROM slot_asked o WHERE o.poll = p.id AND o.person = $1))
         AND NOT EXISTS (SELECT 1 FROM slot_poll_ended e WHERE e.poll = p.id)",
        person.as_str()
    )?;
    Ok(found.into_iter().filter(SlotPoll::is_open).collect())
}

fn put_together(
    whole: &[AnyRow],
    [slots, asked, replies]: [&[AnyRow]; 3],
) -> Result<Vec<SlotPoll>> {
    let mut found = whole.iter().map(stored).collect::<Result<Vec<_>>>()?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (slots, "poll"),
        |of, row| {
            of.of.slots.push(NewSlot {
                held_on: row.day("held_on")?,
                begins_at: row.text("begins_at")?,
                minutes: row.number("minutes")?,
            });
            Ok(())
        },
    )?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (asked, "poll"),
        |of, row| {
            of.of.asked.push(Asked {
                person: PersonId::new(row.text("person")?),
                profession: row.parsed("profession", "profession")?,
                role: row.text("role")?,
                deputy_for: row.text_if("deputy_for")?.map(PersonId::new),
            });
            Ok(())
        },
    )?;
    each_to(
        &mut found,
        |it| it.id.as_str(),
        (replies, "poll"),
        |of, row| {
            let number = row.number("number")?;
            let answer = row.parsed("answer", "answer to a slot")?;
            if let Some(last) = of.replies.last_mut().filter(|it| it.number == number) {
                last.answers.push(answer);
                return Ok(());
            }
            of.replies.push(Reply {
                number,
                by: PersonId::new(row.text("person")?),
                answers: vec![answer],
                words: row.text("words")?,
                at: row.at("replied_at")?,
            });
            Ok(())
        },
    )?;
    Ok(found)
}

fn stored(row: &AnyRow) -> Result<SlotPoll> {
    let place = row.number_if("slot")?.map(|it| usize::try_from(it - 1).unwrap_or(usize::MAX));
    let meeting = row.text_if("meeting")?.map(ReviewMeetingId::new);
    let ended = match row.at_if("ended_at")? {
        None => None,
        Some(at) => {
            Some(Ended { picked: place.zip(meeting), by: PersonId::new(row.text("ended_by")?), at })
        }
    };
    Ok(SlotPoll {
        id: SlotPollId::new(row.text("id")?),
        review: ReviewId::new(row.text("review")?),
        title: row.text("title")?,
        unit: UnitCode::new(row.text("unit")?),
        of: NewPoll { slots: Vec::new(), asked: Vec::new() },
        by: PersonId::new(row.text("proposed_by")?),
        at: row.at("proposed_at")?,
        replies: Vec::new(),
        ended,
        is_over: row.text_if("next")?.is_some(),
    })
}
