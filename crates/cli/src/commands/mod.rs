//! One file for each verb.

mod compare;
mod cost;
mod demo;
mod explain;
mod intake;
mod model;
mod query;
mod records;
mod show;
mod verify;

use std::path::Path;

use anyhow::{Context as _, Result};
use domain::Finding;
use results::Caller;
use rules::Model;

use crate::arguments::{Arguments, Command};
use crate::{output, surroundings};

/// Does what was asked for; false if what was checked does not hold.
pub(crate) fn run(arguments: &Arguments) -> Result<bool> {
    match &arguments.command {
        Command::Demo(options) => demo::run(arguments, options),
        Command::Intake(options) => intake::run(arguments, options),
        Command::Cost(options) => cost::run(arguments, options),
        Command::Accept(options) => records::accept(arguments, options),
        Command::Publish(options) => records::publish(arguments, options),
        Command::Verify(options) => verify::run(arguments, options),
        Command::Show(options) => show::run(arguments, options),
        Command::Explain(options) => explain::run(arguments, options),
        Command::Compare(options) => compare::run(arguments, options),
        Command::Query(options) => query::query(arguments, options),
        Command::Export(options) => query::export(arguments, options),
        Command::Model(command) => model::run(arguments, command),
    }
}

/// Reads a model, or says everything that is wrong with it.
fn read_model(folder: &Path) -> Result<(Model, Vec<Finding>)> {
    let files = Model::load(folder)
        .with_context(|| format!("{}: the model cannot be read", folder.display()))?;
    match Model::parse(files) {
        Ok(read) => Ok(read),
        Err(findings) => output::refused(&format!("The model {}", folder.display()), &findings),
    }
}

/// Who asks, now.
fn caller(reason: &str) -> Caller {
    Caller { who: surroundings::user(), at: surroundings::now(), reason: reason.to_owned() }
}

/// The folder of runs that a run lies in.
fn runs_of(run: &Path) -> &Path {
    match run.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
