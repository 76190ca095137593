//! Chores of the repository: set up, demonstrate, test, tidy, write the generated pages.
#![expect(clippy::print_stdout, reason = "chores talk to the person who runs them")]

mod bench;
mod browser;
mod checks;
mod cluster;
mod concord;
mod demonstration;
mod documentation;
mod end_to_end;
mod from_csv;
mod growth;
mod load;
mod measure;
mod performance;
mod plot;
mod process;
mod setup;
mod site;
mod sized;
mod skew;
mod tidy;
mod what_if;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
Chores of this repository. Two are all that most people need:

  cargo xtask demo [--size SIZE] [--dir DIR]
                      build, make a demonstration trust, cost it, serve it at 127.0.0.1:8080
  cargo xtask test    everything that is checked before a change is accepted

The others are parts of these:

  cargo xtask setup   check that what is needed to build is there, and name what is missing
  cargo xtask tidy    check the rules of the house that no compiler knows (STYLE.md)
  cargo xtask docs    write the generated pages of docs/reference
  cargo xtask end-to-end
                      cost the small demonstration trust and check the outcome
  cargo xtask browser
                      walk through the application in Chromium, on the trust that end-to-end left
  cargo xtask measure --size SIZE [--dir DIR]
                      time and peak memory of each step, with the release build
  cargo xtask bench [--events N --rows N] [--rounds N] [--shape SHAPE] [--only costing|csv]
                      matching and allocation, and all from CSV on, beside DuckDB and Polars
  cargo xtask bench-growth [--rows N,N] [--shape SHAPE] [--limit MIB] [--rounds N]
                      time and memory of a costing at several sizes, held to a limit if wanted
  cargo xtask bench-skew [--rows N] [--limit MIB] [--rounds N]
                      uneven input beside plain input, each held to a limit of memory
  cargo xtask bench-what-if --dir DIR|--size SIZE [--program PATH]
                      a costing by one changed rule beside a whole one; DIR as for bench-load
  cargo xtask cluster [--program PATH]
                      cost on a cluster of processes here, kill some of them, compare every run
  cargo xtask bench-cluster [--size SIZE] [--trusts N,N] [--program PATH]
                      a region of trusts in one job, by trusts and executors
  cargo xtask bench-load --dir DIR [--seconds N] [--sessions N] [--program PATH]
                      load on a site: sign-ins, pages, saves; DIR as `demo --no-serve` made it

SIZE is small, district (unless told), trust or large. DIR is demo unless told.
SHAPE is even (unless told), busy-patient, dear-centre, common-activity, or skewed: all three.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        ["setup"] => setup::run(setup::Purpose::Tests),
        ["browser"] => {
            println!("{}", browser::run(browser::Pictures::Kept)?);
            Ok(())
        }
        ["demo", options @ ..] => demonstration::run(options),
        ["test"] => checks::run(),
        ["tidy"] => tidy::run(),
        ["docs"] => documentation::write(),
        ["end-to-end"] => {
            println!("{}", end_to_end::run()?);
            Ok(())
        }
        ["bench", options @ ..] => bench::run(options),
        ["bench-growth", options @ ..] => growth::run(options),
        ["bench-skew", options @ ..] => skew::run(options),
        ["bench-what-if", options @ ..] => what_if::run(options),
        ["cluster", options @ ..] => cluster::run(options),
        ["bench-cluster", options @ ..] => cluster::bench(options),
        ["bench-load", options @ ..] => load::run(options),
        ["measure", options @ ..] => measure::run(options),
        other => bail!("`cargo xtask {}` is not a chore\n\n{HELP}", other.join(" ")),
    }
}
