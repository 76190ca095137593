//! Rows of one CSV file with the years in which they are in force.

use std::collections::{BTreeMap, BTreeSet};

use domain::{FinancialYear, Place};

use super::findings::{Findings, place};
use crate::faults;

/// All rows of one file.
#[derive(Debug)]
pub(crate) struct Table<T> {
    /// File name.
    pub(crate) file: &'static str,
    /// Whether its rows could be read at all; if not, references into it are not judged.
    pub(crate) readable: bool,
    /// Rows in file order.
    pub(crate) rows: Vec<Dated<T>>,
}

/// A row that is in force for some years.
#[derive(Debug)]
pub(crate) struct Dated<T> {
    /// Where it stands and when it holds.
    pub(crate) head: Head,
    /// What it says.
    pub(crate) value: T,
}

/// What every row has, whatever its file.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// File name.
    pub(crate) file: &'static str,
    /// Line of the row, the header being line 1.
    pub(crate) line: u64,
    /// Cells of the key columns.
    pub(crate) key: Vec<String>,
    /// Key of its source.
    pub(crate) source: String,
    /// First and last year; nothing if they could not be read, which counts as always.
    pub(crate) years: Option<(FinancialYear, Option<FinancialYear>)>,
    /// Whether all its cells could be read. Others are not judged a second time.
    pub(crate) sound: bool,
}

impl Head {
    /// Whether the row holds in the year.
    pub(crate) fn in_force(&self, year: FinancialYear) -> bool {
        self.years.is_none_or(|(from, to)| from <= year && to.is_none_or(|to| year <= to))
    }

    /// The place of one of its cells.
    pub(crate) fn at(&self, column: &str) -> Place {
        place(self.file, self.line, column)
    }
}

impl<T> Table<T> {
    /// A file that is not there or cannot be read.
    pub(crate) fn absent(file: &'static str, readable: bool) -> Self {
        Self { file, readable, rows: Vec::new() }
    }

    /// Rows that hold in the year, in file order.
    pub(crate) fn in_force(&self, year: FinancialYear) -> impl Iterator<Item = &Dated<T>> {
        self.rows.iter().filter(move |it| it.head.in_force(year))
    }

    /// Rows that hold in the year and whose cells could all be read.
    pub(crate) fn sound(&self, year: FinancialYear) -> impl Iterator<Item = &Dated<T>> {
        self.in_force(year).filter(|it| it.head.sound)
    }

    /// What other files may name in the year: the first key column of every row in force.
    pub(crate) fn names(&self, year: FinancialYear) -> Names<'_> {
        let known = self.in_force(year).filter_map(|it| it.head.key.first());
        Names {
            file: self.file,
            readable: self.readable,
            known: known.map(String::as_str).collect(),
        }
    }

    /// The rows in force by the first column of their key.
    pub(crate) fn by_name(&self, year: FinancialYear) -> BTreeMap<&str, &Dated<T>> {
        let rows = self.in_force(year);
        rows.filter_map(|it| Some((it.head.key.first()?.as_str(), it))).collect()
    }
}

impl<T: Clone> Table<T> {
    /// The values in force by the first column of their key.
    pub(crate) fn values(&self, year: FinancialYear) -> BTreeMap<String, T> {
        let rows = self.by_name(year).into_iter();
        rows.map(|(name, row)| (name.to_owned(), row.value.clone())).collect()
    }
}

/// The names that one file defines in a year.
pub(crate) struct Names<'a> {
    file: &'static str,
    readable: bool,
    known: BTreeSet<&'a str>,
}

impl Names<'_> {
    /// Whether the name is defined.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    /// Reports a name that is not defined. A blank names nothing.
    pub(crate) fn require(&self, row: &Head, column: &str, name: &str, findings: &mut Findings) {
        if name.is_empty() || !self.readable || self.has(name) {
            return;
        }
        findings.refuse(
            faults::UNKNOWN_REFERENCE,
            row.at(column),
            format!("`{name}` is not in {}", self.file),
            format!("Add it to {} for the same years, or correct the spelling.", self.file),
        );
    }
}
