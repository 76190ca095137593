//! Adds the cells of joins to each row on its way to the reader.

use csv::ByteRecord;
use rules::intake_mapping::IntakeMapping;

use super::JoinTable;
use crate::files::{ColumnType, FileFault, Layout, RowSink};
use crate::plan::{Nulls, Source, canonical, compile};

/// Stands between a file and the reader of its rows.
pub(super) struct Joining<'a> {
    mapping: &'a IntakeMapping,
    tables: &'a [JoinTable],
    reader: &'a mut dyn RowSink,
    nulls: Nulls,
    /// For each join what must equal its key.
    to: Vec<Source>,
    /// The row with what it has gained so far.
    wide: ByteRecord,
    width: usize,
    only: Vec<(usize, &'a [String])>,
    without: Vec<u64>,
    scratch: Vec<u8>,
}

impl<'a> Joining<'a> {
    /// Puts the joins of a mapping before a reader.
    pub(super) fn new(
        mapping: &'a IntakeMapping,
        tables: &'a [JoinTable],
        reader: &'a mut dyn RowSink,
    ) -> Self {
        Self {
            mapping,
            tables,
            reader,
            nulls: Nulls::new(&mapping.null),
            to: Vec::new(),
            wide: ByteRecord::new(),
            width: 0,
            only: Vec::new(),
            without: vec![0; tables.len()],
            scratch: Vec::new(),
        }
    }

    /// For each join the rows whose key it does not have.
    pub(super) fn without_partner(self) -> Vec<u64> {
        self.without
    }

    /// Whether the row is one that the feed wants, as far as its own cells tell.
    fn is_wanted(&self, cells: &ByteRecord) -> bool {
        cells.len() == self.width
            && self.only.iter().all(|(index, values)| {
                let cell = cells.get(*index).unwrap_or_default().trim_ascii();
                values.iter().any(|it| it.as_bytes() == cell)
            })
    }
}

impl RowSink for Joining<'_> {
    fn layout(&mut self, layout: &Layout) -> Result<(), FileFault> {
        let mut wide = layout.clone();
        self.width = wide.headers.len();
        for (join, table) in std::iter::zip(&self.mapping.joins, self.tables) {
            let place = |name: &str| {
                let name = canonical(name);
                wide.headers.iter().position(|it| canonical(it) == name)
            };
            if let Some(name) = join.to.columns().into_iter().find(|it| place(it).is_none()) {
                let message = format!("the join `{}` needs the column `{name}`", join.name);
                return Err(FileFault::new("A18", message).on(1).within(name));
            }
            self.to.push(compile(&join.to, &place));
            wide.headers.extend(table.headers.iter().cloned());
            if !wide.types.is_empty() {
                wide.types.resize(wide.headers.len(), ColumnType::Text);
            }
        }
        let own = &layout.headers;
        let place = |name: &str| own.iter().position(|it| canonical(it) == canonical(name));
        let only = self.mapping.only.iter();
        self.only = only.filter_map(|(name, it)| Some((place(name)?, it.as_slice()))).collect();
        self.reader.layout(&wide)
    }

    fn row(&mut self, line: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        self.wide.clone_from(cells);
        let wanted = self.is_wanted(cells);
        for (index, table) in self.tables.iter().enumerate() {
            let key = if wanted {
                self.to[index].read(&self.wide, &self.nulls, &mut self.scratch)
            } else {
                None
            };
            let partner = key.and_then(|it| table.cells(it));
            self.without[index] += u64::from(key.is_some() && partner.is_none());
            match partner {
                Some(gained) => gained.for_each(|it| self.wide.push_field(it)),
                None => table.headers.iter().for_each(|_| self.wide.push_field(b"")),
            }
        }
        self.reader.row(line, &self.wide)
    }
}
