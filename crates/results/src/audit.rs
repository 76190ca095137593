//! The audit of who looked at patient rows: `audit.jsonl` beside the runs.
//!
//! Every way to patient rows in this crate takes a [`Caller`] and puts the question on record
//! itself before it reads a row; how it ended follows, refusals included.

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

/// One line of the audit. Every question has two: one before anything is read, one with how it
/// ended.
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
    /// Event, SQL text, or tables and file.
    pub detail: String,
    /// Rows shown.
    pub rows: u64,
    /// Why; blank if not asked.
    pub reason: String,
    /// Number of the question, the same on both of its lines; 0 on lines of earlier versions.
    #[serde(default)]
    pub question: u64,
    /// `asked`, then `shown`, or why nothing was; blank on lines of earlier versions, which were
    /// written when rows were shown.
    #[serde(default)]
    pub outcome: String,
}

impl Run {
    /// Puts a question on record, answers it, and puts on record how that ended. The first line is
    /// on disk before `answer` reads a row, the second before its rows are returned.
    ///
    /// # Errors
    ///
    /// That of `answer`; [`ResultsError::Files`] if the question cannot be put on record, and then
    /// nothing is read.
    pub(crate) fn audited<T>(
        &self,
        caller: &Caller,
        (what, detail): (&str, &str),
        answer: impl FnOnce() -> Result<(T, u64), ResultsError>,
    ) -> Result<T, ResultsError> {
        let line = AuditLine {
            at: caller.at.clone(),
            who: caller.who.clone(),
            what: what.to_owned(),
            run: self.id().to_owned(),
            detail: detail.to_owned(),
            rows: 0,
            reason: caller.reason.clone(),
            question: 0,
            outcome: "asked".to_owned(),
        };
        let line = self.put_question(line)?;
        match answer() {
            Ok((shown, rows)) => {
                self.put_outcome(&AuditLine { rows, outcome: "shown".to_owned(), ..line })?;
                Ok(shown)
            }
            Err(error) => {
                let outcome = error.outcome().to_owned();
                // What went wrong first is what the caller must hear of.
                let _ = self.put_outcome(&AuditLine { outcome, ..line });
                Err(error)
            }
        }
    }

    /// The length of the file is a number that no other question has: lines are only added.
    fn put_question(&self, mut line: AuditLine) -> Result<AuditLine, ResultsError> {
        let path = self.audit_path();
        let mut journal = Journal::open(&path)?;
        let before = std::fs::metadata(&path).map_err(ResultsError::reading(&path))?.len();
        line.question = before + 1;
        journal.append(&line)?;
        Ok(line)
    }

    fn put_outcome(&self, line: &AuditLine) -> Result<(), ResultsError> {
        Journal::open(&self.audit_path())?.append(line)
    }

    fn audit_path(&self) -> std::path::PathBuf {
        self.beside("audit.jsonl")
    }
}
