//! A table as text: what a CSV file of a worked example holds.

/// A header and rows of text cells, as long as the header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A row of a [`Table`], read by column name.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    header: &'a [String],
    cells: &'a [String],
    number: usize,
}

impl Table {
    /// A table without rows.
    pub fn new(header: &[&str]) -> Self {
        Self { header: header.iter().map(|&it| it.to_owned()).collect(), rows: Vec::new() }
    }

    /// Reads CSV text.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, as a sentence: ragged rows above all.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let header = cells(reader.headers().map_err(|error| error.to_string())?);
        let mut rows = Vec::new();
        for record in reader.records() {
            rows.push(cells(&record.map_err(|error| error.to_string())?));
        }
        Ok(Self { header, rows })
    }

    /// Adds a row.
    ///
    /// # Panics
    ///
    /// If the row is not as long as the header, which is a mistake in the test.
    #[track_caller]
    pub fn push<T: ToString>(&mut self, cells: impl IntoIterator<Item = T>) {
        let cells: Vec<String> = cells.into_iter().map(|it| it.to_string()).collect();
        assert_eq!(cells.len(), self.header.len(), "columns are {:?}", self.header);
        self.rows.push(cells);
    }

    /// The names of the columns.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().enumerate().map(|(index, cells)| Row {
            header: &self.header,
            cells,
            number: index + 1,
        })
    }

    /// The table as CSV text: quoted only where needed, one line feed after each row.
    ///
    /// # Panics
    ///
    /// Never: every row is as long as the header.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for cells in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(cells).expect("every row is as long as the header");
        }
        let bytes = writer.into_inner().expect("a vector takes every byte");
        String::from_utf8(bytes).expect("the cells are text")
    }
}

impl<'a> Row<'a> {
    /// The cell of a column.
    ///
    /// # Panics
    ///
    /// If there is no such column, naming those that there are.
    #[track_caller]
    pub fn text(&self, column: &str) -> &'a str {
        let index = self.header.iter().position(|it| it == column);
        let index =
            index.unwrap_or_else(|| panic!("no column `{column}`; there are {:?}", self.header));
        &self.cells[index]
    }

    /// The cell of a column as a value: a whole number, an amount of money, a day.
    ///
    /// # Panics
    ///
    /// If the column does not exist or its text is not such a value, naming row and column.
    #[track_caller]
    pub fn value<T: std::str::FromStr>(&self, column: &str) -> T {
        let text = self.text(column);
        let number = self.number;
        text.parse().unwrap_or_else(|_| panic!("row {number}, column `{column}`: `{text}`"))
    }

    /// The value of a column, nothing where the cell is blank.
    ///
    /// # Panics
    ///
    /// As [`Row::value`].
    #[track_caller]
    pub fn optional<T: std::str::FromStr>(&self, column: &str) -> Option<T> {
        (!self.text(column).is_empty()).then(|| self.value(column))
    }
}
