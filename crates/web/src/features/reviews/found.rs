//! A service line, or a review of it with everything in it, as far as somebody may go to it.

use std::collections::BTreeMap;

use access::{Capability, View};
use engagement::reviews::{Participant, ReviewGuide, Side};
use store::people::PersonState;
use store::reviewing::{
    self, ActionUpdate, Body, Coming, Figures, Item, Meeting, Review, ReviewAction,
};
use store::units::{self, Unit, UnitKind};
use store::{ReviewId, ReviewItemId, ReviewMeetingId, UnitCode, people};

use crate::App;
use crate::shell::assessing::side_of;
use crate::shell::fault::Fault;
use crate::shell::page::Shell;
use crate::shell::visit::Visit;

/// Somebody whom a page may name.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) profession: String,
    pub(super) is_here: bool,
}

/// People by reference.
pub(super) type People = BTreeMap<String, Person>;

/// A review and all that belongs to it.
pub(super) struct Found {
    pub(super) guide: ReviewGuide,
    pub(super) unit: Unit,
    pub(super) review: Review,
    pub(super) items: Vec<Item>,
    pub(super) actions: Vec<ReviewAction>,
    pub(super) updates: Vec<ActionUpdate>,
    pub(super) meetings: Vec<Meeting>,
    pub(super) figures: Option<Figures>,
    pub(super) people: People,
    /// Whether whoever asks may change it.
    pub(super) runs: bool,
}

/// A service line that somebody may go to with a capability.
pub(super) async fn unit(
    app: &App,
    visit: &Visit,
    (capability, code): (Capability, &str),
) -> Result<Unit, Fault> {
    if visit.scope(capability)?.of_unit(code).is_none() {
        return Err(Fault::NotFound);
    }
    let mut db = app.store().read().await?;
    let unit = units::get(&mut db, &UnitCode::new(code)).await?.unit;
    if is_reviewed(&unit) { Ok(unit) } else { Err(Fault::NotFound) }
}

/// Whether units of this kind are reviewed.
pub(super) fn is_reviewed(unit: &Unit) -> bool {
    matches!(unit.kind, UnitKind::ServiceLine | UnitKind::Specialty)
}

/// Whether somebody may do something in a unit.
pub(super) fn may(visit: &Visit, capability: Capability, code: &str) -> bool {
    visit.scope(capability).is_ok_and(|it| it.of_unit(code).is_some())
}

/// Whether somebody sees exactly what a unit costs.
pub(super) fn sees_figures(visit: &Visit, code: &str) -> bool {
    let scope = visit.scope(Capability::AggregateCosts);
    scope.is_ok_and(|it| it.of_unit(code).is_some_and(|it| it.view == View::Exact))
}

/// Everybody by reference, those who left too: what they wrote stays theirs.
pub(super) async fn all_people(db: &mut store::Connection) -> Result<People, Fault> {
    let all = people::list(db).await?.into_iter();
    let person = |it: people::StoredPerson| {
        let known = Person {
            name: it.person.name,
            title: it.person.job_title,
            profession: it.person.profession,
            is_here: it.state == PersonState::Active,
        };
        (it.id.as_str().to_owned(), known)
    };
    Ok(all.map(person).collect())
}

/// People to choose from, by name.
pub(super) fn choices(people: &People, nobody: &str) -> Vec<(String, String)> {
    let here = people.iter().filter(|it| it.1.is_here);
    let mut all: Vec<(String, String)> = here.map(|it| (it.0.clone(), with_title(it.1))).collect();
    all.sort_by(|one, other| one.1.cmp(&other.1));
    all.insert(0, (String::new(), nobody.to_owned()));
    all
}

fn with_title(it: &Person) -> String {
    if it.title.is_empty() {
        return it.name.clone();
    }
    format!("{}, {}", it.name, it.title.to_lowercase())
}

/// The name of somebody; the reference itself where it is nobody's, such as the operator's.
pub(super) fn name<'a>(people: &'a People, reference: &'a str) -> &'a str {
    people.get(reference).map_or(reference, |it| it.name.as_str())
}

/// On which side of the conversation somebody stands.
pub(super) fn side(people: &People, reference: &str) -> Side {
    let profession = people.get(reference).map_or("", |it| it.profession.as_str());
    match side_of(profession) {
        Some(store::assessing::Side::Clinical) => Side::Clinical,
        Some(store::assessing::Side::Finance) => Side::Finance,
        None => Side::Other,
    }
}

impl Found {
    /// # Errors
    ///
    /// [`Fault::NotFound`] where it is not there for the person, or of another service line.
    pub(super) async fn of(
        app: &App,
        visit: &Visit,
        capability: Capability,
        (code, review): (&str, &str),
    ) -> Result<Self, Fault> {
        let unit = unit(app, visit, (capability, code)).await?;
        let mut db = app.store().read().await?;
        let id = ReviewId::new(review);
        let review = reviewing::get(&mut db, &id).await?;
        if review.unit != unit.code {
            return Err(Fault::NotFound);
        }
        Ok(Self {
            guide: ReviewGuide::own(),
            items: reviewing::items_of(&mut db, &id).await?,
            actions: reviewing::actions_of_review(&mut db, &id).await?,
            updates: reviewing::updates_of_review(&mut db, &id).await?,
            meetings: reviewing::meetings_of(&mut db, &id).await?,
            figures: reviewing::figures(&mut db, &id).await?,
            people: all_people(&mut db).await?,
            runs: may(visit, Capability::RunReviews, code),
            unit,
            review,
        })
    }

    /// Where the review is.
    pub(super) fn address(&self) -> String {
        format!("/reviews/{}/{}", self.unit.code, self.review.id)
    }

    /// Where a meeting of it is.
    pub(super) fn meeting_address(&self, id: &ReviewMeetingId) -> String {
        format!("{}/meeting/{id}", self.address())
    }

    /// Where something in it leads back to.
    pub(super) fn home(&self, meeting: Option<&ReviewMeetingId>) -> String {
        meeting.map_or_else(|| self.address(), |it| self.meeting_address(it))
    }

    /// Whether it is finished.
    pub(super) fn is_finished(&self) -> bool {
        self.review.next.is_some()
    }

    /// What stands around a page below the review.
    pub(super) fn shell(&self, visit: &Visit, title: impl Into<String>) -> Shell {
        let unit = format!("/reviews/{}", self.unit.code);
        let shell = visit.shell(title).below("Reviews", "/reviews");
        shell.below(&self.unit.name, unit).below(&self.review.title, self.address())
    }

    /// A meeting of it.
    pub(super) fn meeting(&self, id: &str) -> Result<&Meeting, Fault> {
        self.meetings.iter().find(|it| it.id.as_str() == id).ok_or(Fault::NotFound)
    }

    /// Something in it.
    pub(super) fn item(&self, id: &ReviewItemId) -> Result<&Item, Fault> {
        self.items.iter().find(|it| it.id == *id).ok_or(Fault::NotFound)
    }

    /// Things of a meeting, or of the review itself.
    pub(super) fn of_meeting<'a>(
        &'a self,
        meeting: Option<&'a ReviewMeetingId>,
    ) -> impl Iterator<Item = &'a Item> {
        self.items.iter().filter(move |it| it.meeting.as_ref() == meeting)
    }

    /// The meeting that is to be held, or else was held last.
    pub(super) fn current_meeting(&self) -> Option<&Meeting> {
        let open = self.meetings.iter().find(|it| it.closed.is_none());
        open.or(self.meetings.last())
    }

    /// Who is on the list of a meeting, as the rules take it.
    pub(super) fn participants(&self, meeting: &ReviewMeetingId) -> Vec<Participant> {
        let read = |it: &Item| match &it.latest().body {
            Body::Participant(of) => Some(Participant {
                role: of.role.clone(),
                side: side(&self.people, &of.person),
                came: match of.coming {
                    Coming::Asked => engagement::reviews::Came::Asked,
                    Coming::Yes => engagement::reviews::Came::Yes,
                    Coming::Deputy => engagement::reviews::Came::Deputy,
                    Coming::No => engagement::reviews::Came::No,
                },
            }),
            _ => None,
        };
        self.of_meeting(Some(meeting)).filter_map(read).collect()
    }

    /// The name of somebody.
    pub(super) fn name<'a>(&'a self, reference: &'a str) -> &'a str {
        name(&self.people, reference)
    }
}
