//! Reads small files of people and units, with every fault by line.

use domain::Day;

use crate::error::{Error, LineFault, Result};

/// A row of a file, its fields trimmed and in the order asked for.
pub(crate) struct Row<const N: usize> {
    pub(crate) line: u64,
    pub(crate) fields: [String; N],
}

/// Rows whose columns are found by name in the header, and what is wrong with the others.
pub(crate) fn read<const N: usize>(
    text: &str,
    columns: [&str; N],
) -> (Vec<Row<N>>, Vec<LineFault>) {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let fault = |line, message: String| LineFault { line, message };
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return (Vec::new(), vec![fault(1, error.to_string())]),
    };
    let mut faults = Vec::new();
    let found = columns.map(|wanted| {
        let found: Vec<usize> =
            (0..header.len()).filter(|it| header[*it].eq_ignore_ascii_case(wanted)).collect();
        match found.as_slice() {
            [one] => *one,
            [] => {
                faults.push(fault(1, format!("the column {wanted} is missing")));
                0
            }
            _ => {
                faults.push(fault(1, format!("the column {wanted} is there twice")));
                0
            }
        }
    });
    for name in header.iter().filter(|it| !columns.iter().any(|c| c.eq_ignore_ascii_case(it))) {
        faults.push(fault(1, format!("the column {name} is not one of {}", columns.join(", "))));
    }
    if !faults.is_empty() {
        return (Vec::new(), faults);
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(fault(line, "cannot be read as text with commas".to_owned()));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() == header.len() {
            rows.push(Row { line, fields: found.map(|it| record[it].to_owned()) });
        } else {
            let (fields, wanted) = (record.len(), header.len());
            faults.push(fault(line, format!("has {fields} fields, the header {wanted}")));
        }
    }
    (rows, faults)
}

/// First and last day; the last may be empty.
pub(crate) fn days(from: &str, until: &str) -> Result<(Day, Option<Day>), String> {
    let day = |it: &str| it.parse::<Day>().map_err(|it| it.to_string());
    let from = day(from)?;
    let until = if until.is_empty() { None } else { Some(day(until)?) };
    if until.is_some_and(|it| it < from) {
        return Err("the last day is before the first".to_owned());
    }
    Ok((from, until))
}

/// Refuses a file with faults.
pub(crate) fn none(mut faults: Vec<LineFault>) -> Result<()> {
    faults.sort();
    if faults.is_empty() { Ok(()) } else { Err(Error::Faults(faults)) }
}
