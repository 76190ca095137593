//! The file of returns: a row for each organisation, written and read as CSV.

use std::collections::BTreeSet;
use std::fmt;

use csv::StringRecord;

use super::{OrganisationCode, Return, StatedSteps};
use crate::framework::{FrameworkId, Level, StepId};

/// The columns, in order.
const COLUMNS: [&str; 7] =
    ["organisation_code", "year", "level", "steps", "clinical_lead", "finance_lead", "framework"];

/// What stands for steps that were recorded by unit.
const BY_UNIT: &str = "by unit";

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The first row does not name the columns.
    #[error("the first row must be `{wanted}`, and is `{found}`")]
    Header {
        /// What should stand there.
        wanted: String,
        /// What stands there.
        found: String,
    },
}

/// A row that cannot be used, by the line on which it stands: the first is the header's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The number.
    pub row: usize,
    /// Whose row it is, if it says so.
    pub organisation: Option<OrganisationCode>,
    /// What is wrong.
    pub what: WhatIsWrong,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhatIsWrong {
    /// It has more or fewer cells than there are columns, or is no text.
    Cells,
    /// A cell is empty.
    Empty(&'static str),
    /// A spreadsheet would run the cell as a formula.
    Formula(&'static str),
    /// The year is no year.
    NotAYear(String),
    /// The level is not 1, 2, 3 or 4.
    NotALevel(String),
    /// Nobody knows the organisation.
    UnknownOrganisation(OrganisationCode),
    /// The organisation was not there on the day; those that came after it, if any.
    NotThere(OrganisationCode, Vec<OrganisationCode>),
    /// The year is not that of the collection.
    OtherYear(u16),
    /// The organisation has returned already, in this row, with the same.
    Repeated(usize),
    /// The organisation returns other things in these rows.
    Contradicted(Vec<usize>),
    /// Nobody knows the version of the framework.
    UnknownFramework(FrameworkId),
    /// The version has no such step.
    UnknownStep(StepId),
    /// One person signed as both.
    SamePerson,
}

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Rows that are returns, with their numbers.
    pub returns: Vec<(usize, Return)>,
    /// Rows that are not.
    pub faults: Vec<RowFault>,
}

/// The file of some returns.
pub fn write(returns: &[Return]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("writing to memory does not fail");
    for it in returns {
        let steps = match &it.steps {
            StatedSteps::ByUnit => BY_UNIT.to_owned(),
            StatedSteps::Counted(steps) => {
                steps.iter().map(StepId::as_str).collect::<Vec<_>>().join(" ")
            }
        };
        let (year, level) = (it.year.to_string(), it.level.number().to_string());
        let cells = [
            it.organisation.as_str(),
            &year,
            &level,
            &steps,
            &it.clinical_lead,
            &it.finance_lead,
            it.framework.as_str(),
        ];
        writer.write_record(cells).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("all cells are text")
}

/// Reads a file of returns, row by row.
///
/// # Errors
///
/// [`FileError`] if the first row does not name the columns. Everything else is a fault of a row.
pub fn read(text: &str) -> Result<Reading, FileError> {
    let mut reading = Reading::default();
    for (row, record) in rows(text, &COLUMNS)? {
        let code = record.as_ref().and_then(|it| it.get(0)).filter(|it| !it.is_empty());
        let organisation = code.map(OrganisationCode::from);
        match record.ok_or(WhatIsWrong::Cells).and_then(|it| one(&it)) {
            Ok(it) => reading.returns.push((row, it)),
            Err(what) => reading.faults.push(RowFault { row, organisation, what }),
        }
    }
    Ok(reading)
}

/// The rows below a header, by the line on which they stand; none where a row is no text or has
/// more or fewer cells than there are columns.
pub(super) fn rows(
    text: &str,
    columns: &[&str],
) -> Result<Vec<(usize, Option<StringRecord>)>, FileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = records.next().and_then(Result::ok).unwrap_or_default();
    if !header.iter().eq(columns.iter().copied()) {
        let found = header.iter().collect::<Vec<_>>().join(",");
        return Err(FileError::Header { wanted: columns.join(","), found });
    }
    let mut found = Vec::new();
    let (mut counted, mut line) = (0, 1);
    for record in records {
        // The file is text and rows may have any length, so this cannot fail; if it does, the row
        // is named all the same.
        let (place, record) = match record {
            Ok(it) => (it.position().cloned(), Some(it)),
            Err(error) => (error.position().cloned(), None),
        };
        let start = place.and_then(|it| usize::try_from(it.byte()).ok()).unwrap_or(counted);
        let start = after_blank_lines(text, start);
        line += text.get(counted..start).map_or(0, |it| it.matches('\n').count());
        counted = start;
        found.push((line, record.filter(|it| it.len() == columns.len())));
    }
    Ok(found)
}

/// Where the next row begins: blank lines before it are taken for a part of it.
fn after_blank_lines(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + (rest.len() - rest.trim_start_matches(['\r', '\n']).len())
}

fn one(record: &StringRecord) -> Result<Return, WhatIsWrong> {
    for (column, cell) in COLUMNS.into_iter().zip(record) {
        if cell.starts_with(['=', '+', '-', '@']) {
            return Err(WhatIsWrong::Formula(column));
        }
    }
    let cell = |column: &'static str| -> Result<&str, WhatIsWrong> {
        let index = COLUMNS.iter().position(|it| *it == column);
        let text = index.and_then(|it| record.get(it)).unwrap_or_default();
        if text.is_empty() { Err(WhatIsWrong::Empty(column)) } else { Ok(text) }
    };
    let organisation = OrganisationCode::from(cell("organisation_code")?);
    let (year, level) = (cell("year")?, cell("level")?);
    let year: u16 = year.parse().map_err(|_| WhatIsWrong::NotAYear(year.to_owned()))?;
    let number = level.parse::<u8>().ok().and_then(|it| Level::try_from(it).ok());
    let level = number.ok_or_else(|| WhatIsWrong::NotALevel(level.to_owned()))?;
    let clinical_lead = cell("clinical_lead")?.to_owned();
    let finance_lead = cell("finance_lead")?.to_owned();
    if clinical_lead == finance_lead {
        return Err(WhatIsWrong::SamePerson);
    }
    let framework = FrameworkId::from(cell("framework")?);
    // An organisation at which no step counts states none.
    let steps = match cell("steps").unwrap_or_default() {
        BY_UNIT => StatedSteps::ByUnit,
        steps => {
            let steps: BTreeSet<StepId> = steps.split_whitespace().map(StepId::from).collect();
            StatedSteps::Counted(steps)
        }
    };
    Ok(Return { organisation, year, level, steps, clinical_lead, finance_lead, framework })
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.row, self.what)
    }
}

impl fmt::Display for WhatIsWrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cells => write!(f, "it must have {} cells", COLUMNS.len()),
            Self::Empty(column) => write!(f, "`{column}` is empty"),
            Self::Formula(column) => {
                write!(f, "`{column}` begins with a sign that a spreadsheet takes for a formula")
            }
            Self::NotAYear(text) => write!(f, "`{text}` is no year"),
            Self::NotALevel(text) => write!(f, "`{text}` is no level: it must be 1, 2, 3 or 4"),
            Self::UnknownOrganisation(code) => {
                write!(f, "nobody knows the organisation `{code}`: correct the code or register it")
            }
            Self::NotThere(code, after) if after.is_empty() => {
                write!(f, "the organisation `{code}` is not open on the day of the collection")
            }
            Self::NotThere(code, after) => {
                let after: Vec<&str> = after.iter().map(OrganisationCode::as_str).collect();
                write!(
                    f,
                    "the organisation `{code}` has become `{}`, who must return",
                    after.join("`, `")
                )
            }
            Self::OtherYear(year) => write!(f, "it is of {year}, which is another collection"),
            Self::Repeated(row) => write!(f, "it repeats row {row}"),
            Self::Contradicted(rows) => {
                let rows: Vec<String> = rows.iter().map(usize::to_string).collect();
                write!(
                    f,
                    "the organisation returns something else in row {}: ask which is right",
                    rows.join(", ")
                )
            }
            Self::UnknownFramework(id) => write!(f, "nobody knows the framework `{id}`"),
            Self::UnknownStep(id) => write!(f, "its framework has no step `{id}`"),
            Self::SamePerson => {
                f.write_str("the clinical lead and the finance lead must be two people")
            }
        }
    }
}
