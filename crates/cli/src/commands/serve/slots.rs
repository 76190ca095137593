//! What a demonstration begins with around meetings: slots of a further meeting that wait for answers,
//! and how feasible owners find what they agreed.

use demonstration::Person;
use engagement::actions::View;
use engagement::benefits::BenefitSettings;
use engagement::reviews::{Answer, ReviewGuide};
use jiff::{SignedDuration, Timestamp};
use store::joint_actions;
use store::reviewing::slots::{self, Asked, NewPoll, NewSlot};
use store::{Entry, PersonId, Tx, UnitCode, reviewing};
use web::shell::joint_work::profession;
use web::shell::session::today;

use super::people::{self, Staff};

/// Hours before now at which the slots were proposed.
const PROPOSED: i64 = 72;

/// Hours before now at which the first answer came; each later one an hour after it.
const ANSWERED: i64 = 48;

/// Records what the demonstration says, for service lines that there are.
pub(super) async fn record(
    tx: &mut Tx,
    staff: &[(Person, PersonId)],
    at: Timestamp,
) -> store::Result<()> {
    let people = people::staff_by_login(staff);
    let all = demonstration::meeting_slots();
    let mut units: Vec<&str> = all.iter().map(|it| it.unit.as_str()).collect();
    units.dedup();
    for unit in units {
        poll(tx, &people, UnitCode::new(unit), at).await?;
    }
    views(tx, staff).await
}

fn named<'a>(people: &'a Staff<'_>, name: &str) -> store::Result<&'a (Person, PersonId)> {
    let found = people.get(name).copied();
    found.ok_or_else(|| store::Error::NotFound(format!("person {name}")))
}

/// Slots for the open review of a service line, proposed by the first of those who are asked.
async fn poll(tx: &mut Tx, people: &Staff<'_>, unit: UnitCode, at: Timestamp) -> store::Result<()> {
    let reviews = reviewing::list(tx).await?;
    // Another model than the demonstration's has other service lines.
    let open = reviews.into_iter().find(|it| it.unit == unit && it.next.is_none());
    let Some(review) = open else { return Ok(()) };
    let is_own = |it: &str| it == unit.as_str();
    let all: Vec<_> =
        demonstration::slots_asked().into_iter().filter(|it| is_own(&it.unit)).collect();
    let mut asked = Vec::new();
    for it in &all {
        let (person, id) = named(people, &it.person)?;
        let deputy_for = match it.deputy_for.as_str() {
            "" => None,
            whom => Some(named(people, whom)?.1.clone()),
        };
        let profession = profession(&person.profession);
        asked.push(Asked { person: id.clone(), profession, role: it.role.clone(), deputy_for });
    }
    let Some(by) = asked.first().map(|it| it.person.clone()) else { return Ok(()) };
    let slot = |it: demonstration::DemonstrationSlot| NewSlot {
        held_on: today(at).plus(it.in_days),
        begins_at: it.begins_at,
        minutes: it.minutes,
    };
    let own = demonstration::meeting_slots().into_iter().filter(|it| is_own(&it.unit));
    let new = NewPoll { slots: own.map(slot).collect(), asked };
    let ago = |hours| at - SignedDuration::from_hours(hours);
    let entry = Entry::by(by.as_str(), ago(PROPOSED));
    let id = slots::propose(tx, &review.id, &new, &ReviewGuide::own(), &entry).await?;
    for (hour, it) in (0..).zip(all.iter().filter(|it| !it.answers.is_empty())) {
        let answers: Vec<Answer> = it.answers.iter().filter_map(|it| it.parse().ok()).collect();
        let entry = Entry::by(named(people, &it.person)?.1.as_str(), ago(ANSWERED - hour));
        slots::answer(tx, &id, (&answers, &it.words), &entry).await?;
    }
    Ok(())
}

/// How feasible each owner of joint work finds it, from the day on which it was agreed.
async fn views(tx: &mut Tx, staff: &[(Person, PersonId)]) -> store::Result<()> {
    let settings = BenefitSettings::own();
    let usual = settings.feasibility.first().map_or("", |it| it.code.as_str());
    let told = demonstration::feasibility();
    for action in joint_actions::list(tx).await? {
        let of = &action.agreed.of;
        for owner in of.owners.iter().filter(|_| of.joint) {
            let login = staff.iter().find(|it| it.1.as_str() == owner.person);
            let login = login.map_or("", |it| it.0.login());
            let said = told.iter().find(|it| it.what == of.what && it.owner == login);
            let view = View {
                person: owner.person.clone(),
                level: said.map_or(usual, |it| it.level.as_str()).to_owned(),
                because: said.map_or_else(String::new, |it| it.because.clone()),
            };
            let entry = Entry::by(&owner.person, action.added_at);
            joint_actions::say_view(tx, &action.id, &view, &entry).await?;
        }
    }
    Ok(())
}
