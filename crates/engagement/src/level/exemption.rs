//! The exception for very small units: at most two, flagged, stated, and small together.

use super::case::{Case, CountingUnit};
use super::proposal::{Exemption, NotExempt};
use crate::Share;
use crate::assessment::Support;

/// Places of counting units, in order.
pub(super) type Places = Vec<usize>;

/// The units below Level 4.
pub(super) fn below_four(case: &Case<'_>) -> Places {
    places(case, |it| !case.is_at_four(it))
}

/// The units that answer that their managers are not supported.
pub(super) fn unsupported(case: &Case<'_>) -> Places {
    places(case, |it| it.unit.support == Support::No)
}

pub(super) fn places(case: &Case<'_>, belongs: impl Fn(&CountingUnit<'_>) -> bool) -> Places {
    (0..case.units.len()).filter(|place| belongs(&case.units[*place])).collect()
}

/// The exception for a set of units: all of them, or none.
pub(super) fn exemption(case: &Case<'_>, places: &[usize]) -> Exemption {
    let units = places.iter().map(|it| case.units[*it].unit.id.clone()).collect();
    Exemption { units, faults: faults(case, places) }
}

/// Whether the units may be left out together. No units may.
pub(super) fn may_be_left_out(case: &Case<'_>, places: &[usize]) -> bool {
    faults(case, places).is_empty()
}

fn faults(case: &Case<'_>, places: &[usize]) -> Vec<NotExempt> {
    if places.is_empty() {
        return Vec::new();
    }
    let most = case.thresholds.very_small_units.value;
    if u32::try_from(places.len()).is_ok_and(|it| it > most) {
        return vec![NotExempt::TooMany { units: places.len(), most }];
    }
    if places.len() == case.units.len() {
        return vec![NotExempt::NoneRemains];
    }
    let mut faults = Vec::new();
    let statement = case.assessment.statement.as_ref().filter(|it| it.signed);
    for unit in places.iter().map(|it| case.units[*it].unit) {
        if !unit.very_small {
            faults.push(NotExempt::NotFlagged(unit.id.clone()));
        }
        if !statement.is_some_and(|it| it.units.contains(&unit.id)) {
            faults.push(NotExempt::NotStated(unit.id.clone()));
        }
        if unit.cost_share().is_none() || unit.activity_share.is_none() {
            faults.push(NotExempt::ShareUnknown(unit.id.clone()));
        }
    }
    let limit = case.thresholds.small_limit();
    let units = places.iter().map(|it| case.units[*it].unit);
    let cost: Share = units.clone().filter_map(crate::Unit::cost_share).sum();
    if cost >= limit {
        faults.push(NotExempt::Cost(cost));
    }
    let activity: Share = units.filter_map(|it| it.activity_share).sum();
    if activity >= limit {
        faults.push(NotExempt::Activity(activity));
    }
    faults
}
