//! Random tables against the attacker, and what the attacker finds when a step is left out.

use std::collections::BTreeMap;
use std::ops::Range;

use domain::Money;
use proptest::prelude::*;

use crate::attacker::breaks;
use crate::decide::{check_ranges, close_lines, hide_small, release, release_after, released};
use crate::layout::Layout;
use crate::release::{Amount, Count, Place, Release};
use crate::rules::DisclosureRules;
use crate::table::{Cell, LargestPatients, Measure, People, Sign, Table, Totals};

/// How many steps of the decision are done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Steps {
    SmallOnly,
    Lines,
    All,
}

fn release_by(table: &Table, rules: &DisclosureRules, steps: Steps) -> Release {
    let mut layout = Layout::new(table);
    hide_small(&mut layout, rules);
    if steps >= Steps::Lines {
        close_lines(&mut layout, rules);
    }
    if steps >= Steps::All {
        check_ranges(&mut layout, rules).expect("nothing was told before");
    }
    released(&layout, rules)
}

/// A generator of the seeded tables: splitmix64, the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        it ^ (it >> 31)
    }

    /// From 0 up to but without `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    fn people(&mut self) -> u64 {
        match self.below(10) {
            0 => 0,
            1..=3 => 1 + self.below(7),
            4..=7 => 8 + self.below(30),
            _ => 8 + self.below(500),
        }
    }

    /// Whole pounds from nothing to much: the attacker's own arithmetic stays exact enough.
    fn amount(&mut self, people: u64) -> i64 {
        let each = [1, 10, 300, 5_000, 40_000][usize::try_from(self.below(5)).expect("five")];
        i64::try_from(people * each + self.below(each * 3 + 1)).expect("an amount")
    }

    fn table(&mut self) -> Table {
        let (rows, columns) = (1 + self.below(5), 1 + self.below(5));
        let people = if self.one_in(4) { People::MayRepeat } else { People::EachInOneCell };
        let totals = Totals {
            rows: !self.one_in(4),
            groups: self.one_in(2),
            columns: !self.one_in(4),
            grand: !self.one_in(3),
        };
        let mut cells = Vec::new();
        for row in 0..rows {
            for column in 0..columns {
                if !self.one_in(12) {
                    cells.push(self.cell(format!("r{row}"), format!("c{column}")));
                }
            }
        }
        let measure = |name: &str, sign| Measure { name: name.to_owned(), sign };
        let cost = measure("cost", Sign::NeverNegative);
        let measures = vec![cost, measure("margin", Sign::Either)];
        Table { measures, people, groups: self.groups(rows), totals, cells }
    }

    /// Each row in one of two groups, or in none.
    fn groups(&mut self, rows: u64) -> BTreeMap<String, String> {
        let mut groups = BTreeMap::new();
        for row in 0..rows {
            if !self.one_in(4) {
                groups.insert(format!("r{row}"), format!("g{}", self.below(2)));
            }
        }
        groups
    }

    fn cell(&mut self, row: String, column: String) -> Cell {
        let people = self.people();
        let count = if people > 0 && self.one_in(3) { people + self.below(20) } else { people };
        let cost = if people == 0 { 0 } else { self.amount(people) };
        let margin = if people == 0 { 0 } else { self.amount(people) - cost };
        let largest = (people > 0 && self.one_in(2)).then(|| {
            let part = |percent: u64| cost * i64::try_from(percent).expect("small") / 100;
            let largest = part(1 + self.below(60));
            let top_two = largest + part(self.below(30)).min(cost - largest);
            LargestPatients {
                largest: Money::from_pounds(largest),
                top_two: Money::from_pounds(top_two),
            }
        });
        let amounts = vec![Money::from_pounds(cost), Money::from_pounds(margin)];
        Cell { row, column: Some(column), people, count, amounts, largest }
    }
}

/// Attacks seeded tables; returns how many broke, and the first figure that was found out.
fn attack(seeds: Range<u64>, steps: Steps) -> (usize, Option<String>) {
    let rules = DisclosureRules::own();
    let (mut broken, mut first) = (0, None);
    for seed in seeds {
        let table = Dice(seed).table();
        let release = release_by(&table, &rules, steps);
        if let Some(found) = breaks(&table, &release, &rules).into_iter().next() {
            broken += 1;
            first.get_or_insert(found);
        }
    }
    (broken, first)
}

#[test]
fn nothing_hidden_can_be_worked_out_of_ten_thousand_tables() {
    std::thread::scope(|scope| {
        let quarter = |it: u64| move || attack(it * 2_500..(it + 1) * 2_500, Steps::All);
        let quarters: Vec<_> = (0..4).map(|it| scope.spawn(quarter(it))).collect();
        for quarter in quarters {
            let (broken, first) = quarter.join().expect("the attacker does not stop halfway");
            assert!(first.is_none(), "{broken} broken, the first: {first:?}");
        }
    });
}

/// The attacker has to be good enough to see a mistake. The rule for lines alone is one: a third
/// of the tables break, one in eight by a count.
#[test]
fn leaving_out_a_step_is_found() {
    let (small_only, _) = attack(0..300, Steps::SmallOnly);
    let (lines_only, _) = attack(0..300, Steps::Lines);
    assert!(small_only > 150, "only {small_only} of 300 broken");
    assert!(lines_only > 50, "only {lines_only} of 300 broken");
    assert!(lines_only < small_only);
}

/// Hiding everything would be safe and of no use. In a year of twenty lines with a few small
/// months, most cells and all totals stay exact.
#[test]
fn most_of_a_usual_table_stays_exact() {
    let mut dice = Dice(7);
    let mut cells = Vec::new();
    for line in 0..20 {
        for month in 1..=12 {
            let mut cell = dice.cell(format!("line{line:02}"), format!("{month:02}"));
            cell.people = if dice.one_in(40) { 1 + dice.below(7) } else { 20 + dice.below(200) };
            cell.count = cell.people;
            let cost = cell.people * (2_000 + dice.below(500));
            cell.amounts = vec![Money::from_pounds(i64::try_from(cost).expect("an amount"))];
            cell.largest = None;
            cells.push(cell);
        }
    }
    let table = Table {
        measures: vec![Measure { name: "cost".to_owned(), sign: Sign::NeverNegative }],
        people: People::MayRepeat,
        groups: BTreeMap::new(),
        totals: Totals { rows: true, columns: true, groups: false, grand: true },
        cells,
    };
    let small = table.cells.iter().filter(|it| it.people < 8).count();
    assert!(small > 0);
    let release = release(&table, &DisclosureRules::own()).expect("a table in order");
    let hidden = release.reasons().filter(|it| matches!(it.0, Place::Cell(..))).count();
    // A small cell takes others of its row and column, and these the smallest of theirs, until a
    // ring is closed. Of 240 cells no more than one in ten goes.
    assert!(hidden <= 24, "{hidden} cells hidden for {small} small ones");
    assert_eq!(release.reasons().count(), hidden, "a total is not exact");
}

/// Months and their year: what is hidden in a month cannot be had by taking the other months
/// from the year, nor from the months of the whole, and each month's own page says the same.
#[test]
fn a_year_less_its_other_months_tells_nothing() {
    let rules = DisclosureRules::own();
    for seed in 0..200 {
        let mut dice = Dice(1_000_000 + seed);
        let mut table = dice.table();
        table.people = People::MayRepeat;
        table.totals = Totals { rows: true, groups: true, columns: true, grand: true };
        let of_group = |it: &str| (it.to_owned(), "orthopaedics".to_owned());
        table.groups = BTreeMap::from(["hip", "knee"].map(of_group));
        table.cells.clear();
        for line in ["hip", "knee", "spine"] {
            for month in 1..=12 {
                table.cells.push(dice.cell(line.to_owned(), format!("{month:02}")));
            }
        }
        let release = release(&table, &rules).expect("a table in order");
        let found = breaks(&table, &release, &rules);
        assert!(found.is_empty(), "{found:?}");
        for line in ["hip", "knee", "spine"] {
            subtract(&table, &release, line);
        }
    }
}

/// The year of a line less its shown months, by hand: it must be more than one hidden month.
fn subtract(table: &Table, release: &Release, line: &str) {
    let months: Vec<&Cell> = table.cells.iter().filter(|it| it.row == line).collect();
    let figure = |it: &Cell| release.cell(&it.row, it.column.as_deref()).expect("a cell").clone();
    let hidden: Vec<&&Cell> =
        months.iter().filter(|it| figure(it).count == Count::Hidden).collect();
    let year = release.row_total(line).expect("a year");
    if let (Amount::Exact(_), false) = (year.amounts[0], hidden.is_empty()) {
        let people = hidden.iter().map(|it| it.people).max().unwrap_or(0);
        assert!(hidden.len() >= 2, "{line}: one hidden month, and an exact year");
        assert!(people >= 8, "{line}: the hidden months may be fewer than 8 people");
    }
}

fn cells() -> impl Strategy<Value = Vec<(u64, u64, i64)>> {
    prop::collection::vec((0_u64..30, 0_u64..5, 0_i64..100_000), 1..20)
}

fn table_of(cells: &[(u64, u64, i64)], width: usize, totals: Totals) -> Table {
    let cell = |(index, (people, more, cost)): (usize, &(u64, u64, i64))| Cell {
        row: format!("r{}", index / width),
        column: Some(format!("c{}", index % width)),
        people: *people,
        count: if *people == 0 { 0 } else { people + more },
        amounts: vec![Money::from_pounds(if *people == 0 { 0 } else { *cost })],
        largest: None,
    };
    Table {
        measures: vec![Measure { name: "cost".to_owned(), sign: Sign::NeverNegative }],
        people: People::EachInOneCell,
        groups: BTreeMap::new(),
        totals,
        cells: cells.iter().enumerate().map(cell).collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// The attacker finds nothing, small cells are hidden, zero and exact amounts stay.
    #[test]
    fn what_is_shown_is_true_and_safe(
        cells in cells(), width in 1_usize..5, rows: bool, columns: bool, grand: bool,
    ) {
        let rules = DisclosureRules::own();
        let table = table_of(&cells, width, Totals { rows, columns, groups: false, grand });
        let release = release(&table, &rules).expect("a table in order");
        prop_assert!(breaks(&table, &release, &rules).is_empty());
        for cell in &table.cells {
            let figure = release.cell(&cell.row, cell.column.as_deref()).expect("each cell");
            if (1..=7).contains(&cell.people) {
                prop_assert_eq!(figure.count, Count::Hidden);
                prop_assert_eq!(figure.amounts[0], Amount::Hidden);
                prop_assert_eq!(figure.means[0], None);
            }
            if let Count::Nearest(count) = figure.count {
                prop_assert!(count % 5 == 0 && count.abs_diff(cell.count) <= 2);
            }
            if let Amount::Exact(amount) = figure.amounts[0] {
                prop_assert_eq!(amount, cell.amounts[0]);
            }
            prop_assert!(!matches!(figure.amounts[0], Amount::Nearest(_)));
        }
    }

    /// The order of the cells changes nothing.
    #[test]
    fn order_of_cells_does_not_matter(cells in cells(), width in 1_usize..5, turn in 0_usize..20) {
        let rules = DisclosureRules::own();
        let table = table_of(&cells, width, Totals { rows: true, columns: true, groups: false, grand: true });
        let mut turned = table.clone();
        let middle = turn % turned.cells.len();
        turned.cells.rotate_left(middle);
        turned.cells.reverse();
        prop_assert_eq!(release(&table, &rules), release(&turned, &rules));
    }
}

/// Months are published one after the other with their totals, at last with the year's. Nothing that
/// was told is taken back, and somebody who kept all of it cannot work out more.
#[test]
fn months_and_at_last_the_year_tell_nothing_together() {
    let rules = DisclosureRules::own();
    for seed in 0..60 {
        let mut dice = Dice(2_000_000 + seed);
        let mut table = dice.table();
        table.totals = Totals { rows: false, groups: false, columns: true, grand: false };
        let of_group = |it: &str| (it.to_owned(), "orthopaedics".to_owned());
        table.groups = BTreeMap::from(["hip", "knee"].map(of_group));
        table.cells.clear();
        let mut told: Option<Release> = None;
        for month in 1..=6 {
            for line in ["eyes", "hip", "knee", "spine"] {
                table.cells.push(dice.cell(line.to_owned(), format!("{month:02}")));
            }
            if month == 6 {
                table.totals = Totals { rows: true, groups: true, columns: true, grand: true };
            }
            let now = match &told {
                Some(told) => release_after(&table, &rules, told).expect("the same figures"),
                None => release(&table, &rules).expect("a table in order"),
            };
            for (place, figure) in told.iter().flat_map(Release::figures) {
                assert_eq!(now.at(place), Some(figure), "{place:?} was told otherwise");
            }
            let found = breaks(&table, &now, &rules);
            assert!(found.is_empty(), "{found:?}");
            told = Some(now);
        }
    }
}
