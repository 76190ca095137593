//! `concord engine`: does the work of a job file in a process of its own.

mod work;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use costing::CostingError;
use intake::IntakeError;
use jobs::{Ending, EngineLock, Job, JobError, JobFiles, ProgressWriter};
use results::ResultsError;
use serde_json::Value;

use super::findings;
use super::model::RefusedModel;
use crate::context::{Context, Outcome, outcome_of};
use crate::surroundings;

/// Exit code of shells for a process that was ended by signal 15.
const STOPPED: u8 = 143;
/// Exit code of a program that met a fault of its own.
const PANICKED: u8 = 101;

/// Options of `engine`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What is to be done, as docs/reference/job-file.md says. How far it is goes to
    /// FILE.progress.jsonl, and what the verb would print as JSON to FILE.result.json.
    #[arg(long, value_name = "FILE")]
    job: PathBuf,
    /// How much it gives way to other processes.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=19))]
    nice: u8,
    /// The most memory that it may use for itself; where more is needed, the job fails.
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..))]
    memory: Option<u64>,
}

/// What came of a job.
struct Answer {
    outcome: Outcome,
    ending: Ending,
    /// What the verb would print with `--format json`.
    document: Option<Value>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    surroundings::give_way(arguments.nice).context("cannot give way to other processes")?;
    if let Some(memory) = arguments.memory {
        surroundings::limit_memory(memory).context("cannot limit the memory")?;
    }
    let files = JobFiles::of(&arguments.job);
    let bytes = std::fs::read(files.job())
        .with_context(|| format!("cannot read the job file `{}`", files.job().display()))?;
    let _lock = EngineLock::take(&files)?;
    forget(&files.result())?;
    let progress = files.progress();
    let writer = ProgressWriter::open(&progress)
        .with_context(|| format!("cannot write `{}`", progress.display()))?;
    let writer = Arc::new(writer);
    stop_when_asked(Arc::clone(&writer))?;
    let context = &context.heard_by(Arc::clone(&writer));
    let done = catch_unwind(AssertUnwindSafe(|| {
        writer.step(work::beginning());
        work::work(&Job::parse(&bytes)?, context)
    }));
    match done {
        Ok(Ok(answer)) => {
            finish(&files, &writer, &answer.ending, answer.document.as_ref())?;
            let ending = &answer.ending;
            context.print(|| format!("{}\n", ending.message), || serde_json::json!(ending))?;
            Ok(answer.outcome)
        }
        Ok(Err(error)) => {
            finish(&files, &writer, &ending_of(&error), refusal(&error).as_ref())?;
            Err(error)
        }
        Err(fault) => {
            finish(&files, &writer, &fault_ending(), None)?;
            resume_unwind(fault)
        }
    }
}

/// The result is in place before the ending says so.
fn finish(
    files: &JobFiles,
    writer: &ProgressWriter,
    ending: &Ending,
    document: Option<&Value>,
) -> Result<()> {
    if let Some(document) = document {
        let path = files.result();
        jobs::write_whole(&path, format!("{document:#}\n").as_bytes())
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    let written = writer.end(ending);
    written.with_context(|| format!("cannot write `{}`", files.progress().display()))?;
    Ok(())
}

/// Nobody takes the result of an earlier attempt for that of this one.
fn forget(result: &Path) -> Result<()> {
    match std::fs::remove_file(result) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed.with_context(|| format!("cannot remove `{}`", result.display())),
    }
}

/// Datasets and runs get their names in one step at their end, so that work may stop anywhere.
fn stop_when_asked(writer: Arc<ProgressWriter>) -> Result<()> {
    let stop = move || {
        let message = "The work was stopped because somebody asked. Nothing half-made is left in place; start it again if it is wanted after all.";
        let outcome = jobs::Outcome::Cancelled;
        let ending =
            Ending { outcome, exit_code: STOPPED, result: None, message: message.to_owned() };
        // Work that had ended by itself in the meantime ends as it would have.
        if writer.end(&ending).unwrap_or(true) {
            std::process::exit(i32::from(STOPPED));
        }
    };
    surroundings::when_asked_to_end(stop).context("cannot wait for being asked to end")
}

fn ending_of(error: &anyhow::Error) -> Ending {
    let outcome = if is_refusal(error) { jobs::Outcome::Refused } else { jobs::Outcome::Failed };
    Ending {
        outcome,
        exit_code: outcome_of(error).code(),
        result: None,
        message: format!("{error:#}"),
    }
}

fn fault_ending() -> Ending {
    Ending {
        outcome: jobs::Outcome::Failed,
        exit_code: PANICKED,
        result: None,
        message: "Concord met a fault of its own and stopped; nothing was published. Please report it with what the engine wrote to its standard error.".to_owned(),
    }
}

/// Whether something in what was given forbids the work, rather than the work going wrong.
fn is_refusal(error: &anyhow::Error) -> bool {
    error.chain().any(|it| {
        it.is::<JobError>()
            || it.is::<RefusedModel>()
            || matches!(
                it.downcast_ref(),
                Some(
                    CostingError::Refused(_)
                        | CostingError::Busy { .. }
                        | CostingError::OtherYear { .. }
                        | CostingError::NewerFormat { .. }
                )
            )
            || matches!(
                it.downcast_ref(),
                Some(
                    IntakeError::Busy(_)
                        | IntakeError::NoYear(_)
                        | IntakeError::NoFiles(_)
                        | IntakeError::TwoOfAName(_)
                        | IntakeError::Occupied(_)
                )
            )
            || matches!(
                it.downcast_ref(),
                Some(ResultsError::WouldReplace(_) | ResultsError::NewerFormat { .. })
            )
    })
}

/// The findings that forbid the work.
fn refusal(error: &anyhow::Error) -> Option<Value> {
    let found = error.chain().find_map(|it| match it.downcast_ref() {
        Some(CostingError::Refused(found)) => Some(found),
        _ => it.downcast_ref::<RefusedModel>().map(|it| &it.faults),
    })?;
    Some(serde_json::json!({ "refused": true, "findings": findings::json(found) }))
}
