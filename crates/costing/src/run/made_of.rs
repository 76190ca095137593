//! What the long files of a run are made of, as a hash: a later run that makes a file of the same
//! takes it over.

use rayon::prelude::*;

use crate::cp4_weights::Amounts;
use crate::kept::named;
use crate::pipeline::Costing;

/// Hashes of what every long file is made of.
#[derive(Debug)]
pub(crate) struct MadeOf {
    /// How many events there are, and which of them are restricted under which reference.
    events: String,
    /// Weights of events, by weight set.
    sets: Vec<String>,
}

impl MadeOf {
    /// Hashes the weights and the places of events of a costing.
    pub(crate) fn new(costing: &Costing<'_>) -> Self {
        let heads = &costing.weights.events;
        let restricted: Vec<String> = heads
            .iter()
            .enumerate()
            .filter_map(|(place, it)| Some(format!("{place} {}", it.restricted?)))
            .collect();
        let events = named(&["events", &heads.len().to_string(), &restricted.join(" ")]);
        let sets = &costing.weights.sets;
        Self { events, sets: sets.par_iter().map(|it| of_amounts(&it.events)).collect() }
    }

    /// Of the file of a resource's costs: the weights of its pools, and what is shared by them.
    pub(crate) fn costs(&self, costing: &Costing<'_>, resource: &str) -> String {
        let mut all = vec!["costs".to_owned(), self.events.clone()];
        for (activity, pool) in &costing.activities.pools[resource] {
            let settled = &costing.settled[&(resource.to_owned(), activity.clone())];
            let shared = [pool.sources.total(), settled.own, settled.absorbed.total()];
            let by = (settled.total, settled.absorbing, costing.plan.sets[pool.set].absolute);
            all.extend([activity.clone(), self.sets[pool.set].clone()]);
            all.push(format!("{:?} {by:?}", shared.map(domain::Money::micro_pounds)));
        }
        named(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Of the file of a weight set.
    pub(crate) fn weights(&self, set: usize) -> String {
        named(&["weights", &self.events, &self.sets[set]])
    }

    /// Of the file of activities.
    pub(crate) fn activities(&self, costing: &Costing<'_>) -> String {
        let codes = costing.plan.activities.iter().map(|it| it.code.clone());
        let counts: Vec<String> = costing.weights.counts.par_iter().map(of_amounts).collect();
        let mut all = vec!["activities".to_owned(), self.events.clone()];
        all.extend(codes.zip(counts).flat_map(|(code, counts)| [code, counts]));
        named(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// Hash of amounts by place.
fn of_amounts(amounts: &Amounts) -> String {
    use sha2::{Digest as _, Sha256};

    let mut hasher = Sha256::new();
    let mut bytes = Vec::with_capacity(CHUNK);
    for (place, amount) in amounts {
        bytes.extend(place.to_le_bytes());
        bytes.extend(amount.to_le_bytes());
        if bytes.len() >= CHUNK {
            hasher.update(&bytes);
            bytes.clear();
        }
    }
    hasher.update(&bytes);
    crate::dataset::hex(&hasher.finalize())
}

const CHUNK: usize = 65_536; // number: bytes that are hashed at a time
