//! `concord cluster cost`: costs the trusts of a list in one job.

use std::path::{Path, PathBuf};

use ::cluster::{Answer, Done, Trust, cost_trusts};
use anyhow::{Context as _, Result, bail};
use costing::dataset::Dataset;
use serde::Deserialize;

use super::{program, real};
use crate::context::{Context, Outcome};
use crate::run_log;

/// One row of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    trust: String,
    dataset: PathBuf,
    model: PathBuf,
    runs: PathBuf,
    year: String,
}

/// A trust of the list, ready to be sent.
struct Ready {
    name: String,
    trust: Trust,
    runs: PathBuf,
}

/// Costs the trusts of a list. One that is refused stops no other, and makes the verb fail.
pub(super) fn cost(cluster: &str, list: &Path, context: &Context) -> Result<Outcome> {
    let ready = read(list)?;
    context.remark(&format!("Costing {} trusts on the cluster at {cluster}", ready.len()));
    let items: Vec<(Trust, &Path)> =
        ready.iter().map(|it| (it.trust.clone(), it.runs.as_path())).collect();
    let (answers, shares) = cost_trusts(cluster, &program()?, &items)?;
    let costed: Vec<(&Ready, &Answer)> = ready.iter().zip(&answers).collect();
    for (ready, answer) in &costed {
        if let Done::Costing(costed) = &answer.done
            && !costed.unchanged
        {
            run_log::add(&ready.runs, "cost", &costed.run, 1);
        }
    }
    let text: String = costed.iter().map(|(ready, answer)| line(&ready.name, answer)).collect();
    let trusts: Vec<_> = costed.iter().map(|(ready, answer)| json(&ready.name, answer)).collect();
    context.print(|| text, || serde_json::json!({ "trusts": trusts, "costed_by": shares }))?;
    let is_refused = |it: &Answer| matches!(it.done, Done::Refused { .. });
    Ok(if answers.iter().any(is_refused) { Outcome::Failed } else { Outcome::Done })
}

fn line(trust: &str, answer: &Answer) -> String {
    let by = &answer.executor;
    match &answer.done {
        Done::Costing(it) if it.unchanged => {
            format!("{trust}: {} (it was there before)\n", it.path.display())
        }
        Done::Costing(it) => format!("{trust}: {} (by {by})\n", it.path.display()),
        Done::Refused { why } => format!("{trust}: {why}\n"),
        Done::Bucket { .. } => String::new(),
    }
}

fn json(trust: &str, answer: &Answer) -> serde_json::Value {
    serde_json::json!({ "trust": trust, "executor": answer.executor, "done": answer.done })
}

fn read(list: &Path) -> Result<Vec<Ready>> {
    let shown = list.display();
    let mut reader = csv::Reader::from_path(list)
        .with_context(|| format!("cannot read the list of trusts in `{shown}`"))?;
    let folder = list.parent().unwrap_or_else(|| Path::new(""));
    let mut all: Vec<Ready> = Vec::new();
    for row in reader.deserialize() {
        let row: Row = row.with_context(|| {
            format!("`{shown}` needs the columns trust, dataset, model, runs and year")
        })?;
        let name = row.trust.clone();
        let ready = ready(folder, row).with_context(|| format!("trust {name} of `{shown}`"))?;
        if let Some(other) = all.iter().find(|it| it.runs == ready.runs) {
            bail!(
                "trusts {} and {name} have the same folder of runs: give each its own",
                other.name
            );
        }
        all.push(ready);
    }
    if all.is_empty() {
        bail!("`{shown}` lists no trust");
    }
    Ok(all)
}

fn ready(folder: &Path, row: Row) -> Result<Ready> {
    let path = real(&folder.join(&row.dataset))?;
    let dataset = Dataset::open(&path)?;
    let (model, runs) = (real(&folder.join(&row.model))?, folder.join(&row.runs));
    std::fs::create_dir_all(&runs).with_context(|| format!("cannot make `{}`", runs.display()))?;
    let year = if row.year.is_empty() { dataset.manifest.year.clone() } else { row.year };
    let trust = Trust {
        dataset: path,
        dataset_hash: dataset.hash,
        model_hash: crate::commands::model::load(&model)?.hash(),
        model,
        year,
    };
    Ok(Ready { name: row.trust, trust, runs: real(&runs)? })
}
