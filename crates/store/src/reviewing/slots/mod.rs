//! Slots for a meeting of a review: proposed by whoever arranges it, answered by those who are asked,
//! and closed once one of them is picked or all are given up. Every answer stays.

mod read;

use domain::Day;
use engagement::actions::Profession;
use engagement::reviews::{
    self as rules, Answer, MeetingSlot, ReviewGuide, SlotStanding, asked_faults, slot_faults,
};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::body::{Body, Coming, Participant};
use super::meetings::{self, NewMeeting};
use super::{items, open_one, short};
use crate::audit::{self, Entry};
use crate::error::{Error, Refusal, Result, code, taken};
use crate::ids::{PersonId, ReviewId, ReviewMeetingId, SlotPollId, UnitCode};
use crate::joint_actions::date;
use crate::people::{self, PersonState};
use crate::writer::Tx;

pub use self::read::{open_polls_of, poll, polls_of};

/// A time at which a meeting could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSlot {
    /// The day.
    pub held_on: Day,
    /// When it begins, as `08:00` in the time of England.
    pub begins_at: String,
    /// How long it is, in minutes.
    pub minutes: i64,
}

/// Somebody who is asked when they can come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub person: PersonId,
    /// Their profession.
    pub profession: Profession,
    /// Code of the role in which they would be there.
    pub role: String,
    /// For whom they stand in; none where they come themselves.
    pub deputy_for: Option<PersonId>,
}

/// Slots as they should be proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPoll {
    /// The slots, in the order in which they were written.
    pub slots: Vec<NewSlot>,
    /// Who is asked.
    pub asked: Vec<Asked>,
}

/// What somebody answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its number among all that came in, from 1.
    pub number: i64,
    /// Who.
    pub by: PersonId,
    /// Their answer to each slot, in the order of the slots.
    pub answers: Vec<Answer>,
    /// What they would say in the meeting if they cannot come; may be blank.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// What came of the slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Place of the slot that was picked, from 0, and the meeting that was arranged then; none where
    /// the slots were given up.
    pub picked: Option<(usize, ReviewMeetingId)>,
    /// Who picked it or gave them up.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
}

/// Slots as stored, with all that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotPoll {
    /// Its reference.
    pub id: SlotPollId,
    /// The review.
    pub review: ReviewId,
    /// What the review is called.
    pub title: String,
    /// The service line.
    pub unit: UnitCode,
    /// What was proposed, and who was asked until now.
    pub of: NewPoll,
    /// Who proposed it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// All that was answered, in order.
    pub replies: Vec<Reply>,
    /// What came of it; none while it is open.
    pub ended: Option<Ended>,
    /// Whether the review is finished, so that nobody needs to answer any more.
    pub is_over: bool,
}

impl SlotPoll {
    /// Whether answers still count.
    pub fn is_open(&self) -> bool {
        self.ended.is_none() && !self.is_over
    }

    /// Whether somebody is asked.
    pub fn asks(&self, person: &PersonId) -> bool {
        self.of.asked.iter().any(|it| it.person == *person)
    }

    /// What somebody answered last.
    pub fn reply_of(&self, person: &PersonId) -> Option<&Reply> {
        self.replies.iter().rfind(|it| it.by == *person)
    }

    /// How the slots stand at a moment, the best first.
    ///
    /// # Errors
    /// If a stored time is none.
    pub fn ranked(&self, guide: &ReviewGuide, at: Timestamp) -> Result<Vec<SlotStanding>> {
        let slots = slots_of(&self.of.slots)?;
        let mut asked: Vec<rules::Asked> = self.of.asked.iter().map(as_asked).collect();
        for (it, rule) in self.of.asked.iter().zip(&mut asked) {
            let reply = self.reply_of(&it.person);
            rule.answers = reply.map(|it| it.answers.clone()).unwrap_or_default();
        }
        Ok(rules::ranked(guide, (&slots, &asked), civil_at(at)))
    }
}

/// An instant as clocks in England show it.
pub fn civil_at(at: Timestamp) -> DateTime {
    let zone = TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).datetime()
}

/// Somebody who is asked, as the rules take them, with nothing answered.
pub fn as_asked(it: &Asked) -> rules::Asked {
    rules::Asked {
        person: it.person.to_string(),
        profession: it.profession,
        deputy_for: it.deputy_for.as_ref().map(ToString::to_string),
        answers: Vec::new(),
    }
}

/// Slots as the rules take them.
///
/// # Errors
/// If a time is none, or a slot has no length.
pub fn slots_of(all: &[NewSlot]) -> Result<Vec<MeetingSlot>> {
    let slot = |it: &NewSlot| {
        let unusable = || Refusal::Unusable("when a slot begins and how long it is");
        Ok(MeetingSlot {
            day: date(it.held_on),
            begins_at: it.begins_at.parse().map_err(|_| unusable())?,
            minutes: u32::try_from(it.minutes).map_err(|_| unusable())?,
        })
    };
    all.iter().map(slot).collect()
}

/// Proposes slots for a meeting of a review, by the numbers of a guide.
///
/// # Errors
/// If a rule of slots forbids it, the review is finished, other slots of it are open, or somebody who
/// is asked is not there.
pub async fn propose(
    tx: &mut Tx,
    review: &ReviewId,
    new: &NewPoll,
    guide: &ReviewGuide,
    entry: &Entry,
) -> Result<SlotPollId> {
    open_one(tx, review).await?;
    if polls_of(tx, review).await?.iter().any(SlotPoll::is_open) {
        let say =
            "slots of this review wait for answers already: pick one of them, or give them up";
        return Err(Refusal::Rule(say.to_owned()).into());
    }
    let asked: Vec<rules::Asked> = new.asked.iter().map(as_asked).collect();
    let slots = slots_of(&new.slots)?;
    let faults = slot_faults(guide, (&slots, &asked), civil_at(entry.at));
    allowed(faults)?;
    let id = SlotPollId::random()?;
    sqlx::query(
        "INSERT INTO slot_poll (id, review, proposed_by, proposed_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(id.as_str())
    .bind(review.as_str())
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("these slots"))?;
    for (number, it) in (1_i64..).zip(&new.slots) {
        sqlx::query(
            "INSERT INTO meeting_slot (poll, number, held_on, begins_at, minutes)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id.as_str())
        .bind(number)
        .bind(it.held_on.to_string())
        .bind(code("when a slot begins", &it.begins_at)?)
        .bind(it.minutes)
        .execute(&mut **tx)
        .await?;
    }
    for (number, it) in (1_i64..).zip(&new.asked) {
        insert_asked(tx, (&id, number), it, entry).await?;
    }
    let object = format!("review/{review} slots/{id} {}", new.slots.len());
    audit::append(tx, &entry.of("review.propose_slots", object)).await?;
    Ok(id)
}

fn allowed(faults: Vec<rules::SlotFault>) -> Result<()> {
    match faults.into_iter().next() {
        None => Ok(()),
        Some(fault) => Err(Refusal::Rule(fault.to_string()).into()),
    }
}

/// Asks one more person, or a deputy for somebody, by the numbers of a guide.
///
/// # Errors
/// If a rule of slots forbids it, they are not there, or the slots are closed.
pub async fn ask(
    tx: &mut Tx,
    id: &SlotPollId,
    new: &Asked,
    guide: &ReviewGuide,
    entry: &Entry,
) -> Result<()> {
    let found = open_poll(tx, id, "sent to somebody more").await?;
    let mut all = found.of.asked;
    all.push(new.clone());
    let asked: Vec<rules::Asked> = all.iter().map(as_asked).collect();
    allowed(asked_faults(guide, &asked))?;
    let number = i64::try_from(all.len()).unwrap_or(i64::MAX);
    insert_asked(tx, (id, number), new, entry).await
}

async fn insert_asked(
    tx: &mut Tx,
    (id, number): (&SlotPollId, i64),
    new: &Asked,
    entry: &Entry,
) -> Result<()> {
    let role = code("the role", &new.role)?;
    if people::get(tx, &new.person).await?.state != PersonState::Active {
        return Err(Refusal::HasLeft.into());
    }
    sqlx::query(
        "INSERT INTO slot_asked
         (poll, person, number, profession, role, deputy_for, asked_by, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(new.person.as_str())
    .bind(number)
    .bind(new.profession.word())
    .bind(role)
    .bind(new.deputy_for.as_ref().map(PersonId::as_str))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("this person among those who are asked"))?;
    let object = format!("slots/{id} person/{} {role}", new.person);
    audit::append(tx, &entry.of("review.ask", object)).await?;
    Ok(())
}

/// Answers each slot, and says what one would say without being there. What was answered before
/// stays.
///
/// # Errors
/// If whoever answers is not asked, not each slot is answered, the words are too long, or the slots
/// are closed.
pub async fn answer(
    tx: &mut Tx,
    id: &SlotPollId,
    (answers, words): (&[Answer], &str),
    entry: &Entry,
) -> Result<()> {
    let words = short("what you would say", words)?;
    let found = open_poll(tx, id, "answered").await?;
    if !found.asks(&PersonId::new(entry.actor.as_str())) {
        return Err(Error::NotFound(format!("slots {id}")));
    }
    if answers.len() != found.of.slots.len() {
        return Err(Refusal::Empty("an answer to each slot").into());
    }
    let number = found.replies.last().map_or(0, |it| it.number) + 1;
    sqlx::query(
        "INSERT INTO slot_reply (poll, number, person, words, replied_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(&entry.actor)
    .bind(words)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken(format!("reply {number} to these slots")))?;
    for (slot, it) in (1_i64..).zip(answers) {
        let sql = "INSERT INTO slot_answer (poll, reply, slot, answer) VALUES ($1, $2, $3, $4)";
        sqlx::query(sql)
            .bind(id.as_str())
            .bind(number)
            .bind(slot)
            .bind(it.word())
            .execute(&mut **tx)
            .await?;
    }
    // The words are somebody's own: they stay out of the audit, from which nothing is removed.
    let object = format!("slots/{id} reply {number}");
    audit::append(tx, &entry.of("review.answer_slots", object)).await?;
    Ok(())
}

/// Arranges the meeting at a slot by its place from 0, and closes the slots. Whoever was asked goes on
/// the list of the meeting with what they answered; a deputy where they stand in.
///
/// # Errors
/// If the slots are of another review, closed or past, no clinician and somebody else of finance can
/// come to the slot, the meeting is at another time than it, or something of the meeting is missing.
pub async fn arrange_slot(
    tx: &mut Tx,
    (id, place): (&SlotPollId, usize),
    new: &NewMeeting,
    entry: &Entry,
) -> Result<ReviewMeetingId> {
    let found = open_poll(tx, id, "picked from").await?;
    let slot = found.of.slots.get(place);
    let slot = slot.ok_or_else(|| Error::NotFound(format!("slot {}", place + 1)))?;
    let of =
        NewSlot { held_on: new.held_on, begins_at: new.begins_at.clone(), minutes: new.minutes };
    if of != *slot {
        let say = "the meeting is at another time than the slot that was picked";
        return Err(Refusal::Rule(say.to_owned()).into());
    }
    let stands = found.ranked(&ReviewGuide::own(), entry.at)?;
    let stands = stands.into_iter().find(|it| it.place == place && !it.is_past);
    let stands = stands.ok_or(Refusal::Rule("this slot is past: pick another".to_owned()))?;
    if !stands.has_both() {
        let say = "a meeting needs a clinician and somebody of finance, and one person cannot stand \
                   for both: pick a slot to which two such people can come, or ask a deputy";
        return Err(Refusal::Rule(say.to_owned()).into());
    }
    let meeting = meetings::arrange(tx, &found.review, new, entry).await?;
    for body in list(&found, &stands) {
        items::insert(tx, (&found.review, Some(&meeting)), &body, entry).await?;
    }
    end(tx, id, Some((place, &meeting)), entry).await?;
    Ok(meeting)
}

/// Who goes on the list of the meeting.
fn list(found: &SlotPoll, stands: &SlotStanding) -> Vec<Body> {
    let role = |person: &str| {
        let asked = found.of.asked.iter().find(|it| it.person.as_str() == person);
        asked.map_or_else(String::new, |it| it.role.clone())
    };
    let one = |person: &str, coming: Coming, deputy_for: &str| {
        Body::Participant(Participant {
            person: person.to_owned(),
            role: role(person),
            coming,
            deputy_for: deputy_for.to_owned(),
        })
    };
    let mut all = Vec::new();
    for it in &stands.coming {
        all.push(match &it.for_whom {
            None => one(&it.person, Coming::Yes, ""),
            Some(whom) => one(&it.person, Coming::Deputy, whom),
        });
    }
    for it in &stands.missing {
        let coming = if it.has_answered { Coming::No } else { Coming::Asked };
        all.push(one(&it.person, coming, ""));
    }
    all
}

/// Closes slots of which none would do.
///
/// # Errors
/// If they are closed already.
pub async fn give_up(tx: &mut Tx, id: &SlotPollId, entry: &Entry) -> Result<()> {
    open_poll(tx, id, "given up").await?;
    end(tx, id, None, entry).await
}

async fn end(
    tx: &mut Tx,
    id: &SlotPollId,
    picked: Option<(usize, &ReviewMeetingId)>,
    entry: &Entry,
) -> Result<()> {
    let number = picked.map(|it| i64::try_from(it.0).unwrap_or(i64::MAX).saturating_add(1));
    sqlx::query(
        "INSERT INTO slot_poll_ended (poll, slot, meeting, ended_by, ended_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(id.as_str())
    .bind(number)
    .bind(picked.map(|it| it.1.as_str()))
    .bind(&entry.actor)
    .bind(entry.at.as_microsecond())
    .execute(&mut **tx)
    .await
    .map_err(taken("an end of these slots"))?;
    let object = match picked {
        Some((_, meeting)) => format!("slots/{id} review-meeting/{meeting}"),
        None => format!("slots/{id} given up"),
    };
    audit::append(tx, &entry.of("review.end_slots", object)).await?;
    Ok(())
}

/// Slots that are open; `to` says what is wanted of them.
async fn open_poll(tx: &mut Tx, id: &SlotPollId, to: &'static str) -> Result<SlotPoll> {
    let found = poll(tx, id).await?;
    if found.is_open() {
        return Ok(found);
    }
    let (what, from) = ("this choice of slots".to_owned(), "closed".to_owned());
    Err(Refusal::WrongMove { what, from, to }.into())
}

#[cfg(test)]
mod tests;
