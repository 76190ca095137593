//! The file of a published table, as somebody else reads it: organisations at each level, by year.

use super::read::FileError;
use crate::framework::Level;
use crate::national::Distribution;

/// How the columns that count begin; the year follows.
const COUNTS: &str = "trusts_";

/// What the last row is called.
const TOTAL: &str = "total";

/// Why a text is no published table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublishedError {
    /// The first row does not name the columns.
    #[error(transparent)]
    File(#[from] FileError),
    /// A row cannot be used.
    #[error("row {row}: {what}")]
    Row {
        /// Its number: the first is the header's.
        row: usize,
        /// What is wrong.
        what: String,
    },
}

/// Reads a published table: a row for each level and one for the total, with a column
/// `trusts_YEAR` for each year. Whatever other columns there are is not looked at.
///
/// # Errors
///
/// [`PublishedError`] for the first thing that is wrong.
pub fn read_published(text: &str) -> Result<Vec<Distribution>, PublishedError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().filter_map(Result::ok).collect();
    let header = records.first().cloned().unwrap_or_default();
    let years: Vec<(usize, u16)> = header
        .iter()
        .enumerate()
        .filter_map(|(index, it)| Some((index, it.strip_prefix(COUNTS)?.parse().ok()?)))
        .collect();
    if header.get(0) != Some("level") || years.is_empty() {
        let wanted = format!("level,{COUNTS}YEAR");
        let found = header.iter().collect::<Vec<_>>().join(",");
        return Err(FileError::Header { wanted, found }.into());
    }
    years.into_iter().map(|it| of_year(&records, it)).collect()
}

fn of_year(
    records: &[csv::StringRecord],
    (column, year): (usize, u16),
) -> Result<Distribution, PublishedError> {
    let mut found = [None; 4];
    let mut total = None;
    for (row, record) in (1..).zip(records).skip(1) {
        let fault = |what: String| PublishedError::Row { row, what };
        let (name, cell) = (record.get(0).unwrap_or_default(), record.get(column));
        let cell = cell.unwrap_or_default();
        let count: u32 = cell.parse().map_err(|_| fault(format!("`{cell}` is no number")))?;
        let level = name.parse().ok().and_then(|it: u8| Level::try_from(it).ok());
        let place = match level {
            Some(it) => &mut found[it.index()],
            None if name.eq_ignore_ascii_case(TOTAL) => &mut total,
            None => return Err(fault(format!("`{name}` is neither a level nor the total"))),
        };
        if place.replace(count).is_some() {
            return Err(fault(format!("`{name}` is there twice")));
        }
    }
    let last = records.len();
    let fault = |what: &str| PublishedError::Row { row: last, what: what.to_owned() };
    let [Some(one), Some(two), Some(three), Some(four)] = found else {
        return Err(fault("a level is missing"));
    };
    let distribution = Distribution { year, trusts: [one, two, three, four] };
    let sum: u64 = distribution.trusts.iter().map(|it| u64::from(*it)).sum();
    match total {
        Some(total) if u64::from(total) == sum => Ok(distribution),
        Some(_) => Err(fault("the total is not the sum of the levels")),
        None => Err(fault("the total is missing")),
    }
}
