//! Files of any accepted kind, read as rows of text cells, hashed and screened on the way.

mod archive;
mod csv_source;
pub(crate) mod discover;
mod hashing;
pub(crate) use hashing::hex;
pub(crate) mod join;
mod parquet_source;
mod screen;
mod sniff;
pub(crate) mod watch;
mod xlsx_source;

use std::io;
use std::path::Path;

use csv::ByteRecord;
use rules::intake_mapping::IntakeMapping;

/// Why a whole file is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} {message}")]
pub(crate) struct FileFault {
    /// Code of the case.
    pub(crate) code: &'static str,
    /// Line, 0 if none.
    pub(crate) line: u64,
    /// Column, blank if none.
    pub(crate) column: String,
    /// What is wrong, in words; no identity.
    pub(crate) message: String,
}

impl FileFault {
    /// A fault of the file as a whole.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, line: 0, column: String::new(), message: message.into() }
    }

    /// Says on which line.
    pub(crate) fn on(mut self, line: u64) -> Self {
        self.line = line;
        self
    }

    /// Says in which column.
    pub(crate) fn within(mut self, column: impl Into<String>) -> Self {
        self.column = column.into();
        self
    }

    /// A file that the system cannot read.
    pub(crate) fn unreadable(error: &io::Error) -> Self {
        Self::new("N1", format!("the file cannot be read: {error}"))
    }
}

/// The type of a column, where the file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnType {
    /// Text.
    Text,
    /// Whole or decimal numbers.
    Number,
    /// Dates or times.
    Date,
    /// Anything else.
    Other,
}

/// The columns of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Column names as they stand.
    pub(crate) headers: Vec<String>,
    /// Types of the columns; empty if the file has none.
    pub(crate) types: Vec<ColumnType>,
    /// Whether dates come in our own form, because the file knows what is a date.
    pub(crate) typed: bool,
    /// How many of the columns, at the end, come from other files.
    pub(crate) joined: usize,
}

/// Takes the rows of a file.
pub(crate) trait RowSink {
    /// The columns, before any row.
    fn layout(&mut self, layout: &Layout) -> Result<(), FileFault>;
    /// A row with its line, the header being line 1.
    fn row(&mut self, line: u64, cells: &ByteRecord) -> Result<(), FileFault>;
}

/// Something worth saying of a file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileNote {
    /// Code of the case.
    pub(crate) code: &'static str,
    /// How many rows or places it touches.
    pub(crate) rows: u64,
    /// What, in words.
    pub(crate) message: String,
}

/// What became of reading a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileOutcome {
    /// SHA-256 of its bytes.
    pub(crate) sha256: String,
    /// Its size.
    pub(crate) bytes: u64,
    /// Why it is refused, if it is.
    pub(crate) fault: Option<FileFault>,
    /// What is worth saying.
    pub(crate) notes: Vec<FileNote>,
}

/// Reads a file from end to end and gives its rows to the sink.
pub(crate) fn read(path: &Path, mapping: &IntakeMapping, sink: &mut dyn RowSink) -> FileOutcome {
    match read_once(path, mapping, sink) {
        Ok(outcome) => outcome,
        Err(error) => {
            FileOutcome { fault: Some(FileFault::unreadable(&error)), ..FileOutcome::default() }
        }
    }
}

fn read_once(
    path: &Path,
    mapping: &IntakeMapping,
    sink: &mut dyn RowSink,
) -> io::Result<FileOutcome> {
    let kind = sniff::kind(path, &mapping.format)?;
    Ok(match kind {
        Err(fault) => {
            let (sha256, bytes) = hashing::hash_of(path)?;
            FileOutcome { sha256, bytes, fault: Some(fault), notes: Vec::new() }
        }
        Ok(sniff::Kind::Csv { zipped }) => csv_source::read(path, zipped, mapping, sink)?,
        Ok(sniff::Kind::Xlsx) => xlsx_source::read(path, mapping, sink)?,
        Ok(sniff::Kind::Parquet) => parquet_source::read(path, sink)?,
    })
}
