//! Costs of service lines by the attributes of the cost lines they came from, exact to the cell.

use std::collections::BTreeMap;

use domain::{Money, share::div_floor};
use rules::YearRules;

use super::{PoolToSettle, SettledPool};
use crate::cp4_weights::SetWeights;
use crate::error::CostingError;
use crate::source::{SourceKey, SourceList, SourceNames};

/// What a service line's cost can be shown by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attributes {
    /// Support group, or `DIRECT`.
    pub support_group: String,
    /// `direct`, `indirect` or `overhead`.
    pub traceability: String,
    /// `fixed`, `semi-fixed` or `variable`.
    pub behaviour: String,
    /// Whether safe clinical change can move it.
    pub controllable: bool,
    /// Kind of cost.
    pub cost_type: String,
    /// Kind of pay.
    pub pay_type: String,
    /// `recurrent`, `non-recurrent` or `technical`.
    pub recurrence: String,
}

impl Attributes {
    /// The attributes of a source.
    pub fn of(key: SourceKey, names: &SourceNames, rules: &YearRules) -> Self {
        let (group, cost_line, _) = names.texts(key);
        let support_group = group.to_owned();
        let Some(line) = rules.cost_lines.get(cost_line) else {
            return Self { support_group, ..Self::default() };
        };
        Self {
            support_group,
            traceability: line.traceability.clone(),
            behaviour: line.behaviour.clone(),
            controllable: line.controllable,
            cost_type: line.cost_type.clone(),
            pay_type: line.pay_type.clone(),
            recurrence: line.recurrence.clone(),
        }
    }
}

/// All attributes that sources can have, numbered.
#[derive(Clone, Debug, Default)]
pub struct AttributeTable {
    /// Attributes in order.
    pub list: Vec<Attributes>,
    of: BTreeMap<(u32, u32), u32>,
}

impl AttributeTable {
    /// Numbers the attributes of all (support group, cost line) pairs of some sources.
    pub fn new<'a>(
        lists: impl Iterator<Item = &'a SourceList>,
        names: &SourceNames,
        rules: &YearRules,
    ) -> Self {
        let mut pairs: BTreeMap<(u32, u32), Attributes> = BTreeMap::new();
        for (key, _) in lists.flat_map(SourceList::iter) {
            pairs
                .entry((key.group, key.cost_line))
                .or_insert_with(|| Attributes::of(key, names, rules));
        }
        let mut list: Vec<Attributes> = pairs.values().cloned().collect();
        list.sort_unstable();
        list.dedup();
        let number = |it: &Attributes| {
            let found = list.binary_search(it).expect("every pair's attributes are in the list");
            u32::try_from(found).expect("there are few attributes")
        };
        let of = pairs.iter().map(|(pair, it)| (*pair, number(it))).collect();
        Self { list, of }
    }

    fn number(&self, key: SourceKey) -> u32 {
        self.of[&(key.group, key.cost_line)]
    }
}

/// Sums of own and absorbed cost in micro-pounds, by cube and attributes.
///
/// A cube is one combination of what service lines are shown by, such as point of delivery.
#[derive(Clone, Debug)]
pub struct Cube<'a> {
    /// Cube of every event.
    pub cubes: &'a [u32],
    /// Number of cubes.
    pub count: usize,
    /// Numbered attributes.
    pub attributes: &'a AttributeTable,
}

impl Cube<'_> {
    /// Adds up one pool's events; the result has a row of attributes for every cube.
    ///
    /// # Errors
    ///
    /// [`CostingError::TooLarge`] if a sum is larger than money holds: traced charges and credits
    /// of one pool, attribute by attribute, may be.
    pub fn sums(
        &self,
        pool: &PoolToSettle<'_>,
        settled: &SettledPool,
    ) -> Result<Vec<(Money, Money)>, CostingError> {
        let mut own = vec![0_i128; self.count * self.attributes.list.len()];
        let mut absorbed = own.clone();
        if settled.total != 0 {
            self.add((&self.runs(pool.sources), settled.total), pool.weights, |it| it, &mut own);
            if !settled.absorbed.is_empty() {
                let again = |weight: i64| if pool.set.absolute { weight.max(0) } else { weight };
                let runs = self.runs(&settled.absorbed);
                self.add((&runs, settled.absorbing), pool.weights, again, &mut absorbed);
            }
        }
        let stated = (settled.own, settled.absorbed.total());
        let found = (own.iter().sum::<i128>(), absorbed.iter().sum::<i128>());
        let stated = (i128::from(stated.0.micro_pounds()), i128::from(stated.1.micro_pounds()));
        assert_eq!(found, stated, "the attributes of pool {} are not conserved", pool.name);
        let money = |sum: i128| {
            let too_large = |_| CostingError::TooLarge {
                what: format!("cost by attribute of pool {}", pool.name),
                why: "it is larger than money holds".to_owned(),
            };
            Ok(Money::from_micro_pounds(i64::try_from(sum).map_err(too_large)?))
        };
        own.into_iter().zip(absorbed).map(|(own, again)| Ok((money(own)?, money(again)?))).collect()
    }

    /// Neighbouring sources with equal attributes as one run: their number, and the running sum of
    /// sources at its end. A run gets exactly the sum of its members' parts.
    fn runs(&self, sources: &SourceList) -> Vec<(usize, i64)> {
        let mut runs: Vec<(usize, i64)> = Vec::new();
        let mut reached = 0;
        for (key, amount) in sources.iter() {
            reached += amount.micro_pounds();
            let number = self.attributes.number(key) as usize;
            match runs.last_mut() {
                Some((known, end)) if *known == number => *end = reached,
                _ => runs.push((number, reached)),
            }
        }
        runs
    }

    fn add(
        &self,
        (runs, total): (&[(usize, i64)], i128),
        weights: &SetWeights,
        weigh: impl Fn(i64) -> i64,
        sums: &mut [i128],
    ) {
        let mut corners = vec![0_i64; runs.len()];
        let mut running = 0;
        for (event, weight) in &weights.events {
            running += i128::from(weigh(weight));
            let row = self.cubes[event as usize] as usize * self.attributes.list.len();
            let mut below = 0;
            for ((number, end), corner) in runs.iter().zip(&mut corners) {
                let reached = div_floor(i128::from(*end) * running, total);
                let reached = i64::try_from(reached).expect("the pool's size was checked");
                let step = reached - *corner;
                *corner = reached;
                sums[row + number] += i128::from(step - below);
                below = step;
            }
        }
    }
}
