//! Tables of a run with the cost lines and ledger lines of merged pools joined.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::tables::Table as _;
use ::tables::dataset::BudgetLine;
use ::tables::run::{BudgetPart, Identity, QuantumLine, ServiceLineCost};
use arrow::array::{Array as _, ArrayRef, Decimal128Array, RecordBatch, StringArray};
use arrow::datatypes::SchemaRef;
use domain::provenance::DIRECT;

use super::MergedPools;
use crate::{ResultsError, Run, reading};

/// Tables whose columns are codes and, last, an amount or weight that may be added.
const BY_SOURCE: [&str; 6] =
    ["cost_lines", "support_weights", "final_lines", "pools", "absorbed", "residuals"];

impl MergedPools {
    /// The whole table as it may be shown, in key order; none if it is shown as it lies in the run.
    ///
    /// # Errors
    ///
    /// [`ResultsError`] if the table cannot be read.
    pub(crate) fn table(&self, run: &Run, name: &str) -> Result<Option<RecordBatch>, ResultsError> {
        if self.is_empty() {
            return Ok(None);
        }
        Ok(match name {
            "quantum" => Some(QuantumLine::batch(&self.quantum(reading::all_rows(run)?))),
            "budget" => Some(BudgetLine::batch(&self.budget(reading::all_rows(run)?))),
            "budget_lines" => Some(BudgetPart::batch(&self.budget_parts(reading::all_rows(run)?))),
            "reconciliation" => Some(Identity::batch(&self.identities(reading::all_rows(run)?))),
            "service_line_costs" => {
                Some(ServiceLineCost::batch(&self.service_line_costs(reading::all_rows(run)?)))
            }
            name if BY_SOURCE.contains(&name) => self.by_source(run, name)?,
            _ => None,
        })
    }

    fn by_source(&self, run: &Run, name: &str) -> Result<Option<RecordBatch>, ResultsError> {
        let mut rows: BTreeMap<Vec<String>, i128> = BTreeMap::new();
        let mut schema = None;
        for reader in reading::readers(run, name)? {
            schema = Some(reader.schema());
            for group in reader.groups() {
                self.add_rows(&reader.batch(group, &[])?, &mut rows).ok_or_else(|| {
                    let why = "its columns are not those of its contract";
                    ResultsError::damaged(format!("{name}.parquet"), &why)
                })?;
            }
        }
        Ok(schema.map(|schema| batch(&schema, &rows)))
    }

    /// Adds rows under the codes by which they may be shown; none if a column has another type.
    fn add_rows(&self, batch: &RecordBatch, rows: &mut BTreeMap<Vec<String>, i128>) -> Option<()> {
        let (amounts, codes) = batch.columns().split_last()?;
        let amounts = amounts.as_any().downcast_ref::<Decimal128Array>()?;
        let mut columns = Vec::new();
        for (column, field) in codes.iter().zip(batch.schema_ref().fields()) {
            let texts = column.as_any().downcast_ref::<StringArray>()?;
            columns.push((field.name().as_str(), texts));
        }
        for row in 0..batch.num_rows() {
            let code = |(name, texts): &(&str, &StringArray)| match *name {
                "cost_line" | "final_line" => self.cost_line(texts.value(row)).to_owned(),
                "ledger_line" => self.ledger_line(texts.value(row)).to_owned(),
                _ => texts.value(row).to_owned(),
            };
            *rows.entry(columns.iter().map(code).collect()).or_default() += amounts.value(row);
        }
        Some(())
    }

    /// Own cost of merged pools with the attributes that all their cost lines share: if only one
    /// member has agency staff, a row for it would be that member's.
    fn service_line_costs(&self, rows: Vec<ServiceLineCost>) -> Vec<ServiceLineCost> {
        let mut joined: BTreeMap<[String; 6], ServiceLineCost> = BTreeMap::new();
        let mut shown = Vec::new();
        for mut row in rows {
            let own = row.support_group == DIRECT;
            let Some(common) = self.attributes.get(&row.resource).filter(|_| own) else {
                shown.push(row);
                continue;
            };
            let texts = [
                &mut row.traceability,
                &mut row.behaviour,
                &mut row.cost_type,
                &mut row.pay_type,
                &mut row.recurrence,
            ];
            texts.into_iter().zip(&common.texts).for_each(|(text, it)| text.clone_from(it));
            row.controllable = common.controllable;
            let key = [
                &row.service_line,
                &row.pod,
                &row.category,
                &row.resource,
                &row.activity,
                &row.support_group,
            ];
            match joined.get_mut(&key.map(Clone::clone)) {
                Some(sum) => {
                    sum.own += row.own;
                    sum.absorbed += row.absorbed;
                }
                None => {
                    joined.insert(key.map(Clone::clone), row);
                }
            }
        }
        shown.extend(joined.into_values());
        let key = |it: &ServiceLineCost| {
            [&it.service_line, &it.pod, &it.category, &it.resource, &it.activity].map(String::clone)
        };
        shown.sort_by_cached_key(key);
        shown
    }
}

fn batch(schema: &SchemaRef, rows: &BTreeMap<Vec<String>, i128>) -> RecordBatch {
    let codes = schema.fields().len() - 1;
    let mut columns: Vec<ArrayRef> = Vec::new();
    for index in 0..codes {
        let texts = rows.keys().map(|it| Some(it[index].as_str()));
        columns.push(Arc::new(texts.collect::<StringArray>()));
    }
    let amounts: Decimal128Array = rows.values().map(|it| Some(*it)).collect();
    let amounts = amounts.with_data_type(schema.field(codes).data_type().clone());
    columns.push(Arc::new(amounts));
    RecordBatch::try_new(Arc::clone(schema), columns).expect("the rows came from this schema")
}
