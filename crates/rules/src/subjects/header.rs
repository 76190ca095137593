//! `model.toml`: what the model is called and which years it covers.

use std::collections::BTreeMap;

use domain::{Day, FinancialYear};

use crate::faults;
use crate::read::document::document;
use crate::read::sheet::is_pattern;
use crate::read::{Book, Section, place};
use crate::year::Pattern;

/// Name of the file.
pub(crate) const FILE: &str = "model.toml";

/// Number of the model format that this version reads.
const FORMAT: i64 = 1;

/// What `model.toml` says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) organisation: String,
    pub(crate) footnote: String,
    pub(crate) test_identities: Vec<Pattern>,
    pub(crate) years: BTreeMap<FinancialYear, Extent>,
}

/// How much of a year is costed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) last_period: u8,
    pub(crate) extract_date: Day,
}

/// Reads the file. A model without it has no years.
pub(crate) fn read(book: &mut Book<'_>) -> Header {
    let Some(bytes) = book.files.get(FILE) else {
        book.findings.refuse(
            faults::FILE_MISSING,
            place(FILE, 0, ""),
            "the model has no model.toml",
            "Add model.toml with format, name, title, organisation and its years.",
        );
        return Header::default();
    };
    document(FILE, bytes, &mut book.findings, read_header).unwrap_or_default()
}

fn read_header(file: &mut Section<'_>) -> Header {
    check_format(file);
    let mut header = Header {
        name: file.text("name"),
        title: file.text("title"),
        organisation: file.text("organisation"),
        footnote: file.text_if_any("footnote").unwrap_or_default(),
        test_identities: read_test_identities(file),
        years: BTreeMap::new(),
    };
    let years = file.sections("year", read_year);
    if years.is_empty() {
        let remedy = "Add a [[year]] with year, last_period and extract_date.";
        file.fault(faults::NO_YEAR, "year", "the model lists no financial year", remedy);
    }
    for (line, year, extent) in years.into_iter().flatten() {
        if header.years.insert(year, extent).is_some() {
            let (at, message) = ((line, "year"), format!("{year} is listed twice"));
            file.fault_at(faults::YEAR_TWICE, at, message, "Take one of the two out.");
        }
    }
    header
}

fn check_format(file: &mut Section<'_>) {
    let line = file.line("format");
    let Some(format) = file.whole("format").filter(|it| *it != FORMAT) else { return };
    file.fault_at(
        faults::FORMAT_UNKNOWN,
        (line, "format"),
        format!("this version reads models of format {FORMAT}, not {format}"),
        "Use a version of Concord that knows this format, or rewrite the model for format 1.",
    );
}

/// The patterns themselves are never shown: they may be a patient's.
fn read_test_identities(file: &mut Section<'_>) -> Vec<Pattern> {
    let line = file.line("test_identities");
    let patterns = file.texts("test_identities");
    if patterns.iter().any(|it| it.is_empty() || it == "*" || !is_pattern(it)) {
        file.bad_value(
            (line, "test_identities"),
            "a pattern of test identities is blank, fits everybody or has a star inside".to_owned(),
            "Write exact identities, or prefixes followed by one star.",
        );
    }
    patterns.iter().map(|it| Pattern::parse(it)).collect()
}

fn read_year(section: &mut Section<'_>) -> Option<(u64, FinancialYear, Extent)> {
    let year_line = section.line("year");
    let period_line = section.line("last_period");
    let date_line = section.line("extract_date");
    let text = section.text("year");
    let year = parse_year(&text);
    if year.is_none() && !text.is_empty() {
        let message = format!("`{text}` is not a financial year such as 2025-26");
        section.bad_value((year_line, "year"), message, "Write it so.");
    }
    let period = section.whole("last_period");
    let last_period =
        period.and_then(|it| u8::try_from(it).ok()).filter(|it| (1..=12).contains(it));
    if period.is_some() && last_period.is_none() {
        let message = "`last_period` is not a period from 1 to 12".to_owned();
        section.bad_value((period_line, "last_period"), message, "April is 1, March is 12.");
    }
    let extract_date = section.day("extract_date");
    let year = year?;
    if extract_date.is_some_and(|it| it < year.first_day()) {
        let message = "`extract_date` lies before the year begins".to_owned();
        section.bad_value((date_line, "extract_date"), message, "Write the day of the extract.");
    }
    Some((
        section.begins(),
        year,
        Extent { last_period: last_period?, extract_date: extract_date? },
    ))
}

fn parse_year(text: &str) -> Option<FinancialYear> {
    // Seven characters keep the first year below 10000, so that the next one always exists.
    (text.len() == 7 && text.as_bytes()[0].is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
