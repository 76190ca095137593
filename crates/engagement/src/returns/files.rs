//! Several files of returns, received one after the other: a later one replaces what an earlier one
//! said of an organisation.

use std::collections::{BTreeMap, BTreeSet};

use super::collect::missing;
use super::{Collection, Flag, OrganisationCode, Question, Reading, Return, RowFault, collect};

/// A file that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What it holds.
    pub reading: Reading,
    /// The rows that a person took, by number.
    pub taken: BTreeSet<usize>,
}

/// What several files make together. Files are counted from 1, in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// The collection.
    pub collection: Collection,
    /// Its returns whose steps disagree with their level, by file.
    pub flags: Vec<(usize, Flag)>,
    /// Rows that were left out and for which nothing better has come since, by file.
    pub left_out: Vec<(usize, RowFault)>,
}

/// Puts files together that were received one after the other. Only rows that were taken count, and
/// each is checked again: the register may have changed since.
pub fn collect_files(question: Question<'_>, files: &[Received]) -> Together {
    let mut returns: BTreeMap<OrganisationCode, Return> = BTreeMap::new();
    let mut held_in: BTreeMap<OrganisationCode, usize> = BTreeMap::new();
    let mut flags: BTreeMap<OrganisationCode, (usize, Flag)> = BTreeMap::new();
    let mut left_out = Vec::new();
    for (number, file) in (1..).zip(files) {
        let all = file.reading.returns.iter();
        let taken = all.filter(|it| file.taken.contains(&it.0)).cloned().collect();
        let accepted = collect(question, &Reading { returns: taken, faults: Vec::new() });
        for (code, it) in accepted.returns {
            flags.remove(&code);
            held_in.insert(code.clone(), number);
            returns.insert(code, it);
        }
        let found = accepted.flags.into_iter();
        flags.extend(found.map(|it| (it.organisation.clone(), (number, it))));
        let rejected = collect(question, &file.reading).rejected.into_iter();
        left_out.extend(rejected.map(|it| (number, it)));
    }
    left_out.retain(|(number, it)| {
        let held = it.organisation.as_ref().and_then(|it| held_in.get(it));
        held.is_none_or(|it| it < number)
    });
    let mut flags: Vec<(usize, Flag)> = flags.into_values().collect();
    flags.sort_by_key(|it| (it.0, it.1.row));
    let collection = Collection {
        year: question.year,
        day: question.day,
        rejected: left_out.iter().map(|it| it.1.clone()).collect(),
        flags: flags.iter().map(|it| it.1.clone()).collect(),
        missing: missing(question, &returns),
        returns,
    };
    Together { collection, flags, left_out }
}
