//! Joint actions as a review looks at them: which it looks at, and how they stood in a meeting. The
//! actions themselves are in `joint_actions`, which hears what a meeting says of them; a review knows
//! their references, and what it noted of them when it agreed on them.

use domain::Day;
use engagement::actions::{Says, Update};
use engagement::reviews::DueAction;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::due::due_of_unit;
use super::{Meeting, meeting_of, open_one, said, short};
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
        /// It will not be done; the words say why.
        Stopped = "stopped",
    }
}

impl Progress {
    /// Whether nothing more comes of it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Stopped)
    }

    fn of(says: Says) -> Self {
        match says {
            Says::Done => Self::Done,
            Says::SomeProgress => Self::InProgress,
            Says::NoProgress => Self::NoProgress,
            Says::Stopped => Self::Stopped,
        }
    }

    fn says(self) -> Says {
        match self {
            Self::Done => Says::Done,
            Self::InProgress => Says::SomeProgress,
            Self::NoProgress => Says::NoProgress,
            Self::Stopped => Says::Stopped,
        }
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
    /// The meeting that agrees on it, if one does.
    pub agreed_in: Option<ReviewMeetingId>,
}

/// An action of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewAction {
    /// The review.
    pub review: ReviewId,
    /// What was noted; its day is the one that was said last.
    pub of: NewAction,
    /// The review from which it was taken over, where it was not finished there.
    pub carried_from: Option<ReviewId>,
    /// Whether the review has taken it up; if not, it is one of the service line that is due.
    pub is_taken_up: bool,
    /// When it was taken up; of one that is not, when it was agreed.
    pub at: Timestamp,
    /// How it stands after what was said last, in a meeting or in the list of actions; none where
    /// nobody has said anything.
    pub progress: Option<Progress>,
}

/// What was said of how an action stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionUpdate {
    /// The action.
    pub action: String,
    /// The meeting in which it was said; none where it was said in the list of actions.
    pub meeting: Option<ReviewMeetingId>,
    /// How it stands.
    pub progress: Progress,
    /// What was done, or why nothing was.
    pub words: String,
    /// By when it is to be done from now on, where that was said.
    pub due_on: Option<Day>,
    /// Who said it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

impl ReviewAction {
    /// Whether this very meeting agreed on it.
    pub fn is_new_in(&self, meeting: &Meeting) -> bool {
        self.of.agreed_in.as_ref() == Some(&meeting.id)
    }

    /// As the rule takes it that says which actions keep a meeting open.
    pub fn as_due(&self, meeting: &Meeting, has_update: bool) -> DueAction {
        DueAction {
            action: self.of.action.clone(),
            due_on: joint_actions::date(self.of.due_on),
            is_done: self.progress.is_some_and(Progress::is_over),
            has_update,
            is_new: self.is_new_in(meeting),
        }
    }
}

/// Takes an action up in a review.
///
/// # Errors
/// If something is missing or too long, the review has it already or is finished, or the meeting that
/// agrees on it is closed or of another review.
pub async fn note_action(
    tx: &mut Tx,
    review: &ReviewId,
    new: &NewAction,
    entry: &Entry,
) -> Result<()> {
    open_one(tx, review).await?;
    if let Some(meeting) = &new.agreed_in
        && meeting_of(tx, review, meeting).await?.closed.is_some()
    {
        return Err(closed());
    }
    insert(tx, review, (new, None), entry).await
}

fn closed() -> Error {
    let (what, from) = ("this meeting".to_owned(), "closed".to_owned());
    Refusal::WrongMove { what, from, to: "changed" }.into()
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
         (review, action, noted, owners, due_on, carried_from, agreed_in, added_by, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(review.as_str())
    .bind(action)
    .bind(noted)
    .bind(owners)
    .bind(new.due_on.to_string())
    .bind(carried_from.map(ReviewId::as_str))
    .bind(new.agreed_in.as_ref().map(ReviewMeetingId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this action in the review"))?;
    let object = format!("review/{review} action/{action}");
    audit::append(tx, &entry.of("review.action", object)).await?;
    Ok(())
}

/// Says in a meeting how an action stands. What was said before stays. A joint action of the service
/// line that is due, and that the review did not have, is taken up by it.
///
/// # Errors
/// If nothing happened and nobody says why, the review does not have the action and it is none of the
/// service line that is due, or the meeting is closed or of another review.
pub async fn say_progress(
    tx: &mut Tx,
    (review, meeting): (&ReviewId, &ReviewMeetingId),
    action: &str,
    (progress, words): (Progress, &str),
    entry: &Entry,
) -> Result<()> {
    let words = match progress {
        Progress::NoProgress => said("why there is no progress", words)?,
        Progress::Stopped => said("why it was stopped", words)?,
        Progress::Done | Progress::InProgress => short("what was done", words)?,
    };
    let held = meeting_of(tx, review, meeting).await?;
    if held.closed.is_some() {
        return Err(closed());
    }
    let known = actions_of_review(tx, review, &[]).await?;
    if !known.iter().any(|it| it.of.action == action) {
        let (due, _) = due_of_unit(tx, review, (held.of.held_on, entry.at)).await?;
        let due = due.into_iter().find(|it| it.of.action == action);
        let due = due.ok_or_else(|| Error::NotFound(format!("action {action}")))?;
        insert(tx, review, (&due.of, None), entry).await?;
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
        says: progress.says(),
        because: words.to_owned(),
        due_on: None,
    };
    joint_actions::update(tx, &id, &update, found.version(), entry).await
}

/// The actions that a review looks at: those it took over first, then by day; each as it stands after
/// what [`updates_of_review`] has of it.
///
/// # Errors
/// If the database cannot be read.
pub async fn actions_of_review(
    db: &mut Connection,
    review: &ReviewId,
    said: &[ActionUpdate],
) -> Result<Vec<ReviewAction>> {
    let rows = sqlx::query(
        "SELECT * FROM review_action WHERE review = $1
         ORDER BY CASE WHEN carried_from IS NULL THEN 1 ELSE 0 END, due_on, action",
    )
    .bind(review.as_str())
    .fetch_all(db)
    .await?;
    let read = |row: &AnyRow| -> Result<ReviewAction> {
        let action = row.text("action")?;
        let of = || said.iter().rev().filter(|it| it.action == action);
        let postponed = of().find_map(|it| it.due_on);
        Ok(ReviewAction {
            review: ReviewId::new(row.text("review")?),
            progress: of().next().map(|it| it.progress),
            of: NewAction {
                action: action.clone(),
                noted: row.text("noted")?,
                owners: row.text("owners")?,
                due_on: postponed.map_or_else(|| row.day("due_on"), Ok)?,
                agreed_in: row.text_if("agreed_in")?.map(ReviewMeetingId::new),
            },
            is_taken_up: true,
            carried_from: row.text_if("carried_from")?.map(ReviewId::new),
            at: row.at("added_at")?,
        })
    };
    rows.iter().map(read).collect()
}

/// What was said of how the actions of a review stand, by action and in order: in its own meetings, in
/// those of the reviews before and after it that looked at the same actions, and in the list of
/// actions.
///
/// # Errors
/// If the database cannot be read.
pub async fn updates_of_review(
    db: &mut Connection,
    review: &ReviewId,
) -> Result<Vec<ActionUpdate>> {
    let rows = sqlx::query(
        "SELECT u.* FROM review_action_update u JOIN review_action a ON a.action = u.action
         WHERE a.review = $1",
    )
    .bind(review.as_str())
    .fetch_all(&mut *db)
    .await?;
    let read = |row: &AnyRow| -> Result<ActionUpdate> {
        Ok(ActionUpdate {
            action: row.text("action")?,
            meeting: Some(ReviewMeetingId::new(row.text("meeting")?)),
            progress: row.parsed("progress", "progress of an action")?,
            words: row.text("words")?,
            due_on: None,
            by: PersonId::new(row.text("said_by")?),
            at: row.at("said_at")?,
        })
    };
    let mut all = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    let taken_up = sqlx::query("SELECT action FROM review_action WHERE review = $1")
        .bind(review.as_str())
        .fetch_all(&mut *db)
        .await?;
    for row in &taken_up {
        let elsewhere = in_the_list(db, &row.text("action")?, &all).await?;
        all.extend(elsewhere);
    }
    all.sort_by(|one, other| (&one.action, one.at).cmp(&(&other.action, other.at)));
    Ok(all)
}

/// What was said of an action in the list of actions, and not told to it by a meeting.
async fn in_the_list(
    db: &mut Connection,
    action: &str,
    in_meetings: &[ActionUpdate],
) -> Result<Vec<ActionUpdate>> {
    let found = match joint_actions::get(db, &ActionId::new(action)).await {
        Err(Error::NotFound(_)) => return Ok(Vec::new()),
        other => other?,
    };
    let is_told = |it: &joint_actions::StoredUpdate| {
        let mut told = in_meetings.iter().filter(|of| of.action == action);
        told.any(|of| of.at == it.at && of.by == it.by)
    };
    Ok(found.updates.iter().filter(|it| !is_told(it)).map(|it| of_list(&found.id, it)).collect())
}

/// What was said in the list of actions, as a review hears it.
pub(super) fn of_list(action: &ActionId, it: &joint_actions::StoredUpdate) -> ActionUpdate {
    ActionUpdate {
        action: action.to_string(),
        meeting: None,
        progress: Progress::of(it.says.says),
        words: it.says.because.clone(),
        due_on: it.says.due_on.and_then(|it| it.to_string().parse().ok()),
        by: it.by.clone(),
        at: it.at,
    }
}
