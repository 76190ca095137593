//! The same trust as its own systems would hand it over: CSV files, by time and not by patient.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use domain::{Day, Key, Money};
use tables::dataset::{Event, FeedRow};

use crate::bucket::{Bucket, Size, ledger};
use crate::model::{self, EVENT_FEEDS, FEEDS};

/// How the names of all folders end that have to do with these files.
pub(crate) const ENDING: &str = "-csv";
/// Seconds of a day.
const DAY: i64 = 86_400;
/// Local identifiers have as many digits.
const PATIENT_DIGITS: u128 = 1_000_000_000_000;

/// Writes `model-csv/` and `csv/`, in the memory of one range of patients, and says what was made.
pub(crate) fn make(folder: &Path, size: &Size) -> Result<String> {
    model::write(&folder.join(format!("model{ENDING}")), &EVENT_FEEDS)?;
    let to = folder.join("csv");
    fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
    let open = |name: &str, header: &str| Lines::new(&to.join(format!("{name}.csv")), header);
    let of_events = EVENT_FEEDS.map(|it| open(it, "PATIENT,EVENT,START,END,SPECIALTY,POD"));
    let mut of_events = of_events.into_iter().collect::<Result<Vec<_>>>()?;
    let of_rows = FEEDS.map(|it| open(it, "PATIENT,ROW,START,CODE,QUANTITY"));
    let mut of_rows = of_rows.into_iter().collect::<Result<Vec<_>>>()?;
    for number in 0..size.buckets() {
        let mut made = Bucket::new(number, size);
        for (place, (name, lines)) in std::iter::zip(FEEDS, &mut of_rows).enumerate() {
            let mut rows = made.rows(place, size);
            rows.sort_by_key(|it| (it.start_s, it.row));
            for row in &rows {
                lines.add(|count| feed_line(row, &format!("{name}{count:010}")))?;
            }
        }
        made.events.sort_by_key(|it| (it.start_s, it.event));
        for (event_type, lines) in std::iter::zip(EVENT_FEEDS, &mut of_events) {
            for event in made.events.iter().filter(|it| it.event_type == event_type) {
                lines.add(|count| event_line(event, &format!("{event_type}{count:010}")))?;
            }
        }
    }
    ledger_files(&to, size)?;
    let total = |all: Vec<Lines>| all.into_iter().map(Lines::finish).sum::<Result<u64>>();
    Ok(format!("{} events and {} rows of feeds as CSV", total(of_events)?, total(of_rows)?))
}

fn ledger_files(to: &Path, size: &Size) -> Result<()> {
    let ledger = ledger(size);
    let mut lines = Lines::new(&to.join("LEDGER.csv"), "COST CENTRE,ACCOUNT,YEAR,PERIOD,AMOUNT")?;
    for it in &ledger {
        let amount = it.amount.to_decimal();
        lines.add(|_| {
            format!("{},{},{},{},{amount}", it.cost_centre, it.account, it.year, it.period)
        })?;
    }
    lines.finish()?;
    let total: Money = ledger.iter().map(|it| it.amount).sum();
    let mut control = Lines::new(&to.join("CONTROL.csv"), "YEAR,PERIOD,AMOUNT")?;
    control.add(|_| format!("2025-26,12,{}", total.to_decimal()))?;
    control.finish()?;
    Ok(())
}

fn event_line(it: &Event, number: &str) -> String {
    let end = moment(it.end_s.unwrap_or(it.start_s));
    let patient = patient(it.patient);
    format!("{patient},{number},{},{end},{},{}", moment(it.start_s), it.specialty, it.pod)
}

fn feed_line(it: &FeedRow, number: &str) -> String {
    let patient = it.patient.map(patient).unwrap_or_default();
    let quantity = it.quantity_e4.unwrap_or(0) / 10_000;
    format!("{patient},{number},{},{},{quantity}", moment(it.start_s), it.code)
}

/// The local identifier, in no order of the keys.
fn patient(key: Key) -> String {
    format!("P{:012}", key.0 % PATIENT_DIGITS)
}

/// A time with its offset, so that no engine has to know when clocks go back.
fn moment(utc: i64) -> String {
    let day = i32::try_from(utc.div_euclid(DAY)).expect("it is of a year of ours");
    let (year, month, day) = Day(day).to_civil();
    let rest = utc.rem_euclid(DAY);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z")
}

/// A file in the making, with how many lines it has behind its header.
struct Lines {
    path: PathBuf,
    file: BufWriter<File>,
    count: u64,
}

impl Lines {
    fn new(path: &Path, header: &str) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot make {}", path.display()))?;
        let mut lines = Self { path: path.to_owned(), file: BufWriter::new(file), count: 0 };
        lines.put(header)?;
        Ok(lines)
    }

    /// Adds a line that is told its number.
    fn add(&mut self, line: impl FnOnce(u64) -> String) -> Result<()> {
        self.count += 1;
        self.put(&line(self.count))
    }

    fn put(&mut self, line: &str) -> Result<()> {
        let path = &self.path;
        writeln!(self.file, "{line}").with_context(|| format!("cannot write {}", path.display()))
    }

    fn finish(mut self) -> Result<u64> {
        let path = &self.path;
        self.file.flush().with_context(|| format!("cannot write {}", path.display()))?;
        Ok(self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::Shape;

    #[test]
    fn times_state_their_offset() {
        // 1,743,462,000 seconds are the first of April 2025, 00:00 in London and 23:00 in Greenwich.
        assert_eq!(moment(1_743_462_000), "2025-03-31 23:00:00Z");
        assert_eq!(moment(1_743_462_000 + 3600 + 61), "2025-04-01 00:01:01Z");
    }

    #[test]
    fn lines_are_as_a_trust_writes_them() {
        let row = FeedRow {
            patient: Some(Key(7_000_000_000_012)),
            start_s: 1_743_462_000,
            code: "A07".to_owned(),
            quantity_e4: Some(30_000),
            ..FeedRow::default()
        };
        // Twelve digits are left of the key; 30,000 ten-thousandths are 3.
        assert_eq!(feed_line(&row, "PATH1"), "P000000000012,PATH1,2025-03-31 23:00:00Z,A07,3");
        let nobody = FeedRow { patient: None, ..row };
        assert_eq!(feed_line(&nobody, "PATH1"), ",PATH1,2025-03-31 23:00:00Z,A07,3");
    }

    #[test]
    fn what_is_made_can_be_taken_in_whole_and_costed() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let shape = Shape::named("even").expect("it is a shape");
        let size = Size { events: 300, rows: 5_000, shape };
        let made = make(folder.path(), &size).expect("it is made");
        assert_eq!(made, "300 events and 5000 rows of feeds as CSV");
        // 5,000 rows, 300 events, 2,000 lines of the ledger and one of its total.
        let told = crate::taken_in::run(folder.path(), 2).expect("it is taken in");
        assert!(told.contains("\"rows\":7301"), "{told}");
        crate::stages::cost(folder.path(), 2, ENDING).expect("it is costed");
        // A second time begins afresh.
        crate::taken_in::run(folder.path(), 1).expect("it is taken in again");
    }
}
