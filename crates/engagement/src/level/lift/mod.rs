//! The fewest changes that bring each test that holds the level to the next one.

pub(in crate::level) mod fewest;
mod spread;
mod units;

use super::case::{Case, CountingUnit};
use super::exemption::{may_be_left_out, unsupported};
use super::proposal::{Change, Lapse, Lift, Proposed, Shown, Test};
use super::steps::StepSet;
use super::tests_of::Outcome;
use crate::assessment::{Status, Support};
use crate::framework::Level;

/// What a lift of spread or units leaves to the cap: the units that stay left out.
struct Spread {
    changes: Vec<Change>,
    left_out: Vec<usize>,
}

/// A lift for each test below the next level, in the order of the tests.
pub(super) fn lifts(case: &Case<'_>, outcome: &Outcome) -> Vec<Lift> {
    let Proposed::Shown(shown) = outcome.proposed else { return Vec::new() };
    let next = match shown {
        Shown::NotYet => Some(Level::One),
        Shown::Level(level) => level.next(),
    };
    let Some(to) = next else { return Vec::new() };
    let mut lifts = Vec::new();
    let mut left_out = super::exemption::below_four(case);
    for test in &outcome.binding {
        let changes = match test {
            Test::Steps => steps(case, to),
            Test::Spread => {
                let lift = spread::lift(case, to);
                left_out = lift.left_out;
                lift.changes
            }
            Test::Units => {
                let lift = units::lift(case, to);
                left_out = lift.left_out;
                lift.changes
            }
            Test::Cap => cap(case, &left_out),
        };
        lifts.push(Lift { test: *test, to, changes });
    }
    lifts
}

fn steps(case: &Case<'_>, to: Level) -> Vec<Change> {
    let held = &case.organisation;
    let order = fewest::Order::new(case, |_| held);
    let chosen = fewest::fewest(&case.rule, &order, held.counted, to);
    let chosen = chosen.expect("all steps together show Level 4");
    step_changes(case, &order, chosen.steps)
}

/// The changes by which steps come to count, in the order of preference.
fn step_changes(case: &Case<'_>, order: &fewest::Order<'_>, steps: StepSet) -> Vec<Change> {
    let mut places: Vec<usize> = steps.places().collect();
    places.sort_by_key(|it| order.preference(*it));
    let change = |place: usize| {
        let held = order.held(place);
        let step = case.rule.steps()[place].id.clone();
        Change::Step { lacks: held.lacks(&step), unit: held.unit.cloned(), step }
    };
    places.into_iter().map(change).collect()
}

/// The fewest answers that lift the cap, after spread or units have been lifted.
fn cap(case: &Case<'_>, left_out: &[usize]) -> Vec<Change> {
    let own = (case.assessment.support == Support::No).then_some(Change::Support(None));
    let stay = stay_unsupported(case, left_out);
    let nos = unsupported(case).into_iter().filter(|it| !stay.contains(it));
    let units = nos.map(|it| Change::Support(Some(case.units[it].unit.id.clone())));
    own.into_iter().chain(units).collect()
}

/// The most units that may go on answering no, given those left out below Level 4.
fn stay_unsupported(case: &Case<'_>, left_out: &[usize]) -> Vec<usize> {
    let nos = unsupported(case);
    let fits = |some: &[usize]| {
        let mut both = left_out.to_vec();
        both.extend(some);
        both.sort_unstable();
        both.dedup();
        may_be_left_out(case, &both)
    };
    if !fits(&[]) {
        return Vec::new();
    }
    // Those that are left out anyway stay; of the others, as many as fit beside them.
    let (stay, others): (Vec<usize>, Vec<usize>) =
        nos.into_iter().partition(|it| left_out.contains(it));
    let more = small_sets(&others).filter(|it| fits(it)).max_by_key(Vec::len).unwrap_or_default();
    stay.into_iter().chain(more).collect()
}

/// No place, each single one, each pair: no more than two units are ever left out.
fn small_sets(places: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    let pairs = places
        .iter()
        .enumerate()
        .flat_map(|(index, first)| places[index + 1..].iter().map(|second| vec![*first, *second]));
    let singles = places.iter().map(|it| vec![*it]);
    std::iter::once(Vec::new()).chain(singles).chain(pairs)
}

/// The change that takes a unit's joint working to Level 4, if it is below it.
fn to_norm(unit: &CountingUnit<'_>) -> Option<Change> {
    let id = unit.unit.id.clone();
    match (unit.status, unit.lapse) {
        (Status::Norm, Lapse::Confirmed) => Some(Change::ShareAgain(id)),
        (Status::Norm, _) => None,
        (from, _) => Some(Change::Status { unit: id, from, to: Status::Norm }),
    }
}

/// The change that takes a unit's joint working to a level, if it is below it.
fn to_level(unit: &CountingUnit<'_>, level: Level) -> Option<Change> {
    if unit.status_level() >= level {
        return None;
    }
    match level {
        Level::One | Level::Two => Some(Change::Status {
            unit: unit.unit.id.clone(),
            from: unit.status,
            to: Status::AdHoc,
        }),
        Level::Three | Level::Four => to_norm(unit),
    }
}

/// How far a unit's status is from the norm; nearer ones are preferred.
fn distance(unit: &CountingUnit<'_>) -> u32 {
    match (unit.status, unit.lapse) {
        (Status::BoardOnly, _) => 3,
        (Status::AdHoc, _) => 2,
        (Status::Norm, Lapse::Confirmed) => 1,
        (Status::Norm, _) => 0,
    }
}
