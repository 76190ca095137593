//! The same costs in the plainest form: every receiver of a pool in turn, source by source.

use std::collections::BTreeMap;

use domain::Key;

use crate::plain::{PlainWeights, Sources, Who, merge, parts, total};

/// What becomes of one pool.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plain {
    /// Own cost by event.
    pub(super) own: BTreeMap<(Key, Key), Sources>,
    /// Absorbed cost by event.
    pub(super) absorbed: BTreeMap<(Key, Key), Sources>,
    /// What reached no event, by residual and reason.
    pub(super) residuals: BTreeMap<(String, String), Sources>,
}

/// What the law asks of a pool's weight set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Traced costs are charged as they are.
    pub(super) absolute: bool,
    /// Unmatched cost is absorbed.
    pub(super) absorbed: bool,
}

/// Shares one pool as the law reads; `kinds` holds the kind of each session.
pub(super) fn share(
    pool: &Sources,
    weights: &PlainWeights,
    asked: Asked,
    kinds: &BTreeMap<String, String>,
) -> Plain {
    let mut plain = Plain::default();
    let listed: i128 = weights.values().sum();
    let all = if asked.absolute { total(pool) } else { listed };
    if all == 0 {
        let residual = if asked.absolute { "TRACED_VARIANCE" } else { "NO_DRIVER" };
        plain.leave((residual, ""), pool);
        return plain;
    }
    let mut unmatched = BTreeMap::new();
    let mut running = 0;
    for (who, weight) in weights {
        let part = parts(pool, (running, running + weight), all);
        running += weight;
        match who {
            Who::Event(event) => drop(plain.own.insert(*event, part)),
            Who::Unused(session) => plain.leave(("UNUSED_SESSION_TIME", &kinds[session]), &part),
            Who::Object(object) => plain.leave(("NOT_OWN_PATIENT", object), &part),
            Who::Unmatched(reason) => drop(unmatched.insert(reason.clone(), part)),
        }
    }
    if asked.absolute {
        plain.leave(("TRACED_VARIANCE", ""), &parts(pool, (running, all), all));
    }
    let again: Vec<((Key, Key), i128)> = weights
        .iter()
        .filter_map(|(who, weight)| match who {
            Who::Event(event) => Some((*event, (*weight).max(0))),
            _ => None,
        })
        .collect();
    let matched: i128 = again.iter().map(|it| it.1).sum();
    if !asked.absorbed || matched == 0 {
        for (reason, part) in &unmatched {
            plain.leave(("UNMATCHED", reason), part);
        }
        return plain;
    }
    let mut second = Sources::new();
    for part in unmatched.values() {
        merge(&mut second, part);
    }
    let mut running = 0;
    for (event, weight) in again {
        let part = parts(&second, (running, running + weight), matched);
        running += weight;
        plain.absorbed.insert(event, part);
    }
    plain
}

impl Plain {
    fn leave(&mut self, (residual, reason): (&str, &str), part: &Sources) {
        if !part.is_empty() {
            let left = self.residuals.entry((residual.to_owned(), reason.to_owned())).or_default();
            merge(left, part);
            self.residuals.retain(|_, it| !it.is_empty());
        }
    }
}
