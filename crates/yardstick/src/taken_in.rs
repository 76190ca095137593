//! Takes the CSV files in through the engine's own front door, and tells what it took.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use intake::{IntakeError, Request};
use vault::Vault;

use crate::csv::ENDING;
use crate::stages;

/// Key of the pseudonyms: nobody is behind them.
const KEY: [u8; 32] = *b"a fixed key that everyone knows!";

/// Removes the dataset and the vault there are, takes in, and gives one line of JSON.
#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
pub(crate) fn run(folder: &Path, threads: usize) -> Result<String> {
    let (dataset, vault) = (folder.join(format!("dataset{ENDING}")), folder.join("vault"));
    for it in [&dataset, &vault] {
        if it.exists() {
            fs::remove_dir_all(it).with_context(|| format!("cannot empty {}", it.display()))?;
        }
    }
    let (model, year) = stages::model(&folder.join(format!("model{ENDING}")))?;
    let began = Instant::now();
    let mut vault = Vault::create_with_key(&vault, KEY)?;
    let taken = intake::run(Request {
        model: &model,
        year,
        from: &folder.join("csv"),
        to: &dataset,
        vault: &mut vault,
        threads,
        progress: &(),
    });
    let seconds = began.elapsed().as_secs_f64();
    let report = match taken {
        Ok(report) => report,
        Err(IntakeError::Refused(refusal)) => {
            let told: Vec<&str> = refusal.findings.iter().map(|it| it.message.as_str()).collect();
            bail!("the files are refused:\n{}", told.join("\n"));
        }
        Err(error) => return Err(error.into()),
    };
    let inputs = &report.manifest.inputs;
    let apart: u64 = inputs.iter().map(|it| it.rows_quarantined + it.rows_rejected).sum();
    if apart > 0 {
        bail!("{apart} rows were kept apart, which the other engines would have counted");
    }
    let rows: u64 = inputs.iter().map(|it| it.rows_used).sum();
    let told = serde_json::json!({
        "engine": "concord",
        "rows": rows,
        "seconds": { "intake": seconds },
    });
    Ok(told.to_string())
}
