//! Everything that is checked before a change is accepted, in the order of what fails fastest.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::{browser, documentation, end_to_end, process, setup, tidy};

/// The version of cargo-deny that `deny.toml` is written for.
const CARGO_DENY: &str = "0.20.2";

/// Runs every check; stops at the first that fails. Says how long each took.
pub(crate) fn run() -> Result<()> {
    timed("what is needed", || setup::run(setup::Purpose::Tests))?;
    process::run(&mut process::cargo(&["fmt", "--all", "--", "--check"]))?;
    tidy::run()?;
    let tests = read_and_tested()?;
    timed("generated pages", documentation::check)?;
    let costed = timed("end to end", end_to_end::run)?;
    let walked = timed("browser", || browser::run(browser::Pictures::None))?;
    println!("{tests}; {costed}; {walked}; all checks passed");
    Ok(())
}

/// What only reads the code, and the tests: side by side, since the largest crates keep one processor
/// busy at a time, and neither uses what the other has compiled.
fn read_and_tested() -> Result<String> {
    let is_lost = AtomicBool::new(false);
    let (read, tested) = std::thread::scope(|all| {
        let reading = all.spawn(|| {
            let read = read();
            if let Err(error) = &read {
                println!("{error:#}: the tests are not begun, or only told");
                is_lost.store(true, Ordering::Relaxed);
            }
            read
        });
        let tested = tested(&is_lost);
        let read = reading.join();
        (read.unwrap_or_else(|_| bail!("a check stopped at a fault of its own")), tested)
    });
    if let (Err(_), Err(error)) = (&read, &tested) {
        println!("{error:#}");
    }
    read.and(tested)
}

/// What only reads the code.
fn read() -> Result<()> {
    timed("clippy", || process::run(&mut clippy()))?;
    timed("cargo doc", || process::run(&mut reference()))?;
    timed("licences", || process::run(&mut licences()?))
}

/// Builds the tests, and runs them unless all is lost already.
fn tested(is_lost: &AtomicBool) -> Result<String> {
    timed("tests, built", || process::run(&mut tests(&["--no-run"])))?;
    if is_lost.load(Ordering::Relaxed) {
        bail!("the tests were built and not run");
    }
    timed("tests", run_tests)
}

/// Does a step and says how many seconds it took.
#[expect(clippy::disallowed_methods, reason = "a person who waits is told what the wait was for")]
fn timed<T>(name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
    let began = Instant::now();
    let done = step();
    println!("({name}: {} s)", began.elapsed().as_secs());
    done
}

fn clippy() -> Command {
    let of_all = ["clippy", "--workspace", "--all-targets", "--features", "xtask/reference"];
    let mut command = process::cargo(&[&of_all[..], &["--quiet"]].concat());
    apart(&mut command).args(["--", "-D", "warnings"]);
    command
}

/// In a folder of its own, or it would wait until the tests are built.
fn apart(command: &mut Command) -> &mut Command {
    command.arg("--target-dir").arg(process::target().join("read"))
}

fn reference() -> Command {
    let of_ours = ["doc", "--workspace", "--features", "xtask/reference", "--no-deps", "--quiet"];
    let mut command = process::cargo(&of_ours);
    apart(&mut command).env("RUSTDOCFLAGS", "-D warnings");
    command
}

fn tests(more: &[&str]) -> Command {
    let of_all = ["test", "--workspace", "--features", "xtask/reference", "--quiet"];
    process::cargo(&[&of_all[..], more].concat())
}

/// `cargo deny`, built once below `target/` where the machine has none.
fn licences() -> Result<Command> {
    let root = process::target().join("tools");
    let ours: PathBuf = root.join("bin/cargo-deny");
    let check = ["check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
    if process::works(&["cargo", "deny", "--version"]) {
        let mut arguments = vec!["deny"];
        arguments.extend(check);
        return Ok(process::cargo(&arguments));
    }
    if !ours.exists() {
        println!("building cargo-deny, once: about two minutes on two cores");
        let root = root.to_string_lossy().into_owned();
        process::run(&mut process::cargo(&[
            "install",
            "cargo-deny",
            "--version",
            CARGO_DENY,
            "--locked",
            "--debug",
            "--quiet",
            "--root",
            &root,
        ]))?;
    }
    Ok(process::program(ours, &check))
}

/// Runs all tests and says how many there were.
fn run_tests() -> Result<String> {
    let mut counts = Counts::default();
    process::watch(&mut tests(&[]), |line| {
        counts.add(line);
    })?;
    if counts.ignored > 0 {
        bail!("{} tests are ignored: run them or delete them", counts.ignored);
    }
    if counts.passed == 0 {
        bail!("no test ran");
    }
    Ok(format!("{} tests passed", counts.passed))
}

/// Sums over the closing lines of all test programs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    ignored: u64,
}

impl Counts {
    /// Adds a line such as `test result: ok. 6 passed; 0 failed; 0 ignored; …`; others say nothing.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        self.passed += count_before(result, " passed").unwrap_or(0);
        self.ignored += count_before(result, " ignored").unwrap_or(0);
    }
}

fn count_before(text: &str, word: &str) -> Result<u64> {
    let (before, _) = text.split_once(word).with_context(|| format!("no `{word}`"))?;
    let number = before.rsplit(' ').next().unwrap_or_default();
    number.parse().with_context(|| format!("`{number}` is not a count"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_summed_over_test_programs() {
        let mut counts = Counts::default();
        counts.add("running 6 tests");
        counts.add("test result: ok. 6 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
        counts.add("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out");
        // 6 + 12 passed, 1 + 0 ignored.
        assert_eq!(counts, Counts { passed: 18, ignored: 1 });
    }
}
