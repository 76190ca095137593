//! What waits for somebody to decide, or is held until they say why, for first pages: benefits that the
//! guard holds, benefits to verify, business cases, packs to check as the second person, and briefings.

use access::Capability;
use engagement::benefits::{BenefitSettings, Side};
use engagement::cases::CaseState;
use store::benefits::{self, StoredBenefit};
use store::briefings;
use store::cases::{self, Body, Kind, Record};
use store::packs::{self, Pack, State};
use store::{Connection, PersonId};

use super::fault::Fault;
use super::joint_work::{may, own_side, sees_benefit};
use super::session::{calendar, today};
use super::variation::{may_answer, sees};
use super::visit::Visit;
use super::waiting::Waiting;
use super::words;

/// Where benefits are.
const BENEFITS: &str = "/benefits";

/// Where business cases are.
const CASES: &str = "/cases";

/// All of it for whoever is signed in, each kind in a sentence; nothing where nothing waits.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn waiting(db: &mut Connection, visit: &Visit) -> Result<Vec<Waiting>, Fault> {
    let side = own_side(db, visit).await?;
    let mut all = of_benefits(db, visit, side).await?;
    all.extend(business_cases(db, visit).await?);
    all.extend(packs_to_check(db, visit).await?);
    all.extend(briefings_to_approve(db, visit, side).await?);
    Ok(all)
}

/// Benefits that the guard holds, told to those who own or verify them; and those to verify.
async fn of_benefits(
    db: &mut Connection,
    visit: &Visit,
    side: Option<Side>,
) -> Result<Vec<Waiting>, Fault> {
    if !visit.may(Capability::ReadActions) {
        return Ok(Vec::new());
    }
    let (settings, me) = (BenefitSettings::own(), &visit.person()?.id);
    let all = benefits::list(db).await?;
    let verifies = |it: &StoredBenefit| may(visit, Capability::VerifyBenefits, &it.of.ground.unit);
    let is_held = |it: &&StoredBenefit| {
        let is_concerned = it.of.owner == *me || verifies(it);
        !it.is_withdrawn() && is_concerned && sees_benefit(visit, it) && it.is_guarded(&settings)
    };
    let held: Vec<&StoredBenefit> = all.iter().filter(is_held).collect();
    let asks = |it: &&&StoredBenefit| {
        let unexplained = it.unexplained(&settings);
        it.of.owner != *me && verifies(it) && side.is_some_and(|of| unexplained.contains(&of))
    };
    let asked = held.iter().filter(asks).count() as u64;
    let waits = |it: &&StoredBenefit| {
        verifies(it) && side.is_some_and(|of| it.waits_for_person((me, of), &settings))
    };
    let to_verify = all.iter().filter(waits).count() as u64;
    let mut told = Vec::new();
    if !held.is_empty() {
        told.push(Waiting::new("Held savings", held_in_words(held.len() as u64, asked), BENEFITS));
    }
    if to_verify > 0 {
        let count = words::count(to_verify, "benefit waits", "benefits wait");
        told.push(Waiting::new("Benefits", format!("{count} for you to verify."), BENEFITS));
    }
    Ok(told)
}

/// So many that are held, and of how many an explanation is asked.
fn held_in_words(held: u64, asked: u64) -> String {
    let is_held = words::count(held, "benefit is held", "benefits are held");
    let asks = match asked {
        0 => String::new(),
        asked => format!("; {} for your explanation", words::count(asked, "waits", "wait")),
    };
    format!("{is_held}, as a saving may have harmed care{asks}.")
}

/// Business cases that somebody approves who neither wrote them nor is of their team.
async fn business_cases(db: &mut Connection, visit: &Visit) -> Result<Option<Waiting>, Fault> {
    if !visit.may(Capability::ApproveCases) {
        return Ok(None);
    }
    let me = visit.person()?.id.as_str();
    let waits = |it: &&Record| {
        let Body::Case(case) = it.body() else { return false };
        it.state() == CaseState::Submitted
            && may(visit, Capability::ApproveCases, it.unit.as_str())
            && case.is_second((me, &it.authors(), &it.named()))
    };
    let all = cases::list(db, Kind::Case).await?;
    let said = match all.iter().filter(waits).count() as u64 {
        0 => return Ok(None),
        count => words::count(count, "business case waits", "business cases wait"),
    };
    Ok(Some(Waiting::new("Business cases", format!("{said} for your decision."), CASES)))
}

/// Packs that wait for a second person, of whom whoever is signed in can be one; the oldest first.
async fn packs_to_check(db: &mut Connection, visit: &Visit) -> Result<Option<Waiting>, Fault> {
    let Ok(makes) = visit.scope(Capability::MakePacks) else { return Ok(None) };
    let me: &PersonId = &visit.person()?.id;
    let waits = |it: &Pack| {
        let unit = it.of.unit.as_str();
        let is_second = it.state() == State::Draft && !it.is_author(me);
        is_second && makes.of_unit(unit).is_some() && sees(visit, unit)
    };
    let all = packs::newest(db).await?;
    let mut found = all.iter().filter(|it| waits(it));
    let Some(first) = found.next() else { return Ok(None) };
    let count = words::count(found.count() as u64 + 1, "pack waits", "packs wait");
    let said = format!("{count} for you to check as the second person.");
    let address = format!("/services/{}/packs/{}", first.of.unit, first.id);
    Ok(Some(Waiting::new("Packs", said, address).at_the_first()))
}

/// Briefings that wait for a clinician who did not write them.
async fn briefings_to_approve(
    db: &mut Connection,
    visit: &Visit,
    side: Option<Side>,
) -> Result<Option<Waiting>, Fault> {
    if side != Some(Side::Clinical) || !visit.may(Capability::AnswerQuestions) {
        return Ok(None);
    }
    let (me, on) = (&visit.person()?.id, calendar(today(visit.now)));
    let mut all = briefings::list(db).await?;
    all.retain(|it| {
        let is_other = it.written_by != *me && may_answer(visit, it.unit.as_str());
        is_other && it.state(on).warns()
    });
    let Some(first) = all.first() else { return Ok(None) };
    let count =
        words::count(all.len() as u64, "briefing for finance waits", "briefings for finance wait");
    let said = format!("{count} for you to approve.");
    let address = format!("/services/{}/briefing", first.unit);
    Ok(Some(Waiting::new("Briefings", said, address).at_the_first()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_says_how_many_wait_for_an_explanation() {
        let said = |held, asked| held_in_words(held, asked).replace('\u{a0}', " ");
        assert_eq!(said(1, 0), "1 benefit is held, as a saving may have harmed care.");
        assert_eq!(
            said(3, 2),
            "3 benefits are held, as a saving may have harmed care; 2 wait for your explanation."
        );
    }
}
