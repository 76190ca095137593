//! The command line of Concord: `concord`.
#![expect(clippy::print_stdout, reason = "a command line answers on standard output")]

mod arguments;
mod commands;
mod output;
mod progress;
mod surroundings;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::Arguments;

/// Conservation is broken: no run was written, or what was read does not add up.
const BROKEN: u8 = 2;

fn main() -> ExitCode {
    surroundings::start_log();
    let arguments = Arguments::parse();
    match commands::run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            output::error(&arguments, &error);
            ExitCode::from(if is_broken(&error) { BROKEN } else { 1 })
        }
    }
}

fn is_broken(error: &anyhow::Error) -> bool {
    let costing = error.downcast_ref::<costing::CostingError>();
    let results = error.downcast_ref::<results::ResultsError>();
    costing.is_some_and(|it| matches!(it, costing::CostingError::NotConserved { .. }))
        || results.is_some_and(results::ResultsError::breaks_conservation)
}
