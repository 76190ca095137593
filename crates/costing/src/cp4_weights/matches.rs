//! What became of each row of one feed, for those who check the matching row by row.

use std::path::Path;

use domain::Key;
use rules::YearRules;
use tables::dataset::Event;

use super::bucket::{Pass, check_events};
use super::columns::FeedColumns;
use super::plan::Plan;
use crate::cp4_matching::Reason;
use crate::dataset::Dataset;
use crate::error::CostingError;

/// One row of a feed and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowMatch {
    /// Row reference.
    pub row: Key,
    /// What became of it.
    pub fate: RowFate,
}

/// What became of a row: the outcomes that are counted for each feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFate {
    /// It belongs to an event.
    Matched {
        /// Reference of the event; of a legally restricted one that which stands for it.
        event: Key,
        /// Sequence of the rule that decided; `OWN_EVENT` for rows of a master feed.
        rule: String,
    },
    /// It is for a cost object.
    CostObject(String),
    /// It belongs to no event.
    Unmatched(Reason),
    /// It lies wholly outside the period.
    OutsidePeriod,
    /// Its code has no activity, or its cost object is not one of the model's.
    Unmapped,
}

/// Matches the rows of one feed as a costing does, and says what became of each.
///
/// Rows come in the order of the dataset: by bucket, patient and row.
///
/// # Errors
///
/// [`CostingError::Refused`] if the rules cannot be run; else if the dataset cannot be read.
pub fn matches(
    dataset: &Dataset,
    rules: &YearRules,
    feed: &str,
) -> Result<Vec<RowMatch>, CostingError> {
    let plan = Plan::new(rules).map_err(CostingError::Refused)?;
    let mut told = Vec::new();
    let Some(feed_plan) = plan.feeds.get(feed) else { return Ok(told) };
    for bucket in 0..dataset.buckets() {
        let Some(batch) = dataset.feed(feed, bucket, &[])? else { continue };
        let events = dataset.events(bucket)?;
        check_events(&events)?;
        let columns = FeedColumns::new(&batch)
            .map_err(|error| CostingError::read(Path::new(feed), &error))?;
        let mut pass = Pass::new(&plan, &events);
        pass.told = Some(told);
        pass.feed(feed, feed_plan, &columns)?;
        told = pass.told.take().unwrap_or_default();
    }
    Ok(told)
}

/// The reference by which an event is known after matching.
pub(super) fn reference(event: &Event) -> Key {
    event.restricted_reference.filter(|_| event.restricted).unwrap_or(event.event)
}
