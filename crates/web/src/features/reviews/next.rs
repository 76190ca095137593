//! What comes next in a review, in one sentence, and where.

use access::Capability;
use engagement::reviews::outstanding;
use store::reviewing::{Body, Meeting, StageState};

use super::day;
use super::found::{Found, sees_figures};
use super::parts::actions;
use super::review::{checklist, stages};
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What comes next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NextStep {
    /// In one sentence; blank once the review is finished.
    pub(super) said: String,
    /// What its link says.
    pub(super) link: String,
    pub(super) address: String,
}

impl NextStep {
    fn new(said: impl Into<String>, link: &str, address: impl Into<String>) -> Self {
        Self { said: said.into(), link: link.to_owned(), address: address.into() }
    }

    /// What comes next in a review for whoever looks.
    pub(super) fn of(visit: &Visit, found: &Found) -> Self {
        if found.is_finished() {
            return Self::default();
        }
        let open = found.meetings.iter().find(|it| it.closed.is_none());
        let Some(meeting) = open else { return to_be_arranged(visit, found) };
        if !found.runs || meeting.of.held_on <= today(visit.now) {
            return held(found, meeting);
        }
        if has_no_figures(visit, found) {
            return figures();
        }
        prepared(visit, found, meeting).unwrap_or_else(|| held(found, meeting))
    }

    pub(super) fn sample() -> Self {
        Self::new(
            "Next: hold the meeting on 11 June 2026, where two actions need an update.",
            "Go to the meeting",
            "/reviews/TORT/1/meeting/1",
        )
    }
}

/// Whether no figures are frozen that whoever looks could freeze, in a stage that is still open.
fn has_no_figures(visit: &Visit, found: &Found) -> bool {
    let second = super::begin::stage_at(&found.guide, 1);
    let is_open =
        stages(found).iter().any(|it| it.1.stage == second && it.1.state == StageState::Open);
    found.figures.is_none() && is_open && sees_figures(visit, found.unit.code.as_str())
}

fn figures() -> NextStep {
    let said = "Next: freeze the latest published figures, so that everybody talks about the same.";
    NextStep::new(said, "Go to the figures", "#figures")
}

/// While no meeting is arranged.
fn to_be_arranged(visit: &Visit, found: &Found) -> NextStep {
    if !found.runs {
        let said = "Next: whoever runs the reviews of this service arranges the meeting.";
        return NextStep::new(said, "See the plan", format!("{}/plan", found.address()));
    }
    if let Some(poll) = found.open_poll() {
        let said = "Next: people say when they can come, and you pick a slot.";
        return NextStep::new(said, "See who can come", found.poll_address(poll));
    }
    if found.meetings.is_empty() && has_no_figures(visit, found) {
        return figures();
    }
    let notice = u64::from(found.guide.settings.notice.value);
    let notice = words::count(notice, "day", "days");
    let which = if found.meetings.is_empty() { "the meeting" } else { "the meeting that follows" };
    let said = format!("Next: arrange {which}; clinicians need {notice} of notice.");
    NextStep::new(said, "Arrange the meeting", format!("{}/arrange", found.address()))
}

/// What is still to be prepared before a meeting, if anything is.
fn prepared(visit: &Visit, found: &Found, meeting: &Meeting) -> Option<NextStep> {
    let on = day(meeting.of.held_on);
    if found.participants(&meeting.id).is_empty() {
        let said = format!("Next: put people on the list of the meeting on {on}.");
        let list = format!("{}#here", found.meeting_address(&meeting.id));
        return Some(NextStep::new(said, "Go to the list", list));
    }
    // What is asked for after the meeting is not asked for before it.
    let last = found.guide.stages.last().map_or("", |it| it.id.as_str());
    let waits = |it: &(&store::reviewing::Item, &store::reviewing::Stage)| {
        let open = outstanding(checklist(found, &it.1.stage)).len();
        (it.1.stage.clone(), if it.1.state == StageState::Open { open } else { 0 })
    };
    let mut all = stages(found).iter().map(waits).collect::<Vec<_>>().into_iter();
    if let Some((stage, open)) = all.find(|it| it.1 > 0 && it.0 != last) {
        let things = words::count(open as u64, "thing is", "things are");
        let said =
            format!("Next: {things} still asked for; say what is at hand, or go on without it.");
        return Some(NextStep::new(said, "Go to the list", format!("#have-{stage}")));
    }
    let unit = found.unit.code.as_str();
    let makes = visit.scope(Capability::MakePacks).is_ok_and(|it| it.of_unit(unit).is_some());
    if makes && found.pack.is_none() && found.figures.is_some() && sees_figures(visit, unit) {
        let said = format!("Next: keep the pack for the meeting on {on}.");
        return Some(NextStep::new(said, "Go to the pack", format!("/services/{unit}/pack")));
    }
    None
}

/// When all is prepared, or the day has come.
fn held(found: &Found, meeting: &Meeting) -> NextStep {
    let waits = actions(found, Some(meeting)).0.iter().filter(|it| it.needs_update).count();
    let updates = match waits {
        0 => String::new(),
        1 => ", where one action needs an update".to_owned(),
        more => format!(", where {} actions need an update", super::parts::in_words(more)),
    };
    let has_decided = found
        .of_meeting(Some(&meeting.id))
        .any(|it| matches!(it.latest().body, Body::Decision(_) | Body::Minutes { .. }));
    let on = day(meeting.of.held_on);
    let said = if found.runs && has_decided {
        format!("Next: close the meeting on {on}{updates}.")
    } else {
        format!("Next: hold the meeting on {on}{updates}.")
    };
    NextStep::new(said, "Go to the meeting", found.meeting_address(&meeting.id))
}
