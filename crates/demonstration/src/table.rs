//! The tables of the demonstration trust: CSV text in the program, read by column name.

/// A table with a header row.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    table: &'a Table,
    cells: &'a [String],
}

impl Table {
    /// Reads CSV text that is part of the program.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let mut records = reader.records().map(|record| {
            let record = record.expect("embedded tables have rows of one length");
            record.iter().map(str::to_owned).collect::<Vec<_>>()
        });
        let header = records.next().expect("embedded tables have a header");
        let rows = records.collect();
        Self { header, rows }
    }

    /// The names of the columns.
    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The rows in order.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().map(|cells| Line { table: self, cells })
    }
}

impl<'a> Line<'a> {
    /// Text of a column; blank if the table has no such column.
    pub(crate) fn text(self, column: &str) -> &'a str {
        let index = self.table.header.iter().position(|name| name == column);
        index.map_or("", |it| self.cells[it].as_str())
    }

    /// Whole number of a column; a blank is 0.
    pub(crate) fn number(self, column: &str) -> i64 {
        let text = self.text(column);
        if text.is_empty() { 0 } else { text.parse().expect("embedded numbers are whole") }
    }

    /// Number × 10^`decimals` of a column.
    pub(crate) fn scaled(self, column: &str, decimals: u32) -> i64 {
        domain::number::parse_scaled(self.text(column), decimals)
            .expect("embedded decimals are plain numbers")
    }

    /// Parts of a column between semicolons.
    pub(crate) fn list(self, column: &str) -> impl Iterator<Item = &'a str> {
        self.text(column).split(';').filter(|part| !part.is_empty())
    }

    /// Pairs such as `XCHE:900` between semicolons.
    pub(crate) fn pairs(self, column: &str) -> Vec<(&'a str, i64)> {
        let pair = |part: &'a str| {
            let (name, number) = part.split_once(':').expect("embedded pairs have a colon");
            (name, number.parse().expect("embedded pairs end in a number"))
        };
        self.list(column).map(pair).collect()
    }
}
