//! When and where a meeting is, who is in the chair, and who facilitates.

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::Day;
use engagement::reviews::notice;
use store::PersonId;
use store::reviewing::slots::{self, NewSlot};
use store::reviewing::{self, Meeting, NewMeeting};

use super::WORDS;
use super::found::{Found, participants};
use super::slots::when;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Field, FormPage, Kind};
use crate::shell::forms::Wrong;
use crate::shell::session::{calendar, today};
use crate::shell::visit::Visit;
use crate::shell::words;

/// A meeting as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    held_on: String,
    begins_at: String,
    minutes: String,
    place: String,
    chair: String,
    chair_role: String,
    facilitator: String,
    seen: String,
    picked: Picked,
}

/// The slot that was picked: what it was proposed with, and its number; blank for none.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Picked {
    poll: String,
    slot: String,
}

impl Picked {
    fn named(&self) -> (&str, &str) {
        (&self.poll, &self.slot)
    }
}

/// When most meetings begin: before clinics and lists do.
pub(super) const USUAL_BEGIN: &str = "08:00";

async fn open(app: &App, visit: &Visit, place: (&str, &str)) -> Result<Found, Fault> {
    let found = Found::of(app, visit, Capability::RunReviews, place).await?;
    if found.is_finished() { Err(Fault::NotFound) } else { Ok(found) }
}

pub(super) async fn begin(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    Query(picked): Query<Picked>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let named = found.named_slot(picked.named())?;
    if named.is_some_and(|it| !it.0.is_open()) {
        return Err(Fault::NotFound);
    }
    let slot = named.map(|it| it.2.clone());
    let days = i32::try_from(found.guide.settings.notice.value).unwrap_or_default();
    let first = today(visit.now).plus(days);
    let typed = Typed {
        held_on: first.max(found.review.due_on).to_string(),
        begins_at: USUAL_BEGIN.to_owned(),
        minutes: found.review.minutes.to_string(),
        chair_role: found.guide.chairs.first().map_or_else(String::new, |it| it.id.clone()),
        picked,
        ..Typed::default()
    };
    let typed = match slot {
        None => typed,
        Some(it) => Typed {
            held_on: it.held_on.to_string(),
            begins_at: it.begins_at,
            minutes: it.minutes.to_string(),
            ..typed
        },
    };
    Ok(page(&visit, &found, None, (typed, Wrong::default())))
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review, meeting)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let it = found.meeting(&meeting)?;
    if it.closed.is_some() {
        return Err(Fault::NotFound);
    }
    let of = &it.of;
    let typed = Typed {
        held_on: of.held_on.to_string(),
        begins_at: of.begins_at.clone(),
        minutes: of.minutes.to_string(),
        place: of.place.clone(),
        chair: of.chair.as_str().to_owned(),
        chair_role: of.chair_role.clone(),
        facilitator: of.facilitator.as_ref().map_or("", PersonId::as_str).to_owned(),
        seen: it.number.to_string(),
        picked: Picked::default(),
    };
    Ok(page(&visit, &found, Some(it), (typed, Wrong::default())))
}

fn page(
    visit: &Visit,
    found: &Found,
    meeting: Option<&Meeting>,
    (typed, wrong): (Typed, Wrong),
) -> Response {
    let home = found.home(meeting.map(|it| &it.id));
    let named = |all: Vec<(&String, &String)>| {
        all.into_iter().map(|it| (it.0.clone(), it.1.clone())).collect::<Vec<_>>()
    };
    let chairs = found.guide.chairs.iter().map(|it| (&it.id, &it.name)).collect();
    let lengths = found.guide.lengths.iter().map(|it| (it.minutes.to_string(), it.name.clone()));
    let weeks = words::count(found.guide.settings.notice.value.into(), "day", "days");
    FormPage {
        shell: found.shell(visit, "When and where we meet"),
        kicker: found.review.title.clone(),
        lead: lead(&typed, &weeks),
        action: match meeting {
            Some(_) => format!("{home}/arrange"),
            None => format!("{}/arrange", found.address()),
        },
        hidden: vec![
            ("seen", typed.seen),
            ("poll", typed.picked.poll),
            ("slot", typed.picked.slot),
        ],
        fields: vec![
            Field::new(Kind::Day, "held_on", "Day", "").with(typed.held_on),
            Field::new(Kind::Line, "begins_at", "Begins at", "Such as 08:00").with(typed.begins_at),
            Field::new(Kind::Choice, "minutes", "How long", "")
                .with(typed.minutes)
                .of(lengths.collect::<Vec<_>>()),
            Field::new(Kind::Line, "place", "Where", "A room, or a link").with(typed.place),
            Field::new(Kind::Choice, "chair", "In the chair", "")
                .with(typed.chair)
                .of(participants(&found.people, "Choose somebody")),
            Field::new(
                Kind::Choice,
                "chair_role",
                "As what",
                "Clinical directors who chair count in the self-assessment",
            )
            .with(typed.chair_role)
            .of(named(chairs)),
            Field::new(
                Kind::Choice,
                "facilitator",
                "Facilitator (optional)",
                "Somebody who does not belong to the service",
            )
            .with(typed.facilitator)
            .of(participants(&found.people, "Nobody")),
        ],
        button: if meeting.is_some() { "Keep it so" } else { "Arrange the meeting" }.to_owned(),
        back: home,
        wrong,
        ..FormPage::default()
    }
    .answer()
}

fn lead(typed: &Typed, days: &str) -> Vec<String> {
    let mut lead = vec![format!("Clinicians need {days} of notice before a meeting.")];
    if !typed.picked.poll.is_empty() {
        let said = "This is the slot that was picked. Whoever was asked goes on the list of the meeting, with their answer.";
        lead.push(said.to_owned());
    }
    lead
}

fn read(
    visit: &Visit,
    found: &Found,
    slot: Option<&NewSlot>,
) -> (Typed, Option<NewMeeting>, Wrong) {
    let text = |name: &str| visit.fields.get(name).trim().to_owned();
    let typed = Typed {
        held_on: text("held_on"),
        begins_at: text("begins_at"),
        minutes: text("minutes"),
        place: text("place"),
        chair: text("chair"),
        chair_role: text("chair_role"),
        facilitator: text("facilitator"),
        seen: text("seen"),
        picked: Picked { poll: text("poll"), slot: text("slot") },
    };
    let mut wrong = Wrong::default();
    let held_on = typed.held_on.parse::<Day>().ok();
    wrong.unless(held_on.is_some(), "held_on", "Write the day as 2026-06-11");
    let is_time = typed.begins_at.len() == USUAL_BEGIN.len()
        && typed.begins_at.parse::<jiff::civil::Time>().is_ok();
    wrong.unless(is_time, "begins_at", "Write the time as 08:00");
    let lengths = &found.guide.lengths;
    let minutes = lengths.iter().find(|it| it.minutes.to_string() == typed.minutes);
    wrong.unless(minutes.is_some(), "minutes", "Choose how long it is");
    WORDS.check(&mut wrong, "place", &typed.place, "Write where you meet");
    let is_here = |it: &str| found.people.get(it).is_some_and(|it| it.takes_part);
    wrong.unless(is_here(&typed.chair), "chair", "Choose who is in the chair");
    let is_role = found.guide.chair(&typed.chair_role).is_some();
    wrong.unless(is_role, "chair_role", "Choose as what they are in the chair");
    let facilitator = Some(typed.facilitator.as_str()).filter(|it| !it.is_empty());
    wrong.unless(facilitator.is_none_or(is_here), "facilitator", "Choose somebody who works here");
    let new = held_on.zip(minutes).map(|(held_on, length)| NewMeeting {
        held_on,
        begins_at: typed.begins_at.clone(),
        minutes: i64::from(length.minutes),
        place: typed.place.clone(),
        chair: PersonId::new(typed.chair.as_str()),
        chair_role: typed.chair_role.clone(),
        facilitator: facilitator.map(PersonId::new),
    });
    if let Some((new, slot)) = new.as_ref().zip(slot) {
        let is_same = (new.held_on, &new.begins_at, new.minutes)
            == (slot.held_on, &slot.begins_at, slot.minutes);
        let say = format!("Keep the slot that was picked, {}, or pick another", when(slot));
        wrong.unless(is_same, "held_on", &say);
    }
    let new = new.filter(|_| wrong.is_empty());
    (typed, new, wrong)
}

/// What is said of a meeting that was arranged, with a warning where it comes too soon.
fn said(visit: &Visit, found: &Found, new: &NewMeeting) -> String {
    let found = notice(&found.guide, calendar(today(visit.now)), calendar(new.held_on));
    match found.short_by {
        0 => "The meeting is arranged.".to_owned(),
        short => format!(
            "The meeting is arranged, {} sooner than clinicians need.",
            words::count(short.into(), "day", "days")
        ),
    }
}

pub(super) async fn arrange(
    State(app): State<App>,
    Path((unit, review)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let named = [visit.fields.get("poll"), visit.fields.get("slot")];
    let picked = found.named_slot((named[0].trim(), named[1].trim()))?;
    let (typed, new, wrong) = read(&visit, &found, picked.map(|it| it.2));
    let Some(new) = new else { return Ok(page(&visit, &found, None, (typed, wrong))) };
    let picked = picked.map(|it| (it.0.id.clone(), it.1));
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.arrange", "");
    let (said, id, address) =
        (said(&visit, &found, &new), found.review.id.clone(), found.address());
    let done = visit.change_to(&said, move |tx| {
        Box::pin(async move {
            let meeting = match &picked {
                None => reviewing::arrange(tx, &id, &new, &entry).await?,
                Some((poll, place)) => {
                    slots::arrange_slot(tx, (poll, *place), &new, &entry).await?
                }
            };
            Ok(format!("{address}/meeting/{meeting}"))
        })
    });
    done.await
}

pub(super) async fn rearrange(
    State(app): State<App>,
    Path((unit, review, meeting)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = open(&app, &visit, (&unit, &review)).await?;
    let it = found.meeting(&meeting)?;
    let (typed, new, wrong) = read(&visit, &found, None);
    let seen = typed.seen.parse().unwrap_or_default();
    let Some(new) = new else { return Ok(page(&visit, &found, Some(it), (typed, wrong))) };
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.arrange", "");
    let (said, id) = (said(&visit, &found, &new), it.id.clone());
    let home = found.meeting_address(&it.id);
    let done = visit.change(&home, &said, move |tx| {
        Box::pin(async move { reviewing::rearrange(tx, &id, &new, seen, &entry).await })
    });
    done.await
}
