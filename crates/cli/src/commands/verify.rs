//! `concord verify`: recomputes a run and compares every byte.

use std::path::{Path, PathBuf};

use anyhow::Result;
use costing::{Check, VerifyReport};
use results::Run;

use crate::context::{Context, Outcome};
use crate::{run_log, surroundings};

/// Options of `verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// Dataset of the run: matching and weighing are done again too.
    #[arg(long, value_name = "DATASET")]
    pub(crate) dataset: Option<PathBuf>,
    /// Worker threads; they change no byte. By default one for each processor.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let report = work(arguments, context)?;
    let shown = || text(&arguments.run, &report);
    // A run that is too damaged to be opened has no title left.
    match Run::open(&arguments.run) {
        Ok(run) => context.print_of(&run, shown, || json(&report))?,
        Err(_) => context.print(shown, || json(&report))?,
    }
    Ok(if report.holds() { Outcome::Done } else { Outcome::Failed })
}

/// Recomputes, and prints nothing.
pub(crate) fn work(arguments: &Arguments, context: &Context) -> Result<VerifyReport> {
    surroundings::limit_threads(context.configuration.threads(arguments.threads)?);
    let progress = context.progress();
    progress.step("Computing the run again");
    let report = costing::verify(&arguments.run, arguments.dataset.as_deref());
    drop(progress);
    // Conservation that breaks here is a finding about this run, so its exit code is that of a break.
    let report = report.map_err(|error| anyhow::anyhow!("{error}"))?;
    log(arguments);
    Ok(report)
}

fn log(arguments: &Arguments) {
    if let Ok(folder) = arguments.run.canonicalize()
        && let (Some(runs), Some(name)) = (folder.parent(), folder.file_name())
    {
        run_log::add(runs, "verify", &name.to_string_lossy(), 0);
    }
}

fn text(run: &Path, report: &VerifyReport) -> String {
    let mut text: String = report.checks.iter().map(check_text).collect();
    text += &format!(
        "Files with rows and hashes, and both sides of each identity: concord show {} --reconciliation, or --format json\n",
        run.display()
    );
    text + &format!("{}\n", verdict(breaks(report)))
}

/// How many checks did not hold, each time counted.
pub(crate) fn breaks(report: &VerifyReport) -> usize {
    report.checks.iter().map(|it| it.breaks.len()).sum()
}

/// What the breaks mean.
pub(crate) fn verdict(breaks: usize) -> String {
    let (count, noun) = match breaks {
        0 => return "Everything holds.".to_owned(),
        1 => (1, "break"),
        more => (more, "breaks"),
    };
    format!("{count} {noun}: this run must not be used. Cost again from its dataset and model.")
}

fn check_text(check: &Check) -> String {
    let verdict = if check.breaks.is_empty() { "holds " } else { "BREAKS" };
    let breaks: String = check.breaks.iter().map(|it| format!("          {it}\n")).collect();
    format!("{verdict}  {}: {}\n{breaks}", check.name, check.detail)
}

pub(crate) fn json(report: &VerifyReport) -> serde_json::Value {
    let check = |it: &Check| serde_json::json!({ "name": it.name, "detail": it.detail, "breaks": it.breaks });
    serde_json::json!({
        "holds": report.holds(),
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
    })
}
