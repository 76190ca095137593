//! Prints one generated page of `docs/reference`, or the names of all pages.
#![expect(clippy::print_stdout, reason = "its output is the page")]

mod bad_input;
mod model_faults;
mod stages;
mod tables;

use std::process::ExitCode;

type Page = fn() -> String;

/// Every page by file name, without `.md`.
const PAGES: [(&str, Page); 4] = [
    ("bad-input", bad_input::page),
    ("model-faults", model_faults::page),
    ("stages", stages::page),
    ("tables", tables::page),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(wanted) = arguments.first() else {
        for (name, _) in PAGES {
            println!("{name}");
        }
        return ExitCode::SUCCESS;
    };
    let Some((_, page)) = PAGES.iter().find(|(name, _)| name == wanted) else {
        eprintln!("there is no page {wanted}");
        return ExitCode::FAILURE;
    };
    print!("{}", page());
    ExitCode::SUCCESS
}

/// How a page begins.
fn head(title: &str, introduction: &str) -> String {
    format!("# {title}\n\n<!-- Written by `cargo xtask docs`; do not edit. -->\n\n{introduction}\n")
}

/// Text in a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
