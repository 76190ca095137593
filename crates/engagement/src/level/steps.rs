//! The steps rule: which level a set of counted steps shows.

use crate::framework::{CategoryId, Framework, Level, RecordedFor, Step, StepId};
use crate::level::proposal::{CategoryCount, Fraction, LevelTest, Shown};
use crate::thresholds::Thresholds;

/// A set of the framework's countable steps, by their place in the matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StepSet(u64);

impl StepSet {
    pub(super) fn of(place: usize) -> Self {
        Self(1 << place)
    }

    pub(super) fn has(self, place: usize) -> bool {
        self.0 >> place & 1 == 1
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn len(self) -> u32 {
        self.0.count_ones()
    }

    pub(super) fn places(self) -> impl Iterator<Item = usize> {
        (0..STEPS_MAX).filter(move |place| self.has(*place))
    }
}

impl FromIterator<usize> for StepSet {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        places.into_iter().fold(Self::default(), |set, place| set.with(Self::of(place)))
    }
}

const STEPS_MAX: usize = 64;

/// The countable steps of a framework, and how many of them a level needs.
///
/// PLICS is left out here, so nothing behind this can count, warn of or list it.
#[derive(Clone, Debug)]
pub(super) struct StepRule<'a> {
    steps: Vec<&'a Step>,
    /// What each level introduces in each category.
    cells: Vec<[StepSet; 4]>,
    categories: Vec<&'a CategoryId>,
    thresholds: &'a Thresholds,
}

impl<'a> StepRule<'a> {
    pub(super) fn new(framework: &'a Framework, thresholds: &'a Thresholds) -> Self {
        let steps: Vec<&Step> = framework.steps().iter().filter(|it| !it.neutral).collect();
        let categories: Vec<&CategoryId> = framework.categories().iter().map(|it| &it.id).collect();
        let cell = |category: &CategoryId, level: Level| {
            let belongs = |it: &Step| it.category == *category && it.from_level == level;
            (0..steps.len()).filter(|place| belongs(steps[*place])).collect()
        };
        let cells = categories.iter().map(|it| Level::ALL.map(|level| cell(it, level))).collect();
        Self { steps, cells, categories, thresholds }
    }

    /// The countable steps, in the order of the matrix.
    pub(super) fn steps(&self) -> &[&'a Step] {
        &self.steps
    }

    pub(super) fn ids(&self, set: StepSet) -> Vec<StepId> {
        set.places().map(|place| self.steps[place].id.clone()).collect()
    }

    pub(super) fn categories(&self) -> usize {
        self.categories.len()
    }

    /// The steps that are always recorded for the organisation.
    pub(super) fn of_organisation(&self) -> StepSet {
        let belongs = |place: &usize| self.steps[*place].recorded_for == RecordedFor::Organisation;
        (0..self.steps.len()).filter(belongs).collect()
    }

    /// The steps that a level introduces.
    pub(super) fn introduced(&self, level: Level) -> StepSet {
        self.cells.iter().map(|it| it[level.index()]).fold(StepSet::default(), StepSet::with)
    }

    pub(super) fn introduced_in(&self, level: Level, category: usize) -> StepSet {
        self.cells[category][level.index()]
    }

    fn column_in(&self, level: Level, category: usize) -> StepSet {
        let column = self.cells[category].iter().take(level.index() + 1);
        column.copied().fold(StepSet::default(), StepSet::with)
    }

    /// How many of a category's steps in the level's column are needed: (a).
    pub(super) fn column_need(&self, level: Level, category: usize) -> u32 {
        let share = self.thresholds.column_share.value;
        more_than(share, self.column_in(level, category).len())
    }

    /// How many of the steps that the level introduces are needed: (b).
    pub(super) fn introduced_need(&self, level: Level) -> u32 {
        more_than(self.thresholds.introduced_share.value, self.introduced(level).len())
    }

    /// How many of the steps that the level introduces in a category are needed: (c).
    pub(super) fn category_need(&self, level: Level, category: usize) -> u32 {
        let introduced = self.introduced_in(level, category).len();
        if introduced < self.thresholds.introduced_category_steps.value {
            return 0;
        }
        at_least(self.thresholds.introduced_category_share.value, introduced)
    }

    /// How many of the steps of Level 1 show it.
    pub(super) fn foundation_need(&self) -> u32 {
        more_than(self.thresholds.foundation_share.value, self.introduced(Level::One).len())
    }

    /// The level that the counted steps show.
    pub(super) fn level_of(&self, counted: StepSet) -> Shown {
        let highest = Level::ALL.into_iter().rev().find(|it| self.shows(counted, *it));
        highest.map_or(Shown::NotYet, Shown::Level)
    }

    fn shows(&self, counted: StepSet, level: Level) -> bool {
        if level == Level::One {
            return self.has_foundation(counted) || self.has_introduced(counted, Level::Two);
        }
        let earlier = level.up_to().iter().skip(1).all(|it| self.has_introduced(counted, *it));
        earlier
            && (0..self.categories()).all(|category| {
                let column = counted.and(self.column_in(level, category)).len();
                let new = counted.and(self.introduced_in(level, category)).len();
                column >= self.column_need(level, category)
                    && new >= self.category_need(level, category)
            })
    }

    /// Whether the organisation's own steps show Level 1.
    fn has_foundation(&self, counted: StepSet) -> bool {
        counted.and(self.introduced(Level::One)).len() >= self.foundation_need()
    }

    fn has_introduced(&self, counted: StepSet, level: Level) -> bool {
        counted.and(self.introduced(level)).len() >= self.introduced_need(level)
    }

    /// How the counted steps stand at every level, with all counts.
    pub(super) fn tests(&self, counted: StepSet) -> Vec<LevelTest> {
        Level::ALL.into_iter().map(|level| self.test(counted, level)).collect()
    }

    fn test(&self, counted: StepSet, level: Level) -> LevelTest {
        let by_category = (0..self.categories()).map(|category| {
            let column = self.column_in(level, category);
            let new = self.introduced_in(level, category);
            let is_first = level == Level::One;
            let needs = |need: u32| if is_first { 0 } else { need };
            CategoryCount {
                category: self.categories[category].clone(),
                column: fraction(counted, column, needs(self.column_need(level, category))),
                introduced: fraction(counted, new, needs(self.category_need(level, category))),
            }
        });
        let own = |it: Level, need| fraction(counted, self.introduced(it), need);
        let need = |it: Level| match it {
            Level::One => self.foundation_need(),
            _ => self.introduced_need(it),
        };
        let earlier = Level::ALL.into_iter().filter(|it| Level::One < *it && *it < level);
        LevelTest {
            level,
            passes: self.shows(counted, level),
            by_category: by_category.collect(),
            introduced: own(level, need(level)),
            earlier: earlier.map(|it| (it, own(it, need(it)))).collect(),
        }
    }
}

fn fraction(counted: StepSet, of: StepSet, need: u32) -> Fraction {
    Fraction { counted: counted.and(of).len(), of: of.len(), need }
}

/// The smallest number that is more than the share of so many steps; none of none.
fn more_than(percent: u32, of: u32) -> u32 {
    if of == 0 { 0 } else { of * percent / 100 + 1 }
}

/// The smallest number that is at least the share of so many steps.
fn at_least(percent: u32, of: u32) -> u32 {
    (of * percent).div_ceil(100)
}
