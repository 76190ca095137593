//! The barrier between the two passes: buckets joined, sessions settled, receivers put in order.

use std::collections::BTreeMap;

use domain::Key;
use rayon::prelude::*;

use super::plan::Plan;
use super::sessions::{SessionUse, SessionWeights, settle};
use super::{BucketWork, EventHead, FeedTally, Residual, weigh_bucket};
use crate::dataset::Dataset;
use crate::error::CostingError;

/// Weights of one weight set over all its receivers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetWeights {
    /// Events that have weight, by their place among all events, in order.
    pub events: Vec<(u32, i64)>,
    /// Other receivers, in order behind the events.
    pub residuals: BTreeMap<Residual, i128>,
}

impl SetWeights {
    /// Sum over events.
    pub fn event_total(&self) -> i128 {
        self.events.iter().map(|(_, weight)| i128::from(*weight)).sum()
    }

    /// Sum over all receivers.
    pub fn total(&self) -> i128 {
        self.event_total() + self.residuals.values().sum::<i128>()
    }
}

/// Everything that pass A found.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    /// Events in the order of receivers.
    pub events: Vec<EventHead>,
    /// Texts that event heads number: points of delivery and categories, in order.
    pub labels: Vec<String>,
    /// By weight set.
    pub sets: Vec<SetWeights>,
    /// By activity: events that have any, by their place among all events.
    pub counts: Vec<Vec<(u32, i64)>>,
    /// Rows by feed and outcome.
    pub feeds: BTreeMap<String, FeedTally>,
    /// Rows by feed, month and deciding rule or reason.
    pub matches: BTreeMap<(String, String, String), i64>,
    /// Rows that took a stated default, by weight set and code.
    pub defaults: BTreeMap<(usize, String), i64>,
    /// Receivers whose net weight was negative, by weight set.
    pub negative: BTreeMap<usize, i64>,
    /// Use of planned sessions, in session order.
    pub sessions: Vec<SessionUse>,
    /// Rows that name a session which is not planned.
    pub unplanned_session_rows: i64,
}

/// Runs pass A over all buckets and joins what they gave.
///
/// # Errors
///
/// [`CostingError`] if the dataset cannot be read or a weight does not fit.
pub fn weigh(
    plan: &Plan,
    dataset: &Dataset,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<Weights, CostingError> {
    let works: Vec<BucketWork> = (0..dataset.buckets())
        .into_par_iter()
        .map(|bucket| {
            let work = weigh_bucket(plan, dataset, bucket);
            progress(bucket);
            work
        })
        .collect::<Result<_, _>>()?;
    join(plan, dataset, works)
}

fn join(plan: &Plan, dataset: &Dataset, works: Vec<BucketWork>) -> Result<Weights, CostingError> {
    let rows: Vec<_> = works
        .iter()
        .enumerate()
        .flat_map(|(bucket, work)| work.session_rows.iter().map(move |row| (bucket, row)))
        .collect();
    let settled = settle(plan, &dataset.sessions()?, &rows);
    let places = Places::new(&works);
    let mut weights = Weights {
        labels: places.labels.clone(),
        sets: vec![SetWeights::default(); plan.sets.len()],
        counts: vec![Vec::new(); plan.activities.len()],
        unplanned_session_rows: settled.unplanned_rows,
        ..Weights::default()
    };
    for (bucket, work) in works.into_iter().enumerate() {
        places.add(bucket, work, &mut weights);
    }
    weights.events.sort_unstable_by_key(EventHead::order);
    add_sessions(plan, settled, &places, &mut weights)?;
    for set in &mut weights.sets {
        set.events.sort_unstable();
    }
    for counts in &mut weights.counts {
        counts.sort_unstable();
    }
    drop_negative(plan, &mut weights);
    Ok(weights)
}

fn add_sessions(
    plan: &Plan,
    settled: SessionWeights,
    places: &Places,
    weights: &mut Weights,
) -> Result<(), CostingError> {
    for ((set, residual), weight) in settled.residuals {
        *weights.sets[set].residuals.entry(residual).or_default() += weight;
    }
    let mut extra: BTreeMap<(usize, u32), i128> = BTreeMap::new();
    for ((set, bucket, event), weight) in settled.events {
        *extra.entry((set, places.of(bucket, event))).or_default() += weight;
    }
    for ((set, event), weight) in extra.into_iter().filter(|(_, weight)| *weight != 0) {
        let too_large = || CostingError::TooLarge {
            what: format!("weight set {}", plan.sets[set].code),
            why: "the weight of one event passes 2⁶³".to_owned(),
        };
        let events = &mut weights.sets[set].events;
        let weight = i64::try_from(weight).map_err(|_| too_large())?;
        match events.iter().position(|(place, _)| *place == event) {
            Some(found) => {
                events[found].1 = events[found].1.checked_add(weight).ok_or_else(too_large)?;
            }
            None => events.push((event, weight)),
        }
    }
    weights.sessions = settled.uses;
    Ok(())
}

/// A receiver whose relative weight is net negative counts as nothing.
fn drop_negative(plan: &Plan, weights: &mut Weights) {
    for (index, set) in weights.sets.iter_mut().enumerate() {
        let negative = set.residuals.values().filter(|it| **it < 0).count();
        if !plan.sets[index].absolute && negative > 0 {
            *weights.negative.entry(index).or_default() +=
                i64::try_from(negative).unwrap_or(i64::MAX);
            set.residuals.retain(|_, weight| *weight > 0);
        }
    }
}

/// Where each bucket's events stand among all receivers, restricted ones by their own reference.
struct Places {
    of: Vec<Vec<u32>>,
    labels: Vec<String>,
}

impl Places {
    fn new(works: &[BucketWork]) -> Self {
        let mut order: Vec<((Key, Key), usize, usize)> = Vec::new();
        for (bucket, work) in works.iter().enumerate() {
            let heads = work.heads.iter().enumerate();
            order.extend(heads.map(|(event, head)| (head.order(), bucket, event)));
        }
        // Without restricted events this is in order already, which the sort notices.
        order.sort_by_key(|(key, _, _)| *key);
        let mut of: Vec<Vec<u32>> = works.iter().map(|work| vec![0; work.heads.len()]).collect();
        for ((_, bucket, event), place) in order.iter().zip(0_u32..) {
            of[*bucket][*event] = place;
        }
        let mut labels: Vec<String> = works.iter().flat_map(|work| work.labels.clone()).collect();
        labels.sort_unstable();
        labels.dedup();
        Self { of, labels }
    }

    fn of(&self, bucket: usize, event: u32) -> u32 {
        self.of[bucket][event as usize]
    }

    fn add(&self, bucket: usize, work: BucketWork, weights: &mut Weights) {
        let label = |number: u16| {
            let text = &work.labels[usize::from(number)];
            let found = self.labels.binary_search(text).expect("all labels were collected");
            u16::try_from(found).expect("there are few points of delivery and categories")
        };
        weights.events.extend(work.heads.iter().map(|head| EventHead {
            pod: label(head.pod),
            category: label(head.category),
            ..*head
        }));
        for (set, events) in work.weights.iter().enumerate() {
            let placed = events.iter().map(|(event, weight)| (self.of(bucket, *event), *weight));
            weights.sets[set].events.extend(placed);
        }
        for (activity, events) in work.counts.iter().enumerate() {
            let placed = events.iter().map(|(event, count)| (self.of(bucket, *event), *count));
            weights.counts[activity].extend(placed);
        }
        for ((set, residual), weight) in work.residuals {
            *weights.sets[set].residuals.entry(residual).or_default() += weight;
        }
        for (feed, tally) in &work.feeds {
            weights.feeds.entry(feed.clone()).or_default().add(tally);
        }
        add_counts(&mut weights.matches, work.matches);
        add_counts(&mut weights.defaults, work.defaults);
        add_counts(&mut weights.negative, work.negative);
    }
}

fn add_counts<K: Ord>(into: &mut BTreeMap<K, i64>, from: BTreeMap<K, i64>) {
    for (key, count) in from {
        *into.entry(key).or_default() += count;
    }
}
