//! Second files whose columns the rows of a first one gain.

use csv::ByteRecord;
use hashbrown::HashMap;
use rules::intake_mapping::{ColumnSource, IntakeMapping, Join};

use super::{FileFault, Layout, RowSink};
use crate::plan::{Nulls, Source, canonical, compile};

/// A second file, read whole.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    /// Names of the columns gained, with the join's name before them.
    pub(crate) columns: Vec<String>,
    rows: HashMap<Vec<u8>, Partner>,
    /// Rows whose key stands twice, and the first line with one.
    pub(crate) twice: (u64, u64),
    /// Rows read.
    pub(crate) read: u64,
    /// Rows left out by `where`, by `first_by`, or because they have no key.
    pub(crate) left_out: u64,
}

/// The row of a key.
#[derive(Debug)]
struct Partner {
    cells: Vec<Vec<u8>>,
    first_by: Vec<u8>,
    rows: u64,
}

/// Reads a second file.
pub(crate) struct JoinSink<'a> {
    join: &'a Join,
    nulls: Nulls,
    wanted: Vec<String>,
    places: Vec<usize>,
    key: Source,
    only: Vec<(usize, &'a [String])>,
    first_by: Option<usize>,
    width: usize,
    /// What was read.
    pub(crate) joined: Joined,
}

impl<'a> JoinSink<'a> {
    /// For a join of a mapping; only columns that the mapping uses are kept.
    pub(crate) fn new(mapping: &'a IntakeMapping, join: &'a Join) -> Self {
        Self {
            join,
            nulls: Nulls::new(&mapping.null),
            wanted: columns_used(mapping, join),
            places: Vec::new(),
            key: Source::Absent,
            only: Vec::new(),
            first_by: None,
            width: 0,
            joined: Joined::default(),
        }
    }

    fn keep(&mut self, line: u64, key: Vec<u8>, cells: &ByteRecord) {
        let cell = |index: usize| cells.get(index).unwrap_or_default().to_vec();
        let found = Partner {
            cells: self.places.iter().map(|it| cell(*it)).collect(),
            first_by: self.first_by.map(cell).unwrap_or_default(),
            rows: 1,
        };
        let ordered = self.first_by.is_some();
        match self.joined.rows.entry(key) {
            hashbrown::hash_map::Entry::Vacant(place) => {
                place.insert(found);
            }
            hashbrown::hash_map::Entry::Occupied(mut known) if ordered => {
                self.joined.left_out += 1;
                let rank = |it: &Partner| (it.first_by.clone(), it.cells.clone());
                // Equal texts are told apart by the cells, so that the order of rows is nothing.
                if rank(&found) < rank(known.get()) {
                    known.insert(found);
                }
            }
            hashbrown::hash_map::Entry::Occupied(mut known) => {
                let known = known.get_mut();
                let more = if known.rows == 1 { 2 } else { 1 };
                known.rows += 1;
                let first = if self.joined.twice.0 == 0 { line } else { self.joined.twice.1 };
                self.joined.twice = (self.joined.twice.0 + more, first);
            }
        }
    }
}

impl RowSink for JoinSink<'_> {
    fn layout(&mut self, layout: &Layout) -> Result<(), FileFault> {
        let place =
            |name: &str| layout.headers.iter().position(|it| canonical(it) == canonical(name));
        let required = |name: &str| {
            place(name).ok_or_else(|| {
                let message = format!("the column `{name}` of the join is not in the file");
                FileFault::new("A18", message).on(1).within(name)
            })
        };
        for name in self.join.key.columns() {
            required(name)?;
        }
        self.key = compile(&self.join.key, &place);
        for name in &self.wanted {
            self.places.push(required(name)?);
            self.joined.columns.push(format!("{}.{name}", self.join.name));
        }
        for (name, values) in &self.join.only {
            self.only.push((required(name)?, values));
        }
        if !self.join.first_by.is_empty() {
            self.first_by = Some(required(&self.join.first_by)?);
        }
        self.width = layout.headers.len();
        Ok(())
    }

    fn row(&mut self, line: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        self.joined.read += 1;
        let wanted = self.only.iter().all(|(index, values)| {
            let cell = cells.get(*index).unwrap_or_default().trim_ascii();
            values.iter().any(|it| it.as_bytes() == cell)
        });
        let mut scratch = Vec::new();
        let key = self.key.read(cells, &self.nulls, &mut scratch).map(<[u8]>::to_vec);
        match key.filter(|_| wanted && cells.len() == self.width) {
            Some(key) => self.keep(line, key, cells),
            None => self.joined.left_out += 1,
        }
        Ok(())
    }
}

/// Gives rows on with the columns of their partners.
pub(crate) struct Joining<'s, 'a> {
    mapping: &'a IntakeMapping,
    tables: &'a [Joined],
    sink: &'s mut dyn RowSink,
    nulls: Nulls,
    to: Vec<Source>,
    width: usize,
    row: ByteRecord,
    /// Rows without a partner, by join.
    pub(crate) alone: Vec<(u64, u64)>,
}

impl<'s, 'a> Joining<'s, 'a> {
    /// Puts joins before a sink.
    pub(crate) fn new(
        mapping: &'a IntakeMapping,
        tables: &'a [Joined],
        sink: &'s mut dyn RowSink,
    ) -> Self {
        Self {
            mapping,
            tables,
            sink,
            nulls: Nulls::new(&mapping.null),
            to: Vec::new(),
            width: 0,
            row: ByteRecord::new(),
            alone: vec![(0, 0); tables.len()],
        }
    }
}

impl RowSink for Joining<'_, '_> {
    fn layout(&mut self, layout: &Layout) -> Result<(), FileFault> {
        let mut wide = layout.clone();
        self.width = layout.headers.len();
        for (join, table) in self.mapping.joins.iter().zip(self.tables) {
            let place =
                |name: &str| wide.headers.iter().position(|it| canonical(it) == canonical(name));
            for name in join.to.columns() {
                if place(name).is_none() {
                    let message = format!("the column `{name}` of the join is not in the file");
                    return Err(FileFault::new("A18", message).on(1).within(name));
                }
            }
            self.to.push(compile(&join.to, &place));
            wide.headers.extend(table.columns.iter().cloned());
            wide.joined += table.columns.len();
            if !wide.types.is_empty() {
                wide.types.resize(wide.headers.len(), super::ColumnType::Text);
            }
        }
        self.sink.layout(&wide)
    }

    fn row(&mut self, line: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        self.row.clear();
        self.row.extend(cells);
        if cells.len() != self.width {
            // As many cells more as a whole row gains: the row stays as ragged as it was.
            let gained = self.tables.iter().map(|it| it.columns.len()).sum::<usize>();
            self.row.extend((0..gained).map(|_| b""));
            return self.sink.row(line, &self.row);
        }
        let mut scratch = Vec::new();
        for (index, table) in self.tables.iter().enumerate() {
            let key = self.to[index].read(&self.row, &self.nulls, &mut scratch);
            let partner = key.and_then(|it| table.rows.get(it)).filter(|it| it.rows == 1);
            if let Some(partner) = partner {
                self.row.extend(&partner.cells);
            } else {
                let alone = &mut self.alone[index];
                *alone = (alone.0 + 1, if alone.0 == 0 { line } else { alone.1 });
                self.row.extend(table.columns.iter().map(|_| b""));
            }
        }
        self.sink.row(line, &self.row)
    }
}

/// Columns of a join's file that a mapping uses, in order.
fn columns_used(mapping: &IntakeMapping, join: &Join) -> Vec<String> {
    let sources = mapping.columns.values().flat_map(ColumnSource::columns);
    let later = mapping.joins.iter().flat_map(|it| it.to.columns());
    let phases = mapping.phases.iter().flat_map(|it| [&it.start, &it.end, &it.staff]);
    let mut names: Vec<String> = sources
        .chain(later)
        .chain(phases.map(String::as_str))
        .chain(mapping.only.keys().map(String::as_str))
        .chain(mapping.versions.keys().map(String::as_str))
        .filter_map(|it| join.column(it))
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names
}
