//! `concord publish`: two people publish a run.

use std::path::PathBuf;

use anyhow::{Result, bail};
use results::Run;

use super::invented;
use crate::context::{Context, Outcome};

/// Options of `publish`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Name of who publishes; give it twice, for two different people.
    #[arg(long, value_name = "NAME", required = true)]
    by: Vec<String>,
    /// Day on which an invented trust did so, such as 2026-05-15; of a demonstration alone.
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let [first, second] = arguments.by.as_slice() else {
        bail!("publication needs two different people: --by A --by B");
    };
    let run = Run::open(&arguments.run)?;
    let progress = context.progress();
    progress.step("Comparing every file with the manifest");
    let at = invented::moment(&arguments.run, arguments.on.as_deref())?;
    let published = run.publish([first, second], &at)?;
    drop(progress);
    context.print_of(
        &run,
        || format!("Run {} is published by {}.\n", run.id(), published.by.join(" and ")),
        || serde_json::json!({ "run": run.id(), "published": published }),
    )?;
    Ok(Outcome::Done)
}
