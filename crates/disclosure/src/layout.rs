//! The table as sums: each cell and total once, and which add up to which.

use std::collections::BTreeSet;

use domain::Money;

use crate::release::{Place, Reason};
use crate::table::{Cell, LargestPatients, People, Sign, Table};

/// How much of an entry is shown, from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Count to the nearest 5, amounts exact.
    Shown,
    /// A total whose amounts are to the nearest £1,000 and whose means are left out.
    Rough,
    /// The count only.
    AmountsHidden,
    /// Nothing.
    Hidden,
}

/// What can be hidden, each a system of sums of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Count,
    /// A measure by its number.
    Amount(usize),
}

/// A cell or total with its exact figures.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    /// The nodes that it runs between, see `bounds`.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) people: u64,
    pub(crate) count: u64,
    pub(crate) amounts: Vec<Money>,
    pub(crate) largest: Option<LargestPatients>,
    /// Whether it is to be in the release at all.
    pub(crate) is_wanted: bool,
    pub(crate) level: Level,
    pub(crate) reason: Option<Reason>,
}

/// A total and the entries that add up to it, by number.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) total: usize,
    pub(crate) parts: Vec<usize>,
}

/// All entries of a table: cells first, in the order of their keys, then totals.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) entries: Vec<Entry>,
    /// Lines whose total is wanted.
    pub(crate) lines: Vec<Line>,
    pub(crate) signs: Vec<Sign>,
    pub(crate) people: People,
    pub(crate) nodes: usize,
}

/// The node in which all rows begin; that of the columns' end is the one after it.
const SOURCE: usize = 0;
const SINK: usize = 1;

impl Entry {
    pub(crate) fn shows_count(&self) -> bool {
        self.level != Level::Hidden
    }

    pub(crate) fn shows_amounts(&self) -> bool {
        matches!(self.level, Level::Shown | Level::Rough)
    }

    pub(crate) fn is_total(&self) -> bool {
        !matches!(self.place, Place::Cell(..))
    }

    /// Shows less than before; a level that shows more changes nothing.
    pub(crate) fn lower(&mut self, level: Level, reason: Reason) {
        if level > self.level {
            self.level = level;
            self.reason = self.reason.or(Some(reason));
        }
    }
}

impl Layout {
    pub(crate) fn new(table: &Table) -> Self {
        let mut cells: Vec<&Cell> = table.cells.iter().collect();
        cells.sort_by_key(|it| (&it.row, &it.column));
        let rows: Vec<&String> = unique(cells.iter().map(|it| &it.row));
        let columns: Vec<&Option<String>> = unique(cells.iter().map(|it| &it.column));
        let row_node = |it: &String| 2 + position(&rows, it);
        let column_node = |it: &Option<String>| 2 + rows.len() + position(&columns, it);
        let mut layout = Self {
            entries: Vec::new(),
            lines: Vec::new(),
            signs: table.measures.iter().map(|it| it.sign).collect(),
            people: table.people,
            nodes: 2 + rows.len() + columns.len(),
        };
        for it in &cells {
            let ends = (row_node(&it.row), column_node(&it.column));
            layout.entries.push(entry_of(it, ends));
        }
        let every: Vec<usize> = (0..cells.len()).collect();
        let parts = |is_part: &dyn Fn(&Cell) -> bool| {
            every.iter().copied().filter(|it| is_part(cells[*it])).collect::<Vec<_>>()
        };
        let wanted = table.totals;
        let of_rows: Vec<usize> = rows
            .iter()
            .map(|row| {
                let ends = (SOURCE, row_node(row));
                layout.total(
                    Place::Row((*row).clone()),
                    ends,
                    wanted.rows,
                    parts(&|it| it.row == **row),
                )
            })
            .collect();
        let of_columns: Vec<usize> = columns
            .iter()
            .map(|column| {
                let ends = (column_node(column), SINK);
                let parts = parts(&|it| it.column == **column);
                layout.total(Place::Column((*column).clone()), ends, wanted.columns, parts)
            })
            .collect();
        let grand = layout.total(Place::Grand, (SINK, SOURCE), wanted.grand, every.clone());
        if wanted.grand {
            // Totals that are shown give the grand total's parts; without any, the cells do.
            layout.lines.retain(|it| it.total != grand);
            let sides = [(wanted.rows, of_rows), (wanted.columns, of_columns)];
            let sides = sides.into_iter().filter_map(|(is_wanted, it)| is_wanted.then_some(it));
            let cells = (!wanted.rows && !wanted.columns).then_some(every);
            let sides: Vec<_> = sides.chain(cells).collect();
            layout.lines.extend(sides.into_iter().map(|parts| Line { total: grand, parts }));
        }
        layout
    }

    /// Adds the total of the parts, and its line if it is wanted; returns its number.
    fn total(
        &mut self,
        place: Place,
        (from, to): (usize, usize),
        is_wanted: bool,
        parts: Vec<usize>,
    ) -> usize {
        let of = || parts.iter().map(|it| &self.entries[*it]);
        let amounts = (0..self.signs.len()).map(|it| of().map(|part| part.amounts[it]).sum());
        let entry = Entry {
            place,
            from,
            to,
            people: self.joint_people(&parts),
            count: of().map(|it| it.count).sum(),
            amounts: amounts.collect(),
            largest: self.joint_largest(&parts),
            is_wanted,
            level: if is_wanted { Level::Shown } else { Level::Hidden },
            reason: None,
        };
        self.entries.push(entry);
        let total = self.entries.len() - 1;
        if is_wanted {
            self.lines.push(Line { total, parts });
        }
        total
    }

    /// How many different people are in the entries together, at the least.
    pub(crate) fn joint_people(&self, entries: &[usize]) -> u64 {
        let people = entries.iter().map(|it| self.entries[*it].people);
        match self.people {
            People::EachInOneCell => people.sum(),
            People::MayRepeat => people.max().unwrap_or(0),
        }
    }

    /// The largest patients of the cells together, at the most; cells that do not tell are left out.
    fn joint_largest(&self, cells: &[usize]) -> Option<LargestPatients> {
        let known: Vec<LargestPatients> =
            cells.iter().filter_map(|it| self.entries[*it].largest).collect();
        if known.is_empty() {
            return None;
        }
        if self.people == People::MayRepeat {
            // The same person may be the largest in each.
            let largest = known.iter().map(|it| it.largest).sum();
            return Some(LargestPatients {
                largest,
                top_two: known.iter().map(|it| it.top_two).sum(),
            });
        }
        let mut each: Vec<Money> =
            known.iter().flat_map(|it| [it.largest, it.top_two - it.largest]).collect();
        each.sort_unstable();
        let largest = each.pop().unwrap_or(Money::ZERO);
        Some(LargestPatients { largest, top_two: largest + each.pop().unwrap_or(Money::ZERO) })
    }
}

fn entry_of(cell: &Cell, (from, to): (usize, usize)) -> Entry {
    Entry {
        place: Place::Cell(cell.row.clone(), cell.column.clone()),
        from,
        to,
        people: cell.people,
        count: cell.count,
        amounts: cell.amounts.clone(),
        largest: cell.largest,
        is_wanted: true,
        level: Level::Shown,
        reason: None,
    }
}

fn unique<'a, T: Ord>(keys: impl Iterator<Item = &'a T>) -> Vec<&'a T> {
    keys.collect::<BTreeSet<_>>().into_iter().collect()
}

fn position<T: Ord>(keys: &[&T], key: &T) -> usize {
    keys.binary_search(&key).expect("the list holds the key of each cell")
}
