//! Writes the folder of a dataset from rows, as intake would: in order, in buckets, with a manifest.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use domain::Key;
use sha2::{Digest as _, Sha256};
use tables::Table;
use tables::dataset::{BudgetLine, ControlTotal, Event, FeedRow, IncomeLine, LedgerLine, Session};
use tables::manifest::{DATASET_FORMAT, DatasetManifest, FileEntry, InputEntry};
use tables::parquet_file::GroupWriter;

/// What a dataset is to hold.
#[derive(Clone, Debug, Default)]
pub struct DatasetRows {
    /// Financial year, `2025-26`.
    pub year: String,
    /// Events in any order.
    pub events: Vec<Event>,
    /// Rows by feed, in any order.
    pub feeds: BTreeMap<String, Vec<FeedRow>>,
    /// Whether the rows of one patient stay in the order given instead of that of their references.
    pub rows_as_given: bool,
    /// Planned sessions.
    pub sessions: Vec<Session>,
    /// Ledger lines.
    pub ledger: Vec<LedgerLine>,
    /// Budget lines; no file if there are none.
    pub budget: Vec<BudgetLine>,
    /// Control totals.
    pub control: Vec<ControlTotal>,
    /// Income lines.
    pub income: Vec<IncomeLine>,
    /// Findings of intake as CSV text; blank for no file.
    pub findings: String,
}

impl DatasetRows {
    /// Writes the dataset into a folder, which is made if it is not there.
    ///
    /// Buckets are equal ranges of the patient's key; rows without a patient stand last in the
    /// bucket of their own reference.
    ///
    /// # Panics
    ///
    /// If a file cannot be written.
    pub fn write(&self, folder: &Path, buckets: u32) {
        let mut writer = Writer { folder, files: Vec::new() };
        let mut events = self.events.clone();
        events.sort_by_key(|it| (it.patient, it.event));
        writer.bucketed("events.parquet", &events, buckets, |it| it.patient);
        let mut inputs = Vec::new();
        for (feed, rows) in &self.feeds {
            let mut rows = rows.clone();
            if !self.rows_as_given {
                rows.sort_by_key(|it| it.row);
            }
            rows.sort_by_key(|it| (it.patient.is_none(), it.patient));
            let name = format!("feeds/{feed}.parquet");
            writer.bucketed(&name, &rows, buckets, |it| it.patient.unwrap_or(it.row));
            inputs.push(input(feed, rows.len()));
        }
        let mut sessions = self.sessions.clone();
        sessions.sort_by(|one, other| one.session.cmp(&other.session));
        writer.whole("sessions.parquet", &sessions);
        let mut ledger = self.ledger.clone();
        ledger.sort_by(|one, other| one.ledger_line.cmp(&other.ledger_line));
        writer.whole("ledger.parquet", &ledger);
        writer.whole("control.parquet", &self.control);
        if !self.budget.is_empty() {
            writer.whole("budget.parquet", &self.budget);
        }
        let mut income = self.income.clone();
        income.sort_by_key(|it| it.line);
        writer.whole("income.parquet", &income);
        if !self.findings.is_empty() {
            writer.put("findings.csv", self.findings.as_bytes(), (0, Vec::new()));
        }
        writer.finish(self, buckets, inputs);
    }
}

fn input(feed: &str, rows: usize) -> InputEntry {
    let rows = rows as u64;
    InputEntry {
        feed: feed.to_owned(),
        name: format!("feeds/{feed}.csv"),
        sha256: hexadecimal(feed.as_bytes()),
        rows_read: rows,
        rows_used: rows,
        rows_made: rows,
        ..InputEntry::default()
    }
}

struct Writer<'a> {
    folder: &'a Path,
    files: Vec<FileEntry>,
}

impl Writer<'_> {
    fn bucketed<T: Table + Clone>(
        &mut self,
        name: &str,
        rows: &[T],
        buckets: u32,
        key: impl Fn(&T) -> Key,
    ) {
        let mut groups: Vec<Vec<T>> = vec![Vec::new(); buckets as usize];
        for row in rows {
            groups[key(row).bucket(buckets) as usize].push(row.clone());
        }
        let bucket_rows = groups.iter().map(|it| it.len() as u64).collect();
        let bytes = encode(&groups);
        self.put(name, &bytes, (rows.len(), bucket_rows));
    }

    fn whole<T: Table + Clone>(&mut self, name: &str, rows: &[T]) {
        self.put(name, &encode(&[rows.to_vec()]), (rows.len(), Vec::new()));
    }

    fn put(&mut self, name: &str, bytes: &[u8], (rows, bucket_rows): (usize, Vec<u64>)) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder is made");
        fs::write(&path, bytes).expect("a file is written");
        self.files.push(FileEntry {
            name: name.to_owned(),
            sha256: hexadecimal(bytes),
            bytes: bytes.len() as u64,
            rows: rows as u64,
            bucket_rows,
        });
    }

    fn finish(mut self, rows: &DatasetRows, buckets: u32, inputs: Vec<InputEntry>) {
        self.files.sort_by(|one, other| one.name.cmp(&other.name));
        let manifest = DatasetManifest {
            format: DATASET_FORMAT,
            year: rows.year.clone(),
            organisation: "X-TST".to_owned(),
            model_hash: String::new(),
            key_fingerprint: "test".to_owned(),
            buckets,
            files: self.files,
            inputs,
            missing_feeds: Vec::new(),
        };
        let text = serde_json::to_vec_pretty(&manifest).expect("plain values are valid JSON");
        fs::write(self.folder.join("manifest.json"), text).expect("a file is written");
    }
}

fn encode<T: Table>(groups: &[Vec<T>]) -> Vec<u8> {
    let mut writer = GroupWriter::new(Vec::new(), T::schema()).expect("memory takes every byte");
    for rows in groups.iter().filter(|it| !it.is_empty()) {
        writer.group(&T::batch(rows)).expect("the rows fit their contract");
    }
    writer.finish().expect("memory takes every byte")
}

fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
