//! What reviews of service lines ask of somebody, for first pages: reviews that are due or late, the
//! meeting to come, and updates that they owe it.

use std::collections::BTreeSet;

use access::Capability;
use domain::Day;
use engagement::reviews::{ReviewGuide, next_due};
use store::reviewing::{self, Body, Coming, Meeting, Register, Review};
use store::{Connection, PersonId, UnitCode, joint_actions};

use super::fault::Fault;
use super::session::{calendar, civil, today};
use super::visit::Visit;
use super::words;

/// In a sentence or two; blank where nothing is.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn waiting(db: &mut Connection, visit: &Visit) -> Result<String, Fault> {
    if !visit.may(Capability::ReadReviews) {
        return Ok(String::new());
    }
    let reviews = reviewing::list(db).await?;
    let said = [due(db, visit, &reviews).await?, meetings(db, visit, &reviews).await?];
    let said: Vec<&str> = said.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    Ok(said.join(" "))
}

/// What tells when service lines are reviewed: every page that says so reads it here.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// Whose cadences hold, and which themes are sit-downs.
    pub guide: &'a ReviewGuide,
    /// All reviews.
    pub reviews: &'a [Review],
    /// All meetings of theirs.
    pub meetings: &'a [Meeting],
}

impl<'a> Held<'a> {
    /// Reviews of a service line; not the sit-downs of one consultant and finance, which are no reviews
    /// of the service.
    fn of(self, unit: &str) -> impl Iterator<Item = &'a Review> {
        let all = self.reviews.iter().filter(move |it| it.unit.as_str() == unit);
        all.filter(move |it| !self.guide.is_sit_down(&it.theme))
    }

    /// When a review was held: the day of its last closed meeting, once it is finished.
    pub fn on(self, review: &Review) -> Option<Day> {
        review.next.as_ref()?;
        let of = self.meetings.iter().filter(|it| it.review == review.id);
        // A meeting that was brought forward without a word was held when it was closed.
        let day = |it: &Meeting| Some(it.of.held_on.min(today(it.closed.as_ref()?.at)));
        of.filter_map(day).max()
    }

    /// When a service line was reviewed last.
    pub fn last_of(self, unit: &str) -> Option<Day> {
        self.of(unit).filter_map(|it| self.on(it)).max()
    }

    /// When a service line is due next: by its open review, or else by its cadence; none where it has
    /// neither.
    pub fn due_of(self, unit: &str, registered: Option<&Register>) -> Option<Day> {
        let open = self.of(unit).filter(|it| it.next.is_none()).map(|it| it.due_on).min();
        open.or_else(|| self.by_cadence(registered?, self.last_of(unit)))
    }

    /// When a service line that was reviewed on a day is due next, if it has a cadence.
    pub fn by_cadence(self, registered: &Register, last: Option<Day>) -> Option<Day> {
        let cadence = self.guide.cadence(&registered.of.cadence)?;
        let begins = calendar(registered.of.begins_on);
        Some(civil(next_due(last.map(calendar), begins, cadence.months)))
    }
}

/// When the next review of each service line is due that is in the register or has an open one.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn next_reviews(
    db: &mut Connection,
    guide: &ReviewGuide,
    reviews: &[Review],
) -> Result<Vec<(UnitCode, Day)>, Fault> {
    let meetings = reviewing::meetings(db).await?;
    let held = Held { guide, reviews, meetings: &meetings };
    let register = reviewing::register(db).await?;
    let open = reviews.iter().filter(|it| it.next.is_none()).map(|it| &it.unit);
    let units: BTreeSet<&UnitCode> = register.iter().map(|it| &it.unit).chain(open).collect();
    let due = |unit: &UnitCode| {
        let registered = register.iter().find(|it| it.unit == *unit);
        Some((unit.clone(), held.due_of(unit.as_str(), registered)?))
    };
    Ok(units.into_iter().filter_map(due).collect())
}

/// Reviews that are late, or due within the notice that a meeting needs, of service lines whose reviews
/// they run or of which they hold a post.
async fn due(db: &mut Connection, visit: &Visit, reviews: &[Review]) -> Result<String, Fault> {
    let (on, me) = (today(visit.now), &visit.person()?.id);
    let guide = &visit.app.settings().reviews;
    let runs =
        |unit: &str| visit.scope(Capability::RunReviews).is_ok_and(|it| it.of_unit(unit).is_some());
    let posts = reviewing::posts(db).await?;
    let holds = |unit: &str| {
        posts.iter().any(|it| it.unit.as_str() == unit && it.person.as_ref() == Some(me))
    };
    let soon = on.plus(i32::try_from(guide.settings.notice.value).unwrap_or(0));
    let (mut late, mut close) = (0_u64, 0_u64);
    for (unit, due) in next_reviews(db, guide, reviews).await? {
        let unit = unit.as_str();
        if !runs(unit) && !holds(unit) {
            continue;
        }
        late += u64::from(due < on);
        close += u64::from(due >= on && due <= soon);
    }
    let days = words::count(u64::from(guide.settings.notice.value), "day", "days");
    let late_of = words::count(late, "review is late", "reviews are late");
    let close_of = words::count(close, "review is due", "reviews are due");
    Ok(match (late, close) {
        (0, 0) => String::new(),
        (_, 0) => format!("{late_of}."),
        (0, _) => format!("{close_of} within {days}."),
        (_, _) => format!("{late_of}, and {close_of} within {days}."),
    })
}

/// The next meeting in which somebody takes part, and how many of their actions a meeting to come asks
/// about.
async fn meetings(db: &mut Connection, visit: &Visit, reviews: &[Review]) -> Result<String, Fault> {
    let (scope, me) = (visit.scope(Capability::ReadReviews)?, &visit.person()?.id);
    let is_seen = |it: &&Meeting| {
        let review = reviews.iter().find(|of| of.id == it.review);
        it.closed.is_none()
            && review
                .is_some_and(|of| of.next.is_none() && scope.of_unit(of.unit.as_str()).is_some())
    };
    let all = reviewing::meetings(db).await?;
    let own = joint_actions::list(db).await?;
    let is_own =
        |action: &String| own.iter().any(|it| it.id.as_str() == action && it.is_owned_by(me));
    let (mut first, mut owed) = (None, BTreeSet::new());
    for it in all.iter().filter(is_seen) {
        if first.is_none() && takes_part(db, me, it).await? {
            first = Some(it);
        }
        let waits = reviewing::waiting_for(db, it, visit.now).await?;
        owed.extend(waits.into_iter().filter(is_own));
    }
    let updates = words::count(
        owed.len() as u64,
        "of your actions needs an update before a review meets",
        "of your actions need an update before a review meets",
    );
    let mut said = Vec::new();
    if let Some(it) = first {
        let on = words::day(&it.of.held_on.to_string());
        let is_past = it.of.held_on < today(visit.now);
        said.push(if is_past {
            format!("The meeting of a review on {on} is not closed.")
        } else {
            format!("A review meets with you on {on}, {}.", it.of.begins_at)
        });
    }
    if !owed.is_empty() {
        said.push(format!("{updates}."));
    }
    Ok(said.join(" "))
}

/// Whether somebody is in the chair of a meeting, facilitates it or is on its list.
async fn takes_part(db: &mut Connection, me: &PersonId, it: &Meeting) -> Result<bool, Fault> {
    if it.of.chair == *me || it.of.facilitator.as_ref() == Some(me) {
        return Ok(true);
    }
    let items = reviewing::items_of(db, &it.review).await?;
    let own = items.iter().filter(|of| of.meeting.as_ref() == Some(&it.id));
    let mut listed = own.filter_map(|of| match &of.latest().body {
        Body::Participant(of) => Some(of),
        _ => None,
    });
    Ok(listed.any(|of| of.person == me.as_str() && of.coming != Coming::No))
}
