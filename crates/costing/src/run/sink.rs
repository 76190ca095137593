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

use crate::dataset::hex;
use crate::error::CostingError;

/// Takes the files of a run as they are made, from several threads.
pub(crate) trait Sink: Sync {
    /// Takes one file.
    ///
    /// # Errors
    ///
    /// [`CostingError`] if it cannot be kept.
    fn put(&self, name: &str, bytes: &[u8], rows: u64) -> Result<(), CostingError>;
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
    let failed =
        |error: parquet::errors::ParquetError| CostingError::write(Path::new(name), &error);
    let mut writer = GroupWriter::new(Vec::new(), SchemaRef::clone(schema)).map_err(failed)?;
    let mut rows = 0;
    for group in groups {
        rows += group.num_rows() as u64;
        writer.group(&group).map_err(failed)?;
    }
    let bytes = writer.finish().map_err(failed)?;
    sink.put(name, &bytes, rows)
}

/// Writes files durably into a folder and remembers their hashes.
#[derive(Debug)]
pub(crate) struct FolderSink {
    folder: PathBuf,
    entries: Mutex<BTreeMap<String, FileEntry>>,
}

impl FolderSink {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, entries: Mutex::new(BTreeMap::new()) }
    }

    /// The files written, in name order.
    pub(crate) fn entries(self) -> Vec<FileEntry> {
        self.entries.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
    }
}

impl Sink for FolderSink {
    fn put(&self, name: &str, bytes: &[u8], rows: u64) -> Result<(), CostingError> {
        write_durably(&self.folder.join(name), bytes)?;
        let entry = FileEntry {
            name: name.to_owned(),
            sha256: hex(&Sha256::digest(bytes)),
            bytes: bytes.len() as u64,
            rows,
            bucket_rows: Vec::new(),
        };
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(name.to_owned(), entry);
        Ok(())
    }
}

/// Writes a file and waits until it is on disk. A failed wait is never tried again.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), CostingError> {
    let failed = |error: std::io::Error| CostingError::write(path, &error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = File::create(path).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.sync_all().map_err(failed)
}
