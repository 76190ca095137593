//! What moved from one year to the next: more patients, other patients, and what one costs.
//!
//! Over the currencies of both years, with n events of a currency, c its cost of one, N all events
//! and 0 and 1 for the years: volume is (N1 − N0) × mean c0; case mix is Σ n1 × c0 − N1 × mean c0;
//! unit cost is Σ n1 × (c1 − c0). Currencies of one year only have a bar of their own.
//!
//! The unit cost of a currency is split further, activity by activity: its use of it for each
//! event, at last year's rate; and the rate. Of the rate, so much as last year's fixed cost alone
//! gives when it is spread over this year's count of the whole trust is the spread of fixed cost;
//! the rest is pay and prices. What was absorbed from activity without an event is apart.
//!
//! All are exact fractions. Bars are rounded by cumulative floor in their order, so that they add
//! up to the micro-pound.

use std::collections::{BTreeMap, BTreeSet};

use domain::Money;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};
use rules::YearRules;

use super::fraction::{fraction, ratio, whole};
use super::{Care, CareBook, Currency, LineCare, TrustActivity};

/// What moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Cost of the first year.
    pub before: Money,
    /// What moved it, in order; with `before` they add up to `after`.
    pub bars: Vec<Bar>,
    /// Cost of the second year.
    pub after: Money,
    /// Events of the first year and the second, in currencies of both.
    pub events: (u64, u64),
    /// Of all bars, those that together are the change of the unit cost.
    pub unit_cost: Money,
}

/// One thing that moved a cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What.
    pub kind: BarKind,
    /// By how much.
    pub amount: Money,
}

/// What moved a cost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BarKind {
    /// More events, or fewer.
    Volume,
    /// Other currencies.
    CaseMix,
    /// More of a service for each event, or less, by statement group.
    Use(String),
    /// Fixed cost spread over another count of the whole trust.
    Spread,
    /// Pay and prices.
    Prices,
    /// Activity that found no event, carried by those that did.
    Absorbed,
    /// Currencies of one year only: those that came less those that went.
    OneYear,
    /// What has no currency here.
    Apart,
}

/// Two years, and what is wanted of them.
pub(super) struct Years<'a> {
    books: [&'a CareBook; 2],
    lines: [&'a LineCare; 2],
    rules: &'a YearRules,
}

impl CareBook {
    /// What moved a service line's cost from the year of `last` to that of this book, over the
    /// currencies that are wanted; nothing where one of the years has none.
    pub fn moved(
        &self,
        last: &Self,
        (line, rules): (&str, &YearRules),
        (wanted, with_apart): (&dyn Fn(&Currency) -> bool, bool),
    ) -> Option<Moved> {
        let lines = [last.lines.get(line)?, self.lines.get(line)?];
        let years = Years { books: [last, self], lines, rules };
        let moved = years.moved(wanted, with_apart);
        (moved.events.0 > 0 && moved.events.1 > 0).then_some(moved)
    }
}

impl Years<'_> {
    fn moved(&self, wanted: &dyn Fn(&Currency) -> bool, with_apart: bool) -> Moved {
        let [first, second] = self.lines;
        let of = |line: &LineCare| -> BTreeSet<Currency> {
            let there = line.cells.iter().filter(|(it, care)| wanted(it) && care.events > 0);
            there.map(|it| it.0.clone()).collect()
        };
        let (before, after) = (of(first), of(second));
        let both: Vec<&Currency> = before.intersection(&after).collect();
        let mut bars: BTreeMap<BarKind, BigRational> = BTreeMap::new();
        let (n0, n1) = (events(first, &both), events(second, &both));
        let cost0: BigRational = both.iter().map(|it| fraction(first.cells[*it].cost())).sum();
        let mut expected = BigRational::zero();
        for it in &both {
            let (one, other) = (&first.cells[*it], &second.cells[*it]);
            expected += fraction(one.cost()) * ratio(other.events, one.events);
            self.split(&mut bars, one, other);
        }
        let at_mean = &cost0 * ratio(n1, n0);
        bars.insert(BarKind::Volume, &at_mean - &cost0);
        bars.insert(BarKind::CaseMix, expected - at_mean);
        let only = |line: &LineCare, of: &BTreeSet<Currency>| -> BigRational {
            of.iter()
                .filter(|it| !both.contains(it))
                .map(|it| fraction(line.cells[it].cost()))
                .sum()
        };
        bars.insert(BarKind::OneYear, only(second, &after) - only(first, &before));
        let mut totals = [first.sum(wanted).cost(), second.sum(wanted).cost()];
        if with_apart {
            let apart = [first.apart.cost(), second.apart.cost()];
            bars.insert(BarKind::Apart, fraction(apart[1]) - fraction(apart[0]));
            totals = [totals[0] + apart[0], totals[1] + apart[1]];
        }
        finished(totals, bars, (n0, n1))
    }

    /// What made the difference of one currency's unit cost.
    fn split(&self, bars: &mut BTreeMap<BarKind, BigRational>, one: &Care, other: &Care) {
        let growth = ratio(other.events, one.events);
        let [first, second] = [self.own(0, one), self.own(1, other)];
        let names: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
        for name in names {
            let none = Own::default();
            let (was, is) = (first.get(name).unwrap_or(&none), second.get(name).unwrap_or(&none));
            let all = &is.cost - &was.cost * &growth;
            if was.count <= 0 || is.count <= 0 {
                // Used in one year only, or not counted at all.
                let kind = if was.count == is.count { BarKind::Prices } else { self.used(was, is) };
                *bars.entry(kind).or_insert_with(BigRational::zero) += all;
                continue;
            }
            let rate = &was.cost / whole(was.count);
            let more = whole(is.count) - whole(was.count) * &growth;
            let of_use = more * &rate;
            let of_spread = whole(is.count) * rate * self.spread(name);
            let of_prices = all - &of_use - &of_spread;
            for (kind, amount) in [
                (self.used(was, is), of_use),
                (BarKind::Spread, of_spread),
                (BarKind::Prices, of_prices),
            ] {
                *bars.entry(kind).or_insert_with(BigRational::zero) += amount;
            }
        }
        let absorbed = |care: &Care| -> Money { care.absorbed.values().sum() };
        *bars.entry(BarKind::Absorbed).or_insert_with(BigRational::zero) +=
            fraction(absorbed(other)) - fraction(absorbed(one)) * growth;
    }

    /// Own cost and count by the name of an activity.
    fn own(&self, year: usize, care: &Care) -> BTreeMap<String, Own> {
        let book = self.books[year];
        let mut found: BTreeMap<String, Own> = BTreeMap::new();
        for ((activity, class), amount) in &care.parts {
            let entry = found.entry(book.activities[usize::from(*activity)].clone()).or_default();
            entry.cost += fraction(*amount);
            let class = &book.classes[usize::from(*class)];
            *entry.groups.entry(class.group.clone()).or_default() += amount.abs();
        }
        for (activity, absorbed) in &care.absorbed {
            let entry = found.entry(book.activities[usize::from(*activity)].clone()).or_default();
            entry.cost -= fraction(*absorbed);
        }
        for (activity, count) in &care.counts {
            let entry = found.entry(book.activities[usize::from(*activity)].clone()).or_default();
            entry.count = *count;
        }
        found
    }

    /// The statement group that most of an activity's money is in.
    fn used(&self, was: &Own, is: &Own) -> BarKind {
        let mut groups = was.groups.clone();
        for (group, amount) in &is.groups {
            *groups.entry(group.clone()).or_default() += *amount;
        }
        let most = groups
            .into_iter()
            .max_by(|one, other| one.1.cmp(&other.1).then_with(|| other.0.cmp(&one.0)));
        let group = most.map_or_else(String::new, |it| it.0);
        BarKind::Use(self.rules.statement_groups.get(&group).cloned().unwrap_or(group))
    }

    /// By what part of itself a rate changes when nothing but the trust's count does.
    fn spread(&self, activity: &str) -> BigRational {
        let of = |book: &CareBook| -> Option<TrustActivity> {
            let number = book.activities.iter().position(|it| it == activity)?;
            book.trust.get(&u16::try_from(number).ok()?).copied()
        };
        let (Some(was), Some(is)) = (of(self.books[0]), of(self.books[1])) else {
            return BigRational::zero();
        };
        if was.count <= 0 || is.count <= 0 || was.own <= Money::ZERO {
            return BigRational::zero();
        }
        let fixed = fraction(was.fixed) / fraction(was.own);
        fixed * (whole(was.count) / whole(is.count) - whole(1))
    }
}

/// Own cost of one activity in a currency.
#[derive(Clone, Default)]
struct Own {
    cost: BigRational,
    count: i64,
    groups: BTreeMap<String, Money>,
}

fn events(line: &LineCare, of: &[&Currency]) -> u64 {
    of.iter().map(|it| line.cells[*it].events).sum()
}

/// Rounds the bars in their order by cumulative floor.
fn finished(
    [before, after]: [Money; 2],
    bars: BTreeMap<BarKind, BigRational>,
    events: (u64, u64),
) -> Moved {
    let mut running = fraction(before);
    let mut shown = before;
    let mut finished = Vec::new();
    for (kind, amount) in bars {
        running += amount;
        let floor = running.numer().div_floor(running.denom());
        let now = Money::from_micro_pounds(floor.to_i64().unwrap_or(shown.micro_pounds()));
        if now != shown {
            finished.push(Bar { kind, amount: now - shown });
        }
        shown = now;
    }
    debug_assert_eq!(shown, after, "bars add up to what they explain");
    let is_unit_cost = |it: &&Bar| {
        matches!(it.kind, BarKind::Use(_) | BarKind::Spread | BarKind::Prices | BarKind::Absorbed)
    };
    let unit_cost = finished.iter().filter(is_unit_cost).map(|it| it.amount).sum();
    Moved { before, bars: finished, after, events, unit_cost }
}
