//! One cell at a time: texts, codes, dates, amounts and numbers, each with its fault.

pub(crate) mod amounts;
pub(crate) mod codes;
pub(crate) mod dates;
pub(crate) mod local_time;
pub(crate) mod text;

/// What is wrong with one cell, by its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CellFault {
    /// Code of the case.
    pub(crate) code: &'static str,
    /// What is wrong, in words; no identity.
    pub(crate) message: String,
    /// Whether it refuses the whole file and not only the row.
    pub(crate) whole_file: bool,
}

impl CellFault {
    /// A fault of the row.
    pub(crate) fn row(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), whole_file: false }
    }

    /// A fault that refuses the file.
    pub(crate) fn file(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), whole_file: true }
    }
}
