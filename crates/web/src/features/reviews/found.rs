//! A service line, or a review of it with everything in it, as far as somebody may go to it.

use std::collections::{BTreeMap, BTreeSet};

use access::{Capability, View};
use domain::Day;
use engagement::benefits::BenefitSettings;
use engagement::reviews::{Participant, ReviewGuide, Side};
use jiff::Timestamp;
use store::benefits::{self, StoredBenefit};
use store::ideas::{self, StoredIdea};
use store::joint_actions::StoredAction;
use store::people::PersonState;
use store::reviewing::slots::{self, SlotPoll};
use store::reviewing::{
    self, ActionUpdate, Body, Coming, Figures, Item, Meeting, Review, ReviewAction, ServicePost,
    Unsettled,
};
use store::units::{self, Unit, UnitKind};
use store::{
    PackId, PersonId, ReviewId, ReviewItemId, ReviewMeetingId, UnitCode, grants, packs, people,
};

use crate::App;
use crate::shell::assessing::side_of;
use crate::shell::fault::Fault;
use crate::shell::feasibility;
use crate::shell::ideas::sees;
use crate::shell::joint_work;
use crate::shell::page::Shell;
use crate::shell::session::today;
use crate::shell::sit_downs::Reader;
use crate::shell::visit::Visit;

/// Somebody whom a page may name.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that they may be asked for")]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) profession: String,
    pub(super) is_here: bool,
    /// Whether they may read reviews somewhere, and so can take part in one.
    pub(super) takes_part: bool,
    /// Whether they may keep actions somewhere, and so can own one.
    pub(super) owns: bool,
    /// Whether a role, a post or their job title makes them senior.
    pub(super) is_senior: bool,
}

/// People by reference.
pub(super) type People = BTreeMap<String, Person>;

/// A review and all that belongs to it.
#[expect(clippy::struct_excessive_bools, reason = "each is a right of whoever asks, by itself")]
pub(super) struct Found {
    pub(super) guide: ReviewGuide,
    pub(super) unit: Unit,
    pub(super) review: Review,
    pub(super) items: Vec<Item>,
    pub(super) actions: Vec<ReviewAction>,
    pub(super) updates: Vec<ActionUpdate>,
    pub(super) meetings: Vec<Meeting>,
    pub(super) figures: Option<Figures>,
    /// Slots that were proposed for its meetings, the earliest first.
    pub(super) polls: Vec<SlotPoll>,
    pub(super) people: People,
    /// Whether whoever asks may change it.
    pub(super) runs: bool,
    /// Whether it is a sit-down in which whoever asks takes part.
    pub(super) takes_part: bool,
    /// Due joint actions of the service line that the review has not taken up, for its open meetings.
    pub(super) due: Vec<ReviewAction>,
    /// What the list of actions holds of its actions, as far as whoever asks sees it, by reference.
    pub(super) kept: BTreeMap<String, StoredAction>,
    /// Whether they may keep actions of the service line.
    pub(super) keeps: bool,
    /// Benefits that are claimed of its actions and that they see.
    pub(super) benefits: Vec<StoredBenefit>,
    /// The pack that was kept for it last, for those who may see it: its reference, and when it was made.
    pub(super) pack: Option<(PackId, Timestamp)>,
    /// Ideas of staff that were taken to it and that they see, the latest first.
    pub(super) ideas: Vec<StoredIdea>,
    /// Whether they see exactly what the service line costs.
    pub(super) sees: bool,
    /// Decisions of it, and of the reviews before it, that were taken in meetings which could not decide.
    pub(super) unsettled: Vec<Unsettled>,
    /// Programmes that time of clinicians was bought for before, where a form offers them.
    pub(super) programmes: Vec<String>,
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

/// Everybody by reference, those who left too: what they wrote stays theirs. Posts of the register make
/// some of them senior.
pub(super) async fn all_people(
    app: &App,
    db: &mut store::Connection,
    posts: &[ServicePost],
    now: Timestamp,
) -> Result<People, Fault> {
    let all = people::list(db).await?.into_iter();
    let rights = grants::review(db).await?;
    let counting = || rights.iter().map(|it| &it.grant).filter(|it| it.counts_on(today(now)));
    let with = |capability: Capability| -> BTreeSet<&str> {
        let holds = |it: &&grants::Grant| {
            let rights = app.matrix().rights(&it.granted.role);
            rights.iter().any(|of| of.capability == capability)
        };
        counting().filter(holds).map(|it| it.granted.person.as_str()).collect()
    };
    let (readers, keepers) = (with(Capability::ReadReviews), with(Capability::KeepActions));
    let mut roles: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for it in counting() {
        roles.entry(it.granted.person.as_str()).or_default().push(&it.granted.role);
    }
    let is_senior = |id: &PersonId, title: &str| {
        let roles = roles.get(id.as_str()).into_iter().flatten().copied();
        let posts = posts.iter().filter(|it| it.person.as_ref() == Some(id));
        let posts = posts.map(|it| it.post.as_str());
        app.settings().reviews.senior.is(roles, posts, title)
    };
    let person = |it: people::StoredPerson| {
        let known = Person {
            is_senior: is_senior(&it.id, &it.person.job_title),
            name: it.person.name,
            title: it.person.job_title,
            profession: it.person.profession,
            is_here: it.state == PersonState::Active,
            takes_part: it.state == PersonState::Active && readers.contains(it.id.as_str()),
            owns: it.state == PersonState::Active && keepers.contains(it.id.as_str()),
        };
        (it.id.as_str().to_owned(), known)
    };
    Ok(all.map(person).collect())
}

/// People to choose from, by name.
pub(super) fn choices(people: &People, nobody: &str) -> Vec<(String, String)> {
    chosen_of(people, nobody, |it| it.is_here)
}

/// People who can take part in a review, by name: not commissioners, collectors and others from
/// outside, who read none.
pub(super) fn participants(people: &People, nobody: &str) -> Vec<(String, String)> {
    chosen_of(people, nobody, |it| it.takes_part)
}

/// People who can own an action, by name.
pub(super) fn owners(people: &People, nobody: &str) -> Vec<(String, String)> {
    chosen_of(people, nobody, |it| it.owns)
}

fn chosen_of(
    people: &People,
    nobody: &str,
    fits: impl Fn(&Person) -> bool,
) -> Vec<(String, String)> {
    let here = people.iter().filter(|it| fits(it.1));
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

/// What the list of actions, and the ledger of benefits, hold of some actions for whoever asks.
async fn kept(
    db: &mut store::Connection,
    visit: &Visit,
    actions: &BTreeSet<&str>,
) -> Result<(BTreeMap<String, StoredAction>, Vec<StoredBenefit>), Fault> {
    let seen = joint_work::seen_actions(db, visit).await?.into_iter();
    let kept = seen.filter(|it| actions.contains(it.id.as_str()));
    let kept = kept.map(|it| (it.id.to_string(), it)).collect();
    let mut benefits = benefits::list(db).await?;
    benefits.retain(|it| {
        let of = it.of.action.as_ref();
        of.is_some_and(|of| actions.contains(of.as_str()))
            && !it.is_withdrawn()
            && joint_work::sees_benefit(visit, it)
    });
    Ok((kept, benefits))
}

/// The pack that was kept last for a review, for those who see its figures exactly: one for the day of
/// a meeting of it, else one that was made since it was opened and is for no meeting before.
async fn pack(
    db: &mut store::Connection,
    visit: &Visit,
    (review, meetings): (&Review, &[Meeting]),
) -> Result<Option<(PackId, Timestamp)>, Fault> {
    let unit = &review.unit;
    if !sees_figures(visit, unit.as_str()) {
        return Ok(None);
    }
    let all = packs::list(db, unit).await?;
    let opened_on = today(review.opened_at);
    let is_met = |on: Day| meetings.iter().any(|it| it.of.held_on == on);
    let is_since = |it: &&packs::Pack| {
        it.made_at >= review.opened_at && it.of.meeting_on.is_none_or(|on| on > opened_on)
    };
    let own = all.iter().find(|it| it.of.meeting_on.is_some_and(is_met));
    let own = own.or_else(|| all.iter().find(is_since));
    Ok(own.map(|it| (it.id.clone(), it.made_at)))
}

/// Ideas that were taken to a review and not to another since, as far as somebody sees them.
async fn taken_to(
    db: &mut store::Connection,
    visit: &Visit,
    id: &ReviewId,
) -> Result<Vec<StoredIdea>, Fault> {
    let mut all = ideas::list(db).await?;
    all.retain(|it| it.review() == Some(id) && sees(visit, it));
    Ok(all)
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
        let reader = Reader::of(&mut db, visit, &review).await?;
        if !reader.may_read {
            return Err(Fault::NotFound);
        }
        let mut updates = reviewing::updates_of_review(&mut db, &id).await?;
        let actions = reviewing::actions_of_review(&mut db, &id, &updates).await?;
        let meetings = reviewing::meetings_of(&mut db, &id).await?;
        let open = meetings.iter().filter(|it| it.closed.is_none()).map(|it| it.of.held_on).max();
        let (due, said) = match open.filter(|_| review.next.is_none()) {
            Some(by) => reviewing::due_of_unit(&mut db, &id, (by, visit.now)).await?,
            None => Default::default(),
        };
        updates.extend(said);
        let looked_at = || actions.iter().chain(&due).map(|it| it.of.action.as_str());
        let (kept, benefits) = kept(&mut db, visit, &looked_at().collect()).await?;
        let pack = pack(&mut db, visit, (&review, &meetings)).await?;
        let unsettled = reviewing::unsettled(&mut db, &id).await?;
        let posts = reviewing::posts(&mut db).await?;
        let people = all_people(app, &mut db, &posts, visit.now).await?;
        Ok(Self {
            guide: app.settings().reviews.clone(),
            items: reviewing::items_of(&mut db, &id).await?,
            actions,
            updates,
            meetings,
            figures: reviewing::figures(&mut db, &id).await?,
            polls: slots::polls_of(&mut db, &id).await?,
            people,
            runs: may(visit, Capability::RunReviews, code),
            takes_part: reader.takes_part,
            due,
            kept,
            keeps: may(visit, Capability::KeepActions, code),
            benefits,
            pack,
            ideas: taken_to(&mut db, visit, &id).await?,
            sees: sees_figures(visit, code),
            unsettled,
            programmes: Vec::new(),
            unit,
            review,
        })
    }

    /// How feasible the owners of an action found it up to a moment; blank where nobody had said so.
    pub(super) fn feasible(&self, action: &str, until: Option<Timestamp>) -> String {
        let name = |it: &str| self.name(it).to_owned();
        self.kept.get(action).map_or_else(String::new, |it| {
            feasibility::told(&BenefitSettings::own(), it, until, name)
        })
    }

    /// Whether it is the sit-down of one consultant and finance, and no review of the service.
    pub(super) fn is_sit_down(&self) -> bool {
        self.guide.is_sit_down(&self.review.theme)
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

    /// The actions that a meeting looks at: those of the review, and while it is open the due ones of
    /// the service line too; without a meeting those of the review.
    pub(super) fn looked_at<'a>(
        &'a self,
        meeting: Option<&'a Meeting>,
    ) -> impl Iterator<Item = &'a ReviewAction> {
        let open = meeting.filter(|it| it.closed.is_none());
        let is_due = move |it: &&ReviewAction| open.is_some_and(|of| it.of.due_on <= of.of.held_on);
        self.due.iter().filter(is_due).chain(&self.actions)
    }

    /// Who is on the list of a meeting, as the rules take it.
    pub(super) fn participants(&self, meeting: &ReviewMeetingId) -> Vec<Participant> {
        let read = |it: &Item| match &it.latest().body {
            Body::Participant(of) => Some(Participant {
                person: of.person.clone(),
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
