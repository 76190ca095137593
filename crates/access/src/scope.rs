//! How far a caller may go with one capability.

use std::collections::{BTreeMap, BTreeSet};

use crate::capability::{Capability, Condition, View};

/// What a caller may do with one capability: where, how it is seen, and on what condition.
///
/// Only [`crate::Access::scope`] makes one. Whatever reads figures takes a scope and asks it, so
/// that nothing is read for somebody who may not see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    capability: Capability,
    person: String,
    /// In the whole trust, if it reaches so far.
    trust: Option<InScope>,
    /// By unit.
    units: BTreeMap<String, InScope>,
    own: bool,
}

/// How something in scope may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InScope {
    /// How figures are seen.
    pub view: View,
    /// What must be so beside the role; nothing where some grant gives it without.
    pub condition: Option<Condition>,
}

impl Scope {
    pub(crate) fn empty(capability: Capability, person: &str) -> Self {
        let units = BTreeMap::new();
        Self { capability, person: person.to_owned(), trust: None, units, own: false }
    }

    pub(crate) fn add_trust(&mut self, found: InScope) {
        self.trust = Some(more(self.trust, found));
    }

    pub(crate) fn add_units(&mut self, units: &BTreeSet<String>, found: InScope) {
        for unit in units {
            let before = self.units.get(unit).copied();
            self.units.insert(unit.clone(), more(before, found));
        }
    }

    pub(crate) fn add_own(&mut self) {
        self.own = true;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.trust.is_none() && self.units.is_empty() && !self.own
    }

    /// What it is a scope for.
    pub fn capability(&self) -> Capability {
        self.capability
    }

    /// Whose scope it is.
    pub fn person(&self) -> &str {
        &self.person
    }

    /// How the whole trust may be seen, if it may.
    pub fn of_trust(&self) -> Option<InScope> {
        self.trust
    }

    /// How a unit may be seen, if it may.
    pub fn of_unit(&self, unit: &str) -> Option<InScope> {
        match (self.trust, self.units.get(unit)) {
            (Some(trust), Some(unit)) => Some(more(Some(trust), *unit)),
            (trust, unit) => unit.copied().or(trust),
        }
    }

    /// Units named by a grant or below one that is.
    pub fn units(&self) -> impl Iterator<Item = &str> {
        self.units.keys().map(String::as_str)
    }

    /// Whether one's own items are in scope.
    pub fn of_own(&self) -> bool {
        self.own || self.trust.is_some()
    }

    /// The scope in a few words, for the audit: the trust, units in order, or one's own.
    pub fn in_words(&self) -> String {
        match (&self.trust, self.units.is_empty()) {
            (Some(it), true) => format!("trust {}", it.view.word()),
            (Some(it), false) => format!("trust {} and {}", it.view.word(), self.unit_words()),
            (None, false) => self.unit_words(),
            (None, true) => "own".to_owned(),
        }
    }

    fn unit_words(&self) -> String {
        let each = self.units.iter().map(|(unit, it)| format!("{unit} {}", it.view.word()));
        each.collect::<Vec<_>>().join(", ")
    }
}

/// The one that sees more; of two that see alike, the one with the lighter condition.
fn more(before: Option<InScope>, found: InScope) -> InScope {
    let rank = |it: InScope| {
        let burden = match it.condition {
            None => 0,
            Some(Condition::Grant) => 1,
            Some(Condition::Reason) => 2,
            Some(Condition::StepUp) => 3,
        };
        (it.view, std::cmp::Reverse(burden))
    };
    match before {
        Some(before) if rank(before) >= rank(found) => before,
        _ => found,
    }
}
