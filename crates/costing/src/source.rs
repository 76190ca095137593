//! What money is made of: amounts by source, merged and split so that no micro-pound is lost.

use std::cmp::Ordering;

use domain::{Money, provenance::DIRECT, share::ShareError, share::div_floor};
use rules::YearRules;
use tables::dataset::LedgerLine;

/// Names and the numbers that stand for them: the order of numbers is the byte order of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    sorted: Vec<String>,
}

impl Names {
    /// Sorts the names and drops repeats.
    pub fn new<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut sorted: Vec<String> = names.into_iter().map(Into::into).collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted }
    }

    /// The number of a name, if it is known.
    pub fn id(&self, name: &str) -> Option<u32> {
        let index = self.sorted.binary_search_by(|it| it.as_str().cmp(name)).ok()?;
        u32::try_from(index).ok()
    }

    /// The name of a number.
    ///
    /// # Panics
    ///
    /// If the number was made by other names.
    pub fn name(&self, id: u32) -> &str {
        let index = usize::try_from(id).expect("a number of 32 bits fits an index");
        &self.sorted[index]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// All names in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.sorted.iter().map(String::as_str)
    }
}

/// Where a part of some money comes from. The order is the key order of the provenance kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey {
    /// Support group, or `DIRECT`.
    pub group: u32,
    /// Cost line booked; the blank name before stage 2 and where no mapping rule fits.
    pub cost_line: u32,
    /// Ledger line.
    pub ledger_line: u32,
}

/// The names behind [`SourceKey`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceNames {
    /// Support groups, and `DIRECT`.
    pub groups: Names,
    /// Cost lines, and the blank name.
    pub cost_lines: Names,
    /// Ledger lines.
    pub ledger_lines: Names,
}

impl SourceNames {
    /// All names that a costing of this ledger by these rules can meet.
    pub fn new(ledger: &[LedgerLine], rules: &YearRules) -> Self {
        let groups = rules.cost_lines.values().map(|it| it.support_group.as_str());
        let targets = rules.mapping.iter().flat_map(|it| &it.targets);
        let cost_lines = targets.map(|(line, _)| line.as_str());
        Self {
            groups: Names::new(groups.chain([DIRECT])),
            cost_lines: Names::new(
                cost_lines.chain(rules.cost_lines.keys().map(String::as_str)).chain([""]),
            ),
            ledger_lines: Names::new(ledger.iter().map(|it| it.ledger_line.as_str())),
        }
    }

    /// The key of a cost line's own cost from one ledger line; the cost line is blank where no
    /// mapping rule fits.
    ///
    /// # Panics
    ///
    /// If the names were made for another ledger or other rules.
    pub fn direct(&self, cost_line: &str, ledger_line: &str) -> SourceKey {
        let known = "the names are made from this ledger and these rules";
        SourceKey {
            group: self.group(DIRECT),
            cost_line: self.cost_lines.id(cost_line).expect(known),
            ledger_line: self.ledger_lines.id(ledger_line).expect(known),
        }
    }

    /// The number of a support group.
    ///
    /// # Panics
    ///
    /// If no cost line of the rules names the group.
    pub fn group(&self, group: &str) -> u32 {
        self.groups.id(group).expect("the names hold every support group of the rules")
    }

    /// The three names of a key: support group, cost line, ledger line.
    pub fn texts(&self, key: SourceKey) -> (&str, &str, &str) {
        (
            self.groups.name(key.group),
            self.cost_lines.name(key.cost_line),
            self.ledger_lines.name(key.ledger_line),
        )
    }
}

/// What some money is made of: one amount for each source, in key order, none of them zero.
///
/// # Units and shape
///
/// Amounts in micro-pounds, credits negative. Sources that cancel out are left out: a source of
/// nothing moves no running sum of the provenance kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceList {
    parts: Vec<(SourceKey, Money)>,
}

impl SourceList {
    /// No money.
    pub const fn new() -> Self {
        Self { parts: Vec::new() }
    }

    /// The sum of all sources.
    pub fn total(&self) -> Money {
        self.parts.iter().map(|(_, amount)| *amount).sum()
    }

    /// Whether there is no source. A list with sources may still sum to zero.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// How many sources there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Sources with their amounts, in key order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (SourceKey, Money)> {
        self.parts.iter().copied()
    }

    /// Adds another list, source by source.
    pub fn merge(&mut self, other: &Self) {
        let (left, right) = (std::mem::take(&mut self.parts), &other.parts);
        self.parts.reserve_exact(left.len() + right.len());
        let (mut i, mut j) = (0, 0);
        while i < left.len() && j < right.len() {
            match left[i].0.cmp(&right[j].0) {
                Ordering::Less => {
                    self.parts.push(left[i]);
                    i += 1;
                }
                Ordering::Greater => {
                    self.parts.push(right[j]);
                    j += 1;
                }
                Ordering::Equal => {
                    self.push_unless_zero(left[i].0, left[i].1 + right[j].1);
                    i += 1;
                    j += 1;
                }
            }
        }
        self.parts.extend_from_slice(&left[i..]);
        self.parts.extend_from_slice(&right[j..]);
    }

    /// Splits all sources over receivers by weight: the provenance kernel.
    ///
    /// Each list sums to the receiver's share; over all receivers each source adds up again.
    ///
    /// # Errors
    ///
    /// [`ShareError::NoWeight`] if the weights sum to zero and there are sources;
    /// [`ShareError::TooLarge`] if a running sum of sources times the total weight overflows.
    ///
    /// # Source
    ///
    /// Our own design: the kernel "Provenance" of the costing semantics, section 2.
    pub fn split(&self, weights: &[i128]) -> Result<Vec<Self>, ShareError> {
        if self.is_empty() {
            return Ok(vec![Self::new(); weights.len()]);
        }
        let mut splitter = self.splitter(weights.iter().sum())?;
        Ok(weights.iter().map(|&weight| splitter.next_list(weight)).collect())
    }

    /// Splits one receiver after another, beginning at the first.
    ///
    /// # Errors
    ///
    /// As [`SourceList::split`].
    pub fn splitter(&self, total: i128) -> Result<Splitter<'_>, ShareError> {
        self.splitter_at(total, 0)
    }

    /// Splits one receiver after another, beginning behind receivers whose weights sum to
    /// `running`.
    ///
    /// # Errors
    ///
    /// As [`SourceList::split`].
    pub fn splitter_at(&self, total: i128, running: i128) -> Result<Splitter<'_>, ShareError> {
        if total == 0 {
            return Err(ShareError::NoWeight);
        }
        let mut reached = Money::ZERO;
        for (_, amount) in self.iter() {
            reached += amount;
            let size = i128::from(reached.micro_pounds()).checked_mul(total);
            size.ok_or(ShareError::TooLarge)?;
        }
        let mut splitter = Splitter { list: self, total, running, corners: vec![0; self.len()] };
        splitter.corners = splitter.corners_at(running);
        Ok(splitter)
    }

    fn push_unless_zero(&mut self, key: SourceKey, amount: Money) {
        if !amount.is_zero() {
            self.parts.push((key, amount));
        }
    }
}

/// Adds amounts with equal keys, whatever the order in which they come.
impl FromIterator<(SourceKey, Money)> for SourceList {
    fn from_iter<I: IntoIterator<Item = (SourceKey, Money)>>(parts: I) -> Self {
        let mut parts: Vec<(SourceKey, Money)> = parts.into_iter().collect();
        // Callers join lists that are in order already, which a stable sort merges by runs.
        parts.sort_by_key(|(key, _)| *key);
        let mut list = Self { parts: Vec::with_capacity(parts.len()) };
        for run in parts.chunk_by(|one, next| one.0 == next.0) {
            list.push_unless_zero(run[0].0, run.iter().map(|(_, amount)| *amount).sum());
        }
        list
    }
}

/// Splits a [`SourceList`] over receivers one after another, holding one corner for each source.
#[derive(Clone, Debug)]
pub struct Splitter<'a> {
    list: &'a SourceList,
    total: i128,
    running: i128,
    // ⌊p_k·c/W⌋ for every source k at the running weight c.
    corners: Vec<i64>,
}

impl Splitter<'_> {
    /// The next receiver's sources; none if its weight is zero.
    pub fn next_list(&mut self, weight: i128) -> SourceList {
        if weight == 0 {
            return SourceList::new();
        }
        self.running += weight;
        let corners = self.corners_at(self.running);
        let mut list = SourceList::new();
        let mut below = 0;
        for ((key, _), (corner, before)) in self.list.iter().zip(corners.iter().zip(&self.corners))
        {
            let reached = corner - before;
            list.push_unless_zero(key, Money::from_micro_pounds(reached - below));
            below = reached;
        }
        self.corners = corners;
        list
    }

    fn corners_at(&self, running: i128) -> Vec<i64> {
        let mut reached = Money::ZERO;
        let corner = |(_, amount): (SourceKey, Money)| {
            reached += amount;
            let corner = div_floor(i128::from(reached.micro_pounds()) * running, self.total);
            i64::try_from(corner).expect("a part is no larger than what it is part of")
        };
        self.list.iter().map(corner).collect()
    }
}

#[cfg(test)]
mod tests {
    use domain::provenance;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    /// `group/cost line/ledger line amount` pairs, one a line, split by the weights.
    #[track_caller]
    fn check(sources: &str, weights: &[i128], expected: &Expect) {
        let rows: Vec<(&str, &str)> =
            sources.lines().filter_map(|it| it.trim().split_once(' ')).collect();
        let part =
            |index: usize| rows.iter().map(move |it| it.0.split('/').nth(index).unwrap_or(""));
        let names = SourceNames {
            groups: Names::new(part(0)),
            cost_lines: Names::new(part(1)),
            ledger_lines: Names::new(part(2)),
        };
        let number =
            |names: &Names, text: Option<&str>| names.id(text.unwrap_or("")).expect("known");
        let list: SourceList = rows
            .iter()
            .map(|(path, amount)| {
                let mut path = path.split('/');
                let key = SourceKey {
                    group: number(&names.groups, path.next()),
                    cost_line: number(&names.cost_lines, path.next()),
                    ledger_line: number(&names.ledger_lines, path.next()),
                };
                (key, amount.trim().parse().expect("the test writes an amount"))
            })
            .collect();
        let shown = match list.split(weights) {
            Err(error) => error.to_string(),
            Ok(lists) => lists.iter().map(|it| show(it, &names)).collect::<Vec<_>>().join("\n"),
        };
        expected.assert_eq(&shown);
    }

    fn show(list: &SourceList, names: &SourceNames) -> String {
        let part = |(key, amount): (SourceKey, Money)| {
            let (group, cost_line, ledger_line) = names.texts(key);
            format!(" {group}/{cost_line}/{ledger_line} {}", amount.to_decimal())
        };
        format!("{}:{}", list.total(), list.iter().map(part).collect::<Vec<_>>().concat())
    }

    const MINIATURE: &str = "DIRECT/Nurses/n 300
        ESTATES/Estates/e 73.684210
        PEOPLE/People/p 41.052631";

    #[test]
    fn the_worked_miniature() {
        // Section 10: prefixes 300.000000, 373.684210, 414.736841 of W = 12. For e2, C at c = 8
        // less C at c = 3 is 125.000000, 155.701754, 172.807017, so 125, 30.701754, 17.105263.
        check(
            MINIATURE,
            &[3, 5, 2, 2],
            &expect![[r#"
                £103.684210: DIRECT/Nurses/n 75.000000 ESTATES/Estates/e 18.421052 PEOPLE/People/p 10.263158
                £172.807017: DIRECT/Nurses/n 125.000000 ESTATES/Estates/e 30.701754 PEOPLE/People/p 17.105263
                £69.122807: DIRECT/Nurses/n 50.000000 ESTATES/Estates/e 12.280702 PEOPLE/People/p 6.842105
                £69.122807: DIRECT/Nurses/n 50.000000 ESTATES/Estates/e 12.280702 PEOPLE/People/p 6.842105"#]],
        );
    }

    #[test]
    fn equal_sources_are_added_and_nothing_is_left_out() {
        // 3 + 4 µ£ on one source, 5 − 5 on another: a list of one source with 7 µ£. Over 1 and 1:
        // ⌊3.5⌋ = 3, then 4.
        check(
            "A/a/1 0.000003
            A/a/2 0.000005
            A/a/1 0.000004
            A/a/2 -0.000005",
            &[1, 0, 1],
            &expect![[r#"
                £0.000003: A/a/1 0.000003
                £0.000000:
                £0.000004: A/a/1 0.000004"#]],
        );
    }

    #[test]
    fn sources_need_weight_and_room() {
        check(MINIATURE, &[0, 0], &expect!["the weights of this pool sum to zero"]);
        check("", &[0], &expect!["£0.000000:"]);
        // 414,736,841 µ£ × 2¹²⁶ is far above 2¹²⁷.
        check(
            MINIATURE,
            &[1 << 126],
            &expect!["this pool times its total weight is too large to share exactly"],
        );
    }

    fn lists() -> impl Strategy<Value = SourceList> {
        let part = (0..3_u32, 0..3_u32, 0..4_u32, -1_000_000_000_i64..1_000_000_000);
        prop::collection::vec(part, 0..15).prop_map(|parts| {
            parts
                .into_iter()
                .map(|(group, cost_line, ledger_line, amount)| {
                    (SourceKey { group, cost_line, ledger_line }, Money::from_micro_pounds(amount))
                })
                .collect()
        })
    }

    proptest! {
        /// The list and the kernel of `domain`, which is the obvious one, split alike; credits and
        /// cuts anywhere included.
        #[test]
        fn lists_split_as_the_kernel_says(
            list in lists(),
            weights in prop::collection::vec(0..100_000_i128, 1..12),
            cut in 0..12_usize,
        ) {
            let total: i128 = weights.iter().sum();
            prop_assume!(total > 0);
            let sources: provenance::Sources<SourceKey> = list.iter().collect();
            let split = list.split(&weights).expect("there is weight");
            let mut running = 0;
            for (weight, part) in weights.iter().zip(&split) {
                let wanted = provenance::parts(&sources, (running, running + weight), total);
                prop_assert_eq!(part.iter().collect::<Vec<_>>(), wanted);
                running += weight;
            }
            let mut joined = SourceList::new();
            for part in &split {
                joined.merge(part);
            }
            prop_assert_eq!(&joined, &list);
            let cut = cut.min(weights.len());
            let mut later = list.splitter_at(total, weights[..cut].iter().sum()).expect("weight");
            for (weight, part) in weights[cut..].iter().zip(&split[cut..]) {
                prop_assert_eq!(&later.next_list(*weight), part);
            }
        }

        /// Merging two lists is collecting their parts.
        #[test]
        fn merging_is_collecting(one in lists(), other in lists()) {
            let mut merged = one.clone();
            merged.merge(&other);
            prop_assert_eq!(merged, one.iter().chain(other.iter()).collect());
        }
    }
}
