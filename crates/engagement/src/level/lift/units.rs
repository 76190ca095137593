//! The fewest changes of steps and joint working, where steps are recorded by unit.

use std::cmp::Reverse;

use super::fewest::{Chosen, Cost, Order, fewest};
use super::{Spread, distance, small_sets, stay_unsupported, step_changes, to_level};
use crate::framework::Level;
use crate::level::case::{Case, CountingUnit};
use crate::level::exemption::{below_four, may_be_left_out, unsupported};
use crate::level::proposal::Change;
use crate::level::steps::StepSet;

/// A way to the level.
#[derive(Clone, Debug, Default)]
struct Way {
    cost: Cost,
    changes: Vec<Change>,
}

/// The fewest changes that bring the units to the level.
pub(super) fn lift(case: &Case<'_>, to: Level) -> Spread {
    if to == Level::Four {
        return everywhere(case);
    }
    // One unit is enough; of equals, the nearest to the norm, and then the first.
    let ways = case.units.iter().map(|unit| (in_one(case, unit, to), distance(unit)));
    let best = ways.min_by_key(|(way, far)| (way.cost, *far));
    let changes = best.map(|(way, _)| way.changes).unwrap_or_default();
    Spread { changes, left_out: below_four(case) }
}

/// The level in one unit, by its own steps, those of the board and its joint working.
fn in_one(case: &Case<'_>, unit: &CountingUnit<'_>, to: Level) -> Way {
    let order = order(case, unit);
    let chosen = fewest(&case.rule, &order, case.counted_for(unit), to);
    let chosen = chosen.expect("all steps together show Level 4");
    way(case, &order, chosen, to_level(unit, to))
}

/// The order of a unit's missing steps and of those of the board.
fn order<'c>(case: &'c Case<'_>, unit: &'c CountingUnit<'_>) -> Order<'c> {
    let board = case.rule.of_organisation();
    Order::new(case, |place| if board.has(place) { &case.organisation } else { &unit.steps })
}

fn way(case: &Case<'_>, order: &Order<'_>, chosen: Chosen, status: Option<Change>) -> Way {
    let mut cost = chosen.cost.unordered();
    let mut changes = step_changes(case, order, chosen.steps);
    if let Some(status) = status {
        cost = cost.and(Cost::other_change());
        changes.push(status);
    }
    Way { cost, changes }
}

/// Level 4 in every unit, save as many as may be left out as very small.
fn everywhere(case: &Case<'_>) -> Spread {
    let order = Order::new(case, |_| &case.organisation);
    let mut boards: Vec<Chosen> =
        subsets(case.organisation.missing()).into_iter().map(|it| order.chosen(it)).collect();
    boards.sort_by_key(|it| it.cost);
    let ways = boards.into_iter().filter_map(|it| with_board(case, &order, it));
    let best = ways.min_by_key(|(way, left_out)| rank(case, way, left_out));
    let (way, left_out) = best.expect("all steps and joint working everywhere show Level 4");
    Spread { changes: way.changes, left_out }
}

/// The fewest changes; then the fewest answers on support; then those farthest from the norm left
/// out; then the later ones.
fn rank(
    case: &Case<'_>,
    way: &Way,
    left_out: &[usize],
) -> (Cost, usize, Reverse<u32>, Reverse<Vec<usize>>) {
    let answers = unsupported(case).len() - stay_unsupported(case, left_out).len();
    let far = left_out.iter().map(|it| distance(&case.units[*it])).sum();
    (way.cost, answers, Reverse(far), Reverse(left_out.to_vec()))
}

/// The best way once these steps of the board count.
fn with_board(case: &Case<'_>, order: &Order<'_>, board: Chosen) -> Option<(Way, Vec<usize>)> {
    let mut below = Vec::new();
    for (place, unit) in case.units.iter().enumerate() {
        let own = self::order(case, unit).sparing(case.rule.of_organisation());
        let counted = case.counted_for(unit).with(board.steps);
        let chosen = fewest(&case.rule, &own, counted, Level::Four)?;
        let way = way(case, &own, chosen, to_level(unit, Level::Four));
        if !way.changes.is_empty() {
            below.push((place, way));
        }
    }
    let places: Vec<usize> = below.iter().map(|(place, _)| *place).collect();
    let all = small_sets(&places).filter(|it| may_be_left_out(case, it)).map(|left_out| {
        let mut cost = board.cost.unordered();
        let mut changes = step_changes(case, order, board.steps);
        for (_, way) in below.iter().filter(|(place, _)| !left_out.contains(place)) {
            cost = cost.and(way.cost);
            changes.extend(way.changes.clone());
        }
        (Way { cost, changes }, left_out)
    });
    all.min_by_key(|(way, left_out)| rank(case, way, left_out))
}

/// All subsets of a small set.
fn subsets(set: StepSet) -> Vec<StepSet> {
    let mut all = vec![StepSet::default()];
    for place in set.places() {
        let larger: Vec<StepSet> = all.iter().map(|it| it.with(StepSet::of(place))).collect();
        all.extend(larger);
    }
    all
}
