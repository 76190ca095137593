//! What became of each row, for others to compare with.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use arrow::array::{FixedSizeBinaryBuilder, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use costing::cp4_weights::{RowFate, RowMatch, matches};
use costing::dataset::Dataset;
use tables::parquet_file::GroupWriter;

use crate::model::FEEDS;
use crate::stages;

/// Bytes of a reference.
const KEY: i32 = 16;

/// Writes `told/<feed>.parquet`: the row, and its event or nothing.
pub(crate) fn write(folder: &Path) -> Result<String> {
    let (model, year) = stages::model(&folder.join("model"))?;
    let rules = model.years.get(&year).context("the model has no rules of its year")?;
    let dataset = Dataset::open(&folder.join("dataset"))?;
    let told = folder.join("told");
    fs::create_dir_all(&told).with_context(|| format!("cannot make {}", told.display()))?;
    let mut rows = 0;
    for feed in FEEDS {
        let found = matches(&dataset, rules, feed)?;
        rows += found.len();
        let batch = batch(&found)?;
        let file = File::create(told.join(format!("{feed}.parquet")))?;
        let mut writer = GroupWriter::new(file, batch.schema())?;
        writer.group(&batch)?;
        writer.finish()?;
    }
    Ok(format!("what became of {rows} rows is told in {}", told.display()))
}

fn batch(found: &[RowMatch]) -> Result<RecordBatch> {
    let mut rows = FixedSizeBinaryBuilder::with_capacity(found.len(), KEY);
    let mut events = FixedSizeBinaryBuilder::with_capacity(found.len(), KEY);
    for it in found {
        rows.append_value(it.row.to_bytes())?;
        match it.fate {
            RowFate::Matched { event, .. } => events.append_value(event.to_bytes())?,
            _ => events.append_null(),
        }
    }
    let field = |name, nullable| Field::new(name, DataType::FixedSizeBinary(KEY), nullable);
    let schema = Schema::new(vec![field("row", false), field("event", true)]);
    Ok(RecordBatch::try_new(
        Arc::new(schema),
        vec![Arc::new(rows.finish()), Arc::new(events.finish())],
    )?)
}
