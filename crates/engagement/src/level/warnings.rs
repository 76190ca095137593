//! What a person should know about an assessment; nothing here blocks.

use super::case::{Case, StepsHeld};
use super::proposal::{Lacks, Lapse, Shown, Warning};
use super::tests_of::Outcome;
use crate::assessment::Status;
use crate::framework::Level;

/// All warnings, by kind and then by unit and step.
pub(super) fn warnings(case: &Case<'_>, outcome: &Outcome) -> Vec<Warning> {
    let mut found = Vec::new();
    if lacks_plan(case, outcome) {
        found.push(Warning::NoRollOutPlan);
    }
    if outcome.steps_or_units() >= Shown::Level(Level::Two) {
        let board = case.rule.introduced(Level::One);
        let gaps = case.rule.ids(board.without(case.organisation.counted));
        found.extend(gaps.into_iter().map(Warning::FoundationGap));
    }
    found.extend(evidence_needed(case, &case.organisation));
    for unit in &case.units {
        found.extend(evidence_needed(case, &unit.steps));
    }
    for unit in case.units.iter().filter(|it| it.lapse != Lapse::None) {
        let confirmed = unit.lapse == Lapse::Confirmed;
        found.push(Warning::Lapsed { unit: unit.unit.id.clone(), confirmed });
    }
    let unrecorded = case.units.iter().filter(|it| it.unit.status.is_none());
    found.extend(unrecorded.map(|it| Warning::NoStatus(it.unit.id.clone())));
    found
}

/// Joint working is the norm somewhere and not everywhere, and no plan covers any of the others.
fn lacks_plan(case: &Case<'_>, outcome: &Outcome) -> bool {
    let at_three = outcome.spread_or_units() == Some(Shown::Level(Level::Three));
    let mut others = case
        .units
        .iter()
        .filter(|it| it.status != Status::Norm || it.lapse == Lapse::Confirmed)
        .peekable();
    let has_others = others.peek().is_some();
    at_three && has_others && !others.any(|it| case.assessment.roll_out.contains(&it.unit.id))
}

fn evidence_needed(case: &Case<'_>, held: &StepsHeld<'_>) -> Vec<Warning> {
    let missing = case.rule.ids(held.missing()).into_iter();
    let needed = missing.filter(|it| held.lacks(it) == Lacks::Evidence);
    needed.map(|step| Warning::EvidenceNeeded { unit: held.unit.cloned(), step }).collect()
}
