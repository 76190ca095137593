//! Reads the cells of CSV and TOML files into typed values; what is wrong becomes a finding.

pub(crate) mod document;
pub(crate) mod findings;
pub(crate) mod sheet;
pub(crate) mod table;

pub(crate) use document::Section;
pub(crate) use findings::{Findings, place};
pub(crate) use sheet::{Book, Row};
pub(crate) use table::{Dated, Head, Table};

/// The text of a file without a byte order mark, or nothing if it is not UTF-8.
pub(crate) fn text_of(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}
