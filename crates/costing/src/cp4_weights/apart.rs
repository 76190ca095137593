//! Weighs single buckets apart from the rest of a costing, so that other processes can do it: a
//! costing finds what they kept, and goes on as if it had worked it out itself.

use std::collections::BTreeMap;
use std::path::Path;

use domain::FinancialYear;
use rules::Model;

use super::BucketWork;
use super::parts::{self, Parts};
use super::plan::Plan;
use super::whole_bucket::weigh_bucket;
use crate::dataset::{Dataset, hash_file};
use crate::error::CostingError;
use crate::kept::{Keep, KeptFeeds};
use crate::run::{dataset_of, rules_of};

/// A dataset under the rules of a year, whose buckets can be weighed one by one.
#[derive(Debug)]
pub struct Apart {
    dataset: Dataset,
    plan: Plan,
    kept: KeptFeeds,
    /// Names of what feeds come to.
    names: BTreeMap<String, String>,
    /// The name of what a bucket comes to.
    name: String,
}

/// What one bucket came to, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketPart {
    /// SHA-256 of the file.
    pub sha256: String,
    /// Rows of feeds that were weighed.
    pub rows: i64,
}

impl Apart {
    /// Opens a dataset; what its buckets come to goes where a costing with the same `keep` looks.
    ///
    /// # Errors
    ///
    /// [`CostingError`] if the dataset cannot be read or is of another year, or if the rules are
    /// refused.
    pub fn open(
        dataset: &Path,
        model: &Model,
        year: FinancialYear,
        keep: Keep<'_>,
    ) -> Result<Self, CostingError> {
        let dataset = dataset_of(dataset, year)?;
        let plan = Plan::new(rules_of(model, year)?).map_err(CostingError::Refused)?;
        let names = parts::names(&plan, &dataset);
        let name = parts::name_of_all(&names);
        Ok(Self { dataset, plan, kept: KeptFeeds::new(keep), names, name })
    }

    /// SHA-256 of the manifest of the dataset.
    pub fn dataset_hash(&self) -> &str {
        &self.dataset.hash
    }

    /// Recomputes the hash of every file of the dataset.
    ///
    /// # Errors
    ///
    /// As [`Dataset::check_hashes`].
    pub fn check_hashes(&self) -> Result<(), CostingError> {
        self.dataset.check_hashes()
    }

    /// How many buckets there are.
    pub fn buckets(&self) -> u32 {
        self.dataset.buckets()
    }

    /// Rows that all buckets weigh together.
    pub fn rows(&self) -> i64 {
        self.names.keys().map(|feed| self.dataset.feed_rows(feed)).sum()
    }

    /// Whether a costing has nothing to weigh: what every feed comes to is kept.
    pub fn is_known(&self) -> bool {
        self.names.iter().all(|(feed, name)| self.kept.has(feed, name))
    }

    /// How many buckets are weighed and not taken over yet.
    pub fn weighed(&self) -> u32 {
        self.kept.count_buckets(self.buckets(), &self.name)
    }

    /// Weighs a bucket and keeps what it comes to; what is kept already is not worked out again.
    /// `by` is the process that does it: no other one says the same of itself.
    ///
    /// # Errors
    ///
    /// [`CostingError`] if the dataset cannot be read or is not in order, a weight does not fit, or
    /// nothing can be kept.
    pub fn weigh(&self, bucket: u32, by: &str) -> Result<BucketPart, CostingError> {
        let key = (bucket, self.name.as_str());
        let kept: Option<BTreeMap<String, BucketWork>> = self.kept.bucket(bucket, &self.name);
        let rows = if let Some(kept) = kept {
            rows_of(kept.values())
        } else {
            let (known, found) = (Parts::new(), BTreeMap::new());
            let weighed = weigh_bucket(&self.plan, &self.dataset, bucket, &known, found)?.feeds;
            self.kept.put_bucket(key, &weighed, by).map_err(|error| {
                CostingError::write(&self.kept.bucket_path(bucket, &self.name), &error)
            })?;
            rows_of(weighed.values())
        };
        Ok(BucketPart { sha256: self.hash(bucket)?, rows })
    }

    /// SHA-256 of the file of what a bucket came to.
    ///
    /// # Errors
    ///
    /// [`CostingError::Read`] if it is not there.
    pub fn hash(&self, bucket: u32) -> Result<String, CostingError> {
        hash_file(&self.kept.bucket_path(bucket, &self.name))
    }
}

fn rows_of<'a>(parts: impl Iterator<Item = &'a BucketWork>) -> i64 {
    parts.flat_map(|it| it.feeds.values()).map(|it| it.rows).sum()
}
