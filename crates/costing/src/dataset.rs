//! Reads a dataset that intake has made: small tables whole, events and feeds by bucket.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use parquet::errors::ParquetError;
use sha2::{Digest as _, Sha256};
use tables::Table;
use tables::dataset::{BudgetLine, ControlTotal, Event, FeedRow, IncomeLine, LedgerLine, Session};
use tables::footers;
use tables::manifest::{DATASET_FORMAT, DatasetManifest, FileEntry, row_group};
use tables::parquet_file::{GroupReader, SharedFile};

use crate::error::CostingError;

/// A way to read one row group of a file.
type ReadGroup<'a> =
    &'a dyn Fn(&GroupReader<SharedFile>, usize) -> Result<RecordBatch, ParquetError>;

/// A dataset folder with its manifest.
#[derive(Clone, Debug)]
pub struct Dataset {
    folder: PathBuf,
    /// What the folder holds.
    pub manifest: DatasetManifest,
    /// SHA-256 of the manifest's bytes.
    pub hash: String,
}

impl Dataset {
    /// Reads the manifest.
    ///
    /// # Errors
    ///
    /// [`CostingError::Read`] if there is none or it is damaged; [`CostingError::NewerFormat`] if
    /// a later version wrote it.
    pub fn open(folder: &Path) -> Result<Self, CostingError> {
        let path = folder.join("manifest.json");
        let bytes = std::fs::read(&path).map_err(|error| CostingError::read(&path, &error))?;
        let manifest: DatasetManifest =
            serde_json::from_slice(&bytes).map_err(|error| CostingError::read(&path, &error))?;
        if manifest.format > DATASET_FORMAT {
            return Err(CostingError::NewerFormat {
                what: "dataset",
                found: manifest.format,
                known: DATASET_FORMAT,
            });
        }
        Ok(Self { folder: folder.to_owned(), manifest, hash: hex(&Sha256::digest(&bytes)) })
    }

    /// Recomputes the hash of every file.
    ///
    /// # Errors
    ///
    /// [`CostingError::Changed`] naming the first file whose bytes are not those of the manifest.
    pub fn check_hashes(&self) -> Result<(), CostingError> {
        for entry in &self.manifest.files {
            let path = self.folder.join(&entry.name);
            let found = hash_file(&path)?;
            if found != entry.sha256 {
                return Err(CostingError::Changed { path, recorded: entry.sha256.clone(), found });
            }
        }
        Ok(())
    }

    /// Ledger lines in key order.
    ///
    /// # Errors
    ///
    /// [`CostingError::Read`] if the file is missing or damaged.
    pub fn ledger(&self) -> Result<Vec<LedgerLine>, CostingError> {
        self.small("ledger.parquet")
    }

    /// Control totals; none if the trust states none.
    ///
    /// # Errors
    ///
    /// As [`Dataset::ledger`].
    pub fn control(&self) -> Result<Vec<ControlTotal>, CostingError> {
        self.small("control.parquet")
    }

    /// Budget lines; none if the trust gave no budget.
    ///
    /// # Errors
    ///
    /// As [`Dataset::ledger`].
    pub fn budget(&self) -> Result<Vec<BudgetLine>, CostingError> {
        self.small("budget.parquet")
    }

    /// Planned sessions.
    ///
    /// # Errors
    ///
    /// As [`Dataset::ledger`].
    pub fn sessions(&self) -> Result<Vec<Session>, CostingError> {
        self.small("sessions.parquet")
    }

    /// Income lines.
    ///
    /// # Errors
    ///
    /// As [`Dataset::ledger`].
    pub fn income(&self) -> Result<Vec<IncomeLine>, CostingError> {
        self.small("income.parquet")
    }

    /// Findings of intake, as their CSV text; blank if there is none.
    ///
    /// # Errors
    ///
    /// As [`Dataset::ledger`].
    pub fn findings_csv(&self) -> Result<String, CostingError> {
        if self.entry("findings.csv").is_none() {
            return Ok(String::new());
        }
        let path = self.folder.join("findings.csv");
        std::fs::read_to_string(&path).map_err(|error| CostingError::read(&path, &error))
    }

    /// Names of the feeds that the dataset holds, in order.
    pub fn feeds(&self) -> Vec<String> {
        let name = |entry: &FileEntry| {
            entry.name.strip_prefix("feeds/")?.strip_suffix(".parquet").map(str::to_owned)
        };
        self.manifest.files.iter().filter_map(name).collect()
    }

    /// Rows of a feed in all buckets, as the manifest states them; none if there is no such feed.
    pub fn feed_rows(&self, feed: &str) -> i64 {
        let rows = self.entry(&format!("feeds/{feed}.parquet")).map_or(0, |it| it.rows);
        i64::try_from(rows).unwrap_or(i64::MAX)
    }

    /// SHA-256 of a file, as the manifest states it; none if there is no such file.
    pub fn hash_of(&self, name: &str) -> Option<&str> {
        self.entry(name).map(|it| it.sha256.as_str())
    }

    /// Number of buckets.
    pub fn buckets(&self) -> u32 {
        self.manifest.buckets
    }

    /// Events of one bucket, in (patient, event) order.
    ///
    /// # Errors
    ///
    /// As [`Dataset::ledger`].
    pub fn events(&self, bucket: u32) -> Result<Vec<Event>, CostingError> {
        match self.bucket("events.parquet", bucket, &|reader, group| reader.group(group, &[]))? {
            Some(batch) => Event::rows(&batch)
                .map_err(|error| CostingError::read(&self.folder.join("events.parquet"), &error)),
            None => Ok(Vec::new()),
        }
    }

    /// Rows of one feed in one bucket, in (patient, row) order, rows without patient last; texts, and
    /// which columns are left out, as [`GroupReader::group_listed`] has it.
    ///
    /// # Errors
    ///
    /// As [`Dataset::ledger`].
    pub fn feed(
        &self,
        feed: &str,
        bucket: u32,
        without: &[&str],
    ) -> Result<Option<RecordBatch>, CostingError> {
        self.bucket(&format!("feeds/{feed}.parquet"), bucket, &|reader, group| {
            has_columns(&reader.schema(), &FeedRow::schema())?;
            reader.group_listed(group, without)
        })
    }

    fn entry(&self, name: &str) -> Option<&FileEntry> {
        self.manifest.files.iter().find(|entry| entry.name == name)
    }

    fn bucket(
        &self,
        name: &str,
        bucket: u32,
        read: ReadGroup<'_>,
    ) -> Result<Option<RecordBatch>, CostingError> {
        let Some(entry) = self.entry(name) else { return Ok(None) };
        let Some(group) = row_group(&entry.bucket_rows, bucket) else { return Ok(None) };
        let path = self.folder.join(name);
        let reader = open_known(&path)?;
        let batch = read(&reader, group).map_err(|error| CostingError::read(&path, &error))?;
        let stated = entry.bucket_rows.get(bucket as usize).copied().unwrap_or_default();
        if batch.num_rows() as u64 != stated {
            let why = format!(
                "bucket {bucket} holds {} rows, but the manifest states {stated}",
                batch.num_rows()
            );
            return Err(CostingError::read(&path, &why));
        }
        Ok(Some(batch))
    }

    fn small<T: Table>(&self, name: &str) -> Result<Vec<T>, CostingError> {
        if self.entry(name).is_none() {
            return Ok(Vec::new());
        }
        read_table(&self.folder.join(name))
    }
}

/// Whether a file has every column of its contract: which of them are read is decided later.
fn has_columns(found: &Schema, wanted: &Schema) -> Result<(), ParquetError> {
    for field in wanted.fields() {
        match found.field_with_name(field.name()) {
            Ok(it) if it.data_type() == field.data_type() => {}
            Ok(it) => {
                let (name, found) = (field.name(), it.data_type());
                return Err(ParquetError::General(format!("column `{name}` holds {found}")));
            }
            Err(_) => return Err(ParquetError::General(format!("no column `{}`", field.name()))),
        }
    }
    Ok(())
}

/// A table of the dataset itself, which never changes: its footer is read once.
fn open_known(path: &Path) -> Result<GroupReader<SharedFile>, CostingError> {
    let file = File::open(path).map_err(|error| CostingError::read(path, &error))?;
    footers::reader(path, file).map_err(|error| CostingError::read(path, &error))
}

fn open(path: &Path) -> Result<GroupReader<SharedFile>, CostingError> {
    let file = File::open(path).map_err(|error| CostingError::read(path, &error))?;
    GroupReader::new(SharedFile::new(file)).map_err(|error| CostingError::read(path, &error))
}

/// Reads a whole table of a dataset or run.
///
/// # Errors
///
/// [`CostingError::Read`] if the file is missing, damaged or of another contract.
pub fn read_table<T: Table>(path: &Path) -> Result<Vec<T>, CostingError> {
    let reader = open(path)?;
    let mut rows = Vec::new();
    for group in 0..reader.groups() {
        let batch = reader.group(group, &[]).map_err(|error| CostingError::read(path, &error))?;
        rows.extend(T::rows(&batch).map_err(|error| CostingError::read(path, &error))?);
    }
    Ok(rows)
}

/// SHA-256 of a file in hexadecimal.
///
/// # Errors
///
/// [`CostingError::Read`] if it cannot be read.
pub fn hash_file(path: &Path) -> Result<String, CostingError> {
    let mut file = File::open(path).map_err(|error| CostingError::read(path, &error))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1_000_000];
    loop {
        let read = file.read(&mut buffer).map_err(|error| CostingError::read(path, &error))?;
        if read == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..read]);
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |it: u8| char::from_digit(u32::from(it), 16).unwrap_or('0'); // number: hexadecimal
    let half = |byte: &u8| [digit(byte >> 4), digit(byte & 15)]; // number: half a byte
    bytes.iter().flat_map(half).collect()
}
