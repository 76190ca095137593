//! Costs the dataset through the engine's own front door, and tells what each part took.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use costing::{CostRequest, HowFar};
use domain::FinancialYear;
use rules::Model;

/// The part that the other engines do too, by the names of the engine's stages.
const MATCHING_AND_ALLOCATION: [&str; 3] = ["Matching and weighing", "Activities", "Patients"];

/// Removes the runs there are, costs, and gives one line of JSON: seconds by part.
///
/// Model, dataset and runs are those whose names end so: nothing for what is made ready, `-csv` for
/// what was taken in.
#[expect(clippy::disallowed_methods, clippy::float_arithmetic, reason = "time is what is measured")]
pub(crate) fn cost(folder: &Path, threads: usize, ending: &str) -> Result<String> {
    let runs = folder.join(format!("runs{ending}"));
    if runs.exists() {
        fs::remove_dir_all(&runs).with_context(|| format!("cannot empty {}", runs.display()))?;
    }
    let (model, year) = model(&folder.join(format!("model{ending}")))?;
    let began = Instant::now();
    let stages: Mutex<Vec<(&'static str, Instant)>> = Mutex::new(Vec::new());
    let tell = |it: HowFar| {
        let Ok(mut stages) = stages.lock() else { return };
        if stages.last().is_none_or(|last| last.0 != it.stage) {
            stages.push((it.stage, Instant::now()));
        }
    };
    let request = CostRequest {
        dataset: &folder.join(format!("dataset{ending}")),
        model: &model,
        year,
        runs: &runs,
        threads,
        keep: None,
        progress: &tell,
    };
    let costed = costing::cost(&request)?;
    let ended = Instant::now();
    let stages = stages.into_inner().unwrap_or_default();
    let ends = stages.iter().skip(1).map(|it| it.1).chain([ended]);
    let mut told: BTreeMap<String, f64> = BTreeMap::new();
    for ((name, from), to) in stages.iter().zip(ends) {
        *told.entry((*name).to_owned()).or_default() += (to - *from).as_secs_f64();
    }
    let shared = MATCHING_AND_ALLOCATION.iter().filter_map(|it| told.get(*it));
    told.insert("matching and allocation".to_owned(), shared.sum());
    told.insert("total".to_owned(), (ended - began).as_secs_f64());
    let line = serde_json::json!({ "engine": "concord", "seconds": told, "run": costed.id });
    Ok(line.to_string())
}

/// The model in a folder and its only year.
pub(crate) fn model(folder: &Path) -> Result<(Model, FinancialYear)> {
    let files = Model::load(folder).context("there is no model: make one first")?;
    let (model, _) = Model::parse(files).map_err(|found| {
        let told: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
        anyhow!("the model is refused:\n{}", told.join("\n"))
    })?;
    let year = *model.years.keys().next().context("the model has no year")?;
    Ok((model, year))
}
