//! The day on which an invented trust did something. Only a demonstration says it; everywhere else it
//! is the clock that does.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use jiff::civil::Date;

use crate::configuration::Configuration;
use crate::surroundings;

/// The moment that goes on record: now, or the morning of a stated day of a demonstration trust, which
/// is never later than now.
///
/// # Errors
/// If the run does not lie in the folder of a demonstration trust, or the day is none.
pub(crate) fn moment(run: &Path, on: Option<&str>) -> Result<String> {
    let now = surroundings::now();
    let Some(on) = on else { return Ok(now) };
    let day: Date = on.parse().with_context(|| format!("`{on}` is no day: write 2026-05-15"))?;
    // Runs lie one below the trust's folder.
    let whole = std::fs::canonicalize(run)
        .with_context(|| format!("cannot find the run `{}`", run.display()))?;
    let trust = whole.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    if !Configuration::of_folder(trust)?.site().demonstration {
        bail!(
            "only the invented trust of a demonstration says on which day it acted: leave --on out, \
             and the clock says it"
        );
    }
    let then = format!("{day}T09:00:00Z");
    Ok(then.min(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_demonstration_says_on_which_day_it_acted_and_on_none_to_come() {
        let dir = tempfile::tempdir().expect("a folder");
        let run = dir.path().join("runs/0a1b");
        std::fs::create_dir_all(&run).expect("a folder");
        let refused = moment(&run, Some("2025-05-16")).expect_err("not a demonstration");
        assert!(refused.to_string().contains("leave --on out"), "{refused}");
        let settings = "[site]\ndemonstration = true\n";
        std::fs::write(dir.path().join("concord.toml"), settings).expect("written");
        let then = |on: &str| moment(&run, Some(on)).expect("a moment");
        assert_eq!(then("2025-05-16"), "2025-05-16T09:00:00Z");
        assert!(then("9999-01-01").as_str() < "9999");
        assert!(moment(&run, Some("May")).is_err());
    }
}
