//! The engine's side of the yardstick: makes the files that all engines read, costs them and tells
//! how long each part took, and says what became of each row, to be compared.
//!
//! `cargo xtask bench` runs it beside the others; `bench/README.md` says how.
#![expect(clippy::print_stdout, reason = "what was measured goes to whoever asked")]

mod fixture;
mod floor;
mod model;
mod random;
mod stages;
mod told;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use fixture::Size;

const HELP: &str = "\
yardstick make FOLDER EVENTS ROWS [even|skewed]
                                  a model and a prepared dataset of this size
yardstick cost FOLDER THREADS     cost it afresh, and tell the seconds of each part
yardstick floor FOLDER THREADS    read and write the same bytes, and nothing else
yardstick told FOLDER             write what became of each row beside the dataset";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<String> {
    match *arguments {
        ["make", folder, events, rows, ref shape @ ..] => {
            let is_skewed = match *shape {
                [] | ["even"] => false,
                ["skewed"] => true,
                _ => bail!("a dataset is `even` or `skewed`\n\n{HELP}"),
            };
            let size = Size { events: number(events)?, rows: number(rows)?, is_skewed };
            fixture::make(Path::new(folder), &size)
        }
        ["cost", folder, threads] => stages::cost(Path::new(folder), count(threads)?),
        ["floor", folder, threads] => floor::run(Path::new(folder), count(threads)?),
        ["told", folder] => told::write(Path::new(folder)),
        _ => bail!("{HELP}"),
    }
}

fn number(text: &str) -> Result<u64> {
    text.replace('_', "").parse().with_context(|| format!("`{text}` is not a number of rows"))
}

fn count(text: &str) -> Result<usize> {
    let threads = text.parse().with_context(|| format!("`{text}` is not a number of threads"))?;
    if threads == 0 {
        bail!("no work can be done with 0 threads");
    }
    Ok(threads)
}
