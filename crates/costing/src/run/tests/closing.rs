//! The books close from the files of a run alone, whatever the trust.

use std::collections::BTreeMap;

use domain::Money;
use proptest::prelude::*;
use tables::run::{
    AbsorbedSource, CostLineSource, CostedEvent, EventActivity, EventCost, FinalLineSource,
    Identity, PoolSource, QuantumLine, ResidualSource, RestrictedCost, ServiceLineCost, UnitCost,
};

use crate::given_activity::{Ran, WHOLE};
use crate::plain::differences;
use crate::random_trust::{SMALL, trusts};

/// Sums by name, those of nothing left out.
#[derive(Debug, Default)]
struct Sums(BTreeMap<String, Money>);

impl Sums {
    fn add(&mut self, name: &str, amount: Money) {
        *self.0.entry(name.to_owned()).or_default() += amount;
    }

    fn of<'a, T: 'a>(
        rows: impl IntoIterator<Item = &'a T>,
        each: impl Fn(&'a T) -> (&'a str, Money),
    ) -> Self {
        let mut sums = Self::default();
        for row in rows {
            let (name, amount) = each(row);
            sums.add(name, amount);
        }
        sums
    }

    fn and(mut self, other: Self) -> Self {
        for (name, amount) in other.0 {
            self.add(&name, amount);
        }
        self
    }

    fn less(self, other: Self) -> Self {
        let negative = other.0.into_iter().map(|(name, amount)| (name, Money::ZERO - amount));
        self.and(Self(negative.collect()))
    }

    fn settled(mut self) -> BTreeMap<String, Money> {
        self.0.retain(|_, it| !it.is_zero());
        self.0
    }
}

/// Where two sums that must be equal are not.
fn open(one: Sums, other: Sums) -> String {
    differences(&one.settled(), &other.settled())
}

struct Files {
    quantum: Vec<QuantumLine>,
    cost_lines: Vec<CostLineSource>,
    finals: Vec<FinalLineSource>,
    pools: Vec<PoolSource>,
    absorbed: Vec<AbsorbedSource>,
    residuals: Vec<ResidualSource>,
    units: Vec<UnitCost>,
    events: Vec<CostedEvent>,
    hidden: Vec<CostedEvent>,
    hidden_costs: Vec<RestrictedCost>,
    of_lines: Vec<ServiceLineCost>,
    books: Vec<Identity>,
}

impl Files {
    fn new(ran: &Ran) -> Self {
        Self {
            quantum: ran.rows("quantum.parquet"),
            cost_lines: ran.rows("cost_lines.parquet"),
            finals: ran.rows("final_lines.parquet"),
            pools: ran.rows("pools.parquet"),
            absorbed: ran.rows("absorbed.parquet"),
            residuals: ran.rows("residuals.parquet"),
            units: ran.rows("unit_costs.parquet"),
            events: ran.rows("events.parquet"),
            hidden: ran.rows("restricted_events.parquet"),
            hidden_costs: ran.rows("restricted_costs.parquet"),
            of_lines: ran.rows("service_line_costs.parquet"),
            books: ran.rows("reconciliation.parquet"),
        }
    }

    /// Residuals but the cost of private patients, which stands at their events too.
    fn left(&self) -> impl Iterator<Item = &ResidualSource> {
        self.residuals.iter().filter(|it| !it.ledger_line.is_empty())
    }
}

/// Every event's cost by number, added up over the files of resources, and as its table states it.
fn events(ran: &Ran, files: &Files) -> (Sums, Sums) {
    let mut cells = Sums::default();
    for name in ran.files.keys().filter(|it| it.starts_with("event_costs/")) {
        for row in ran.rows::<EventCost>(name) {
            cells.add(&format!("{} own", row.event_number), row.own);
            cells.add(&format!("{} absorbed", row.event_number), row.absorbed);
        }
    }
    let number: BTreeMap<&str, i64> =
        files.hidden.iter().map(|it| (it.event.as_str(), it.event_number)).collect();
    for row in &files.hidden_costs {
        let number = number[row.event.as_str()];
        cells.add(&format!("{number} own"), row.own);
        cells.add(&format!("{number} absorbed"), row.absorbed);
    }
    let mut stated = Sums::default();
    for row in files.events.iter().chain(&files.hidden) {
        stated.add(&format!("{} own", row.event_number), row.own);
        stated.add(&format!("{} absorbed", row.event_number), row.absorbed);
    }
    (cells, stated)
}

/// Long tables are in the order of their keys, each key once.
fn assert_key_order(ran: &Ran, files: &Files) {
    for name in ran.files.keys().filter(|it| it.starts_with("event_costs/")) {
        let rows: Vec<EventCost> = ran.rows(name);
        let key = |it: &EventCost| (it.event_number, it.activity.clone());
        assert!(rows.is_sorted_by(|one, next| key(one) < key(next)), "{name} is not in key order");
    }
    let rows: Vec<EventActivity> = ran.rows("event_activities.parquet");
    let key = |it: &EventActivity| (it.event_number, it.activity.clone());
    assert!(rows.is_sorted_by(|one, next| key(one) < key(next)), "activities by event");
    let key = |it: &PoolSource| {
        let PoolSource { resource, activity, support_group, cost_line, ledger_line, .. } = it;
        [resource, activity, support_group, cost_line, ledger_line].map(Clone::clone)
    };
    assert!(files.pools.is_sorted_by(|one, next| key(one) < key(next)), "pools by source");
    let key = |it: &ResidualSource| {
        let left = [&it.residual, &it.reason, &it.resource, &it.activity].map(Clone::clone);
        let source = [&it.support_group, &it.cost_line, &it.ledger_line].map(Clone::clone);
        (left, source)
    };
    assert!(files.residuals.is_sorted_by(|one, next| key(one) < key(next)), "residuals by source");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 100, ..ProptestConfig::default() })]

    /// By ledger line from stage to stage, by support group and by event: no micro-pound is made
    /// or lost, credits among them.
    #[test]
    fn money_is_conserved_at_every_stage(trust in trusts(SMALL)) {
        let ran = trust.run(WHOLE).expect("it can be costed");
        let files = Files::new(&ran);
        assert_key_order(&ran, &files);
        let Files { quantum, cost_lines, finals, pools, absorbed, units, of_lines, .. } = &files;
        let is = |wanted: &'static str| move |it: &&QuantumLine| it.outcome == wanted;
        let line = |it: &QuantumLine| it.amount;
        let by_line = Sums::of(quantum.iter().filter(is("COST")), |it| (&it.ledger_line, it.amount));
        let mapped = Sums::of(cost_lines, |it| (&it.ledger_line, it.amount));
        prop_assert_eq!(open(by_line, mapped), "", "quantum = cost lines + unmapped");

        let early = |it: &&ResidualSource| {
            it.residual == "RECONCILIATION_ITEM" || (it.residual == "UNMAPPED" && it.resource.is_empty())
        };
        let before = Sums::of(cost_lines, |it| (&it.ledger_line, it.amount));
        let after = Sums::of(finals, |it| (&it.ledger_line, it.amount))
            .and(Sums::of(files.left().filter(early), |it| (&it.ledger_line, it.amount)));
        prop_assert_eq!(open(before, after), "", "cost lines = final lines + what left");

        let objects = |it: &&ResidualSource| it.residual == "NOT_OWN_PATIENT" && it.resource.is_empty();
        let undriven = |it: &&ResidualSource| !it.resource.is_empty() && it.activity.is_empty();
        let before = Sums::of(finals, |it| (&it.ledger_line, it.amount));
        let after = Sums::of(pools, |it| (&it.ledger_line, it.amount))
            .and(Sums::of(files.left().filter(objects), |it| (&it.ledger_line, it.amount)))
            .and(Sums::of(files.left().filter(undriven), |it| (&it.ledger_line, it.amount)));
        prop_assert_eq!(open(before, after), "", "final lines = pools + objects + no driver");

        let in_pools = |it: &&ResidualSource| !it.activity.is_empty();
        let taken = Sums::of(pools, |it| (&it.support_group, it.amount))
            .less(Sums::of(files.left().filter(in_pools), |it| (&it.support_group, it.amount)));
        let shown = Sums::of(of_lines, |it| (&it.support_group, it.own + it.absorbed));
        prop_assert_eq!(open(taken, shown), "", "pools less residuals = service lines, by group");
        let again = Sums::of(absorbed, |it| (&it.support_group, it.amount));
        let shown = Sums::of(of_lines, |it| (&it.support_group, it.absorbed));
        prop_assert_eq!(open(again, shown), "", "absorbed, by group");

        let (cells, stated) = events(&ran, &files);
        let all: Money = stated.0.values().sum();
        prop_assert_eq!(open(cells, stated), "", "cells = events");
        prop_assert_eq!(units.iter().map(|it| it.own + it.absorbed).sum::<Money>(), all);

        let others: Money =
            files.residuals.iter().filter(|it| it.ledger_line.is_empty()).map(|it| it.amount).sum();
        let private = files.events.iter().chain(&files.hidden).filter(|it| it.category == "PRIVATE");
        prop_assert_eq!(private.map(|it| it.own + it.absorbed).sum::<Money>(), others);
        let left: Money = files.residuals.iter().map(|it| it.amount).sum();
        let income: Money = quantum.iter().filter(is("INCOME")).map(line).sum();
        let ledger: Money = quantum.iter().map(line).sum();
        prop_assert_eq!(all - others + left + income, ledger, "own patients + residuals + income");
        prop_assert!(files.books.iter().all(|it| it.difference.is_zero()));
    }
}
