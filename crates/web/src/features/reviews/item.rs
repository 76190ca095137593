//! Something that people write in a review: added, and written anew.

use std::collections::BTreeMap;

use access::Capability;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::reviewing::{
    self, Agenda, Backfill, Body, Challenge, Decision, Input, Item, LineNote, Measure, Note,
    Participant, Presented, Priority, Question, Success, Text, Version,
};
use store::{ReviewItemId, ReviewMeetingId};

use super::found::Found;
use super::{fields, raised, released};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::{Beside, FormPage};
use crate::shell::forms::go;
use crate::shell::visit::Visit;
use crate::shell::words;

/// To what something is added.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct To {
    meeting: String,
    stage: String,
    /// The cost line of the frozen figures that it is about.
    line: String,
}

/// The blank thing, and the meeting that it is added to.
fn blank(found: &Found, kind: &str, to: &To) -> Result<(Body, Option<ReviewMeetingId>), Fault> {
    let is_stage = found.guide.stages.iter().any(|it| it.id == to.stage);
    let stage = if is_stage { to.stage.as_str() } else { super::begin::stage_at(&found.guide, 0) };
    let body = match of_kind(kind, stage).ok_or(Fault::NotFound)? {
        Body::LineNote(of) => Body::LineNote(LineNote { line: to.line.clone(), ..of }),
        other => other,
    };
    if !body.is_of_meeting() {
        return if found.is_finished() { Err(Fault::NotFound) } else { Ok((body, None)) };
    }
    let meeting = found.meeting(&to.meeting)?;
    Ok((body, Some(meeting.id.clone())))
}

/// A review to which somebody may add something of a kind, with what its forms offer.
async fn found_for(
    app: &App,
    visit: &Visit,
    of: (&str, &str),
    (kind, to): (&str, &To),
) -> Result<Found, Fault> {
    let found = raised::found(app, visit, of, (kind, &to.meeting)).await?;
    let is_backfill = matches!(of_kind(kind, ""), Some(Body::Backfill(_)));
    offering(app, visit, (found, is_backfill)).await
}

/// A review that somebody may write in, with what the form of something in it offers.
async fn found(
    app: &App,
    visit: &Visit,
    of: (&str, &str),
    item: &ReviewItemId,
) -> Result<Found, Fault> {
    let found = Found::of(app, visit, Capability::RunReviews, of).await?;
    let is_backfill = matches!(found.item(item)?.latest().body, Body::Backfill(_));
    offering(app, visit, (found, is_backfill)).await
}

/// With the programmes of time bought before, which that form alone offers.
async fn offering(
    app: &App,
    visit: &Visit,
    (found, is_backfill): (Found, bool),
) -> Result<Found, Fault> {
    if !is_backfill {
        return Ok(found);
    }
    Ok(Found { programmes: released::programmes(app, visit).await?, ..found })
}

/// A blank one of a kind that people may add; none of a stage, since a review has its own.
fn of_kind(kind: &str, stage: &str) -> Option<Body> {
    let stage = || stage.to_owned();
    Some(match kind {
        "input" => Body::Input(Input { stage: stage(), ..Input::default() }),
        "question" => Body::Question(Question { stage: stage(), ..Question::default() }),
        "text" => Body::Text(Text { stage: stage(), ..Text::default() }),
        "measure" => Body::Measure(Measure::default()),
        "priority" => Body::Priority(Priority::default()),
        "success" => Body::Success(Success::default()),
        "agenda" => Body::Agenda(Agenda::default()),
        "challenge" => Body::Challenge(Challenge::default()),
        "decision" => Body::Decision(Decision::default()),
        "minutes" => Body::Minutes { words: String::new() },
        "note" => Body::Note(Note::default()),
        "participant" => Body::Participant(Participant::default()),
        "line_note" => Body::LineNote(LineNote::default()),
        "backfill" => Body::Backfill(Backfill::default()),
        "presented" => Body::Presented(Presented::default()),
        _ => return None,
    })
}

pub(super) async fn begin(
    State(app): State<App>,
    Path((unit, review, kind)): Path<(String, String, String)>,
    Query(to): Query<To>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = found_for(&app, &visit, (&unit, &review), (&kind, &to)).await?;
    let (body, meeting) = blank(&found, &kind, &to)?;
    let values = fields::values(&found, &body);
    let mut page = page(&found, &visit, (&body, &values), meeting.as_ref());
    page.action = format!("{}/add/{kind}", found.address());
    page.hidden = vec![("meeting", to.meeting), ("stage", to.stage)];
    Ok(page.answer())
}

pub(super) async fn add(
    State(app): State<App>,
    Path((unit, review, kind)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let text = |name: &str| visit.fields.get(name).to_owned();
    let to = To { meeting: text("meeting"), stage: text("stage"), line: text("line") };
    let found = found_for(&app, &visit, (&unit, &review), (&kind, &to)).await?;
    let (mut before, meeting) = blank(&found, &kind, &to)?;
    if !found.runs {
        before = raised::begun(&found, &visit, before)?;
    }
    let (values, read) = fields::read(&found, &before, &visit.fields);
    let body = match read {
        Ok(body) => body,
        Err(wrong) => {
            let mut page = page(&found, &visit, (&before, &values), meeting.as_ref());
            page.action = format!("{}/add/{kind}", found.address());
            page.hidden = vec![("meeting", to.meeting), ("stage", to.stage)];
            return Ok(FormPage { wrong, ..page }.answer());
        }
    };
    let by = raised::capability(&visit, &unit);
    let entry = visit.entry_in(visit.scope(by)?, "review.write", "");
    let (id, home) = (found.review.id.clone(), found.home(meeting.as_ref()));
    let done = visit.change(&home, "It is kept.", move |tx| {
        Box::pin(async move {
            reviewing::add_item(tx, (&id, meeting.as_ref()), &body, &entry).await?;
            Ok(())
        })
    });
    done.await
}

pub(super) async fn show(
    State(app): State<App>,
    Path((unit, review, item)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let item = ReviewItemId::new(item);
    let found = found(&app, &visit, (&unit, &review), &item).await?;
    let item = found.item(&item)?;
    let values = fields::values(&found, &item.latest().body);
    Ok(edit(&found, &visit, item, &values).answer())
}

/// The form of something that is there.
pub(super) fn edit(
    found: &Found,
    visit: &Visit,
    item: &Item,
    values: &BTreeMap<String, String>,
) -> FormPage {
    let body = &item.latest().body;
    let mut page = page(found, visit, (body, values), item.meeting.as_ref());
    page.action = format!("{}/items/{}", found.address(), item.id);
    page.hidden = vec![("seen", item.number().to_string())];
    let standing = item.standing();
    if standing.len() > 1 {
        page.beside = standing.into_iter().map(|it| beside(found, it)).collect();
    }
    page
}

/// What somebody wrote, with who and when.
pub(super) fn beside(found: &Found, it: &Version) -> Beside {
    let by = format!("{}, {}", found.name(it.by.as_str()), words::moment(it.at));
    Beside { by, lines: told(found, &it.body) }
}

/// What was written, field by field, without what it is called.
pub(super) fn told(found: &Found, body: &Body) -> Vec<String> {
    let values = fields::values(found, body);
    let fields = fields::fields(found, body, &values);
    let said = |it: &crate::shell::form_page::Field| {
        let chosen = it.options.iter().find(|option| option.0 == it.value);
        let value = chosen.map_or(&it.value, |it| &it.1);
        let is_blank = it.value.is_empty();
        if is_blank { None } else { Some(format!("{}: {value}", it.label)) }
    };
    match body {
        Body::Minutes { words } => words.lines().map(str::to_owned).collect(),
        _ => fields.iter().filter_map(said).collect(),
    }
}

pub(super) async fn write(
    State(app): State<App>,
    Path((unit, review, item)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let item = ReviewItemId::new(item);
    let found = found(&app, &visit, (&unit, &review), &item).await?;
    let item = found.item(&item)?;
    let seen: i64 = visit.fields.get("seen").parse().unwrap_or_default();
    let (values, read) = fields::read(&found, &item.latest().body, &visit.fields);
    let body = match read {
        Ok(body) => body,
        Err(wrong) => {
            let page = edit(&found, &visit, item, &values);
            // What was seen when it was begun still counts, so that nothing said meanwhile is lost.
            let hidden = vec![("seen", seen.to_string())];
            return Ok(FormPage { hidden, wrong, ..page }.answer());
        }
    };
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.write", "");
    let home = found.home(item.meeting.as_ref());
    let here = format!("{}/items/{}", found.address(), item.id);
    let id = item.id.clone();
    let (kept, both) = (home.clone(), here.clone());
    let done = visit.once(move |tx| {
        Box::pin(async move {
            let is_beside = reviewing::edit_item(tx, &id, &body, seen, &entry).await?;
            Ok(if is_beside { both } else { kept })
        })
    });
    let (store::requests::Once::Now(answer) | store::requests::Once::Before(answer)) = done.await?;
    let leads_to = answer.location.unwrap_or(home);
    let said = if leads_to == here {
        "Somebody else wrote this at the same time: both texts are kept."
    } else {
        "It is kept."
    };
    Ok(go(&leads_to, said))
}

/// The form of something, without where it is sent.
fn page(
    found: &Found,
    visit: &Visit,
    (body, values): (&Body, &BTreeMap<String, String>),
    meeting: Option<&ReviewMeetingId>,
) -> FormPage {
    let (title, lead, button) = fields::says(body);
    FormPage {
        shell: found.shell(visit, title),
        kicker: found.review.title.clone(),
        lead: vec![lead.to_owned()],
        action: String::new(),
        hidden: Vec::new(),
        fields: fields::fields(found, body, values),
        button: button.to_owned(),
        back: found.home(meeting),
        ..FormPage::default()
    }
}
