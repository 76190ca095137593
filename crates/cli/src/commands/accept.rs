//! `concord accept`: a named person accepts a finding.

use std::path::PathBuf;

use anyhow::Result;
use results::Run;

use super::{findings, invented};
use crate::context::{Context, Outcome};

/// Options of `accept`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Id of the finding, as `concord cost` and `concord show` print it.
    #[arg(value_name = "FINDING")]
    finding: String,
    /// Name of who accepts.
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why, in words; it stays on record.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Day on which an invented trust did so, such as 2026-05-15; of a demonstration alone.
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let run = Run::open(&arguments.run)?;
    let now = invented::moment(&arguments.run, arguments.on.as_deref())?;
    let accepted = run.accept(&arguments.finding, &arguments.by, &arguments.reason, &now)?;
    let waiting = run.outstanding()?;
    let path = arguments.run.display().to_string();
    context.print_of(
        &run,
        || {
            let done = format!("{} is accepted by {}.\n", accepted.finding, accepted.by);
            let done = format!("{done}All that was accepted: concord show {path} --assurance\n");
            if waiting.is_empty() {
                let next = format!("concord publish {path} --by A --by B");
                return format!("{done}Nothing more waits for acceptance. Next: {next}\n");
            }
            done + &findings::outstanding(&path, &waiting)
        },
        || serde_json::json!({ "run": run.id(), "accepted": accepted, "outstanding": waiting }),
    )?;
    Ok(Outcome::Done)
}
