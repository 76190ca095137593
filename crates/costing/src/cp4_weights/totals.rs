//! The barrier between the two passes: buckets joined, sessions settled, receivers put in order.

use std::collections::BTreeMap;

use domain::{Finding, Key};
use rayon::prelude::*;
use tables::dataset::Session;

use super::findings;
use super::parts::{self, Parts};
use super::plan::Plan;
use super::sessions::{SessionUse, SessionWeights, settle};
use super::sums::too_large;
use super::whole_bucket::{Weighed, too_many_labels, weigh_bucket};
use super::{Amounts, BucketWork, EventHead, FeedTally, Notes, Residual, add_counts};
use crate::dataset::Dataset;
use crate::error::CostingError;
use crate::kept::KeptFeeds;

/// Weights of one weight set over all its receivers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetWeights {
    /// Events that have weight, by their place among all events.
    pub events: Amounts,
    /// Other receivers, in order behind the events.
    pub residuals: BTreeMap<Residual, i128>,
}

impl SetWeights {
    /// Sum over events.
    pub fn event_total(&self) -> i128 {
        self.events.iter().map(|(_, weight)| i128::from(weight)).sum()
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
    pub counts: Vec<Amounts>,
    /// Rows by feed and outcome.
    pub feeds: BTreeMap<String, FeedTally>,
    /// Rows by feed, month and deciding rule or reason.
    pub matches: BTreeMap<(String, String, String), i64>,
    /// Use of planned sessions, in session order.
    pub sessions: Vec<SessionUse>,
    /// Counted seconds of ward stays by location, whatever became of their rows.
    pub beds: BTreeMap<String, i64>,
    /// What only the rows themselves can tell.
    pub findings: Vec<Finding>,
}

/// Runs pass A over all buckets and joins what they gave; of feeds that were weighed alike before,
/// what was kept is taken over.
///
/// # Errors
///
/// [`CostingError`] if the dataset cannot be read or a weight does not fit.
pub fn weigh(
    plan: &Plan,
    dataset: &Dataset,
    kept: Option<&KeptFeeds>,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<Weights, CostingError> {
    let names = kept.map_or_else(BTreeMap::new, |_| parts::names(plan, dataset));
    let mut all =
        kept.map_or_else(Parts::new, |kept| parts::known(&names, dataset.buckets(), kept));
    let weighed: Vec<Result<Weighed<'_>, CostingError>> = (0..dataset.buckets())
        .into_par_iter()
        .map(|bucket| {
            let found = kept.map(|kept| parts::found_apart(&names, bucket, &all, kept));
            let weighed = weigh_bucket(plan, dataset, bucket, &all, found.unwrap_or_default());
            progress(bucket);
            weighed
        })
        .collect();
    let mut works = Vec::with_capacity(weighed.len());
    let mut new = Parts::new();
    // Of several faults the first bucket's is told, whichever thread was faster.
    for weighed in weighed {
        let weighed = weighed?;
        works.push(weighed.heads);
        for (feed, part) in weighed.feeds {
            new.entry(feed.to_owned()).or_default().push(part);
        }
    }
    if let Some(kept) = kept {
        parts::keep(&names, &new, kept);
    }
    all.append(&mut new);
    add_parts(plan, &mut works, all)?;
    let mut weights = join(plan, &dataset.sessions()?, works)?;
    count_unknown_feeds(plan, dataset, &mut weights);
    check_rows(dataset, &weights)?;
    Ok(weights)
}

/// Adds what each feed gave to the work of its bucket, in the order in which feeds are weighed.
fn add_parts(plan: &Plan, works: &mut [BucketWork], mut all: Parts) -> Result<(), CostingError> {
    let mut of_buckets: Vec<Vec<BucketWork>> = works.iter().map(|_| Vec::new()).collect();
    for (feed, _) in plan.in_order() {
        for (parts, part) in of_buckets.iter_mut().zip(all.remove(feed).unwrap_or_default()) {
            parts.push(part);
        }
    }
    let add = |(work, parts): (&mut BucketWork, Vec<BucketWork>)| {
        parts.into_iter().try_for_each(|part| work.add(plan, part))
    };
    let added: Vec<Result<(), CostingError>> =
        works.par_iter_mut().zip(of_buckets).map(add).collect();
    // Of several faults the first bucket's is told, whichever thread was faster.
    added.into_iter().collect()
}

/// Rows of a feed that the model does not have count in no activity.
fn count_unknown_feeds(plan: &Plan, dataset: &Dataset, weights: &mut Weights) {
    for feed in dataset.feeds().into_iter().filter(|it| !plan.feeds.contains_key(it)) {
        let rows = dataset.feed_rows(&feed);
        let tally = FeedTally { rows, unmapped: rows, ..FeedTally::default() };
        weights.findings.push(findings::unknown_feed(&feed, rows));
        weights.feeds.insert(feed, tally);
    }
}

/// Every row that the dataset states was met in some bucket.
fn check_rows(dataset: &Dataset, weights: &Weights) -> Result<(), CostingError> {
    for (feed, tally) in &weights.feeds {
        let stated = dataset.feed_rows(feed);
        if tally.rows != stated {
            return Err(CostingError::NotConserved {
                stage: "weights",
                what: format!("rows of feed {feed}"),
                difference: (stated - tally.rows).to_string(),
            });
        }
    }
    Ok(())
}

fn join(
    plan: &Plan,
    sessions: &[Session],
    mut works: Vec<BucketWork>,
) -> Result<Weights, CostingError> {
    let rows: Vec<_> = works
        .iter()
        .enumerate()
        .flat_map(|(bucket, work)| work.session_rows.iter().map(move |row| (bucket, row)))
        .collect();
    let settled = settle(plan, sessions, &rows)?;
    let places = Places::new(&works)?;
    let amounts: Vec<_> = works
        .iter_mut()
        .map(|work| (std::mem::take(&mut work.weights), std::mem::take(&mut work.counts)))
        .collect();
    let mut weights = Weights {
        labels: places.labels.clone(),
        sets: vec![SetWeights::default(); plan.sets.len()],
        ..Weights::default()
    };
    let mut notes = Notes::default();
    for work in works {
        places.add(work, &mut weights, &mut notes);
    }
    if !weights.events.is_sorted_by_key(EventHead::order) {
        weights.events.sort_by_key(EventHead::order);
    }
    let mut spread = add_sessions(settled, &places, &mut weights, &mut notes);
    let in_set = |set: usize| amounts.iter().map(move |it| it.0.get(set));
    let settled: Vec<Result<i64, CostingError>> = weights
        .sets
        .par_iter_mut()
        .zip(&mut spread)
        .enumerate()
        .map(|(number, (set, spread))| {
            let mut events = places.placed(in_set(number));
            events.append(spread);
            settle_set(plan, (number, set), events)
        })
        .collect();
    for (set, negative) in settled.into_iter().enumerate() {
        let negative = negative?;
        if negative > 0 {
            notes.negative.insert(set, negative);
        }
    }
    let of_activity = |activity: usize| amounts.iter().map(move |it| it.1.get(activity));
    let counts = (0..plan.activities.len()).into_par_iter().map(|it| {
        let mut counts = places.placed(of_activity(it));
        counts.sort_unstable();
        counts.into_iter().collect()
    });
    weights.counts = counts.collect();
    weights.findings = findings::findings(plan, &notes, &weights.sessions);
    Ok(weights)
}

/// Adds what sessions came to, but gives what it spreads over events, by weight set.
fn add_sessions(
    settled: SessionWeights,
    places: &Places,
    weights: &mut Weights,
    notes: &mut Notes,
) -> Vec<Vec<(u32, i64)>> {
    for ((set, residual), weight) in settled.residuals {
        *weights.sets[set].residuals.entry(residual).or_default() += weight;
    }
    let mut spread = vec![Vec::new(); weights.sets.len()];
    for ((set, bucket, event), weight) in settled.events {
        spread[set].push((places.of(bucket, event), weight));
    }
    weights.sessions = settled.uses;
    notes.add(settled.notes);
    spread
}

/// Puts a set's events in order, one weight each; a receiver that is net negative counts as
/// nothing, unless the set charges traced costs as they are. Gives how many of these there are.
fn settle_set(
    plan: &Plan,
    (index, set): (usize, &mut SetWeights),
    mut events: Vec<(u32, i64)>,
) -> Result<i64, CostingError> {
    events.sort_unstable();
    let mut fits = true;
    events.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            let sum = kept.1.checked_add(next.1);
            fits &= sum.is_some();
            kept.1 = sum.unwrap_or_default();
        }
        is_same
    });
    if !fits {
        return Err(too_large(plan, index));
    }
    let mut negative = 0;
    if !plan.sets[index].absolute {
        negative = events.iter().filter(|(_, it)| *it < 0).count()
            + set.residuals.values().filter(|it| **it < 0).count();
        events.retain(|(_, weight)| *weight > 0);
        set.residuals.retain(|_, weight| *weight > 0);
    }
    set.events = events.into_iter().filter(|(_, weight)| *weight != 0).collect();
    set.residuals.retain(|_, weight| *weight != 0);
    Ok(i64::try_from(negative).unwrap_or(i64::MAX))
}

/// Where each bucket's events stand among all receivers, restricted ones by their own reference.
struct Places {
    of: Vec<Vec<u32>>,
    labels: Vec<String>,
}

impl Places {
    fn new(works: &[BucketWork]) -> Result<Self, CostingError> {
        let mut order: Vec<((Key, Key), usize, usize)> = Vec::new();
        for (bucket, work) in works.iter().enumerate() {
            let heads = work.heads.iter().enumerate();
            order.extend(heads.map(|(event, head)| (head.order(), bucket, event)));
        }
        // Without restricted events this is in order already.
        if !order.is_sorted_by_key(|(key, _, _)| *key) {
            order.sort_by_key(|(key, _, _)| *key);
        }
        let mut of: Vec<Vec<u32>> = works.iter().map(|work| vec![0; work.heads.len()]).collect();
        for ((_, bucket, event), place) in order.iter().zip(0_u32..) {
            of[*bucket][*event] = place;
        }
        let mut labels: Vec<String> = works.iter().flat_map(|work| work.labels.clone()).collect();
        labels.sort_unstable();
        labels.dedup();
        match u16::try_from(labels.len()) {
            Ok(_) => Ok(Self { of, labels }),
            Err(_) => Err(too_many_labels()),
        }
    }

    fn of(&self, bucket: usize, event: u32) -> u32 {
        self.of[bucket][event as usize]
    }

    /// Amounts of the events of all buckets, by their places among all events.
    fn placed<'a>(
        &self,
        buckets: impl Iterator<Item = Option<&'a Amounts>> + Clone,
    ) -> Vec<(u32, i64)> {
        let mut all = Vec::with_capacity(buckets.clone().flatten().map(Amounts::len).sum());
        for (bucket, amounts) in buckets.enumerate() {
            let amounts = amounts.into_iter().flatten();
            all.extend(amounts.map(|(event, amount)| (self.of(bucket, event), amount)));
        }
        all
    }

    fn add(&self, work: BucketWork, weights: &mut Weights, notes: &mut Notes) {
        let label = |number: u16| {
            let text = &work.labels[usize::from(number)];
            let found = self.labels.binary_search(text).expect("all labels were collected");
            u16::try_from(found).expect("the number of labels was checked")
        };
        weights.events.extend(work.heads.iter().map(|head| EventHead {
            pod: label(head.pod),
            category: label(head.category),
            ..*head
        }));
        for ((set, residual), weight) in work.residuals {
            *weights.sets[set].residuals.entry(residual).or_default() += weight;
        }
        for (feed, tally) in &work.feeds {
            weights.feeds.entry(feed.clone()).or_default().add(tally);
        }
        add_counts(&mut weights.matches, work.matches);
        add_counts(&mut weights.beds, work.beds);
        notes.add(work.notes);
    }
}
