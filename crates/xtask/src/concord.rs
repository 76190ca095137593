//! Drives the built `concord` program through a demonstration trust, as a person would.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::process;
use crate::site::copy;

/// The years of the demonstration trust, the latest last.
pub(crate) const YEARS: [&str; 2] = ["2024-25", "2025-26"];

/// When each of them was published, as the story of the trust goes: some weeks after its end.
const PUBLISHED: [&str; 2] = ["2025-05-16", "2026-05-15"];

/// Length of a reference to a patient, event or spell, in characters of `0-9a-v`.
const REFERENCE_LENGTH: usize = 26;

/// A folder with a demonstration trust, and the program that works on it.
#[derive(Debug)]
pub(crate) struct Trust {
    concord: PathBuf,
    /// As it is shown to the person: relative to the repository where it lies there.
    dir: String,
}

/// What `concord show` says of a run, as far as it is needed here.
#[derive(Debug, Deserialize)]
struct Shown {
    outstanding: Vec<Waiting>,
    records: Records,
}

/// A finding that waits for a decision.
#[derive(Debug, Deserialize)]
struct Waiting {
    id: String,
}

/// What was said of a run after it was made.
#[derive(Debug, Deserialize)]
struct Records {
    publication: Option<serde_json::Value>,
}

impl Trust {
    /// A trust in a folder that may not be there yet.
    pub(crate) fn new(concord: PathBuf, dir: &str) -> Self {
        Self { concord, dir: dir.trim_end_matches('/').to_owned() }
    }

    /// The folder.
    pub(crate) fn folder(&self) -> PathBuf {
        process::repository().join(&self.dir)
    }

    /// A path below the folder, as arguments take it.
    pub(crate) fn path(&self, below: &str) -> String {
        format!("{}/{below}", self.dir)
    }

    /// A command of `concord`.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        process::program(&self.concord, arguments)
    }

    /// Writes the trust's files.
    pub(crate) fn generate(&self, size: &str) -> Result<()> {
        process::run(&mut self.command(&["demo", "--dir", &self.dir, "--size", size]))
    }

    /// Reads and checks one year's files.
    pub(crate) fn intake(&self, year: &str) -> Result<()> {
        process::run(&mut self.intake_command(year))
    }

    /// The command that reads and checks one year's files.
    pub(crate) fn intake_command(&self, year: &str) -> Command {
        self.intake_command_to(year, &self.dataset(year))
    }

    /// The same, into another folder.
    pub(crate) fn intake_command_to(&self, year: &str, to: &str) -> Command {
        self.command(&[
            "intake",
            "--model",
            &self.path("model"),
            "--from",
            &self.dir,
            "--to",
            to,
            "--year",
            year,
            "--vault",
            &self.path("vault"),
        ])
    }

    /// The dataset of one year.
    pub(crate) fn dataset(&self, year: &str) -> String {
        self.path(&format!("datasets/{year}"))
    }

    /// Costs one year into a folder of runs and gives the run's path.
    pub(crate) fn cost(&self, year: &str, runs: &str, options: &[&str]) -> Result<String> {
        costed(&mut self.cost_command(year, &self.path(runs), options))
    }

    /// The same in another time zone and locale.
    pub(crate) fn cost_in(
        &self,
        (zone, locale): (&str, &str),
        year: &str,
        runs: &str,
        options: &[&str],
    ) -> Result<String> {
        let mut command = self.cost_command(year, &self.path(runs), options);
        costed(command.env("TZ", zone).env("LC_ALL", locale))
    }

    /// Costs the latest year once more as clinicians corrected it, beside the other runs: a draft,
    /// so that there are two runs of one year to compare. Gives the run's path.
    pub(crate) fn what_if(&self, runs: &str) -> Result<String> {
        let year = YEARS[YEARS.len() - 1];
        let (folder, below) = (self.folder(), "what_if/corrected");
        for part in ["model", year] {
            copy(&folder.join(part), &folder.join(below).join(part))?;
        }
        copy(&folder.join("what_if/corrected_theatre_times"), &folder.join(below))?;
        let [model, from] = [format!("{below}/model"), below.to_owned()].map(|it| self.path(&it));
        let dataset = self.path(&format!("{below}/dataset"));
        if !folder.join(below).join("dataset/manifest.json").exists() {
            let vault = self.path("vault");
            let arguments = ["intake", "--model", &model, "--from", &from, "--to", &dataset];
            let rest = ["--year", year, "--vault", &vault];
            process::run(&mut self.command(&[&arguments[..], &rest[..]].concat()))?;
        }
        let runs = self.path(runs);
        let arguments = ["cost", "--dataset", &dataset, "--model", &model, "--runs", &runs];
        costed(&mut self.command(&[&arguments[..], &["--year", year]].concat()))
    }

    /// The command that costs one year into a folder of runs.
    pub(crate) fn cost_command(&self, year: &str, runs: &str, options: &[&str]) -> Command {
        let (dataset, model) = (self.dataset(year), self.path("model"));
        let mut arguments =
            vec!["cost", "--dataset", &dataset, "--model", &model, "--runs", runs, "--year", year];
        arguments.extend(options);
        self.command(&arguments)
    }

    /// Recomputes a run: from its own files, or from its dataset with matching and weighing too.
    pub(crate) fn verify(&self, run: &str, dataset: Option<&str>) -> Result<()> {
        let mut command = self.command(&["verify", run]);
        if let Some(dataset) = dataset {
            command.args(["--dataset", dataset]);
        }
        process::run(&mut command)
    }

    /// Accepts what waits in a run and publishes it, in the names of two people of the trust and on
    /// the day that its story tells; a published one is left as it is.
    pub(crate) fn publish(&self, run: &str, by: [&str; 2]) -> Result<()> {
        let shown = process::output(&mut self.command(&["show", run, "--format", "json"]))?;
        let shown: Shown = serde_json::from_str(&shown).context("`concord show` gave no JSON")?;
        if shown.records.publication.is_some() {
            return Ok(());
        }
        let on = published_on(run)?;
        for finding in &shown.outstanding {
            let reason = "Known, and small for a demonstration";
            let arguments = ["accept", run, &finding.id, "--by", by[0], "--reason", reason];
            process::run(self.command(&arguments).args(["--on", on]))?;
        }
        process::run(&mut self.command(&["publish", run, "--by", by[0], "--by", by[1], "--on", on]))
    }

    /// What a query prints.
    pub(crate) fn query(&self, run: &str, sql: &str) -> Result<String> {
        process::output(&mut self.command(&["query", run, sql]))
    }

    /// The own patients' event, wholly inside the year, that had most kinds of activity.
    pub(crate) fn eventful(&self, run: &str) -> Result<String> {
        let sql = "select e.event from events e join event_costs c on c.event_number = e.event_number \
                   where e.completeness = 'WITHIN' and e.category = 'OWN' group by e.event \
                   order by count(distinct c.activity) desc, e.event limit 1";
        let printed = self.query(run, sql)?;
        match printed.split(|it: char| !it.is_ascii_alphanumeric()).find(|it| is_reference(it)) {
            Some(event) => Ok(event.to_owned()),
            None => bail!("{run} holds no event that lies wholly inside its year"),
        }
    }
}

/// When the trust published a run of its year, by the manifest of the run.
fn published_on(run: &str) -> Result<&'static str> {
    let path = process::repository().join(run).join("manifest.json");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let manifest: serde_json::Value = serde_json::from_str(&text)?;
    let years = std::iter::zip(YEARS, PUBLISHED);
    let mut found = years.filter(|it| manifest["year"] == it.0);
    found.next().map(|it| it.1).with_context(|| format!("{run} is of no year of the demonstration"))
}

/// The path in a line that is the folder of a run.
pub(crate) fn find_run(line: &str) -> Option<String> {
    let words = line.split(|it: char| it.is_whitespace() || "\"',`".contains(it));
    let is_run = |it: &&str| {
        let folder = process::repository().join(Path::new(it));
        !it.is_empty() && folder.join("manifest.json").is_file()
    };
    words.map(|it| it.trim_end_matches(['.', '/'])).find(is_run).map(str::to_owned)
}

/// Runs a costing and gives the folder of its run.
pub(crate) fn costed(command: &mut Command) -> Result<String> {
    let mut run = None;
    process::watch(command, |line| run = find_run(line).or(run.take()))?;
    run.context("`concord cost` did not print the folder of its run")
}

fn is_reference(text: &str) -> bool {
    text.len() == REFERENCE_LENGTH && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'v'))
}
