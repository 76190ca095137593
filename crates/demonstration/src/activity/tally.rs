//! What a year's activity came to, for income, capacity and the record of planted truths.

use std::collections::BTreeMap;

/// Counts and pence of one year.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Events listed, by type.
    pub(crate) events: BTreeMap<&'static str, u64>,
    /// Rows by feed, when all is written.
    pub(crate) rows: BTreeMap<&'static str, u64>,
    /// Pence of income recognised, by account and period.
    pub(crate) income: BTreeMap<(&'static str, i64), i64>,
    /// Minutes of patients in each location.
    pub(crate) occupancy: BTreeMap<String, i64>,
    /// Outpatients attended, by specialty and period.
    pub(crate) attended: BTreeMap<(String, i64), i64>,
    /// Facts of planted stories, by name: count and sum.
    pub(crate) facts: BTreeMap<String, (i64, i64)>,
}

impl Tally {
    /// Adds one observation to a fact.
    pub(crate) fn observe(&mut self, fact: &str, value: i64) {
        if let Some((count, sum)) = self.facts.get_mut(fact) {
            *count += 1;
            *sum += value;
        } else {
            self.facts.insert(fact.to_owned(), (1, value));
        }
    }
}
