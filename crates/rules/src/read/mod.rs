//! Reads the cells of CSV and TOML files into typed values; what is wrong becomes a finding.

pub(crate) mod document;
pub(crate) mod findings;
pub(crate) mod sheet;
pub(crate) mod table;

use csv::StringRecord;

pub(crate) use document::Section;
pub(crate) use findings::{Findings, place};
pub(crate) use sheet::{Book, Row};
pub(crate) use table::{Dated, Head, Table};

/// The text of a file without a byte order mark, or nothing if it is not UTF-8.
pub(crate) fn text_of(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// All records of a text with the line on which each begins; blank lines are none.
///
/// The reader's own count of lines begins before what it skips, so it is wrong after a carriage
/// return or a blank line.
pub(crate) fn records(text: &str) -> Vec<(u64, StringRecord)> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    // Reading from memory, flexibly and as text, leaves nothing that can fail.
    let records = reader.records().filter_map(Result::ok);
    let (mut line, mut counted) = (1, 0_usize);
    let numbered = records.map(|record| {
        let from = record.position().and_then(|it| usize::try_from(it.byte()).ok());
        let from = from.unwrap_or(counted);
        let skipped = text[from..].bytes().take_while(|it| matches!(it, b'\n' | b'\r')).count();
        let begins = from + skipped;
        line += text[counted..begins].bytes().filter(|it| *it == b'\n').count();
        counted = begins;
        (u64::try_from(line).unwrap_or(u64::MAX), record)
    });
    numbered.collect()
}
