//! Parquet with fixed properties, so that the same rows always give the same bytes.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchReader as _};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowLeafColumn, ArrowRowGroupWriterFactory,
    compute_leaves,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use rayon::prelude::*;

/// Writes groups of rows one after another; each call of [`GroupWriter::group`] is one row group.
#[derive(Debug)]
pub struct GroupWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    groups: usize,
}

impl<W: Write + Send> GroupWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// [`ParquetError`] if the sink refuses the first bytes.
    pub fn new(sink: W, schema: SchemaRef) -> Result<Self, ParquetError> {
        let properties = properties(&schema)?;
        let writer = ArrowWriter::try_new(sink, SchemaRef::clone(&schema), Some(properties))?;
        let (writer, columns) = writer.into_serialized_writer()?;
        Ok(Self { writer, columns, schema, groups: 0 })
    }

    /// Writes one row group; no rows write nothing.
    ///
    /// # Errors
    ///
    /// [`ParquetError`] if the rows do not fit the schema or the sink fails.
    pub fn group(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let chunks = self.columns(batch)?.into_iter().map(encoded).collect::<Result<_, _>>()?;
        self.append(chunks)
    }

    /// As [`GroupWriter::group`], with columns encoded side by side by the threads of the pool that
    /// the caller is in: for a table that nothing else is done beside. Not a byte differs.
    ///
    /// # Errors
    ///
    /// As [`GroupWriter::group`].
    pub fn group_by_columns(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let chunks = self.columns(batch)?.into_par_iter().map(encoded).collect::<Result<_, _>>()?;
        self.append(chunks)
    }

    /// Columns of a group, each with its writer.
    fn columns(&self, batch: &RecordBatch) -> Result<Vec<ToEncode>, ParquetError> {
        let writers = self.columns.create_column_writers(self.groups)?;
        let mut leaves = Vec::with_capacity(writers.len());
        for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
            leaves.extend(compute_leaves(field, column)?);
        }
        Ok(writers.into_iter().zip(leaves).collect())
    }

    fn append(&mut self, chunks: Vec<ArrowColumnChunk>) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.groups += 1;
        Ok(())
    }

    /// Writes the footer and gives the sink back.
    ///
    /// # Errors
    ///
    /// [`ParquetError`] if the sink fails.
    pub fn finish(self) -> Result<W, ParquetError> {
        self.writer.into_inner()
    }
}

/// One column of a group and its writer.
type ToEncode = (ArrowColumnWriter, ArrowLeafColumn);

fn encoded((mut writer, column): ToEncode) -> Result<ArrowColumnChunk, ParquetError> {
    writer.write(&column)?;
    writer.close()
}

/// How files are written: a column whose values are nearly all different has no list of values,
/// which takes longer to make than all else, and numbers in order are kept as differences.
fn properties(schema: &SchemaRef) -> Result<WriterProperties, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_created_by("concord".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(None);
    for field in schema.fields() {
        let column = ColumnPath::from(field.name().as_str());
        let is_ordered = field.name() == IN_ORDER;
        let differs =
            matches!(field.data_type(), DataType::Decimal128(..) | DataType::FixedSizeBinary(_));
        if is_ordered || differs {
            properties = properties.set_column_dictionary_enabled(column.clone(), false);
        }
        if is_ordered {
            properties = properties.set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
        }
    }
    Ok(properties.build())
}

/// The column by which tables of events are in order.
const IN_ORDER: &str = "event_number";

/// The footer of a file: where each column of each row group lies. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Footer(ArrowReaderMetadata);

/// Reads row groups of a file, whole or some columns only.
#[derive(Debug)]
pub struct GroupReader<R: ChunkReader + Clone + 'static> {
    source: R,
    metadata: ArrowReaderMetadata,
}

impl<R: ChunkReader + Clone + 'static> GroupReader<R> {
    /// Reads the footer.
    ///
    /// # Errors
    ///
    /// [`ParquetError`] if this is not a whole Parquet file.
    pub fn new(source: R) -> Result<Self, ParquetError> {
        let metadata = ArrowReaderMetadata::load(&source, ArrowReaderOptions::new())?;
        Ok(Self { source, metadata })
    }

    /// A reader of a file whose footer was read before.
    pub fn with_footer(source: R, footer: Footer) -> Self {
        Self { source, metadata: footer.0 }
    }

    /// The footer that was read.
    pub fn footer(&self) -> Footer {
        Footer(self.metadata.clone())
    }

    /// How many row groups there are.
    pub fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// How many rows there are.
    pub fn rows(&self) -> i64 {
        self.metadata.metadata().file_metadata().num_rows()
    }

    /// The schema of the file.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(self.metadata.schema())
    }

    /// Row groups that may hold this number in this column, by the range that each states.
    pub fn groups_with_number(&self, column: &str, value: i64) -> Vec<usize> {
        self.groups_within(column, &|range| match range {
            Statistics::Int64(range) => {
                range.min_opt().is_none_or(|it| *it <= value)
                    && range.max_opt().is_none_or(|it| value <= *it)
            }
            _ => true,
        })
    }

    /// Row groups that may hold this text in this column, by the range that each states.
    pub fn groups_with_text(&self, column: &str, value: &str) -> Vec<usize> {
        let value = value.as_bytes();
        self.groups_within(column, &|range| {
            range.min_bytes_opt().is_none_or(|it| it <= value)
                && range.max_bytes_opt().is_none_or(|it| value <= it)
        })
    }

    fn groups_within(&self, column: &str, may_hold: &dyn Fn(&Statistics) -> bool) -> Vec<usize> {
        let metadata = self.metadata.metadata();
        let schema = metadata.file_metadata().schema_descr();
        let index = schema.columns().iter().position(|it| it.name() == column);
        (0..self.groups())
            .filter(|group| {
                index
                    .and_then(|index| metadata.row_group(*group).column(index).statistics())
                    .is_none_or(may_hold)
            })
            .collect()
    }

    /// One row group as one batch, with the named columns or, for an empty list, all of them.
    ///
    /// # Errors
    ///
    /// [`ParquetError`] if the bytes are damaged or a group does not exist.
    pub fn group(&self, index: usize, columns: &[&str]) -> Result<RecordBatch, ParquetError> {
        self.read(Some(vec![index]), columns)
    }

    /// One row group, its texts as numbers in a list of the different ones: the way they are stored,
    /// so that a text is neither copied nor compared for each row.
    ///
    /// Columns that the group states to be blank in every row are left out, and so are those of
    /// `without`.
    ///
    /// # Errors
    ///
    /// As [`GroupReader::group`].
    pub fn group_listed(
        &self,
        index: usize,
        without: &[&str],
    ) -> Result<RecordBatch, ParquetError> {
        let listed = |field: &Arc<Field>| match field.data_type() {
            DataType::Utf8 => {
                let list = DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into());
                Arc::new(field.as_ref().clone().with_data_type(list))
            }
            _ => Arc::clone(field),
        };
        let fields: Vec<Arc<Field>> = self.metadata.schema().fields().iter().map(listed).collect();
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
        let metadata = Arc::clone(self.metadata.metadata());
        let metadata = ArrowReaderMetadata::try_new(metadata, options)?;
        let schema = self.metadata.schema();
        let names = schema.fields().iter().map(|it| it.name().as_str()).enumerate();
        let wanted: Vec<&str> = names
            .filter(|(place, name)| !without.contains(name) && !self.is_blank(index, *place))
            .map(|(_, name)| name)
            .collect();
        Self { source: self.source.clone(), metadata }.read(Some(vec![index]), &wanted)
    }

    /// Whether a row group states that a column has no value, or no text, in any of its rows.
    fn is_blank(&self, group: usize, column: usize) -> bool {
        let group = self.metadata.metadata().row_group(group);
        let Some(range) = group.column(column).statistics() else { return false };
        match (range, range.null_count_opt()) {
            (_, Some(absent)) if i64::try_from(absent) == Ok(group.num_rows()) => true,
            (Statistics::ByteArray(texts), Some(0)) => {
                texts.max_opt().is_some_and(|it| it.data().is_empty())
            }
            _ => false,
        }
    }

    /// The whole file as one batch.
    ///
    /// # Errors
    ///
    /// [`ParquetError`] if the bytes are damaged.
    pub fn all(&self) -> Result<RecordBatch, ParquetError> {
        self.read(None, &[])
    }

    fn read(
        &self,
        groups: Option<Vec<usize>>,
        columns: &[&str],
    ) -> Result<RecordBatch, ParquetError> {
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.source.clone(),
            self.metadata.clone(),
        );
        if !columns.is_empty() {
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        if let Some(groups) = groups {
            builder = builder.with_row_groups(groups);
        }
        let reader = builder.with_batch_size(1 << 20).build()?;
        let schema = reader.schema();
        let batches = reader.collect::<Result<Vec<_>, _>>()?;
        join(&schema, &batches)
    }
}

/// Joins batches of one schema.
///
/// # Errors
///
/// [`ParquetError`] if their schemas differ.
pub fn join(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<RecordBatch, ParquetError> {
    Ok(concat_batches(schema, batches)?)
}

/// An open file that the readers of one thread share. Other threads open their own: the place in
/// the file is shared too.
#[derive(Clone, Debug)]
pub struct SharedFile(Arc<File>);

impl SharedFile {
    /// Wraps an open file.
    pub fn new(file: File) -> Self {
        Self(Arc::new(file))
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        Length::len(&*self.0)
    }
}

impl ChunkReader for SharedFile {
    type T = <File as ChunkReader>::T;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        self.0.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.0.get_bytes(start, length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Table as _;
    use crate::run::EventCost;

    /// Two row groups: events 1 and 2 with activity A, events 3 and 4 with activity B.
    fn two_groups() -> GroupReader<Bytes> {
        let row = |event_number, activity: &str| EventCost {
            event_number,
            activity: activity.to_owned(),
            ..EventCost::default()
        };
        let mut writer = GroupWriter::new(Vec::new(), EventCost::schema()).expect("memory");
        for rows in [[row(1, "A"), row(2, "A")], [row(3, "B"), row(4, "B")]] {
            writer.group(&EventCost::batch(&rows)).expect("the rows fit");
        }
        GroupReader::new(Bytes::from(writer.finish().expect("memory"))).expect("a whole file")
    }

    #[test]
    fn columns_side_by_side_give_the_same_bytes() {
        let rows: Vec<EventCost> = (0..2000_i64)
            .map(|it| EventCost {
                event_number: it / 3,
                activity: format!("A{}", it % 7),
                ..EventCost::default()
            })
            .collect();
        let written = |is_parallel: bool| {
            let mut writer = GroupWriter::new(Vec::new(), EventCost::schema()).expect("memory");
            for rows in rows.chunks(900) {
                let batch = EventCost::batch(rows);
                let done = if is_parallel {
                    writer.group_by_columns(&batch)
                } else {
                    writer.group(&batch)
                };
                done.expect("the rows fit");
            }
            writer.finish().expect("memory")
        };
        assert_eq!(written(true), written(false));
    }

    #[test]
    fn groups_that_cannot_hold_a_value_are_left_out() {
        let reader = two_groups();
        assert_eq!(reader.groups_with_number("event_number", 2), [0]);
        assert_eq!(reader.groups_with_number("event_number", 3), [1]);
        assert!(reader.groups_with_number("event_number", 5).is_empty());
        assert_eq!(reader.groups_with_text("activity", "B"), [1]);
        assert!(reader.groups_with_text("activity", "C").is_empty());
        assert_eq!(reader.groups_with_text("no such column", "C"), [0, 1], "nothing is ruled out");
    }
}
