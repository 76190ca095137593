//! Matching and allocation by our engine, by `DuckDB` and by Polars, on the same files in one run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::measure::{self, Seen};
use crate::{performance, process};

/// What all engines do, by the name that each tells it under.
const SHARED: &str = "matching and allocation";
/// Threads of each engine.
const THREADS: &str = "2";

/// What is measured.
#[derive(Debug)]
struct Asked<'a> {
    events: &'a str,
    rows: &'a str,
    shape: &'a str,
    rounds: usize,
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

/// Makes the files, lets all engines work in turn, compares what they found, and prints a table.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let asked = asked(arguments)?;
    process::run(&mut process::cargo(&["build", "--release", "--package", "yardstick"]))?;
    let python = python()?;
    let folder = process::target().join("bench").join(format!("{}-{}", asked.rows, asked.shape));
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let folder = folder.to_string_lossy().into_owned();
    let ours = |verb: &str, more: &[&str]| {
        let mut command =
            process::program(process::target().join("release/yardstick"), &[verb, &folder]);
        command.args(more);
        command
    };
    process::run(&mut ours("make", &[asked.events, asked.rows, asked.shape]))?;
    let script = |name: &str| {
        let script = process::repository().join("bench/engines").join(name);
        let mut command = Command::new(&python);
        command.arg(script).args([&*folder, THREADS]);
        command
    };
    let mut times: BTreeMap<&str, Times> = BTreeMap::new();
    for _ in 0..asked.rounds {
        for (engine, command) in [
            ("Concord", ours("cost", &[THREADS])),
            ("DuckDB", script("duck.py")),
            ("Polars", script("polars_engine.py")),
            ("reading and writing alone", ours("floor", &[THREADS])),
        ] {
            let (seen, printed) = measure::step(engine, command)?;
            times.entry(engine).or_default().add(&seen, &printed)?;
        }
    }
    process::run(&mut ours("told", &[]))?;
    let agreed = process::output(&mut script("compare.py"))?;
    let Asked { events, rows, shape, rounds } = asked;
    let command = format!(
        "cargo xtask bench --events {events} --rows {rows} --shape {shape} --rounds {rounds}"
    );
    let told = format!("{}\n{}", table(&asked, &times)?, agreed.trim());
    performance::tell(&format!("{rows} {shape}"), &command, &told)
}

/// Small unless told: a few minutes with five rounds.
fn asked<'a>(arguments: &[&'a str]) -> Result<Asked<'a>> {
    let mut asked = Asked { events: "100000", rows: "2000000", shape: "even", rounds: 5 };
    for pair in arguments.chunks(2) {
        match *pair {
            ["--events", events] => asked.events = events,
            ["--rows", rows] => asked.rows = rows,
            ["--shape", shape] => asked.shape = shape,
            ["--rounds", rounds] => {
                asked.rounds = rounds.parse().context("--rounds is a number")?;
            }
            _ => {
                bail!("cargo xtask bench [--events N --rows N] [--rounds N] [--shape even|skewed]")
            }
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

fn range(all: &[f64]) -> (f64, f64) {
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
