//! The joint system of all support lines as whole numbers, or why there is none.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use domain::{Finding, Money, Severity};
use rules::YearRules;
use rules::year::{Class, CostLine};

use crate::cp2_cost_ledger::Classed;
use crate::source::SourceList;

/// The driver whose statistic is the cost of a line before support.
const EXPENDITURE: &str = "EXPENDITURE";

/// Support lines that hold or are sent money, where they send it, and the final lines.
///
/// Every support line reaches a final line. Names are in key order; lists are by index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct System {
    /// Support lines.
    pub(super) support: Vec<String>,
    /// Lines where money ends.
    pub(super) finals: Vec<String>,
    /// Driver of each support line.
    pub(super) driver: Vec<usize>,
    /// Statistics of each support line's driver on the other support lines; none is zero.
    pub(super) links: Vec<Vec<(usize, u64)>>,
    /// Statistics of each driver on final lines; none is zero.
    pub(super) ends: Vec<Vec<(usize, u64)>>,
}

impl System {
    /// Sets up the system.
    ///
    /// # Errors
    ///
    /// Findings that refuse the run: statistics that may not be, support lines that hold or are
    /// sent money which can reach no final line.
    pub(super) fn new(classed: &Classed, rules: &YearRules) -> Result<Self, Vec<Finding>> {
        let faults = statistic_faults(rules);
        if !faults.is_empty() {
            return Err(faults);
        }
        let whole = Self::of_all_lines(classed, rules);
        let with_money = whole.with_money(classed);
        let leads_out = whole.leads_out();
        let trapped: Vec<usize> =
            with_money.iter().copied().filter(|line| !leads_out.contains(line)).collect();
        if trapped.is_empty() {
            return Ok(whole.only(&with_money));
        }
        Err(trapped.iter().map(|line| whole.trapped(*line, classed, rules)).collect())
    }

    /// Sum of a driver's statistics on final lines.
    pub(super) fn end_total(&self, driver: usize) -> u128 {
        self.ends[driver].iter().map(|(_, statistic)| u128::from(*statistic)).sum()
    }

    /// The system without links to earlier lines: in descending own cost, then by key.
    ///
    /// A line that has no line left to send to is an end itself: the names of such lines come
    /// with the system.
    pub(super) fn stepped_down(&self, classed: &Classed) -> (Self, Vec<String>) {
        let mut order: Vec<usize> = (0..self.support.len()).collect();
        order.sort_by_key(|line| Reverse(self.own_cost(*line, classed)));
        let mut place = vec![0; order.len()];
        for (step, line) in order.iter().enumerate() {
            place[*line] = step;
        }
        let later = |line: usize| {
            let links = self.links[line].iter();
            links.filter(|(to, _)| place[*to] > place[line]).copied().collect::<Vec<_>>()
        };
        let links: Vec<Vec<(usize, u64)>> = (0..self.support.len()).map(later).collect();
        let is_left =
            |line: &usize| links[*line].is_empty() && self.ends[self.driver[*line]].is_empty();
        let left: BTreeSet<usize> = (0..self.support.len()).filter(is_left).collect();
        let kept: BTreeSet<usize> =
            (0..self.support.len()).filter(|it| !left.contains(it)).collect();
        let names = left.iter().map(|it| self.support[*it].clone()).collect();
        (self.with_ends(&links, (&kept, &left)), names)
    }

    /// The system of the lines kept, with the lines left as ends.
    fn with_ends(
        &self,
        links: &[Vec<(usize, u64)>],
        (kept, left): (&BTreeSet<usize>, &BTreeSet<usize>),
    ) -> Self {
        let ends = self.finals.iter().map(String::as_str);
        let finals: BTreeSet<&str> =
            ends.chain(left.iter().map(|it| self.support[*it].as_str())).collect();
        let final_index = index(finals.iter().copied());
        let renumbered: BTreeMap<usize, usize> =
            kept.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        // Lines of one driver may end at different lines now, so that each has ends of its own.
        let ends = |old: &usize| {
            let stated = self.ends[self.driver[*old]].iter();
            let stated = stated.map(|(to, it)| (final_index[self.finals[*to].as_str()], *it));
            let taken = links[*old].iter().filter(|(to, _)| left.contains(to));
            let taken = taken.map(|(to, it)| (final_index[self.support[*to].as_str()], *it));
            let mut ends: Vec<(usize, u64)> = stated.chain(taken).collect();
            ends.sort_unstable();
            ends
        };
        let links = |old: &usize| {
            let links = links[*old].iter();
            links.filter_map(|(to, it)| Some((*renumbered.get(to)?, *it))).collect()
        };
        Self {
            support: kept.iter().map(|old| self.support[*old].clone()).collect(),
            driver: (0..kept.len()).collect(),
            links: kept.iter().map(links).collect(),
            ends: kept.iter().map(ends).collect(),
            finals: finals.into_iter().map(str::to_owned).collect(),
        }
    }

    fn of_all_lines(classed: &Classed, rules: &YearRules) -> Self {
        let all = || rules.cost_lines.iter().filter(|(_, line)| line.is_support());
        let support: Vec<&str> = all().map(|(name, _)| name.as_str()).collect();
        let drivers: BTreeSet<&str> = all().map(|(_, line)| line.driver.as_str()).collect();
        let statistics: Vec<BTreeMap<&str, u64>> =
            drivers.iter().map(|it| statistics(it, classed, rules)).collect();
        let support_index = index(support.iter().copied());
        let held = statistics.iter().flat_map(BTreeMap::keys).copied();
        let finals: BTreeSet<&str> = held
            .chain(classed.finals.keys().map(String::as_str))
            .filter(|it| !support_index.contains_key(it))
            .collect();
        let final_index = index(finals.iter().copied());
        let driver_index = index(drivers.iter().copied());
        let driver: Vec<usize> =
            all().map(|(_, line)| driver_index[line.driver.as_str()]).collect();
        let links = |(line, driver): (usize, &usize)| {
            let mut links = on(&support_index, &statistics[*driver]);
            links.retain(|(to, _)| *to != line);
            links
        };
        Self {
            links: driver.iter().enumerate().map(links).collect(),
            ends: statistics.iter().map(|it| on(&final_index, it)).collect(),
            driver,
            support: support.into_iter().map(str::to_owned).collect(),
            finals: finals.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Support lines that hold money, and those that are sent some.
    fn with_money(&self, classed: &Classed) -> BTreeSet<usize> {
        let holds = |line: &usize| classed.support.contains_key(&self.support[*line]);
        let mut open: Vec<usize> = (0..self.support.len()).filter(holds).collect();
        let mut reached = BTreeSet::new();
        while let Some(line) = open.pop() {
            if reached.insert(line) {
                open.extend(self.links[line].iter().map(|(to, _)| *to));
            }
        }
        reached
    }

    /// Support lines from which a final line can be reached.
    fn leads_out(&self) -> BTreeSet<usize> {
        let mut leads_out = BTreeSet::new();
        loop {
            let before = leads_out.len();
            for line in 0..self.support.len() {
                let ends_here = !self.ends[self.driver[line]].is_empty();
                if ends_here || self.links[line].iter().any(|(to, _)| leads_out.contains(to)) {
                    leads_out.insert(line);
                }
            }
            if leads_out.len() == before {
                return leads_out;
            }
        }
    }

    /// The system of these support lines only; they link to no others.
    fn only(self, kept: &BTreeSet<usize>) -> Self {
        let renumbered: BTreeMap<usize, usize> =
            kept.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        let links = |old: &usize| {
            let links = self.links[*old].iter();
            links.map(|(to, statistic)| (renumbered[to], *statistic)).collect()
        };
        Self {
            support: kept.iter().map(|old| self.support[*old].clone()).collect(),
            driver: kept.iter().map(|old| self.driver[*old]).collect(),
            links: kept.iter().map(links).collect(),
            finals: self.finals,
            ends: self.ends,
        }
    }

    fn own_cost(&self, line: usize, classed: &Classed) -> Money {
        classed.support.get(&self.support[line]).map(SourceList::total).unwrap_or_default()
    }

    fn trapped(&self, line: usize, classed: &Classed, rules: &YearRules) -> Finding {
        let name = &self.support[line];
        let driver = rules.cost_lines.get(name).map(|it| it.driver.as_str()).unwrap_or_default();
        let money = self.own_cost(line, classed);
        let receivers = &self.links[line];
        let finding = if receivers.is_empty() {
            let message = format!(
                "the support line `{name}` holds or is sent money, but its driver `{driver}` has \
                 no statistic on another line"
            );
            Finding::new("F13", Severity::Refusal, message)
        } else {
            let names: Vec<&str> =
                receivers.iter().map(|(to, _)| self.support[*to].as_str()).collect();
            let message = format!(
                "the support line `{name}` holds or is sent money that can reach no final line: \
                 its driver `{driver}` leads only to {}",
                names.join(", ")
            );
            Finding::new("F15", Severity::Refusal, message)
        };
        finding.about(name).with_money(money).remedy(
            "Give its driver a statistic on a line that is not support, or the line another driver.",
        )
    }
}

fn index<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    names.enumerate().map(|(index, name)| (name, index)).collect()
}

/// The statistics of the lines in an index, by their number.
fn on(lines: &BTreeMap<&str, usize>, statistics: &BTreeMap<&str, u64>) -> Vec<(usize, u64)> {
    let found = statistics.iter().filter_map(|(line, it)| lines.get(line).map(|at| (*at, *it)));
    found.collect()
}

/// A driver's statistics by cost line; none is zero.
fn statistics<'a>(
    driver: &str,
    classed: &'a Classed,
    rules: &'a YearRules,
) -> BTreeMap<&'a str, u64> {
    let positive = |(line, value): (&'a String, i64)| {
        u64::try_from(value).ok().filter(|it| *it > 0).map(|it| (line.as_str(), it))
    };
    if driver == EXPENDITURE {
        let lines = classed.support.iter().chain(&classed.finals);
        return lines
            .map(|(line, list)| (line, list.total().micro_pounds()))
            .filter_map(positive)
            .collect();
    }
    let stated = rules.statistics.get(driver).into_iter().flatten();
    stated.map(|(line, value)| (line, *value)).filter_map(positive).collect()
}

/// Statistics that are negative, or on a line that may have none.
fn statistic_faults(rules: &YearRules) -> Vec<Finding> {
    let all = rules
        .statistics
        .iter()
        .flat_map(|(driver, lines)| lines.iter().map(move |(line, value)| (driver, line, *value)));
    all.filter_map(|(driver, line, value)| {
        let why = why_not(rules.cost_lines.get(line), value)?;
        let message = format!("driver `{driver}` has a statistic on cost line `{line}`, {why}");
        let finding = Finding::new("F14", Severity::Refusal, message)
            .about(format!("{driver}/{line}"))
            .remedy("Correct or remove this row of statistics.csv.");
        Some(finding)
    })
    .collect()
}

fn why_not(line: Option<&CostLine>, value: i64) -> Option<&'static str> {
    match line {
        None => Some("which is not in cost_lines.csv"),
        Some(line) if line.class == Class::Reconciliation => {
            Some("which is a reconciliation item and never receives support")
        }
        Some(_) if value < 0 => Some("which is negative"),
        Some(_) => None,
    }
}
