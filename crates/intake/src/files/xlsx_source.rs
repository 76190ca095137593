//! Workbooks: one sheet, cell by cell, with dates and numbers as text.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError};
use csv::ByteRecord;
use rules::intake_mapping::IntakeMapping;

use super::{FileFault, FileOutcome, Layout, RowSink, archive, hashing};

const OLD_LIMIT_ROWS: u64 = 65_536;
const LIMIT_ROWS: u64 = 1_048_576;
const MOST_COLUMNS: usize = 500;

/// Reads a workbook.
pub(super) fn read(
    path: &Path,
    mapping: &IntakeMapping,
    sink: &mut dyn RowSink,
) -> io::Result<FileOutcome> {
    let (sha256, bytes) = hashing::hash_of(path)?;
    let mut outcome = FileOutcome { sha256, bytes, ..FileOutcome::default() };
    match archive::inspect(path) {
        Ok(notes) => outcome.notes = notes,
        Err(fault) => {
            outcome.fault = Some(fault);
            return Ok(outcome);
        }
    }
    outcome.fault = rows(path, mapping, sink).err();
    Ok(outcome)
}

fn rows(path: &Path, mapping: &IntakeMapping, sink: &mut dyn RowSink) -> Result<(), FileFault> {
    let mut workbook: Xlsx<BufReader<File>> = calamine::open_workbook(path).map_err(fault_of)?;
    let sheet = sheet_of(&workbook, &mapping.sheet)?;
    if workbook.has_1904_epoch() {
        let message = "the workbook counts days from 1904: dates would be four years off";
        return Err(FileFault::new("C3", message));
    }
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(fault_of)?;
    let mut rows = Rows::new(sink);
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(fault_of)? {
        let (row, column) = cell.pos;
        if cell.formula.is_some() && cell.value == DataRef::Empty {
            let message = format!("the formula in column {} has no saved result", column + 1);
            return Err(FileFault::new("A24", message).on(u64::from(row) + 1));
        }
        rows.cell(u64::from(row) + 1, column as usize, &cell.value)?;
    }
    rows.finish()
}

fn sheet_of(workbook: &Xlsx<BufReader<File>>, wanted: &str) -> Result<String, FileFault> {
    let names = workbook.sheet_names();
    if !wanted.is_empty() {
        return names
            .iter()
            .find(|it| *it == wanted)
            .cloned()
            .ok_or_else(|| FileFault::new("A27", format!("the workbook has no sheet `{wanted}`")));
    }
    match names.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(FileFault::new("A1", "the workbook has no sheet")),
        several => {
            let message = format!(
                "the workbook has {} sheets ({}), and the mapping names none",
                several.len(),
                several.join(", ")
            );
            Err(FileFault::new("A27", message))
        }
    }
}

/// Gathers cells to rows.
struct Rows<'a> {
    sink: &'a mut dyn RowSink,
    columns: usize,
    line: u64,
    cells: Vec<String>,
}

impl<'a> Rows<'a> {
    fn new(sink: &'a mut dyn RowSink) -> Self {
        Self { sink, columns: 0, line: 0, cells: Vec::new() }
    }

    fn cell(&mut self, line: u64, column: usize, value: &DataRef<'_>) -> Result<(), FileFault> {
        if line != self.line {
            self.flush()?;
            self.line = line;
        }
        let text = text_of(value);
        if text.is_empty() {
            return Ok(());
        }
        if column >= MOST_COLUMNS {
            let message = format!("the sheet has more than {MOST_COLUMNS} columns");
            return Err(FileFault::new("N1", message).on(line));
        }
        if column >= self.cells.len() {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
        Ok(())
    }

    /// Gives the gathered row on; the first with a cell is the header, empty ones are left out.
    fn flush(&mut self) -> Result<(), FileFault> {
        if self.cells.is_empty() {
            return Ok(());
        }
        let mut cells = std::mem::take(&mut self.cells);
        if self.columns == 0 {
            self.columns = cells.len();
            let layout = Layout { headers: cells, types: Vec::new(), typed: true, joined: 0 };
            return self.sink.layout(&layout);
        }
        if cells.len() < self.columns {
            cells.resize(self.columns, String::new());
        }
        self.sink.row(self.line, &ByteRecord::from(cells))
    }

    fn finish(mut self) -> Result<(), FileFault> {
        self.flush()?;
        if self.columns == 0 {
            return Err(FileFault::new("A1", "the sheet is empty"));
        }
        if self.line == OLD_LIMIT_ROWS || self.line == LIMIT_ROWS {
            let message = format!("the sheet ends at row {}: it was likely cut off", self.line);
            return Err(FileFault::new("A26", message).on(self.line));
        }
        Ok(())
    }
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(it) => it.to_string(),
        DataRef::Float(it) => decimal(*it),
        DataRef::String(it) | DataRef::DateTimeIso(it) | DataRef::DurationIso(it) => it.clone(),
        DataRef::SharedString(it) => (*it).to_owned(),
        DataRef::Bool(it) => if *it { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(it) => date_text(it),
        DataRef::Error(it) => it.to_string(),
    }
}

/// A date cell in our own form; midnight has no time, since a spreadsheet cannot tell.
fn date_text(value: &ExcelDateTime) -> String {
    if value.is_duration() {
        return decimal(value.as_f64());
    }
    // Half up to the second: a spreadsheet's fractions of a day are never exact.
    let (year, month, day, hour, minute, second, milli) = value.to_ymd_hms_milli();
    let seconds = u32::from(hour) * 3600
        + u32::from(minute) * 60
        + u32::from(second)
        + u32::from(milli >= 500);
    let date = domain::Day::from_civil(i32::from(year), u32::from(month), u32::from(day));
    match seconds {
        0 => date.to_string(),
        86_400 => format!("{} 00:00:00", date.plus(1)),
        it => format!("{date} {:02}:{:02}:{:02}", it / 3600, it / 60 % 60, it % 60),
    }
}

/// A number as a spreadsheet shows it: 15 significant digits, no exponent, no zeros behind.
pub(super) fn decimal(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let scientific = format!("{value:.14e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let negative = mantissa.starts_with('-');
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    let sign = if negative { "-" } else { "" };
    let count = i64::try_from(digits.len()).unwrap_or(0);
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    if exponent < 0 {
        format!("{sign}0.{}{digits}", zeros(-exponent - 1))
    } else if exponent + 1 >= count {
        format!("{sign}{digits}{}", zeros(exponent + 1 - count))
    } else {
        let point = usize::try_from(exponent + 1).unwrap_or(0);
        format!("{sign}{}.{}", &digits[..point], &digits[point..])
    }
}

fn fault_of(error: XlsxError) -> FileFault {
    match error {
        XlsxError::Password => FileFault::new("A23", "the workbook is protected by a password"),
        other => FileFault::new("A4", format!("the workbook is cut off or damaged: {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn numbers_as_a_spreadsheet_shows_them() {
        assert_eq!(decimal(123.0), "123");
        assert_eq!(decimal(-0.5), "-0.5");
        assert_eq!(decimal(0.1 + 0.2), "0.3");
        assert_eq!(decimal(1_234_567_890_123_456.0), "1234567890123460");
        assert_eq!(decimal(0.000_012_5), "0.0000125");
        assert_eq!(decimal(0.0), "0");
        assert_eq!(decimal(1234.56), "1234.56");
    }
}
