//! The table as sums: each cell and total once, and which add up to which.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Whether an earlier release has told or hidden it: then it stays so.
    pub(crate) is_told: bool,
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
        if level > self.level && !self.is_told {
            self.level = level;
            self.reason = self.reason.or(Some(reason));
        }
    }
}

/// The keys of a table, and where each total stands among them.
struct Keys<'a> {
    table: &'a Table,
    cells: Vec<&'a Cell>,
    rows: Vec<&'a str>,
    columns: Vec<Option<&'a str>>,
    groups: Vec<&'a str>,
}

impl<'a> Keys<'a> {
    fn new(table: &'a Table) -> Self {
        let mut cells: Vec<&Cell> = table.cells.iter().collect();
        cells.sort_by_key(|it| (&it.row, &it.column));
        let groups = cells.iter().filter_map(|it| group_of(table, &it.row));
        Self {
            table,
            rows: unique(cells.iter().map(|it| it.row.as_str())),
            columns: unique(cells.iter().map(|it| it.column.as_deref())),
            groups: unique(groups),
            cells,
        }
    }

    fn row_node(&self, row: &str) -> usize {
        2 + position(&self.rows, &row)
    }

    fn column_node(&self, column: Option<&str>) -> usize {
        2 + self.rows.len() + position(&self.columns, &column)
    }

    fn group_node(&self, group: &str) -> usize {
        2 + self.rows.len() + self.columns.len() + position(&self.groups, &group)
    }

    /// Where the cells of a group in a column end.
    fn group_cell_node(&self, group: &str, column: Option<&str>) -> usize {
        let before = 2 + self.rows.len() + self.columns.len() + self.groups.len();
        before
            + position(&self.groups, &group) * self.columns.len()
            + position(&self.columns, &column)
    }

    fn nodes(&self) -> usize {
        let (groups, columns) = (self.groups.len(), self.columns.len());
        2 + self.rows.len() + columns + groups + groups * columns
    }

    /// The nodes that a figure runs between, see `bounds`.
    fn ends(&self, place: &Place) -> (usize, usize) {
        match place {
            Place::Cell(row, column) => {
                let to = group_of(self.table, row).map_or_else(
                    || self.column_node(column.as_deref()),
                    |group| self.group_cell_node(group, column.as_deref()),
                );
                (self.row_node(row), to)
            }
            Place::Row(row) => {
                let from = group_of(self.table, row).map_or(SOURCE, |it| self.group_node(it));
                (from, self.row_node(row))
            }
            Place::Group(group) => (SOURCE, self.group_node(group)),
            Place::GroupCell(group, column) => (
                self.group_cell_node(group, column.as_deref()),
                self.column_node(column.as_deref()),
            ),
            Place::Column(column) => (self.column_node(column.as_deref()), SINK),
            Place::Grand => (SINK, SOURCE),
        }
    }

    /// All totals that there can be, wanted or not.
    fn totals(&self) -> Vec<Place> {
        let rows = self.rows.iter().map(|it| Place::Row((*it).to_owned()));
        let groups = self.groups.iter().map(|it| Place::Group((*it).to_owned()));
        let columns = self.columns.iter().map(|it| Place::Column(owned(*it)));
        let group_cells = self.groups.iter().flat_map(|it| self.cells_of_group(it));
        rows.chain(groups).chain(group_cells).chain(columns).chain([Place::Grand]).collect()
    }

    fn cells_of_group(&self, group: &str) -> Vec<Place> {
        let cell = |it: Option<&str>| Place::GroupCell(group.to_owned(), owned(it));
        self.columns.iter().copied().map(cell).collect()
    }

    fn is_wanted(&self, total: &Place) -> bool {
        let wanted = self.table.totals;
        match total {
            Place::Cell(..) => true,
            Place::Row(_) => wanted.rows,
            Place::Group(_) => wanted.groups,
            // In one column, a group's cell is its total.
            Place::GroupCell(..) => wanted.groups && self.columns.len() > 1,
            Place::Column(_) => wanted.columns,
            Place::Grand => wanted.grand,
        }
    }

    /// The cells of a total, by number.
    fn members(&self, total: &Place) -> Vec<usize> {
        let is_member = |it: &Cell| match total {
            Place::Cell(..) => false,
            Place::Row(row) => it.row == *row,
            Place::Group(group) => group_of(self.table, &it.row) == Some(group.as_str()),
            Place::GroupCell(group, column) => {
                it.column == *column && group_of(self.table, &it.row) == Some(group.as_str())
            }
            Place::Column(column) => it.column == *column,
            Place::Grand => true,
        };
        (0..self.cells.len()).filter(|it| is_member(self.cells[*it])).collect()
    }

    /// Other totals, and cells among them, that a total is the sum of: in rows, then in columns.
    fn sides(&self, total: &Place) -> Vec<Vec<Place>> {
        let alone = || self.rows.iter().filter(|it| group_of(self.table, it).is_none());
        let groups = || self.groups.iter().map(|it| (*it).to_owned());
        match total {
            Place::Cell(..) | Place::Row(_) | Place::GroupCell(..) => Vec::new(),
            Place::Group(group) => {
                let rows =
                    self.rows.iter().filter(|it| group_of(self.table, it) == Some(group.as_str()));
                let rows = rows.map(|it| Place::Row((*it).to_owned())).collect();
                vec![rows, self.cells_of_group(group)]
            }
            Place::Column(column) => {
                let groups = groups().map(|it| Place::GroupCell(it, column.clone()));
                let alone = alone().map(|it| Place::Cell((*it).to_owned(), column.clone()));
                vec![groups.chain(alone).collect()]
            }
            Place::Grand => {
                let alone = alone().map(|it| Place::Row((*it).to_owned()));
                let columns = self.columns.iter().map(|it| Place::Column(owned(*it)));
                vec![groups().map(Place::Group).chain(alone).collect(), columns.collect()]
            }
        }
    }
}

/// The group of a row, where groups are to be shown.
fn group_of<'a>(table: &'a Table, row: &str) -> Option<&'a str> {
    table.groups.get(row).filter(|_| table.totals.groups).map(String::as_str)
}

fn owned(column: Option<&str>) -> Option<String> {
    column.map(str::to_owned)
}

impl Layout {
    pub(crate) fn new(table: &Table) -> Self {
        let keys = Keys::new(table);
        let mut layout = Self {
            entries: Vec::new(),
            lines: Vec::new(),
            signs: table.measures.iter().map(|it| it.sign).collect(),
            people: table.people,
            nodes: keys.nodes(),
        };
        for cell in &keys.cells {
            let place = Place::Cell(cell.row.clone(), cell.column.clone());
            layout.entries.push(entry_of(cell, keys.ends(&place)));
        }
        for place in keys.totals() {
            let entry = layout.total(&keys, place);
            layout.entries.push(entry);
        }
        layout.lines = layout.lines(&keys);
        layout
    }

    fn total(&self, keys: &Keys<'_>, place: Place) -> Entry {
        let members = keys.members(&place);
        let of = || members.iter().map(|it| &self.entries[*it]);
        let amounts = (0..self.signs.len()).map(|it| of().map(|part| part.amounts[it]).sum());
        let is_wanted = keys.is_wanted(&place);
        let (from, to) = keys.ends(&place);
        Entry {
            from,
            to,
            people: self.joint_people(&members),
            count: of().map(|it| it.count).sum(),
            amounts: amounts.collect(),
            largest: self.joint_largest(&members),
            is_wanted,
            level: if is_wanted { Level::Shown } else { Level::Hidden },
            reason: None,
            is_told: false,
            place,
        }
    }

    /// What adds up to each wanted total: other shown totals where there are, else its cells.
    fn lines(&self, keys: &Keys<'_>) -> Vec<Line> {
        let numbers = self.entries.iter().enumerate().map(|(index, it)| (&it.place, index));
        let numbers: BTreeMap<&Place, usize> = numbers.collect();
        let mut lines = Vec::new();
        for (total, entry) in self.entries.iter().enumerate() {
            if !entry.is_total() || !entry.is_wanted {
                continue;
            }
            let sides = keys.sides(&entry.place).into_iter().filter_map(|side| {
                let parts = side.iter().filter_map(|it| numbers.get(it).copied());
                let parts: Vec<usize> = parts.collect();
                let is_shown = parts.iter().all(|it| self.entries[*it].is_wanted);
                (is_shown && !parts.is_empty()).then_some(parts)
            });
            let mut sides: Vec<Vec<usize>> = sides.collect();
            if sides.is_empty() {
                sides.push(keys.members(&entry.place));
            }
            lines.extend(sides.into_iter().map(|parts| Line { total, parts }));
        }
        lines
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
        is_told: false,
    }
}

fn unique<T: Ord>(keys: impl Iterator<Item = T>) -> Vec<T> {
    keys.collect::<BTreeSet<_>>().into_iter().collect()
}

fn position<T: Ord>(keys: &[T], key: &T) -> usize {
    keys.binary_search(key).expect("the list holds the key of each cell")
}
