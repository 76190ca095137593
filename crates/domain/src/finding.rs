//! What is wrong with data, where, how much it touches, and what to do next.

use crate::Money;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Told, nothing to do.
    Note,
    /// Worth a look; nothing stops.
    Warning,
    /// The run stays a draft until a named person accepts it.
    NeedsAcceptance,
    /// The file, model or run is refused.
    Refusal,
}

impl Severity {
    /// The word that users see.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::NeedsAcceptance => "needs acceptance",
            Self::Refusal => "refused",
        }
    }
}

/// Where a finding was made. Blank parts are unknown or do not apply.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// File name, relative to the folder that was read.
    pub file: String,
    /// Line in the file, counted from 1 with the header as line 1; 0 if the whole file is meant.
    pub line: u64,
    /// Column name.
    pub column: String,
}

/// One thing found wrong or worth knowing. Never holds a patient's identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable code, such as `F1` or `MOD-012`; the catalogue of findings explains each.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Where it was found.
    pub place: Place,
    /// What it concerns: a feed, cost line, resource, weight set; blank if the place says all.
    pub subject: String,
    /// Rows touched.
    pub rows: u64,
    /// Money touched.
    pub money: Money,
    /// One sentence: what is wrong.
    pub message: String,
    /// One sentence: what to do next.
    pub remedy: String,
}

impl Finding {
    /// A finding without place, rows or money; fill in what is known with the `with` methods.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            place: Place::default(),
            subject: String::new(),
            rows: 0,
            money: Money::ZERO,
            message: message.into(),
            remedy: String::new(),
        }
    }

    /// A short name that stays the same while code, subject, place, rows and money do.
    ///
    /// An acceptance names it, so that it no longer holds once the amount has changed.
    pub fn id(&self) -> String {
        id_of((self.code, &self.subject), &self.place, self.rows, self.money)
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: u64, column: impl Into<String>) -> Self {
        self.place = Place { file: file.into(), line, column: column.into() };
        self
    }

    /// Says what it concerns.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// Says how many rows it touches.
    #[must_use]
    pub fn with_rows(mut self, rows: u64) -> Self {
        self.rows = rows;
        self
    }

    /// Says how much money it touches.
    #[must_use]
    pub fn with_money(mut self, money: Money) -> Self {
        self.money = money;
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}

/// The short name of a finding that was stored: code and subject, place, rows and money.
pub fn id_of((code, subject): (&str, &str), place: &Place, rows: u64, money: Money) -> String {
    let Place { file, line, column } = place;
    let text = format!("{code}|{subject}|{file}|{line}|{column}|{rows}|{}", money.micro_pounds());
    format!("{code}-{:08x}", fold(fnv1a(text.as_bytes())))
}

fn fold(hash: u64) -> u64 {
    (hash >> 32) ^ (hash & 0xffff_ffff)
}

/// The public FNV-1a hash: short names need no secrecy, only to be the same everywhere.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
