//! A scheduler and executors as processes of their own on this machine.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::concord::Trust;
use crate::process;

/// How often a log is looked at.
const PAUSE: Duration = Duration::from_millis(1);
/// How often at most: half a minute.
const LOOKS: usize = 30_000;
/// Seconds after which a silent executor is lost, so that checks do not wait long.
const LOST_AFTER: &str = "10";

/// A scheduler with its executors. They end with it.
pub(super) struct Cluster {
    address: String,
    scheduler: Child,
    executors: Vec<(Child, PathBuf)>,
}

impl Cluster {
    /// Starts them; their shared folder is that of the trust, and each works in one thread.
    pub(super) fn start(trust: &Trust, executors: usize) -> Result<Self> {
        let logs = trust.folder().join("logs");
        fs::create_dir_all(&logs)?;
        let shared = trust.folder().to_string_lossy().into_owned();
        let (address, count) = (free_address()?, executors.to_string());
        let of_scheduler = ["scheduler", "--listen", &address, "--executors", &count];
        let arguments = [&["cluster"], &of_scheduler[..], &["--lost-after", LOST_AFTER]].concat();
        let scheduler = started(trust, &arguments, &logs.join("scheduler"))?;
        let mut cluster = Self { address: address.clone(), scheduler, executors: Vec::new() };
        for number in 0..executors {
            let (listen, log) = (free_address()?, logs.join(format!("executor-{number}")));
            let of_executor = ["executor", "--scheduler", &address, "--listen", &listen];
            let rest = ["--shared", &shared, "--tasks", "1"];
            let arguments = [&["cluster"], &of_executor[..], &rest[..]].concat();
            let child = started(trust, &arguments, &log)?;
            cluster.executors.push((child, log));
        }
        Ok(cluster)
    }

    /// Where its scheduler is.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Waits until the scheduler says that all executors are there, so that starting them is not
    /// measured.
    pub(super) fn wait_until_ready(&self) -> Result<()> {
        for _ in 0..LOOKS {
            if self.is_ready().unwrap_or(false) {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
        bail!("the executors did not come; see the logs of the cluster");
    }

    fn is_ready(&self) -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    }

    /// Waits until an executor has begun something.
    pub(super) fn wait_for_work(&self, executor: usize) -> Result<()> {
        for _ in 0..LOOKS {
            if self.had_work(executor)? {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
        bail!("executor {executor} was given no work");
    }

    /// Whether the last that an executor said is what it began.
    pub(super) fn had_work(&self, executor: usize) -> Result<bool> {
        let log = fs::read_to_string(&self.executors[executor].1)?;
        Ok(log.lines().last().is_some_and(|it| it.starts_with("begun: ")))
    }

    /// Kills an executor at once.
    pub(super) fn kill(&mut self, executor: usize) -> Result<()> {
        end(&mut self.executors[executor].0).context("an executor cannot be killed")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for (child, _) in &mut self.executors {
            let _ = end(child);
        }
        let _ = end(&mut self.scheduler);
    }
}

fn end(child: &mut Child) -> std::io::Result<()> {
    child.kill()?;
    child.wait().map(drop)
}

/// A port of this machine that nobody listens at.
fn free_address() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").context("there is no free port")?;
    Ok(listener.local_addr()?.to_string())
}

/// Starts `concord` beside us; what it says goes to a file.
fn started(trust: &Trust, arguments: &[&str], log: &Path) -> Result<Child> {
    let mut command = trust.command(arguments);
    println!("$ {} &", process::shown(&command));
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    command.stdout(Stdio::null()).stderr(file).spawn().context("the program starts")
}
