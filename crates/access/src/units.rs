//! Which units lie below which, so that a grant reaches down.

use std::collections::{BTreeMap, BTreeSet};

/// Units of a trust and their parents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitTree {
    /// Parent by unit; blank at the top.
    parents: BTreeMap<String, String>,
}

impl UnitTree {
    /// From pairs of unit and parent; a blank parent stands at the top.
    pub fn of(units: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { parents: units.into_iter().collect() }
    }

    /// The unit and all below it; nothing for a unit that is not known.
    ///
    /// A unit whose parents form a ring is below none but those of the ring.
    pub fn with_those_below(&self, unit: &str) -> BTreeSet<String> {
        let below = |it: &&String| self.is_below(it, unit);
        self.parents.keys().filter(below).cloned().collect()
    }

    /// Whether there is such a unit.
    pub fn contains(&self, unit: &str) -> bool {
        self.parents.contains_key(unit)
    }

    fn is_below(&self, unit: &str, above: &str) -> bool {
        let mut at = unit;
        // No path is longer than there are units, so a ring ends too.
        for _ in 0..=self.parents.len() {
            if at == above {
                return true;
            }
            match self.parents.get(at) {
                Some(parent) if !parent.is_empty() => at = parent,
                _ => return false,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(pairs: &[(&str, &str)]) -> UnitTree {
        UnitTree::of(pairs.iter().map(|(unit, parent)| ((*unit).into(), (*parent).into())))
    }

    #[test]
    fn a_directorate_reaches_its_service_lines() {
        let tree = tree(&[("SURGERY", ""), ("HIP", "SURGERY"), ("KNEE", "SURGERY"), ("EYE", "")]);
        let found: Vec<String> = tree.with_those_below("SURGERY").into_iter().collect();
        assert_eq!(found, ["HIP", "KNEE", "SURGERY"]);
        assert!(tree.with_those_below("NONE").is_empty());
    }

    #[test]
    fn a_ring_of_parents_ends() {
        let tree = tree(&[("A", "B"), ("B", "A"), ("C", "A")]);
        assert!(tree.with_those_below("D").is_empty());
        assert_eq!(tree.with_those_below("C").len(), 1);
    }
}
