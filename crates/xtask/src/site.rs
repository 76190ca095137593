//! A site that a chore serves for itself, on a free port, and stops when it is done.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::process;

/// A site that is stopped when this is dropped.
pub(crate) struct Site {
    child: Child,
    /// Such as `http://127.0.0.1:8080`.
    pub(crate) address: String,
}

impl Site {
    /// Resident memory in MiB; 0 where the system does not tell.
    pub(crate) fn resident_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let kib = status.ok().and_then(|it| {
            let line = it.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.to_owned();
            line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
        });
        kib.unwrap_or(0) / 1024
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing is left behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a site on a port that is free, and waits until it says where it is.
pub(crate) fn serve(concord: &Path, folder: &Path) -> Result<Site> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let listen = format!("127.0.0.1:{port}");
    let dir = folder.to_string_lossy().into_owned();
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

/// Copies a folder with all that is below it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
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
