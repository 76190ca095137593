//! The fewest units to which joint working must spread, where steps are recorded for the organisation.

use std::cmp::Reverse;

use super::{Spread, distance, small_sets, stay_unsupported, to_level, to_norm};
use crate::framework::Level;
use crate::level::case::Case;
use crate::level::exemption::{below_four, may_be_left_out, unsupported};

/// The fewest changes of units that bring spread to the level.
pub(super) fn lift(case: &Case<'_>, to: Level) -> Spread {
    if to == Level::Four {
        return everywhere(case);
    }
    // One unit is enough; the nearest, and of equals the first.
    let nearest = case.units.iter().min_by_key(|it| distance(it));
    let changes = nearest.and_then(|it| to_level(it, to)).into_iter().collect();
    Spread { changes, left_out: below_four(case) }
}

/// Every unit, save as many as may be left out as very small.
fn everywhere(case: &Case<'_>) -> Spread {
    let below = below_four(case);
    let sets = small_sets(&below).filter(|it| may_be_left_out(case, it));
    // The fewest changes; then the fewest answers on support; then those farthest from the norm.
    let best = sets.max_by_key(|set| {
        let stay = stay_unsupported(case, set).len();
        let far: u32 = set.iter().map(|it| distance(&case.units[*it])).sum();
        (set.len(), Reverse(unsupported(case).len() - stay), far, set.clone())
    });
    let left_out = best.expect("no units may always be left out");
    let lifted = below.into_iter().filter(|it| !left_out.contains(it));
    let changes = lifted.filter_map(|it| to_norm(&case.units[it])).collect();
    Spread { changes, left_out }
}
