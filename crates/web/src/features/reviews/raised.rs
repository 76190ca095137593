//! What those on the list of a meeting bring to it, though they do not run the review: a challenge,
//! something for the agenda, and a note in their own name.

use access::Capability;
use store::reviewing::{Body, Challenge, Meeting};
use store::{PersonId, ReviewMeetingId};

use super::found::{Found, may, side};
use crate::App;
use crate::shell::fault::Fault;
use crate::shell::visit::Visit;

/// What they bring, by kind, and the field that they fill; the rest is said in the meeting.
pub(super) const FIELDS: [(&str, &str); 3] =
    [("agenda", "subject"), ("challenge", "words"), ("note", "words")];

/// Whether somebody is on the list of a meeting, whatever they answered.
pub(super) fn is_listed(found: &Found, meeting: &ReviewMeetingId, who: &PersonId) -> bool {
    found.of_meeting(Some(meeting)).any(|it| match &it.latest().body {
        Body::Participant(of) => of.person == who.as_str(),
        _ => false,
    })
}

/// Whether whoever looks may bring something to a meeting without running its review.
pub(super) fn may_raise(found: &Found, visit: &Visit, meeting: &Meeting) -> bool {
    let is_open = meeting.closed.is_none() && !found.is_finished();
    let is_listed = |it: &PersonId| is_listed(found, &meeting.id, it);
    !found.runs && is_open && visit.person().is_ok_and(|it| is_listed(&it.id))
}

/// The capability by which somebody adds things to a review of a unit: whoever runs it adds anything;
/// others read it, and what more is asked of them is [`check`]ed.
pub(super) fn capability(visit: &Visit, unit: &str) -> Capability {
    let runs = may(visit, Capability::RunReviews, unit);
    if runs { Capability::RunReviews } else { Capability::ReadReviews }
}

/// A review to which somebody may add something of a kind.
///
/// # Errors
///
/// [`Fault::NotFound`] for whoever neither runs the review nor is on the list of the meeting, and for
/// what only those add who run it; [`Fault::Refused`] once the meeting is closed.
pub(super) async fn found(
    app: &App,
    visit: &Visit,
    of: (&str, &str),
    (kind, meeting): (&str, &str),
) -> Result<Found, Fault> {
    let found = Found::of(app, visit, capability(visit, of.0), of).await?;
    if !found.runs {
        check(&found, visit, (kind, meeting))?;
    }
    Ok(found)
}

fn check(found: &Found, visit: &Visit, (kind, meeting): (&str, &str)) -> Result<(), Fault> {
    let is_theirs = FIELDS.iter().any(|it| it.0 == kind);
    let it = found.meeting(meeting)?;
    if !is_theirs || !is_listed(found, &it.id, &visit.person()?.id) {
        return Err(Fault::NotFound);
    }
    if !may_raise(found, visit, it) {
        let said = "This meeting is closed. Bring it to the next one, or tell who runs the review.";
        return Err(Fault::Refused(said.to_owned()));
    }
    Ok(())
}

/// What somebody on the list begins with: a challenge is raised by their own profession.
pub(super) fn begun(found: &Found, visit: &Visit, body: Body) -> Result<Body, Fault> {
    let Body::Challenge(it) = body else { return Ok(body) };
    let side = side(&found.people, visit.person()?.id.as_str());
    Ok(Body::Challenge(Challenge { side: side.word().to_owned(), ..it }))
}
