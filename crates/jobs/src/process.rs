//! The engine as a process: started apart from the site, asked to end, and told how it ended.

use std::fs::File;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};

use crate::error::RunnerError;
use crate::files::JobFiles;
use crate::progress::{Ending, Outcome};
use crate::runner::Settings;

/// Exit code of shells for a process that was ended by signal 15; the engine uses it too.
const STOPPED: u8 = 143;

/// Starts an engine in a process group of its own, so that what is sent to the site does not reach
/// it. It outlives the site.
pub(crate) fn start(settings: &Settings, files: &JobFiles) -> Result<Child, RunnerError> {
    let output = |path: std::path::PathBuf| File::create(&path).map_err(RunnerError::file(&path));
    let mut command = Command::new(&settings.program);
    command.arg("engine").arg("--job").arg(files.job());
    command.arg("--nice").arg(settings.nice.to_string());
    if let Some(memory) = settings.memory_mib {
        command.arg("--memory").arg(memory.to_string());
    }
    command
        .args(["--format", "json", "--quiet"])
        // Writing a backtrace takes memory: an engine that has none left would wait for ever.
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(output(files.stdout())?)
        .stderr(output(files.stderr())?)
        .process_group(0)
        .kill_on_drop(false);
    command
        .spawn()
        .map_err(|source| RunnerError::Start { program: settings.program.clone(), source })
}

/// Asks an engine to end, or ends it, with all that it started. One that has just ended by itself is
/// no fault.
pub(crate) fn send(pid: u32, signal: Signal) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
    // An engine that was started by hand may have no group of its own.
    let sent = kill_process_group(pid, signal).or_else(|_| kill_process(pid, signal));
    if let Err(error) = sent {
        tracing::info!(?pid, %error, "the engine had ended already");
    }
}

/// The ending of a job whose engine never began.
pub(crate) fn not_started(error: &RunnerError) -> Ending {
    let message = format!("The work did not begin: {error}. Start it again when that is mended.");
    Ending { outcome: Outcome::Failed, exit_code: 1, result: None, message }
}

/// The ending of an engine that wrote none itself. Whatever it was doing left nothing half-made
/// under a final name, so the way on is to start it again.
pub(crate) fn ending_of(status: Option<ExitStatus>, cancelled: bool, files: &JobFiles) -> Ending {
    let code = status.and_then(|it| it.code()).and_then(|it| u8::try_from(it).ok());
    if cancelled {
        let message = "The work was stopped because somebody asked. Nothing half-made is left in place; start it again if it is wanted after all.";
        return Ending {
            outcome: Outcome::Cancelled,
            exit_code: code.unwrap_or(STOPPED),
            result: None,
            message: message.to_owned(),
        };
    }
    let signal = status.and_then(|it| it.signal());
    let how = match (code, signal) {
        (Some(code), _) => format!("The engine ended with code {code} and did not say why"),
        (None, Some(6)) => {
            "The engine gave up, most likely because the memory it may use ran out".to_owned()
        }
        (None, Some(9)) => {
            "The engine was killed, by somebody or because the machine ran out of memory".to_owned()
        }
        (None, Some(signal)) => format!("The engine was ended by signal {signal}"),
        (None, None) => {
            "The engine ended without a word, most likely because the machine was stopped"
                .to_owned()
        }
    };
    let exit_code = code.or_else(|| signal.and_then(|it| u8::try_from(128 + it).ok())).unwrap_or(1);
    let message = format!(
        "{how}. Nothing half-made is left in place: start the work again. If this happens again, what it complained of is in {}.",
        files.stderr().display()
    );
    Ending { outcome: Outcome::Failed, exit_code, result: None, message }
}
