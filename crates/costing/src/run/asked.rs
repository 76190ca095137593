//! What is asked for: the dataset and the rules of a year, and the id that their run has.

use std::path::Path;

use domain::{FinancialYear, Finding};
use rules::{Model, YearRules};
use tables::manifest::RUN_FORMAT;

use super::id::{Identity, run_id};
use super::write::{CostRequest, ENGINE};
use crate::dataset::Dataset;
use crate::error::CostingError;

/// The dataset, and the id of its run.
pub(super) fn identified(request: &CostRequest<'_>) -> Result<(Dataset, String), CostingError> {
    let dataset = dataset_of(request.dataset, request.year)?;
    let id = run_id(&Identity {
        format: RUN_FORMAT,
        engine: ENGINE,
        year: &request.year.to_string(),
        model_hash: &request.model.hash(),
        dataset_hash: &dataset.hash,
        key_fingerprint: &dataset.manifest.key_fingerprint,
    });
    Ok((dataset, id))
}

/// A dataset of a year.
///
/// # Errors
///
/// [`CostingError`] if it cannot be read or is of another year.
pub(crate) fn dataset_of(folder: &Path, year: FinancialYear) -> Result<Dataset, CostingError> {
    let dataset = Dataset::open(folder)?;
    let asked = year.to_string();
    if dataset.manifest.year != asked {
        return Err(CostingError::OtherYear { dataset: dataset.manifest.year, asked });
    }
    Ok(dataset)
}

/// Rules of a year of a model.
///
/// # Errors
///
/// [`CostingError::Refused`] if the model does not list the year.
pub(crate) fn rules_of(model: &Model, year: FinancialYear) -> Result<&YearRules, CostingError> {
    model.years.get(&year).ok_or_else(|| {
        let message = format!("The model has no year {year}");
        CostingError::Refused(vec![
            Finding::new("MOD-YEAR", domain::Severity::Refusal, message)
                .at("model.toml", 0, "year")
                .remedy("Add the year to model.toml and the rules that are in force in it"),
        ])
    })
}
