//! SQL over a run's tables, read-only: the one place of this crate that uses `DataFusion`.

mod fault;
mod register;

use arrow::array::Array as _;
use arrow::datatypes::{DataType, Field};
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;

use crate::output::{Heading, Kind, Rows};
use crate::{Caller, ResultsError, Run};

impl Run {
    /// Answers one SQL statement that only reads. The question is on record before a row is read,
    /// and how it ended, with the number of rows, before this returns.
    ///
    /// Tables are those of the run's reference page; `event_costs` and `weights` have a further
    /// column `resource` or `weight_set`. `findings` and `names` (`kind`, `code`, `name`) are there
    /// too. At most `limit` rows come back. Not to be called inside an asynchronous task: it waits.
    ///
    /// # Errors
    ///
    /// [`ResultsError::NotReadOnly`] for anything that is not SELECT, WITH, EXPLAIN, SHOW or
    /// DESCRIBE; [`ResultsError::Query`] if it cannot be answered, without a value from any row.
    pub fn query(
        &self,
        sql: &str,
        limit: Option<usize>,
        caller: &Caller,
    ) -> Result<Rows, ResultsError> {
        self.audited(caller, ("query", sql), || {
            let rows = self.answer(sql, limit)?;
            let count = u64::try_from(rows.rows.len()).unwrap_or(u64::MAX);
            Ok((rows, count))
        })
    }

    fn answer(&self, sql: &str, limit: Option<usize>) -> Result<Rows, ResultsError> {
        let is_list = refuse_writing(sql)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .build()
            .map_err(|error| ResultsError::Query(error.to_string()))?;
        let limit = limit.filter(|_| is_list);
        let batches = runtime.block_on(async {
            let context = register::context(self, sql).await?;
            collect(&context, sql, limit).await
        })?;
        to_rows(batches, limit)
    }
}

/// Whether the statement is a list of rows that can be cut short; anything that writes is refused.
fn refuse_writing(sql: &str) -> Result<bool, ResultsError> {
    let statements = DFParser::parse_sql(sql).map_err(|error| plain(&error))?;
    match statements.len() {
        1 => only_reads(&statements[0]),
        0 => Err(ResultsError::NotReadOnly("an empty text".to_owned())),
        more => Err(ResultsError::NotReadOnly(format!("{more} statements"))),
    }
}

fn only_reads(statement: &Statement) -> Result<bool, ResultsError> {
    let refused = |what: &str| Err(ResultsError::NotReadOnly(what.to_owned()));
    match statement {
        Statement::Statement(statement) => match statement.as_ref() {
            SqlStatement::Query(_) => Ok(true),
            SqlStatement::ShowTables { .. }
            | SqlStatement::ShowColumns { .. }
            | SqlStatement::ExplainTable { .. } => Ok(false),
            other => {
                let text = other.to_string();
                refused(text.split_whitespace().next().unwrap_or("another statement"))
            }
        },
        Statement::Explain(explained) => only_reads(&explained.statement).map(|_| false),
        Statement::CreateExternalTable(_) => refused("CREATE EXTERNAL TABLE"),
        Statement::CopyTo(_) => refused("COPY"),
        Statement::Reset(_) => refused("RESET"),
    }
}

/// Plans with writing switched off a second time, since the parser does not see every way to write.
///
/// Faults of the plan are told in full, since no row is read for it; those of the work only by
/// their kind, since their text may hold what stands in a row.
async fn collect(
    context: &SessionContext,
    sql: &str,
    limit: Option<usize>,
) -> Result<(Vec<Field>, Vec<RecordBatch>), ResultsError> {
    let options =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let mut frame = context.sql_with_options(sql, options).await.map_err(|error| plain(&error))?;
    if let Some(limit) = limit {
        // One more than asked for tells whether there are more.
        frame = frame.limit(0, Some(limit.saturating_add(1))).map_err(|error| plain(&error))?;
    }
    let fields = frame.schema().fields().iter().map(|it| it.as_ref().clone()).collect();
    let plan = context.state().optimize(frame.logical_plan()).map_err(|error| plain(&error))?;
    let batches = frame.collect().await.map_err(|error| fault::without_values(&error, &plan))?;
    Ok((fields, batches))
}

fn to_rows(
    (fields, batches): (Vec<Field>, Vec<RecordBatch>),
    limit: Option<usize>,
) -> Result<Rows, ResultsError> {
    let columns = fields
        .iter()
        .map(|it| Heading { name: it.name().clone(), kind: kind(it.data_type()) })
        .collect();
    let mut rows = Vec::new();
    for batch in &batches {
        add_rows(batch, &mut rows).map_err(|_| fault::unwritable())?;
    }
    let more = limit.is_some_and(|limit| rows.len() > limit);
    if let Some(limit) = limit {
        rows.truncate(limit);
    }
    Ok(Rows { columns, rows, more })
}

fn add_rows(
    batch: &RecordBatch,
    rows: &mut Vec<Vec<Option<String>>>,
) -> Result<(), arrow::error::ArrowError> {
    let options = FormatOptions::default();
    let mut formatters = Vec::new();
    for column in batch.columns() {
        formatters.push((column, ArrayFormatter::try_new(column.as_ref(), &options)?));
    }
    for row in 0..batch.num_rows() {
        let cell = |(column, formatter): &(&arrow::array::ArrayRef, ArrayFormatter<'_>)| {
            column.is_valid(row).then(|| formatter.value(row).to_string())
        };
        rows.push(formatters.iter().map(cell).collect());
    }
    Ok(())
}

pub(crate) fn kind(data_type: &DataType) -> Kind {
    match data_type {
        DataType::Boolean => Kind::Truth,
        DataType::Decimal128(_, scale) | DataType::Decimal256(_, scale) if *scale == 0 => {
            Kind::Decimal
        }
        other if other.is_integer() => Kind::Whole,
        other if other.is_numeric() => Kind::Decimal,
        _ => Kind::Text,
    }
}

/// The message of the innermost error, without what wraps it.
fn plain(error: &DataFusionError) -> ResultsError {
    let text = match error.find_root() {
        DataFusionError::SQL(fault, _) => fault.to_string(),
        DataFusionError::Plan(text) => text.clone(),
        DataFusionError::SchemaError(fault, _) => fault.to_string(),
        other => other.strip_backtrace(),
    };
    ResultsError::Query(text.replace("datafusion.public.", ""))
}
