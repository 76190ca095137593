//! `concord cost`: costs a dataset under a model and writes a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use costing::kept::{FEEDS_FOLDER, Keep};
use costing::{CostRequest, CostedRun};
use domain::{FinancialYear, Money};
use results::Run;
use results::findings::StoredFinding;
use rules::Model;

use super::findings;
use crate::context::{Context, Outcome};
use crate::{run_log, surroundings};

/// Options of `cost`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Dataset that `concord intake` wrote.
    #[arg(long, value_name = "DATASET")]
    pub(crate) dataset: Option<PathBuf>,
    /// Model folder.
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// Folder in which the run gets a folder of its own.
    #[arg(long, value_name = "RUNS")]
    pub(crate) runs: Option<PathBuf>,
    /// Financial year, such as 2025-26; by default the year of the dataset, or the model's latest.
    #[arg(long, value_name = "YEAR")]
    pub(crate) year: Option<FinancialYear>,
    /// Worker threads; they change no byte of the run. By default one for each processor.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Work out everything, and take over nothing that earlier costings worked out; it changes no
    /// byte of the run.
    #[arg(long)]
    pub(crate) afresh: bool,
    /// The most memory that it may use for itself, such as 4GiB; a costing that needs more ends
    /// without a run.
    #[arg(long, value_name = "SIZE", value_parser = surroundings::mebibytes)]
    pub(crate) memory: Option<u64>,
    /// Address of a scheduler: buckets of patients are matched and weighed by its executors, which
    /// must see dataset, model and the folder of the dataset at the same paths.
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "afresh")]
    pub(crate) cluster: Option<String>,
}

/// A run that is in place, and what is said of it.
pub(crate) struct Costed {
    pub(crate) place: CostedRun,
    pub(crate) run: Run,
    pub(crate) waiting: Vec<StoredFinding>,
    published: bool,
    /// Buckets that each executor of a cluster weighed, if there was one.
    weighed_by: BTreeMap<String, u32>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    if let Some(memory) = arguments.memory {
        surroundings::limit_memory(memory).context("cannot limit the memory")?;
    }
    let costed = work(arguments, context)?;
    context.print_of(&costed.run, || costed.text(), || costed.json())?;
    Ok(Outcome::Done)
}

/// Costs, and prints nothing.
pub(crate) fn work(arguments: &Arguments, context: &Context) -> Result<Costed> {
    let settings = &context.configuration;
    let runs = settings.runs(arguments.runs.as_deref())?;
    let threads = settings.threads(arguments.threads)?;
    let folder = settings.model(arguments.model.as_deref())?;
    let model = super::model::load(&folder)?;
    let (dataset, year) = dataset_and_year(arguments, context, &model)?;
    let progress = context.progress();
    let (feeds, build) = (kept_beside(&dataset, &runs), build().unwrap_or_default());
    let keep = |feeds| Keep { feeds, build: &build };
    let request = CostRequest {
        dataset: &dataset,
        model: &model,
        year,
        runs: &runs,
        threads,
        keep: feeds.as_deref().filter(|_| !arguments.afresh && !build.is_empty()).map(keep),
        progress: &|it| progress.count(it.stage, (it.done, it.total), &it.to_string()),
    };
    let weighed_by = weigh_apart(arguments, &request, &folder)?;
    let costed = costing::cost(&request)?;
    drop(progress);
    if !costed.unchanged {
        run_log::add(&runs, "cost", &costed.id, threads);
    }
    let run = Run::open(&costed.path)?;
    let published = run.records()?.publication.is_some();
    let waiting = run.outstanding()?;
    Ok(Costed { place: costed, run, waiting, published, weighed_by })
}

/// Has buckets weighed by a cluster, if one is named.
#[cfg(feature = "cluster")]
fn weigh_apart(
    arguments: &Arguments,
    request: &CostRequest<'_>,
    folder: &Path,
) -> Result<BTreeMap<String, u32>> {
    match &arguments.cluster {
        Some(cluster) => super::cluster::weigh(cluster, request, folder),
        None => Ok(BTreeMap::new()),
    }
}

/// This build knows no cluster.
#[cfg(not(feature = "cluster"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
fn weigh_apart(_: &Arguments, _: &CostRequest<'_>, _: &Path) -> Result<BTreeMap<String, u32>> {
    Ok(BTreeMap::new())
}

/// Where what feeds came to is kept: beside the dataset, and never among runs, whose readers may
/// not see where restricted events stand.
fn kept_beside(dataset: &Path, runs: &Path) -> Option<PathBuf> {
    let dataset = dataset.canonicalize().ok()?;
    let folder = dataset.parent()?;
    let is_among_runs = runs.canonicalize().is_ok_and(|it| folder.starts_with(it));
    (!is_among_runs).then(|| folder.join(FEEDS_FOLDER))
}

/// What tells this build from another: the size of the program and when it was built or installed.
fn build() -> Option<String> {
    let program = std::env::current_exe().and_then(|it| it.metadata()).ok()?;
    Some(format!("{} {:?}", program.len(), program.modified().ok()?))
}

/// A named dataset says its year; a named or the latest year says which dataset.
fn dataset_and_year(
    arguments: &Arguments,
    context: &Context,
    model: &Model,
) -> Result<(PathBuf, FinancialYear)> {
    match (&arguments.dataset, arguments.year) {
        (Some(dataset), Some(year)) => Ok((dataset.clone(), year)),
        (Some(dataset), None) => Ok((dataset.clone(), year_of(dataset)?)),
        (None, year) => {
            let Some(year) = year.or_else(|| model.years.keys().next_back().copied()) else {
                bail!("the model lists no year: add a [[year]] to its model.toml");
            };
            let dataset = context.configuration.dataset(None, "dataset", &year.to_string())?;
            Ok((dataset, year))
        }
    }
}

fn year_of(dataset: &Path) -> Result<FinancialYear> {
    let opened = costing::dataset::Dataset::open(dataset).with_context(|| {
        format!("`{}` is no dataset; `concord intake` writes one", dataset.display())
    })?;
    Ok(opened.manifest.year.parse()?)
}

impl Costed {
    /// What the waiting findings touch.
    pub(crate) fn money(&self) -> Money {
        self.waiting.iter().map(|it| it.money).sum()
    }

    fn text(&self) -> String {
        let path = self.place.path.display().to_string();
        let mut text = String::new();
        if self.place.unchanged {
            text += "The same inputs, rules and version were costed before; this is that run.\n";
        }
        if !self.weighed_by.is_empty() {
            let share = |(executor, buckets): (&String, &u32)| format!("{buckets} by {executor}");
            let shares: Vec<String> = self.weighed_by.iter().map(share).collect();
            text += &format!("Buckets were weighed on the cluster: {}.\n", shares.join(", "));
        }
        text += &state(self.published, self.waiting.is_empty(), &path);
        text += &findings::outstanding(&path, &self.waiting);
        text += &format!("What it says, and where each figure comes from: concord show {path}\n");
        text + &format!("{path}\n")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "run": self.place.id,
            "path": self.place.path,
            "unchanged": self.place.unchanged,
            "published": self.published,
            "outstanding": self.waiting,
            "outstanding_money": self.money().to_decimal(),
            "weighed_by": self.weighed_by,
        })
    }
}

fn state(published: bool, nothing_waits: bool, path: &str) -> String {
    match (published, nothing_waits) {
        (true, _) => "It is published.\n".to_owned(),
        (false, true) => format!(
            "It is a draft without findings to accept. Next: concord publish {path} --by A --by B\n"
        ),
        (false, false) => "It is a draft.\n".to_owned(),
    }
}
