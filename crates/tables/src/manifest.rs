//! The manifests of a dataset and a run: every input and output with its hash.
//!
//! A manifest is the last file written to its folder; a folder without one is not there yet.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Number of the dataset format that this version writes.
pub const DATASET_FORMAT: u32 = 1;

/// Number of the run format that this version writes.
pub const RUN_FORMAT: u32 = 1;

/// `manifest.json` of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetManifest {
    /// Number of the format.
    pub format: u32,
    /// Financial year, `2025-26`.
    pub year: String,
    /// Provider code.
    pub organisation: String,
    /// Hash of the model whose mapping was used.
    pub model_hash: String,
    /// Fingerprint of the pseudonym key: the start of a hash of it, never the key.
    pub key_fingerprint: String,
    /// Number of ranges of the patient key.
    pub buckets: u32,
    /// Files of the dataset in name order.
    pub files: Vec<FileEntry>,
    /// Files read, in name order.
    pub inputs: Vec<InputEntry>,
    /// Feeds of the model for which no file was there, in order.
    pub missing_feeds: Vec<String>,
}

/// `manifest.json` of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunManifest {
    /// Number of the format.
    pub format: u32,
    /// Id of the run: the start of a hash of everything below but the files.
    pub id: String,
    /// Version of the engine.
    pub engine: String,
    /// Financial year, `2025-26`.
    pub year: String,
    /// Last period of the year to date.
    pub last_period: u8,
    /// Provider code.
    pub organisation: String,
    /// Title of the model.
    pub title: String,
    /// Text that every output carries; blank if none.
    pub footnote: String,
    /// Hash of the model.
    pub model_hash: String,
    /// Hash of the dataset's manifest.
    pub dataset_hash: String,
    /// Fingerprint of the pseudonym key.
    pub key_fingerprint: String,
    /// Options that change results, in name order.
    pub options: std::collections::BTreeMap<String, String>,
    /// Files that were read at intake.
    pub inputs: Vec<InputEntry>,
    /// Files of the run in name order, without the manifest.
    pub files: Vec<FileEntry>,
}

/// One file of a dataset or run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Path below the folder, with `/`.
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// Rows of a table; 0 for other files.
    pub rows: u64,
    /// Rows in each bucket, for tables that are bucketed; a bucket without rows has no row group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bucket_rows: Vec<u64>,
}

/// One file that was read. Always: rows read = used + quarantined + rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputEntry {
    /// Feed that it belongs to.
    pub feed: String,
    /// Name below the folder read, with `/`.
    pub name: String,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// Data rows read.
    pub rows_read: u64,
    /// Rows used.
    pub rows_used: u64,
    /// Rows kept apart, each with a finding.
    pub rows_quarantined: u64,
    /// Rows rejected with their file, or left out because the model says so.
    pub rows_rejected: u64,
    /// Rows made of the used ones.
    pub rows_made: u64,
}

/// Row group of a bucket in a bucketed file, none if the bucket is empty.
pub fn row_group(bucket_rows: &[u64], bucket: u32) -> Option<usize> {
    let bucket = usize::try_from(bucket).ok()?;
    let rows = bucket_rows.get(bucket)?;
    (*rows > 0).then(|| bucket_rows[..bucket].iter().filter(|&&it| it > 0).count())
}

/// The file name of a code: bytes outside `A-Z a-z 0-9 - _ .` become `%` and two hex digits.
pub fn file_name(code: &str) -> String {
    let mut name = String::with_capacity(code.len());
    for byte in code.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            name.push(char::from(byte));
        } else {
            let _ = write!(name, "%{byte:02X}");
        }
    }
    name
}
