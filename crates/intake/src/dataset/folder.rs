//! The files of a dataset while it is made, each hashed as it is written.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use tables::Table;
use tables::manifest::FileEntry;
use tables::parquet_file::GroupWriter;

use crate::error::{IntakeError, at};
use crate::files::hex;

/// A dataset folder that is not there yet: a hidden sibling of where it will be.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    entries: Mutex<Vec<FileEntry>>,
}

impl Folder {
    /// Makes the folder; what an intake left there that was killed is taken away.
    pub(crate) fn make(path: PathBuf) -> Result<Self, IntakeError> {
        if path.exists() {
            fs::remove_dir_all(&path).map_err(at(&path))?;
        }
        for part in [path.clone(), path.join("feeds"), path.join("quarantine"), spills(&path)] {
            fs::create_dir_all(&part).map_err(at(&part))?;
        }
        Ok(Self { path, entries: Mutex::default() })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Folder for bytes that wait.
    pub(crate) fn spills(&self) -> PathBuf {
        spills(&self.path)
    }

    /// Writes a table whose row groups are buckets; `batch` makes that of each bucket.
    ///
    /// The next buckets are made while those before them are written.
    pub(crate) fn bucketed(
        &self,
        name: &str,
        schema: SchemaRef,
        buckets: u32,
        batch: &(dyn Fn(u32) -> Result<RecordBatch, IntakeError> + Sync),
    ) -> Result<(), IntakeError> {
        let at_once = u32::try_from(rayon::current_num_threads()).unwrap_or(1);
        let make = |from: u32| -> Result<Vec<RecordBatch>, IntakeError> {
            (from..buckets.min(from + at_once)).into_par_iter().map(batch).collect()
        };
        let mut writer = GroupWriter::new(self.create(name)?, schema)?;
        let mut bucket_rows = Vec::new();
        let mut from = 0;
        let mut ready = make(from)?;
        while !ready.is_empty() {
            from += at_once;
            let write = || -> Result<(), IntakeError> {
                for batch in &ready {
                    writer.group(batch)?;
                    bucket_rows.push(u64::try_from(batch.num_rows()).unwrap_or(u64::MAX));
                }
                Ok(())
            };
            let (written, next) = rayon::join(write, || make(from.min(buckets)));
            written?;
            ready = next?;
        }
        let rows = bucket_rows.iter().sum();
        self.finish(name, writer.finish()?, (rows, bucket_rows))
    }

    /// Writes a small table as one row group.
    pub(crate) fn table<T: Table>(&self, name: &str, rows: &[T]) -> Result<(), IntakeError> {
        let mut writer = GroupWriter::new(self.create(name)?, T::schema())?;
        writer.group(&T::batch(rows))?;
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        self.finish(name, writer.finish()?, (count, Vec::new()))
    }

    /// Writes a file of text, in parts.
    pub(crate) fn text(
        &self,
        name: &str,
        write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), IntakeError> {
        let mut file = self.create(name)?;
        write(&mut file).map_err(at(&self.path.join(name)))?;
        self.finish(name, file, (0, Vec::new()))
    }

    /// Files written so far, in name order.
    pub(crate) fn entries(&self) -> Vec<FileEntry> {
        let mut entries = self.entries.lock().expect("no writer panics").clone();
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        entries
    }

    fn create(&self, name: &str) -> Result<HashWriter, IntakeError> {
        let path = self.path.join(name);
        let file = File::create(&path).map_err(at(&path))?;
        let file = BufWriter::with_capacity(1 << 17, file);
        Ok(HashWriter { file, hash: Sha256::new(), bytes: 0 })
    }

    fn finish(
        &self,
        name: &str,
        writer: HashWriter,
        (rows, bucket_rows): (u64, Vec<u64>),
    ) -> Result<(), IntakeError> {
        let path = self.path.join(name);
        let HashWriter { file, hash, bytes } = writer;
        let file = file.into_inner().map_err(|it| at(&path)(it.into_error()))?;
        // A failed fsync is never tried again: the intake fails and the dataset before stays.
        file.sync_all().map_err(at(&path))?;
        let sha256 = hex(&hash.finalize());
        let entry = FileEntry { name: name.to_owned(), sha256, bytes, rows, bucket_rows };
        self.entries.lock().expect("no writer panics").push(entry);
        Ok(())
    }
}

fn spills(folder: &Path) -> PathBuf {
    folder.join("spills")
}

/// A file that is hashed as it is written.
struct HashWriter {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.bytes += u64::try_from(count).unwrap_or(0);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
