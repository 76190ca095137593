//! Parquet files: typed columns as text.

use std::fs::File;
use std::io;
use std::path::Path;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use csv::ByteRecord;
use domain::Day;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::xlsx_source::decimal;
use super::{ColumnType, FileFault, FileOutcome, Layout, RowSink, hashing};

const BATCH_ROWS: usize = 8192;

/// Reads a Parquet file.
pub(super) fn read(path: &Path, sink: &mut dyn RowSink) -> io::Result<FileOutcome> {
    let (sha256, bytes) = hashing::hash_of(path)?;
    let fault = rows(File::open(path)?, sink).err();
    Ok(FileOutcome { sha256, bytes, fault, notes: Vec::new() })
}

fn rows(file: File, sink: &mut dyn RowSink) -> Result<(), FileFault> {
    let cut_off = |error: &dyn std::fmt::Display| {
        FileFault::new("A3", format!("the Parquet file is cut off or damaged: {error}"))
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|it| cut_off(&it))?;
    let schema = builder.schema();
    let headers = schema.fields().iter().map(|it| it.name().clone()).collect();
    let types = schema.fields().iter().map(|it| type_of(it.data_type())).collect();
    sink.layout(&Layout { headers, types, typed: true, joined: 0 })?;
    let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(|it| cut_off(&it))?;
    // The header of a text file is line 1, so the first row is line 2 here too.
    let mut line = 1;
    for batch in reader {
        let batch = batch.map_err(|it| cut_off(&it))?;
        let columns = texts(&batch)?;
        for row in 0..batch.num_rows() {
            line += 1;
            let cells: ByteRecord =
                columns.iter().map(|it| if it.is_null(row) { "" } else { it.value(row) }).collect();
            sink.row(line, &cells)?;
        }
    }
    Ok(())
}

fn type_of(data_type: &DataType) -> ColumnType {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => {
            ColumnType::Text
        }
        DataType::Dictionary(_, value) => type_of(value),
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => ColumnType::Date,
        it if it.is_numeric() => ColumnType::Number,
        _ => ColumnType::Other,
    }
}

/// Every column as text.
fn texts(batch: &RecordBatch) -> Result<Vec<StringArray>, FileFault> {
    batch.columns().iter().map(text_of).collect()
}

fn text_of(column: &ArrayRef) -> Result<StringArray, FileFault> {
    let unreadable = |error: &dyn std::fmt::Display| {
        FileFault::new("A31", format!("a column has no text: {error}"))
    };
    let as_type = |to: &DataType| cast(column, to).map_err(|it| unreadable(&it));
    match column.data_type() {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let values = as_type(&DataType::Float64)?;
            let values = values.as_any().downcast_ref::<arrow::array::Float64Array>();
            let values = values.expect("the cast gives this type");
            Ok(values.iter().map(|it| it.map(decimal)).collect())
        }
        DataType::Date32 | DataType::Date64 => {
            let values = as_type(&DataType::Date32)?;
            let values = values.as_any().downcast_ref::<arrow::array::Date32Array>();
            let values = values.expect("the cast gives this type");
            Ok(values.iter().map(|it| it.map(|day| Day(day).to_string())).collect())
        }
        DataType::Timestamp(_, zone) => {
            let zoned = zone.is_some();
            let values = as_type(&DataType::Timestamp(TimeUnit::Second, zone.clone()))?;
            let values = values.as_any().downcast_ref::<arrow::array::TimestampSecondArray>();
            let values = values.expect("the cast gives this type");
            Ok(values.iter().map(|it| it.map(|second| time_text(second, zoned))).collect())
        }
        _ => {
            let values = as_type(&DataType::Utf8)?;
            let values = values.as_any().downcast_ref::<StringArray>();
            Ok(values.expect("the cast gives this type").clone())
        }
    }
}

/// A time in our own form; one with a zone is an instant and says so.
fn time_text(second: i64, zoned: bool) -> String {
    let day = Day(i32::try_from(second.div_euclid(86_400)).unwrap_or(0));
    let clock = second.rem_euclid(86_400);
    let offset = if zoned { "Z" } else { "" };
    format!("{day} {:02}:{:02}:{:02}{offset}", clock / 3600, clock / 60 % 60, clock % 60)
}
