//! The rule once more, as plainly as it can be written: numbers spelled out, nothing shared with
//! the engine but the types of what is given.

use std::collections::BTreeSet;

use engagement::assessment::{Rated, Rating, Ratings, ReviewState, Status, Support, UnitKind};
use engagement::{Assessment, Mode, Share, Unit};
use jiff::ToSpan as _;
use jiff::civil::Date;

/// Levels as numbers: 0 is "Level 1 not yet shown".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) steps: Option<u8>,
    pub(crate) spread: Option<u8>,
    pub(crate) units: Option<u8>,
    pub(crate) cap: u8,
    pub(crate) proposed: Option<u8>,
}

/// Steps by level, PLICS left out.
const NEW: [&[&str]; 5] = [
    &[],
    &["C1", "P1", "B1"],
    &["C2", "C3", "C4", "P2", "P3", "B2", "B3"],
    &["C5", "C6", "P4", "B4", "B5", "B6"],
    &["C7", "C8", "P6", "P7", "B7", "B8"],
];

type Counted = BTreeSet<String>;

pub(crate) fn reference(it: &Assessment) -> Reference {
    let board: Counted = counted(it, &it.organisation)
        .into_iter()
        .filter(|it| NEW[1].contains(&it.as_str()))
        .collect();
    let units = counting(it);
    let below = |unit: &&&Unit| match it.mode {
        Mode::Organisation => status_level(it, unit) < 4,
        Mode::ByUnit => unit_level(it, unit, &board) < 4,
    };
    let low: Vec<&Unit> = units.iter().filter(below).copied().collect();
    let exempt = if small(it, &low, units.len()) { low.clone() } else { Vec::new() };
    let others: Vec<&Unit> =
        units.iter().filter(|it| !exempt.iter().any(|other| other.id == it.id)).copied().collect();

    let low_or_no: Vec<&Unit> = units
        .iter()
        .filter(|it| it.support == Support::No || low.iter().any(|other| other.id == it.id))
        .copied()
        .collect();
    let none_says_no = !units.iter().any(|it| it.support == Support::No);
    let supported =
        it.support != Support::No && (none_says_no || small(it, &low_or_no, units.len()));
    let cap = if supported { 4 } else { 3 };

    let (mut steps, mut spread, mut by_unit) = (None, None, None);
    match it.mode {
        Mode::Organisation => {
            steps = Some(steps_level(&counted(it, &it.organisation)));
            let level = if others.iter().all(|unit| status_level(it, unit) == 4) {
                4
            } else {
                units.iter().map(|unit| status_level(it, unit)).max().unwrap_or(1).min(3)
            };
            spread = (!units.is_empty()).then_some(level);
        }
        Mode::ByUnit => {
            let level = if others.iter().all(|unit| unit_level(it, unit, &board) == 4) {
                4
            } else {
                let best = units.iter().map(|unit| unit_level(it, unit, &board)).max().unwrap_or(0);
                best.min(3).max(u8::from(board.len() >= 2))
            };
            by_unit = (!units.is_empty()).then_some(level);
        }
    }
    let proposed = [steps, spread, by_unit, Some(cap)].into_iter().flatten().min();
    let proposed = proposed.filter(|_| !units.is_empty());
    Reference { steps, spread, units: by_unit, cap, proposed }
}

fn counts(rated: &Rated, day: Date) -> bool {
    rated.rating == Rating::Consistently
        && rated.evidence.iter().any(|it| {
            let last = it.expires.unwrap_or(it.event + 12.months());
            it.state == ReviewState::Accepted && it.event <= day && last >= day
        })
}

fn counted(it: &Assessment, ratings: &Ratings) -> Counted {
    let live = ratings.iter().filter(|(_, rated)| counts(rated, it.date));
    live.map(|(step, _)| step.to_string()).filter(|it| it != "P5").collect()
}

fn has(counted: &Counted, level: usize, category: &str) -> usize {
    let steps = NEW[level].iter().filter(|it| it.starts_with(category));
    steps.filter(|it| counted.contains(**it)).count()
}

fn new_at(counted: &Counted, level: usize) -> usize {
    has(counted, level, "")
}

fn column(counted: &Counted, level: usize, category: &str) -> usize {
    (1..=level).map(|it| has(counted, it, category)).sum()
}

pub(crate) fn steps_level(counted: &Counted) -> u8 {
    let of_column = |level, culture, process, benefits| {
        column(counted, level, "C") >= culture
            && column(counted, level, "P") >= process
            && column(counted, level, "B") >= benefits
    };
    let of_new = |level, culture, process, benefits| {
        has(counted, level, "C") >= culture
            && has(counted, level, "P") >= process
            && has(counted, level, "B") >= benefits
    };
    // 3 of 4, 2 of 3, 2 of 3; half of 3, of 2 and of 2.
    let two = of_column(2, 3, 2, 2) && new_at(counted, 2) >= 4 && of_new(2, 2, 1, 1);
    // 4 of 6, 3 of 4, 4 of 6; half of 2, nothing for the single P4, half of 3.
    let three = of_column(3, 4, 3, 4)
        && new_at(counted, 3) >= 4
        && of_new(3, 1, 0, 2)
        && new_at(counted, 2) >= 4;
    // 5 of 8, 4 of 6, 5 of 8; half of 2 each.
    let four = of_column(4, 5, 4, 5)
        && new_at(counted, 4) >= 4
        && of_new(4, 1, 1, 1)
        && new_at(counted, 3) >= 4
        && new_at(counted, 2) >= 4;
    let one = new_at(counted, 1) >= 2 || new_at(counted, 2) >= 4;
    if four {
        4
    } else if three {
        3
    } else if two {
        2
    } else {
        u8::from(one)
    }
}

/// Open specialties and clinical support services without such a unit anywhere below them.
fn counting(it: &Assessment) -> Vec<&Unit> {
    let clinical = |unit: &Unit| {
        let open = unit.open_from.is_none_or(|from| from <= it.date)
            && unit.open_to.is_none_or(|to| to >= it.date);
        open && matches!(unit.kind, UnitKind::Specialty | UnitKind::ClinicalSupport)
    };
    let is_above = |above: &Unit, below: &Unit| {
        let mut next = below.parent.clone();
        while let Some(parent) = next {
            if parent == above.id {
                return true;
            }
            let found = it.units.iter().find(|it| it.id == parent);
            next = found.and_then(|it| it.parent.clone());
        }
        false
    };
    let lowest = |unit: &&Unit| {
        clinical(unit) && !it.units.iter().any(|other| clinical(other) && is_above(unit, other))
    };
    it.units.iter().filter(lowest).collect()
}

fn status_level(it: &Assessment, unit: &Unit) -> u8 {
    match unit.status {
        None | Some(Status::BoardOnly) => 1,
        Some(Status::AdHoc) => 2,
        Some(Status::Norm) if unit.lapse_confirmed && lapsed(it, unit) => 3,
        Some(Status::Norm) => 4,
    }
}

/// The trials share monthly or not at all.
fn lapsed(it: &Assessment, unit: &Unit) -> bool {
    let last = unit.sharing.as_ref().and_then(|it| it.last);
    last.is_some_and(|last| last + 2.months() < it.date)
}

fn unit_level(it: &Assessment, unit: &Unit, board: &Counted) -> u8 {
    let mut steps = counted(it, &unit.ratings);
    steps.retain(|it| !NEW[1].contains(&it.as_str()));
    steps.extend(board.iter().cloned());
    steps_level(&steps).min(status_level(it, unit))
}

/// Whether these of so many units may be left out as very small.
fn small(it: &Assessment, some: &[&Unit], all: usize) -> bool {
    let limit = Share::of(1, 100).expect("a share");
    let flagged = some.iter().all(|unit| {
        let named = |it: &engagement::assessment::MaterialityStatement| {
            it.signed && it.units.contains(&unit.id)
        };
        unit.very_small && it.statement.as_ref().is_some_and(named)
    });
    let sum = |shares: Vec<Option<Share>>| -> Option<Share> {
        shares.into_iter().collect::<Option<Vec<Share>>>().map(|it| it.into_iter().sum())
    };
    let small = |share: Option<Share>| share.is_some_and(|it| it < limit);
    let cost = || {
        sum(some.iter().map(|it| Some(it.cost_object_share?.max(it.expenditure_share?))).collect())
    };
    let activity = || sum(some.iter().map(|it| it.activity_share).collect());
    some.len() <= 2 && some.len() < all && flagged && small(cost()) && small(activity())
}
