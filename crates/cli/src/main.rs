//! `concord`, the command line: the only place that knows the clock, the environment and the user.

mod arguments;
mod commands;
mod configuration;
mod context;
mod progress;
mod run_log;
mod surroundings;
mod weigh;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Format};
use context::{Context, Outcome};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => return mistyped(&message),
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

/// Help and version are answers; anything else is a mistake of the user.
fn mistyped(message: &clap::Error) -> ExitCode {
    let asked = !message.use_stderr();
    if surroundings::wants_json() {
        let text = message.render().to_string();
        if asked {
            print_line(&serde_json::json!({ "help": text }));
        } else {
            report_json(text.trim_end().trim_start_matches("error: "));
        }
    } else {
        let _ = message.print();
    }
    if asked { ExitCode::SUCCESS } else { ExitCode::from(Outcome::Failed.code()) }
}

/// Says what is wrong on standard error, with every cause.
fn report(error: &anyhow::Error, format: Format) {
    match format {
        Format::Text => eprintln!("concord: {error:#}"),
        Format::Json => report_json(&format!("{error:#}")),
    }
}

/// Programs read one document from standard output, also when there is no result.
fn report_json(error: &str) {
    let json = serde_json::json!({ "error": error });
    eprintln!("{json}");
    print_line(&json);
}

fn print_line(json: &serde_json::Value) {
    // Whoever stopped reading has seen enough.
    let _ = writeln!(std::io::stdout(), "{json}");
}
