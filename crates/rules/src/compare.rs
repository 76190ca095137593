//! What differs between two models, row by row.

use std::collections::{BTreeMap, BTreeSet};

use crate::forms::{self, Form};
use crate::lock::LOCK_FILE;
use crate::model::ModelFiles;
use crate::read::text_of;

/// One difference between two models.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// File.
    pub file: String,
    /// Key of the row, its cells separated by ` | `, or path of the TOML key.
    pub key: String,
    /// What happened to it.
    pub what: What,
    /// The row added or removed as `column=cell`, or each cell changed as `column: old → new`.
    pub text: String,
}

/// What happened to a row between two models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Only the second model has it.
    Added,
    /// Only the first model has it.
    Removed,
    /// Both have it, with other cells.
    Changed,
}

impl What {
    /// The word that users see.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// A row: its cells by column.
type Cells = BTreeMap<String, String>;

/// Rows by key. Rows that share a key are told apart by how many came before.
type Rows = BTreeMap<(String, usize), Cells>;

/// The differences from `a` to `b`, by file and key. Order of rows and columns means nothing, and
/// the locks are left out.
///
/// Rows of a model's CSV files are the same if their key and `effective_from` are; TOML values if
/// their path is. A file of any other kind, or one that cannot be read, is compared line by line.
pub fn compare(a: &ModelFiles, b: &ModelFiles) -> Vec<Change> {
    let files: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let mut changes = Vec::new();
    for file in files.into_iter().filter(|it| *it != LOCK_FILE) {
        let (a, b) = (a.get(file), b.get(file));
        if a != b {
            compare_file(file, (a.map(Vec::as_slice), b.map(Vec::as_slice)), &mut changes);
        }
    }
    changes
}

fn compare_file(file: &str, (a, b): (Option<&[u8]>, Option<&[u8]>), changes: &mut Vec<Change>) {
    let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
    let structured = rows_of(file, a).zip(rows_of(file, b));
    let (old, new) = structured.unwrap_or_else(|| (lines_of(a), lines_of(b)));
    let mut push = |key: &(String, usize), what, text| {
        changes.push(Change { file: file.to_owned(), key: key.0.clone(), what, text });
    };
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for key in keys {
        match (old.get(key), new.get(key)) {
            (Some(old), None) => push(key, What::Removed, show(old)),
            (None, Some(new)) => push(key, What::Added, show(new)),
            (Some(old), Some(new)) if old != new => {
                push(key, What::Changed, show_changes(old, new));
            }
            _ => {}
        }
    }
}

fn show(cells: &Cells) -> String {
    let named = |(column, cell): (&String, &String)| {
        if column.is_empty() { cell.clone() } else { format!("{column}={cell}") }
    };
    cells.iter().map(named).collect::<Vec<_>>().join(", ")
}

fn show_changes(old: &Cells, new: &Cells) -> String {
    let columns: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut texts = Vec::new();
    for column in columns {
        let cell = |cells: &Cells| cells.get(column).cloned().unwrap_or_default();
        let (old, new) = (cell(old), cell(new));
        if old != new {
            let name = if column.is_empty() { String::new() } else { format!("{column}: ") };
            texts.push(format!("{name}{old} → {new}"));
        }
    }
    texts.join(", ")
}

fn rows_of(file: &str, bytes: &[u8]) -> Option<Rows> {
    let text = text_of(bytes)?;
    if let Some(form) = forms::form(file) {
        return csv_rows(form, text);
    }
    let is_toml = file.strip_suffix(".toml").is_some();
    is_toml.then(|| toml_rows(text)).flatten()
}

fn csv_rows(form: &Form, text: &str) -> Option<Rows> {
    if text.is_empty() {
        return Some(Rows::new());
    }
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().ok()?.clone();
    let key_columns = || form.key.iter().chain(&["effective_from"]);
    if !key_columns().all(|column| headers.iter().any(|it| it == *column)) {
        return None;
    }
    let mut rows = Rows::new();
    for record in reader.records() {
        let record = record.ok()?;
        // A blank cell and one that is not there mean the same.
        let filled = headers.iter().zip(&record).filter(|(_, cell)| !cell.is_empty());
        let cells: Cells =
            filled.map(|(column, cell)| (column.to_owned(), cell.to_owned())).collect();
        if cells.is_empty() {
            continue;
        }
        let cell = |column: &&str| cells.get(*column).map_or("", String::as_str);
        let key: Vec<&str> = key_columns().map(cell).collect();
        insert(&mut rows, key.join(" | "), cells.clone());
    }
    Some(rows)
}

fn toml_rows(text: &str) -> Option<Rows> {
    let table: toml::Table = text.parse().ok()?;
    let mut rows = Rows::new();
    flatten("", &toml::Value::Table(table), &mut rows);
    Some(rows)
}

fn flatten(path: &str, value: &toml::Value, rows: &mut Rows) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(&below(key), value, rows);
            }
        }
        toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&below(&(index + 1).to_string()), item, rows);
            }
        }
        _ => insert(rows, path.to_owned(), Cells::from([(String::new(), value.to_string())])),
    }
}

fn lines_of(bytes: &[u8]) -> Rows {
    let mut rows = Rows::new();
    for line in String::from_utf8_lossy(bytes).lines() {
        insert(&mut rows, line.to_owned(), Cells::from([(String::new(), line.to_owned())]));
    }
    rows
}

fn insert(rows: &mut Rows, key: String, cells: Cells) {
    let earlier = rows.range((key.clone(), 0)..=(key.clone(), usize::MAX)).count();
    rows.insert((key, earlier), cells);
}
