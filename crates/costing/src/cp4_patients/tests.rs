//! Pools and weights as text; cells, residuals, provenance and unit costs as text.

use std::collections::BTreeMap;

use domain::{Key, Money};
use proptest::prelude::*;
use testkit::{Tables, check_golden};

use super::reference::{self, Asked};
use super::{AttributeTable, Cube, PoolToSettle, SettledPool};
use crate::cp3_activities::Pool;
use crate::cp4_weights::reference::weigh as weigh_plainly;
use crate::given::Given;
use crate::given_activity::Trust;
use crate::pipeline::Costing;
use crate::plain::{PlainWeights, Sources, differences, money, sources, total};
use crate::random_trust::{SMALL, trusts};
use crate::source::SourceKey;

fn produce(given: &impl Given) -> Tables {
    Trust::new(given).show(|ran| {
        let left = ["residual", "reason", "resource", "activity", "support_group", "amount"];
        let of_lines = ["service_line", "resource", "activity", "support_group", "own", "absorbed"];
        let units =
            ["resource", "activity", "count", "own", "absorbed", "unit_own", "unit_with_absorbed"];
        Tables::from([
            ("event_costs".to_owned(), ran.event_costs()),
            ("residuals".to_owned(), ran.table("residuals.parquet", &left)),
            ("service_lines".to_owned(), ran.table("service_line_costs.parquet", &of_lines)),
            ("unit_costs".to_owned(), ran.table("unit_costs.parquet", &units)),
        ])
    })
}

#[test]
fn golden_cases() {
    check_golden("cp4_patients", produce);
}

/// Costs of events in micro-pounds: own and absorbed.
type Costs = BTreeMap<(Key, Key), (i128, i128)>;

/// One pool as the fast way and the plain way have it.
struct Both<'a> {
    costing: &'a Costing<'a>,
    pool: PoolToSettle<'a>,
    settled: &'a SettledPool,
    plain: reference::Plain,
}

impl<'a> Both<'a> {
    fn new(
        costing: &'a Costing<'a>,
        (name, activity, pool): (&'a str, &'a str, &'a Pool),
        sets: &BTreeMap<String, PlainWeights>,
    ) -> Self {
        let sessions = costing.weights.sessions.iter();
        let kinds = sessions.map(|it| (it.session.clone(), it.kind.clone())).collect();
        let rules = costing.rules;
        let set = &costing.plan.sets[pool.set].code;
        let mut feeds = rules
            .activity_rules
            .iter()
            .filter(|(_, of_feed)| of_feed.iter().any(|it| it.activity == activity));
        let asked = Asked {
            absolute: rules.weight_sets[set].absolute,
            absorbed: feeds.any(|(feed, _)| rules.feeds[feed].absorbed),
        };
        Self {
            costing,
            pool: costing.to_settle(name, pool),
            settled: &costing.settled[&(name.to_owned(), activity.to_owned())],
            plain: reference::share(&sources(&pool.sources), &sets[set], asked, &kinds),
        }
    }

    fn event(&self, place: u32) -> (Key, Key) {
        self.costing.weights.events[place as usize].order()
    }

    /// Cells, but those of nothing.
    fn cells(&self) -> (Costs, Costs) {
        let micro = |it: Money| i128::from(it.micro_pounds());
        let cells = self.pool.cells(self.settled);
        let fast =
            cells.iter().map(|it| (self.event(it.event), (micro(it.own), micro(it.absorbed))));
        let mut plain = Costs::new();
        for (event, part) in &self.plain.own {
            plain.entry(*event).or_default().0 += total(part);
        }
        for (event, part) in &self.plain.absorbed {
            plain.entry(*event).or_default().1 += total(part);
        }
        (fast.collect(), plain)
    }

    fn residuals(&self) -> BTreeMap<(String, String), Sources> {
        let named = |((residual, reason), list): (&(&str, String), &_)| {
            (((*residual).to_owned(), reason.clone()), sources(list))
        };
        self.settled.residuals.iter().map(named).collect()
    }

    /// What each event's cost is made of, by support group and cost line, as statements add it up.
    fn by_attribute(&self) -> (Costs2, Costs2) {
        let costing = self.costing;
        let count = costing.weights.events.len();
        let cubes: Vec<u32> = (0_u32..).take(count).collect();
        let lists = costing.pools().map(|(_, _, pool)| &pool.sources);
        let attributes = AttributeTable::new(lists, &costing.small.names, costing.rules);
        let cube = Cube { cubes: &cubes, count, attributes: &attributes };
        let sums = cube.sums(&self.pool, self.settled).expect("the sums are small");
        let width = attributes.list.len().max(1);
        let mut fast = Costs2::new();
        for (index, (own, absorbed)) in sums.into_iter().enumerate() {
            if !own.is_zero() || !absorbed.is_zero() {
                let place = u32::try_from(index / width).expect("few events");
                let kind = attributes.list[index % width].support_group.clone()
                    + &attributes.list[index % width].recurrence;
                let sum = fast.entry((self.event(place), kind)).or_default();
                *sum = (sum.0 + own, sum.1 + absorbed);
            }
        }
        let mut plain = Costs2::new();
        let kind = |key: SourceKey| {
            let (group, cost_line, _) = costing.small.names.texts(key);
            group.to_owned() + &costing.rules.cost_lines[cost_line].recurrence
        };
        for (event, part) in &self.plain.own {
            for (key, amount) in part {
                plain.entry((*event, kind(*key))).or_default().0 += money(*amount);
            }
        }
        for (event, part) in &self.plain.absorbed {
            for (key, amount) in part {
                plain.entry((*event, kind(*key))).or_default().1 += money(*amount);
            }
        }
        plain.retain(|_, it| !it.0.is_zero() || !it.1.is_zero());
        fast.retain(|_, it| !it.0.is_zero() || !it.1.is_zero());
        (fast, plain)
    }

    /// What every event took by support group and cost line, as private patients are shown.
    fn by_cost_line(&self) -> (Lines, Lines) {
        let places = (0_u32..).zip(0_u16..).take(self.costing.weights.events.len());
        let chosen: Vec<(u32, u16)> = places.collect();
        let found = self.pool.of_chosen(self.settled, &chosen);
        let fast = found
            .into_iter()
            .map(|((choice, key), amount)| ((self.event(u32::from(choice)), key), amount));
        let mut plain = Lines::new();
        for (event, part) in self.plain.own.iter().chain(&self.plain.absorbed) {
            for (key, amount) in part {
                let line = plain.entry((*event, (key.group, key.cost_line))).or_default();
                *line += money(*amount);
            }
        }
        plain.retain(|_, it| !it.is_zero());
        (fast.collect(), plain)
    }
}

type Costs2 = BTreeMap<((Key, Key), String), (Money, Money)>;

type Lines = BTreeMap<((Key, Key), (u32, u32)), Money>;

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Cells, residuals, absorbed cost and what all of it is made of are what the plain reading
    /// gives: credits, traced and absolute sets, sold and unused time, absorbed or visible.
    #[test]
    fn fast_and_plain_agree(trust in trusts(SMALL)) {
        let sets = weigh_plainly(&trust.rules, &trust.rows).sets;
        trust.with_costing(|costing| {
            let costing = &*costing;
            for (resource, activity, pool) in costing.pools() {
                let both = Both::new(costing, (resource, activity, pool), &sets);
                let (fast, plain) = both.cells();
                prop_assert_eq!(differences(&fast, &plain), "", "{} in {}", resource, activity);
                let plain = &both.plain.residuals;
                prop_assert_eq!(differences(&both.residuals(), plain), "", "{} in {}", resource, activity);
                let (fast, plain) = both.by_attribute();
                prop_assert_eq!(differences(&fast, &plain), "", "{} in {}", resource, activity);
                let (fast, plain) = both.by_cost_line();
                prop_assert_eq!(differences(&fast, &plain), "", "{} in {}", resource, activity);
            }
            Ok(())
        }).expect("it can be costed")?;
    }
}
