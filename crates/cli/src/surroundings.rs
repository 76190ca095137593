//! The clock, the environment, the user and the machine: read here and nowhere else.

use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

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
