//! Walks through the application in Chromium: every template, then every role's main journey.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::concord::Trust;
use crate::process;
use crate::site::{self, Site, copy};

/// Whether pictures of pages are kept, for people to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pictures {
    /// They are.
    Kept,
    /// They are not: nothing is checked by them.
    None,
}

/// Serves a copy of the trust that `end-to-end` left, and gives the sentence for the closing line.
pub(crate) fn run(pictures: Pictures) -> Result<String> {
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
    // Side by side: each waits for pages much of its time, and each has a trust of its own. Three
    // at once are too many for two processors: pictures of long pages then take half a minute.
    std::thread::scope(|all| {
        let beside = all.spawn(|| -> Result<String> {
            let seen = see_samples(&folder)?;
            Ok(format!("{seen}; {}", work_a_day(&made, &folder, pictures)?))
        });
        let walked = walk_journeys(&made, &folder, pictures);
        let beside = beside.join();
        let beside = beside.unwrap_or_else(|_| bail!("a walk stopped at a fault of its own"))?;
        Ok(format!("{beside}; {}", walked?))
    })
}

/// Every template with its sample values.
fn see_samples(folder: &Path) -> Result<String> {
    let samples = folder.join("samples");
    let mut command = process::program(process::target().join("debug/examples/samples"), &[]);
    process::run(command.arg(&samples))?;
    node("samples.mjs", &[&samples.to_string_lossy()], Pictures::None)
}

/// Every role's main journey through a copy of the trust.
fn walk_journeys(made: &Path, folder: &Path, pictures: Pictures) -> Result<String> {
    let (concord, home) = (process::target().join("debug/concord"), folder.join("trust"));
    copy(made, &home)?;
    // Both years are published, as in a demonstration: what its people did tells of both.
    publish(&concord, &home)?;
    // What clinicians corrected is a draft beside this year's run.
    let trust = Trust::new(concord.clone(), &home.to_string_lossy());
    let corrected = trust.what_if("runs")?;
    let site = site::serve(&concord, &home)?;
    node("journeys.mjs", &[&site.address, &folder.to_string_lossy(), &corrected], pictures)
}

/// The costing team's day in another copy.
fn work_a_day(made: &Path, folder: &Path, pictures: Pictures) -> Result<String> {
    let (concord, day) = (process::target().join("debug/concord"), folder.join("day"));
    copy(made, &day)?;
    let site = serve_with_second_factor(&concord, &day)?;
    let arguments = [&*site.address, &folder.to_string_lossy(), &day.to_string_lossy()];
    node("day.mjs", &arguments, pictures)
}

/// Publishes the runs of both years, in the names of two people of the demonstration.
fn publish(concord: &Path, folder: &Path) -> Result<()> {
    let trust = Trust::new(concord.to_owned(), &folder.to_string_lossy());
    for entry in fs::read_dir(folder.join("runs"))? {
        let run = entry?.path();
        if run.join("manifest.json").exists() {
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
fn node(script: &str, arguments: &[&str], pictures: Pictures) -> Result<String> {
    let mut last = String::new();
    let mut command = process::program("node", &[&format!("browser/{script}")]);
    if pictures == Pictures::None {
        command.env("CONCORD_PICTURES", "no");
    }
    process::watch(command.args(arguments), |line| line.clone_into(&mut last))?;
    Ok(last)
}
