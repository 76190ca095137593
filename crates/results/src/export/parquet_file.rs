//! One table as Parquet, whose metadata says where it is from.

use std::fs::File;
use std::sync::Arc;

use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::{About, Outgoing};
use crate::ResultsError;

pub(super) fn write(
    file: &mut File,
    table: &Outgoing,
    about: &About<'_>,
) -> Result<(), ResultsError> {
    let level = ZstdLevel::try_new(1).expect("level 1 exists");
    let note = |key: &str, value: &str| KeyValue::new(format!("concord.{key}"), value.to_owned());
    let notes = vec![
        note("run", &about.label.id),
        note("title", &about.label.title),
        note("footnote", &about.label.footnote),
        note("exported_by", &about.caller.who),
        note("exported_at", &about.caller.at),
    ];
    let properties = WriterProperties::builder()
        .set_created_by("concord".to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_key_value_metadata(Some(notes))
        .build();
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&table.schema), Some(properties))
        .map_err(|error| about.fault(&error))?;
    table.each(&mut |batch| writer.write(batch).map_err(|error| about.fault(&error)))?;
    writer.close().map_err(|error| about.fault(&error))?;
    Ok(())
}
