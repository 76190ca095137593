//! Costs on a cluster of processes on this machine: its runs are those of the single machine, also
//! when an executor is killed, and nothing is published where all are.

mod members;
mod region;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::concord::{Trust, YEARS, find_run};
use crate::end_to_end::alike;
use crate::process;

use members::Cluster;

pub(crate) use region::run as bench;

/// What `concord cost --format json` prints, as far as it is needed here.
#[derive(Debug, Deserialize)]
struct Costed {
    path: String,
    /// Buckets by executor.
    weighed_by: BTreeMap<String, u32>,
}

/// Runs the checks, with the program of the tests built with a cluster in it.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let concord = match arguments {
        [] => {
            let of_cluster = ["--package", "cluster", "--package", "cli"];
            let features = ["--features", "cli/cluster", "--all-targets", "--quiet"];
            let lints = ["--", "-D", "warnings"];
            let clippy = [&["clippy"][..], &of_cluster, &features, &lints].concat();
            process::run(&mut process::cargo(&clippy))?;
            built(&[], "debug")?
        }
        ["--program", program] => PathBuf::from(program),
        _ => bail!("cargo xtask cluster [--program PATH]"),
    };
    let work = emptied("check")?;
    let trust = Trust::new(concord.clone(), &work.to_string_lossy());
    let year = YEARS[YEARS.len() - 1];
    trust.generate("small")?;
    trust.intake(year)?;
    let single = trust.cost(year, "runs", &["--afresh"])?;
    println!("{}", shared_work(&trust, &single)?);
    println!("{}", one_is_killed(&trust, &single)?);
    println!("{}", all_are_killed(&trust)?);
    Ok(())
}

/// Builds the program with a cluster in it, and gives it a place that no other build writes to.
fn built(options: &[&str], profile: &str) -> Result<PathBuf> {
    let build = ["build", "--package", "cli", "--features", "cluster"];
    process::run(&mut process::cargo(&[&build[..], options].concat()))?;
    let folder = process::target().join("cluster");
    fs::create_dir_all(&folder)?;
    let copy = folder.join(format!("concord-{profile}"));
    fs::copy(process::target().join(profile).join("concord"), &copy)
        .with_context(|| format!("cannot write {}", copy.display()))?;
    Ok(copy)
}

/// A folder below the one that cargo builds into, without anything in it.
fn emptied(name: &str) -> Result<PathBuf> {
    let folder = process::target().join("cluster").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Both executors do work, and the run is that of the single machine.
fn shared_work(trust: &Trust, single: &str) -> Result<String> {
    let cluster = Cluster::start(trust, 2)?;
    let printed = process::output(&mut asked(trust, &cluster, "runs-shared"))?;
    let costed = costed(&printed)?;
    if costed.weighed_by.len() < 2 || costed.weighed_by.values().any(|it| *it == 0) {
        bail!("not every executor did work: {:?}", costed.weighed_by);
    }
    alike(single, &costed.path)?;
    trust.verify(&costed.path, None)?;
    let shares: Vec<String> = costed.weighed_by.values().map(u32::to_string).collect();
    Ok(format!("two executors weighed {} buckets: the same bytes", shares.join(" and ")))
}

/// How often it is tried to kill an executor while it has work.
const TRIES: usize = 5;

/// An executor is killed in the middle of its work: the costing ends with the same bytes, or it fails
/// and leaves no run.
fn one_is_killed(trust: &Trust, single: &str) -> Result<String> {
    for round in 0..TRIES {
        let mut cluster = Cluster::start(trust, 2)?;
        let runs = format!("runs-killed-{round}");
        let asking = asked(trust, &cluster, &runs).stdout(Stdio::piped()).spawn()?;
        cluster.wait_for_work(1)?;
        cluster.kill(1)?;
        let had_work = cluster.had_work(1)?;
        let ended = asking.wait_with_output().context("lost sight of the costing")?;
        if !had_work {
            continue;
        }
        if !ended.status.success() {
            no_run(&trust.folder().join(&runs))?;
            return Ok("an executor was killed: the costing failed and left no run".to_owned());
        }
        let costed = costed(&String::from_utf8_lossy(&ended.stdout))?;
        alike(single, &costed.path)?;
        let shares = costed.weighed_by;
        return Ok(format!("an executor was killed with work: the same bytes, by {shares:?}"));
    }
    bail!("in {TRIES} rounds no executor was killed while it had work")
}

/// All executors are killed: the costing says so and leaves no run.
fn all_are_killed(trust: &Trust) -> Result<String> {
    let mut cluster = Cluster::start(trust, 2)?;
    let runs = "runs-all-killed";
    let mut asking = asked(trust, &cluster, runs);
    let asking = asking.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    cluster.wait_for_work(0)?;
    cluster.kill(0)?;
    cluster.kill(1)?;
    let ended = asking.wait_with_output().context("lost sight of the costing")?;
    if ended.status.success() {
        bail!("the costing succeeded, but all executors were killed");
    }
    no_run(&trust.folder().join(runs))?;
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = said.lines().last().unwrap_or_default();
    if !said.contains("nothing was published") {
        bail!("the costing does not say that nothing was published: {said}");
    }
    Ok(format!("all executors were killed: no run, and it says: {said}"))
}

/// A costing that asks the cluster, of a dataset of which nothing is kept.
fn asked(trust: &Trust, cluster: &Cluster, runs: &str) -> std::process::Command {
    let kept = trust.folder().join("datasets/.kept-feeds");
    let _ = fs::remove_dir_all(kept);
    let year = YEARS[YEARS.len() - 1];
    let options = ["--cluster", cluster.address(), "--format", "json"];
    trust.cost_command(year, &trust.path(runs), &options)
}

fn costed(printed: &str) -> Result<Costed> {
    serde_json::from_str(printed).with_context(|| format!("`concord cost` gave no JSON: {printed}"))
}

/// A folder of runs in which none is in place.
fn no_run(runs: &Path) -> Result<()> {
    let entries = fs::read_dir(runs).into_iter().flatten().flatten();
    let mut paths = entries.map(|it| it.path().to_string_lossy().into_owned());
    match paths.find(|it| find_run(it).is_some()) {
        Some(run) => bail!("{run} was published, but its costing failed"),
        None => Ok(()),
    }
}
