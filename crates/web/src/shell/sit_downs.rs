//! Sit-downs of one consultant and finance: who reads them. They are about one person's practice, so
//! whoever reads the other reviews of a unit does not read these, nor the actions that they agree on.

use std::collections::BTreeMap;

use access::Capability;
use store::joint_actions::StoredAction;
use store::reviewing::{self, Body, Review, slots};
use store::{Connection, PersonId};

use super::fault::Fault;
use super::joint_work::may;
use super::variation::compares;
use super::visit::Visit;

/// To whom an action of a sit-down is told, as pages say it.
pub const TOLD_TO: &str = "its owners, those who take part in the sit-down, and those who see named clinicians of the service line";

/// Actions of sit-downs by reference, and of each whether whoever is signed in may read one that took
/// it up.
#[derive(Clone, Debug, Default)]
pub struct OfSitDowns(BTreeMap<String, bool>);

impl OfSitDowns {
    /// Reads them for whoever is signed in.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the store cannot be read.
    pub async fn of(db: &mut Connection, visit: &Visit) -> Result<Self, Fault> {
        let mut all = BTreeMap::new();
        for (id, actions) in reviewing::actions_of_sit_downs(db).await? {
            let review = reviewing::get(db, &id).await?;
            let reads = may(visit, Capability::ReadActions, review.unit.as_str())
                && may_read(db, visit, &review).await?;
            for action in actions {
                *all.entry(action).or_insert(false) |= reads;
            }
        }
        Ok(Self(all))
    }

    /// Whether an action is of a sit-down.
    pub fn holds(&self, action: &StoredAction) -> bool {
        self.0.contains_key(action.id.as_str())
    }

    /// Whether an action is of a sit-down, and whoever is signed in neither owns it nor may read that.
    pub fn keeps_back(&self, visit: &Visit, action: &StoredAction) -> bool {
        let own = visit.person().is_ok_and(|me| action.is_owned_by(&me.id));
        !own && self.0.get(action.id.as_str()) == Some(&false)
    }
}

/// Whether a review is the sit-down of one consultant and finance.
pub fn is_sit_down(visit: &Visit, it: &Review) -> bool {
    visit.app.settings().reviews.is_sit_down(&it.theme)
}

/// Whether somebody who may read reviews of the unit may read this one: every review of the service;
/// of a sit-down, whoever takes part in it or in the one that it follows, and whoever sees named
/// clinicians of the unit.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn may_read(db: &mut Connection, visit: &Visit, it: &Review) -> Result<bool, Fault> {
    Ok(Reader::of(db, visit, it).await?.may_read)
}

/// What somebody who may read reviews of the unit is to one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Whether they may read it, as [`may_read`] says.
    pub may_read: bool,
    /// Whether it is a sit-down in which they take part.
    pub takes_part: bool,
}

impl Reader {
    /// What whoever is signed in is to a review.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the store cannot be read.
    pub async fn of(db: &mut Connection, visit: &Visit, it: &Review) -> Result<Self, Fault> {
        if !is_sit_down(visit, it) {
            return Ok(Self { may_read: true, takes_part: false });
        }
        let takes_part = takes_part(db, visit, it).await?;
        let may_read = takes_part || compares(visit, it.unit.as_str());
        Ok(Self { may_read, takes_part })
    }
}

/// Whether whoever is signed in takes part in a sit-down or in the one that it follows.
async fn takes_part(db: &mut Connection, visit: &Visit, it: &Review) -> Result<bool, Fault> {
    let me = &visit.person()?.id;
    let mut review = it.clone();
    loop {
        if is_in(db, &review, me).await? {
            return Ok(true);
        }
        match review.follows.clone() {
            Some(before) => review = reviewing::get(db, &before).await?,
            None => return Ok(false),
        }
    }
}

/// Whether somebody opened a review, is in the chair of a meeting of it, facilitates one, is on its list
/// or is asked when they can come.
async fn is_in(db: &mut Connection, it: &Review, me: &PersonId) -> Result<bool, Fault> {
    if it.opened_by == *me {
        return Ok(true);
    }
    let meetings = reviewing::meetings_of(db, &it.id).await?;
    let chairs =
        |of: &reviewing::Meeting| of.of.chair == *me || of.of.facilitator.as_ref() == Some(me);
    if meetings.iter().any(chairs) {
        return Ok(true);
    }
    let polls = slots::polls_of(db, &it.id).await?;
    if polls.iter().flat_map(|of| &of.of.asked).any(|of| of.person == *me) {
        return Ok(true);
    }
    let items = reviewing::items_of(db, &it.id).await?;
    let is_mine = |of: &reviewing::Item| {
        matches!(&of.latest().body, Body::Participant(it)
            if it.person == me.as_str() || it.deputy_for == me.as_str())
    };
    Ok(items.iter().any(is_mine))
}
