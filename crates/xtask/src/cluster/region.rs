//! A region of trusts in one job: how time grows with trusts and with executors.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::members::Cluster;
use super::{built, emptied};
use crate::concord::{Trust, YEARS};
use crate::end_to_end::alike;
use crate::measure::step;
use crate::{performance, process};

/// Executors of the clusters that are measured.
const EXECUTORS: [usize; 2] = [1, 2];

/// What is measured.
#[derive(Debug)]
struct Asked<'a> {
    size: &'a str,
    /// Trusts of each job.
    trusts: Vec<usize>,
    program: Option<&'a str>,
}

/// One job as it was seen.
#[derive(Debug)]
struct Job {
    trusts: usize,
    executors: usize,
    seconds: f64,
}

/// What `concord cluster cost --format json` prints, as far as it is needed here.
#[derive(Debug, Deserialize)]
struct Printed {
    trusts: Vec<CostedTrust>,
}

#[derive(Debug, Deserialize)]
struct CostedTrust {
    trust: String,
    done: Done,
}

#[derive(Debug, Deserialize)]
struct Done {
    costing: Run,
}

#[derive(Debug, Deserialize)]
struct Run {
    path: String,
}

/// Makes a region of trusts, costs each by itself, then all in one job on clusters, and prints a
/// table; every run is compared with that of the single machine.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let asked = asked(arguments)?;
    let concord = match asked.program {
        Some(program) => program.into(),
        None => built(&["--release"], "release")?,
    };
    let work = emptied("region")?;
    let region = Trust::new(concord, &work.to_string_lossy());
    let most = asked.trusts.iter().copied().max().unwrap_or_default();
    let mut alone = Vec::new();
    for number in 1..=most {
        alone.push(made(&region, number, asked.size)?);
    }
    let mut jobs = Vec::new();
    for executors in EXECUTORS {
        for trusts in &asked.trusts {
            jobs.push(job(&region, (*trusts, executors), &alone)?);
        }
    }
    let counts: Vec<String> = asked.trusts.iter().map(usize::to_string).collect();
    let program = asked.program.map_or(String::new(), |it| format!(" --program {it}"));
    let command = format!(
        "cargo xtask bench-cluster --size {} --trusts {}{program}",
        asked.size,
        counts.join(","),
    );
    performance::tell("region", &command, &table(&asked.trusts, &alone, &jobs))
}

fn asked<'a>(arguments: &[&'a str]) -> Result<Asked<'a>> {
    let mut asked = Asked { size: "small", trusts: vec![1, 2, 5, 10], program: None };
    for pair in arguments.chunks(2) {
        match *pair {
            ["--size", size] => asked.size = size,
            ["--trusts", trusts] => {
                let counts = trusts.split(',').map(str::parse);
                asked.trusts = counts.collect::<Result<_, _>>().context("--trusts are numbers")?;
            }
            ["--program", program] => asked.program = Some(program),
            _ => bail!(
                "cargo xtask bench-cluster [--size SIZE] [--trusts 1,2,5,10] [--program PATH]"
            ),
        }
    }
    if asked.trusts.is_empty() || asked.trusts.contains(&0) {
        bail!("--trusts are numbers from 1");
    }
    Ok(asked)
}

/// Makes one trust of the region and costs it by itself: its run, and the seconds that it took.
fn made(region: &Trust, number: usize, size: &str) -> Result<(String, f64)> {
    let year = YEARS[YEARS.len() - 1];
    let (dir, chance) = (region.path(&format!("trust-{number}")), number.to_string());
    let demo = ["demo", "--dir", &dir, "--size", size, "--seed", &chance];
    process::run(&mut region.command(&demo))?;
    let program = region.command(&[]).get_program().to_owned();
    let trust = Trust::new(program.into(), &dir);
    trust.intake(year)?;
    let options = ["--afresh", "--threads", "1"];
    let (seen, printed) = step("cost", trust.cost_command(year, &trust.path("runs"), &options))?;
    let run = printed.lines().find_map(crate::concord::find_run);
    let run = run.context("`concord cost` did not print its run")?;
    Ok((run, seen.took.as_secs_f64()))
}

/// Costs the first trusts of the region in one job.
fn job(
    region: &Trust,
    (trusts, executors): (usize, usize),
    singles: &[(String, f64)],
) -> Result<Job> {
    let year = YEARS[YEARS.len() - 1];
    let mut list = "trust,dataset,model,runs,year\n".to_owned();
    for number in 1..=trusts {
        let of = format!("trust-{number}");
        let runs = format!("{of}/runs-{executors}-{trusts}");
        let _ = writeln!(list, "{of},{of}/datasets/{year},{of}/model,{runs},{year}");
    }
    let path = region.path("region.csv");
    fs::write(process::repository().join(&path), list)?;
    let cluster = Cluster::start(region, executors)?;
    cluster.wait_until_ready()?;
    let ask = ["cluster", "cost", "--cluster", cluster.address(), "--trusts", &path];
    let (seen, printed) =
        step("region", region.command(&[&ask[..], &["--format", "json"]].concat()))?;
    let printed: Printed = serde_json::from_str(&printed)
        .with_context(|| format!("`concord cluster cost` did not cost every trust: {printed}"))?;
    if printed.trusts.len() != trusts {
        bail!("{} of {trusts} trusts were costed", printed.trusts.len());
    }
    for (costed, (run, _)) in printed.trusts.iter().zip(singles) {
        alike(run, &costed.done.costing.path).with_context(|| costed.trust.clone())?;
    }
    Ok(Job { trusts, executors, seconds: seen.took.as_secs_f64() })
}

fn table(trusts: &[usize], alone: &[(String, f64)], jobs: &[Job]) -> String {
    let mut text = "| trusts | one after another without a cluster, s |".to_owned();
    for executors in EXECUTORS {
        let _ = write!(text, " {executors} executor(s), s |");
    }
    text += "\n|--:|--:|";
    text += &"--:|".repeat(EXECUTORS.len());
    text.push('\n');
    for count in trusts {
        let sum: f64 = alone.iter().take(*count).map(|it| it.1).sum();
        let _ = write!(text, "| {count} | {sum:.1} |");
        for executors in EXECUTORS {
            let of = jobs.iter().find(|it| (it.trusts, it.executors) == (*count, executors));
            let _ = write!(text, " {:.1} |", of.map_or(0.0, |it| it.seconds));
        }
        text.push('\n');
    }
    text += "\nEach run is that of the single machine, byte for byte. An executor works in one thread; all processes share this machine.\n";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_stands_in_the_row_of_its_trusts() {
        let alone = [("a".to_owned(), 2.0), ("b".to_owned(), 3.0)];
        let job = |trusts, executors, seconds| Job { trusts, executors, seconds };
        let jobs = [job(1, 1, 2.5), job(2, 1, 5.5), job(1, 2, 2.4), job(2, 2, 3.1)];
        let text = table(&[1, 2], &alone, &jobs);
        // Two trusts one after another: 2.0 + 3.0.
        assert!(text.contains("| 1 | 2.0 | 2.5 | 2.4 |\n| 2 | 5.0 | 5.5 | 3.1 |\n"), "{text}");
    }
}
