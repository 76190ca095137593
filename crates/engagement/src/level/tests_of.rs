//! The tests of an assessment, and the lowest of them.

use super::case::{Case, CountingUnit, is_clinical};
use super::exemption::{below_four, exemption, may_be_left_out, unsupported};
use super::proposal::{Exemption, LevelTest, Proposed, Refusal, Shown, Test, Tests, UnitResult};
use crate::assessment::{Mode, Status, Support, UnitId};
use crate::framework::Level;

/// What the tests show, and what follows from it.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) proposed: Proposed,
    pub(super) tests: Tests,
    pub(super) binding: Vec<Test>,
    pub(super) exemption: Exemption,
    pub(super) cap_exemption: Exemption,
    pub(super) unsupported: Vec<UnitId>,
}

impl Outcome {
    /// What steps and spread, or units, show before spread and cap limit it.
    pub(super) fn steps_or_units(&self) -> Shown {
        self.tests.units.or(self.tests.steps).unwrap_or(Shown::NotYet)
    }

    /// How widely joint working has spread, by whichever test shows it.
    pub(super) fn spread_or_units(&self) -> Option<Shown> {
        self.tests.units.or(self.tests.spread)
    }
}

/// Runs all tests.
pub(super) fn outcome(case: &Case<'_>) -> Outcome {
    let below = below_four(case);
    let exemption = exemption(case, &below);
    let cap_exemption = for_cap(case, &below);
    let unsupported = outside(case, &cap_exemption, |it| it.unit.support == Support::No);
    let supported = case.assessment.support != Support::No && unsupported.is_empty();
    let cap = if supported { Level::Four } else { case.thresholds.cap() };
    let tests = tests(case, &exemption, cap);
    let proposed = proposed(case, tests);
    let binding = binding(&proposed, tests);
    Outcome { proposed, tests, binding, exemption, cap_exemption, unsupported }
}

/// The exception for the cap: the units below Level 4 together with those that answer no; where
/// these cannot all be left out, the units below Level 4 alone.
fn for_cap(case: &Case<'_>, below: &[usize]) -> Exemption {
    let mut both = below.to_vec();
    both.extend(unsupported(case));
    both.sort_unstable();
    both.dedup();
    let together = exemption(case, &both);
    let alone = !together.faults.is_empty() && may_be_left_out(case, below) && !below.is_empty();
    if alone { exemption(case, below) } else { together }
}

/// The units outside the exception to which something applies.
fn outside(
    case: &Case<'_>,
    exemption: &Exemption,
    applies: impl Fn(&CountingUnit<'_>) -> bool,
) -> Vec<UnitId> {
    let left_out = exemption.left_out();
    let units = case.units.iter().filter(|it| applies(it));
    units.map(|it| it.unit.id.clone()).filter(|it| !left_out.contains(it)).collect()
}

fn tests(case: &Case<'_>, exemption: &Exemption, cap: Level) -> Tests {
    let has_units = !case.units.is_empty();
    match case.assessment.mode {
        Mode::Organisation => Tests {
            steps: Some(case.rule.level_of(case.organisation.counted)),
            spread: has_units.then(|| Shown::Level(spread(case, exemption))),
            units: None,
            cap,
        },
        Mode::ByUnit => {
            let units = has_units.then(|| units_level(case, exemption));
            Tests { steps: None, spread: None, units, cap }
        }
    }
}

fn spread(case: &Case<'_>, exemption: &Exemption) -> Level {
    let any = |status| case.units.iter().any(|it| it.status == status);
    if outside(case, exemption, |it| !case.is_at_four(it)).is_empty() {
        Level::Four
    } else if any(Status::Norm) {
        Level::Three
    } else if any(Status::AdHoc) {
        Level::Two
    } else {
        Level::One
    }
}

fn units_level(case: &Case<'_>, exemption: &Exemption) -> Shown {
    if outside(case, exemption, |it| !case.is_at_four(it)).is_empty() {
        return Shown::Level(Level::Four);
    }
    // Each unit has the steps of the board, so what these show, every unit shows.
    let highest = case.units.iter().map(|it| case.unit_level(it)).max().unwrap_or(Shown::NotYet);
    // One unit at Level 4 is joint working in one place: Level 3 of the organisation.
    highest.min(Shown::Level(Level::Three))
}

fn proposed(case: &Case<'_>, tests: Tests) -> Proposed {
    if case.units.is_empty() {
        let units = &case.assessment.units;
        let clinical = units.iter().filter(|it| is_clinical(it));
        let not_open = clinical.filter(|it| !it.is_open(case.assessment.date)).count();
        return Proposed::Refused(Refusal::NoUnits { registered: units.len(), not_open });
    }
    let shown = [tests.steps, tests.spread, tests.units, Some(Shown::Level(tests.cap))];
    let lowest = shown.into_iter().flatten().min();
    Proposed::Shown(lowest.expect("the cap is always shown"))
}

fn binding(proposed: &Proposed, tests: Tests) -> Vec<Test> {
    let Proposed::Shown(lowest) = proposed else { return Vec::new() };
    if *lowest == Shown::Level(Level::Four) {
        return Vec::new();
    }
    let all = [
        (Test::Steps, tests.steps),
        (Test::Spread, tests.spread),
        (Test::Units, tests.units),
        (Test::Cap, Some(Shown::Level(tests.cap))),
    ];
    all.into_iter().filter(|(_, it)| *it == Some(*lowest)).map(|(test, _)| test).collect()
}

/// How the organisation's steps stand; where steps are recorded by unit, at Level 1 alone.
pub(super) fn organisation(case: &Case<'_>) -> Vec<LevelTest> {
    let mut tests = case.rule.tests(case.organisation.counted);
    if case.assessment.mode == Mode::ByUnit {
        tests.truncate(1);
    }
    tests
}

/// What each counting unit shows.
pub(super) fn units(case: &Case<'_>) -> Vec<UnitResult> {
    let by_unit = case.assessment.mode == Mode::ByUnit;
    let result = |it: &CountingUnit<'_>| {
        let counted = case.counted_for(it);
        UnitResult {
            unit: it.unit.id.clone(),
            name: it.unit.name.clone(),
            status: it.status,
            lapse: it.lapse,
            status_level: it.status_level(),
            support: it.unit.support,
            counted: if by_unit { case.rule.ids(it.steps.counted) } else { Vec::new() },
            steps_level: by_unit.then(|| case.rule.level_of(counted)),
            level: by_unit.then(|| case.unit_level(it)),
            tests: if by_unit { case.rule.tests(counted) } else { Vec::new() },
        }
    };
    case.units.iter().map(result).collect()
}
