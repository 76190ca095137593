//! What each feed gives by itself: it hangs on the feed's rows, the events and the rules that its
//! rows meet, and on nothing else, so that a costing with other rules takes over what they do not
//! touch.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::plan::{FeedPlan, Plan};
use super::sums::too_large;
use super::{Amounts, BucketWork, add_counts};
use crate::dataset::Dataset;
use crate::error::CostingError;
use crate::kept::{KeptFeeds, named};

/// What feeds gave, by feed and bucket.
pub(super) type Parts = BTreeMap<String, Vec<BucketWork>>;

/// The names under which the parts of feeds are kept: a hash of all that decides them.
pub(super) fn names(plan: &Plan, dataset: &Dataset) -> BTreeMap<String, String> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut theatre: Vec<String> = Vec::new();
    for (code, feed) in plan.in_order() {
        let before = if feed.exclusive && plan.ward_net_of_theatre { &theatre[..] } else { &[] };
        let name = name(plan, dataset, (code, feed), before);
        let touched = plan.touched(feed);
        if touched.activities.iter().any(|it| plan.activities[*it].theatre) {
            theatre.push(name.clone());
        }
        names.insert(code.clone(), name);
    }
    names
}

/// Every part of the plan that a row of the feed can meet, and the rows themselves.
fn name(
    plan: &Plan,
    dataset: &Dataset,
    (code, feed): (&str, &FeedPlan),
    theatre: &[String],
) -> String {
    let file = format!("feeds/{code}.parquet");
    let hash = |name: &str| dataset.hash_of(name).unwrap_or_default().to_owned();
    let touched = plan.touched(feed);
    let activities: Vec<_> =
        touched.activities.iter().map(|it| (it, &plan.activities[*it])).collect();
    let uses_sessions = activities.iter().any(|it| it.1.uses_sessions);
    let spread = if uses_sessions { &plan.spread_sets[..] } else { &[] };
    let sets: Vec<_> = touched.sets.iter().chain(spread).map(|it| (it, &plan.sets[*it])).collect();
    let all = (plan.sets.len(), plan.activities.len());
    let common = (&plan.event_types, &plan.cost_objects, plan.counts_beds);
    named(&[
        "feed",
        code,
        &hash("events.parquet"),
        &hash(&file),
        &dataset.buckets().to_string(),
        &format!("{:?} {:?} {all:?}", plan.period, plan.ward_net_of_theatre),
        &format!("{common:?}"),
        &format!("{feed:?}"),
        &format!("{activities:?}"),
        &format!("{sets:?}"),
        &theatre.join(" "),
    ])
}

/// Parts of earlier costings that were decided by the same.
pub(super) fn known(names: &BTreeMap<String, String>, buckets: u32, kept: &KeptFeeds) -> Parts {
    let found = names.par_iter().filter_map(|(feed, name)| {
        let parts: Vec<BucketWork> = kept.get(feed, name)?;
        (parts.len() == buckets as usize).then(|| (feed.clone(), parts))
    });
    found.collect()
}

/// Keeps parts for later costings.
pub(super) fn keep(names: &BTreeMap<String, String>, parts: &Parts, kept: &KeptFeeds) {
    parts.par_iter().for_each(|(feed, parts)| kept.put(feed, &names[feed], parts));
    kept.tidy();
    // Whoever took everything over has no bucket to take away, and others may be at theirs.
    let Some(buckets) = parts.values().map(Vec::len).max() else { return };
    kept.forget_buckets(u32::try_from(buckets).unwrap_or_default(), &name_of_all(names));
}

/// The name under which what a single bucket came to is kept: that of all its feeds together.
pub(super) fn name_of_all(names: &BTreeMap<String, String>) -> String {
    named(&names.iter().flat_map(|(feed, name)| [feed.as_str(), name.as_str()]).collect::<Vec<_>>())
}

/// What the feeds of a single bucket came to elsewhere, without those that are known.
pub(super) fn found_apart(
    names: &BTreeMap<String, String>,
    bucket: u32,
    known: &Parts,
    kept: &KeptFeeds,
) -> BTreeMap<String, BucketWork> {
    if names.keys().all(|it| known.contains_key(it)) {
        return BTreeMap::new();
    }
    let found: Option<BTreeMap<String, BucketWork>> = kept.bucket(bucket, &name_of_all(names));
    let mut found = found.unwrap_or_default();
    found.retain(|feed, _| names.contains_key(feed) && !known.contains_key(feed));
    found
}

impl BucketWork {
    /// Adds what a feed gave in the bucket.
    ///
    /// # Errors
    ///
    /// [`CostingError::TooLarge`] if the weight of an event passes 2⁶³.
    pub(super) fn add(&mut self, plan: &Plan, part: Self) -> Result<(), CostingError> {
        self.weights.resize(plan.sets.len(), Amounts::default());
        self.counts.resize(plan.activities.len(), Amounts::default());
        for (set, (all, more)) in self.weights.iter_mut().zip(part.weights).enumerate() {
            add_sparse(all, more).ok_or_else(|| too_large(plan, set))?;
        }
        for (all, more) in self.counts.iter_mut().zip(part.counts) {
            add_sparse(all, more).ok_or_else(too_many)?;
        }
        for (key, weight) in part.residuals {
            *self.residuals.entry(key).or_default() += weight;
        }
        self.session_rows.extend(part.session_rows);
        for (feed, tally) in &part.feeds {
            self.feeds.entry(feed.clone()).or_default().add(tally);
        }
        add_counts(&mut self.matches, part.matches);
        add_counts(&mut self.beds, part.beds);
        self.notes.add(part.notes);
        Ok(())
    }
}

fn too_many() -> CostingError {
    CostingError::TooLarge {
        what: "the activity of an event".to_owned(),
        why: "its count passes 2⁶³".to_owned(),
    }
}

/// Adds amounts of the same events; nothing where one does not fit.
fn add_sparse(all: &mut Amounts, more: Amounts) -> Option<()> {
    if all.is_empty() {
        *all = more;
        return Some(());
    }
    if more.is_empty() {
        return Some(());
    }
    let before = std::mem::take(all);
    let (mut left, mut right) = (before.iter().peekable(), more.iter().peekable());
    while let (Some(&(one, amount)), Some(&(other, added))) = (left.peek(), right.peek()) {
        let sum = if one == other { amount.checked_add(added)? } else { amount };
        let (place, amount) = if one <= other { (one, sum) } else { (other, added) };
        if amount != 0 {
            all.push(place, amount);
        }
        left.next_if(|it| it.0 == place);
        right.next_if(|it| it.0 == place);
    }
    left.chain(right).for_each(|(place, amount)| all.push(place, amount));
    Some(())
}

/// A row reference in sixteen bytes.
pub(super) mod reference {
    use domain::Key;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    /// Writes it.
    pub(in super::super) fn serialize<S: Serializer>(key: &Key, to: S) -> Result<S::Ok, S::Error> {
        key.0.to_le_bytes().serialize(to)
    }

    /// Reads it.
    pub(in super::super) fn deserialize<'a, D: Deserializer<'a>>(from: D) -> Result<Key, D::Error> {
        <[u8; 16]>::deserialize(from).map(|it| Key(u128::from_le_bytes(it))) // number: bytes of a key
    }
}
