//! How long a costing by one changed rule takes beside a whole one, and that not a byte differs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

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

/// What is compared of a run's manifest.
#[derive(Deserialize)]
struct Manifest {
    files: Vec<serde_json::Value>,
}

/// Costs a trust whole, then by one changed rule at a time, and prints a table.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (dir, program) = match arguments {
        ["--dir", dir] => {
            process::run(&mut process::cargo(&["build", "--release", "--package", "cli"]))?;
            (*dir, process::target().join("release/concord"))
        }
        ["--dir", dir, "--program", program] => (*dir, program.into()),
        _ => bail!("cargo xtask bench-what-if --dir DIR [--program PATH]"),
    };
    let work = process::target().join("bench/what-if");
    if work.exists() {
        fs::remove_dir_all(&work).with_context(|| format!("cannot empty {}", work.display()))?;
    }
    let year = YEARS[YEARS.len() - 1];
    for part in ["model", &format!("datasets/{year}")] {
        copy(&Path::new(dir).join(part), &work.join(part))?;
    }
    let trust = Trust::new(program, &work.to_string_lossy());
    let mut took: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for round in 0..ROUNDS {
        let whole = cost(&trust, "model", &format!("whole-{round}"), true)?;
        took.entry(0).or_default().push(whole.1);
        let runs = format!("runs-{round}");
        let kept = work.join("datasets/.kept-feeds");
        if kept.exists() {
            fs::remove_dir_all(&kept)?;
        }
        let first = cost(&trust, "model", &runs, false)?;
        took.entry(1).or_default().push(first.1);
        for (place, change) in CHANGES.iter().enumerate() {
            let model = format!("model-{round}-{place}");
            changed(&work, &model, change, round)?;
            let again = cost(&trust, &model, &runs, false)?;
            took.entry(place + 2).or_default().push(again.1);
            let proof = cost(&trust, &model, "proof", true)?;
            if files(&again.0)? != files(&proof.0)? {
                bail!("{}: the run differs from one worked out afresh", change.what);
            }
        }
    }
    let command = format!("cargo xtask bench-what-if --dir {dir}");
    performance::tell("what-if", &command, &table(&took))
}

/// Costs and gives the run with the seconds that it took.
fn cost(trust: &Trust, model: &str, runs: &str, afresh: bool) -> Result<(String, f64)> {
    let year = YEARS[YEARS.len() - 1];
    let (dataset, model) = (trust.dataset(year), trust.path(model));
    let runs = trust.path(runs);
    let mut all = vec!["cost", "--dataset", &dataset, "--model", &model, "--runs", &runs];
    all.extend(["--year", year, "--threads", "2"]);
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
    let names = ["all worked out afresh", "the first, which keeps what feeds came to"];
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
