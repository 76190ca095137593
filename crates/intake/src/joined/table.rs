//! The second file of a join, held in memory: for each key the cells that the first file gains.

use csv::ByteRecord;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use rules::intake_mapping::{IntakeMapping, Join};
use tables::manifest::InputEntry;

use crate::files::discover::Found;
use crate::files::{self, FileFault, FileNote, Layout, RowSink};
use crate::plan::{Nulls, Source, canonical, compile, names_of};

/// One join, ready to be asked.
#[derive(Debug)]
pub(crate) struct JoinTable {
    /// Names of the columns gained, as the mapping writes them.
    pub(crate) headers: Vec<String>,
    rows: HashMap<Box<[u8]>, Partner>,
    /// The files read, in the order of their names.
    pub(crate) inputs: Vec<InputEntry>,
    /// Keys that several rows have where one was expected.
    pub(crate) ambiguous: u64,
    /// What is worth saying of the files, with their names.
    pub(crate) notes: Vec<(String, FileNote)>,
}

/// What a key leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Partner {
    /// The cells of a row; in front the one that decides which row is taken.
    Row(Box<[Box<[u8]>]>),
    /// Several rows, so that none can be taken.
    Several,
}

/// Why a second file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JoinFault {
    /// Name of the file; the patterns if there is none.
    pub(crate) file: String,
    /// What is wrong.
    pub(crate) fault: FileFault,
}

impl JoinTable {
    /// Reads the files of a join.
    pub(crate) fn read(
        feed: &str,
        mapping: &IntakeMapping,
        join: &Join,
        found: &[&Found],
    ) -> Result<Self, JoinFault> {
        let (headers, wanted) = columns_wanted(mapping, join);
        let mut table = Self {
            headers,
            rows: HashMap::new(),
            inputs: Vec::new(),
            ambiguous: 0,
            notes: Vec::new(),
        };
        if found.is_empty() {
            let message = format!("no file of the join `{}` is there", join.name);
            let fault = FileFault::new("N6", message);
            return Err(JoinFault { file: join.files.join(", "), fault });
        }
        for file in found {
            let mut sink = TableSink::new(&mut table.rows, mapping, join, &wanted);
            let outcome = files::read(&file.path, mapping, &mut sink);
            let (read, used) = (sink.read, sink.used);
            if let Some(fault) = outcome.fault {
                return Err(JoinFault { file: file.name.clone(), fault });
            }
            table.notes.extend(outcome.notes.into_iter().map(|it| (file.name.clone(), it)));
            table.inputs.push(InputEntry {
                feed: feed.to_owned(),
                name: file.name.clone(),
                sha256: outcome.sha256,
                bytes: outcome.bytes,
                rows_read: read,
                rows_used: used,
                rows_rejected: read - used,
                ..InputEntry::default()
            });
        }
        let several = table.rows.values().filter(|it| **it == Partner::Several).count();
        table.ambiguous = u64::try_from(several).unwrap_or(u64::MAX);
        Ok(table)
    }

    /// The cells of a key, in the order of the headers; none if it has no partner or several.
    pub(crate) fn cells(&self, key: &[u8]) -> Option<impl Iterator<Item = &[u8]>> {
        match self.rows.get(key)? {
            Partner::Row(cells) => Some(cells[1..].iter().map(|it| &**it)),
            Partner::Several => None,
        }
    }
}

/// Columns of the second file that the mapping uses: as it calls them, and as the file does.
fn columns_wanted(mapping: &IntakeMapping, join: &Join) -> (Vec<String>, Vec<String>) {
    let mut wanted: Vec<(&str, &str)> =
        mapping.columns_read().into_iter().filter_map(|it| Some((it, join.column(it)?))).collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.into_iter().map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned())).unzip()
}

/// Takes the rows of one second file.
struct TableSink<'a> {
    rows: &'a mut HashMap<Box<[u8]>, Partner>,
    join: &'a Join,
    wanted: &'a [String],
    nulls: Nulls,
    key: Source,
    /// The column that decides between rows, then those gained.
    places: Vec<Option<usize>>,
    only: Vec<(usize, &'a [String])>,
    width: usize,
    scratch: Vec<u8>,
    read: u64,
    used: u64,
}

impl<'a> TableSink<'a> {
    fn new(
        rows: &'a mut HashMap<Box<[u8]>, Partner>,
        mapping: &IntakeMapping,
        join: &'a Join,
        wanted: &'a [String],
    ) -> Self {
        Self {
            rows,
            join,
            wanted,
            nulls: Nulls::new(&mapping.null),
            key: Source::Absent,
            places: Vec::new(),
            only: Vec::new(),
            width: 0,
            scratch: Vec::new(),
            read: 0,
            used: 0,
        }
    }

    fn partner(&self, cells: &ByteRecord) -> Partner {
        let cell = |place: &Option<usize>| {
            let text = place.and_then(|it| cells.get(it)).unwrap_or_default();
            Box::from(text.trim_ascii())
        };
        Partner::Row(self.places.iter().map(cell).collect())
    }
}

impl RowSink for TableSink<'_> {
    fn layout(&mut self, layout: &Layout) -> Result<(), FileFault> {
        let place = |name: &str| {
            let name = canonical(name);
            layout.headers.iter().position(|it| canonical(it) == name)
        };
        let needed = |name: &str| {
            place(name).ok_or_else(|| {
                let message = format!("the join `{}` needs the column `{name}`", self.join.name);
                FileFault::new("A18", message).on(1).within(name)
            })
        };
        names_of(&self.join.key).into_iter().try_for_each(|it| needed(it).map(drop))?;
        self.key = compile(&self.join.key, &place);
        let order = self.join.first_by.as_str();
        self.places = vec![if order.is_empty() { None } else { Some(needed(order)?) }];
        for name in self.wanted {
            self.places.push(Some(needed(name)?));
        }
        self.only = Vec::new();
        for (name, values) in &self.join.only {
            self.only.push((needed(name)?, values));
        }
        self.width = layout.headers.len();
        Ok(())
    }

    fn row(&mut self, _line: u64, cells: &ByteRecord) -> Result<(), FileFault> {
        self.read += 1;
        let fits = |(index, values): &(usize, &[String])| {
            let cell = cells.get(*index).unwrap_or_default().trim_ascii();
            values.iter().any(|it| it.as_bytes() == cell)
        };
        if cells.len() != self.width || !self.only.iter().all(fits) {
            return Ok(());
        }
        let Some(key) = self.key.read(cells, &self.nulls, &mut self.scratch) else {
            return Ok(());
        };
        let key = Box::from(key);
        let partner = self.partner(cells);
        self.used += 1;
        match self.rows.entry(key) {
            Entry::Vacant(place) => {
                place.insert(partner);
            }
            Entry::Occupied(mut place) => {
                let kept = place.get_mut();
                *kept = chosen(std::mem::replace(kept, Partner::Several), partner, self.join);
            }
        }
        Ok(())
    }
}

/// Which of two rows with one key is taken. Equal ones are one; whatever the order of files and
/// rows, the choice is the same.
fn chosen(one: Partner, other: Partner, join: &Join) -> Partner {
    match (one, other) {
        (Partner::Row(one), Partner::Row(other)) if one == other => Partner::Row(one),
        (Partner::Row(one), Partner::Row(other)) if !join.first_by.is_empty() => {
            Partner::Row(one.min(other))
        }
        _ => Partner::Several,
    }
}
