//! Care beside the National Cost Collection: what the same events would cost at the national mean
//! of their currency.
//!
//! Currencies of one healthcare resource group at one point of delivery are compared, whatever the
//! type of event. Costs that national unit costs leave out are left out here too; care that
//! consists mostly of them, and care without a national unit cost, is not compared, and told.
//! Nothing is adjusted for the market forces factor on either side.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use rules::YearRules;
use rules::year::NATIONAL_LEFT_OUT;

use super::{Care, CareBook, Currency, LineCare};

/// Care of a service line beside the national mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BesideNational {
    /// What is compared, by point of delivery and group.
    pub kinds: Vec<NationalKind>,
    /// Events and cost of care that is not compared, restricted care not among it.
    pub not_compared: (u64, Money),
    /// Cost of compared care that national unit costs leave out.
    pub left_out: Money,
    /// Keys of the sources of the national unit costs.
    pub sources: BTreeSet<String>,
}

/// One group at one point of delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NationalKind {
    /// Point of delivery.
    pub pod: String,
    /// Healthcare resource group.
    pub hrg: String,
    /// Events.
    pub events: u64,
    /// Their cost, without what national unit costs leave out.
    pub cost: Money,
    /// National mean cost of one.
    pub national: Money,
    /// What the events would cost at the national mean.
    pub expected: Money,
}

impl NationalKind {
    /// How much more they cost than at the national mean; negative if less.
    pub fn difference(&self) -> Money {
        self.cost - self.expected
    }
}

impl BesideNational {
    /// Events that are compared.
    pub fn events(&self) -> u64 {
        self.kinds.iter().map(|it| it.events).sum()
    }

    /// Cost of what is compared, and its cost at the national mean.
    pub fn sums(&self) -> (Money, Money) {
        let sum = |of: fn(&NationalKind) -> Money| self.kinds.iter().map(of).sum();
        (sum(|it| it.cost), sum(|it| it.expected))
    }

    /// What the dearer kinds cost more than the national mean, and what the others cost less: the
    /// opportunity is the first, and netting off would hide it.
    pub fn dearer_and_cheaper(&self) -> (Money, Money) {
        let each = || self.kinds.iter().map(NationalKind::difference);
        let dearer = each().filter(|it| !it.is_negative()).sum();
        let cheaper: Money = each().filter(|it| it.is_negative()).sum();
        (dearer, cheaper.abs())
    }
}

/// Cost in tenths of a percent of what it would be at the national mean, half up; none where
/// nothing is expected.
pub fn index_permille(cost: Money, expected: Money) -> Option<i64> {
    let (cost, expected) = (i128::from(cost.micro_pounds()), i128::from(expected.micro_pounds()));
    let half_up = |of: i128| (2_000 * cost + of).div_euclid(2 * of);
    (expected > 0).then(|| i64::try_from(half_up(expected)).ok()).flatten()
}

impl CareBook {
    /// The wanted care of a service line beside national unit costs.
    pub fn beside_national(
        &self,
        rules: &YearRules,
        line: &LineCare,
        wanted: impl Fn(&Currency) -> bool,
    ) -> BesideNational {
        let apart = rules.reference_codes.get(NATIONAL_LEFT_OUT);
        let is_left_out = |activity: u16| {
            let name = &self.activities[usize::from(activity)];
            apart.is_some_and(|it| it.contains_key(name))
        };
        let mut found = BesideNational::default();
        for ((pod, hrg), care) in by_group(line, wanted) {
            let cost = care.cost();
            let parts = care.parts.iter().filter(|it| is_left_out(it.0.0));
            let left_out: Money = parts.map(|it| *it.1).sum();
            let reference = rules.reference_costs.get(&(pod.clone(), hrg.clone()));
            let events = i64::try_from(care.events).unwrap_or(i64::MAX);
            let compared = reference.filter(|_| care.events > 0 && left_out + left_out <= cost);
            let expected = compared.and_then(|it| {
                let amount = it.unit_cost.micro_pounds().checked_mul(events)?;
                Some((it, Money::from_micro_pounds(amount)))
            });
            let Some((reference, expected)) = expected else {
                found.not_compared.0 += care.events;
                found.not_compared.1 += cost;
                continue;
            };
            found.left_out += left_out;
            found.sources.extend(reference.sources.iter().cloned());
            found.kinds.push(NationalKind {
                pod,
                hrg,
                events: care.events,
                cost: cost - left_out,
                national: reference.unit_cost,
                expected,
            });
        }
        found
    }
}

/// Care by point of delivery and group, of all types of event.
fn by_group(
    line: &LineCare,
    wanted: impl Fn(&Currency) -> bool,
) -> BTreeMap<(String, String), Care> {
    let mut groups: BTreeMap<(String, String), Care> = BTreeMap::new();
    for (currency, care) in line.cells.iter().filter(|it| wanted(it.0)) {
        groups.entry((currency.pod.clone(), currency.hrg.clone())).or_default().add(care);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_of_a_hundred_is_the_national_mean() {
        let index =
            |cost, expected| index_permille(Money::from_pounds(cost), Money::from_pounds(expected));
        assert_eq!(index(110, 100), Some(1_100));
        assert_eq!(index(100, 100), Some(1_000));
        // 2 of 3 is 66.66… percent; half up in tenths.
        assert_eq!(index(2, 3), Some(667));
        assert_eq!(index(-1, 2_000), Some(0));
        assert_eq!(index(5, 0), None);
    }
}
