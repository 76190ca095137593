//! Makes a prepared dataset of any size, patient by patient, in the memory of one bucket.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use costing::dataset::hash_file;
use domain::{Key, Money};
use tables::Table;
use tables::dataset::{ControlTotal, Event, FeedRow, LedgerLine};
use tables::manifest::{DATASET_FORMAT, DatasetManifest, FileEntry, InputEntry};
use tables::parquet_file::GroupWriter;

use crate::model::{self, ACTIVITIES, FEEDS, RESOURCES};
use crate::random::Random;

/// How much is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) events: u64,
    /// Rows of all feeds.
    pub(crate) rows: u64,
    /// Whether one patient has a twentieth of the rows, one activity half of them, and one cost
    /// centre three fifths of the cost.
    pub(crate) is_skewed: bool,
}

/// Ranges of the patient key; a power of two.
const BUCKETS: u64 = 64;
/// How many events a patient has, in tenths: as in a large trust.
const EVENTS_OF_TEN_PATIENTS: u64 = 33;
/// Seconds from 1970 to the first of April 2025, 00:00 in London.
const YEAR_BEGINS: i64 = 1_743_462_000;
/// Days of the year.
const DAYS: u64 = 365;
const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
/// Ledger lines.
const LEDGER_LINES: u64 = 2000;

/// Writes `model/` and `dataset/`, and says what was made.
pub(crate) fn make(folder: &Path, size: &Size) -> Result<String> {
    model::write(&folder.join("model"))?;
    let dataset = folder.join("dataset");
    fs::create_dir_all(dataset.join("feeds"))
        .with_context(|| format!("cannot make {}", dataset.display()))?;
    let mut events = Bucketed::<Event>::new(&dataset, "events.parquet")?;
    let mut feeds = FEEDS
        .iter()
        .map(|feed| Bucketed::<FeedRow>::new(&dataset, &format!("feeds/{feed}.parquet")))
        .collect::<Result<Vec<_>>>()?;
    for bucket in 0..BUCKETS {
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
    manifest(&dataset, files)?;
    Ok(said)
}

fn manifest(dataset: &Path, files: Vec<FileEntry>) -> Result<()> {
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
        buckets: u32::try_from(BUCKETS)?,
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

/// The events of one range of patients.
struct Bucket {
    number: u64,
    patients: Vec<Key>,
    events: Vec<Event>,
}

impl Bucket {
    fn new(number: u64, size: &Size) -> Self {
        let mut random = Random::new(number);
        let count = part(size.events, number, BUCKETS);
        let wanted = (count * 10 / EVENTS_OF_TEN_PATIENTS).max(1);
        let mut patients: Vec<Key> = (0..wanted).map(|_| in_range(number, random.key())).collect();
        patients.sort_unstable();
        let mut events: Vec<Event> =
            (0..count).map(|_| event(patients[index(random.below(wanted))], &mut random)).collect();
        events.sort_by_key(|it| (it.patient, it.event));
        Self { number, patients, events }
    }

    /// Rows of one feed, those of the busiest patient last until they are put in order.
    fn rows(&self, feed: usize, size: &Size) -> Vec<FeedRow> {
        let mut random = Random::new(1_000 + self.number * FEEDS.len() as u64 + feed as u64); // number: seeds of events are lower
        let of_feed = part(size.rows, feed as u64, FEEDS.len() as u64);
        let busy = if size.is_skewed { of_feed / 20 } else { 0 }; // number: a twentieth
        let others = part(of_feed - busy, self.number, BUCKETS);
        let busy = if self.number == 0 { busy } else { 0 };
        let busiest = self.events[0].patient;
        let mut rows = Vec::with_capacity(index(others + busy));
        for it in 0..others + busy {
            let patient = if it < others { self.patient(&mut random) } else { Some(busiest) };
            rows.push(self.row(patient, &mut random, size));
        }
        rows.sort_by_key(|it| (it.patient.is_none(), it.patient, it.row));
        rows
    }

    /// Four rows in five are within hours of an event of their patient.
    fn row(&self, patient: Option<Key>, random: &mut Random, size: &Size) -> FeedRow {
        let of = patient.map_or(&[][..], |it| self.events_of(it));
        let start = if of.is_empty() || random.below(5) == 0 {
            YEAR_BEGINS + seconds(random.below(DAYS * DAY))
        } else {
            let event = &of[index(random.below(of.len() as u64))];
            let last = event.end_s.unwrap_or(event.start_s);
            let length = u64::try_from(last - event.start_s).unwrap_or(0) + 4 * HOUR; // number: some before, some after
            event.start_s - seconds(HOUR) + seconds(random.below(length))
        };
        let latest = YEAR_BEGINS + seconds(DAYS * DAY) - 1;
        let start = start.clamp(YEAR_BEGINS, latest);
        let common = size.is_skewed && random.below(2) == 0;
        let code = if common { 0 } else { random.below(ACTIVITIES) };
        FeedRow {
            patient,
            event: None,
            row: in_range(self.number, random.key()),
            spell: None,
            start_s: start,
            start_is_day: false,
            end_s: Some(start),
            code: format!("A{code:02}"),
            specialty: "300".to_owned(),
            quantity_e4: Some(10_000 * seconds(1 + random.below(5))), // number: one to five
            origin: "native".to_owned(),
            ..FeedRow::default()
        }
    }

    fn events_of(&self, patient: Key) -> &[Event] {
        let from = self.events.partition_point(|it| it.patient < patient);
        let length = self.events[from..].partition_point(|it| it.patient == patient);
        &self.events[from..from + length]
    }

    /// One row in twenty has no identity, one in fifty that of somebody without events.
    fn patient(&self, random: &mut Random) -> Option<Key> {
        match random.below(100) {
            0..5 => None,
            5..7 => Some(in_range(self.number, random.key())),
            _ => Some(self.patients[index(random.below(self.patients.len() as u64))]),
        }
    }
}

/// A stay, a clinic or an emergency attendance.
fn event(patient: Key, random: &mut Random) -> Event {
    let start = YEAR_BEGINS + seconds(random.below((DAYS - 10) * DAY)); // number: all end in the year
    let (event_type, pod, length) = match random.below(20) {
        0..4 => ("APC", "NEL", 6 * HOUR + random.below(8 * DAY)),
        4..7 => ("ED", "ED", HOUR + random.below(5 * HOUR)),
        _ => ("OP", "OPFU", 20 * 60), // number: minutes of a clinic
    };
    Event {
        patient,
        event: Key(random.key()),
        event_type: event_type.to_owned(),
        start_s: start,
        end_s: Some(start + seconds(length)),
        specialty: "300".to_owned(),
        pod: pod.to_owned(),
        category: "OWN".to_owned(),
        ..Event::default()
    }
}

/// Two thousand lines of a trust of about half a billion pounds.
fn ledger(size: &Size) -> Vec<LedgerLine> {
    let mut random = Random::new(7); // number: any seed
    let line = |it: u64, random: &mut Random| {
        let centre = if size.is_skewed && it % 5 < 3 { 0 } else { it % RESOURCES };
        let period = 1 + it % 12; // number: months
        let amount = 10_000_000_000 + seconds(random.below(480_000_000_000)); // number: £10,000 to £490,000
        LedgerLine {
            ledger_line: format!("CC{centre:02}-{it:04}"),
            cost_centre: format!("CC{centre:02}"),
            account: format!("{:06}", 100_000 + it),
            year: "2025-26".to_owned(),
            period: seconds(period),
            amount: Money::from_micro_pounds(amount),
            ..LedgerLine::default()
        }
    };
    let mut lines: Vec<LedgerLine> = (0..LEDGER_LINES).map(|it| line(it, &mut random)).collect();
    lines.sort_by(|one, other| one.ledger_line.cmp(&other.ledger_line));
    lines
}

/// The share of one of several parts, the first ones taking what is left over.
const fn part(whole: u64, of: u64, parts: u64) -> u64 {
    whole / parts + if of < whole % parts { 1 } else { 0 }
}

/// A key in a bucket's range.
fn in_range(bucket: u64, key: u128) -> Key {
    let bits = BUCKETS.trailing_zeros();
    Key((u128::from(bucket) << (u128::BITS - bits)) | (key >> bits))
}

fn index(number: u64) -> usize {
    usize::try_from(number).expect("it fits in memory")
}

fn seconds(number: u64) -> i64 {
    i64::try_from(number).expect("it was drawn below a small number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_can_be_costed_to_the_penny() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for is_skewed in [false, true] {
            let folder = folder.path().join(format!("{is_skewed}"));
            let size = Size { events: 300, rows: 5_000, is_skewed };
            assert_eq!(
                make(&folder, &size).expect("it is made"),
                "300 events and 5000 rows of feeds"
            );
            let told = crate::stages::cost(&folder, 2).expect("it is costed");
            assert!(told.contains("\"total\""), "{told}");
            // A second costing begins afresh.
            crate::stages::cost(&folder, 1).expect("it is costed again");
        }
    }

    #[test]
    fn parts_make_the_whole() {
        assert_eq!((0..3).map(|it| part(11, it, 3)).collect::<Vec<_>>(), [4, 4, 3]);
    }
}
