//! One CSV file of the model, with the columns that every row has.

use crate::table::{Line, Table};

/// First day of the first year that the model covers.
const FROM: &str = "2024-04-01";

/// Where a rule comes from and when it holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Basis<'a> {
    /// First day in force.
    pub(super) from: &'a str,
    /// Last day in force; blank while it still is.
    pub(super) to: &'a str,
    /// Key of the source.
    pub(super) source: &'a str,
    /// Why it is so.
    pub(super) note: &'a str,
}

impl Basis<'_> {
    /// A rule of both years, chosen by the trust.
    pub(super) const DEMO: Self = Self { from: FROM, to: "", source: "x-demo", note: "" };
}

/// A sheet under way.
#[derive(Debug)]
pub(super) struct Sheet {
    text: Vec<u8>,
    columns: Vec<String>,
}

impl Sheet {
    /// A sheet with these columns of its own.
    pub(super) fn new(columns: &[&str]) -> Self {
        let columns: Vec<String> = columns.iter().map(|it| (*it).to_owned()).collect();
        let mut sheet = Self { text: Vec::new(), columns };
        let common = ["effective_from", "effective_to", "source", "note"];
        let header: Vec<String> =
            sheet.columns.iter().cloned().chain(common.map(str::to_owned)).collect();
        sheet.write(&header);
        sheet
    }

    /// A sheet with all rows of an embedded table.
    pub(super) fn of(text: &str) -> Self {
        let table = Table::read(text);
        let own = |name: &&str| !matches!(*name, "from" | "to" | "source" | "note");
        let names = table.header().iter().map(String::as_str);
        // The list of sources names its own key, and none of its rows has a source.
        let columns: Vec<&str> = names.filter(own).collect();
        let mut sheet = Self::new(&columns);
        for line in table.lines() {
            sheet.add_line(line);
        }
        sheet
    }

    /// Adds the row of an embedded table that has the columns of this sheet.
    pub(super) fn add_line(&mut self, line: Line<'_>) {
        let cells: Vec<String> =
            self.columns.iter().map(|name| line.text(name).to_owned()).collect();
        let or = |text, other| if line_is_blank(text) { other } else { text };
        let basis = Basis {
            from: or(line.text("from"), FROM),
            to: line.text("to"),
            source: or(line.text("source"), Basis::DEMO.source),
            note: line.text("note"),
        };
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        self.add(&cells, basis);
    }

    /// Adds a row.
    pub(super) fn add(&mut self, cells: &[&str], basis: Basis<'_>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "a row has the sheet's columns");
        let common = [basis.from, basis.to, basis.source, basis.note];
        let row: Vec<String> = cells.iter().copied().chain(common).map(str::to_owned).collect();
        self.write(&row);
    }

    /// The file's bytes.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text
    }

    fn write(&mut self, cells: &[String]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.text.push(b',');
            }
            if cell.contains([',', '"', '\n']) {
                let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
                self.text.extend_from_slice(quoted.as_bytes());
            } else {
                self.text.extend_from_slice(cell.as_bytes());
            }
        }
        self.text.push(b'\n');
    }
}

fn line_is_blank(text: &str) -> bool {
    text.is_empty()
}
