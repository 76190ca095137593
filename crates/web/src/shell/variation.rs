//! Differences and follow-ups of colleagues as somebody may see them, and what of them waits.

use access::{Access, Capability, Scope, View};
use domain::Day;
use engagement::benefits::Side;
use engagement::variation::{MonthState, Voices};
use store::follow_ups::{self, StoredFollowUp};
use store::variation::{self, StoredInsight};
use store::{Connection, PersonId};

use super::fault::Fault;
use super::joint_work::own_side;
use super::questions;
use super::session::today;
use super::visit::Visit;
use super::words;

/// Whether somebody sees the differences of a unit: what people write there holds exact figures.
pub fn sees(visit: &Visit, unit: &str) -> bool {
    questions::view(visit, unit) == Some(View::Exact)
}

/// Whether they may open and answer differences of a unit.
pub fn may_answer(visit: &Visit, unit: &str) -> bool {
    sees(visit, unit) && questions::may_answer(visit, unit)
}

/// Whether they read explanations as they were released to the board: those who see the costs of the
/// whole trust, and its assessment.
pub fn reads_released(visit: &Visit) -> bool {
    [Capability::AggregateCosts, Capability::ReadAssessments]
        .into_iter()
        .all(|it| visit.scope(it).is_ok_and(|it| it.of_trust().is_some()))
}

/// Whether they see the colleagues of a unit under codes.
pub fn compares(visit: &Visit, unit: &str) -> bool {
    let scope = visit.scope(Capability::ClinicianComparison);
    scope.is_ok_and(|it| it.of_unit(unit).is_some_and(|it| it.view == View::Exact))
}

/// Whether a follow-up is about whoever is signed in.
pub fn is_own(visit: &Visit, it: &StoredFollowUp) -> bool {
    visit.person().is_ok_and(|me| is_of(it, &me.id))
}

/// Whether they see of comparisons what concerns themselves, and compare nobody anywhere.
pub fn sees_only_own(scope: &Scope) -> bool {
    scope.of_own() && scope.of_trust().is_none() && scope.units().next().is_none()
}

/// Whether somebody may be told that a follow-up of a unit concerns them: a clinician of the unit, who
/// sees its costs exactly and compares nobody.
pub fn may_be_told(access: &Access, unit: &str) -> bool {
    let costs = access.scope(Capability::AggregateCosts).and_then(|it| it.of_unit(unit));
    costs.is_some_and(|it| it.view == View::Exact)
        && access.scope(Capability::ClinicianComparison).is_some_and(sees_only_own)
}

fn is_of(it: &StoredFollowUp, person: &PersonId) -> bool {
    it.told() == Some(person)
}

/// Whether they see a follow-up: whoever compares clinicians of its unit, and whom it concerns.
pub fn sees_follow_up(visit: &Visit, it: &StoredFollowUp) -> bool {
    visit.may(Capability::ClinicianComparison)
        && (is_own(visit, it) || compares(visit, it.new.of.unit.as_str()))
}

/// Whether they may begin follow-ups of a unit, look at their months and end them.
pub fn may_follow_up(visit: &Visit, unit: &str) -> bool {
    let scope = visit.scope(Capability::KeepActions);
    compares(visit, unit) && scope.is_ok_and(|it| it.of_unit(unit).is_some())
}

/// Whether they may add months to a follow-up and end it. Nobody does so of themselves.
pub fn may_keep(visit: &Visit, it: &StoredFollowUp) -> bool {
    may_follow_up(visit, it.new.of.unit.as_str()) && !is_own(visit, it)
}

/// What of differences waits for whoever is signed in, in a sentence; blank for nothing.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn waiting(db: &mut Connection, visit: &Visit) -> Result<String, Fault> {
    let Some(side) = own_side(db, visit).await? else { return Ok(String::new()) };
    let day = today(visit.now);
    let waits = |it: &StoredInsight| {
        let said = it.said();
        let lacks = |voices: Voices| voices.of_side(side).is_none();
        let is_open = it.standing(day).open.iter().any(|one| lacks(Voices::of(*one, &said)));
        is_open && may_answer(visit, it.of.unit.as_str())
    };
    let all = variation::list(db).await?;
    let mine: Vec<&StoredInsight> = all.iter().filter(|it| waits(it)).collect();
    let late = mine.iter().filter(|it| it.standing(day).is_overdue).count() as u64;
    let of = match side {
        Side::Clinical => "a clinician",
        Side::Finance => "finance",
    };
    Ok(match (mine.len() as u64, late) {
        (0, _) => String::new(),
        (all, late) => {
            let wait = words::count(all, "difference waits", "differences wait");
            let late = match late {
                0 => String::new(),
                late => format!(", {}", words::count(late, "is overdue", "are overdue")),
            };
            format!("{wait} for answers of {of}{late}.")
        }
    })
}

/// Whether a follow-up goes on and has a month to be looked at on a day.
pub fn has_month_due(it: &StoredFollowUp, day: Day) -> bool {
    let asks = |it: MonthState| matches!(it, MonthState::Due | MonthState::Missed);
    it.closed().is_none() && it.months(day).iter().any(|it| asks(it.state))
}

/// What of follow-ups waits for whoever is signed in, or concerns them; blank for nothing.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn follow_ups_waiting(db: &mut Connection, visit: &Visit) -> Result<String, Fault> {
    if !visit.may(Capability::ClinicianComparison) {
        return Ok(String::new());
    }
    let day = today(visit.now);
    let all = follow_ups::list(db).await?;
    let mut said = Vec::new();
    let is_due = |it: &&StoredFollowUp| may_keep(visit, it) && has_month_due(it, day);
    let due = all.iter().filter(is_due).count() as u64;
    if due > 0 {
        let due =
            words::count(due, "follow-up of a colleague has", "follow-ups of colleagues have");
        said.push(format!("{due} a month to be looked at."));
    }
    let own = all.iter().filter(|it| is_own(visit, it) && it.closed().is_none()).count() as u64;
    if own > 0 {
        said.push(format!(
            "{} you.",
            words::count(own, "follow-up concerns", "follow-ups concern")
        ));
    }
    Ok(said.join(" "))
}
