//! Why a row is kept apart, or its file refused.

use crate::cells::CellFault;

/// Why a row is kept apart, or its file refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Code of the case.
    pub(crate) code: &'static str,
    /// Our column, blank for the row as a whole.
    pub(crate) column: &'static str,
    /// What is wrong, in words.
    pub(crate) message: String,
    /// Whether it refuses the file.
    pub(crate) whole_file: bool,
}

impl Fault {
    /// A fault of the row.
    pub(crate) fn row(
        code: &'static str,
        column: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { code, column, message: message.into(), whole_file: false }
    }

    /// A cell's fault with its column.
    pub(crate) fn cell(column: &'static str) -> impl Fn(CellFault) -> Self {
        move |it| Self { code: it.code, column, message: it.message, whole_file: it.whole_file }
    }
}
