//! The TOML reader: takes keys one by one, and reports those that nobody asked for.

use std::collections::BTreeMap;

use domain::Day;
use toml::de::{DeTable, DeValue};

use super::findings::{Findings, place};
use super::sheet::refuse_encoding;
use super::text_of;
use crate::faults;

/// A table of a TOML file. Each method takes a key out, reports what is wrong with its value and
/// then goes on with a stand-in.
pub(crate) struct Section<'a> {
    file: &'a str,
    text: &'a str,
    line: u64,
    entries: BTreeMap<&'a str, Entry<'a>>,
    findings: &'a mut Findings,
}

#[derive(Clone, Copy)]
struct Entry<'a> {
    line: u64,
    value: &'a DeValue<'a>,
}

/// Reads a whole TOML file by `read`; nothing comes back if it breaks the rules of TOML.
pub(crate) fn document<T>(
    file: &str,
    bytes: &[u8],
    findings: &mut Findings,
    read: impl FnOnce(&mut Section<'_>) -> T,
) -> Option<T> {
    let Some(text) = text_of(bytes) else {
        refuse_encoding(file, findings);
        return None;
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let mut section = Section::new(file, text, (0, table.get_ref()), findings);
        let value = read(&mut section);
        section.close();
        return Some(value);
    }
    for error in errors {
        let line = error.span().map_or(0, |it| line_of(text, it.start));
        findings.refuse(
            faults::TOML_UNREADABLE,
            place(file, line, ""),
            error.message(),
            "Correct the line: text stands between quotation marks, lists between brackets.",
        );
    }
    None
}

fn line_of(text: &str, offset: usize) -> u64 {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    1 + before.iter().fold(0, |lines, byte| lines + u64::from(*byte == b'\n'))
}

impl<'a> Section<'a> {
    fn new(
        file: &'a str,
        text: &'a str,
        (line, table): (u64, &'a DeTable<'a>),
        findings: &'a mut Findings,
    ) -> Self {
        let entries = table.iter().map(|(key, value)| {
            let line = line_of(text, key.span().start);
            (key.get_ref().as_ref(), Entry { line, value: value.get_ref() })
        });
        Self { file, text, line, entries: entries.collect(), findings }
    }

    /// Reports a fault at the line where the section begins.
    pub(crate) fn fault(
        &mut self,
        code: &'static str,
        key: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.refuse(code, place(self.file, self.line, key), message, remedy);
    }

    /// Reports a fault at a line.
    pub(crate) fn fault_at(
        &mut self,
        code: &'static str,
        (line, key): (u64, &str),
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.refuse(code, place(self.file, line, key), message, remedy);
    }

    /// The line where the section begins.
    pub(crate) fn begins(&self) -> u64 {
        self.line
    }

    /// The line of a key that was not taken yet; that of the section if there is none.
    pub(crate) fn line(&self, key: &str) -> u64 {
        self.entries.get(key).map_or(self.line, |it| it.line)
    }

    /// The keys that were not taken yet, each with its line.
    pub(crate) fn keys(&self) -> Vec<(String, u64)> {
        self.entries.iter().map(|(key, it)| ((*key).to_owned(), it.line)).collect()
    }

    /// Text that may be missing.
    pub(crate) fn text_if_any(&mut self, key: &str) -> Option<String> {
        self.take(key, "text between quotation marks", |it| it.as_str().map(str::to_owned))
    }

    /// Text that must be there and not be blank.
    pub(crate) fn text(&mut self, key: &str) -> String {
        self.require(key);
        let line = self.line(key);
        let text = self.text_if_any(key);
        if text.as_ref().is_some_and(|it| it.trim().is_empty()) {
            self.bad_value((line, key), format!("`{key}` is blank"), "Fill it.");
        }
        text.unwrap_or_default()
    }

    /// One of some words; the first stands in for a missing one.
    pub(crate) fn word(&mut self, key: &str, words: &[&str]) -> String {
        let line = self.line(key);
        let Some(text) = self.text_if_any(key) else { return words[0].to_owned() };
        if !words.contains(&text.as_str()) {
            let message = format!("`{text}` is not one of the words for `{key}`");
            let remedy = format!("Write one of: {}.", words.join(", "));
            self.bad_value((line, key), message, &remedy);
        }
        text
    }

    /// `true` or `false`; false if missing.
    pub(crate) fn flag(&mut self, key: &str) -> bool {
        self.take(key, "true or false", DeValue::as_bool).unwrap_or_default()
    }

    /// A whole number that must be there.
    pub(crate) fn whole(&mut self, key: &str) -> Option<i64> {
        self.require(key);
        self.take(key, "a whole number", |it| {
            let integer = it.as_integer()?;
            i64::from_str_radix(integer.as_str(), integer.radix()).ok()
        })
    }

    /// A day that must be there.
    pub(crate) fn day(&mut self, key: &str) -> Option<Day> {
        self.require(key);
        self.take(key, "a day such as 2026-04-20, without quotation marks", |it| {
            it.as_datetime()?.to_string().parse().ok()
        })
    }

    /// A list of texts, if there is one.
    pub(crate) fn texts_if_any(&mut self, key: &str) -> Option<Vec<String>> {
        self.take(key, "a list of texts between brackets", texts)
    }

    /// A list of texts; empty if missing.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<String> {
        self.texts_if_any(key).unwrap_or_default()
    }

    /// A table inside, which `read` takes apart; nothing if missing.
    pub(crate) fn section<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Section<'_>) -> T,
    ) -> Option<T> {
        let line = self.line(key);
        let table = self.take(key, "a table", DeValue::as_table)?;
        Some(self.inside((line, table), read))
    }

    /// The tables of a list, in order; none if missing.
    pub(crate) fn sections<T>(
        &mut self,
        key: &str,
        read: impl Fn(&mut Section<'_>) -> T,
    ) -> Vec<T> {
        let wanted = "a list of tables, each begun by its name in double brackets";
        let tables = self.take(key, wanted, |it| {
            let items = it.as_array()?.iter();
            items.map(|it| Some((it.span(), it.get_ref().as_table()?))).collect::<Option<Vec<_>>>()
        });
        let mut values = Vec::new();
        for (span, table) in tables.unwrap_or_default() {
            let line = line_of(self.text, span.start);
            values.push(self.inside((line, table), &read));
        }
        values
    }

    fn inside<T>(
        &mut self,
        table: (u64, &DeTable<'_>),
        read: impl FnOnce(&mut Section<'_>) -> T,
    ) -> T {
        let mut section = Section::new(self.file, self.text, table, self.findings);
        let value = read(&mut section);
        section.close();
        value
    }

    /// Reports the keys that nobody asked for.
    fn close(&mut self) {
        for (key, line) in self.keys() {
            let message = format!("`{key}` is not a key that can stand here");
            let remedy = "Correct the spelling, or take the key out.";
            self.fault_at(faults::KEY_UNKNOWN, (line, &key), message, remedy);
        }
    }

    fn require(&mut self, key: &str) {
        if !self.entries.contains_key(key) {
            let message = format!("there is no `{key}`");
            self.fault(faults::KEY_MISSING, key, message, format!("Add the key `{key}`."));
        }
    }

    /// Takes a key out and reads its value; nothing if it is missing or of the wrong kind.
    fn take<T>(
        &mut self,
        key: &str,
        wanted: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let Entry { line, value } = self.entries.remove(key)?;
        let found = read(value);
        if found.is_none() {
            let remedy = format!("Write {wanted}.");
            self.bad_value((line, key), format!("`{key}` is not {wanted}"), &remedy);
        }
        found
    }

    /// Reports a value that cannot stand at its key.
    pub(crate) fn bad_value(&mut self, at: (u64, &str), message: String, remedy: &str) {
        self.fault_at(faults::BAD_VALUE, at, message, remedy);
    }
}

fn texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|it| Some(it.get_ref().as_str()?.to_owned())).collect()
}
