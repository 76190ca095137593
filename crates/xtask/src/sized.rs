//! Makes a dataset of a size, costs it under a limit that is set from outside, and takes it away.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{measure, process};

/// Feed rows of an event, as at a large trust: 20 million rows of a million events.
const ROWS_OF_EVENT: u64 = 20;
const MILLION: u64 = 1_000_000;
/// Threads of each costing.
pub(crate) const THREADS: &str = "2";

/// What is costed, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trial<'a> {
    /// Feed rows.
    pub(crate) rows: u64,
    /// What is uneven, as `yardstick` names it.
    pub(crate) shape: &'a str,
    /// Address space that the costing may have at most, in MiB; none: as much as there is.
    pub(crate) limit_mib: Option<u64>,
    pub(crate) rounds: usize,
}

/// What a costing was seen to take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Took {
    /// The middle of the rounds.
    pub(crate) seconds: f64,
    /// The most in any round.
    pub(crate) peak_mib: u64,
}

/// A number of rows; below a thousand it is of millions.
pub(crate) fn rows(text: &str) -> Result<u64> {
    let number: u64 = text.replace('_', "").parse().context("--rows are numbers")?;
    Ok(if number < 1000 { number * MILLION } else { number })
}

/// Builds what makes and costs datasets.
pub(crate) fn build() -> Result<()> {
    process::run(&mut process::cargo(&["build", "--release", "--package", "yardstick"]))
}

/// Makes a dataset, costs it, and takes it away again; none if the costing was held to a limit and
/// did not come to its end.
pub(crate) fn costed(trial: &Trial<'_>) -> Result<Option<Took>> {
    let name = format!("{}-{}", trial.rows, trial.shape);
    let folder = process::target().join("bench/sized").join(name);
    empty(&folder)?;
    let events = (trial.rows / ROWS_OF_EVENT).max(1).to_string();
    let yardstick = process::target().join("release/yardstick");
    let name = folder.to_string_lossy().into_owned();
    let made = ["make", &name, &events, &trial.rows.to_string(), trial.shape];
    process::run(&mut process::program(&yardstick, &made))?;
    let took = rounds(trial, (yardstick.as_path(), name.as_str()))?;
    empty(&folder)?;
    Ok(took)
}

fn rounds(trial: &Trial<'_>, (yardstick, folder): (&Path, &str)) -> Result<Option<Took>> {
    let mut seconds = Vec::new();
    let mut peak_mib = 0;
    for _ in 0..trial.rounds {
        let cost = ["cost", folder, THREADS];
        let command = match trial.limit_mib {
            Some(limit) => limited(yardstick, &cost, limit),
            None => process::program(yardstick, &cost),
        };
        match measure::step("cost", command) {
            Ok((seen, _)) => {
                seconds.push(seen.took.as_secs_f64());
                peak_mib = peak_mib.max(seen.peak_kib.unwrap_or(0) / 1024);
            }
            // That a limit is not kept is what is asked; the other sizes are measured all the same.
            Err(error) if trial.limit_mib.is_some() => {
                println!("{error:#}");
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Some(Took { seconds: measure::median(&seconds), peak_mib }))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_of_rows_are_millions() {
        let read = |text| rows(text).expect("it is a number");
        assert_eq!(
            ["3", "100", "2000", "1_000_000"].map(read),
            [3_000_000, 100_000_000, 2_000, 1_000_000]
        );
        assert!(rows("many").is_err());
    }

    #[test]
    fn the_system_holds_a_command_to_its_limit() {
        let command = limited(Path::new("yardstick"), &["cost", "there"], 4096);
        // 4,096 times 1,048,576.
        assert_eq!(process::shown(&command), "prlimit --as=4294967296 yardstick cost there");
    }
}
