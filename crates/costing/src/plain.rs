//! What the plain implementations of the stages share: receivers by name, and the kernels as the
//! law writes them, in numbers of any size.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use domain::{Key, Money};
use num_bigint::BigInt;
use num_integer::Integer as _;
use num_traits::ToPrimitive as _;

use crate::source::{SourceKey, SourceList};

/// A receiver of cost, in the order of receivers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// An event, by its patient and itself; a restricted one by its reference alone.
    Event((Key, Key)),
    /// What a session left unused.
    Unused(String),
    /// A cost object.
    Object(String),
    /// Activity without an event, by reason.
    Unmatched(String),
}

/// Weights by receiver.
pub(crate) type PlainWeights = BTreeMap<Who, i128>;

/// What some money is made of, source by source.
pub(crate) type Sources = BTreeMap<SourceKey, i128>;

/// The sources of a list.
pub(crate) fn sources(list: &SourceList) -> Sources {
    list.iter().map(|(key, amount)| (key, i128::from(amount.micro_pounds()))).collect()
}

/// ⌊P·c/W⌋.
pub(crate) fn floor(pool: i128, weight: i128, total: i128) -> i128 {
    let corner = (BigInt::from(pool) * weight).div_floor(&BigInt::from(total));
    corner.to_i128().expect("a share fits")
}

/// The receiver's part of each source: `C(i,k) − C(i−1,k) − C(i,k−1) + C(i−1,k−1)`, from the
/// running weight before to that after it.
pub(crate) fn parts(list: &Sources, (before, after): (i128, i128), total: i128) -> Sources {
    let mut parts = Sources::new();
    let mut running = 0;
    for (key, amount) in list {
        let below = running;
        running += amount;
        let part = floor(running, after, total)
            - floor(running, before, total)
            - floor(below, after, total)
            + floor(below, before, total);
        add(&mut parts, *key, part);
    }
    parts
}

/// Adds an amount to a source; nothing is no source.
pub(crate) fn add(list: &mut Sources, key: SourceKey, amount: i128) {
    *list.entry(key).or_default() += amount;
    list.retain(|_, it| *it != 0);
}

/// Adds all sources of one list to another.
pub(crate) fn merge(into: &mut Sources, from: &Sources) {
    for (key, amount) in from {
        add(into, *key, *amount);
    }
}

/// The whole of a list.
pub(crate) fn total(list: &Sources) -> i128 {
    list.values().sum()
}

/// Micro-pounds as money.
pub(crate) fn money(amount: i128) -> Money {
    Money::from_micro_pounds(i64::try_from(amount).expect("money holds it"))
}

/// Where two lists differ, entry by entry; nothing if they do not.
pub(crate) fn differences<K: Ord + Debug, V: PartialEq + Debug>(
    fast: &BTreeMap<K, V>,
    plain: &BTreeMap<K, V>,
) -> String {
    let keys: BTreeSet<&K> = fast.keys().chain(plain.keys()).collect();
    let differ = keys.into_iter().filter(|it| fast.get(it) != plain.get(it));
    let show = |it: &K| format!("{it:?}: {:?}, but plainly {:?}", fast.get(it), plain.get(it));
    differ.map(show).collect::<Vec<_>>().join("\n")
}
