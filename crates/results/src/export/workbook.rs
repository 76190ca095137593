//! Tables as sheets of a workbook: text as text, never as a formula; numbers as numbers where a
//! workbook can hold them exactly, else as text.

use std::fs::File;
use std::io::BufWriter;

use arrow::array::{Array as _, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::{About, Outgoing};
use crate::ResultsError;
use crate::output::{Kind, exact_number};
use crate::sheet::ROWS_MAX;

pub(super) fn write(
    file: &mut File,
    tables: &[Outgoing],
    about: &About<'_>,
) -> Result<(), ResultsError> {
    if let Some(table) = tables.iter().find(|it| it.rows > ROWS_MAX) {
        return Err(ResultsError::TooLongForSheet {
            table: table.name.clone(),
            rows: table.rows,
            limit: ROWS_MAX,
        });
    }
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(about));
    let first =
        workbook.add_worksheet_with_constant_memory().map_err(|error| about.fault(&error))?;
    about_sheet(first, tables, about).map_err(|error| about.fault(&error))?;
    for table in tables {
        let sheet =
            workbook.add_worksheet_with_constant_memory().map_err(|error| about.fault(&error))?;
        fill(sheet, table, about)?;
    }
    workbook.save_to_writer(BufWriter::new(file)).map_err(|error| about.fault(&error))
}

/// The creation time is the caller's, since only the command line reads the clock.
fn properties(about: &About<'_>) -> DocProperties {
    let text = about.caller.at.get(..19).unwrap_or_default();
    let properties = DocProperties::new().set_title(&about.label.title).set_author("Concord");
    match ExcelDateTime::parse_from_str(text) {
        Ok(at) => properties.set_creation_datetime(&at),
        Err(_) => properties,
    }
}

fn about_sheet(
    sheet: &mut Worksheet,
    tables: &[Outgoing],
    about: &About<'_>,
) -> Result<(), XlsxError> {
    sheet.set_name("about")?;
    let label = about.label;
    let state = if label.published { "published" } else { "draft" };
    let names: Vec<&str> = tables.iter().map(|it| it.name.as_str()).collect();
    let year = format!("{}, to the end of period {}", label.year, label.last_period);
    let lines = [
        ("title", label.title.as_str()),
        ("notice", &label.footnote),
        ("run", &label.id),
        ("state", state),
        ("financial year", &year),
        ("exported by", &about.caller.who),
        ("exported at", &about.caller.at),
        ("tables", &names.join(", ")),
    ];
    for (row, (name, value)) in (0_u32..).zip(lines) {
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, value)?;
    }
    Ok(())
}

fn fill(sheet: &mut Worksheet, table: &Outgoing, about: &About<'_>) -> Result<(), ResultsError> {
    let fault = |error: XlsxError| about.fault(&error);
    sheet.set_name(&table.name).map_err(fault)?;
    for (column, field) in (0_u16..).zip(table.schema.fields()) {
        sheet.write_string(0, column, field.name()).map_err(fault)?;
    }
    let mut next_row = 1;
    table.each(&mut |batch| {
        add_rows(sheet, batch, next_row).map_err(|error| about.fault(&error))?;
        next_row += u32::try_from(batch.num_rows()).expect("a sheet's rows fit 32 bits");
        Ok(())
    })
}

fn add_rows(
    sheet: &mut Worksheet,
    batch: &RecordBatch,
    first_row: u32,
) -> Result<(), Box<dyn std::error::Error>> {
    let options = FormatOptions::default();
    let mut formatters = Vec::new();
    for column in batch.columns() {
        let kind = crate::sql::kind(column.data_type());
        formatters.push((column, kind, ArrayFormatter::try_new(column.as_ref(), &options)?));
    }
    for (row, sheet_row) in (0..batch.num_rows()).zip(first_row..) {
        for (index, (column, kind, formatter)) in (0_u16..).zip(&formatters) {
            if column.is_valid(row) {
                let text = formatter.value(row).to_string();
                add_cell(sheet, (sheet_row, index), *kind, &text)?;
            }
        }
    }
    Ok(())
}

fn add_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    kind: Kind,
    text: &str,
) -> Result<(), XlsxError> {
    match (kind, exact_number(text)) {
        (Kind::Whole | Kind::Decimal, Some(number)) => sheet.write_number(row, column, number)?,
        (Kind::Truth, _) => sheet.write_boolean(row, column, text == "true")?,
        _ => sheet.write_string(row, column, text)?,
    };
    Ok(())
}
