//! Where a run's tables go: into a folder, or beside the stored ones to be compared.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use sha2::{Digest as _, Sha256};
use tables::Table;
use tables::manifest::FileEntry;
use tables::parquet_file::GroupWriter;

use crate::dataset::{hash_file, hex};
use crate::error::CostingError;
use crate::kept::KeptFiles;

/// Takes the files of a run as they are made, from several threads.
pub(crate) trait Sink: Sync {
    /// Takes one file.
    ///
    /// # Errors
    ///
    /// [`CostingError`] if it cannot be kept.
    fn put(&self, name: &str, bytes: &[u8], rows: u64) -> Result<(), CostingError>;

    /// Takes the file of an earlier run that was made of the same, and says whether there was one.
    ///
    /// # Errors
    ///
    /// As [`Sink::put`].
    fn take_over(&self, _name: &str, _made_of: &str) -> Result<bool, CostingError> {
        Ok(false)
    }

    /// Takes one file which later runs that make it of the same may take over.
    ///
    /// # Errors
    ///
    /// As [`Sink::put`].
    fn put_made(
        &self,
        (name, _made_of): (&str, &str),
        bytes: &[u8],
        rows: u64,
    ) -> Result<(), CostingError> {
        self.put(name, bytes, rows)
    }
}

/// Encodes a table as one row group, and hands it over.
pub(crate) fn put_table<T: Table>(
    sink: &dyn Sink,
    name: &str,
    rows: &[T],
) -> Result<(), CostingError> {
    put_groups(sink, name, &T::schema(), std::iter::once(T::batch(rows)))
}

/// Rows of a row group of a table that is not bucketed.
const GROUP_ROWS: usize = 100_000; // number: rows of a row group

/// Encodes a long table in row groups of a fixed length, and hands it over.
pub(crate) fn put_long<T: Table>(
    sink: &dyn Sink,
    name: &str,
    mut rows: impl Iterator<Item = T>,
) -> Result<(), CostingError> {
    let groups = std::iter::from_fn(|| {
        let group: Vec<T> = rows.by_ref().take(GROUP_ROWS).collect();
        (!group.is_empty()).then(|| T::batch(&group))
    });
    put_groups(sink, name, &T::schema(), groups)
}

/// Encodes a table of several row groups, and hands it over.
pub(crate) fn put_groups(
    sink: &dyn Sink,
    name: &str,
    schema: &SchemaRef,
    groups: impl Iterator<Item = RecordBatch>,
) -> Result<(), CostingError> {
    let (bytes, rows) = encoded(name, schema, groups, Encoded::Alone)?;
    sink.put(name, &bytes, rows)
}

/// Encodes a table of several row groups that other runs may have made of the same, and hands it
/// over.
pub(crate) fn put_made_groups(
    sink: &dyn Sink,
    (name, made_of): (&str, &str),
    schema: &SchemaRef,
    groups: impl Iterator<Item = RecordBatch>,
) -> Result<(), CostingError> {
    let (bytes, rows) = encoded(name, schema, groups, Encoded::BesideOthers)?;
    sink.put_made((name, made_of), &bytes, rows)
}

/// Whether other tables are encoded at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoded {
    /// Others are: each keeps to one thread.
    BesideOthers,
    /// None is: its columns are encoded side by side.
    Alone,
}

/// A table as the bytes of its file, and its rows.
fn encoded(
    name: &str,
    schema: &SchemaRef,
    groups: impl Iterator<Item = RecordBatch>,
    how: Encoded,
) -> Result<(Vec<u8>, u64), CostingError> {
    let failed =
        |error: parquet::errors::ParquetError| CostingError::write(Path::new(name), &error);
    let mut writer = GroupWriter::new(Vec::new(), SchemaRef::clone(schema)).map_err(failed)?;
    let mut rows = 0;
    for group in groups {
        rows += group.num_rows() as u64;
        match how {
            Encoded::BesideOthers => writer.group(&group).map_err(failed)?,
            Encoded::Alone => writer.group_by_columns(&group).map_err(failed)?,
        }
    }
    Ok((writer.finish().map_err(failed)?, rows))
}

/// Writes files durably into a folder and remembers their hashes.
#[derive(Debug)]
pub(crate) struct FolderSink {
    folder: PathBuf,
    kept: Option<KeptFiles>,
    entries: Mutex<BTreeMap<String, FileEntry>>,
}

impl FolderSink {
    /// Into a folder; of files that were kept, those made of the same are taken over.
    pub(crate) fn new(folder: PathBuf, kept: Option<KeptFiles>) -> Self {
        Self { folder, kept, entries: Mutex::new(BTreeMap::new()) }
    }

    /// The files written, in name order.
    pub(crate) fn entries(self) -> Vec<FileEntry> {
        self.entries.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
    }

    /// Writes a file, and gives its hash.
    fn written(&self, name: &str, bytes: &[u8], rows: u64) -> Result<String, CostingError> {
        write_durably(&self.folder.join(name), bytes)?;
        let sha256 = hex(&Sha256::digest(bytes));
        self.note(name, &sha256, (bytes.len() as u64, rows));
        Ok(sha256)
    }

    fn note(&self, name: &str, sha256: &str, (bytes, rows): (u64, u64)) {
        let entry = FileEntry {
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            bytes,
            rows,
            bucket_rows: Vec::new(),
        };
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(name.to_owned(), entry);
    }
}

impl Sink for FolderSink {
    fn put(&self, name: &str, bytes: &[u8], rows: u64) -> Result<(), CostingError> {
        self.written(name, bytes, rows).map(drop)
    }

    fn take_over(&self, name: &str, made_of: &str) -> Result<bool, CostingError> {
        let found = self.kept.as_ref().and_then(|it| it.get(made_of));
        let Some((file, sha256, rows)) = found else { return Ok(false) };
        // What was changed since it was written is written anew.
        if hash_file(&file).ok().as_deref() != Some(sha256) {
            return Ok(false);
        }
        let path = self.folder.join(name);
        let failed = |error: std::io::Error| CostingError::write(&path, &error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        // Where a file can have one name only, the run writes its own.
        if std::fs::hard_link(&file, &path).is_err() {
            return Ok(false);
        }
        let bytes = std::fs::metadata(&path).map_err(failed)?.len();
        self.note(name, sha256, (bytes, rows));
        Ok(true)
    }

    fn put_made(
        &self,
        (name, made_of): (&str, &str),
        bytes: &[u8],
        rows: u64,
    ) -> Result<(), CostingError> {
        let sha256 = self.written(name, bytes, rows)?;
        if let Some(kept) = &self.kept {
            kept.put(made_of, &self.folder.join(name), (&sha256, rows));
        }
        Ok(())
    }
}

/// Writes a file and waits until it is on disk. A failed wait is never tried again.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), CostingError> {
    let failed = |error: std::io::Error| CostingError::write(path, &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    // Never into a file that another run holds too.
    let mut file = File::create_new(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.sync_all().map_err(failed)
}
