//! Measures the whole way of a demonstration trust: time and peak memory of each step.

use std::fmt::Write as _;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::concord::{Trust, YEARS, find_run};
use crate::{process, setup};

/// How often the memory of a running step is looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// One step as it was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) step: String,
    pub(crate) took: Duration,
    /// The most memory that was resident at once, in KiB; none where the system does not tell.
    pub(crate) peak_kib: Option<u64>,
}

/// Makes, takes in, costs and verifies the latest year of a trust with the release build.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (size, dir) = match arguments {
        ["--size", size] => (*size, format!("target/measure/{size}")),
        ["--size", size, "--dir", dir] => (*size, (*dir).to_owned()),
        _ => bail!("cargo xtask measure --size small|district|trust|large [--dir DIR]"),
    };
    setup::run(setup::Purpose::Demonstration)?;
    process::run(&mut process::cargo(&["build", "--release", "--package", "cli"]))?;
    let trust = Trust::new(process::target().join("release/concord"), &dir);
    if trust.folder().exists() {
        bail!("{dir} is there already: delete it, or choose another folder with --dir");
    }
    let year = YEARS[YEARS.len() - 1];
    let runs = trust.path("runs");
    let mut seen = vec![
        step("demo, both years", trust.command(&["demo", "--dir", &dir, "--size", size]))?.0,
        step("intake, one year", trust.intake_command(year))?.0,
    ];
    let (cost, printed) = step("cost", trust.cost_command(year, &runs, &[]))?;
    seen.push(cost);
    let run = printed.lines().find_map(find_run).context("`concord cost` did not print its run")?;
    seen.push(step("verify from the run alone", trust.command(&["verify", &run]))?.0);
    let dataset = trust.dataset(year);
    let verify = ["verify", &run, "--dataset", &dataset];
    seen.push(step("verify from the dataset", trust.command(&verify))?.0);
    let event = trust.eventful(&run)?;
    seen.push(step("explain one event", trust.command(&["explain", &run, "--event", &event]))?.0);
    println!("{}", table(size, &seen));
    println!("{}", trust.query(&run, "select count(*) as events from events")?);
    println!("{}", trust.query(&run, "select sum(rows) as feed_rows from feed_counts")?);
    Ok(())
}

/// The middle one, the lower of two.
pub(crate) fn median(all: &[f64]) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len() - 1) / 2).copied().unwrap_or(f64::NAN)
}

/// Runs a step to its end, watching the most memory it held.
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
pub(crate) fn step(name: &str, mut command: Command) -> Result<(Seen, String)> {
    println!("$ {}", process::shown(&command));
    let began = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().context("the program starts")?;
    // Read beside the waiting, or a step that prints much would wait for its reader.
    let pipe = child.stdout.take().context("the pipe was asked for")?;
    let reader = std::thread::spawn(move || std::io::read_to_string(pipe));
    let (status, peak_kib) = watch(&mut child)?;
    let took = began.elapsed();
    let printed = reader.join().ok().context("the reader ended")??;
    if !status.success() {
        bail!("`{}` failed ({status})\n{printed}", process::shown(&command));
    }
    Ok((Seen { step: name.to_owned(), took, peak_kib }, printed))
}

fn watch(child: &mut Child) -> Result<(std::process::ExitStatus, Option<u64>)> {
    let path = format!("/proc/{}/status", child.id());
    let mut peak = None;
    loop {
        let now = fs::read_to_string(&path).ok().and_then(|it| high_water_kib(&it));
        peak = peak.max(now);
        if let Some(status) = child.try_wait()? {
            return Ok((status, peak));
        }
        std::thread::sleep(PAUSE);
    }
}

/// The high-water mark of resident memory in the text of `/proc/PID/status`.
fn high_water_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn table(size: &str, seen: &[Seen]) -> String {
    let mut text =
        format!("| size `{size}` | seconds | peak resident memory (MiB) |\n|---|--:|--:|\n");
    for it in seen {
        let peak = it.peak_kib.map_or("not told".to_owned(), |kib| (kib / 1024).to_string());
        let _ = writeln!(text, "| {} | {:.1} | {peak} |", it.step, it.took.as_secs_f64());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read() {
        let status = "Name:\tconcord\nVmPeak:\t  300 kB\nVmHWM:\t  204800 kB\nVmRSS:\t 100 kB\n";
        assert_eq!(high_water_kib(status), Some(204_800));
        assert_eq!(high_water_kib("Name:\tconcord\n"), None);
    }
}
