//! Makes a prepared dataset of any size, patient by patient, in the memory of one bucket.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use costing::dataset::hash_file;
use tables::Table;
use tables::dataset::{ControlTotal, Event, FeedRow};
use tables::manifest::{DATASET_FORMAT, DatasetManifest, FileEntry, InputEntry};
use tables::parquet_file::GroupWriter;

use crate::bucket::{Bucket, Size, ledger};
use crate::model::{self, FEEDS};

/// Writes `model/` and `dataset/`, and says what was made.
pub(crate) fn make(folder: &Path, size: &Size) -> Result<String> {
    model::write(&folder.join("model"), &[])?;
    let dataset = folder.join("dataset");
    fs::create_dir_all(dataset.join("feeds"))
        .with_context(|| format!("cannot make {}", dataset.display()))?;
    let mut events = Bucketed::<Event>::new(&dataset, "events.parquet")?;
    let mut feeds = FEEDS
        .iter()
        .map(|feed| Bucketed::<FeedRow>::new(&dataset, &format!("feeds/{feed}.parquet")))
        .collect::<Result<Vec<_>>>()?;
    for bucket in 0..size.buckets() {
        let made = Bucket::new(bucket, size);
        events.group(&made.events)?;
        for (place, feed) in feeds.iter_mut().enumerate() {
            feed.group(&made.rows(place, size))?;
        }
    }
    let mut files = vec![events.finish()?];
    for feed in feeds {
        files.push(feed.finish()?);
    }
    let ledger = ledger(size);
    let control = ControlTotal { period: 12, amount: ledger.iter().map(|it| it.amount).sum() }; // number: March
    files.push(whole(&dataset, "ledger.parquet", &ledger)?);
    files.push(whole(&dataset, "control.parquet", &[control])?);
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let rows: u64 = files.iter().filter(|it| it.name.starts_with("feeds/")).map(|it| it.rows).sum();
    let said = format!(
        "{} events and {rows} rows of feeds",
        files.iter().find(|it| it.name == "events.parquet").map_or(0, |it| it.rows)
    );
    manifest(&dataset, files, size)?;
    Ok(said)
}

fn manifest(dataset: &Path, files: Vec<FileEntry>, size: &Size) -> Result<()> {
    let input = |file: &FileEntry| {
        let feed = file.name.strip_prefix("feeds/")?.strip_suffix(".parquet")?;
        Some(InputEntry {
            feed: feed.to_owned(),
            name: format!("{feed}.csv"),
            sha256: file.sha256.clone(),
            rows_read: file.rows,
            rows_used: file.rows,
            rows_made: file.rows,
            ..InputEntry::default()
        })
    };
    let manifest = DatasetManifest {
        format: DATASET_FORMAT,
        year: "2025-26".to_owned(),
        organisation: "X-RYD".to_owned(),
        buckets: u32::try_from(size.buckets())?,
        inputs: files.iter().filter_map(input).collect(),
        files,
        ..DatasetManifest::default()
    };
    let path = dataset.join("manifest.json");
    fs::write(&path, serde_json::to_vec_pretty(&manifest)?)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// A file whose row groups are buckets.
struct Bucketed<T> {
    path: PathBuf,
    name: String,
    writer: GroupWriter<BufWriter<File>>,
    rows: Vec<u64>,
    of: std::marker::PhantomData<T>,
}

impl<T: Table> Bucketed<T> {
    fn new(dataset: &Path, name: &str) -> Result<Self> {
        let path = dataset.join(name);
        let file =
            File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let writer = GroupWriter::new(BufWriter::new(file), T::schema())?;
        Ok(Self {
            path,
            name: name.to_owned(),
            writer,
            rows: Vec::new(),
            of: std::marker::PhantomData,
        })
    }

    fn group(&mut self, rows: &[T]) -> Result<()> {
        self.rows.push(rows.len() as u64);
        Ok(self.writer.group(&T::batch(rows))?)
    }

    fn finish(self) -> Result<FileEntry> {
        self.writer.finish()?;
        entry(&self.path, self.name, self.rows)
    }
}

fn entry(path: &Path, name: String, bucket_rows: Vec<u64>) -> Result<FileEntry> {
    Ok(FileEntry {
        name,
        sha256: hash_file(path)?,
        bytes: fs::metadata(path)?.len(),
        rows: bucket_rows.iter().sum(),
        bucket_rows,
    })
}

fn whole<T: Table>(dataset: &Path, name: &str, rows: &[T]) -> Result<FileEntry> {
    let mut file = Bucketed::<T>::new(dataset, name)?;
    file.group(rows)?;
    let found = file.finish()?;
    Ok(FileEntry { rows: rows.len() as u64, bucket_rows: Vec::new(), ..found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::Shape;

    #[test]
    fn what_is_made_can_be_costed_to_the_penny() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for name in ["even", "skewed"] {
            let folder = folder.path().join(name);
            let shape = Shape::named(name).expect("it is a shape");
            let size = Size { events: 300, rows: 5_000, shape };
            assert_eq!(
                make(&folder, &size).expect("it is made"),
                "300 events and 5000 rows of feeds"
            );
            let told = crate::stages::cost(&folder, 2, "").expect("it is costed");
            assert!(told.contains("\"total\""), "{told}");
            // A second costing begins afresh.
            crate::stages::cost(&folder, 1, "").expect("it is costed again");
        }
    }
}
