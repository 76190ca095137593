//! What every verb works with: settings, how to print, how to say what goes on.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use costing::CostingError;
use results::{Caller, ResultsError};

use crate::arguments::{Arguments, Format};
use crate::configuration::Configuration;
use crate::progress::Progress;
use crate::surroundings;

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As wanted, also with findings that wait for acceptance.
    Done,
    /// A break was found, or the user made a mistake.
    Failed,
    /// Money was made or lost: a fault of the engine or a changed run.
    NotConserved,
}

impl Outcome {
    /// The exit code.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::NotConserved => 2,
        }
    }
}

/// Which exit code an error has.
pub(crate) fn outcome_of(error: &anyhow::Error) -> Outcome {
    let not_conserved = error.chain().any(|cause| {
        matches!(cause.downcast_ref(), Some(CostingError::NotConserved { .. }))
            || cause.downcast_ref().is_some_and(ResultsError::breaks_conservation)
    });
    if not_conserved { Outcome::NotConserved } else { Outcome::Failed }
}

/// What every verb works with.
#[derive(Debug)]
pub(crate) struct Context {
    /// Settings behind the options.
    pub(crate) configuration: Configuration,
    format: Format,
    quiet: bool,
}

impl Context {
    /// Reads the settings.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self> {
        let named =
            arguments.config.clone().or_else(|| surroundings::setting("CONFIG").map(PathBuf::from));
        Ok(Self {
            configuration: Configuration::read(named.as_deref())?,
            format: arguments.format,
            quiet: arguments.quiet,
        })
    }

    /// Prints the result, as people or programs want it. The text ends with its own line break.
    pub(crate) fn print(
        &self,
        text: impl FnOnce() -> String,
        json: impl FnOnce() -> serde_json::Value,
    ) -> Result<()> {
        let output = match self.format {
            Format::Text => text(),
            Format::Json => format!("{:#}\n", json()),
        };
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(output.as_bytes()).and_then(|()| stdout.flush()) {
            // Whoever read the output has seen enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            done => Ok(done?),
        }
    }

    /// Says something beside the result, on standard error.
    pub(crate) fn remark(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// Shows how far long work is.
    pub(crate) fn progress(&self) -> Progress {
        Progress::new(self.quiet)
    }

    /// Who asks, for the audit.
    pub(crate) fn caller(&self, reason: &str) -> Caller {
        let user = surroundings::user();
        let who = match self.configuration.operator() {
            Some(operator) => format!("{operator} ({user})"),
            None => user,
        };
        Caller { who, at: surroundings::now(), reason: reason.to_owned() }
    }

    /// Says that patient rows follow, since this is not the place where they are suppressed.
    pub(crate) fn warn_of_patient_rows(&self, run: &results::Run) {
        let runs = run.folder().parent().unwrap_or(run.folder());
        self.remark(&format!(
            "Patient rows are shown and small numbers are not suppressed; this is recorded in {}",
            runs.join("audit.jsonl").display()
        ));
    }
}
