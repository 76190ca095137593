//! `concord intake`: reads and checks a trust's files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Result, bail};
use domain::{FinancialYear, Finding, Money, Severity};
use intake::{IntakeError, IntakeReport, Refusal, Request};
use rules::Model;
use tables::manifest::InputEntry;
use vault::Vault;

use super::findings;
use crate::context::{Context, Outcome};
use crate::progress::Progress;

/// Kinds of findings shown before the rest is counted.
const SHOWN: usize = 20;

/// Options of `intake`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Model folder.
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// Folder of the trust's files; those that the model names are read, its `model/` is left out.
    /// Give it again for every further folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Vec<PathBuf>,
    /// Dataset folder to write.
    #[arg(long, value_name = "DATASET")]
    pub(crate) to: Option<PathBuf>,
    /// Financial year, such as 2025-26; by default the model's latest.
    #[arg(long, value_name = "YEAR")]
    pub(crate) year: Option<FinancialYear>,
    /// Vault folder; by default `vault` beside the dataset.
    #[arg(long, value_name = "VAULT")]
    pub(crate) vault: Option<PathBuf>,
    /// Worker threads; they change no byte. By default one for each processor.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
}

/// What became of an intake.
pub(crate) enum Taken {
    Accepted(Box<IntakeReport>),
    Refused(Box<Refusal>),
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let taken = work(arguments, context)?;
    context.print(|| taken.text(), || taken.json())?;
    Ok(match taken {
        Taken::Accepted(_) => Outcome::Done,
        Taken::Refused(_) => Outcome::Failed,
    })
}

/// Takes in, and prints nothing.
pub(crate) fn work(arguments: &Arguments, context: &Context) -> Result<Taken> {
    let settings = &context.configuration;
    let model = super::model::load(&settings.model(arguments.model.as_deref())?)?;
    let year = year(arguments, &model)?;
    let to = settings.dataset(arguments.to.as_deref(), "to", &year.to_string())?;
    let from = settings.from(arguments.from.first().map(PathBuf::as_path))?;
    let also = arguments.from.get(1..).unwrap_or_default();
    let threads = settings.threads(arguments.threads)?;
    let mut vault = Vault::open_or_create(&settings.vault(arguments.vault.as_deref(), Some(&to))?)?;
    let progress = context.progress();
    let heard = Heard { progress: &progress, read: AtomicU64::new(0), files: AtomicU64::new(0) };
    let request = Request {
        model: &model,
        year,
        from: &from,
        to: &to,
        vault: &mut vault,
        threads,
        progress: &heard,
    };
    let report = intake::run_with(request, also);
    drop(progress);
    match report {
        Ok(report) => Ok(Taken::Accepted(Box::new(report))),
        Err(IntakeError::Refused(refusal)) => Ok(Taken::Refused(refusal)),
        Err(error) => Err(error.into()),
    }
}

fn year(arguments: &Arguments, model: &Model) -> Result<FinancialYear> {
    match arguments.year.or_else(|| model.years.keys().next_back().copied()) {
        Some(year) => Ok(year),
        None => bail!("the model lists no year: add a [[year]] to its model.toml"),
    }
}

struct Heard<'a> {
    progress: &'a Progress,
    read: AtomicU64,
    files: AtomicU64,
}

impl Heard<'_> {
    fn reading(&self, read: u64, text: &str) {
        tracing::info!(step = text);
        self.progress.count("reading files", (read, self.files.load(Ordering::Relaxed)), text);
    }
}

impl intake::Progress for Heard<'_> {
    fn stage(&self, name: &str) {
        self.progress.step(name);
    }

    fn files(&self, count: u64) {
        self.files.store(count, Ordering::Relaxed);
    }

    fn opening(&self, feed: &str, file: &str) {
        let read = self.read.load(Ordering::Relaxed);
        self.reading(read, &format!("Reading: {feed} from {file}"));
    }

    fn read(&self, feed: &str, file: &str, rows: u64) {
        let read = self.read.fetch_add(1, Ordering::Relaxed) + 1;
        self.reading(read, &format!("Reading: {feed} from {file}, {rows} rows read"));
    }
}

impl Taken {
    /// What was found, the gravest first.
    pub(crate) fn findings(&self) -> &[Finding] {
        match self {
            Self::Accepted(report) => &report.findings,
            Self::Refused(refusal) => &refusal.findings,
        }
    }

    /// The files read.
    pub(crate) fn inputs(&self) -> &[InputEntry] {
        match self {
            Self::Accepted(report) => &report.manifest.inputs,
            Self::Refused(refusal) => &refusal.inputs,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Accepted(report) => accepted(report),
            Self::Refused(refusal) => refused(refusal),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        let inputs = self.inputs();
        let findings = findings::json(self.findings());
        let report = match self {
            Self::Accepted(report) => report,
            Self::Refused(_) => {
                return serde_json::json!({
                    "refused": true, "inputs": inputs, "findings": findings,
                });
            }
        };
        let waiting = waiting(&report.findings);
        serde_json::json!({
            "dataset": report.dataset,
            "year": report.manifest.year,
            "unchanged": report.unchanged,
            "replaced": report.replaced,
            "inputs": inputs,
            "missing_feeds": report.manifest.missing_feeds,
            "findings": findings,
            "outstanding": waiting.0,
            "outstanding_money": waiting.1.to_decimal(),
        })
    }
}

fn accepted(report: &IntakeReport) -> String {
    let dataset = report.dataset.display().to_string();
    let mut text = inputs_text(&report.manifest.inputs);
    for feed in &report.manifest.missing_feeds {
        text += &format!("{feed}: no file\n");
    }
    let file = format!("{dataset}/findings.csv");
    text += &findings::grouped(&report.findings, SHOWN, &file);
    text += &waiting_text(&report.findings);
    if report.unchanged {
        text += "The same files were taken in before; the dataset is as it was.\n";
    }
    if let Some(before) = &report.replaced {
        text += &format!("The dataset that was there is now {}\n", before.display());
    }
    text += &format!("Every file and finding: concord show {dataset}\n");
    text + &format!("{dataset}\n")
}

fn refused(refusal: &Refusal) -> String {
    let found = &refusal.findings;
    let count = found.iter().filter(|it| it.severity == Severity::Refusal).count();
    inputs_text(&refusal.inputs)
        + &findings::text(found)
        + &format!(
            "The intake is refused: {count} of these findings forbid a dataset. Nothing was written.\n"
        )
}

/// Rows by feed: what was read is what was used, quarantined and rejected.
fn inputs_text(inputs: &[InputEntry]) -> String {
    let mut feeds: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for input in inputs {
        let rows = feeds.entry(&input.feed).or_default();
        let counts =
            [input.rows_read, input.rows_used, input.rows_quarantined, input.rows_rejected];
        rows.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    let width = feeds.keys().map(|it| it.chars().count()).max().unwrap_or(0).max(4);
    let mut text = format!(
        "{:width$} {:>12} {:>12} {:>12} {:>12}\n",
        "feed", "rows read", "used", "quarantined", "rejected"
    );
    for (feed, [read, used, quarantined, rejected]) in feeds {
        text += &format!("{feed:width$} {read:>12} {used:>12} {quarantined:>12} {rejected:>12}\n");
    }
    text
}

/// How many findings wait for acceptance, and what they touch.
pub(crate) fn waiting(found: &[Finding]) -> (usize, Money) {
    let waiting = || found.iter().filter(|it| it.severity == Severity::NeedsAcceptance);
    (waiting().count(), waiting().map(|it| it.money).sum())
}

fn waiting_text(found: &[Finding]) -> String {
    match waiting(found) {
        (0, _) => String::new(),
        (count, money) => format!(
            "{count} of these findings, of {}, will need acceptance in every run of this dataset\n",
            money.to_pence()
        ),
    }
}
