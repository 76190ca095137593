//! Joint actions of a service line that its review did not take up, wherever they were agreed: once one
//! is due, a meeting asks how it stands.

use std::collections::{BTreeMap, BTreeSet};

use domain::Day;
use engagement::actions::Standing;
use engagement::benefits::BenefitSettings;
use engagement::reviews::{DueAction, ReviewGuide, waiting};
use jiff::Timestamp;

use super::actions::{ActionUpdate, NewAction, ReviewAction, of_list};
use super::{Meeting, actions_of_review, get, meetings_of, updates_of_review};
use crate::Connection;
use crate::error::Result;
use crate::ids::{PersonId, ReviewId};
use crate::joint_actions::{self, StoredAction};
use crate::row::Values as _;
use crate::{people, units};

/// References of the actions that sit-downs of one consultant and finance took up, by review. They are
/// about one person's practice, so they are told to few, and in no meeting of the service.
///
/// # Errors
/// If the database cannot be read.
pub async fn actions_of_sit_downs(
    db: &mut Connection,
) -> Result<BTreeMap<ReviewId, BTreeSet<String>>> {
    let guide = ReviewGuide::own();
    let rows = sqlx::query(
        "SELECT r.id, r.theme, a.action FROM review_action a
         JOIN service_review r ON r.id = a.review",
    )
    .fetch_all(db)
    .await?;
    let mut all: BTreeMap<ReviewId, BTreeSet<String>> = BTreeMap::new();
    for row in &rows {
        if guide.is_sit_down(&row.text("theme")?) {
            let review = ReviewId::new(row.text("id")?);
            all.entry(review).or_default().insert(row.text("action")?);
        }
    }
    Ok(all)
}

/// Open joint actions of the service line of a review, and of the units below it, that are due by a day
/// and that the review has not taken up; agreed before a moment, the earliest due first. With what was
/// said of them in the list of actions. Those of sit-downs are not among them.
///
/// # Errors
/// If there is no such review, or the database cannot be read.
pub async fn due_of_unit(
    db: &mut Connection,
    review: &ReviewId,
    (by, at): (Day, Timestamp),
) -> Result<(Vec<ReviewAction>, Vec<ActionUpdate>)> {
    let of = get(db, review).await?;
    // The sit-down of one consultant and finance asks for nothing of the service.
    if ReviewGuide::own().is_sit_down(&of.theme) {
        return Ok(Default::default());
    }
    let unit = of.unit;
    let within = units::within(db, &unit).await?;
    let taken_up = actions_of_review(db, review, &[]).await?;
    let all = joint_actions::list(db).await?;
    let of_sit_downs = actions_of_sit_downs(db).await?;
    let is_due = |it: &&StoredAction| {
        let is_joint = it.agreed.of.is_joint();
        let is_here = within.contains(&it.agreed.unit) && it.added_at <= at;
        let is_taken_up = taken_up.iter().any(|of| of.of.action == it.id.as_str());
        let is_of_sit_down = of_sit_downs.values().any(|of| of.contains(it.id.as_str()));
        is_joint && is_here && !is_taken_up && !is_of_sit_down && is_open_and_due(it, by)
    };
    let (mut due, mut said) = (Vec::new(), Vec::new());
    for it in all.iter().filter(is_due) {
        due.push(as_of_review(db, review, it).await?);
        said.extend(it.updates.iter().map(|update| of_list(&it.id, update)));
    }
    due.sort_by(|one, other| {
        (one.of.due_on, &one.of.action).cmp(&(other.of.due_on, &other.of.action))
    });
    Ok((due, said))
}

fn standing(it: &StoredAction, by: Day) -> Standing {
    let of = &it.agreed.of;
    let days = (of.starts_on, of.due_on);
    Standing::of(days, &it.said(), joint_actions::date(by), &BenefitSettings::own())
}

fn is_open_and_due(it: &StoredAction, by: Day) -> bool {
    let stands = standing(it, by);
    stands.is_open() && stands.due_on <= joint_actions::date(by)
}

/// An action of the list as a review looks at it.
async fn as_of_review(
    db: &mut Connection,
    review: &ReviewId,
    it: &StoredAction,
) -> Result<ReviewAction> {
    let mut owners = Vec::new();
    for owner in &it.agreed.of.owners {
        owners.push(people::get(db, &PersonId::new(owner.person.as_str())).await?.person.name);
    }
    let last = it.updates.last().map(|update| of_list(&it.id, update).progress);
    let said = it.updates.iter().rev().find_map(|update| of_list(&it.id, update).due_on);
    let agreed = it.agreed.of.due_on.to_string().parse();
    let unreadable = |_| crate::Error::Unreadable {
        what: "day of an action",
        value: it.agreed.of.due_on.to_string(),
    };
    Ok(ReviewAction {
        review: review.clone(),
        of: NewAction {
            action: it.id.to_string(),
            noted: it.agreed.of.what.clone(),
            owners: owners.join(", "),
            due_on: said.map_or_else(|| agreed.map_err(unreadable), Ok)?,
            agreed_in: None,
        },
        carried_from: None,
        is_taken_up: false,
        at: it.added_at,
        progress: last,
    })
}

/// References of the actions that keep a meeting open at a moment: of its review and of its service
/// line, due by its day and not over, not agreed in this very meeting, and of which it has heard nothing.
///
/// # Errors
/// If the review is not there, or the database cannot be read.
pub async fn waiting_for(db: &mut Connection, of: &Meeting, at: Timestamp) -> Result<Vec<String>> {
    let mut said = updates_of_review(db, &of.review).await?;
    let mut all = actions_of_review(db, &of.review, &said).await?;
    let (due, heard) = due_of_unit(db, &of.review, (of.of.held_on, at)).await?;
    all.extend(due);
    said.extend(heard);
    let begun = get(db, &of.review).await?.opened_at;
    let since = of.hears_since(begun, &meetings_of(db, &of.review).await?);
    let has_update = |it: &ReviewAction| {
        said.iter().any(|said| said.action == it.of.action && of.hears(said, since))
    };
    let due: Vec<DueAction> = all.iter().map(|it| it.as_due(of, has_update(it))).collect();
    let waits = waiting(&due, joint_actions::date(of.of.held_on));
    Ok(waits.into_iter().map(|it| it.action.clone()).collect())
}
