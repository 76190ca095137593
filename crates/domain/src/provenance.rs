//! The provenance kernel: which part of a share came from which source of its pool.

use std::collections::BTreeMap;

use crate::{Money, share::div_floor};

/// The support group under which a line's own cost is shown.
pub const DIRECT: &str = "DIRECT";

/// What a pool is made of: amounts by source, in key order.
///
/// The key is (support group, cost line booked, ledger line); a line's own cost has the group
/// `DIRECT`. Merging pools adds sources with equal keys. Small numbers stand for the names, in an
/// order that is the order of the names.
pub type Sources<K> = BTreeMap<K, Money>;

/// The part of one receiver's share that came from one run of adjacent sources.
///
/// With `p` the running sum over sources and `c` the running weight over receivers,
/// `C(i,k) = ⌊p_k·c_i/W⌋` and the part is `C(i,k) − C(i−1,k) − C(i,k−1) + C(i−1,k−1)`. Parts add to
/// the receiver's share and, over receivers, to the source, without a rounding line. A group of
/// adjacent sources gets exactly the sum of its members' parts.
///
/// # Units and shape
///
/// `sources` is the running sum before and after the source, in micro-pounds; `receiver` the
/// running weight before and after the receiver; `total` the sum of all weights, not zero.
///
/// # Source
///
/// Our own design: the kernel "Provenance" of the costing semantics, section 2.
pub fn part(sources: (i64, i64), receiver: (i128, i128), total: i128) -> Money {
    let corner = |source: i64, weight: i128| div_floor(i128::from(source) * weight, total);
    let value = corner(sources.1, receiver.1)
        - corner(sources.1, receiver.0)
        - corner(sources.0, receiver.1)
        + corner(sources.0, receiver.0);
    Money::from_micro_pounds(i64::try_from(value).expect("a part is no larger than its pool"))
}

/// One receiver's parts from every source, in key order; zero parts are kept out.
pub fn parts<K: Ord + Clone>(
    sources: &Sources<K>,
    receiver: (i128, i128),
    total: i128,
) -> Vec<(K, Money)> {
    let mut source = 0;
    let mut share_before = Money::ZERO;
    let mut parts = Vec::new();
    for (key, amount) in sources {
        source += amount.micro_pounds();
        // The part is the difference of two shares: of all sources up to and with this one, and of
        // those before it. Each share is worked out once.
        let share = part((0, source), receiver, total);
        if share != share_before {
            parts.push((key.clone(), share - share_before));
        }
        share_before = share;
    }
    parts
}

/// Adds the sources of one pool to another's, key by key.
pub fn merge<K: Ord + Clone>(into: &mut Sources<K>, from: impl IntoIterator<Item = (K, Money)>) {
    for (key, amount) in from {
        *into.entry(key).or_default() += amount;
    }
}

/// The amount of a pool: the sum of its sources.
pub fn total<K>(sources: &Sources<K>) -> Money {
    sources.values().sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::share::share;

    #[test]
    fn the_worked_miniature() {
        // Nurses 300, estates 73.684210, people 41.052631; e2 has c from 3 to 8 of 12.
        let sources: Sources<&str> =
            [("1 DIRECT", 300_000_000), ("2 estates", 73_684_210), ("3 people", 41_052_631)]
                .map(|(key, amount)| (key, Money::from_micro_pounds(amount)))
                .into();
        let shown: Vec<String> =
            parts(&sources, (3, 8), 12).iter().map(|(key, it)| format!("{key} {it}")).collect();
        assert_eq!(shown, ["1 DIRECT £125.000000", "2 estates £30.701754", "3 people £17.105263"]);
    }

    proptest! {
        /// Parts add to the receiver's share and to the source, credits included.
        #[test]
        fn parts_add_both_ways(
            amounts in prop::collection::vec(-1_000_000_000_i64..1_000_000_000, 1..12),
            weights in prop::collection::vec(0..100_000_i128, 1..12),
        ) {
            prop_assume!(weights.iter().any(|&it| it > 0));
            let sources: Sources<usize> =
                amounts.iter().map(|&it| Money::from_micro_pounds(it)).enumerate().collect();
            let shares = share(total(&sources), &weights).expect("there is weight");
            let weight_total: i128 = weights.iter().sum();
            let mut by_source: Sources<usize> = Sources::new();
            let mut running = 0;
            for (weight, share) in weights.iter().zip(&shares) {
                let found = parts(&sources, (running, running + weight), weight_total);
                prop_assert_eq!(found.iter().map(|(_, it)| *it).sum::<Money>(), *share);
                merge(&mut by_source, found);
                running += weight;
            }
            for (key, amount) in &sources {
                prop_assert_eq!(by_source.get(key).copied().unwrap_or_default(), *amount);
            }
        }
    }
}
