//! Decisions of meetings without a quorum, or without one of the two professions: they are to be
//! confirmed, and a later meeting that can decide confirms them in one tap.

use access::Capability;
use axum::extract::{Path, State};
use axum::response::Response;
use engagement::reviews::{Attendance, Side, attendance};
use store::reviewing::{self, Body, Item, Meeting, Quorum, Unsettled};
use store::{ReviewItemId, ReviewMeetingId};

use super::found::Found;
use super::parts::Entry;
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What a decision is called that no meeting which can decide has taken or confirmed.
pub(super) const TO_BE_CONFIRMED: &str = "To be confirmed";

/// A decision of an earlier meeting on the agenda of this one.
#[derive(Clone, Debug, Default)]
pub(super) struct Earlier {
    pub(super) entry: Entry,
    /// Where the meeting is that took it.
    pub(super) taken: String,
    /// Its reference, and the version that the tap has seen.
    pub(super) key: String,
    pub(super) seen: i64,
    /// Whether one tap confirms it here and now.
    pub(super) is_open: bool,
}

/// Who is there in a meeting, as the rules take it.
pub(super) fn there(found: &Found, meeting: &ReviewMeetingId) -> Attendance {
    attendance(&found.guide, &found.participants(meeting))
}

/// How a decision stands: the mark, and who confirmed it; both blank where there is nothing to say. The
/// sit-down of one consultant and finance is of two people, and has no quorum.
pub(super) fn mark(found: &Found, item: &Item) -> (&'static str, String) {
    if !matches!(item.latest().body, Body::Decision(_)) || found.is_sit_down() {
        return ("", String::new());
    }
    if let Some(it) = found.unsettled.iter().find(|it| it.item.id == item.id) {
        return it.confirmed.as_ref().map_or((TO_BE_CONFIRMED, String::new()), |it| {
            let (who, at) = (found.name(it.by.as_str()), words::moment(it.at));
            ("", format!("Confirmed in a later meeting, as {who} noted, {at}."))
        });
    }
    let of = found.meetings.iter().find(|it| Some(&it.id) == item.meeting.as_ref());
    let is_open = of.is_some_and(|it| it.closed.is_none() && !there(found, &it.id).can_decide());
    (if is_open { TO_BE_CONFIRMED } else { "" }, String::new())
}

/// Decisions of earlier meetings that this one is to confirm, or has confirmed.
pub(super) fn earlier(found: &Found, meeting: &Meeting, can_decide: bool) -> Vec<Earlier> {
    let is_open = meeting.closed.is_none() && !found.is_finished();
    let is_here = |it: &&Unsettled| match &it.confirmed {
        None => is_open && it.item.meeting.as_ref() != Some(&meeting.id),
        Some(of) => of.meeting == meeting.id,
    };
    let row = |it: &Unsettled| {
        let mut entry = Entry { edit: String::new(), ..Entry::of(found, &it.item) };
        // What another review holds stands there, and not in this one.
        if it.item.review != found.review.id {
            entry.rests_on = Default::default();
        }
        let may = found.runs && is_open && can_decide && it.confirmed.is_none();
        Earlier {
            entry,
            taken: taken(found, &it.item),
            key: it.item.id.as_str().to_owned(),
            seen: it.item.number(),
            is_open: may && is_one(&it.item),
        }
    };
    found.unsettled.iter().filter(is_here).map(row).collect()
}

/// Whether one text of it stands.
fn is_one(item: &Item) -> bool {
    item.standing().len() == 1
}

/// Where the meeting is that took a decision.
fn taken(found: &Found, item: &Item) -> String {
    let (unit, review) = (&found.unit.code, &item.review);
    item.meeting
        .as_ref()
        .map_or_else(String::new, |it| format!("/reviews/{unit}/{review}/meeting/{it}#decisions"))
}

/// Decisions of a review that no meeting which can decide has taken or confirmed.
pub(super) fn waiting(found: &Found) -> Vec<Entry> {
    let all = found.items.iter().filter(|it| mark(found, it).0 == TO_BE_CONFIRMED);
    all.map(|it| Entry { edit: String::new(), ..Entry::of(found, it) }).collect()
}

/// What is said of the decisions of a meeting that cannot decide; blank where there is nothing to say.
pub(super) fn note(found: &Found, meeting: &Meeting) -> String {
    let of = found.of_meeting(Some(&meeting.id));
    let all = of.filter(|it| mark(found, it).0 == TO_BE_CONFIRMED).count();
    if all == 0 {
        return String::new();
    }
    let what = words::count(all as u64, "decision is", "decisions are");
    format!(
        "{what} to be confirmed by the next meeting at which {} people, and both clinical staff and finance, are there.",
        there(found, &meeting.id).quorum
    )
}

/// Who is there, as it is kept when a meeting is closed; nothing for a sit-down of two.
pub(super) fn quorum(found: &Found, meeting: &ReviewMeetingId) -> Option<Quorum> {
    if found.is_sit_down() {
        return None;
    }
    let there = there(found, meeting);
    Some(Quorum {
        people: i64::try_from(there.people).unwrap_or(i64::MAX),
        needed: i64::from(there.quorum),
        clinical: !there.without.contains(&Side::Clinical),
        finance: !there.without.contains(&Side::Finance),
    })
}

/// Confirms a decision of an earlier meeting.
pub(super) async fn confirm(
    State(app): State<App>,
    Path((unit, review, meeting)): Path<(String, String, String)>,
    visit: Visit,
) -> Result<Response, Fault> {
    let found = Found::of(&app, &visit, Capability::RunReviews, (&unit, &review)).await?;
    let it = found.meeting(&meeting)?;
    let item = ReviewItemId::new(visit.fields.get("item"));
    let is_earlier =
        |of: &&Unsettled| of.item.id == item && of.item.meeting.as_ref() != Some(&it.id);
    let of = found.unsettled.iter().find(is_earlier).ok_or(Fault::NotFound)?;
    if of.confirmed.is_some() {
        let said = "Somebody has confirmed this decision meanwhile: look at the page again.";
        return Err(Fault::Refused(said.to_owned()));
    }
    let there = there(&found, &it.id);
    if !there.can_decide() {
        return Err(Fault::Refused(format!(
            "This meeting cannot confirm a decision yet: {} of {} people are here, and both clinical staff and finance must be. Say first who is here.",
            there.people, there.quorum
        )));
    }
    let seen = visit.fields.get("seen").parse().unwrap_or_default();
    let entry = visit.entry_in(visit.scope(Capability::RunReviews)?, "review.confirm", "");
    let id = it.id.clone();
    let home = format!("{}#confirm", found.meeting_address(&it.id));
    let done = visit.change(&home, "The decision is confirmed.", move |tx| {
        Box::pin(async move { reviewing::confirm(tx, (&item, seen), &id, &entry).await })
    });
    done.await
}

#[cfg(test)]
mod tests {
    use engagement::reviews::ReviewGuide;

    #[test]
    fn every_role_that_makes_a_clinician_senior_is_one() {
        let matrix = access::RoleMatrix::built_in();
        for role in ReviewGuide::own().senior.roles {
            assert!(matrix.role(&role).is_some(), "{role}");
        }
    }
}
