//! Walks through the application in Chromium: every template, then every role's main journey.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::concord::{Trust, YEARS};
use crate::process;
use crate::site::{self, Site, copy};

/// Serves a copy of the trust that `end-to-end` left, and gives the sentence for the closing line.
pub(crate) fn run() -> Result<String> {
    process::build_programs()?;
    let target = process::target();
    let (made, folder) = (target.join("end-to-end"), target.join("browser"));
    if !made.join("concord.toml").exists() {
        bail!("there is no trust to look at: run `cargo xtask end-to-end` first");
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    copy(&made, &folder.join("trust"))?;
    let samples = folder.join("samples");
    let mut command = process::program(target.join("debug/examples/samples"), &[]);
    process::run(command.arg(&samples))?;
    let seen = node("samples.mjs", &[&samples.to_string_lossy()])?;
    let shots = folder.to_string_lossy();
    let concord = target.join("debug/concord");
    // Last year is published, so that this year is seen beside it.
    publish_last_year(&concord, &folder.join("trust"))?;
    // What clinicians corrected is a draft beside this year's run.
    let trust = Trust::new(concord.clone(), &folder.join("trust").to_string_lossy());
    let corrected = trust.what_if("runs")?;
    let site = site::serve(&concord, &folder.join("trust"))?;
    let walked = node("journeys.mjs", &[&site.address, &shots, &corrected])?;
    drop(site);
    let day = folder.join("day");
    copy(&made, &day)?;
    let site = serve_with_second_factor(&concord, &day)?;
    let whole_day = node("day.mjs", &[&site.address, &shots, &day.to_string_lossy()])?;
    Ok(format!("{seen}; {walked}; {whole_day}"))
}

/// Publishes the run of the earlier year, in the names of two people of the demonstration.
fn publish_last_year(concord: &Path, folder: &Path) -> Result<()> {
    let trust = Trust::new(concord.to_owned(), &folder.to_string_lossy());
    for entry in fs::read_dir(folder.join("runs"))? {
        let run = entry?.path();
        let Ok(manifest) = fs::read_to_string(run.join("manifest.json")) else { continue };
        let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
        if manifest["year"] == YEARS[0] {
            trust.publish(&run.to_string_lossy(), ["Moira Flynn", "Ravi Sethi"])?;
        }
    }
    Ok(())
}

/// Serves a trust as no demonstration, so that a second factor is asked for: its people are those
/// that the demonstration made when it started before.
fn serve_with_second_factor(concord: &Path, folder: &Path) -> Result<Site> {
    drop(site::serve(concord, folder)?);
    let path = folder.join("concord.toml");
    let settings = fs::read_to_string(&path)?;
    let real = settings.replace("demonstration = true", "demonstration = false");
    if real == settings {
        bail!("{} does not say `demonstration = true`", path.display());
    }
    fs::write(&path, real)?;
    site::serve(concord, folder)
}

/// Runs a script and gives its last line, which counts what it looked at.
fn node(script: &str, arguments: &[&str]) -> Result<String> {
    let mut last = String::new();
    let mut command = process::program("node", &[&format!("browser/{script}")]);
    process::watch(command.args(arguments), |line| line.clone_into(&mut last))?;
    Ok(last)
}
