//! Intake of CSV files by our engine, by `DuckDB` and by Polars, and the whole way to written costs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::bench::{Asked, Bench, THREADS, range};
use crate::measure::{self, Seen};
use crate::{performance, process};

/// The engine that the others are set beside.
const RIVAL: &str = "DuckDB";
/// Bytes of a MiB.
const MIB: u64 = 1 << 20;

/// What one engine was seen to take, round by round.
#[derive(Debug, Default)]
struct Way {
    /// Intake as the engine tells it, in seconds.
    intake: Vec<f64>,
    /// Both its programs from start to end, in seconds.
    whole: Vec<f64>,
    /// The most memory of intake in any round, in MiB.
    intake_mib: u64,
    /// The most memory of what follows, in MiB.
    costing_mib: u64,
}

/// Makes the files, lets all engines take them in and cost them in turn, compares what came of it,
/// and prints two tables.
pub(crate) fn run(bench: &Bench, asked: &Asked<'_>) -> Result<()> {
    process::run(&mut bench.ours("csv", &asked.size()))?;
    let mut ways: BTreeMap<&str, Way> = BTreeMap::new();
    for _ in 0..asked.rounds {
        for (engine, intake, costing) in [
            ("Concord", bench.ours("intake", &[THREADS]), bench.ours("cost", &[THREADS, "csv"])),
            (
                RIVAL,
                bench.script("duck_intake.py", &[THREADS]),
                bench.script("duck.py", &[THREADS, "duckdb-csv"]),
            ),
            (
                "Polars",
                bench.script("polars_intake.py", &[THREADS]),
                bench.script("polars_engine.py", &[THREADS, "polars-csv"]),
            ),
        ] {
            let (intake, printed) = measure::step(engine, intake)?;
            let (costing, _) = measure::step(engine, costing)?;
            ways.entry(engine).or_default().add([&intake, &costing], &printed)?;
        }
    }
    let agreed = process::output(&mut bench.script("compare_csv.py", &[]))?;
    let [events, rows, shape] = asked.size();
    let files = size_mib(&bench.path("csv"))?;
    let head = format!(
        "{events} events, {rows} feed rows, {shape}, {files} MiB of CSV, {} rounds, {THREADS} threads",
        asked.rounds
    );
    let command = asked.command("csv");
    let intake = format!("{head}\n\n{}", intake_table(&ways)?);
    performance::tell(&format!("intake {rows} {shape}"), &command, &intake)?;
    let whole = format!("{head}\n\n{}\n{}", whole_table(&ways)?, agreed.trim());
    performance::tell(&format!("end to end {rows} {shape}"), &command, &whole)
}

/// All files of a folder together.
fn size_mib(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes / MIB)
}

impl Way {
    #[expect(clippy::float_arithmetic, reason = "times are not money")]
    fn add(&mut self, [intake, costing]: [&Seen; 2], printed: &str) -> Result<()> {
        let line = printed.lines().last().context("an intake printed nothing")?;
        let told: serde_json::Value = serde_json::from_str(line)
            .with_context(|| format!("an intake printed other than JSON: {line}"))?;
        self.intake.push(told["seconds"]["intake"].as_f64().context("an intake told no time")?);
        self.whole.push(intake.took.as_secs_f64() + costing.took.as_secs_f64());
        let mib = |it: &Seen| it.peak_kib.unwrap_or(0) / 1024;
        self.intake_mib = self.intake_mib.max(mib(intake));
        self.costing_mib = self.costing_mib.max(mib(costing));
        Ok(())
    }
}

/// Intake alone: medians with ranges, and ratios to `DuckDB`.
#[expect(clippy::float_arithmetic, reason = "times are not money")]
fn intake_table(ways: &BTreeMap<&str, Way>) -> Result<String> {
    let rival = ways.get(RIVAL).context("DuckDB was not measured")?;
    let theirs = measure::median(&rival.intake);
    let mut text =
        "| engine | intake, s (least to most) | of DuckDB | peak memory, MiB |\n".to_owned();
    text += "|---|---|--:|--:|\n";
    for (engine, it) in ways {
        let (median, (least, most)) = (measure::median(&it.intake), range(&it.intake));
        let _ = writeln!(
            text,
            "| {engine} | {median:.2} ({least:.2} to {most:.2}) | {:.2} | {} |",
            median / theirs,
            it.intake_mib,
        );
    }
    Ok(text)
}

/// From CSV to written costs: medians with ranges, and ratios to `DuckDB`.
#[expect(clippy::float_arithmetic, reason = "times are not money")]
fn whole_table(ways: &BTreeMap<&str, Way>) -> Result<String> {
    let rival = ways.get(RIVAL).context("DuckDB was not measured")?;
    let theirs = measure::median(&rival.whole);
    let mut text =
        "| engine | from CSV to written costs, s (least to most) | of DuckDB | peak memory, MiB |\n"
            .to_owned();
    text += "|---|---|--:|--:|\n";
    for (engine, it) in ways {
        let (median, (least, most)) = (measure::median(&it.whole), range(&it.whole));
        let _ = writeln!(
            text,
            "| {engine} | {median:.2} ({least:.2} to {most:.2}) | {:.2} | {} |",
            median / theirs,
            it.intake_mib.max(it.costing_mib),
        );
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use expect_test::expect;

    use super::*;

    fn seen(seconds: u64, mib: u64) -> Seen {
        let took = Duration::from_secs(seconds);
        Seen { step: String::new(), took, peak_kib: Some(mib * 1024) }
    }

    #[test]
    fn intake_and_the_whole_way_are_set_beside_duckdb() {
        let mut ways: BTreeMap<&str, Way> = BTreeMap::new();
        for (engine, told, [intake, costing]) in [
            ("Concord", "3", [seen(4, 300), seen(2, 100)]),
            ("Concord", "2.5", [seen(3, 200), seen(2, 150)]),
            ("Concord", "5", [seen(6, 100), seen(2, 100)]),
            ("DuckDB", "2", [seen(3, 100), seen(9, 500)]),
        ] {
            let printed = format!("other words\n{{\"seconds\": {{\"intake\": {told}}}}}\n");
            let way = ways.entry(engine).or_default();
            way.add([&intake, &costing], &printed).expect("it is understood");
        }
        // The middle of 2.5, 3 and 5 is 3, half as much again as 2.
        expect![[r"
            | engine | intake, s (least to most) | of DuckDB | peak memory, MiB |
            |---|---|--:|--:|
            | Concord | 3.00 (2.50 to 5.00) | 1.50 | 300 |
            | DuckDB | 2.00 (2.00 to 2.00) | 1.00 | 100 |
        "]]
        .assert_eq(&intake_table(&ways).expect("DuckDB was measured"));
        // The middle of 4 + 2, 3 + 2 and 6 + 2 is 6, half of 12.
        expect![[r"
            | engine | from CSV to written costs, s (least to most) | of DuckDB | peak memory, MiB |
            |---|---|--:|--:|
            | Concord | 6.00 (5.00 to 8.00) | 0.50 | 300 |
            | DuckDB | 12.00 (12.00 to 12.00) | 1.00 | 500 |
        "]]
        .assert_eq(&whole_table(&ways).expect("DuckDB was measured"));
    }
}
