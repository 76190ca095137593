//! What takes one tap: that something is at hand, that somebody is there, and that the usual people are
//! asked.

use std::collections::BTreeSet;

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use store::reviewing::{self, Body, Coming, Input, InputState, Meeting, Participant};
use store::{Connection, Error, ReviewItemId, ReviewMeetingId};

use super::WORDS;
use super::fields::values;
use super::found::Found;
use super::item::edit;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::form_page::FormPage;
use crate::shell::forms::Wrong;
use crate::shell::visit::Visit;
use crate::shell::words;

/// Something is at hand, with where it is if somebody says so; or somebody is there.
pub(super) async fn have(
    State(app): State<App>,
    Path((unit, review, item)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::RunReviews, (&unit, &review)).await?;
    let item = found.item(&ReviewItemId::new(item))?;
    let words = visit.fields.get("words").trim().to_owned();
    let body = match item.latest().body.clone() {
        Body::Input(it) if it.state == InputState::Open => {
            let words = if words.is_empty() { it.words.clone() } else { words.clone() };
            Body::Input(Input { state: InputState::Attached, words, ..it })
        }
        Body::Participant(it) if it.coming == Coming::Asked => {
            Body::Participant(Participant { coming: Coming::Yes, ..it })
        }
        Body::Input(_) | Body::Participant(_) => {
            let said = "Somebody has said meanwhile how this stands: look at the page again.";
            return Err(Fault::Refused(said.to_owned()));
        }
        _ => return Err(Fault::NotFound),
    };
    let mut wrong = Wrong::default();
    if !words.is_empty() {
        WORDS.check(&mut wrong, "words", &words, "");
    }
    if !wrong.is_empty() {
        let page = edit(&found, &visit, item, &values(&found, &body));
        return Ok(FormPage { wrong, ..page }.answer());
    }
    let seen = visit.fields.get("seen").parse().unwrap_or_default();
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.write", "");
    let (id, home) = (item.id.clone(), found.home(item.meeting.as_ref()));
    let done = visit.change(&home, "It is kept.", move |tx| {
        Box::pin(async move {
            reviewing::edit_item(tx, &id, &body, seen, &entry).await?;
            Ok(())
        })
    });
    done.await
}

/// People whom one knows of, each with their role and perhaps more than once: those on the list of the
/// last meeting, or where there is none of the last one of the review before, and whoever holds a post
/// of the service line.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub(super) async fn known(
    db: &mut Connection,
    found: &Found,
    mut last: Option<ReviewMeetingId>,
) -> Result<Vec<(String, String)>, Fault> {
    let mut items = found.items.clone();
    if let (None, Some(follows)) = (&last, &found.review.follows) {
        last = reviewing::meetings_of(db, follows).await?.pop().map(|it| it.id);
        items = reviewing::items_of(db, follows).await?;
    }
    let mut all = Vec::new();
    for it in items.iter().filter(|it| last.is_some() && it.meeting == last) {
        // Whoever stood in last time is asked only where somebody says so.
        if let Body::Participant(of) = &it.latest().body
            && of.coming != Coming::Deputy
        {
            all.push((of.person.clone(), of.role.clone()));
        }
    }
    let posts = reviewing::posts(db).await?;
    for post in found.guide.posts.iter().filter(|it| !it.role.is_empty()) {
        let held = posts.iter().find(|it| it.unit == found.unit.code && it.post == post.id);
        let person = held.and_then(|it| it.person.as_ref());
        all.extend(person.map(|it| (it.as_str().to_owned(), post.role.clone())));
    }
    Ok(all)
}

/// People who usually take part in a meeting and are not on its list yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Usual {
    /// Who can be asked, each with their role.
    pub(super) asked: Vec<(String, String)>,
    /// Who cannot, for want of a right, by name in a sentence or two; blank where everybody can.
    pub(super) left_out: String,
}

/// Who cannot be asked for want of a right, by name and with what helps; blank for nobody.
pub(super) fn not_asked<'a>(found: &'a Found, who: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = who.map(|it| found.name(it)).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(
        "{} cannot be asked: no role of theirs reads the reviews of this service. An administrator can give them one that does.",
        words::listed(&names)
    )
}

/// People who usually take part and are not on the list of a meeting yet: those of the meeting before
/// it, whoever holds a post of the service line, and who is in the chair.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub(super) async fn usual(
    db: &mut Connection,
    (found, meeting): (&Found, &Meeting),
) -> Result<Usual, Fault> {
    let before = found.meetings.iter().rfind(|it| it.closed.is_some() && it.id != meeting.id);
    let mut all = known(db, found, before.map(|it| it.id.clone())).await?;
    if let Some(chair) = found.guide.chair(&meeting.of.chair_role) {
        all.push((meeting.of.chair.as_str().to_owned(), chair.role.clone()));
    }
    let mut listed: BTreeSet<String> = BTreeSet::new();
    listed.extend(found.of_meeting(Some(&meeting.id)).filter_map(|it| match &it.latest().body {
        Body::Participant(of) => Some(of.person.clone()),
        _ => None,
    }));
    all.retain(|(person, role)| {
        let is_here = found.people.get(person).is_some_and(|it| it.is_here);
        is_here && !role.is_empty() && listed.insert(person.clone())
    });
    let takes_part =
        |it: &(String, String)| found.people.get(&it.0).is_some_and(|it| it.takes_part);
    let (asked, others): (Vec<_>, Vec<_>) = all.into_iter().partition(takes_part);
    let left_out = not_asked(found, others.iter().map(|it| it.0.as_str()));
    Ok(Usual { asked, left_out })
}

/// Asks the usual people.
pub(super) async fn ask(
    State(app): State<App>,
    Path((unit, review, meeting)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::RunReviews, (&unit, &review)).await?;
    let it = found.meeting(&meeting)?;
    let mut db = app.store().read().await?;
    let usual = usual(&mut db, (&found, it)).await?;
    drop(db);
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.write", "");
    let (id, of) = (it.id.clone(), found.review.id.clone());
    let home = format!("{}#here", found.meeting_address(&it.id));
    let done = visit.change(&home, "The usual people are on the list.", move |tx| {
        Box::pin(async move {
            for (person, role) in usual.asked {
                let body = Body::Participant(Participant { person, role, ..Default::default() });
                match reviewing::add_item(tx, (&of, Some(&id)), &body, &entry).await {
                    // Somebody else has put them on the list meanwhile.
                    Ok(_) | Err(Error::Duplicate(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
    });
    done.await
}
