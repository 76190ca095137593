//! A row of any table as it is typed, and the edit that it becomes.

use std::collections::BTreeMap;

use rules::rows::{RowEdit, Sheet, SheetRow};

use crate::shell::forms::Fields;

/// A row in a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// What the form was made from.
    pub(super) base: String,
    /// Line of the row; blank for a new one.
    pub(super) line: String,
    /// Cells by column, in the order of the file.
    pub(super) cells: Vec<(String, String)>,
    pub(super) reason: String,
    /// `in_force`, or `draft`.
    pub(super) state: String,
    /// Whether the row is to be taken out.
    pub(super) remove: bool,
}

impl Form {
    /// As it was sent, for the columns of a table.
    pub(super) fn read(fields: &Fields, sheet: &Sheet) -> Self {
        let text = |name: &str| one_line(fields.get(name));
        let cell = |column: &String| (column.clone(), text(&field_of(column)));
        Self {
            base: text("base"),
            line: text("line"),
            cells: sheet.columns.iter().map(cell).collect(),
            reason: text("reason"),
            state: text("state"),
            remove: fields.get("act") == "remove",
        }
    }

    /// A row as it stands, or an empty one that begins when the last row of the table does.
    pub(super) fn of(sheet: &Sheet, row: Option<&SheetRow>, base: String) -> Self {
        let last = sheet.rows.last();
        let cell = |column: &String| {
            let from = if column == "effective_from" { row.or(last) } else { row };
            (column.clone(), from.map_or_else(String::new, |it| it.cell(column).to_owned()))
        };
        let line = row.map_or_else(String::new, |it| it.line.to_string());
        let cells = sheet.columns.iter().map(cell).collect();
        Self { base, line, cells, ..Self::default() }
    }

    /// What it does to the file.
    pub(super) fn edit(&self) -> RowEdit {
        let cells: BTreeMap<String, String> = self.cells.iter().cloned().collect();
        match (self.line.parse(), self.remove) {
            (Ok(line), true) => RowEdit::Remove(line),
            (Ok(line), false) => RowEdit::Replace(line, cells),
            (Err(_), _) => RowEdit::Append(cells),
        }
    }
}

/// The field of a column.
pub(super) fn field_of(column: &str) -> String {
    format!("cell-{column}")
}

/// Without the ends of lines, which a cell cannot hold.
fn one_line(text: &str) -> String {
    text.split(['\r', '\n'])
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
