//! Why a proposal is no higher, and what would lift it, in sentences that are read at a glance.

use std::collections::BTreeMap;

use engagement::level::{Change, Lift, Shown, Test, UnitResult, Warning};
use engagement::words::Words;
use engagement::{Framework, Mode, Proposal, UnitId};

use super::level_name;
use crate::shell::words;

/// A lift of more changes is told by unit.
const CHANGES_TOLD: usize = 4; // number: as many as are read at a glance

/// Units that are named, the nearest first.
const NEAREST_TOLD: usize = 3; // number: as above

/// Why it is no higher, and what would lift it.
pub(super) struct Told {
    /// Why.
    pub(super) why: Vec<String>,
    /// What would lift it.
    pub(super) lifts: Vec<String>,
}

/// Of the trust, from all its specialties.
pub(super) fn of_trust(framework: &Framework, proposal: &Proposal) -> Told {
    let said = Words::new(framework, proposal);
    let mut why: Vec<String> = said.level().into_iter().skip(1).collect();
    if proposal.exemption.is_used() {
        why.extend(said.exemption());
    }
    why.extend(warnings(framework, proposal));
    let lifts = proposal.lifts.iter().zip(said.lifts());
    let lifts = lifts.map(|(lift, said)| told_short(proposal, lift, said)).collect();
    Told { why, lifts }
}

/// Of one specialty, by itself: by its own steps, or those of the trust where all are recorded there.
pub(super) fn of_specialty(framework: &Framework, proposal: &Proposal) -> Told {
    let Some(unit) = proposal.units.first() else { return of_trust(framework, proposal) };
    let here = format!(" in {}", unit.name);
    let said = Words::new(framework, proposal);
    let mut why = held(&said, proposal, unit);
    if proposal.binding.contains(&Test::Cap) {
        why.push(format!(
            "Managers are not supported in using financial data: that allows {} at the most.",
            level_name(proposal.tests.cap.number())
        ));
    }
    why.extend(warnings(framework, proposal));
    let lifts = proposal.lifts.iter().zip(said.lifts()).map(|(lift, said)| {
        let head = format!(" in {}, all of: ", lift.test);
        let needed = match lift.test {
            Test::Steps => " all of these are needed in the trust: ",
            Test::Spread | Test::Units | Test::Cap => " all of these are needed: ",
        };
        told_short(proposal, lift, said.replace(&head, needed))
    });
    let plain = |it: String| it.replace(&here, "");
    Told { why: why.into_iter().map(plain).collect(), lifts: lifts.map(plain).collect() }
}

/// What holds a specialty: its steps, its joint working, or both.
fn held(said: &Words<'_>, proposal: &Proposal, unit: &UnitResult) -> Vec<String> {
    let mut why = Vec::new();
    let (shown, tests, whose) = match proposal.mode {
        Mode::ByUnit => (unit.level, &unit.tests, "Its steps"),
        Mode::Organisation => {
            let shown = proposal.tests.steps.min(proposal.tests.spread);
            (shown, &proposal.organisation, "The steps of the trust")
        }
    };
    let next = match shown {
        Some(Shown::Level(level)) => level.next(),
        _ => Some(engagement::Level::One),
    };
    let test = tests.iter().find(|it| Some(it.level) == next && !it.passes);
    why.extend(test.map(|it| format!("{whose}. {}", said.falls_short(it))));
    if Some(unit.status_level) < next {
        let what = match unit.lapse {
            engagement::level::Lapse::Confirmed => "Data are no longer shared as agreed".to_owned(),
            _ => format!("Joint working is {}", status(unit.status)),
        };
        why.push(format!("{what}: that allows {}.", level_name(unit.status_level.number())));
    }
    why
}

fn status(status: engagement::assessment::Status) -> &'static str {
    match status {
        engagement::assessment::Status::BoardOnly => "on the board only",
        engagement::assessment::Status::AdHoc => "ad hoc",
        engagement::assessment::Status::Norm => "the norm",
    }
}

/// Warnings, those that many units share in one sentence.
fn warnings(framework: &Framework, proposal: &Proposal) -> Vec<String> {
    let said = Words::new(framework, proposal);
    let count = |of: fn(&Warning) -> bool| proposal.warnings.iter().filter(|it| of(it)).count();
    let mut all = Vec::new();
    match count(|it| matches!(it, Warning::EvidenceNeeded { .. })) {
        0 => {}
        1 => all.push("One step is rated consistently demonstrated without evidence that counts, so it counts for nothing.".to_owned()),
        more => all.push(format!("{} are rated consistently demonstrated without evidence that counts, so they count for nothing.", words::count(more as u64, "step", "steps"))),
    }
    match (count(|it| matches!(it, Warning::NoStatus(_))), proposal.units.len()) {
        (0, _) => {}
        (_, 1) => all.push("Nobody has said how far people work together, so it counts as on the board only.".to_owned()),
        (few, of) => all.push(format!(
            "In {} of {} nobody has said how far people work together, so they count as on the board only.",
            words::thousands(few as u64),
            words::count(of as u64, "specialty", "specialties")
        )),
    }
    let told = proposal.warnings.iter().zip(said.warnings());
    let is_shared =
        |it: &Warning| matches!(it, Warning::EvidenceNeeded { .. } | Warning::NoStatus(_));
    all.extend(told.filter(|it| !is_shared(it.0)).map(|it| it.1));
    if let Some(it) = &proposal.unanswered {
        all.push(match it.units.len() {
            1 => "Before Level\u{a0}4 is signed, somebody must say whether managers are supported in using financial data.".to_owned(),
            more => format!("Before Level\u{a0}4 is signed, {} must say whether their managers are supported in using financial data, or the trust for all of them.", words::count(more as u64, "specialty", "specialties")),
        });
    }
    all
}

/// A lift as the engine says it, or, where it has many changes, how many in which units, the nearest
/// first.
fn told_short(proposal: &Proposal, lift: &Lift, said: String) -> String {
    if lift.changes.len() <= CHANGES_TOLD {
        return said;
    }
    let mut by_unit: BTreeMap<&str, usize> = BTreeMap::new();
    for change in &lift.changes {
        let unit = unit_of(change).and_then(|id| proposal.units.iter().find(|it| it.unit == *id));
        *by_unit.entry(unit.map_or("the trust itself", |it| it.name.as_str())).or_default() += 1;
    }
    let mut nearest: Vec<(usize, &str)> = by_unit.iter().map(|it| (*it.1, *it.0)).collect();
    nearest.sort_unstable();
    let all = words::count(lift.changes.len() as u64, "change", "changes");
    let head = format!("To reach {}, at the least {all}", level_name(lift.to.number()));
    if nearest.len() == 1 {
        let steps = match proposal.mode {
            Mode::ByUnit => "steps below",
            Mode::Organisation => "steps of the trust",
        };
        return format!("{head}: {steps} that are not yet so or lack evidence, or joint working.");
    }
    let near = nearest.iter().take(NEAREST_TOLD);
    let near: Vec<String> =
        near.map(|(count, name)| format!("{name}, {}", words::thousands(*count as u64))).collect();
    format!(
        "{head} in {}. Nearest: {}.",
        words::count(nearest.len() as u64, "specialty", "specialties"),
        near.join("; ")
    )
}

/// The unit that a change is in; none for the trust itself.
fn unit_of(change: &Change) -> Option<&UnitId> {
    match change {
        Change::Step { unit, .. } | Change::Support(unit) => unit.as_ref(),
        Change::Status { unit, .. } | Change::ShareAgain(unit) => Some(unit),
    }
}
