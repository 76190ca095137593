//! Reviews of service lines: a register of who runs each, the review with everything that people
//! write in it, its meetings, and the joint actions that it looks at.
//!
//! Everything is only added to. Separate things never collide; where two people write one thing at
//! once, both texts are kept and stand until somebody who saw both has written it anew.

mod actions;
mod attached;
mod body;
mod consultant;
mod coverage;
mod due;
mod items;
mod meetings;
mod quorum;
mod register;
pub mod slots;
mod templates;

use domain::Day;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{self, Error, Refusal, Result, code, filled, taken, unchanged};
use crate::ids::{PersonId, ReviewId, ReviewMeetingId, UnitCode};
use crate::row::Values as _;
use crate::units;
use crate::writer::Tx;

pub use self::actions::{
    ActionUpdate, NewAction, Progress, ReviewAction, actions_of_review, note_action, say_progress,
    updates_of_review,
};
pub use self::attached::{attach, bought};
pub use self::body::{
    Agenda, Backfill, Body, Challenge, Coming, Decision, Input, InputState, LineNote, Measure,
    Note, Participant, Presented, Priority, Question, Stage, StageState, Success, Text,
};
pub use self::consultant::{Consultant, consultant, name_consultant};
pub use self::coverage::{
    HEARERS_MAX, NewOverview, Overview, RollOutMove, give_overview, overviews, roll_out,
    roll_out_moves, signed_in_since, take_back_overview,
};
pub use self::due::{actions_of_sit_downs, due_of_unit, waiting_for};
pub use self::items::{Item, Version, add_item, edit_item, item, items_of};
pub use self::meetings::{
    Chair, Closed, Meeting, NewMeeting, Next, arrange, chairs, close, meeting, meetings,
    meetings_of, rearrange,
};
pub use self::quorum::{Confirmed, Quorum, Unsettled, confirm, keep_quorum, unsettled};
pub use self::register::{
    NewRegister, Register, ServicePost, allot, appoint, posts, record_register, register,
};
pub use self::templates::{NewTemplate, Template, add_template, templates};

/// Letters that a text of a review may have.
pub const LETTERS_MAX: usize = 4_000;

/// A review, as it should be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReview {
    /// The service line.
    pub unit: UnitCode,
    /// What it is called.
    pub title: String,
    /// Code of its theme, or reference of a local template.
    pub theme: String,
    /// Meetings that it takes.
    pub meetings: i64,
    /// Minutes of each.
    pub minutes: i64,
    /// By when it is to be held.
    pub due_on: Day,
    /// What it begins with.
    pub begins_with: Vec<Body>,
}

/// A review as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its reference.
    pub id: ReviewId,
    /// The service line.
    pub unit: UnitCode,
    /// What it is called.
    pub title: String,
    /// Code of its theme, or reference of a local template.
    pub theme: String,
    /// Meetings that it takes.
    pub meetings: i64,
    /// Minutes of each.
    pub minutes: i64,
    /// By when it is to be held.
    pub due_on: Day,
    /// The review before it, whose unfinished actions it took over.
    pub follows: Option<ReviewId>,
    /// Who opened it.
    pub opened_by: PersonId,
    /// When.
    pub opened_at: Timestamp,
    /// The review after it, which was made when the last meeting of this one was closed; none
    /// while it is open.
    pub next: Option<ReviewId>,
}

/// Figures of a review as they were when somebody froze them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Their number within the review, from 1.
    pub number: i64,
    /// The run that they are of.
    pub run: String,
    /// Last day of their period.
    pub period_end: Day,
    /// The figures, as a document of whoever froze them.
    pub figures: String,
    /// Who froze them.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Opens a review with what it begins with.
///
/// # Errors
/// If something is missing or too long, or there is no such unit.
pub async fn open(tx: &mut Tx, new: &NewReview, entry: &Entry) -> Result<ReviewId> {
    open_after(tx, new, None, entry).await
}

/// Opens a review, as the next of another where there is one.
async fn open_after(
    tx: &mut Tx,
    new: &NewReview,
    follows: Option<&ReviewId>,
    entry: &Entry,
) -> Result<ReviewId> {
    let title = said("the title", &new.title)?;
    let theme = code("the theme", &new.theme)?;
    units::get(tx, &new.unit).await?;
    let id = ReviewId::random()?;
    sqlx::query(
        "INSERT INTO service_review
         (id, unit, title, theme, meetings, minutes, due_on, follows, opened_by, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id.as_str())
    .bind(new.unit.as_str())
    .bind(title)
    .bind(theme)
    .bind(new.meetings)
    .bind(new.minutes)
    .bind(new.due_on.to_string())
    .bind(follows.map(ReviewId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("a review after this one"))?;
    for body in &new.begins_with {
        items::insert(tx, (&id, None), body, entry).await?;
    }
    let object = format!("review/{id} of {} by {theme}", new.unit);
    audit::append(tx, &entry.of("review.open", object)).await?;
    Ok(id)
}

/// All reviews, the oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &mut Connection) -> Result<Vec<Review>> {
    let rows = sqlx::query(
        "SELECT r.*, n.id AS next FROM service_review r
         LEFT JOIN service_review n ON n.follows = r.id ORDER BY r.opened_at, r.id",
    );
    rows.fetch_all(db).await?.iter().map(stored).collect()
}

/// One review.
///
/// # Errors
/// If there is none with this reference.
pub async fn get(db: &mut Connection, id: &ReviewId) -> Result<Review> {
    let row = sqlx::query(
        "SELECT r.*, n.id AS next FROM service_review r
         LEFT JOIN service_review n ON n.follows = r.id WHERE r.id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(db)
    .await?;
    stored(&row.ok_or_else(|| Error::NotFound(format!("review {id}")))?)
}

fn stored(row: &AnyRow) -> Result<Review> {
    Ok(Review {
        id: ReviewId::new(row.text("id")?),
        unit: UnitCode::new(row.text("unit")?),
        title: row.text("title")?,
        theme: row.text("theme")?,
        meetings: row.number("meetings")?,
        minutes: row.number("minutes")?,
        due_on: row.day("due_on")?,
        follows: row.text_if("follows")?.map(ReviewId::new),
        opened_by: PersonId::new(row.text("opened_by")?),
        opened_at: row.at("opened_at")?,
        next: row.text_if("next")?.map(ReviewId::new),
    })
}

/// Freezes figures for a review. What was frozen before stays.
///
/// # Errors
/// If there is no such review, it is finished, or somebody has frozen others since.
pub async fn freeze(
    tx: &mut Tx,
    id: &ReviewId,
    (run, period_end, document): (&str, Day, &str),
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let run = code("the run", run)?;
    let document = filled("the figures", document)?;
    open_one(tx, id).await?;
    let current = figures(tx, id).await?.map_or(0, |it| it.number);
    unchanged(|| "the figures of this review".to_owned(), seen, current)?;
    sqlx::query(
        "INSERT INTO review_figures
         (review, number, run, period_end, figures, frozen_by, frozen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(seen + 1)
    .bind(run)
    .bind(period_end.to_string())
    .bind(document)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("these figures"))?;
    let object = format!("review/{id} figures {} {run}", seen + 1);
    audit::append(tx, &entry.of("review.freeze", object)).await?;
    Ok(())
}

/// The figures of a review that were frozen last, if any were.
///
/// # Errors
/// If the database cannot be read.
pub async fn figures(db: &mut Connection, id: &ReviewId) -> Result<Option<Figures>> {
    Ok(frozen(db, id).await?.pop())
}

/// All figures that were frozen for a review, in order.
///
/// # Errors
/// If the database cannot be read.
pub async fn frozen(db: &mut Connection, id: &ReviewId) -> Result<Vec<Figures>> {
    let rows = sqlx::query("SELECT * FROM review_figures WHERE review = $1 ORDER BY number")
        .bind(id.as_str())
        .fetch_all(db)
        .await?;
    let read = |row: &AnyRow| -> Result<Figures> {
        Ok(Figures {
            number: row.number("number")?,
            run: row.text("run")?,
            period_end: row.day("period_end")?,
            figures: row.text("figures")?,
            by: PersonId::new(row.text("frozen_by")?),
            at: row.at("frozen_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// A review that is not finished.
async fn open_one(tx: &mut Tx, id: &ReviewId) -> Result<Review> {
    let found = get(tx, id).await?;
    if found.next.is_some() {
        let (what, from) = ("this review".to_owned(), "finished".to_owned());
        return Err(Refusal::WrongMove { what, from, to: "changed" }.into());
    }
    Ok(found)
}

/// A meeting of a review.
async fn meeting_of(tx: &mut Tx, review: &ReviewId, id: &ReviewMeetingId) -> Result<Meeting> {
    let found = meeting(tx, id).await?;
    if found.review != *review {
        return Err(Error::NotFound(format!("meeting {id}")));
    }
    Ok(found)
}

/// Refuses a text that is missing or too long.
fn said<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    error::said(what, text, LETTERS_MAX)
}

/// Refuses a text that is too long; it may be empty.
fn short<'a>(what: &'static str, text: &'a str) -> Result<&'a str> {
    error::short(what, text, LETTERS_MAX)
}

#[cfg(test)]
mod tests;
