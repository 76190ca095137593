//! What is read of a run once and kept, since a run never changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use tables::run::UnitCost;

use crate::ResultsError;
use crate::coding::Whole;
use crate::explain::{Ledger, Pool, PoolKey};
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
    pub(crate) coding: OnceLock<Arc<Whole>>,
    pub(crate) pools: Mutex<KeptPools>,
    pub(crate) absorbed: Mutex<KeptPools>,
}

/// Pools that were read, none for those that are not there.
#[derive(Debug, Default)]
pub(crate) struct KeptPools {
    sources: usize,
    pools: BTreeMap<PoolKey, Option<Arc<Pool>>>,
}

/// Sources of pools that are kept of one run at most: about 100 bytes each.
const SOURCES: usize = 500_000;

impl KeptPools {
    /// What is known of a pool.
    pub(crate) fn get(&self, key: &PoolKey) -> Option<&Option<Arc<Pool>>> {
        self.pools.get(key)
    }

    /// Keeps a pool, or that there is none; nothing where too much is kept already.
    pub(crate) fn keep(&mut self, key: &PoolKey, pool: Option<&Arc<Pool>>) {
        let sources = pool.map_or(0, |it| it.sources());
        if self.sources + sources > SOURCES {
            return;
        }
        self.sources += sources;
        self.pools.insert(key.clone(), pool.cloned());
    }
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
