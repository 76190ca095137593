//! The audit of who looked at patient rows: `audit.jsonl` beside the runs.
//!
//! Every way to patient rows in this crate takes a [`Caller`] and writes the line itself, so that
//! no row leaves before its line is on disk.

use serde::{Deserialize, Serialize};

use crate::journal::Journal;
use crate::{ResultsError, Run};

/// Who asks, when and why, as the edge of the program knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who: the user of the operating system on the command line.
    pub who: String,
    /// When, with time zone.
    pub at: String,
    /// Why, in their words; blank if they were not asked.
    pub reason: String,
}

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// What was done: `explain`, `query`, `export`.
    pub what: String,
    /// Run that was read.
    pub run: String,
    /// Event, SQL text, or table and file.
    pub detail: String,
    /// Rows shown.
    pub rows: u64,
    /// Why; blank if not asked.
    pub reason: String,
}

impl Run {
    /// Writes an audit line; on disk when this returns.
    pub(crate) fn audit(
        &self,
        caller: &Caller,
        what: &str,
        detail: &str,
        rows: u64,
    ) -> Result<(), ResultsError> {
        let path = self.beside("audit.jsonl");
        Journal::open(&path)?.append(&AuditLine {
            at: caller.at.clone(),
            who: caller.who.clone(),
            what: what.to_owned(),
            run: self.id().to_owned(),
            detail: detail.to_owned(),
            rows,
            reason: caller.reason.clone(),
        })
    }
}
