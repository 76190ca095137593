//! Who is the same person, from every link between local identifiers and NHS numbers.
//!
//! Identifiers are small numbers here: the caller keeps the texts. A person with a valid NHS
//! number is known by it; without one, by the local identifier that survived all merges. Where the
//! links contradict each other the whole cluster is a conflict, and nobody is guessed.

use std::collections::BTreeMap;

/// Days between two birth dates of one identifier from which they cannot be a slip of the pen.
const IMPOSSIBLE_BIRTH_GAP_DAYS: i32 = 3653;

/// What the files say of identifiers.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// (local identifier, NHS number) seen together.
    pub pairs: Vec<(u32, u32)>,
    /// (retired, surviving) local identifiers.
    pub merges: Vec<(u32, u32)>,
    /// Earliest and latest birth day seen, by local identifier.
    pub births_of_locals: BTreeMap<u32, (i32, i32)>,
    /// Earliest and latest birth day seen, by NHS number, for rows without local identifier.
    pub births_of_numbers: BTreeMap<u32, (i32, i32)>,
}

impl Links {
    /// Widens the birth days known of an identifier.
    pub fn born(births: &mut BTreeMap<u32, (i32, i32)>, id: u32, day: i32) {
        births
            .entry(id)
            .and_modify(|(low, high)| (*low, *high) = ((*low).min(day), (*high).max(day)))
            .or_insert((day, day));
    }
}

/// Why a cluster of identifiers cannot be one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conflict {
    /// Two patients share an NHS number.
    SharedNumber,
    /// A local identifier has two NHS numbers.
    TwoNumbers,
    /// One identifier has two birth dates that cannot both be right.
    TwoBirths,
}

/// By which identifier a person is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Person {
    /// By this NHS number.
    Number(u32),
    /// By this local identifier.
    Local(u32),
    /// Not at all: the identifiers contradict each other.
    Conflict(Conflict),
}

/// Who each identifier means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    /// People found, in no order that means anything.
    pub people: Vec<Person>,
    /// Index of the person of each local identifier.
    pub of_local: Vec<u32>,
    /// Index of the person of each NHS number.
    pub of_number: Vec<u32>,
}

/// Finds the people behind `locals` local identifiers and `numbers` NHS numbers.
///
/// Two local identifiers with one NHS number are one person only if a merge says so, or if both
/// have the same birth date; else they are a conflict.
pub fn resolve(locals: u32, numbers: u32, links: &Links) -> People {
    let mut groups = Groups::new(locals + numbers);
    for &(local, number) in &links.pairs {
        groups.join(local, locals + number);
    }
    for &(retired, surviving) in &links.merges {
        groups.join(retired, surviving);
    }
    let retired = retired_locals(locals, links);
    let mut clusters: BTreeMap<u32, Cluster> = BTreeMap::new();
    for id in 0..locals + numbers {
        let cluster = clusters.entry(groups.root(id)).or_default();
        if id < locals {
            cluster.add_local(id, &retired, links);
        } else {
            cluster.add_number(id - locals, links);
        }
    }
    let index: BTreeMap<u32, u32> = std::iter::zip(clusters.keys().copied(), 0..).collect();
    let person = |id: u32, groups: &mut Groups| index[&groups.root(id)];
    People {
        of_local: (0..locals).map(|id| person(id, &mut groups)).collect(),
        of_number: (locals..locals + numbers).map(|id| person(id, &mut groups)).collect(),
        people: clusters.values().map(Cluster::person).collect(),
    }
}

fn retired_locals(locals: u32, links: &Links) -> Vec<bool> {
    let mut retired = vec![false; usize::try_from(locals).expect("32 bits fit")];
    for &(old, surviving) in &links.merges {
        retired[usize::try_from(old).expect("32 bits fit")] |= old != surviving;
    }
    retired
}

/// Identifiers that are linked to each other, over any number of steps.
#[derive(Clone, Debug, Default)]
struct Cluster {
    numbers: u32,
    number: u32,
    active: u32,
    first_active: Option<u32>,
    first_retired: Option<u32>,
    births: Option<(i32, i32)>,
    a_birth_is_unknown: bool,
    impossible: bool,
}

impl Cluster {
    fn add_local(&mut self, id: u32, retired: &[bool], links: &Links) {
        let birth = links.births_of_locals.get(&id).copied();
        self.add_birth(birth);
        if retired[usize::try_from(id).expect("32 bits fit")] {
            self.first_retired.get_or_insert(id);
            return;
        }
        self.active += 1;
        self.first_active.get_or_insert(id);
        self.a_birth_is_unknown |= birth.is_none();
    }

    fn add_number(&mut self, number: u32, links: &Links) {
        self.numbers += 1;
        self.number = number;
        self.add_birth(links.births_of_numbers.get(&number).copied());
    }

    fn add_birth(&mut self, birth: Option<(i32, i32)>) {
        let Some((low, high)) = birth else { return };
        self.impossible |= high - low >= IMPOSSIBLE_BIRTH_GAP_DAYS;
        let (lowest, highest) = self.births.unwrap_or((low, high));
        self.births = Some((lowest.min(low), highest.max(high)));
    }

    fn person(&self) -> Person {
        let one_birth = !self.a_birth_is_unknown && self.births.is_some_and(|it| it.0 == it.1);
        let far_apart = self.births.is_some_and(|it| it.1 - it.0 >= IMPOSSIBLE_BIRTH_GAP_DAYS);
        if self.numbers > 1 {
            Person::Conflict(Conflict::TwoNumbers)
        } else if self.impossible {
            Person::Conflict(Conflict::TwoBirths)
        } else if self.active > 1 && !one_birth {
            Person::Conflict(Conflict::SharedNumber)
        } else if far_apart {
            Person::Conflict(Conflict::TwoBirths)
        } else if self.numbers == 1 {
            Person::Number(self.number)
        } else {
            // Merges that go round in a circle leave no survivor; the first then stands for all.
            let first = self.first_active.or(self.first_retired);
            Person::Local(first.expect("a cluster has a number or a local identifier"))
        }
    }
}

/// Sets that can be joined, by the usual forest of parents.
struct Groups {
    parent: Vec<u32>,
}

impl Groups {
    fn new(count: u32) -> Self {
        Self { parent: (0..count).collect() }
    }

    fn root(&mut self, id: u32) -> u32 {
        let mut at = id;
        loop {
            let index = usize::try_from(at).expect("32 bits fit");
            let parent = self.parent[index];
            if parent == at {
                return at;
            }
            // Halving the path keeps later look-ups short.
            let grandparent = self.parent[usize::try_from(parent).expect("32 bits fit")];
            self.parent[index] = grandparent;
            at = grandparent;
        }
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        // The smaller number leads, so that the outcome does not depend on the order of links.
        let (low, high) = (one.min(other), one.max(other));
        self.parent[usize::try_from(high).expect("32 bits fit")] = low;
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    /// Links in words: `0-1` local 0 with NHS number 1, `0>1` local 0 merged into 1, `0=7` local 0
    /// born on day 7.
    fn read(text: &str) -> Links {
        let mut links = Links::default();
        let number = |text: &str| text.parse::<u32>().expect("the test writes numbers");
        for word in text.split_whitespace() {
            if let Some((local, nhs)) = word.split_once('-') {
                links.pairs.push((number(local), number(nhs)));
            } else if let Some((retired, surviving)) = word.split_once('>') {
                links.merges.push((number(retired), number(surviving)));
            } else if let Some((local, day)) = word.split_once('=') {
                let day = day.parse().expect("the test writes numbers");
                Links::born(&mut links.births_of_locals, number(local), day);
            }
        }
        links
    }

    #[track_caller]
    fn check(locals: u32, numbers: u32, links: &str, expected: &Expect) {
        let found = resolve(locals, numbers, &read(links));
        let name = |index: &u32| format!("{:?}", found.people[*index as usize]);
        let of_local: Vec<String> = found.of_local.iter().map(name).collect();
        let of_number: Vec<String> = found.of_number.iter().map(name).collect();
        expected.assert_eq(&format!("{} | {}", of_local.join(" "), of_number.join(" ")));
    }

    #[test]
    fn a_local_id_seen_with_an_nhs_number_means_that_number_everywhere() {
        check(2, 1, "0-0", &expect!["Number(0) Local(1) | Number(0)"]);
    }

    #[test]
    fn two_numbers_of_one_local_id_are_a_conflict_of_all_three() {
        check(
            1,
            2,
            "0-0 0-1",
            &expect!["Conflict(TwoNumbers) | Conflict(TwoNumbers) Conflict(TwoNumbers)"],
        );
    }

    #[test]
    fn a_shared_number_is_a_conflict_unless_merged_or_born_the_same_day() {
        check(
            2,
            1,
            "0-0 1-0",
            &expect!["Conflict(SharedNumber) Conflict(SharedNumber) | Conflict(SharedNumber)"],
        );
        check(2, 1, "0-0 1-0 0>1", &expect!["Number(0) Number(0) | Number(0)"]);
        check(2, 1, "0-0 1-0 0=7 1=7", &expect!["Number(0) Number(0) | Number(0)"]);
        check(
            2,
            1,
            "0-0 1-0 0=7 1=8",
            &expect!["Conflict(SharedNumber) Conflict(SharedNumber) | Conflict(SharedNumber)"],
        );
    }

    #[test]
    fn merges_lead_to_the_survivor() {
        check(3, 0, "0>1 1>2", &expect!["Local(2) Local(2) Local(2) | "]);
        check(2, 0, "0>1 1>0", &expect!["Local(0) Local(0) | "]);
    }

    #[test]
    fn a_mother_and_her_baby_under_one_id_are_a_conflict() {
        check(1, 1, "0-0 0=0 0=10000", &expect!["Conflict(TwoBirths) | Conflict(TwoBirths)"]);
        check(1, 1, "0-0 0=0 0=1", &expect!["Number(0) | Number(0)"]);
    }

    proptest! {
        /// The order in which links are seen changes nothing.
        #[test]
        fn order_of_links_does_not_matter(
            mut pairs in prop::collection::vec((0_u32..6, 0_u32..4), 0..12),
            merges in prop::collection::vec((0_u32..6, 0_u32..6), 0..3),
        ) {
            let links = Links { pairs: pairs.clone(), merges: merges.clone(), ..Links::default() };
            let first = resolve(6, 4, &links);
            pairs.reverse();
            let links = Links { pairs, merges: merges.into_iter().rev().collect(), ..links };
            prop_assert_eq!(first, resolve(6, 4, &links));
        }
    }
}
