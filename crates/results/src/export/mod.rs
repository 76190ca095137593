//! Writes tables of a run to files for other programs: CSV, a workbook, or Parquet.
//!
//! Every file says which run it is from and carries the footnote of the model: CSV in columns of
//! its own, a workbook on its first sheet, Parquet in its metadata.

mod csv_file;
mod parquet_file;
mod workbook;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::explain::RunLabel;
use crate::merged_pools::MergedPools;
use crate::reading::TableReader;
use crate::run::RunTable;
use crate::{Caller, ResultsError, Run};

/// What to export, and where to.
#[derive(Clone, Debug)]
pub struct ExportRequest<'a> {
    /// File to write; its ending says the format.
    pub to: &'a Path,
    /// Tables wanted; none means all of the run.
    pub tables: &'a [String],
    /// Whether a file of that name may be written over.
    pub replace: bool,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Where it is.
    pub path: PathBuf,
    /// Tables in it.
    pub tables: Vec<String>,
    /// Rows in all of them.
    pub rows: u64,
}

/// What an exported file says of itself, and where it goes.
struct About<'a> {
    path: &'a Path,
    label: &'a RunLabel,
    caller: &'a Caller,
}

impl About<'_> {
    fn fault(&self, why: &(impl ToString + ?Sized)) -> ResultsError {
        ResultsError::Export { path: self.path.to_owned(), why: why.to_string() }
    }
}

/// One table on its way out.
struct Outgoing {
    name: String,
    rows: u64,
    schema: SchemaRef,
    source: Source,
}

enum Source {
    Files(RunTable),
    Memory(RecordBatch),
}

impl Run {
    /// Exports tables. The question is on record before a row is read, and how it ended before this
    /// returns.
    ///
    /// A workbook holds all tables on sheets of their own. For CSV and Parquet each table is a
    /// file: the one named if one table is wanted, else `NAME-TABLE.csv` beside it.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] for an unknown ending or table, a file in the way, a table too long for a
    /// sheet, or a full disk; no file is left behind then.
    pub fn export(
        &self,
        request: &ExportRequest<'_>,
        caller: &Caller,
    ) -> Result<Vec<Exported>, ResultsError> {
        let named = match request.tables {
            [] => "all tables".to_owned(),
            tables => tables.join(", "),
        };
        let detail = format!("{named} to {}", request.to.display());
        self.audited(caller, ("export", &detail), || {
            let files = self.export_files(request, caller)?;
            let rows = files.iter().map(|it| it.rows).sum();
            Ok((files, rows))
        })
    }

    fn export_files(
        &self,
        request: &ExportRequest<'_>,
        caller: &Caller,
    ) -> Result<Vec<Exported>, ResultsError> {
        let format = Format::of(request.to)?;
        let tables = self.outgoing(request.tables)?;
        let label = self.label()?;
        let files = destinations(request, format, tables);
        if let Some((path, _)) = files.iter().find(|(path, _)| path.exists() && !request.replace) {
            return Err(ResultsError::WouldReplace(path.clone()));
        }
        let mut written = Vec::new();
        for (path, tables) in files {
            let file = write_file(format, &tables, &About { path: &path, label: &label, caller })?;
            let rows = tables.iter().map(|it| it.rows).sum();
            let names: Vec<String> = tables.into_iter().map(|it| it.name).collect();
            file.persist(&path).map_err(|error| ResultsError::writing(&path)(error.error))?;
            written.push(Exported { path, tables: names, rows });
        }
        Ok(written)
    }

    fn outgoing(&self, wanted: &[String]) -> Result<Vec<Outgoing>, ResultsError> {
        let mut names: Vec<String> = wanted.to_vec();
        if names.is_empty() {
            names = self.tables().into_iter().map(|it| it.name).collect();
            names.push("findings".to_owned());
        }
        let pools = self.merged_pools()?;
        names.iter().map(|name| self.outgoing_table(name, &pools)).collect()
    }

    fn outgoing_table(&self, name: &str, pools: &MergedPools) -> Result<Outgoing, ResultsError> {
        let in_memory = match name {
            "findings" => Some(self.findings_batch()?),
            name => pools.table(self, name)?,
        };
        if let Some(batch) = in_memory {
            return Ok(Outgoing {
                name: name.to_owned(),
                rows: u64::try_from(batch.num_rows()).unwrap_or(u64::MAX),
                schema: batch.schema(),
                source: Source::Memory(batch),
            });
        }
        let table = self.table(name)?;
        let first = TableReader::open(&table.files[0].path)?;
        let schema = with_code_column(&first.schema(), table.code_column);
        Ok(Outgoing {
            name: name.to_owned(),
            rows: table.rows(),
            schema,
            source: Source::Files(table),
        })
    }
}

impl Outgoing {
    /// Gives the rows in key order, a row group at a time.
    fn each(
        &self,
        take: &mut dyn FnMut(&RecordBatch) -> Result<(), ResultsError>,
    ) -> Result<(), ResultsError> {
        let table = match &self.source {
            Source::Memory(batch) => return take(batch),
            Source::Files(table) => table,
        };
        for file in &table.files {
            let reader = TableReader::open(&file.path)?;
            for group in reader.groups() {
                let batch = reader.batch(group, &[])?;
                take(&with_code(&batch, &self.schema, &file.code)?)?;
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Workbook,
    Parquet,
}

impl Format {
    fn of(path: &Path) -> Result<Self, ResultsError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        match ending.as_str() {
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Workbook),
            "parquet" => Ok(Self::Parquet),
            _ => Err(ResultsError::UnknownFormat(path.to_owned())),
        }
    }
}

fn destinations(
    request: &ExportRequest<'_>,
    format: Format,
    tables: Vec<Outgoing>,
) -> Vec<(PathBuf, Vec<Outgoing>)> {
    if format == Format::Workbook || request.tables.len() == 1 {
        return vec![(request.to.to_owned(), tables)];
    }
    let stem = request.to.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ending = request.to.extension().unwrap_or_default().to_string_lossy().into_owned();
    let path = |table: &str| request.to.with_file_name(format!("{stem}-{table}.{ending}"));
    tables.into_iter().map(|table| (path(&table.name), vec![table])).collect()
}

/// Writes to a file that has no name yet, so that nobody meets half a table.
fn write_file(
    format: Format,
    tables: &[Outgoing],
    about: &About<'_>,
) -> Result<NamedTempFile, ResultsError> {
    let folder = about.path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    if !folder.is_dir() {
        return Err(ResultsError::NoFolder(about.path.to_owned()));
    }
    let mut file = NamedTempFile::new_in(folder).map_err(ResultsError::writing(about.path))?;
    match (format, tables) {
        (Format::Workbook, tables) => workbook::write(file.as_file_mut(), tables, about)?,
        (Format::Csv, [table]) => csv_file::write(file.as_file_mut(), table, about)?,
        (Format::Parquet, [table]) => parquet_file::write(file.as_file_mut(), table, about)?,
        _ => unreachable!("files of CSV and Parquet hold one table"),
    }
    file.as_file().sync_all().map_err(ResultsError::writing(about.path))?;
    Ok(file)
}

fn with_code_column(schema: &SchemaRef, column: &str) -> SchemaRef {
    if column.is_empty() {
        return Arc::clone(schema);
    }
    let mut fields: Vec<Arc<Field>> = schema.fields().iter().map(Arc::clone).collect();
    fields.push(Arc::new(Field::new(column, DataType::Utf8, false)));
    Arc::new(Schema::new(fields))
}

fn with_code(
    batch: &RecordBatch,
    schema: &SchemaRef,
    code: &str,
) -> Result<RecordBatch, ResultsError> {
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    if schema.fields().len() > columns.len() {
        let codes: StringArray = (0..batch.num_rows()).map(|_| Some(code)).collect();
        columns.push(Arc::new(codes));
    }
    RecordBatch::try_new(Arc::clone(schema), columns)
        .map_err(|error| ResultsError::damaged("a table file", &error))
}
