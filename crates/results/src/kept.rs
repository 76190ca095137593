//! What is read of a run once and kept, since a run never changes.

use std::sync::{Arc, OnceLock};

use tables::run::UnitCost;

use crate::ResultsError;
use crate::explain::Ledger;
use crate::findings::StoredFinding;
use crate::matching::FeedMatching;
use crate::merged_pools::MergedPools;
use crate::reconciliation::ReconciledLine;
use crate::statements::MatchRate;
use crate::walk::CostWalk;

/// Answers that many pages need, each read when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) findings: OnceLock<Vec<StoredFinding>>,
    pub(crate) matching: OnceLock<Vec<FeedMatching>>,
    pub(crate) match_rates: OnceLock<Vec<MatchRate>>,
    pub(crate) reconciliation: OnceLock<Vec<ReconciledLine>>,
    pub(crate) walk: OnceLock<CostWalk>,
    pub(crate) unit_costs: OnceLock<Arc<Vec<UnitCost>>>,
    pub(crate) merged_pools: OnceLock<Arc<MergedPools>>,
    pub(crate) ledger: OnceLock<Arc<Ledger>>,
}

/// The answer, read now if it was not before.
pub(crate) fn once<T: Clone>(
    kept: &OnceLock<T>,
    read: impl FnOnce() -> Result<T, ResultsError>,
) -> Result<T, ResultsError> {
    if let Some(found) = kept.get() {
        return Ok(found.clone());
    }
    let found = read()?;
    Ok(kept.get_or_init(|| found).clone())
}
