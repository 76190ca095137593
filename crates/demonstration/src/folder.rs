//! The folder of a demonstration trust: both years, the model and the record of what is planted.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use crate::activity::{Span, Tally, Trust, write_year};
use crate::faulty_month;
use crate::finances::Finances;
use crate::ledger::{self, Books};
use crate::model;
use crate::size::Size;
use crate::stories;

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// By financial year, `2025-26`.
    pub years: BTreeMap<String, YearSummary>,
}

/// What was written for one year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct YearSummary {
    /// Events that begin in the year, by type.
    pub events: BTreeMap<String, u64>,
    /// Rows by feed, faulty ones included.
    pub rows: BTreeMap<String, u64>,
    /// Lines of the general ledger.
    pub ledger_lines: u64,
    /// Whole pounds of cost in the ledger.
    pub cost_pounds: i64,
    /// Whole pounds of income for patients that the contract recognises.
    pub patient_income_pounds: i64,
    /// How often facts of planted stories were seen, by name; only counting fills it.
    pub facts: BTreeMap<String, i64>,
}

/// Writes a demonstration trust into a folder, which is made if it is not there.
///
/// Files that are there already are replaced. `progress` is told a task, how much of it is done and
/// how much there is; it is called from the thread that called this function. The same size and seed
/// give the same bytes on every machine.
///
/// # Errors
///
/// What the file system says, such as a full disk.
pub fn write(
    dir: &Path,
    size: Size,
    seed: u64,
    progress: &dyn Fn(&str, u64, u64),
) -> io::Result<Summary> {
    let trust = Trust::new(size, seed);
    let finances = Finances::read(size);
    // The ledger comes first, so that it cannot know what patients turn out to need.
    let mut ledgers = BTreeMap::new();
    for year in model::YEARS {
        let books = Books { size, seed: trust.seed, span: Span::of(year), finances: &finances };
        ledgers.insert(year, ledger::write(&books, dir)?);
        progress("ledger", 1, 1);
    }
    let tallies = activity(&trust, dir, progress)?;
    let mut summary = Summary::default();
    let mut occupancy = model::Occupancy::new();
    for (year, tally) in &tallies {
        let (ledger_lines, cost_pounds) = ledgers[year];
        summary.years.insert(Span::of(*year).name(), of_year(tally, ledger_lines, cost_pounds));
        for (ward, minutes) in &tally.occupancy {
            occupancy.insert((*year, ward.clone()), *minutes);
        }
    }
    let files = model::files(size, &finances, &occupancy);
    for (name, bytes) in &files {
        write_file(&dir.join("model").join(name), bytes)?;
    }
    for (name, text) in stories::files(&files, &tallies, (size, seed)) {
        write_file(&dir.join(name), text.as_bytes())?;
    }
    let latest = Span::of(model::YEARS[model::YEARS.len() - 1]).name();
    faulty_month::write(dir, &latest)?;
    write_file(&dir.join("concord.toml"), configuration(size, seed).as_bytes())?;
    progress("model", 1, 1);
    Ok(summary)
}

/// Counts what [`write()`] would write for the financial year that begins in a calendar year, and writes
/// nothing; the ledger is left out.
///
/// # Errors
///
/// None in practice: only writing can fail.
pub fn count(
    size: Size,
    seed: u64,
    year: i32,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> io::Result<YearSummary> {
    let tally = write_year(&Trust::new(size, seed), Span::of(year), None, progress)?;
    let mut summary = of_year(&tally, 0, 0);
    let facts = tally.facts.into_iter();
    summary.facts = facts.map(|(fact, (count, _))| (fact, count)).collect();
    Ok(summary)
}

/// Writes both years at once, each in a thread of its own.
fn activity(
    trust: &Trust,
    dir: &Path,
    progress: &dyn Fn(&str, u64, u64),
) -> io::Result<BTreeMap<i32, Tally>> {
    let done = Mutex::new([0_u64; model::YEARS.len()]);
    let days = Mutex::new(1_u64);
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for (index, year) in model::YEARS.into_iter().enumerate() {
            let (done, days) = (&done, &days);
            threads.push(scope.spawn(move || {
                let told = |day: u64, of: u64| {
                    done.lock().expect("no thread panics while it counts")[index] = day;
                    *days.lock().expect("no thread panics while it counts") = of;
                };
                write_year(trust, Span::of(year), Some(dir), &told).map(|tally| (year, tally))
            }));
        }
        while threads.iter().any(|it| !it.is_finished()) {
            thread::sleep(std::time::Duration::from_millis(20));
            let days = *days.lock().expect("no thread panics while it counts");
            let done: u64 = done.lock().expect("no thread panics while it counts").iter().sum();
            progress("activity", done, 2 * days);
        }
        threads.into_iter().map(|it| it.join().expect("writing does not panic")).collect()
    })
}

fn of_year(tally: &Tally, ledger_lines: u64, cost_pounds: i64) -> YearSummary {
    let owned = |counts: &BTreeMap<&'static str, u64>| {
        counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    };
    YearSummary {
        events: owned(&tally.events),
        rows: owned(&tally.rows),
        ledger_lines,
        cost_pounds,
        patient_income_pounds: tally.income.values().sum::<i64>() / 100,
        facts: BTreeMap::new(),
    }
}

/// Writes a file and makes the folders above it.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}

fn configuration(size: Size, seed: u64) -> String {
    format!(
        "# A demonstration trust; everything in it is invented.\n\
         # Written by: concord demo --size {size} --seed {seed}\n\
         \n\
         operator = \"Demonstration operator\"\n\
         model = \"model\"\n\
         from = \".\"\n\
         datasets = \"datasets\"\n\
         runs = \"runs\"\n\
         vault = \"vault\"\n\
         \n\
         [site]\n\
         trust = \"Ashbourne Vale NHS Trust\"\n\
         demonstration = true\n"
    )
}
