//! From a fresh clone to a costed demonstration trust, served in the browser.

use std::path::Path;

use anyhow::{Result, bail};

use crate::concord::{Trust, YEARS};
use crate::{process, setup};

const SIZES: [&str; 4] = ["small", "district", "trust", "large"];

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    size: String,
    dir: String,
    listen: String,
    /// For those who want the runs alone.
    no_serve: bool,
}

/// Builds the program, makes the trust, costs both its years, explains one patient and serves it.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let options = parse(arguments)?;
    setup::run(setup::Purpose::Demonstration)?;
    process::run(&mut process::cargo(&["build", "--profile", "demo", "--package", "cli"]))?;
    let trust = Trust::new(process::target().join("demo/concord"), &options.dir);
    generate(&trust, &options)?;
    let mut runs = Vec::new();
    for year in YEARS {
        if trust.folder().join("datasets").join(year).join("manifest.json").exists() {
            println!("{} is there already and is used as it is", trust.dataset(year));
        } else {
            trust.intake(year)?;
        }
        let run = trust.cost(year, "runs", &[])?;
        trust.verify(&run, None)?;
        runs.push(run);
    }
    // Both years are published, so that everybody has something to look at; a month that the
    // costing team can bring in, cost and publish lies beside them.
    for run in &runs {
        trust.publish(run, ["Moira Flynn", "Ravi Sethi"])?;
    }
    // What clinicians corrected is costed too and stays a draft, so that two runs can be compared.
    trust.what_if("runs")?;
    show(&trust, &runs, &options)
}

fn parse(arguments: &[&str]) -> Result<Options> {
    let mut options = Options {
        size: "district".to_owned(),
        dir: "demo".to_owned(),
        listen: "127.0.0.1:8080".to_owned(),
        no_serve: arguments.last() == Some(&"--no-serve"),
    };
    let mut rest = if options.no_serve { &arguments[..arguments.len() - 1] } else { arguments };
    while let [name, value, behind @ ..] = rest {
        match *name {
            "--size" if SIZES.contains(value) => (*value).clone_into(&mut options.size),
            "--size" => bail!("`{value}` is not a size: take {}", SIZES.join(", ")),
            "--dir" => (*value).clone_into(&mut options.dir),
            "--listen" => (*value).clone_into(&mut options.listen),
            other => bail!("`{other}` is not an option of `cargo xtask demo`"),
        }
        rest = behind;
    }
    match rest {
        [] => Ok(options),
        other => bail!("`{}` needs a value", other.join(" ")),
    }
}

fn generate(trust: &Trust, options: &Options) -> Result<()> {
    let folder = trust.folder();
    let dir = &options.dir;
    if folder.join("concord.toml").exists() {
        println!("using the demonstration trust in {dir}; to start afresh, delete that folder");
        return Ok(());
    }
    if !is_empty(&folder) {
        bail!(
            "{dir} holds something else, or a demonstration that was interrupted: \
             delete it, or choose another folder with --dir"
        );
    }
    trust.generate(&options.size)
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut it| it.next().is_none())
}

fn show(trust: &Trust, runs: &[String], options: &Options) -> Result<()> {
    let [.., before, run] = runs else { bail!("no year was costed") };
    process::run(&mut trust.command(&["show", run]))?;
    let event = trust.eventful(run)?;
    process::run(&mut trust.command(&["explain", run, "--event", &event]))?;
    let concord = process::target().join("demo/concord");
    println!(
        "
What to try next ({0} is the program just built):

  {0} show {run} --service-line CODE
  {0} compare {before} {run}
  {0} query {run} \"select event, own from events order by own desc limit 5\"
  {0} explain {run} --event REFERENCE --all
  {0} export {run} --to costs.xlsx

docs/tutorials/first-costing.md goes through what was done, step by step.
",
        relative(&concord)
    );
    if options.no_serve {
        return Ok(());
    }
    process::run(&mut trust.command(&["serve", "--dir", &options.dir, "--listen", &options.listen]))
}

fn relative(path: &Path) -> String {
    let repository = process::repository();
    path.strip_prefix(repository).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(arguments: &[&str], expected: &Expect) {
        let shown = match parse(arguments) {
            Ok(options) => format!("{} in {}", options.size, options.dir),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&shown);
    }

    #[test]
    fn options_are_read() {
        check(&[], &expect!["district in demo"]);
        check(&["--dir", "there", "--size", "small"], &expect!["small in there"]);
        check(
            &["--size", "huge"],
            &expect!["`huge` is not a size: take small, district, trust, large"],
        );
        check(&["--size"], &expect!["`--size` needs a value"]);
        check(&["--seed", "1"], &expect!["`--seed` is not an option of `cargo xtask demo`"]);
    }
}
