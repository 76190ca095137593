//! A dataset: each file with its rows, and each finding in full.

use std::path::Path;

use anyhow::{Context as _, Result};
use costing::dataset::Dataset;

use crate::context::{Context, Outcome};

/// Whether a folder holds a dataset.
pub(super) fn is_one(folder: &Path) -> bool {
    Dataset::open(folder).is_ok()
}

pub(super) fn run(folder: &Path, context: &Context) -> Result<Outcome> {
    let dataset = Dataset::open(folder)?;
    let findings = findings(folder)?;
    let manifest = &dataset.manifest;
    context.print(
        || {
            let mut text = format!(
                "Dataset of {}, {}: rows read = used + quarantined + rejected\n",
                manifest.organisation, manifest.year
            );
            for it in &manifest.inputs {
                text += &format!(
                    "  {} {}: {} = {} + {} + {}, sha256 {}\n",
                    it.feed,
                    it.name,
                    it.rows_read,
                    it.rows_used,
                    it.rows_quarantined,
                    it.rows_rejected,
                    it.sha256
                );
            }
            text += "\nFindings\n";
            for it in &findings {
                text += &format!("  {}\n", it.join("  "));
            }
            let folder = folder.display();
            text + &format!(
                "\nQuarantined rows as they were: {folder}/quarantine/FEED.csv; all findings for a spreadsheet: {folder}/findings.csv\nNext: concord cost --dataset {folder}\n"
            )
        },
        || serde_json::json!({ "manifest": manifest, "findings": findings }),
    )?;
    Ok(Outcome::Done)
}

/// The findings of a dataset, each with what its columns hold.
fn findings(folder: &Path) -> Result<Vec<Vec<String>>> {
    let path = folder.join("findings.csv");
    let mut reader = csv::Reader::from_path(&path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.with_context(|| format!("cannot read `{}`", path.display()))?;
        let filled = record.iter().filter(|it| !it.is_empty() && *it != "0.000000");
        rows.push(filled.map(str::to_owned).collect());
    }
    Ok(rows)
}
