//! Reads rows of a run's tables, and no more of a file than its ranges ask for.

use std::fs::File;
use std::path::Path;

use arrow::array::{
    Array as _, BooleanArray, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::filter_record_batch;
use domain::Key;
use tables::Table;
use tables::cell::{cast, key_at};
use tables::footers;
use tables::parquet_file::{GroupReader, SharedFile};

use crate::{ResultsError, Run};

/// An open table file with its name for messages.
pub(crate) struct TableReader {
    name: String,
    reader: GroupReader<SharedFile>,
}

impl TableReader {
    pub(crate) fn open(path: &Path) -> Result<Self, ResultsError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let file = File::open(path).map_err(ResultsError::reading(path))?;
        let reader =
            footers::reader(path, file).map_err(|error| ResultsError::damaged(&name, &error))?;
        Ok(Self { name, reader })
    }

    pub(crate) fn groups(&self) -> std::ops::Range<usize> {
        0..self.reader.groups()
    }

    pub(crate) fn schema(&self) -> arrow::datatypes::SchemaRef {
        self.reader.schema()
    }

    pub(crate) fn batch(
        &self,
        group: usize,
        columns: &[&str],
    ) -> Result<RecordBatch, ResultsError> {
        self.reader.group(group, columns).map_err(|error| self.damaged(&error))
    }

    /// Rows of one row group.
    pub(crate) fn rows<T: Table>(&self, group: usize) -> Result<Vec<T>, ResultsError> {
        let batch = self.batch(group, &[])?;
        T::rows(&batch).map_err(|error| self.damaged(&error))
    }

    /// Rows with this number in this column.
    pub(crate) fn rows_with_number<T: Table>(
        &self,
        column: &str,
        value: i64,
    ) -> Result<Vec<T>, ResultsError> {
        let mut rows = Vec::new();
        for group in self.reader.groups_with_number(column, value) {
            let batch = self.batch(group, &[])?;
            let numbers: &Int64Array = self.column(&batch, column)?;
            let mask = numbers.values().iter().map(|it| *it == value).collect::<Vec<bool>>();
            rows.extend(self.masked::<T>(&batch, mask)?);
        }
        Ok(rows)
    }

    /// Rows with this text in this column.
    pub(crate) fn rows_with_text<T: Table>(
        &self,
        column: &str,
        value: &str,
    ) -> Result<Vec<T>, ResultsError> {
        let mut rows = Vec::new();
        for group in self.reader.groups_with_text(column, value) {
            // The one column is read first: a reference can be in any group, and most do not hold it.
            let found = self.texts(group, column)?;
            let mask: Vec<bool> = (0..found.len()).map(|row| found.value(row) == value).collect();
            if mask.contains(&true) {
                rows.extend(self.masked::<T>(&self.batch(group, &[])?, mask)?);
            }
        }
        Ok(rows)
    }

    /// Rows of a dataset with this reference in this column.
    pub(crate) fn rows_with_key<T: Table>(
        &self,
        column: &str,
        value: Key,
    ) -> Result<Vec<T>, ResultsError> {
        let mut rows = Vec::new();
        for group in self.groups() {
            let batch = self.batch(group, &[column])?;
            let keys: &FixedSizeBinaryArray = self.column(&batch, column)?;
            let holds = |row: usize| !keys.is_null(row) && key_at(keys, row) == value;
            let mask: Vec<bool> = (0..keys.len()).map(holds).collect();
            if mask.contains(&true) {
                rows.extend(self.masked::<T>(&self.batch(group, &[])?, mask)?);
            }
        }
        Ok(rows)
    }

    /// Rows whose two texts are wanted; rows with the same two stand together.
    pub(crate) fn rows_with_texts<T: Table>(
        &self,
        columns: [&str; 2],
        wanted: &dyn Fn(&str, &str) -> bool,
    ) -> Result<Vec<T>, ResultsError> {
        let mut rows = Vec::new();
        for group in self.groups() {
            let batch = self.batch(group, &columns)?;
            let first: &StringArray = self.column(&batch, columns[0])?;
            let second: &StringArray = self.column(&batch, columns[1])?;
            let mut mask = Vec::with_capacity(batch.num_rows());
            let mut last = None;
            for row in 0..batch.num_rows() {
                let pair = (first.value(row), second.value(row));
                let answer = match last {
                    Some((seen, answer)) if seen == pair => answer,
                    _ => wanted(pair.0, pair.1),
                };
                last = Some((pair, answer));
                mask.push(answer);
            }
            if mask.contains(&true) {
                rows.extend(self.masked::<T>(&self.batch(group, &[])?, mask)?);
            }
        }
        Ok(rows)
    }

    /// Calls for each row with two of its texts.
    pub(crate) fn each_pair(
        &self,
        columns: [&str; 2],
        each: &mut dyn FnMut(&str, &str),
    ) -> Result<(), ResultsError> {
        for group in self.groups() {
            let batch = self.batch(group, &columns)?;
            let first: &StringArray = self.column(&batch, columns[0])?;
            let second: &StringArray = self.column(&batch, columns[1])?;
            for row in 0..batch.num_rows() {
                each(first.value(row), second.value(row));
            }
        }
        Ok(())
    }

    fn texts(&self, group: usize, column: &str) -> Result<StringArray, ResultsError> {
        let batch = self.batch(group, &[column])?;
        Ok(self.column::<StringArray>(&batch, column)?.clone())
    }

    fn column<'a, A: arrow::array::Array + 'static>(
        &self,
        batch: &'a RecordBatch,
        column: &str,
    ) -> Result<&'a A, ResultsError> {
        let array = batch
            .column_by_name(column)
            .ok_or_else(|| self.damaged(&format!("it has no column `{column}`")))?;
        cast(array.as_ref(), "the type of its contract").map_err(|error| self.damaged(&error))
    }

    fn masked<T: Table>(
        &self,
        batch: &RecordBatch,
        mask: Vec<bool>,
    ) -> Result<Vec<T>, ResultsError> {
        let kept = filter_record_batch(batch, &BooleanArray::from(mask))
            .map_err(|error| self.damaged(&error))?;
        T::rows(&kept).map_err(|error| self.damaged(&error))
    }

    fn damaged(&self, why: &(impl ToString + ?Sized)) -> ResultsError {
        ResultsError::damaged(&self.name, why)
    }
}

/// All rows of a table of one file; none if the run has no such file.
pub(crate) fn all_rows<T: Table>(run: &Run) -> Result<Vec<T>, ResultsError> {
    let mut rows = Vec::new();
    for reader in readers(run, T::CONTRACT.name)? {
        for group in reader.groups() {
            rows.extend(reader.rows::<T>(group)?);
        }
    }
    Ok(rows)
}

/// Readers of a table's files; none if the run has none.
pub(crate) fn readers(run: &Run, table: &str) -> Result<Vec<TableReader>, ResultsError> {
    match run.table(table) {
        Ok(table) => table.files.iter().map(|file| TableReader::open(&file.path)).collect(),
        Err(_) => Ok(Vec::new()),
    }
}
