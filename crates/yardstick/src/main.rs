//! The engine's side of the yardstick: makes the files that all engines read, costs them and tells
//! how long each part took, and says what became of each row, to be compared.
//!
//! `cargo xtask bench` runs it beside the others; `bench/README.md` says how.
#![expect(clippy::print_stdout, reason = "what was measured goes to whoever asked")]

mod bucket;
mod csv;
mod fixture;
mod floor;
mod model;
mod random;
mod stages;
mod taken_in;
mod told;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use bucket::{Shape, Size};

const HELP: &str = "\
yardstick make FOLDER EVENTS ROWS [SHAPE]
                                  a model and a prepared dataset of this size
yardstick csv FOLDER EVENTS ROWS [SHAPE]
                                  the same as files of a trust, to be taken in
yardstick intake FOLDER THREADS   take these in, and tell the seconds
yardstick cost FOLDER THREADS [csv]
                                  cost what was made, or what was taken in, afresh, and tell the
                                  seconds of each part
yardstick floor FOLDER THREADS    read and write the same bytes, and nothing else
yardstick told FOLDER             write what became of each row beside the dataset

SHAPE is even (unless told), busy-patient, dear-centre, common-activity, or skewed: all three.";

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
            fixture::make(Path::new(folder), &size(events, rows, shape)?)
        }
        ["csv", folder, events, rows, ref shape @ ..] => {
            csv::make(Path::new(folder), &size(events, rows, shape)?)
        }
        ["intake", folder, threads] => taken_in::run(Path::new(folder), count(threads)?),
        ["cost", folder, threads] => stages::cost(Path::new(folder), count(threads)?, ""),
        ["cost", folder, threads, "csv"] => {
            stages::cost(Path::new(folder), count(threads)?, csv::ENDING)
        }
        ["floor", folder, threads] => floor::run(Path::new(folder), count(threads)?),
        ["told", folder] => told::write(Path::new(folder)),
        _ => bail!("{HELP}"),
    }
}

fn size(events: &str, rows: &str, shape: &[&str]) -> Result<Size> {
    let name = match *shape {
        [] => "even",
        [name] => name,
        _ => bail!("{HELP}"),
    };
    let shape = Shape::named(name).with_context(|| format!("`{name}` is no shape\n\n{HELP}"))?;
    Ok(Size { events: number(events)?, rows: number(rows)?, shape })
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
