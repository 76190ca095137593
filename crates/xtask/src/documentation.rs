//! Writes the generated pages of `docs/reference`, or checks that they are as they would be written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process;

const FOLDER: &str = "docs/reference";

/// Writes the pages.
pub(crate) fn write() -> Result<()> {
    for (name, text) in pages()? {
        let path = process::repository().join(FOLDER).join(&name);
        if fs::read_to_string(&path).is_ok_and(|it| it == text) {
            println!("{FOLDER}/{name} is up to date");
            continue;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{FOLDER}/{name} written");
    }
    Ok(())
}

/// Fails if a page in the repository is not what would be written now.
pub(crate) fn check() -> Result<()> {
    let mut stale = Vec::new();
    for (name, text) in pages()? {
        let path = process::repository().join(FOLDER).join(&name);
        if fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(format!("{FOLDER}/{name}"));
        }
    }
    if !stale.is_empty() {
        bail!("out of date: {}; write them with `cargo xtask docs`", stale.join(", "));
    }
    println!("the generated pages are up to date");
    Ok(())
}

/// Every generated page by file name.
fn pages() -> Result<BTreeMap<String, String>> {
    process::build_programs()?;
    let built = process::target().join("debug");
    let mut pages = BTreeMap::new();
    let reference = built.join("reference");
    for name in process::output(&mut process::program(&reference, &[]))?.lines() {
        let text = process::output(&mut process::program(&reference, &[name]))?;
        pages.insert(format!("{name}.md"), text);
    }
    pages.insert("command-line.md".to_owned(), command_line(&built.join("concord"))?);
    let mut openapi = process::program(built.join("examples/openapi"), &[]);
    pages.insert("openapi.json".to_owned(), process::output(&mut openapi)?);
    Ok(pages)
}

/// The help of every verb, as `concord` prints it.
fn command_line(concord: &Path) -> Result<String> {
    let overview = help(concord, &[])?;
    let mut page = String::from(
        "# The command line\n\n<!-- Written by `cargo xtask docs`; do not edit. -->\n\n\
         This is what `concord --help` prints, and `concord VERB --help` for each verb.\n",
    );
    section(&mut page, "##", "concord", &overview);
    for verb in verbs(&overview) {
        let text = help(concord, &[&verb])?;
        section(&mut page, "##", &format!("concord {verb}"), &text);
        for inner in verbs(&text) {
            section(
                &mut page,
                "###",
                &format!("concord {verb} {inner}"),
                &help(concord, &[&verb, &inner])?,
            );
        }
    }
    Ok(page)
}

fn section(page: &mut String, level: &str, title: &str, help: &str) {
    let _ = write!(page, "\n{level} {title}\n\n```text\n{}\n```\n", help.trim_end());
}

fn help(concord: &Path, verbs: &[&str]) -> Result<String> {
    let mut command: Command = process::program(concord, verbs);
    // A fixed width, whatever the terminal.
    let text = process::output(command.arg("--help").env("COLUMNS", "100"))?;
    Ok(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"))
}

/// The verbs listed under `Commands:`, without `help`.
fn verbs(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|it| *it != "Commands:")
        .skip(1)
        .take_while(|it| !it.is_empty())
        .filter(|it| it.starts_with("  ") && !it.starts_with("   "))
        .filter_map(|it| it.split_whitespace().next())
        .filter(|it| *it != "help")
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_read_from_the_help() {
        let help = "\
Patient-level costing

Usage: concord [OPTIONS] <COMMAND>

Commands:
  demo    Write a demonstration trust
  intake  Read and check a trust's files,
            with a longer line
  help    Print this message

Options:
  -h, --help  Print help";
        assert_eq!(verbs(help), ["demo", "intake"]);
        assert!(verbs("Usage: concord demo --dir <DIR>").is_empty());
    }
}
