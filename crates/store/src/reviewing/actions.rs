//! Joint actions as a review looks at them: which it looks at, and how they stood in a meeting. The
//! actions themselves are in `joint_actions`, which hears what a meeting says of them; a review knows
//! their references, and what it noted of them when it agreed on them.

use domain::Day;
use engagement::actions::{Says, Update};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{meeting_of, open_one, said, short};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, taken};
use crate::ids::{ActionId, PersonId, ReviewId, ReviewMeetingId};
use crate::joint_actions;
use crate::row::{Values as _, texts};
use crate::writer::Tx;

texts! {
    /// How an action stands.
    Progress {
        /// It is done.
        Done = "done",
        /// It goes on.
        InProgress = "in_progress",
        /// Nothing happened; the words say why.
        NoProgress = "no_progress",
    }
}

/// An action that a review takes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAction {
    /// Its reference.
    pub action: String,
    /// What was agreed.
    pub noted: String,
    /// Who owns it: somebody of each profession where it is joint.
    pub owners: String,
    /// By when.
    pub due_on: Day,
}

/// An action of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewAction {
    /// The review.
    pub review: ReviewId,
    /// What was noted.
    pub of: NewAction,
    /// The review from which it was taken over, where it was not finished there.
    pub carried_from: Option<ReviewId>,
    /// When it was taken up.
    pub at: Timestamp,
    /// How it stands after the meetings so far; none where none has looked at it.
    pub progress: Option<Progress>,
}

/// What was said in a meeting of how an action stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionUpdate {
    /// The action.
    pub action: String,
    /// Its number for the action, from 1.
    pub number: i64,
    /// The meeting.
    pub meeting: ReviewMeetingId,
    /// How it stands.
    pub progress: Progress,
    /// What was done, or why nothing was.
    pub words: String,
    /// Who said it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Takes an action up in a review.
///
/// # Errors
/// If something is missing or too long, the review has it already or is finished.
pub async fn note_action(
    tx: &mut Tx,
    review: &ReviewId,
    new: &NewAction,
    entry: &Entry,
) -> Result<()> {
    open_one(tx, review).await?;
    insert(tx, review, (new, None), entry).await
}

/// Adds an action to a review, as taken over from another where there is one.
pub(super) async fn insert(
    tx: &mut Tx,
    review: &ReviewId,
    (new, carried_from): (&NewAction, Option<&ReviewId>),
    entry: &Entry,
) -> Result<()> {
    let action = code("the reference of the action", &new.action)?;
    let noted = said("what was agreed", &new.noted)?;
    let owners = said("the owners", &new.owners)?;
    sqlx::query(
        "INSERT INTO review_action
         (review, action, noted, owners, due_on, carried_from, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(review.as_str())
    .bind(action)
    .bind(noted)
    .bind(owners)
    .bind(new.due_on.to_string())
    .bind(carried_from.map(ReviewId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this action in the review"))?;
    let object = format!("review/{review} action/{action}");
    audit::append(tx, &entry.of("review.action", object)).await?;
    Ok(())
}

/// Says in a meeting how an action stands. What was said before stays.
///
/// # Errors
/// If nothing happened and nobody says why, the review does not have the action, or the meeting is
/// closed or of another review.
pub async fn say_progress(
    tx: &mut Tx,
    (review, meeting): (&ReviewId, &ReviewMeetingId),
    action: &str,
    (progress, words): (Progress, &str),
    entry: &Entry,
) -> Result<()> {
    let words = match progress {
        Progress::NoProgress => said("why there is no progress", words)?,
        Progress::Done | Progress::InProgress => short("what was done", words)?,
    };
    if meeting_of(tx, review, meeting).await?.closed.is_some() {
        let (what, from) = ("this meeting".to_owned(), "closed".to_owned());
        return Err(Refusal::WrongMove { what, from, to: "changed" }.into());
    }
    let known = actions_of_review(tx, review).await?;
    if !known.iter().any(|it| it.of.action == action) {
        return Err(Error::NotFound(format!("action {action}")));
    }
    let row = sqlx::query(
        "SELECT COALESCE(MAX(number), 0) AS number FROM review_action_update WHERE action = $1",
    )
    .bind(action)
    .fetch_one(&mut **tx)
    .await?;
    let number = row.number("number")? + 1;
    sqlx::query(
        "INSERT INTO review_action_update
         (action, number, meeting, progress, words, said_by, said_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(action)
    .bind(number)
    .bind(meeting.as_str())
    .bind(progress.as_str())
    .bind(words)
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("update {number} of this action")))?;
    let object = format!("review-meeting/{meeting} action/{action} {number} {progress}");
    audit::append(tx, &entry.of("review.progress", object)).await?;
    tell(tx, action, (progress, words), entry).await
}

/// Tells the register of joint actions what a meeting said of one.
async fn tell(
    tx: &mut Tx,
    action: &str,
    (progress, words): (Progress, &str),
    entry: &Entry,
) -> Result<()> {
    let id = ActionId::new(action);
    let found = match joint_actions::get(tx, &id).await {
        // A review may look at something that is kept elsewhere.
        Err(Error::NotFound(_)) => return Ok(()),
        other => other?,
    };
    let update = Update {
        on: joint_actions::date_at(entry.at),
        says: match progress {
            Progress::Done => Says::Done,
            Progress::InProgress => Says::SomeProgress,
            Progress::NoProgress => Says::NoProgress,
        },
        because: words.to_owned(),
        due_on: None,
    };
    joint_actions::update(tx, &id, &update, found.version(), entry).await
}

/// The actions that a review looks at: those it took over first, then by day.
///
/// # Errors
/// If the database cannot be read.
pub async fn actions_of_review(
    db: &mut Connection,
    review: &ReviewId,
) -> Result<Vec<ReviewAction>> {
    let rows = sqlx::query(
        "SELECT a.*, u.progress FROM review_action a
         LEFT JOIN review_action_update u ON u.action = a.action AND u.number = (
             SELECT MAX(l.number) FROM review_action_update l WHERE l.action = a.action)
         WHERE a.review = $1
         ORDER BY CASE WHEN a.carried_from IS NULL THEN 1 ELSE 0 END, a.due_on, a.action",
    )
    .bind(review.as_str())
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| -> Result<ReviewAction> {
        Ok(ReviewAction {
            review: ReviewId::new(row.text("review")?),
            of: NewAction {
                action: row.text("action")?,
                noted: row.text("noted")?,
                owners: row.text("owners")?,
                due_on: row.day("due_on")?,
            },
            carried_from: row.text_if("carried_from")?.map(ReviewId::new),
            at: row.at("added_at")?,
            progress: row.parsed_if("progress", "progress of an action")?,
        })
    };
    rows.iter().map(read).collect()
}

/// What was said of how the actions of a review stand, in order: in its own meetings, and in those
/// of the reviews before and after it that looked at the same actions.
///
/// # Errors
/// If the database cannot be read.
pub async fn updates_of_review(
    db: &mut Connection,
    review: &ReviewId,
) -> Result<Vec<ActionUpdate>> {
    let rows = sqlx::query(
        "SELECT u.* FROM review_action_update u JOIN review_action a ON a.action = u.action
         WHERE a.review = $1 ORDER BY u.action, u.number",
    )
    .bind(review.as_str())
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| -> Result<ActionUpdate> {
        Ok(ActionUpdate {
            action: row.text("action")?,
            number: row.number("number")?,
            meeting: ReviewMeetingId::new(row.text("meeting")?),
            progress: row.parsed("progress", "progress of an action")?,
            words: row.text("words")?,
            by: PersonId::new(row.text("said_by")?),
            at: row.at("said_at")?,
        })
    };
    rows.iter().map(read).collect()
}
