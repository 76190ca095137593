//! The CSV reader: looks up columns by name and gives each cell its type.

use std::collections::BTreeMap;

use csv::StringRecord;
use domain::number::parse_scaled;
use domain::{Day, FinancialYear};

use super::findings::{Findings, place};
use super::table::{Dated, Head, Table};
use super::{records, text_of};
use crate::faults;
use crate::forms::{self, COMMON_COLUMNS, Form};
use crate::model::ModelFiles;
use crate::year::Pattern;

/// The files of a model while they are read.
pub(crate) struct Book<'a> {
    /// The files.
    pub(crate) files: &'a ModelFiles,
    /// What was found so far.
    pub(crate) findings: Findings,
    /// The head of every row of every CSV file.
    pub(crate) heads: Vec<Head>,
}

/// One row of a CSV file. Each method reads a cell, reports what is wrong with it and then goes on
/// with a stand-in, so that all faults of a file are reported together.
pub(crate) struct Row<'a> {
    file: &'static str,
    line: u64,
    columns: &'a BTreeMap<String, usize>,
    cells: &'a StringRecord,
    findings: &'a mut Findings,
}

impl Book<'_> {
    /// Reads all rows of one CSV file.
    pub(crate) fn table<T>(
        &mut self,
        file: &'static str,
        read: impl Fn(&mut Row<'_>) -> T,
    ) -> Table<T> {
        let form = forms::form(file).expect("every file that is read has a form");
        let Some(bytes) = self.files.get(file) else {
            if form.required {
                self.findings.refuse(
                    faults::FILE_MISSING,
                    place(file, 0, ""),
                    format!("the model has no {file}"),
                    format!("Add {file}; a header row alone is enough if nothing applies."),
                );
            }
            return Table::absent(file, !form.required);
        };
        let Some(text) = text_of(bytes) else {
            refuse_encoding(file, &mut self.findings);
            return Table::absent(file, false);
        };
        let mut records = records(text).into_iter();
        let header = records.next().map(|it| it.1).unwrap_or_default();
        let Some(columns) = read_header(form, &header, &mut self.findings) else {
            return Table::absent(file, false);
        };
        let mut table = Table::absent(file, true);
        let filled = |it: &(u64, StringRecord)| it.1.iter().any(|cell| !cell.trim().is_empty());
        for (line, record) in records.filter(filled) {
            let findings = &mut self.findings;
            let mut row = Row { file, line, columns: &columns, cells: &record, findings };
            let row = row.dated(form, &read);
            self.heads.push(row.head.clone());
            table.rows.push(row);
        }
        table
    }
}

pub(crate) fn refuse_encoding(file: &str, findings: &mut Findings) {
    findings.refuse(
        faults::NOT_UTF8,
        place(file, 0, ""),
        "the file is not UTF-8 text",
        "Save it again as `CSV UTF-8`, or as UTF-8 text.",
    );
}

/// The place of each column, or nothing if the header is not the file's own.
fn read_header(
    form: &Form,
    header: &StringRecord,
    findings: &mut Findings,
) -> Option<BTreeMap<String, usize>> {
    let before = findings.count();
    let wanted = || form.columns.iter().chain(COMMON_COLUMNS);
    let mut columns = BTreeMap::new();
    for (index, name) in header.iter().map(str::trim).enumerate() {
        // A spreadsheet writes blank headers for columns that were once used.
        if name.is_empty() {
            continue;
        }
        let at = place(form.file, 1, name);
        if !wanted().any(|it| *it == name) {
            let list = wanted().copied().collect::<Vec<_>>().join(", ");
            let message = format!("`{name}` is not a column of {}", form.file);
            let remedy = format!("Correct the header or take the column out; it has: {list}.");
            findings.refuse(faults::COLUMN_UNKNOWN, at, message, remedy);
        } else if columns.insert(name.to_owned(), index).is_some() {
            let message = format!("the header names `{name}` twice");
            findings.refuse(faults::COLUMN_TWICE, at, message, "Take one of the two columns out.");
        }
    }
    let lacking = |it: &&&str| !columns.contains_key(**it) && !form.may_lack.contains(*it);
    for name in wanted().filter(lacking) {
        let message = format!("the header has no column `{name}`");
        let remedy = format!("Add the column `{name}`.");
        findings.refuse(faults::COLUMN_MISSING, place(form.file, 1, name), message, remedy);
    }
    (findings.count() == before).then_some(columns)
}

impl Row<'_> {
    /// Reads the cells that every row has, and the rest by `read`.
    fn dated<T>(&mut self, form: &Form, read: impl Fn(&mut Row<'_>) -> T) -> Dated<T> {
        let before = self.findings.count();
        self.check_shape();
        let value = read(self);
        let years = self.years();
        let source = self.source();
        let key = form.key.iter().map(|column| self.key_cell(column)).collect();
        let sound = self.findings.count() == before;
        let head = Head { file: self.file, line: self.line, key, source, years, sound };
        Dated { head, value }
    }

    /// Reports a fault in one of the row's cells.
    pub(crate) fn fault(
        &mut self,
        code: &'static str,
        column: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.refuse(code, place(self.file, self.line, column), message, remedy);
    }

    /// A cell as it stands, without blanks around it; blank in a column that the file may lack.
    fn cell(&self, column: &str) -> &str {
        let index = self.columns.get(column);
        index.and_then(|it| self.cells.get(*it)).unwrap_or_default().trim()
    }

    /// Any text, also a blank.
    pub(crate) fn text(&mut self, column: &str) -> String {
        self.cell(column).to_owned()
    }

    /// Text that must be there.
    pub(crate) fn filled(&mut self, column: &str) -> String {
        let text = self.text(column);
        if text.is_empty() {
            let message = format!("`{column}` is blank");
            self.fault(faults::BLANK, column, message, "Fill the cell, or take the row out.");
        }
        text
    }

    /// A code that the model defines. It may stand in lists and patterns, hence has neither `;`
    /// nor `*`, nor a character of `also`.
    pub(crate) fn code(&mut self, column: &str, also: &[char]) -> String {
        let code = self.filled(column);
        let bad = |it: char| it.is_control() || matches!(it, ';' | '*') || also.contains(&it);
        if code.contains(bad) || code.len() > CODE_LENGTH {
            let characters: Vec<String> =
                [';', '*'].iter().chain(also).map(ToString::to_string).collect();
            self.fault(
                faults::BAD_CODE,
                column,
                format!("`{code}` cannot be a code"),
                format!(
                    "Choose at most {CODE_LENGTH} characters without {}.",
                    characters.join(" ")
                ),
            );
        }
        code
    }

    /// Reports a code that costing keeps for itself.
    pub(crate) fn not_reserved(&mut self, column: &str, code: &str, reserved: &str) {
        if code == reserved {
            let message = format!("`{reserved}` has a fixed meaning in costing");
            self.fault(faults::RESERVED_CODE, column, message, "Choose another code.");
        }
    }

    /// A pattern: exact, or a prefix and a star.
    pub(crate) fn pattern(&mut self, column: &str) -> Pattern {
        let text = self.filled(column);
        if !is_pattern(&text) {
            self.fault(
                faults::BAD_PATTERN,
                column,
                format!("`{text}` has a star that does not stand at its end"),
                "Write an exact code, or a prefix followed by one star.",
            );
        }
        Pattern::parse(&text)
    }

    /// `yes` or `no`.
    pub(crate) fn yes_no(&mut self, column: &str) -> bool {
        self.choice(column, &[("no", false), ("yes", true)])
    }

    /// The meaning of one of some words; that of the first word stands in.
    pub(crate) fn choice<T: Copy>(&mut self, column: &str, choices: &[(&str, T)]) -> T {
        let text = self.cell(column);
        if let Some((_, meaning)) = choices.iter().find(|(word, _)| *word == text) {
            return *meaning;
        }
        let words: Vec<&str> =
            choices.iter().map(|(word, _)| if word.is_empty() { "blank" } else { word }).collect();
        let message = if text.is_empty() {
            format!("`{column}` is blank")
        } else {
            format!("`{text}` is not one of the words for `{column}`")
        };
        self.fault(
            faults::NOT_A_CHOICE,
            column,
            message,
            format!("Write one of: {}.", words.join(", ")),
        );
        choices[0].1
    }

    /// One of some words, kept as text.
    pub(crate) fn word(&mut self, column: &str, words: &[&str]) -> String {
        let choices: Vec<(&str, &str)> = words.iter().map(|it| (*it, *it)).collect();
        self.choice(column, &choices).to_owned()
    }

    /// A number that is not negative, as a whole number of `10^-places`.
    pub(crate) fn number(&mut self, column: &str, places: u32) -> i64 {
        let text = self.filled(column);
        if text.is_empty() { 0 } else { self.not_negative(column, places) }
    }

    /// A number that is not negative, or nothing if the cell is blank.
    pub(crate) fn number_if_any(&mut self, column: &str, places: u32) -> Option<i64> {
        (!self.cell(column).is_empty()).then(|| self.not_negative(column, places))
    }

    /// A number of either sign; a blank is 0.
    pub(crate) fn signed(&mut self, column: &str, places: u32) -> i64 {
        if self.cell(column).is_empty() { 0 } else { self.scaled(column, places) }
    }

    fn not_negative(&mut self, column: &str, places: u32) -> i64 {
        let value = self.scaled(column, places);
        if value < 0 {
            let message = format!("`{}` is negative", self.cell(column));
            self.out_of_range(column, message);
        }
        value.max(0)
    }

    fn scaled(&mut self, column: &str, places: u32) -> i64 {
        match parse_scaled(self.cell(column), places) {
            Ok(value) => value,
            Err(error) => {
                let remedy = match places {
                    0 => "Write a whole number without separators or signs of units.".to_owned(),
                    _ => format!(
                        "Write a plain number such as 12.5, with at most {places} decimals."
                    ),
                };
                self.fault(faults::NOT_A_NUMBER, column, error.to_string(), remedy);
                0
            }
        }
    }

    /// Reports a number that cannot be.
    pub(crate) fn out_of_range(&mut self, column: &str, message: impl Into<String>) {
        self.fault(faults::OUT_OF_RANGE, column, message, "Correct the cell.");
    }

    /// A day, or nothing if the cell is blank.
    pub(crate) fn day_if_any(&mut self, column: &str) -> Option<Day> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let day = text.parse().ok();
        if day.is_none() {
            self.fault(
                faults::NOT_A_DAY,
                column,
                format!("`{text}` is not a day such as 2025-04-01"),
                "Write year-month-day; a spreadsheet may have changed how the date is written.",
            );
        }
        day
    }

    /// A day that must be there.
    pub(crate) fn day(&mut self, column: &str) -> Day {
        if self.filled(column).is_empty() {
            return Day::default();
        }
        self.day_if_any(column).unwrap_or_default()
    }

    /// The parts of a list.
    pub(crate) fn list(&mut self, column: &str) -> Vec<String> {
        let parts = self.cell(column).split(';').map(str::trim);
        parts.filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    fn source(&mut self) -> String {
        let source = self.text("source");
        if source.is_empty() && self.file != "sources.csv" {
            self.fault(
                faults::NO_SOURCE,
                "source",
                "the row has no source",
                "Name the key of a row in sources.csv; a local decision is a source too.",
            );
        }
        source
    }

    /// First and last year of the row.
    fn years(&mut self) -> Option<(FinancialYear, Option<FinancialYear>)> {
        let before = self.findings.count();
        let from = self.day("effective_from");
        let to = self.day_if_any("effective_to");
        if self.findings.count() > before {
            return None;
        }
        let year = FinancialYear::of(from);
        if year.first_day() != from {
            self.bad_interval("effective_from", format!("{from} is not 1 April of a year"));
            return None;
        }
        let Some(to) = to else { return Some((year, None)) };
        let last_year = FinancialYear::of(to);
        if last_year.last_day() != to {
            self.bad_interval("effective_to", format!("{to} is not 31 March of a year"));
            return None;
        }
        if last_year < year {
            self.bad_interval("effective_to", format!("{to} lies before {from}"));
            return None;
        }
        Some((year, Some(last_year)))
    }

    fn bad_interval(&mut self, column: &str, message: String) {
        self.fault(
            faults::BAD_INTERVAL,
            column,
            message,
            "A row is effective from 1 April to 31 March; leave the end blank while it is in force.",
        );
    }

    fn check_shape(&mut self) {
        let known = |index: usize| self.columns.values().any(|it| *it == index);
        let stray = |(index, cell): (usize, &str)| !cell.trim().is_empty() && !known(index);
        if let Some(index) = self.cells.iter().enumerate().position(stray) {
            self.fault(
                faults::CELL_WITHOUT_COLUMN,
                "",
                format!("cell {} of the row stands under no column", index + 1),
                "Put text that holds a comma between quotation marks, or take the cell out.",
            );
        }
        if self.cells.iter().any(|it| it.contains(['\n', '\r'])) {
            self.fault(
                faults::LINE_BREAK,
                "",
                "a cell runs over several lines",
                "Close the quotation mark, or write the cell on one line.",
            );
        }
    }

    /// A cell of the key; numbers that are equal have equal text.
    fn key_cell(&self, column: &str) -> String {
        let text = self.cell(column);
        match (column, parse_scaled(text, 0)) {
            ("sequence", Ok(number)) => number.to_string(),
            _ => text.to_owned(),
        }
    }
}

/// Longest code in bytes: a file name made of it, three bytes for one, keeps below 255.
const CODE_LENGTH: usize = 80;

/// Whether a text has no star but one at its end.
pub(crate) fn is_pattern(text: &str) -> bool {
    !text.strip_suffix('*').unwrap_or(text).contains('*')
}
