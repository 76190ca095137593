//! Matching and allocation by our engine, by `DuckDB` and by Polars, on the same files in one run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::measure::{self, Seen};
use crate::{from_csv, performance, process};

/// What all engines do, by the name that each tells it under.
const SHARED: &str = "matching and allocation";
/// Threads of each engine.
pub(crate) const THREADS: &str = "2";

/// What is measured.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) events: &'a str,
    pub(crate) rows: &'a str,
    pub(crate) shape: &'a str,
    pub(crate) rounds: usize,
    /// The only part that is measured, if there is one.
    only: Option<Part>,
}

/// A part that can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Matching and allocation, from Parquet files that all engines share.
    Costing,
    /// Intake, and all that follows, from CSV files.
    Csv,
}

/// Where the engines work, and what the others than ours are run by.
#[derive(Debug)]
pub(crate) struct Bench {
    folder: String,
    python: PathBuf,
}

/// What one engine was seen to take, round by round.
#[derive(Debug, Default)]
struct Times {
    /// Matching and allocation, in seconds.
    shared: Vec<f64>,
    /// Everything that it does, from its start to its end, in seconds.
    whole: Vec<f64>,
    /// The most memory in any round, in MiB.
    peak_mib: u64,
}

/// Makes the files, lets all engines work in turn, compares what they found, and prints tables.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let asked = asked(arguments)?;
    process::run(&mut process::cargo(&["build", "--release", "--package", "yardstick"]))?;
    let python = python()?;
    let folder = process::target().join("bench").join(format!("{}-{}", asked.rows, asked.shape));
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let bench = Bench { folder: folder.to_string_lossy().into_owned(), python };
    if asked.only != Some(Part::Csv) {
        costing(&bench, &asked)?;
    }
    if asked.only != Some(Part::Costing) {
        from_csv::run(&bench, &asked)?;
    }
    Ok(())
}

/// Matching and allocation of the same Parquet files.
fn costing(bench: &Bench, asked: &Asked<'_>) -> Result<()> {
    process::run(&mut bench.ours("make", &asked.size()))?;
    let mut times: BTreeMap<&str, Times> = BTreeMap::new();
    for _ in 0..asked.rounds {
        for (engine, command) in [
            ("Concord", bench.ours("cost", &[THREADS])),
            ("DuckDB", bench.script("duck.py", &[THREADS])),
            ("Polars", bench.script("polars_engine.py", &[THREADS])),
            ("reading and writing alone", bench.ours("floor", &[THREADS])),
        ] {
            let (seen, printed) = measure::step(engine, command)?;
            times.entry(engine).or_default().add(&seen, &printed)?;
        }
    }
    process::run(&mut bench.ours("told", &[]))?;
    let agreed = process::output(&mut bench.script("compare.py", &[]))?;
    let told = format!("{}\n{}", table(asked, &times)?, agreed.trim());
    let name = format!("{} {}", asked.rows, asked.shape);
    performance::tell(&name, &asked.command("costing"), &told)
}

impl Asked<'_> {
    /// Events, rows and shape, as our program takes them.
    pub(crate) fn size(&self) -> [&str; 3] {
        [self.events, self.rows, self.shape]
    }

    /// The command that measures one part once more.
    pub(crate) fn command(&self, part: &str) -> String {
        let Self { events, rows, shape, rounds, .. } = self;
        format!(
            "cargo xtask bench --events {events} --rows {rows} --shape {shape} --rounds {rounds} --only {part}"
        )
    }
}

impl Bench {
    /// Our own program in the folder.
    pub(crate) fn ours(&self, verb: &str, more: &[&str]) -> Command {
        let program = process::target().join("release/yardstick");
        process::program(program, &[&[verb, self.folder.as_str()][..], more].concat())
    }

    /// Another engine in the folder.
    pub(crate) fn script(&self, name: &str, more: &[&str]) -> Command {
        let script = process::repository().join("bench/engines").join(name);
        let script = script.to_string_lossy();
        process::program(&self.python, &[&[&*script, self.folder.as_str()][..], more].concat())
    }

    /// A file or folder below the folder.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        Path::new(&self.folder).join(below)
    }
}

/// Small unless told: a few minutes with five rounds.
fn asked<'a>(arguments: &[&'a str]) -> Result<Asked<'a>> {
    let usage =
        "cargo xtask bench [--events N --rows N] [--rounds N] [--shape SHAPE] [--only costing|csv]";
    let (events, rows) = ("100000", "2000000");
    let mut asked = Asked { events, rows, shape: "even", rounds: 5, only: None };
    for pair in arguments.chunks(2) {
        match *pair {
            ["--events", events] => asked.events = events,
            ["--rows", rows] => asked.rows = rows,
            ["--shape", shape] => asked.shape = shape,
            ["--rounds", rounds] => {
                asked.rounds = rounds.parse().context("--rounds is a number")?;
            }
            ["--only", "costing"] => asked.only = Some(Part::Costing),
            ["--only", "csv"] => asked.only = Some(Part::Csv),
            _ => bail!(usage),
        }
    }
    if asked.rounds == 0 {
        bail!("nothing is measured in 0 rounds");
    }
    Ok(asked)
}

/// A Python of its own with the engines in the versions of `requirements.txt`.
fn python() -> Result<PathBuf> {
    let home = process::target().join("bench/python");
    let python = home.join("bin/python");
    let requirements = process::repository().join("bench/engines/requirements.txt");
    if !python.exists() {
        let home = home.to_string_lossy().into_owned();
        process::run(&mut process::program("python3", &["-m", "venv", &home]))?;
    }
    let wanted = requirements.to_string_lossy().into_owned();
    let install = ["-m", "pip", "install", "--quiet", "--requirement", &wanted];
    process::run(&mut process::program(&python, &install))?;
    Ok(python)
}

impl Times {
    fn add(&mut self, seen: &Seen, printed: &str) -> Result<()> {
        let line = printed.lines().last().context("an engine printed nothing")?;
        let told: serde_json::Value = serde_json::from_str(line)
            .with_context(|| format!("an engine printed other than JSON: {line}"))?;
        let seconds = |name: &str| told["seconds"][name].as_f64();
        self.shared.push(seconds(SHARED).context("an engine told no time")?);
        self.whole.push(seconds("total").unwrap_or(seen.took.as_secs_f64()));
        self.peak_mib = self.peak_mib.max(seen.peak_kib.unwrap_or(0) / 1024);
        Ok(())
    }
}

/// Medians with ranges, and ratios to `DuckDB`.
#[expect(clippy::float_arithmetic, reason = "times are not money")]
fn table(asked: &Asked<'_>, times: &BTreeMap<&str, Times>) -> Result<String> {
    let rival = times.get("DuckDB").context("DuckDB was not measured")?;
    let (theirs, their_memory) = (measure::median(&rival.shared), rival.peak_mib);
    let mut text = format!(
        "{} events, {} feed rows, {}, {} rounds, {THREADS} threads\n\n| engine | {SHARED}, s (least to most) | of DuckDB | whole, s | peak memory, MiB | of DuckDB |\n|---|---|--:|--:|--:|--:|\n",
        asked.events, asked.rows, asked.shape, asked.rounds,
    );
    for (engine, it) in times {
        let (least, most) = range(&it.shared);
        #[expect(clippy::cast_precision_loss, reason = "MiB are few")]
        let memory = it.peak_mib as f64 / their_memory as f64;
        let _ = writeln!(
            text,
            "| {engine} | {:.2} ({least:.2} to {most:.2}) | {:.2} | {:.2} | {} | {memory:.2} |",
            measure::median(&it.shared),
            measure::median(&it.shared) / theirs,
            measure::median(&it.whole),
            it.peak_mib,
        );
    }
    Ok(text)
}

/// The least and the most.
pub(crate) fn range(all: &[f64]) -> (f64, f64) {
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    (least, all.iter().copied().fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_rounds_counts() {
        assert!((measure::median(&[9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((measure::median(&[4.0, 1.0]) - 1.0).abs() < f64::EPSILON);
        assert_eq!(range(&[2.0, 1.0, 3.0]), (1.0, 3.0));
    }

    #[test]
    fn one_part_can_be_asked_for() {
        let csv = asked(&["--rows", "20000000", "--only", "csv"]).expect("it is understood");
        assert_eq!((csv.rows, csv.rounds, csv.only), ("20000000", 5, Some(Part::Csv)));
        assert_eq!(
            csv.command("csv"),
            "cargo xtask bench --events 100000 --rows 20000000 --shape even --rounds 5 --only csv"
        );
        assert!(asked(&["--only", "all"]).is_err());
        assert!(asked(&["--rounds", "0"]).is_err());
    }

    #[test]
    fn what_an_engine_tells_is_read() {
        let took = std::time::Duration::from_secs(2);
        let seen = Seen { step: String::new(), took, peak_kib: Some(2048) };
        let mut times = Times::default();
        times.add(&seen, r#"{"seconds": {"matching and allocation": 1.5}}"#).expect("it is read");
        times.add(&seen, r#"{"seconds": {"matching and allocation": 1, "total": 3}}"#).expect("so");
        assert_eq!(
            (times.shared, times.whole, times.peak_mib),
            (vec![1.5, 1.0], vec![2.0, 3.0], 2)
        );
    }
}
