//! The file of organisations, read from CSV with the number of every row that is wrong.

use std::fmt;

use csv::StringRecord;
use jiff::civil::Date;

use super::read::{FileError, rows};
use super::{Organisation, OrganisationCode};

/// The columns, in order.
const COLUMNS: [&str; 7] =
    ["organisation_code", "name", "sector", "region", "open_from", "open_to", "successors"];

/// What a file of organisations holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegisterReading {
    /// The organisations, to be made a register of.
    pub organisations: Vec<Organisation>,
    /// Rows that are none.
    pub faults: Vec<RegisterRowFault>,
}

/// A row that is no organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterRowFault {
    /// Its number in a spreadsheet: the first row is the header's.
    pub row: usize,
    /// What is wrong.
    pub what: String,
}

/// Reads a file of organisations: code, name, sector, region, first and last day if known, and the
/// codes of what it became, with spaces between.
///
/// # Errors
///
/// [`FileError`] if the first row does not name the columns. Everything else is a fault of a row.
pub fn read_register(text: &str) -> Result<RegisterReading, FileError> {
    let mut reading = RegisterReading::default();
    for (row, record) in rows(text, &COLUMNS)? {
        let unreadable = || format!("it must have {} cells", COLUMNS.len());
        match record.ok_or_else(unreadable).and_then(|it| one(&it)) {
            Ok(it) => reading.organisations.push(it),
            Err(what) => reading.faults.push(RegisterRowFault { row, what }),
        }
    }
    Ok(reading)
}

fn one(record: &StringRecord) -> Result<Organisation, String> {
    let cell = |column: &str| {
        let index = COLUMNS.iter().position(|it| *it == column);
        index.and_then(|it| record.get(it)).unwrap_or_default()
    };
    let needed = |column: &str| match cell(column) {
        "" => Err(format!("`{column}` is empty")),
        text => Ok(text.to_owned()),
    };
    let day = |column: &str| -> Result<Option<Date>, String> {
        match cell(column) {
            "" => Ok(None),
            text => {
                let wrong = |_| format!("`{text}` in `{column}` is not a day such as 2013-03-31");
                text.parse().map(Some).map_err(wrong)
            }
        }
    };
    let successors = cell("successors").split_whitespace().map(OrganisationCode::from);
    Ok(Organisation {
        code: OrganisationCode::from(needed("organisation_code")?.as_str()),
        name: needed("name")?,
        sector: needed("sector")?,
        region: needed("region")?,
        open_from: day("open_from")?,
        open_to: day("open_to")?,
        successors: successors.collect(),
    })
}

impl fmt::Display for RegisterRowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.row, self.what)
    }
}
