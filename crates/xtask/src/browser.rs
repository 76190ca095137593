//! Walks through the application in Chromium: every template, then every role's main journey.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::process;

/// A site that is stopped when this is dropped.
struct Site {
    child: Child,
    address: String,
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing is left behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
    let site = serve(&folder.join("trust"))?;
    let walked = node("journeys.mjs", &[&site.address, &shots])?;
    drop(site);
    let day = folder.join("day");
    copy(&made, &day)?;
    let site = serve_with_second_factor(&day)?;
    let whole_day = node("day.mjs", &[&site.address, &shots, &day.to_string_lossy()])?;
    Ok(format!("{seen}; {walked}; {whole_day}"))
}

/// Serves a trust as no demonstration, so that a second factor is asked for: its people are those
/// that the demonstration made when it started before.
fn serve_with_second_factor(folder: &Path) -> Result<Site> {
    drop(serve(folder)?);
    let path = folder.join("concord.toml");
    let settings = fs::read_to_string(&path)?;
    let real = settings.replace("demonstration = true", "demonstration = false");
    if real == settings {
        bail!("{} does not say `demonstration = true`", path.display());
    }
    fs::write(&path, real)?;
    serve(folder)
}

/// Runs a script and gives its last line, which counts what it looked at.
fn node(script: &str, arguments: &[&str]) -> Result<String> {
    let mut last = String::new();
    let mut command = process::program("node", &[&format!("browser/{script}")]);
    process::watch(command.args(arguments), |line| line.clone_into(&mut last))?;
    Ok(last)
}

/// Starts a site on a port that is free, and waits until it says where it is.
fn serve(folder: &Path) -> Result<Site> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let listen = format!("127.0.0.1:{port}");
    let dir = folder.to_string_lossy().into_owned();
    let concord = process::target().join("debug/concord");
    let mut command = process::program(concord, &["serve", "--dir", &dir, "--listen", &listen]);
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start the site")?;
    let stdout = child.stdout.take().context("the pipe was asked for above")?;
    let mut lines = BufReader::new(stdout).lines();
    let site = Site { child, address: format!("http://{listen}") };
    match lines.next() {
        Some(Ok(line)) if line.contains(&site.address) => {
            // What it says later is nobody's; reading on keeps its pipe from filling.
            std::thread::spawn(move || lines.for_each(drop));
            Ok(site)
        }
        _ => bail!("the site did not say where it is"),
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
