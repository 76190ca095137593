//! Somebody who sees a release and works out by linear programming what it hides.
//!
//! Knows nothing of how the release was made: only its figures, that they add up, how they are
//! rounded, and whether amounts may be negative. Shares no code with the crate's own check.

#![expect(clippy::float_arithmetic, reason = "linear programming, on whole pounds")]

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, Variable};

use crate::release::{Amount, Count, Figure, Place, Release};
use crate::rules::DisclosureRules;
use crate::table::{Sign, Table};

/// The range in which a figure is known to lie.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: f64,
    high: f64,
}

/// What is attacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Count,
    Amount(usize),
}

fn pounds(amount: Money) -> f64 {
    amount.to_decimal().parse().expect("a decimal")
}

/// All figures that are hidden and that the attacker knows more closely than the rules allow.
///
/// # Panics
///
/// If what the attacker works out leaves the truth out: then the attacker is wrong.
pub fn breaks(table: &Table, release: &Release, rules: &DisclosureRules) -> Vec<String> {
    let amounts = (0..table.measures.len()).map(Target::Amount);
    let targets: Vec<Target> = std::iter::once(Target::Count).chain(amounts).collect();
    let mut found = Vec::new();
    for target in targets {
        let knowledge = Knowledge::new(table, release, rules, target);
        for (place, figure) in release.figures() {
            let members = members(table, place);
            if !is_hidden(figure, target) || !is_secret(table, release, (place, target), &members) {
                continue;
            }
            let truth: f64 = members.iter().map(|it| truth(table, *it, target)).sum();
            let needed = match target {
                Target::Count => 7.0,
                Target::Amount(_) => truth.abs() * 0.2,
            };
            let tolerance = 1e-7 * (1.0 + truth.abs());
            let range = knowledge.range(&members, truth + needed);
            if range.high - range.low < needed - tolerance {
                found.push(format!("{place:?} {target:?}: {truth} is known as {range:?}"));
            }
            let holds = range.low <= truth + tolerance && truth <= range.high + tolerance;
            assert!(holds, "the attacker is wrong: {place:?} {target:?} {truth} {range:?}");
        }
    }
    found
}

/// Cells always are; totals that are hidden for the sake of cells are not secret in themselves.
fn is_secret(
    table: &Table,
    release: &Release,
    (place, target): (&Place, Target),
    members: &[usize],
) -> bool {
    let people = members.iter().map(|it| table.cells[*it].people);
    let people: u64 = match table.people {
        crate::People::EachInOneCell => people.sum(),
        crate::People::MayRepeat => people.max().unwrap_or(0),
    };
    let is_dominated = target != Target::Count
        && release.reasons().any(|it| it == (place, crate::Reason::Dominance));
    matches!(place, Place::Cell(..)) || (1..=7).contains(&people) || is_dominated
}

fn truth(table: &Table, cell: usize, target: Target) -> f64 {
    match target {
        Target::Count => float(table.cells[cell].count),
        Target::Amount(it) => pounds(table.cells[cell].amounts[it]),
    }
}

fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).expect("a small count"))
}

fn is_hidden(figure: &Figure, target: Target) -> bool {
    match target {
        Target::Count => figure.count == Count::Hidden,
        Target::Amount(it) => figure.amounts[it] == Amount::Hidden,
    }
}

/// The cells that add up to a place.
fn members(table: &Table, place: &Place) -> Vec<usize> {
    let is_in = |row: &String, column: &Option<String>| match place {
        Place::Cell(in_row, in_column) => row == in_row && column == in_column,
        Place::Row(it) => row == it,
        Place::Group(it) => table.groups.get(row) == Some(it),
        Place::GroupCell(it, in_column) => table.groups.get(row) == Some(it) && column == in_column,
        Place::Column(it) => column == it,
        Place::Grand => true,
    };
    let cells = table.cells.iter().enumerate();
    cells.filter(|(_, it)| is_in(&it.row, &it.column)).map(|(index, _)| index).collect()
}

/// What each cell and each sum can be.
#[derive(Debug)]
struct Knowledge {
    cells: Vec<Range>,
    sums: BTreeMap<Vec<usize>, Range>,
}

impl Knowledge {
    fn new(table: &Table, release: &Release, rules: &DisclosureRules, target: Target) -> Self {
        let mut it = Self { cells: Vec::new(), sums: BTreeMap::new() };
        for cell in &table.cells {
            let place = Place::Cell(cell.row.clone(), cell.column.clone());
            let figure = release.at(&place).expect("each cell is in the release");
            it.cells.push(known(table, figure, rules, target));
        }
        for (place, figure) in release.figures() {
            // A hidden total tells no more than its cells do.
            if !matches!(place, Place::Cell(..)) && !is_hidden(figure, target) {
                let range = known(table, figure, rules, target);
                let sum = it.sums.entry(members(table, place)).or_insert(range);
                // Totals of the same cells are one sum.
                *sum = Range { low: sum.low.max(range.low), high: sum.high.min(range.high) };
            }
        }
        it
    }

    /// The least and the most that the cells together can be; only the most if that is `enough`.
    fn range(&self, members: &[usize], enough: f64) -> Range {
        let high = self.solve(members, OptimizationDirection::Maximize);
        if high >= enough {
            return Range { low: f64::NEG_INFINITY, high };
        }
        Range { low: self.solve(members, OptimizationDirection::Minimize), high }
    }

    /// The cells that can move and that sums tie to the members, however far around.
    fn tied(&self, members: &[usize]) -> BTreeSet<usize> {
        let can_move = |it: &usize| self.cells[*it].low < self.cells[*it].high;
        let mut tied: BTreeSet<usize> = members.iter().copied().filter(can_move).collect();
        loop {
            let before = tied.len();
            for parts in self.sums.keys() {
                if parts.iter().any(|it| tied.contains(it)) {
                    tied.extend(parts.iter().copied().filter(can_move));
                }
            }
            if tied.len() == before {
                return tied;
            }
        }
    }

    /// Only cells that can move are variables; what is known is taken from the sums first.
    fn solve(&self, members: &[usize], direction: OptimizationDirection) -> f64 {
        let mut problem = Problem::new(direction);
        let tied = self.tied(members);
        let mut variable = |(index, range): (usize, &Range)| {
            let weight = if members.contains(&index) { 1.0 } else { 0.0 };
            tied.contains(&index).then(|| problem.add_var(weight, (range.low, range.high)))
        };
        let variables: Vec<Option<Variable>> =
            self.cells.iter().enumerate().map(&mut variable).collect();
        let known = |members: &[usize]| -> f64 {
            let fixed = members.iter().filter(|it| variables[**it].is_none());
            fixed.map(|it| self.cells[*it].low).sum()
        };
        for (parts, range) in &self.sums {
            let free = parts.iter().filter_map(|it| variables[*it]);
            let sum: Vec<(Variable, f64)> = free.map(|it| (it, 1.0)).collect();
            let (low, high) = (range.low - known(parts), range.high - known(parts));
            if sum.is_empty() {
                continue;
            }
            if low < high {
                problem.add_constraint(sum.clone(), ComparisonOp::Ge, low);
                problem.add_constraint(sum, ComparisonOp::Le, high);
            } else {
                problem.add_constraint(sum, ComparisonOp::Eq, low);
            }
        }
        if members.iter().all(|it| variables[*it].is_none()) {
            return known(members);
        }
        match problem.solve() {
            Ok(outcome) => {
                known(members) + outcome.solution().expect("no limit was set").objective()
            }
            Err(Error::Unbounded) if direction == OptimizationDirection::Maximize => f64::INFINITY,
            Err(Error::Unbounded) => f64::NEG_INFINITY,
            Err(error) => panic!("the attacker's programme: {error}: {members:?} of {self:?}"),
        }
    }
}

/// What a figure tells of itself.
fn known(table: &Table, figure: &Figure, rules: &DisclosureRules, target: Target) -> Range {
    match target {
        Target::Count => match figure.count {
            Count::Hidden => Range { low: 1.0, high: f64::INFINITY },
            Count::Nearest(count) => counted(figure, count, rules),
        },
        Target::Amount(measure) => match figure.amounts[measure] {
            Amount::Hidden if table.measures[measure].sign == Sign::Either => {
                Range { low: f64::NEG_INFINITY, high: f64::INFINITY }
            }
            Amount::Hidden => Range { low: 0.0, high: f64::INFINITY },
            Amount::Exact(it) => Range { low: pounds(it), high: pounds(it) },
            Amount::Nearest(it) => {
                let half = f64::from(rules.total_rounding.value) / 2.0;
                Range { low: pounds(it) - half, high: pounds(it) + half }
            }
        },
    }
}

/// The counts that a rounded count and the mean beside it leave: usually one.
fn counted(figure: &Figure, shown: u64, rules: &DisclosureRules) -> Range {
    if shown == 0 {
        return Range { low: 0.0, high: 0.0 };
    }
    let fits = |count: &u64| {
        std::iter::zip(&figure.amounts, &figure.means).all(|pair| match pair {
            (Amount::Exact(amount), Some(mean)) => {
                let off = i128::from(mean.micro_pounds()) * i128::from(*count)
                    - i128::from(amount.micro_pounds());
                off.abs() <= i128::from(*count)
            }
            _ => true,
        })
    };
    let reach = u64::from(rules.count_rounding.value) / 2;
    let counts: Vec<u64> = (shown - reach..=shown + reach).filter(fits).collect();
    let (Some(low), Some(high)) = (counts.first(), counts.last()) else {
        panic!("no count fits {figure:?}")
    };
    Range { low: float(*low), high: float(*high) }
}
