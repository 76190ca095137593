//! How long a costing by one changed rule takes beside a whole one, and that not a byte differs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::concord::{Trust, YEARS, find_run};
use crate::measure::step;
use crate::site::copy;
use crate::{performance, process};

/// One rule that is changed: what the change is, and where it stands.
struct Change {
    what: &'static str,
    file: &'static str,
    /// How the row begins.
    row: &'static str,
    /// Column of the value, counted from 0.
    column: usize,
    /// Its values, one for each round.
    values: [&'static str; ROUNDS],
}

/// Rounds whose middle is told.
const ROUNDS: usize = 3;

/// The rules of the demonstration that are changed.
const CHANGES: [Change; 3] = [
    Change {
        what: "a relative weight of scans",
        file: "rwv.csv",
        row: "EXAMS,",
        column: 2,
        values: ["1.01", "1.02", "1.03"],
    },
    Change {
        what: "a driver of support costs",
        file: "statistics.csv",
        row: "HEADCOUNT,",
        column: 2,
        values: ["7.01", "7.02", "7.03"],
    },
    Change {
        what: "a matching window of pathology",
        file: "matching.csv",
        row: "PATH,7,",
        column: 4,
        values: ["21d", "22d", "23d"],
    },
];

const USAGE: &str = "cargo xtask bench-what-if --dir DIR|--size SIZE [--program PATH]";

/// What is compared of a run's manifest.
#[derive(Deserialize)]
struct Manifest {
    files: Vec<serde_json::Value>,
}

/// What is measured.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked<'a> {
    /// Folder of a trust that is there.
    dir: Option<&'a str>,
    /// Size of a trust that is made if it is not there.
    size: Option<&'a str>,
    /// Program other than the release build.
    program: Option<&'a str>,
}

/// Costs a trust whole, then by one changed rule at a time, and prints a table.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let asked = asked(arguments)?;
    let program = if let Some(program) = asked.program {
        PathBuf::from(program)
    } else {
        process::run(&mut process::cargo(&["build", "--release", "--package", "cli"]))?;
        process::target().join("release/concord")
    };
    let dir = match asked.size {
        Some(size) => made(&program, size)?,
        None => asked.dir.unwrap_or_default().to_owned(),
    };
    let work = process::target().join("bench/what-if");
    emptied(&work)?;
    for part in ["model", &format!("datasets/{}", latest())] {
        copy(&process::repository().join(&dir).join(part), &work.join(part))?;
    }
    let trust = Trust::new(program, &work.to_string_lossy());
    let mut took: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for round in 0..ROUNDS {
        for (place, seconds) in in_turn(&trust, round)?.into_iter().enumerate() {
            took.entry(place).or_default().push(seconds);
        }
    }
    emptied(&work)?;
    performance::tell(&asked.name(), &asked.command(), &table(&took))
}

fn asked<'a>(arguments: &[&'a str]) -> Result<Asked<'a>> {
    let mut asked = Asked::default();
    for pair in arguments.chunks(2) {
        match *pair {
            ["--dir", dir] => asked.dir = Some(dir),
            ["--size", size] => asked.size = Some(size),
            ["--program", program] => asked.program = Some(program),
            _ => bail!(USAGE),
        }
    }
    if asked.dir.is_some() == asked.size.is_some() {
        bail!(USAGE);
    }
    Ok(asked)
}

impl Asked<'_> {
    /// The place of the table on the page.
    fn name(&self) -> String {
        self.size.map_or("what-if".to_owned(), |it| format!("what-if {it}"))
    }

    /// The command that measures this once more.
    fn command(&self) -> String {
        let mut command = "cargo xtask bench-what-if".to_owned();
        for (name, value) in
            [("--size", self.size), ("--dir", self.dir), ("--program", self.program)]
        {
            let value = value.map_or(String::new(), |it| format!(" {name} {it}"));
            command += &value;
        }
        command
    }
}

/// The folder of a trust of a size with its latest year taken in, made if it is not there.
fn made(program: &Path, size: &str) -> Result<String> {
    let folder = process::target().join(format!("bench/what-if-{size}"));
    let trust = Trust::new(program.to_owned(), &folder.to_string_lossy());
    let dataset = folder.join("datasets").join(latest());
    if !dataset.join("manifest.json").exists() {
        emptied(&folder)?;
        trust.generate(size)?;
        trust.intake(latest())?;
    }
    Ok(folder.to_string_lossy().into_owned())
}

/// The year that is costed.
const fn latest() -> &'static str {
    YEARS[YEARS.len() - 1]
}

fn emptied(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    Ok(())
}

/// One round: seconds of each costing, in the order of the table. Nothing is left but the dataset.
fn in_turn(trust: &Trust, round: usize) -> Result<Vec<f64>> {
    let work = trust.folder();
    let mut seconds = vec![cost(trust, "model", "whole", true)?.1];
    emptied(&work.join("whole"))?;
    emptied(&work.join("datasets/.kept-feeds"))?;
    seconds.push(cost(trust, "model", "runs", false)?.1);
    seconds.push(cost(trust, "model", "runs", false)?.1);
    for change in &CHANGES {
        changed(&work, "model-changed", change, round)?;
        let again = cost(trust, "model-changed", "runs", false)?;
        seconds.push(again.1);
        let proof = cost(trust, "model-changed", "proof", true)?;
        if files(&again.0)? != files(&proof.0)? {
            bail!("{}: the run differs from one worked out afresh", change.what);
        }
        emptied(&work.join("proof"))?;
        emptied(&work.join("model-changed"))?;
    }
    emptied(&work.join("runs"))?;
    Ok(seconds)
}

/// Costs and gives the run with the seconds that it took.
fn cost(trust: &Trust, model: &str, runs: &str, afresh: bool) -> Result<(String, f64)> {
    let (dataset, model) = (trust.dataset(latest()), trust.path(model));
    let runs = trust.path(runs);
    let mut all = vec!["cost", "--dataset", &dataset, "--model", &model, "--runs", &runs];
    all.extend(["--year", latest(), "--threads", "2"]);
    all.extend(afresh.then_some("--afresh"));
    let (seen, printed) = step("cost", trust.command(&all))?;
    let run = printed.lines().find_map(find_run).context("`concord cost` did not print its run")?;
    Ok((run, seen.took.as_secs_f64()))
}

/// Writes a model with one value changed, in the last row that begins so.
fn changed(work: &Path, model: &str, change: &Change, round: usize) -> Result<()> {
    copy(&work.join("model"), &work.join(model))?;
    let path = work.join(model).join(change.file);
    let text = fs::read_to_string(&path)?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = lines.iter_mut().rfind(|it| it.starts_with(change.row));
    let line = line.with_context(|| format!("{} has no row {}", change.file, change.row))?;
    let mut cells: Vec<&str> = line.split(',').collect();
    let cell = cells.get_mut(change.column).context("the row is too short")?;
    *cell = change.values[round];
    *line = cells.join(",");
    fs::write(&path, lines.join("\n") + "\n")?;
    Ok(())
}

/// Names, hashes and rows of a run's files.
fn files(run: &str) -> Result<Vec<serde_json::Value>> {
    let text = fs::read_to_string(process::repository().join(run).join("manifest.json"))?;
    Ok(serde_json::from_str::<Manifest>(&text)?.files)
}

#[expect(clippy::float_arithmetic, reason = "seconds, not money")]
fn table(took: &BTreeMap<usize, Vec<f64>>) -> String {
    let names = [
        "all worked out afresh",
        "the first, which keeps what feeds came to",
        "the same once more, which is there already",
    ];
    let names = names.into_iter().chain(CHANGES.iter().map(|it| it.what));
    let middle = |all: &[f64]| {
        let mut all = all.to_vec();
        all.sort_by(f64::total_cmp);
        (all[0], all[all.len() / 2], all[all.len() - 1])
    };
    let whole = middle(&took[&0]).1;
    let mut text = "| costing | seconds, middle of three | range | of a whole one |\n".to_owned();
    text += "|---|--:|--:|--:|\n";
    for (place, name) in names.enumerate() {
        let (least, median, most) = middle(&took[&place]);
        let ratio = median / whole;
        let _ = writeln!(text, "| {name} | {median:.2} | {least:.2} to {most:.2} | {ratio:.2} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_or_a_size_is_asked_for() {
        let of = |arguments: &[&str]| asked(arguments).map(|it| (it.name(), it.command())).ok();
        let told = |name: &str, command: &str| Some((name.to_owned(), command.to_owned()));
        assert_eq!(
            of(&["--size", "trust"]),
            told("what-if trust", "cargo xtask bench-what-if --size trust")
        );
        assert_eq!(
            of(&["--dir", "demo", "--program", "it"]),
            told("what-if", "cargo xtask bench-what-if --dir demo --program it")
        );
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["--dir", "demo", "--size", "trust"]), None);
    }

    #[test]
    fn each_costing_stands_beside_a_whole_one() {
        let costings = CHANGES.len() + 3;
        let took = (0..costings).map(|it| (it, vec![4.0, 1.0, 2.0])).collect();
        let text = table(&took);
        // The middle of 1, 2 and 4 is 2.
        let row = "| the same once more, which is there already | 2.00 | 1.00 to 4.00 | 1.00 |";
        assert!(text.lines().any(|it| it == row), "{text}");
        assert_eq!(text.lines().count(), 2 + costings);
    }
}
