//! `concord cost`: costs a dataset under a model and writes a run.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use costing::CostRequest;
use costing::dataset::Dataset;
use domain::{FinancialYear, Money};
use results::Run;
use serde_json::json;

use super::read_model;
use crate::arguments::{Arguments, Cost};
use crate::progress::Progress;
use crate::{output, surroundings};

pub(super) fn run(arguments: &Arguments, options: &Cost) -> Result<bool> {
    let (model, _) = read_model(&options.model)?;
    let year: FinancialYear = match options.year {
        Some(year) => year,
        None => Dataset::open(&options.dataset)?.manifest.year.parse()?,
    };
    let progress = Progress::new(arguments);
    let costed = costing::cost(&CostRequest {
        dataset: &options.dataset,
        model: &model,
        year,
        runs: &options.runs,
        threads: options.threads.unwrap_or_else(surroundings::processors),
        progress: &|what| progress.say(what),
    })?;
    let milliseconds = progress.end();
    log(options, &costed.id, milliseconds)?;
    let run = Run::open(&costed.path)?;
    let outstanding = run.outstanding()?;
    let money: Money = outstanding.iter().map(|it| it.money.abs()).sum();
    let path = costed.path.display();
    let text = || {
        let mut text = String::new();
        if costed.unchanged {
            text +=
                "These inputs were costed before with this model and engine; nothing was done.\n";
        }
        text += &format!("{path}\n");
        text += &super::show::summary(&run).unwrap_or_default();
        if outstanding.is_empty() {
            text += "\nNothing waits for acceptance.\n";
        } else {
            text += &format!(
                "\nThe run is a draft: {} findings need acceptance, touching {}.\n",
                outstanding.len(),
                money.to_pence()
            );
            text += &format!(
                "Next: concord show {path}, then concord accept {path} FINDING --by NAME --reason TEXT\n"
            );
        }
        text
    };
    output::answer(arguments, text, || {
        json!({
            "id": costed.id, "path": costed.path, "unchanged": costed.unchanged,
            "outstanding": outstanding.len(), "outstanding_money": money.to_decimal(),
            "milliseconds": milliseconds,
        })
    });
    Ok(true)
}

/// Time, memory and machine go to a log beside the runs, never into one.
fn log(options: &Cost, id: &str, milliseconds: u64) -> Result<()> {
    let path = options.runs.join("log.jsonl");
    let line = json!({
        "at": surroundings::now(), "what": "cost", "run": id, "milliseconds": milliseconds,
        "threads": options.threads.unwrap_or_else(surroundings::processors),
        "peak_memory_kib": surroundings::peak_memory_kib(),
    });
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    writeln!(file, "{line}").with_context(|| format!("{} cannot be written", path.display()))
}
