//! Figures taken away as a file that a spreadsheet opens without running anything in it: one table,
//! as CSV or as a workbook, as the address says. What may be shown, to whom, and what is put on
//! record is decided once, before the table is made, and so is the same for both.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use results::Run;
pub use results::output::Kind;
use results::output::{Heading, Rows};

use super::fault::Fault;
use super::visit::Visit;
use super::words;

/// Ending of the address of a CSV file.
pub(super) const CSV: &str = ".csv";

/// Ending of the address of the same as a workbook.
pub(super) const XLSX: &str = ".xlsx";

/// Media type of a workbook.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A table on its way out.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Rows,
    about: Vec<(String, String)>,
}

impl Table {
    /// Rows under their columns.
    pub fn new(columns: &[(&str, Kind)], rows: Vec<Vec<String>>) -> Self {
        let heading =
            |(name, kind): &(&str, Kind)| Heading { name: (*name).to_owned(), kind: *kind };
        let row = |cells: Vec<String>| cells.into_iter().map(Some).collect();
        Self {
            rows: Rows {
                columns: columns.iter().map(heading).collect(),
                rows: rows.into_iter().map(row).collect(),
                more: false,
            },
            about: Vec::new(),
        }
    }

    /// Rows of different length under what they belong to, as sentences and small tables make a report:
    /// the first column names it, the others are numbered. Spaces that do not break are plain ones.
    pub fn ragged(first: &str, rows: Vec<(String, Vec<String>)>) -> Self {
        let cells = rows.iter().map(|it| it.1.len()).max().unwrap_or_default().max(1);
        let names: Vec<String> = (1..=cells).map(|it| format!("cell_{it}")).collect();
        let mut columns = vec![(first, Kind::Text)];
        columns.extend(names.iter().map(|it| (it.as_str(), Kind::Text)));
        let row = |(of, cells_of): (String, Vec<String>)| {
            let mut row = vec![of];
            row.extend(cells_of.iter().map(|it| it.replace('\u{a0}', " ")));
            row.resize(cells + 1, String::new());
            row
        };
        Self::new(&columns, rows.into_iter().map(row).collect())
    }

    /// With one more line on the sheet that says where the figures come from.
    #[must_use]
    pub fn about(mut self, name: &str, text: impl Into<String>) -> Self {
        self.about.push((name.to_owned(), text.into()));
        self
    }

    /// With what is known of a run: which it is, its period, its rules, and who published it.
    ///
    /// # Errors
    ///
    /// [`Fault::Broken`] if the run cannot be read.
    pub fn of_run(self, run: &Run) -> Result<Self, Fault> {
        let manifest = run.manifest();
        let until = results::since::month(manifest.last_period.min(12));
        let published = match run.records()?.publication {
            Some(it) => {
                let names: Vec<String> = it.by.iter().map(|it| words::spoken(it)).collect();
                let day = words::day(it.at.get(..10).unwrap_or(&it.at));
                format!("{day} by {}", names.join(" and "))
            }
            None => "not published: a draft".to_owned(),
        };
        Ok(self
            .about("Run", run.id())
            .about("Period", format!("{} to the end of {until}", words::year(&manifest.year)))
            .about("Rules", manifest.model_hash.clone())
            .about("Published", published)
            .about("Unit of amounts", "pounds sterling (GBP)"))
    }

    /// As CSV.
    pub fn csv(&self) -> String {
        self.rows.to_csv()
    }

    /// As a workbook: the same cells, and where they come from.
    ///
    /// # Errors
    ///
    /// [`Fault::Refused`] if there are more rows than a sheet holds.
    pub fn workbook(&self) -> Result<Vec<u8>, Fault> {
        results::sheet::workbook(&self.rows, &self.about).map_err(|error| match error {
            results::ResultsError::TooLongForSheet { rows, limit, .. } => Fault::Refused(format!(
                "There are {rows} rows, and a workbook holds {limit}. Take the CSV file instead."
            )),
            other => other.into(),
        })
    }

    /// The file that the address asks for; the caller has put on record that it is taken.
    ///
    /// # Errors
    ///
    /// As [`Table::workbook`].
    pub fn file(&self, visit: &Visit, name: &str) -> Result<Response, Fault> {
        if visit.path.ends_with(XLSX) {
            return Ok(attached(WORKBOOK, &format!("{name}{XLSX}"), self.workbook()?));
        }
        Ok(attached("text/csv; charset=utf-8", &format!("{name}{CSV}"), self.csv().into_bytes()))
    }
}

/// A file of text with commas as it is kept, byte by byte; the caller has put on record that it is
/// taken.
pub fn as_kept(name: &str, csv: &str) -> Response {
    attached("text/csv; charset=utf-8", &format!("{name}{CSV}"), csv.as_bytes().to_vec())
}

fn attached(media: &str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}

/// Where the workbook of a CSV file is: its address, with whatever is asked there, and the other
/// ending.
pub fn workbook_address(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let path = path.strip_suffix(CSV).map_or_else(|| path.to_owned(), |it| format!("{it}{XLSX}"));
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests;
