//! What of the evidence waits for somebody: pieces of theirs that expire or are not handed in, and
//! pieces of others that a lead should look at.

use access::Capability;
use domain::Day;
use store::PersonId;
use store::assessing::{self, Evidence, EvidenceState};

use super::{SETTINGS, Standing, last_day, standing};
use crate::App;
use crate::shell::assessing::own_side;
use crate::shell::fault::Fault;
use crate::shell::session::today;
use crate::shell::visit::Visit;
use crate::shell::words;

/// What waits for whoever is signed in, in a few sentences; blank for nothing.
///
/// # Errors
///
/// [`Fault::Broken`] if the store cannot be read.
pub async fn waiting(app: &App, visit: &Visit) -> Result<String, Fault> {
    if !visit.may(Capability::ReadAssessments) {
        return Ok(String::new());
    }
    let me = visit.person()?.id.clone();
    let mut db = app.store().read().await?;
    let units = store::units::list(&mut db).await?;
    let units = units.into_iter().map(|it| it.unit.code).collect();
    let all = assessing::evidence_of(&mut db, &units).await?;
    drop(db);
    let reads = visit.scope(Capability::ReadAssessments)?;
    let seen: Vec<&Evidence> =
        all.iter().filter(|it| reads.of_unit(it.of.unit.as_str()).is_some()).collect();
    let mut said = of_owner(&seen, &me, today(visit.now));
    let signs = visit.scope(Capability::SignLevels).ok();
    if let Some(signs) = signs.filter(|_| visit.may(Capability::SignLevels))
        && own_side(visit).await?.is_some()
    {
        let wait = seen.iter().filter(|it| {
            let is_mine = it.is_of(&me);
            let may = signs.of_unit(it.of.unit.as_str()).is_some();
            may && !is_mine && it.state() == EvidenceState::InReview
        });
        said.extend(to_accept(wait.count() as u64));
    }
    Ok(said.join(" "))
}

fn to_accept(waiting: u64) -> Option<String> {
    let waits = if waiting == 1 { "waits" } else { "wait" };
    let pieces = words::count(waiting, "piece of evidence", "pieces of evidence");
    (waiting > 0).then(|| format!("{pieces} {waits} for a lead to accept or reject."))
}

/// What of somebody's own pieces asks for something.
fn of_owner(all: &[&Evidence], me: &PersonId, today: Day) -> Vec<String> {
    let mine: Vec<&&Evidence> = all.iter().filter(|it| it.of.owner == *me).collect();
    let stands = |wanted: Standing| mine.iter().filter(move |it| standing(it, today) == wanted);
    let mut said = Vec::new();
    // Each piece is told at the nearest warning that it has reached.
    let mut warns = SETTINGS.warn_days.values.clone();
    warns.sort_unstable();
    let mut bands = Vec::new();
    let mut after = None;
    for days in warns {
        let within = |it: &&&&Evidence| {
            let last = last_day(it);
            last <= today.plus(days) && after.is_none_or(|it| last > today.plus(it))
        };
        let count = stands(Standing::ExpiresSoon).filter(within).count() as u64;
        if count > 0 {
            bands.push(band(count, days));
        }
        after = Some(days);
    }
    if !bands.is_empty() {
        let bands: Vec<&str> = bands.iter().map(String::as_str).collect();
        said.push(format!("Of your evidence, {}.", words::listed(&bands)));
    }
    let lately = today.plus(-SETTINGS.soon());
    let expired = stands(Standing::Expired).filter(|it| last_day(it) >= lately).count() as u64;
    if expired > 0 {
        let pieces = words::count(expired, "piece of your evidence", "pieces of your evidence");
        let days = words::count(u64::from(SETTINGS.soon().unsigned_abs()), "day", "days");
        said.push(format!("{pieces} expired within the last {days}."));
    }
    let drafts = stands(Standing::Draft).count() as u64;
    if drafts > 0 {
        let are = if drafts == 1 { "is" } else { "are" };
        let drafts = words::count(drafts, "draft of yours", "drafts of yours");
        said.push(format!("{drafts} {are} not handed in."));
    }
    said
}

/// `2 pieces expire within 7 days`.
fn band(count: u64, days: i32) -> String {
    let pieces = words::count(count, "piece", "pieces");
    let expire = if count == 1 { "expires" } else { "expire" };
    match days {
        1 => format!("{pieces} {expire} today or tomorrow"),
        days => {
            let days = words::count(u64::from(days.unsigned_abs()), "day", "days");
            format!("{pieces} {expire} within {days}")
        }
    }
}
