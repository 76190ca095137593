//! The fewest steps that bring a set of counted steps to a level.
//!
//! Steps of one category and level are alike for the rule, so only how many of them come to count
//! matters. The levels are gone through in turn; what is kept of each way is how many count in each
//! category, with the best way to have them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::framework::Level;
use crate::level::case::{Case, StepsHeld};
use crate::level::proposal::Lacks;
use crate::level::steps::{StepRule, StepSet};

/// Steps that come to count, and how dear they are: fewer first, then those that lack less, then
/// the order of the matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::level) struct Chosen {
    pub(in crate::level) steps: StepSet,
    pub(in crate::level) cost: Cost,
}

/// Compares ways to the level; the smallest is the best.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::level) struct Cost {
    pub(in crate::level) changes: u32,
    lack_evidence: Reverse<u32>,
    partly: Reverse<u32>,
    not_yet: Reverse<u32>,
    /// A bit for each step, higher for those that are preferred.
    preferred: Reverse<u64>,
}

impl Cost {
    pub(in crate::level) fn and(self, other: Self) -> Self {
        Self {
            changes: self.changes + other.changes,
            lack_evidence: Reverse(self.lack_evidence.0 + other.lack_evidence.0),
            partly: Reverse(self.partly.0 + other.partly.0),
            not_yet: Reverse(self.not_yet.0 + other.not_yet.0),
            preferred: Reverse(self.preferred.0.wrapping_add(other.preferred.0)),
        }
    }

    /// The cost without the order of the matrix, which means something within one set alone.
    pub(in crate::level) fn unordered(self) -> Self {
        Self { preferred: Reverse(0), ..self }
    }

    /// A change other than of a step.
    pub(in crate::level) fn other_change() -> Self {
        Self { changes: 1, ..Self::default() }
    }
}

/// Where a step is held.
type HeldAt<'a> = &'a StepsHeld<'a>;

/// The order in which missing steps are preferred.
#[derive(Clone, Debug)]
pub(in crate::level) struct Order<'a> {
    held: Vec<HeldAt<'a>>,
    lacks: Vec<Lacks>,
    /// The place of each step in the order of preference.
    rank: Vec<usize>,
    /// The steps that may be chosen.
    choosable: StepSet,
}

impl<'a> Order<'a> {
    /// The order of all missing steps; `held` says where the step of a place is recorded.
    pub(in crate::level) fn new(case: &Case<'_>, held: impl Fn(usize) -> HeldAt<'a>) -> Self {
        let steps = case.rule.steps();
        let held: Vec<HeldAt<'a>> = (0..steps.len()).map(held).collect();
        let lacks: Vec<Lacks> =
            steps.iter().zip(&held).map(|(step, held)| held.lacks(&step.id)).collect();
        let mut by_preference: Vec<usize> = (0..steps.len()).collect();
        by_preference.sort_by_key(|place| (lacks[*place], *place));
        let mut rank = vec![0; steps.len()];
        for (index, place) in by_preference.into_iter().enumerate() {
            rank[place] = index;
        }
        let missing = |place: &usize| held[*place].missing().has(*place);
        let choosable = (0..steps.len()).filter(missing).collect();
        Self { held, lacks, rank, choosable }
    }

    /// The same order, with steps that may not be chosen.
    pub(in crate::level) fn sparing(mut self, spared: StepSet) -> Self {
        self.choosable = self.choosable.without(spared);
        self
    }

    pub(in crate::level) fn held(&self, place: usize) -> HeldAt<'a> {
        self.held[place]
    }

    pub(in crate::level) fn preference(&self, place: usize) -> usize {
        self.rank[place]
    }

    /// The steps with what they cost together.
    pub(in crate::level) fn chosen(&self, steps: StepSet) -> Chosen {
        let lacking = |lacks: Lacks| {
            let places = steps.places().filter(|it| self.lacks[*it] == lacks);
            Reverse(u32::try_from(places.count()).unwrap_or(u32::MAX))
        };
        let bits = steps.places().map(|it| 1 << (u64::BITS as usize - 1 - self.rank[it]));
        let cost = Cost {
            changes: steps.len(),
            lack_evidence: lacking(Lacks::Evidence),
            partly: lacking(Lacks::Partly),
            not_yet: lacking(Lacks::NotYet),
            preferred: Reverse(bits.sum()),
        };
        Chosen { steps, cost }
    }

    /// The best missing steps of a set, best first.
    fn best_of(&self, set: StepSet) -> Vec<usize> {
        let mut places: Vec<usize> = set.and(self.choosable).places().collect();
        places.sort_by_key(|it| self.rank[*it]);
        places
    }
}

/// The fewest steps that bring the counted steps to the level or above it; none if they cannot.
pub(in crate::level) fn fewest(
    rule: &StepRule<'_>,
    order: &Order<'_>,
    counted: StepSet,
    to: Level,
) -> Option<Chosen> {
    let ways: Vec<Option<Chosen>> = match to {
        Level::One => vec![
            most_of(order, counted, (rule.introduced(Level::One), rule.foundation_need())),
            most_of(
                order,
                counted,
                (rule.introduced(Level::Two), rule.introduced_need(Level::Two)),
            ),
        ],
        _ => Level::ALL
            .into_iter()
            .filter(|it| *it >= to)
            .map(|it| exactly(rule, order, counted, it))
            .collect(),
    };
    ways.into_iter().flatten().min_by_key(|it| it.cost)
}

/// The fewest steps so that enough of a set count.
fn most_of(order: &Order<'_>, counted: StepSet, (set, need): (StepSet, u32)) -> Option<Chosen> {
    let short = need.saturating_sub(counted.and(set).len());
    let best = order.best_of(set.without(counted));
    let short = usize::try_from(short).ok()?;
    let chosen = best.get(..short)?;
    Some(order.chosen(chosen.iter().copied().collect()))
}

/// The fewest steps so that the rule of exactly this level, from Level 2, holds.
fn exactly(
    rule: &StepRule<'_>,
    order: &Order<'_>,
    counted: StepSet,
    level: Level,
) -> Option<Chosen> {
    let needs: Vec<u32> = (0..rule.categories()).map(|it| rule.column_need(level, it)).collect();
    let mut ways = BTreeMap::from([(vec![0_u32; rule.categories()], Chosen::default())]);
    for at in level.up_to() {
        let options = options(rule, order, counted, (*at, level));
        let mut next: BTreeMap<Vec<u32>, Chosen> = BTreeMap::new();
        for (have, chosen) in &ways {
            for (more, added) in &options {
                let sums = have.iter().zip(more).zip(&needs);
                let sums = sums.map(|((a, b), need)| (a + b).min(*need)).collect();
                let steps = chosen.steps.with(added.steps);
                let way = Chosen { steps, cost: chosen.cost.and(added.cost) };
                let kept = next.entry(sums).or_insert(way);
                if way.cost < kept.cost {
                    *kept = way;
                }
            }
        }
        ways = next;
    }
    ways.get(&needs).copied()
}

/// What may come to count of the steps that a level introduces: how many then count in each
/// category, with the best steps for it. Only what meets (b), and (c) at the level itself.
fn options(
    rule: &StepRule<'_>,
    order: &Order<'_>,
    counted: StepSet,
    (at, level): (Level, Level),
) -> Vec<(Vec<u32>, Chosen)> {
    let mut ways = vec![(Vec::new(), StepSet::default())];
    for category in 0..rule.categories() {
        let cell = rule.introduced_in(at, category);
        let have = counted.and(cell).len();
        let best = order.best_of(cell.without(counted));
        let need = if at == level { rule.category_need(at, category) } else { 0 };
        let mut longer = Vec::new();
        for (counts, steps) in &ways {
            for (count, taken) in (have..).zip(0..=best.len()) {
                if count >= need {
                    let more: StepSet = best.iter().take(taken).copied().collect();
                    longer.push(([counts.as_slice(), &[count]].concat(), steps.with(more)));
                }
            }
        }
        ways = longer;
    }
    let need = if at == Level::One { 0 } else { rule.introduced_need(at) };
    let enough = ways.into_iter().filter(|(counts, _)| counts.iter().sum::<u32>() >= need);
    enough.map(|(counts, steps)| (counts, order.chosen(steps))).collect()
}
