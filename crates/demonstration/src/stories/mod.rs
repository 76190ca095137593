//! What is planted in the demonstration trust: truths to be found, and false trails.

pub(crate) mod coding;
pub(crate) mod contracts;
pub(crate) mod corrections;
pub(crate) mod flow;
pub(crate) mod surgeons;

use std::collections::BTreeMap;

use crate::activity::Tally;
use crate::model::Files;
use crate::size::Size;

/// Files beside the model that tell the stories, by name.
pub(crate) fn files(
    model: &Files,
    tallies: &BTreeMap<i32, Tally>,
    (size, seed): (Size, u64),
) -> BTreeMap<String, String> {
    let _ = (model, tallies, size, seed);
    BTreeMap::new()
}
