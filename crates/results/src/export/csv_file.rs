//! One table as CSV that a spreadsheet can open without running anything in it.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use arrow::array::{Array as _, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::{About, Outgoing};
use crate::ResultsError;
use crate::output::safe_cell;

/// Writes the table with a last column `run`, and `notice` where the model has a footnote: a
/// notice in a line of its own would be lost, or break whoever reads the file.
pub(super) fn write(
    file: &mut File,
    table: &Outgoing,
    about: &About<'_>,
) -> Result<(), ResultsError> {
    let mut writer = csv::Writer::from_writer(BufWriter::new(file));
    let mut closing = vec![safe_cell(&about.label.id)];
    let mut heads: Vec<String> = table.schema.fields().iter().map(|it| it.name().clone()).collect();
    heads.push("run".to_owned());
    if !about.label.footnote.is_empty() {
        heads.push("notice".to_owned());
        closing.push(safe_cell(&about.label.footnote));
    }
    writer.write_record(&heads).map_err(|error| about.fault(&error))?;
    table.each(&mut |batch| {
        add_rows(&mut writer, batch, &closing).map_err(|error| about.fault(&error))
    })?;
    let mut file = writer.into_inner().map_err(|error| about.fault(&error))?;
    file.flush().map_err(|error| about.fault(&error))
}

fn add_rows(
    writer: &mut csv::Writer<impl std::io::Write>,
    batch: &RecordBatch,
    closing: &[String],
) -> Result<(), Box<dyn std::error::Error>> {
    let options = FormatOptions::default();
    let mut formatters = Vec::new();
    for column in batch.columns() {
        formatters.push((column, ArrayFormatter::try_new(column.as_ref(), &options)?));
    }
    for row in 0..batch.num_rows() {
        for (column, formatter) in &formatters {
            let text =
                if column.is_valid(row) { formatter.value(row).to_string() } else { String::new() };
            writer.write_field(safe_cell(&text))?;
        }
        closing.iter().try_for_each(|it| writer.write_field(it))?;
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(())
}
