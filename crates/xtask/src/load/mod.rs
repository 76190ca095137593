//! What load a site bears: signed-in people who read, people who save, and people who sign in.
//!
//! The figures are goals L1 to L4 and L6 of the load that the project holds itself to, over the
//! pages that exist. What was seen is in `bench/README.md`.

mod client;
mod open_loop;
mod people;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::site::{self, Site};
use crate::{process, setup};
use open_loop::Seen;
use people::{Crowd, PAGES};

/// Seconds of each load, unless told.
const SECONDS: u64 = 60;

/// Sessions of the crowd, unless told.
const SESSIONS: u64 = 500;

/// Sign-ins a second.
const SIGN_INS: u64 = 10;

/// A load, what is held of it, and what was seen.
struct Line {
    load: &'static str,
    held: &'static str,
    seen: Seen,
    /// Answers that are right.
    right: &'static [u16],
    /// Resident memory of the site after it, in MiB.
    resident: u64,
    /// Audit records that it wrote.
    records: u64,
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    dir: String,
    seconds: u64,
    sessions: u64,
    /// A program that is built already; else that of `cargo xtask demo` is.
    program: Option<PathBuf>,
}

const USAGE: &str = "cargo xtask bench-load --dir DIR [--seconds N] [--sessions N] [--program PATH], where DIR was made by \
                     `cargo xtask demo --no-serve`";

/// Loads a copy of a trust that was made before.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let options = parse(arguments)?;
    setup::run(setup::Purpose::Demonstration)?;
    let program = if let Some(program) = options.program {
        program
    } else {
        process::run(&mut process::cargo(&["build", "--profile", "demo", "--package", "cli"]))?;
        process::target().join("demo/concord")
    };
    let copy = prepared(&process::repository().join(&options.dir))?;
    println!("before: {}", uptime());
    let site = site::serve(&program, &copy)?;
    let lines = loads(&site, (options.sessions, options.seconds))?;
    println!("after: {}\n\n{}", uptime(), table(&lines, options.seconds));
    Ok(())
}

fn parse(arguments: &[&str]) -> Result<Options> {
    let mut options =
        Options { dir: String::new(), seconds: SECONDS, sessions: SESSIONS, program: None };
    let mut rest = arguments;
    while let [name, value, behind @ ..] = rest {
        match *name {
            "--dir" => (*value).clone_into(&mut options.dir),
            "--seconds" => options.seconds = value.parse().context(USAGE)?,
            "--sessions" => options.sessions = value.parse().context(USAGE)?,
            "--program" => options.program = Some(PathBuf::from(value)),
            _ => bail!(USAGE),
        }
        rest = behind;
    }
    if options.dir.is_empty() || !rest.is_empty() {
        bail!(USAGE);
    }
    Ok(options)
}

/// A copy of the trust, in which our own addresses are believed as those of a proxy are: so each
/// session has an address of its own, and the limit for one address is not met.
fn prepared(dir: &Path) -> Result<PathBuf> {
    if !dir.join("runs").is_dir() {
        bail!("{} has no runs: make it with `cargo xtask demo --no-serve`", dir.display());
    }
    let copy = process::target().join("bench-load");
    if copy.exists() {
        fs::remove_dir_all(&copy).with_context(|| format!("cannot empty {}", copy.display()))?;
    }
    site::copy(dir, &copy)?;
    let path = copy.join("concord.toml");
    let settings = fs::read_to_string(&path)?;
    fs::write(&path, format!("{settings}proxies = [\"127.0.0.1\"]\n"))?;
    Ok(copy)
}

fn loads(site: &Site, (sessions, seconds): (u64, u64)) -> Result<Vec<Line>> {
    let host = site.address.trim_start_matches("http://").to_owned();
    let mut lines = Vec::new();
    let mut crowd = Crowd::new(&host)?;
    let mut records = crowd.records()?;
    let mut note = |load, held, (seen, right): (Seen, &'static [u16]), crowd: &mut Crowd| {
        let now = crowd.records()?;
        let written = now - records;
        records = now;
        println!(
            "{load}: {} requests in {:.1} s, p50 {:.1} ms, p99 {:.1} ms, {} errors, {written} records, {} MiB",
            seen.count(),
            seen.took.as_secs_f64(),
            seen.wait_ms(500),
            seen.wait_ms(990),
            seen.errors(right),
            site.resident_mib(),
        );
        lines.push(Line {
            load,
            held,
            seen,
            right,
            resident: site.resident_mib(),
            records: written,
        });
        Ok::<(), anyhow::Error>(())
    };
    let sign_ins = crowd.sign_in_all(SIGN_INS, sessions.div_ceil(SIGN_INS));
    note("L6 sign-in, 10/s", "200 / 1,000 ms", (sign_ins, &[303]), &mut crowd)?;
    crowd.complete(sessions)?;
    for (load, rate) in [("L2 service lines, 1,000/s", 1_000), ("L2 at 200/s", 200)] {
        let lines = crowd.service_lines(rate, seconds);
        note(load, "20 / 200 ms", (lines, &[200]), &mut crowd)?;
    }
    let browse = crowd.browse(300, seconds);
    note("L1 mixed browse, 300/s", "15 / 150 ms", (browse, &[200, 303]), &mut crowd)?;
    let slower = crowd.browse(50, seconds);
    note(
        "L1 at 50/s: 500 people, one page in 10 s",
        "15 / 150 ms",
        (slower, &[200, 303]),
        &mut crowd,
    )?;
    let saves = crowd.save(200, seconds);
    note("L4 saves, 200/s", "25 / 250 ms", (saves, &[303]), &mut crowd)?;
    let patients = crowd.patients(200, seconds);
    note("L3 one patient, 200/s", "25 / 250 ms", (patients, &[200]), &mut crowd)?;
    let patients = crowd.patients(10, seconds);
    note("L3 at 10/s", "25 / 250 ms", (patients, &[200]), &mut crowd)?;
    for (page, seen) in crowd.alone()? {
        println!(
            "{page} alone, one at a time: p50 {:.1} ms, p99 {:.1} ms",
            seen.wait_ms(500),
            seen.wait_ms(990)
        );
    }
    Ok(lines)
}

fn table(lines: &[Line], seconds: u64) -> String {
    let mut text = "| load | held p50 / p99 | p50 (ms) | p99 (ms) | requests | answered a second | errors | audit records | resident after (MiB) |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n".to_owned();
    for it in lines {
        let rate = it.seen.a_second();
        let _ = writeln!(
            text,
            "| {} | {} | {:.1} | {:.1} | {} | {rate} | {} | {} | {} |",
            it.load,
            it.held,
            it.seen.wait_ms(500),
            it.seen.wait_ms(990),
            it.seen.count(),
            it.seen.errors(it.right),
            it.records,
            it.resident,
        );
    }
    for it in lines.iter().filter(|it| it.seen.errors(it.right) > 0) {
        let _ =
            writeln!(text, "{}: answers by status {:?} (0: none came)", it.load, it.seen.statuses);
    }
    let pages: Vec<String> = PAGES.iter().map(|it| format!("{} {} %", it.name, it.share)).collect();
    let _ = writeln!(text, "{seconds} seconds each. Mix of L1: {}.", pages.join(", "));
    text
}

/// Load of the machine, as it tells it.
fn uptime() -> String {
    let output = Command::new("uptime").output();
    output.map_or_else(
        |_| "not told".to_owned(),
        |it| String::from_utf8_lossy(&it.stdout).trim().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let read = |all: &[&str]| {
            parse(all).ok().map(|it| (it.dir, (it.seconds, it.sessions), it.program))
        };
        assert_eq!(read(&["--dir", "demo"]), Some(("demo".to_owned(), (60, 500), None)));
        let all = ["--seconds", "5", "--sessions", "20", "--dir", "demo", "--program", "concord"];
        assert_eq!(read(&all), Some(("demo".to_owned(), (5, 20), Some(PathBuf::from("concord")))));
        for wrong in [&["--dir"][..], &[], &["--dir", "demo", "--size", "small"]] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_was_seen_stands_beside_what_is_held() {
        let seen = Seen {
            waits: vec![1_000, 4_000],
            statuses: [(303, 1), (500, 1)].into(),
            took: std::time::Duration::from_secs(2),
        };
        let line = Line {
            load: "saves",
            held: "25 / 250 ms",
            seen,
            right: &[303],
            resident: 90,
            records: 1,
        };
        let text = table(&[line], 2);
        assert!(
            text.contains("| saves | 25 / 250 ms | 1.0 | 4.0 | 2 | 1 | 1 | 1 | 90 |"),
            "{text}"
        );
        assert!(text.contains("saves: answers by status {303: 1, 500: 1}"), "{text}");
    }
}
