//! How time and memory of a costing grow with the rows of its feeds, and whether it keeps a limit
//! that is set from outside.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{measure, performance, process};

/// Feed rows of an event, as at a large trust: 20 million rows of a million events.
const ROWS_OF_EVENT: u64 = 20;
/// Threads of each costing.
const THREADS: &str = "2";

/// What is measured.
#[derive(Debug)]
struct Asked<'a> {
    /// Feed rows of each size.
    sizes: Vec<u64>,
    shape: &'a str,
    /// Address space that a costing may have at most, in MiB; none: as much as there is.
    limit_mib: Option<u64>,
    rounds: usize,
}

/// One size as it was seen.
#[derive(Debug)]
struct Point {
    rows: u64,
    seconds: f64,
    peak_mib: u64,
}

/// Makes each size in turn, costs it, and prints a table with the exponents that fit.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let asked = asked(arguments)?;
    process::run(&mut process::cargo(&["build", "--release", "--package", "yardstick"]))?;
    let mut points = Vec::new();
    for rows in &asked.sizes {
        points.push(point(*rows, &asked)?);
    }
    let sizes: Vec<String> = asked.sizes.iter().map(u64::to_string).collect();
    let limit = asked.limit_mib.map_or(String::new(), |it| format!(" --limit {it}"));
    let command = format!(
        "cargo xtask bench-growth --rows {} --shape {} --rounds {}{limit}",
        sizes.join(","),
        asked.shape,
        asked.rounds,
    );
    let held = if asked.limit_mib.is_some() { " held" } else { "" };
    performance::tell(&format!("growth {}{held}", asked.shape), &command, &table(&points, &asked))
}

fn asked<'a>(arguments: &[&'a str]) -> Result<Asked<'a>> {
    let usage = "cargo xtask bench-growth [--rows 1000000,3000000] [--shape even|skewed] [--limit MIB] [--rounds N]";
    let sizes = vec![1_000_000, 3_000_000, 10_000_000];
    let mut asked = Asked { sizes, shape: "even", limit_mib: None, rounds: 1 };
    for pair in arguments.chunks(2) {
        match *pair {
            ["--rows", rows] => {
                let sizes = rows.split(',').map(|it| it.replace('_', "").parse::<u64>());
                asked.sizes = sizes.collect::<Result<_, _>>().context("--rows are numbers")?;
            }
            ["--shape", shape] => asked.shape = shape,
            ["--limit", limit] => {
                asked.limit_mib = Some(limit.parse().context("--limit is a number of MiB")?);
            }
            ["--rounds", rounds] => {
                asked.rounds = rounds.parse().context("--rounds is a number")?;
            }
            _ => bail!(usage),
        }
    }
    if asked.sizes.is_empty() || asked.rounds == 0 {
        bail!(usage);
    }
    Ok(asked)
}

/// Makes a dataset of a size, costs it, and takes it away again.
fn point(rows: u64, asked: &Asked<'_>) -> Result<Point> {
    let folder = process::target().join("bench/growth").join(rows.to_string());
    empty(&folder)?;
    let events = (rows / ROWS_OF_EVENT).max(1).to_string();
    let yardstick = process::target().join("release/yardstick");
    let name = folder.to_string_lossy().into_owned();
    let made = ["make", &name, &events, &rows.to_string(), asked.shape];
    process::run(&mut process::program(&yardstick, &made))?;
    let mut seconds = Vec::new();
    let mut peak_mib = 0;
    for _ in 0..asked.rounds {
        let cost = ["cost", &name, THREADS];
        let command = match asked.limit_mib {
            Some(limit) => limited(&yardstick, &cost, limit),
            None => process::program(&yardstick, &cost),
        };
        let (seen, _) = measure::step("cost", command)?;
        seconds.push(seen.took.as_secs_f64());
        peak_mib = peak_mib.max(seen.peak_kib.unwrap_or(0) / 1024);
    }
    empty(&folder)?;
    Ok(Point { rows, seconds: measure::median(&seconds), peak_mib })
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    Ok(())
}

/// A command whose address space the system limits: what it may not have, it does not get.
fn limited(program: &Path, arguments: &[&str], limit_mib: u64) -> Command {
    let space = format!("--as={}", limit_mib * 1024 * 1024);
    let program = program.to_string_lossy();
    process::program("prlimit", &[&[&*space, &*program], arguments].concat())
}

/// Sizes with time and memory, and how each grows: an exponent of 1 is as fast as the rows.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times are not money")]
fn table(points: &[Point], asked: &Asked<'_>) -> String {
    let limit = asked.limit_mib.map_or(String::new(), |it| format!(", held to {it} MiB"));
    let mut text = format!(
        "{}, {THREADS} threads, {} rounds{limit}\n\n| feed rows | whole costing, s | a million rows, s | peak memory, MiB |\n|--:|--:|--:|--:|\n",
        asked.shape, asked.rounds,
    );
    for it in points {
        let each = it.seconds / (it.rows as f64 / 1e6);
        let _ = writeln!(text, "| {} | {:.1} | {each:.2} | {} |", it.rows, it.seconds, it.peak_mib);
    }
    let of = |value: &dyn Fn(&Point) -> f64| {
        exponent(&points.iter().map(|it| (it.rows as f64, value(it))).collect::<Vec<_>>())
    };
    if let Some((time, memory)) = of(&|it| it.seconds).zip(of(&|it| it.peak_mib as f64)) {
        let _ = writeln!(
            text,
            "\nTime grows with the rows to the power of {time:.2}, memory {memory:.2}."
        );
    }
    text
}

/// The slope of the straight line through the logarithms that fits best; none of fewer than two.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times are not money")]
fn exponent(points: &[(f64, f64)]) -> Option<f64> {
    if points.len() < 2 {
        return None;
    }
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(&|it| it.0), mean(&|it| it.1));
    let both: f64 = logs.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    let own: f64 = logs.iter().map(|it| (it.0 - x) * (it.0 - x)).sum();
    Some(both / own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_doubles_with_the_rows_grows_as_fast_as_they() {
        let near = |found: Option<f64>, expected: f64| {
            found.is_some_and(|it| (it - expected).abs() < 1e-9)
        };
        assert!(near(exponent(&[(1.0, 3.0), (10.0, 30.0), (100.0, 300.0)]), 1.0));
        // A hundred times the rows in ten times the memory: the root.
        assert!(near(exponent(&[(1.0, 5.0), (100.0, 50.0)]), 0.5));
        assert_eq!(exponent(&[(1.0, 5.0)]), None);
    }
}
