//! Makes a run's tables known to the query planner.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::catalog::MemTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, lit};

use super::plain;
use crate::merged_pools::MergedPools;
use crate::run::RunTable;
use crate::{ResultsError, Run};

/// A session that knows the tables of the run that a question may mean, its findings and the names
/// in its model.
///
/// Tables with merged pools are made anew for every question, so one whose name does not occur in
/// it is left out; a question about the tables themselves knows all.
pub(super) async fn context(run: &Run, sql: &str) -> Result<SessionContext, ResultsError> {
    let sql = sql.to_ascii_lowercase();
    let all = !sql.contains("from") || sql.contains("information_schema");
    let config = SessionConfig::new()
        .with_information_schema(true)
        // A file read in one go gives its rows in key order.
        .with_repartition_file_scans(false);
    let context = SessionContext::new_with_config(config);
    let pools = run.merged_pools()?;
    for table in run.tables().into_iter().filter(|it| all || sql.contains(&it.name)) {
        match pools.table(run, &table.name)? {
            Some(batch) => in_memory(&context, &table.name, batch)?,
            None => register(&context, &table).await.map_err(|error| plain(&error))?,
        }
    }
    in_memory(&context, "findings", run.findings_batch()?)?;
    in_memory(&context, "names", names(run, &pools)?)?;
    Ok(context)
}

fn in_memory(context: &SessionContext, name: &str, batch: RecordBatch) -> Result<(), ResultsError> {
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]]);
    table
        .and_then(|it| context.register_table(name, Arc::new(it)))
        .map_err(|error| plain(&error))?;
    Ok(())
}

async fn register(context: &SessionContext, table: &RunTable) -> Result<(), DataFusionError> {
    let mut union: Option<datafusion::dataframe::DataFrame> = None;
    for file in &table.files {
        let path = file.path.to_string_lossy().into_owned();
        let mut rows = context.read_parquet(path, ParquetReadOptions::default()).await?;
        if !table.code_column.is_empty() {
            rows = rows.with_column(table.code_column, lit(file.code.clone()))?;
        }
        union = Some(match union {
            Some(earlier) => earlier.union(rows)?,
            None => rows,
        });
    }
    if let Some(rows) = union {
        context.register_table(table.name.as_str(), rows.into_view())?;
    }
    Ok(())
}

/// Names of codes in the model, so that a query can show them.
fn names(run: &Run, pools: &MergedPools) -> Result<RecordBatch, ResultsError> {
    let rules = run.rules()?;
    let mut rows: Vec<[&str; 3]> = Vec::new();
    let resources = rules.resources.iter().map(|(code, it)| ["resource", code, &it.name]);
    rows.extend(resources);
    rows.extend(rules.activities.iter().map(|(code, it)| ["activity", code, &it.name]));
    rows.extend(rules.cost_lines.iter().map(|(code, it)| ["cost_line", code, &it.name]));
    rows.extend(rules.support_groups.iter().map(|(code, it)| ["support_group", code, &it.name]));
    rows.extend(rules.service_lines.iter().map(|(code, it)| ["service_line", code, &it.name]));
    rows.extend(rules.specialties.iter().map(|(code, it)| ["specialty", code, &it.name]));
    rows.extend(rules.event_types.iter().map(|(code, name)| ["event_type", code, name]));
    rows.extend(rules.cost_objects.iter().map(|(code, it)| ["cost_object", code, &it.name]));
    rows.extend(rules.feeds.iter().map(|(code, it)| ["feed", code, &it.name]));
    rows.extend(pools.all_words().map(|(code, words)| ["merged_pool", code, words]));
    let column = |index: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|it| Some(it[index])).collect::<StringArray>())
    };
    let columns = [("kind", column(0)), ("code", column(1)), ("name", column(2))];
    Ok(RecordBatch::try_from_iter(columns).expect("every column has a value for every name"))
}
