//! What reading one file gave.

use std::sync::Arc;

use domain::{Finding, Money, Severity};
use hashbrown::HashMap;
use tables::manifest::InputEntry;

use crate::dataset::spill::Spill;
use crate::feeds::job::Job;
use crate::feeds::small::Item;
use crate::files::{ColumnType, FileFault, FileOutcome};
use crate::findings::{Tally, finding};
use crate::identity::Seen;

/// Rows of one file. Always: read = used + quarantined + rejected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Data rows read.
    pub(crate) read: u64,
    /// Kept apart.
    pub(crate) quarantined: u64,
    /// Refused with the file, or left out because the model says so.
    pub(crate) rejected: u64,
    /// Rows made of the used ones.
    pub(crate) made: u64,
    /// Cost of all rows read, without sign.
    pub(crate) money: Money,
    /// Cost of the rows kept apart, without sign.
    pub(crate) quarantined_money: Money,
}

impl Counts {
    /// Rows used.
    pub(crate) fn used(&self) -> u64 {
        let used = self.read.checked_sub(self.quarantined + self.rejected);
        used.expect("read = used + quarantined + rejected")
    }
}

/// One file that was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Number of its feed.
    pub(crate) feed: usize,
    /// Name below the folder read.
    pub(crate) name: String,
    /// Hash of its bytes.
    pub(crate) sha256: String,
    /// Its size.
    pub(crate) bytes: u64,
    /// Its rows.
    pub(crate) counts: Counts,
    /// What was found.
    pub(crate) tally: Tally,
    /// Whether the dataset is refused with it.
    required: bool,
    /// Whether it is refused.
    pub(crate) refused: bool,
    /// Quarantined rows as lines of CSV.
    pub(crate) quarantine: Spill,
    /// Names and types of its columns, where the file states types.
    pub(crate) types: Vec<(String, ColumnType)>,
    /// Rows by period of the year costed; place 0 for other times.
    pub(crate) months: [u64; 13],
    /// What it holds.
    pub(crate) content: Content,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) enum Content {
    /// Nothing that is used.
    #[default]
    Nothing,
    /// Rows about patients.
    Activity(Box<Activity>),
    /// Rows of a small table with their lines.
    Small(Vec<(u64, Item)>),
}

/// Rows about patients, before anyone knows whose they are.
#[derive(Debug)]
pub(crate) struct Activity {
    /// The rows.
    pub(crate) rows: Spill,
    /// Codes by number.
    pub(crate) texts: Vec<Arc<str>>,
    /// Identifiers.
    pub(crate) seen: Seen,
    /// Consultants as coded.
    pub(crate) consultants: Vec<String>,
    /// Quantities by code.
    pub(crate) quantities: HashMap<u32, Quantities>,
}

/// How large the quantities of one code are: counts by power of two.
#[derive(Clone, Debug)]
pub(crate) struct Quantities(pub(crate) Box<[u32; 64]>);

impl Default for Quantities {
    fn default() -> Self {
        Self(Box::new([0; 64]))
    }
}

impl Loaded {
    /// A file of which nothing is known yet.
    pub(crate) fn new(job: &Job<'_>) -> Self {
        Self {
            feed: job.feed,
            name: job.name.clone(),
            sha256: String::new(),
            bytes: 0,
            counts: Counts::default(),
            tally: Tally::default(),
            required: job.plan.feed.required,
            refused: false,
            quarantine: job.spill("quarantine"),
            types: Vec::new(),
            months: [0; 13],
            content: Content::Nothing,
        }
    }

    /// Takes what the reading of the file itself gave.
    pub(crate) fn take(&mut self, outcome: FileOutcome) {
        self.sha256 = outcome.sha256;
        self.bytes = outcome.bytes;
        for note in outcome.notes {
            let mut found = finding(note.code, note.message).at(self.name.clone(), 0, "");
            // A file that was read after all is not refused by what was noticed in it.
            found.severity = found.severity.min(Severity::Warning);
            if note.code == "A8" {
                found.severity = Severity::Note;
            }
            self.tally.sum(found.with_rows(note.rows));
        }
        if let Some(fault) = outcome.fault {
            self.refuse(&fault);
        } else if self.counts.read == 0 {
            let found = finding("A2", "the file has a header and no rows: late, or truly empty?");
            self.tally.sum(found.at(self.name.clone(), 1, ""));
        }
    }

    /// Takes the rows of activity, if it holds such.
    pub(crate) fn take_activity(&mut self) -> Option<Box<Activity>> {
        match std::mem::take(&mut self.content) {
            Content::Activity(activity) => Some(activity),
            other => {
                self.content = other;
                None
            }
        }
    }

    /// Refuses the file: all its rows are rejected.
    pub(crate) fn refuse(&mut self, fault: &FileFault) {
        let rows = self.counts.read;
        let found = finding(fault.code, fault.message.clone())
            .at(self.name.clone(), fault.line, fault.column.clone())
            .with_rows(rows)
            .with_money(self.counts.money);
        self.refuse_with(found);
    }

    /// Refuses the file with a finding of any words.
    pub(crate) fn refuse_with(&mut self, mut found: Finding) {
        found.severity = if self.required { Severity::Refusal } else { Severity::NeedsAcceptance };
        self.tally.sum(found);
        self.refused = true;
        self.leave_out();
    }

    /// Rejects all rows of the file.
    pub(crate) fn leave_out(&mut self) {
        self.content = Content::Nothing;
        self.counts.quarantined = 0;
        self.counts.quarantined_money = Money::ZERO;
        self.counts.rejected = self.counts.read;
        self.counts.made = 0;
    }

    /// The file as the manifest lists it.
    pub(crate) fn entry(&self, feed: &str) -> InputEntry {
        InputEntry {
            feed: feed.to_owned(),
            name: self.name.clone(),
            sha256: self.sha256.clone(),
            bytes: self.bytes,
            rows_read: self.counts.read,
            rows_used: self.counts.used(),
            rows_quarantined: self.counts.quarantined,
            rows_rejected: self.counts.rejected,
            rows_made: self.counts.made,
        }
    }
}
