//! Costs the small demonstration trust with the built program, as a person would, and checks it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::concord::{Trust, YEARS, costed};
use crate::process;

/// Digits of an NHS number.
const NHS_NUMBER_LENGTH: usize = 10;

/// What is compared of a manifest.
#[derive(Deserialize)]
struct Manifest {
    files: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    sha256: String,
}

/// Runs the whole way and gives the sentence for the closing line.
pub(crate) fn run() -> Result<String> {
    process::build_programs()?;
    let folder = process::target().join("end-to-end");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let trust = Trust::new(process::target().join("debug/concord"), &folder.to_string_lossy());
    trust.generate("small")?;
    let mut runs = Vec::new();
    for year in YEARS {
        trust.intake(year)?;
        let run = trust.cost(year, "runs", &[])?;
        trust.verify(&run, Some(&trust.dataset(year)))?;
        runs.push(run);
    }
    let [before, latest] = runs.as_slice() else { bail!("two years were to be costed") };
    adds_up(&trust, latest)?;
    same_dataset_again(&trust)?;
    same_bytes_again(&trust, latest)?;
    same_tables_of_turned_rows(&trust, latest)?;
    explained(&trust, latest)?;
    process::run(&mut trust.command(&["compare", before, latest]))?;
    damage_is_noticed(&trust, latest)?;
    Ok(format!("small demonstration costed and verified for {}", YEARS.join(" and ")))
}

/// Own patients, residuals and income are the ledger: worked out from the tables, past the program's
/// own reconciliation.
fn adds_up(trust: &Trust, run: &str) -> Result<()> {
    let own = |table: &str| {
        format!(
            "(select coalesce(sum(own) + sum(absorbed), 0) from {table} where category = 'OWN')"
        )
    };
    let sql = format!(
        "select (select sum(amount) from quantum) - {} - {} - (select sum(amount) from residuals) \
         - (select sum(amount) from quantum where outcome = 'INCOME') as difference",
        own("events"),
        own("restricted_events")
    );
    let printed = trust.query(run, &sql)?;
    if !printed.lines().any(|it| it.trim() == "0.000000") {
        bail!("own patients, residuals and income are not the ledger:\n{printed}");
    }
    Ok(())
}

/// Threads, time zone and locale that must not matter.
const SURROUNDINGS: [[&str; 3]; 4] = [
    ["1", "Pacific/Auckland", "tr_TR.UTF-8"],
    ["2", "Europe/London", "en_GB.UTF-8"],
    ["4", "America/St_Johns", "de_DE.UTF-8"],
    ["8", "UTC", "C"],
];

/// The same inputs give the same run, byte for byte: worked out afresh in other surroundings, and
/// taking over what feeds came to before.
fn same_bytes_again(trust: &Trust, run: &str) -> Result<()> {
    let year = YEARS[YEARS.len() - 1];
    for [threads, zone, locale] in SURROUNDINGS {
        let runs = format!("runs-again/{threads}-threads");
        let options = ["--threads", threads, "--afresh"];
        let again = trust.cost_in((zone, locale), year, &runs, &options)?;
        alike(run, &again)?;
    }
    let again = trust.cost(year, "runs-again/taken-over", &["--threads", "2"])?;
    alike(run, &again)?;
    trust.verify(&again, None)?;
    emptied(&trust.folder().join("runs-again"))
}

/// The files of a year, read in other surroundings, give the same dataset.
fn same_dataset_again(trust: &Trust) -> Result<()> {
    let year = YEARS[YEARS.len() - 1];
    for [threads, zone, locale] in SURROUNDINGS {
        let again = trust.path("datasets-again");
        let mut intake = trust.intake_command_to(year, &again);
        intake.args(["--threads", threads]).env("TZ", zone).env("LC_ALL", locale);
        process::run(&mut intake)?;
        alike(&trust.dataset(year), &again)?;
        emptied(&trust.folder().join("datasets-again"))?;
    }
    Ok(())
}

/// The rows of every CSV file in another order give the same tables of the dataset and of the run.
/// What names a row by its line differs, as it must: findings, and what was kept apart.
fn same_tables_of_turned_rows(trust: &Trust, run: &str) -> Result<()> {
    let year = YEARS[YEARS.len() - 1];
    let folder = trust.folder().join("turned");
    copy(&trust.folder().join(year), &folder.join(year))?;
    turn_below(&folder.join(year))?;
    let [model, vault] = ["model", "vault"].map(|it| trust.path(it));
    let [from, dataset, runs] =
        ["turned", "turned/dataset", "turned/runs"].map(|it| trust.path(it));
    let given = ["--model", &model, "--year", year, "--threads", "8"];
    let intake = ["intake", "--from", &from, "--to", &dataset, "--vault", &vault];
    process::run(&mut trust.command(&[&intake[..], &given[..]].concat()))?;
    same_tables(&trust.dataset(year), &dataset)?;
    let cost = ["cost", "--dataset", &dataset, "--runs", &runs, "--afresh"];
    let again = costed(&mut trust.command(&[&cost[..], &given[..]].concat()))?;
    same_tables(run, &again)?;
    emptied(&folder)
}

/// Turns the rows of all CSV files below a folder.
fn turn_below(folder: &Path) -> Result<()> {
    let listed =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in listed {
        let path = entry?.path();
        if path.is_dir() {
            turn_below(&path)?;
        } else if path.extension().is_some_and(|it| it == "csv") {
            fs::write(&path, turned(&fs::read(&path)?))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(())
}

/// A text with its first line where it was and the others in another order: the last third first,
/// and all of it backwards. Bytes, because a trust's files are not all UTF-8.
fn turned(text: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|it| *it == b'\n').collect();
    if let [_, rows @ ..] = lines.as_mut_slice() {
        rows.rotate_right(rows.len() / 3);
        rows.reverse();
    }
    lines.concat()
}

/// Whether the tables of two datasets, or of two runs, are the same to the byte.
fn same_tables(one: &str, other: &str) -> Result<()> {
    let of = |folder: &str| {
        let path = process::repository().join(folder).join("manifest.json");
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        tables(&text)
    };
    let (ours, theirs) = (of(one)?, of(other)?);
    let differing = differing(&ours, &theirs);
    if ours.is_empty() || !differing.is_empty() {
        bail!(
            "{one} and {other} hold the same rows in another order, but other tables: {}",
            differing.join(", ")
        );
    }
    Ok(())
}

/// Hashes of the tables that a manifest lists, by name.
fn tables(manifest: &str) -> Result<BTreeMap<String, String>> {
    let manifest: Manifest = serde_json::from_str(manifest)?;
    let files = manifest.files.into_iter().filter(|it| it.name.ends_with(".parquet"));
    Ok(files.map(|it| (it.name, it.sha256)).collect())
}

/// Names of what is not in both with the same hash.
fn differing(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|it| one.get(*it) != other.get(*it)).cloned().collect()
}

/// Takes away what was made to be compared.
fn emptied(folder: &Path) -> Result<()> {
    fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))
}

/// Whether two datasets, or two runs, are the same to the byte.
pub(crate) fn alike(one: &str, other: &str) -> Result<()> {
    let manifest = |folder: &str| {
        let path = process::repository().join(folder).join("manifest.json");
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    // The manifest holds the hash of every other file.
    if manifest(one)? != manifest(other)? {
        bail!("{one} and {other} differ, but their inputs are the same");
    }
    Ok(())
}

/// One event is explained, without anybody's identity.
fn explained(trust: &Trust, run: &str) -> Result<()> {
    let event = trust.eventful(run)?;
    let text = process::output(&mut trust.command(&["explain", run, "--event", &event]))?;
    println!("{text}");
    let digits =
        |it: &str| it.len() == NHS_NUMBER_LENGTH && it.bytes().all(|it| it.is_ascii_digit());
    if text.split(|it: char| !it.is_ascii_alphanumeric()).any(digits) {
        bail!("the explanation holds a number of ten digits, as an NHS number has");
    }
    if !text.contains('£') {
        bail!("the explanation of {event} names no amount");
    }
    Ok(())
}

/// A run with one changed byte must not verify.
fn damage_is_noticed(trust: &Trust, run: &str) -> Result<()> {
    let damaged = PathBuf::from(trust.path("damaged")).join(name(run));
    copy(&process::repository().join(run), &damaged)?;
    let file = first_table(&damaged)?;
    let mut bytes = fs::read(&file)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    let mut verify = trust.command(&["verify", &damaged.to_string_lossy()]);
    println!(
        "$ {} (one byte of {} changed)",
        process::shown(&verify),
        name(&file.to_string_lossy())
    );
    let output = verify.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if output.code() != Some(1) {
        bail!("`concord verify` did not notice that a byte of {} was changed", file.display());
    }
    Ok(())
}

fn first_table(folder: &Path) -> Result<PathBuf> {
    let mut tables = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "parquet") {
            tables.push(path);
        }
    }
    tables.sort();
    tables.into_iter().next().with_context(|| format!("{} holds no table", folder.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().context("an entry of a folder has a name")?);
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

fn name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_change_their_order_and_nothing_else() {
        let turned = |text: &str| String::from_utf8(turned(text.as_bytes())).expect("it was text");
        // A third of six rows goes before the others, 5 6 1 2 3 4; then all goes backwards.
        assert_eq!(turned("name\n1\n2\n3\n4\n5\n6\n"), "name\n4\n3\n2\n1\n6\n5\n");
        assert_eq!(turned("name\n"), "name\n");
        assert_eq!(turned(""), "");
    }

    #[test]
    fn tables_that_differ_are_named() {
        let of = |hashes: [&str; 2]| {
            let [events, findings] = hashes;
            let text = format!(
                r#"{{"files": [{{"name": "events.parquet", "sha256": "{events}", "rows": 1}},
                    {{"name": "findings.csv", "sha256": "{findings}", "rows": 0}}], "year": "2025-26"}}"#
            );
            tables(&text).expect("it is a manifest")
        };
        assert_eq!(differing(&of(["1", "2"]), &of(["1", "3"])), Vec::<String>::new());
        assert_eq!(differing(&of(["1", "2"]), &of(["4", "2"])), ["events.parquet"]);
        assert_eq!(differing(&of(["1", "2"]), &BTreeMap::new()), ["events.parquet"]);
    }
}
