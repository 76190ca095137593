//! The only place that reads the clock, the environment and the machine.

use std::io::IsTerminal as _;

use jiff::{Timestamp, tz::TimeZone};

/// Now, to the second, in UTC: `2026-04-20T09:30:00Z`.
#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub(crate) fn now() -> String {
    let zoned = Timestamp::now().to_zoned(TimeZone::UTC);
    zoned.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The user of the operating system, who acts as operator with patient rights.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub(crate) fn user() -> String {
    let named = |name| std::env::var(name).ok().filter(|it: &String| !it.is_empty());
    named("USER").or_else(|| named("LOGNAME")).unwrap_or_else(|| "unknown user".to_owned())
}

/// Processors that this process may use.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Whether a person watches standard error.
pub(crate) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Peak memory of this process in KiB, where the system tells.
pub(crate) fn peak_memory_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|it| it.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Seconds since the program began to watch them.
#[derive(Debug)]
pub(crate) struct Watch(std::time::Instant);

impl Watch {
    /// Begins.
    #[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Whole milliseconds so far.
    pub(crate) fn milliseconds(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Logs as JSON lines on standard error if `CONCORD_LOG` says what.
pub(crate) fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("CONCORD_LOG");
    if let Ok(filter) = filter {
        tracing_subscriber::fmt()
            .json()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .init();
    }
}
