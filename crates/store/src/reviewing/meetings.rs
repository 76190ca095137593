//! Meetings of a review: when, where, who is in the chair, and that they are closed.

use std::collections::BTreeMap;

use domain::Day;
use engagement::benefits::BenefitSettings;
use engagement::reviews::ReviewGuide;
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::actions::{
    self, ActionUpdate, NewAction, Progress, actions_of_review, updates_of_review,
};
use super::due::{due_of_unit, waiting_for};
use super::{NewReview, open_after, open_one, said, short, unchanged};
use crate::Connection;
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, taken};
use crate::ids::{PersonId, ReviewId, ReviewMeetingId, UnitCode};
use crate::joint_actions;
use crate::people;
use crate::row::Values as _;
use crate::writer::Tx;

/// A meeting, as it should be arranged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMeeting {
    /// The day.
    pub held_on: Day,
    /// When it begins, as `08:00` in the time of England.
    pub begins_at: String,
    /// How long it is.
    pub minutes: i64,
    /// Where.
    pub place: String,
    /// Who is in the chair.
    pub chair: PersonId,
    /// Code of as what they are.
    pub chair_role: String,
    /// Who facilitates, if anybody does.
    pub facilitator: Option<PersonId>,
}

/// A meeting as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Its reference.
    pub id: ReviewMeetingId,
    /// The review.
    pub review: ReviewId,
    /// How often it was arranged; what whoever changes it must have seen.
    pub number: i64,
    /// How it is arranged now.
    pub of: NewMeeting,
    /// When people could first know of this day.
    pub day_known_at: Timestamp,
    /// When and by whom it was closed, if it was.
    pub closed: Option<Closed>,
}

impl Meeting {
    /// From when on what was said in the list of actions is news to this meeting: since the meeting
    /// of its review that was closed before it, else since the review began.
    pub fn hears_since(&self, begun_at: Timestamp, all: &[Self]) -> Timestamp {
        let own = self.closed.as_ref().map(|it| it.at);
        let others = all.iter().filter(|it| it.id != self.id && it.review == self.review);
        let closed = others.filter_map(|it| it.closed.as_ref()).map(|it| it.at);
        closed.filter(|it| own.is_none_or(|own| *it < own)).max().unwrap_or(begun_at)
    }

    /// Whether it hears what was said of an action: in it, or in the list of actions since then and
    /// so lately that the list itself asks for nothing newer.
    pub fn hears(&self, update: &ActionUpdate, since: Timestamp) -> bool {
        if let Some(meeting) = &update.meeting {
            return *meeting == self.id;
        }
        let end = self.closed.as_ref().map(|it| it.at);
        let lasts = i32::try_from(BenefitSettings::own().update_after.value).unwrap_or(0);
        let said_on = joint_actions::date_at(update.at).to_string().parse::<Day>();
        let is_fresh = said_on.is_ok_and(|it| it.plus(lasts) >= self.of.held_on);
        update.at > since && end.is_none_or(|it| update.at <= it) && is_fresh
    }
}

/// That a meeting was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The review that was made next, where this was the last meeting.
    pub next: Option<ReviewId>,
    /// Who closed it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// What comes after a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Another meeting of the same review.
    Meeting,
    /// The review is finished: this one comes next.
    Review(Box<NewReview>),
}

/// Who was in the chair of a review that is finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chair {
    /// Who closed the meeting: it rests on their word.
    pub closed_by: PersonId,
    /// The service line.
    pub unit: UnitCode,
    /// Day of the last meeting.
    pub held_on: Day,
    /// Who.
    pub person: PersonId,
    /// Code of as what they were.
    pub role: String,
}

/// Arranges a meeting.
///
/// # Errors
/// If something is missing or too long, somebody is not there, or the review is finished.
pub async fn arrange(
    tx: &mut Tx,
    review: &ReviewId,
    new: &NewMeeting,
    entry: &Entry,
) -> Result<ReviewMeetingId> {
    open_one(tx, review).await?;
    let id = ReviewMeetingId::random()?;
    sqlx::query("INSERT INTO review_meeting (id, review, arranged_at) VALUES ($1, $2, $3)")
        .bind(id.as_str())
        .bind(review.as_str())
        .bind(entry.at.as_microsecond())
        .execute(&mut **tx)
        .await
        .map_err(taken("this meeting"))?;
    plan(tx, (&id, 1), new, entry).await?;
    Ok(id)
}

/// Arranges a meeting otherwise.
///
/// # Errors
/// As [`arrange`], or if it is closed or was changed since it was seen.
pub async fn rearrange(
    tx: &mut Tx,
    id: &ReviewMeetingId,
    new: &NewMeeting,
    seen: i64,
    entry: &Entry,
) -> Result<()> {
    let found = meeting(tx, id).await?;
    if found.closed.is_some() {
        return Err(closed("arranged otherwise"));
    }
    unchanged(|| "this meeting".to_owned(), seen, found.number)?;
    // An earlier day that is past would leave out what was due in between.
    let is_past = new.held_on.to_string().as_str() < &entry.at.to_string()[..DAY];
    if new.held_on < found.of.held_on && is_past {
        let (what, from) = ("this meeting".to_owned(), "planned for a later day".to_owned());
        return Err(Refusal::WrongMove { what, from, to: "moved to a day that is past" }.into());
    }
    plan(tx, (id, seen + 1), new, entry).await
}

/// Letters of a day at the beginning of an instant.
const DAY: usize = 10; // number: as 2026-06-11

fn closed(to: &'static str) -> Error {
    let (what, from) = ("this meeting".to_owned(), "closed".to_owned());
    Refusal::WrongMove { what, from, to }.into()
}

async fn plan(
    tx: &mut Tx,
    (id, number): (&ReviewMeetingId, i64),
    new: &NewMeeting,
    entry: &Entry,
) -> Result<()> {
    let place = said("the place", &new.place)?;
    let role = code("what the chair is", &new.chair_role)?;
    let begins_at = short("when it begins", &new.begins_at)?;
    let is_time = begins_at.parse::<jiff::civil::Time>().is_ok();
    if !is_time || new.minutes < 1 {
        return Err(Refusal::Unusable("when it begins and how long it is").into());
    }
    people::get(tx, &new.chair).await?;
    if let Some(it) = &new.facilitator {
        people::get(tx, it).await?;
    }
    sqlx::query(
        "INSERT INTO review_meeting_plan (meeting, number, held_on, begins_at, minutes, place,
             chair, chair_role, facilitator, arranged_by, arranged_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(new.held_on.to_string())
    .bind(begins_at)
    .bind(new.minutes)
    .bind(place)
    .bind(new.chair.as_str())
    .bind(role)
    .bind(new.facilitator.as_ref().map(PersonId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("arrangement {number} of this meeting")))?;
    let object = format!("review-meeting/{id} {number} {} person/{}", new.held_on, new.chair);
    audit::append(tx, &entry.of("review.arrange", object)).await?;
    Ok(())
}

/// Closes a meeting. Where the review is finished, the next one is made and takes its unfinished
/// actions over.
///
/// # Errors
/// If it is closed already, a due action has no update, the review is finished, or something of the
/// next review is missing.
pub async fn close(
    tx: &mut Tx,
    id: &ReviewMeetingId,
    next: &Next,
    entry: &Entry,
) -> Result<Option<ReviewId>> {
    let found = meeting(tx, id).await?;
    if found.closed.is_some() {
        return Err(closed("closed again"));
    }
    open_one(tx, &found.review).await?;
    let waiting = waiting_for(tx, &found, entry.at).await?.len();
    if waiting > 0 {
        return Err(Refusal::ActionsWithoutUpdate(waiting).into());
    }
    // What the owners said of them in the list of actions is of this meeting's record too.
    let (due, _) = due_of_unit(tx, &found.review, (found.of.held_on, entry.at)).await?;
    for it in &due {
        actions::insert(tx, &found.review, (&it.of, None), entry).await?;
    }
    let all = meetings_of(tx, &found.review).await?;
    let is_other_open = all.iter().any(|it| it.id != *id && it.closed.is_none());
    if matches!(next, Next::Review(_)) && is_other_open {
        let what = "this review".to_owned();
        let from = "waiting for another meeting of it".to_owned();
        return Err(Refusal::WrongMove { what, from, to: "finished" }.into());
    }
    let next = match next {
        Next::Meeting => None,
        Next::Review(new) => Some(carry_on(tx, &found.review, new, entry).await?),
    };
    sqlx::query(
        "INSERT INTO review_meeting_closed (meeting, next_review, closed_by, closed_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(id.as_str())
    .bind(next.as_ref().map(ReviewId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("an end of this meeting"))?;
    audit::append(tx, &entry.of("review.close", format!("review-meeting/{id}"))).await?;
    Ok(next)
}

/// Makes the next review, with the unfinished actions of the one before.
async fn carry_on(
    tx: &mut Tx,
    before: &ReviewId,
    new: &NewReview,
    entry: &Entry,
) -> Result<ReviewId> {
    let unit = super::get(tx, before).await?.unit;
    if unit != new.unit {
        return Err(Refusal::Unusable("the service line of the next review").into());
    }
    let said = updates_of_review(tx, before).await?;
    let unfinished = actions_of_review(tx, before, &said).await?;
    let next = open_after(tx, new, Some(before), entry).await?;
    for it in unfinished.iter().filter(|it| !it.progress.is_some_and(Progress::is_over)) {
        // It was new in the meeting that agreed on it, and is so in no other.
        let of = NewAction { agreed_in: None, ..it.of.clone() };
        actions::insert(tx, &next, (&of, Some(before)), entry).await?;
    }
    Ok(next)
}

/// How meetings are arranged, of those that are wanted.
macro_rules! arranged {
    ($wanted:literal) => {
        sqlx::query(concat!(
            "SELECT m.id, m.review, p.number, p.held_on, p.begins_at, p.minutes, p.place, p.chair,
                 p.chair_role, p.facilitator, p.arranged_at, c.next_review, c.closed_by, c.closed_at
             FROM review_meeting m JOIN review_meeting_plan p ON p.meeting = m.id
             LEFT JOIN review_meeting_closed c ON c.meeting = m.id ",
            $wanted,
            " ORDER BY m.id, p.number"
        ))
    };
}

/// One meeting.
///
/// # Errors
/// If there is none with this reference.
pub async fn meeting(db: &mut Connection, id: &ReviewMeetingId) -> Result<Meeting> {
    let rows = arranged!("WHERE m.id = $1").bind(id.as_str()).fetch_all(db).await?;
    last_arranged(&rows)?.into_iter().next().ok_or_else(|| Error::NotFound(format!("meeting {id}")))
}

/// The meetings of a review, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn meetings_of(db: &mut Connection, review: &ReviewId) -> Result<Vec<Meeting>> {
    last_arranged(&arranged!("WHERE m.review = $1").bind(review.as_str()).fetch_all(db).await?)
}

/// All meetings, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn meetings(db: &mut Connection) -> Result<Vec<Meeting>> {
    last_arranged(&arranged!("").fetch_all(db).await?)
}

/// Meetings from how they were arranged, the earliest first.
fn last_arranged(rows: &[AnyRow]) -> Result<Vec<Meeting>> {
    let mut found: BTreeMap<String, Meeting> = BTreeMap::new();
    for row in rows {
        let mut new = stored(row)?;
        let key = new.id.as_str().to_owned();
        if let Some(before) = found.get(&key).filter(|it| it.of.held_on == new.of.held_on) {
            new.day_known_at = before.day_known_at;
        }
        found.insert(key, new);
    }
    let mut all: Vec<Meeting> = found.into_values().collect();
    all.sort_by(|one, other| {
        let key = |it: &Meeting| (it.of.held_on, it.of.begins_at.clone(), it.id.clone());
        key(one).cmp(&key(other))
    });
    Ok(all)
}

fn stored(row: &AnyRow) -> Result<Meeting> {
    let closed = match row.at_if("closed_at")? {
        None => None,
        Some(at) => Some(Closed {
            next: row.text_if("next_review")?.map(ReviewId::new),
            by: PersonId::new(row.text("closed_by")?),
            at,
        }),
    };
    Ok(Meeting {
        id: ReviewMeetingId::new(row.text("id")?),
        review: ReviewId::new(row.text("review")?),
        number: row.number("number")?,
        of: NewMeeting {
            held_on: row.day("held_on")?,
            begins_at: row.text("begins_at")?,
            minutes: row.number("minutes")?,
            place: row.text("place")?,
            chair: PersonId::new(row.text("chair")?),
            chair_role: row.text("chair_role")?,
            facilitator: row.text_if("facilitator")?.map(PersonId::new),
        },
        day_known_at: row.at("arranged_at")?,
        closed,
    })
}

/// Who chaired the reviews that are finished, the earliest first: of each, its last meeting. Sit-downs
/// of one consultant and finance are no reviews of the service, and are left out.
///
/// # Errors
/// If the database cannot be read.
pub async fn chairs(db: &mut Connection) -> Result<Vec<Chair>> {
    let guide = ReviewGuide::own();
    let reviews = super::list(db).await?;
    let of_service = reviews.iter().filter(|it| !guide.is_sit_down(&it.theme));
    let reviews: BTreeMap<&str, &super::Review> =
        of_service.map(|it| (it.id.as_str(), it)).collect();
    let all = meetings(db).await?.into_iter();
    let last = all.filter(|it| it.closed.as_ref().is_some_and(|it| it.next.is_some()));
    let chair = |it: Meeting| {
        let unit = reviews.get(it.review.as_str())?.unit.clone();
        let closed_by = it.closed?.by;
        let NewMeeting { held_on, chair: person, chair_role: role, .. } = it.of;
        Some(Chair { closed_by, unit, held_on, person, role })
    };
    Ok(last.filter_map(chair).collect())
}
