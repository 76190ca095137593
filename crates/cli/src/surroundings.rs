//! The clock, the environment, the user and the machine: read here and nowhere else.

use std::io::{self, IsTerminal as _};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// The time now, in UTC, to the second: `2026-05-01T09:00:00Z`.
#[expect(clippy::disallowed_methods, reason = "the command line passes the time in")]
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The time now.
#[expect(clippy::disallowed_methods, reason = "the command line passes the time in")]
pub(crate) fn instant() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Time since the program first asked.
#[expect(clippy::disallowed_methods, reason = "how long work takes is shown, and changes nothing")]
pub(crate) fn running() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// The file of the program that runs.
pub(crate) fn program() -> io::Result<std::path::PathBuf> {
    std::env::current_exe()
}

/// A setting of the environment: `CONCORD_` and the name; a blank one is none.
#[expect(clippy::disallowed_methods, reason = "the command line reads the settings for everyone")]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(format!("CONCORD_{name}")).ok().filter(|it| !it.trim().is_empty())
}

/// Whether results were asked for as JSON, also where the rest of what was typed makes no sense.
pub(crate) fn wants_json() -> bool {
    let typed: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let apart = typed.windows(2).any(|it| it[0] == "--format" && it[1] == "json");
    apart || typed.iter().any(|it| it == "--format=json")
}

/// Limits work that chooses its threads itself; the first call counts.
pub(crate) fn limit_threads(threads: usize) {
    // It fails only where threads were started before, and these do the work then.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
}

/// Does something, once, when the program is asked to end; without this it ends at once.
pub(crate) fn when_asked_to_end(act: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let (mut asked, mut interrupted) = {
        let _inside = runtime.enter();
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?)
    };
    let wait = async move {
        tokio::select! {
            _ = asked.recv() => {}
            _ = interrupted.recv() => {}
        }
    };
    let waiting = move || {
        runtime.block_on(wait);
        act();
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(waiting).map(drop)
}

/// Gives way to other processes; threads that are started later do too.
pub(crate) fn give_way(nice: u8) -> io::Result<()> {
    rustix::process::nice(i32::from(nice))?;
    Ok(())
}

/// Limits the memory that the program may use for itself. Where it runs out, the program ends.
pub(crate) fn limit_memory(mebibytes: u64) -> io::Result<()> {
    let bytes = mebibytes.saturating_mul(1024 * 1024);
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    Ok(setrlimit(Resource::Data, limit)?)
}

/// A size of memory as people write it, in MiB.
///
/// # Errors
///
/// How it is written, if it is not.
pub(crate) fn mebibytes(text: &str) -> Result<u64, String> {
    let of_unit = |unit: &str, size: u64| {
        text.strip_suffix(unit)?.trim_end().parse::<u64>().ok()?.checked_mul(size)
    };
    of_unit("GiB", 1024)
        .or_else(|| of_unit("MiB", 1))
        .filter(|it| *it > 0)
        .ok_or_else(|| "write it as 4GiB or 512MiB".to_owned())
}

/// The user of the operating system: by number where the system tells it, since a variable of the
/// environment can hold any name.
pub(crate) fn user() -> String {
    match user_number() {
        Some(number) => name_of(&number).unwrap_or_else(|| format!("user {number}")),
        None => named_by_environment().unwrap_or_else(|| "unknown user".to_owned()),
    }
}

/// Name of the machine; blank if it does not tell.
pub(crate) fn host() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned()
}

/// Processors that may be used.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The most memory that the program has held, in MiB, where the system tells it.
pub(crate) fn peak_memory_mib() -> Option<u64> {
    let kibibytes: u64 = status_field("VmHWM:")?.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes / 1024)
}

/// Whether a person watches standard error.
pub(crate) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Log lines as JSON on standard error, only if `CONCORD_LOG` asks for them (`info`, `debug`).
pub(crate) fn start_log() {
    running();
    let Some(filter) = setting("LOG") else { return };
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .init();
}

fn user_number() -> Option<String> {
    Some(status_field("Uid:")?.split_whitespace().next()?.to_owned())
}

/// One line of what Linux says of this program.
fn status_field(name: &str) -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|it| it.starts_with(name))?;
    Some(line[name.len()..].trim().to_owned())
}

fn name_of(number: &str) -> Option<String> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == number).then(|| name.to_owned())
    })
}

#[expect(clippy::disallowed_methods, reason = "systems without /proc tell the user only here")]
fn named_by_environment() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"].iter().find_map(|it| std::env::var(it).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_memory_name_their_unit() {
        let wrong = Err("write it as 4GiB or 512MiB".to_owned());
        assert_eq!(mebibytes("4GiB"), Ok(4096));
        assert_eq!(mebibytes("512 MiB"), Ok(512));
        for text in ["4", "4GB", "0MiB", "-1GiB", "1.5GiB", "18446744073709551615GiB", ""] {
            assert_eq!(mebibytes(text), wrong, "{text}");
        }
    }
}
