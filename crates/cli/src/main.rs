//! `concord`, the command line: the only place that knows the clock, the environment and the user.

mod arguments;
mod commands;
mod configuration;
mod context;
mod progress;
mod run_log;
mod surroundings;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Format};
use context::{Context, Outcome};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => {
            // Help and version are answers; anything else is a mistake of the user.
            let asked = !message.use_stderr();
            let _ = message.print();
            return if asked { ExitCode::SUCCESS } else { ExitCode::from(Outcome::Failed.code()) };
        }
    };
    surroundings::start_log();
    let format = arguments.format;
    let outcome = Context::new(&arguments).and_then(|it| commands::run(&arguments.verb, &it));
    match outcome {
        Ok(outcome) => ExitCode::from(outcome.code()),
        Err(error) => {
            report(&error, format);
            ExitCode::from(context::outcome_of(&error).code())
        }
    }
}

/// Says what is wrong on standard error, with every cause.
fn report(error: &anyhow::Error, format: Format) {
    match format {
        Format::Text => eprintln!("concord: {error:#}"),
        Format::Json => eprintln!("{}", serde_json::json!({ "error": format!("{error:#}") })),
    }
}
