//! When a meeting can be held: the slots that are proposed, who can come to which, and the answers of
//! those who are asked, on a phone as on a desk.

mod propose;
mod sample;

#[cfg(test)]
mod tests;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::reviews::{Answer, Coming, Missing, Side, SlotStanding};
use store::reviewing::slots::{self, NewSlot, Reply, SlotPoll};
use store::{PersonId, ReviewMeetingId};

pub(super) use self::propose::{ProposePage, ask, asking, begin, propose};

use super::WORDS;
use super::found::Found;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, Kind};
use crate::shell::forms::Wrong;
use crate::shell::joint_work::profession;
use crate::shell::page::{Page, Shell};
use crate::shell::session::calendar;
use crate::shell::visit::Visit;
use crate::shell::words;

#[derive(askama::Template)]
#[template(path = "features/reviews/slots/show.html")]
pub(super) struct SlotsPage {
    shell: Shell,
    kicker: String,
    lead: Vec<String>,
    /// The meeting that was arranged; blank for none.
    meeting: String,
    /// What whoever looks answers; nothing where they are not asked, or it is closed.
    own: Vec<Field>,
    rows: Vec<Row>,
    asked: Vec<AskedRow>,
    /// Who said what beforehand.
    words: Vec<(String, String)>,
    /// Every answer, the latest first: who and when, and what.
    all: Vec<(String, String)>,
    address: String,
    /// Whether somebody may be asked, and slots given up.
    runs: bool,
    wrong: Wrong,
}

/// A slot as it stands.
#[derive(Clone, Debug, Default)]
struct Row {
    when: String,
    tag: &'static str,
    act: bool,
    coming: String,
    missing: String,
    /// Why it would not do; blank where it would.
    why: String,
    /// Where the meeting is arranged then; blank for those who may not.
    pick: String,
}

/// Somebody who is asked.
#[derive(Clone, Debug, Default)]
struct AskedRow {
    name: String,
    profession: String,
    deputy_for: String,
    answered: String,
    is_silent: bool,
}

/// When a slot is, with the day of the week.
pub(super) fn when(it: &NewSlot) -> String {
    let day = calendar(it.held_on).strftime("%A %-d %B %Y");
    let minutes = u64::try_from(it.minutes).unwrap_or_default();
    format!("{day}, {}, {}", it.begins_at, words::count(minutes, "minute", "minutes"))
}

impl Found {
    /// Slots of it that wait for answers.
    pub(super) fn open_poll(&self) -> Option<&SlotPoll> {
        self.polls.iter().find(|it| it.is_open())
    }

    /// Slots of it by their reference.
    fn poll(&self, id: &str) -> Result<&SlotPoll, Fault> {
        self.polls.iter().find(|it| it.id.as_str() == id).ok_or(Fault::NotFound)
    }

    /// Where slots of it are.
    pub(super) fn poll_address(&self, it: &SlotPoll) -> String {
        format!("{}/slots/{}", self.address(), it.id)
    }

    /// The slot that an address or form of arranging names: its poll, its place from 0 and when it is;
    /// none where it names none.
    pub(super) fn named_slot(
        &self,
        (poll, number): (&str, &str),
    ) -> Result<Option<(&SlotPoll, usize, &NewSlot)>, Fault> {
        if poll.is_empty() {
            return Ok(None);
        }
        let found = self.poll(poll)?;
        let number = number.parse::<usize>().ok();
        let place = number.and_then(|it| it.checked_sub(1)).ok_or(Fault::NotFound)?;
        let slot = found.of.slots.get(place).ok_or(Fault::NotFound)?;
        Ok(Some((found, place, slot)))
    }

    /// What was said beforehand for a meeting, by those who were asked when they can come: who and
    /// what; also where their answers are.
    pub(super) fn said_beforehand(
        &self,
        meeting: &ReviewMeetingId,
    ) -> (Vec<(String, String)>, String) {
        let is_of = |it: &&SlotPoll| {
            let picked = it.ended.as_ref().and_then(|it| it.picked.as_ref());
            picked.is_some_and(|it| it.1 == *meeting)
        };
        match self.polls.iter().find(is_of) {
            None => Default::default(),
            Some(poll) => (said(self, poll), self.poll_address(poll)),
        }
    }
}

/// What each of those who are asked said last, where they said anything.
fn said(found: &Found, poll: &SlotPoll) -> Vec<(String, String)> {
    let replies = poll.of.asked.iter().filter_map(|it| poll.reply_of(&it.person));
    let spoken = replies.filter(|it| !it.words.is_empty());
    spoken.map(|it| (found.name(it.by.as_str()).to_owned(), it.words.clone())).collect()
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review, poll)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::ReadReviews, (&unit, &review)).await?;
    let poll = found.poll(&poll)?;
    let me = visit.person()?.id.clone();
    let typed = poll.reply_of(&me).map(typed).unwrap_or_default();
    Ok(SlotsPage::of(&visit, (&found, poll), (&typed, Wrong::default()))?.respond())
}

/// Answers and words as a form sends them.
type Typed = (Vec<String>, String);

fn typed(it: &Reply) -> Typed {
    (it.answers.iter().map(|it| it.word().to_owned()).collect(), it.words.clone())
}

/// The name of the field of a slot by its place from 0.
fn field(place: usize) -> String {
    format!("slot-{}", place + 1)
}

impl SlotsPage {
    fn of(
        visit: &Visit,
        (found, poll): (&Found, &SlotPoll),
        (typed, wrong): (&Typed, Wrong),
    ) -> Result<Self, Fault> {
        let is_open = poll.is_open() && !found.is_finished();
        let me = &visit.person()?.id;
        let ended = poll.ended.as_ref();
        let picked = ended.and_then(|it| it.picked.as_ref());
        let at = ended.map_or(visit.now, |it| it.at);
        let runs = found.runs && is_open;
        let row = |it: &SlotStanding| Row::of((found, poll), it, runs);
        Ok(Self {
            shell: found.shell(visit, title(poll, me)).with_errors(&wrong),
            kicker: found.review.title.clone(),
            lead: lead(found, poll),
            meeting: picked.map_or_else(String::new, |it| found.meeting_address(&it.1)),
            own: if is_open && poll.asks(me) { own(poll, typed) } else { Vec::new() },
            rows: poll.ranked(&found.guide, at)?.iter().map(row).collect(),
            asked: poll.of.asked.iter().map(|it| AskedRow::of(found, poll, it)).collect(),
            words: said(found, poll),
            all: poll.replies.iter().rev().map(|it| told(found, poll, it)).collect(),
            address: found.poll_address(poll),
            runs,
            wrong,
        })
    }
}

fn title(poll: &SlotPoll, me: &PersonId) -> String {
    let waits_for_me = poll.is_open() && poll.asks(me) && poll.reply_of(me).is_none();
    match &poll.ended {
        None if waits_for_me => "When can you come?".to_owned(),
        None => "When can we meet?".to_owned(),
        Some(ended) => {
            let slot = ended.picked.as_ref().and_then(|it| poll.of.slots.get(it.0));
            slot.map_or_else(
                || "None of these slots would do".to_owned(),
                |it| format!("We meet on {}", when(it)),
            )
        }
    }
}

fn lead(found: &Found, poll: &SlotPoll) -> Vec<String> {
    let slots = words::count(poll.of.slots.len() as u64, "slot", "slots");
    let by = found.name(poll.by.as_str());
    let mut lead = vec![format!("{by} proposed {slots} on {}.", words::moment(poll.at))];
    if let Some(it) = &poll.ended {
        let (who, at) = (found.name(it.by.as_str()), words::moment(it.at));
        lead.push(format!("Closed by {who}, {at}. The answers stay as they were."));
    } else {
        let all = poll.of.asked.len() as u64;
        let answered = poll.of.asked.iter().filter(|it| poll.reply_of(&it.person).is_some());
        lead.push(format!(
            "{} of {} answered.",
            words::thousands(answered.count() as u64),
            words::count(all, "person has", "people have")
        ));
    }
    lead
}

/// The form of somebody who is asked.
fn own(poll: &SlotPoll, (answers, words): &Typed) -> Vec<Field> {
    let choices: Vec<(String, String)> =
        Answer::ALL.iter().map(|it| (it.word().to_owned(), it.name().to_owned())).collect();
    let radios = |(place, it): (usize, &NewSlot)| {
        let value = answers.get(place).cloned().unwrap_or_default();
        Field::new(Kind::Radios, field(place), &when(it), "").with(value).of(&choices)
    };
    let mut fields: Vec<Field> = poll.of.slots.iter().enumerate().map(radios).collect();
    fields.push(
        Field::new(
            Kind::Lines,
            "words",
            "What you would say in the meeting, if you cannot come (optional)",
            "It is read out there. Do not write a name of a patient, an NHS number or a date of birth",
        )
        .with(words.clone()),
    );
    fields
}

/// An answer in words: who and when, and what.
fn told(found: &Found, poll: &SlotPoll, it: &Reply) -> (String, String) {
    let by = format!("{}, {}", found.name(it.by.as_str()), words::moment(it.at));
    let answers = poll.of.slots.iter().zip(&it.answers);
    let answers: Vec<String> =
        answers.map(|(slot, it)| format!("{}: {}", when(slot), it.name().to_lowercase())).collect();
    let said = words::sentence(&it.words);
    (by, format!("{}. {said}", answers.join("; ")).trim().to_owned())
}

impl AskedRow {
    fn of(found: &Found, poll: &SlotPoll, it: &slots::Asked) -> Self {
        let reply = poll.reply_of(&it.person);
        Self {
            name: found.name(it.person.as_str()).to_owned(),
            profession: it.profession.name().to_owned(),
            deputy_for: it
                .deputy_for
                .as_ref()
                .map_or_else(String::new, |it| found.name(it.as_str()).to_owned()),
            answered: reply.map_or_else(|| "Not yet".to_owned(), |it| words::moment(it.at)),
            is_silent: reply.is_none(),
        }
    }
}

impl Row {
    fn of((found, poll): (&Found, &SlotPoll), it: &SlotStanding, runs: bool) -> Self {
        let is_picked = poll
            .ended
            .as_ref()
            .is_some_and(|of| of.picked.as_ref().is_some_and(|of| of.0 == it.place));
        let (tag, act) = if is_picked { ("Picked", false) } else { tag(it) };
        let number = it.place + 1;
        Self {
            when: poll.of.slots.get(it.place).map(when).unwrap_or_default(),
            tag,
            act,
            coming: coming(found, &it.coming),
            missing: missing(found, &it.missing),
            why: why(found, it),
            pick: if runs && !it.is_past && it.has_both() {
                format!("{}/arrange?poll={}&slot={number}", found.address(), poll.id)
            } else {
                String::new()
            },
        }
    }
}

/// How a slot stands in a word or two, and whether it would not do.
fn tag(it: &SlotStanding) -> (&'static str, bool) {
    match it {
        _ if it.is_past => ("Past", true),
        _ if it.will_do() => ("Would do", false),
        _ if it.meets_quorum() => ("Short notice", true),
        _ if it.may_still_do() => ("Waits for answers", false),
        _ => ("Would not do", true),
    }
}

fn coming(found: &Found, all: &[Coming]) -> String {
    let name = |it: &Coming| {
        let of = it.profession.name().to_lowercase();
        let whom = it.for_whom.as_ref();
        let whom = whom.map_or_else(String::new, |it| format!(" for {}", found.name(it)));
        let how = if it.if_need_be { ", if need be" } else { "" };
        format!("{}{whom} ({of}{how})", found.name(&it.person))
    };
    let names: Vec<String> = all.iter().map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match names.len() as u64 {
        0 => "Nobody has said that they can come.".to_owned(),
        people => format!(
            "{} can come: {}.",
            words::count(people, "person", "people"),
            words::listed(&names)
        ),
    }
}

fn missing(found: &Found, all: &[Missing]) -> String {
    let name = |it: &Missing| {
        let of = it.profession.name().to_lowercase();
        let silent = if it.has_answered { "" } else { ", has not answered" };
        format!("{} ({of}{silent})", found.name(&it.person))
    };
    let names: Vec<String> = all.iter().map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() { String::new() } else { format!("Missing: {}.", words::listed(&names)) }
}

/// Why a slot would not do.
fn why(found: &Found, it: &SlotStanding) -> String {
    let so_far = if it.may_still_do() { " so far" } else { "" };
    let mut all: Vec<String> = it
        .without
        .iter()
        .map(|it| match it {
            Side::Clinical => format!("no clinician can come{so_far}"),
            _ => format!("nobody of finance can come{so_far}"),
        })
        .collect();
    if it.without.is_empty() && !it.has_both() {
        all.push("one person stands for both professions".to_owned());
    }
    if u32::try_from(it.coming.len()).is_ok_and(|people| people < it.quorum) {
        let people = words::count(u64::from(it.quorum), "person is", "people are");
        all.push(format!("{people} needed to decide"));
    }
    if it.notice.short_by > 0 && !it.is_past {
        all.push(format!(
            "people would be told {} before it, and clinicians need {}",
            words::count(it.notice.days.into(), "day", "days"),
            words::count(found.guide.settings.notice.value.into(), "day", "days")
        ));
    }
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    words::sentence(&words::listed(&all))
}

pub(super) async fn answer(
    State(app): State<App>,
    Path((unit, review, poll)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::ReadReviews, (&unit, &review)).await?;
    let poll = found.poll(&poll)?;
    let me = visit.person()?.id.clone();
    if !poll.asks(&me) {
        return Err(Fault::NotFound);
    }
    let places = 0..poll.of.slots.len();
    let answers: Vec<String> =
        places.map(|it| visit.fields.get(&field(it)).trim().to_owned()).collect();
    let words = visit.fields.get("words").trim().to_owned();
    let mut wrong = Wrong::default();
    for (place, it) in answers.iter().enumerate() {
        let is_answer = it.parse::<Answer>().is_ok();
        wrong.unless(is_answer, &field(place), "Choose whether you can come");
    }
    if !words.is_empty() {
        WORDS.check(&mut wrong, "words", &words, "");
    }
    if !wrong.is_empty() {
        let typed = (answers, words);
        return Ok(SlotsPage::of(&visit, (&found, poll), (&typed, wrong))?.respond());
    }
    let answers: Vec<Answer> = answers.iter().filter_map(|it| it.parse().ok()).collect();
    let entry = visit.entry_in(visit.scope(Capability::ReadReviews)?, "review.answer_slots", "");
    let (id, home) = (poll.id.clone(), found.poll_address(poll));
    let done = visit.change(&home, "Your answer is kept.", move |tx| {
        Box::pin(async move { slots::answer(tx, &id, (&answers, &words), &entry).await })
    });
    done.await
}

pub(super) async fn give_up(
    State(app): State<App>,
    Path((unit, review, poll)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::RunReviews, (&unit, &review)).await?;
    let poll = found.poll(&poll)?;
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.end_slots", "");
    let (id, home) = (poll.id.clone(), found.poll_address(poll));
    let done = visit.change(&home, "The slots are closed.", move |tx| {
        Box::pin(async move { slots::give_up(tx, &id, &entry).await })
    });
    done.await
}

/// The profession of somebody as the rules take it.
fn profession_of(found: &Found, person: &str) -> engagement::actions::Profession {
    profession(found.people.get(person).map_or("", |it| it.profession.as_str()))
}

impl Page for SlotsPage {
    const TEMPLATE: &'static str = "features/reviews/slots/show.html";

    fn samples() -> Vec<Self> {
        sample::pages()
    }
}
