//! What moved between two runs, and why: changes applied one group at a time.

mod groups;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::Money;
use rayon::prelude::*;
use rules::{ChangeGroup, YearRules};
use tables::manifest::RunManifest;
use tables::run::ServiceLineCost;

use crate::cp4_weights::{Plan, weigh};
use crate::dataset::{Dataset, read_table};
use crate::error::CostingError;
use crate::pipeline::{Costing, LedgerStages};
use crate::run::{ENGINE, model_of, read_manifest};
use groups::{hangs_together, take};

/// Costs by service line and resource, and what reached no event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Own and absorbed cost of events, by service line and resource.
    pub costs: BTreeMap<(String, String), Money>,
    /// Ledger less cost of events: residuals and income together.
    pub rest: Money,
}

/// What a run costs: a financial year to the end of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostedPeriod {
    /// Financial year, `2025-26`.
    pub year: String,
    /// Last period of the year to date, 1 for April.
    pub last_period: u8,
}

/// What one cause moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Period, ledger, feeds, mapping, support, shares, weights, matching; joined by ` + ` where one alone
    /// allows no costing. `engine` where another version of it costed a run.
    pub cause: String,
    /// Movement of costs, by service line and resource; what did not move is left out.
    pub costs: BTreeMap<(String, String), Money>,
    /// Movement of residuals and income together.
    pub rest: Money,
}

/// The way from one run to another. Steps add up exactly to the difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What the first run costs.
    pub from_period: CostedPeriod,
    /// What the second run costs.
    pub to_period: CostedPeriod,
    /// The first run's figures.
    pub from: Totals,
    /// The second run's figures.
    pub to: Totals,
    /// Causes in the order in which they were applied; none without datasets.
    pub steps: Vec<Step>,
}

/// Compares two runs by what they hold, without causes.
///
/// # Errors
///
/// [`CostingError`] if a run cannot be read.
pub fn compare_stored(from: &Path, to: &Path) -> Result<Comparison, CostingError> {
    Ok(Comparison {
        from_period: period(from)?,
        to_period: period(to)?,
        from: stored(from)?,
        to: stored(to)?,
        steps: Vec::new(),
    })
}

fn period(run: &Path) -> Result<CostedPeriod, CostingError> {
    let RunManifest { year, last_period, .. } = read_manifest(run)?;
    Ok(CostedPeriod { year, last_period })
}

fn stored(run: &Path) -> Result<Totals, CostingError> {
    let mut totals = Totals::default();
    for row in read_table::<ServiceLineCost>(&run.join("service_line_costs.parquet"))? {
        *totals.costs.entry((row.service_line, row.resource)).or_default() +=
            row.own + row.absorbed;
    }
    let lines: Vec<tables::run::QuantumLine> = read_table(&run.join("quantum.parquet"))?;
    let ledger: Money = lines.iter().map(|it| it.amount).sum();
    totals.rest = ledger - totals.costs.values().sum::<Money>();
    totals.costs.retain(|_, amount| !amount.is_zero());
    Ok(totals)
}

/// Compares two runs and their causes by costing again, one group of changes at a time.
///
/// A group whose rules do not work without those of a later group is joined with it. What is left
/// when all groups are applied comes from another version of the engine.
///
/// # Errors
///
/// [`CostingError`] if a run or dataset cannot be read, or a dataset is not the run's.
pub fn compare(
    (from, from_dataset): (&Path, &Path),
    (to, to_dataset): (&Path, &Path),
    progress: &dyn Fn(&str),
) -> Result<Comparison, CostingError> {
    let mut comparison = compare_stored(from, to)?;
    let sides = (&Side::open(from, from_dataset)?, &Side::open(to, to_dataset)?);
    let mut way = Way { reached: comparison.from.clone(), steps: Vec::new() };
    if sides.0.engine != ENGINE {
        progress(ANOTHER_ENGINE);
        way.step(ANOTHER_ENGINE.to_owned(), totals(&[], sides)?);
    }
    let changed: Vec<ChangeGroup> =
        ChangeGroup::ALL.into_iter().filter(|it| changes(*it, sides)).collect();
    let mut pending: Vec<&str> = Vec::new();
    for (index, group) in changed.iter().enumerate() {
        pending.push(group.word());
        let last = index + 1 == changed.len();
        let other_year = sides.0.rules.year != sides.1.rules.year;
        if !last && waits(*group, changed[index + 1], other_year) {
            continue;
        }
        let cause = pending.join(" + ");
        progress(&cause);
        let next = if last && sides.1.engine == ENGINE {
            comparison.to.clone()
        } else {
            match totals(&changed[..=index], sides) {
                Err(CostingError::Refused(_)) if !last => continue,
                outcome => outcome?,
            }
        };
        way.step(cause, next);
        pending.clear();
    }
    way.step(ANOTHER_ENGINE.to_owned(), comparison.to.clone());
    comparison.steps = way.steps;
    Ok(comparison)
}

/// Whether a changed group means nothing before the next one is applied too.
///
/// A period needs its own ledger, and another year its own ledger and activity.
fn waits(group: ChangeGroup, next: ChangeGroup, other_year: bool) -> bool {
    match group {
        ChangeGroup::Period => other_year || next == ChangeGroup::Ledger,
        ChangeGroup::Ledger => other_year,
        _ => false,
    }
}

/// Cause of what no change of data or rules explains.
const ANOTHER_ENGINE: &str = "engine";

/// Steps so far, and the totals that they lead to.
struct Way {
    reached: Totals,
    steps: Vec<Step>,
}

impl Way {
    fn step(&mut self, cause: String, next: Totals) {
        let step = step(cause, &self.reached, &next);
        if !step.costs.is_empty() || !step.rest.is_zero() {
            self.steps.push(step);
        }
        self.reached = next;
    }
}

fn step(cause: String, before: &Totals, after: &Totals) -> Step {
    let keys: BTreeSet<_> = before.costs.keys().chain(after.costs.keys()).collect();
    let amount = |totals: &Totals, key| totals.costs.get(key).copied().unwrap_or_default();
    let costs = keys
        .into_iter()
        .map(|key| (key.clone(), amount(after, key) - amount(before, key)))
        .filter(|(_, moved)| !moved.is_zero())
        .collect();
    Step { cause, costs, rest: after.rest - before.rest }
}

struct Side {
    dataset: Dataset,
    rules: YearRules,
    engine: String,
}

impl Side {
    fn open(run: &Path, dataset: &Path) -> Result<Self, CostingError> {
        let manifest: RunManifest = read_manifest(run)?;
        let opened = Dataset::open(dataset)?;
        if opened.hash != manifest.dataset_hash {
            return Err(CostingError::Changed {
                path: dataset.join("manifest.json"),
                recorded: manifest.dataset_hash,
                found: opened.hash,
            });
        }
        opened.check_hashes()?;
        let rules = model_of(run, &manifest)?;
        Ok(Self { dataset: opened, rules, engine: manifest.engine })
    }
}

/// Both runs: where from, where to.
type Sides<'a> = (&'a Side, &'a Side);

/// Files of a dataset that hold the ledger; all others go with the feeds.
const LEDGER_FILES: [&str; 2] = ["ledger.parquet", "control.parquet"];

/// Whether a group changes anything that costs are made of.
fn changes(group: ChangeGroup, (from, to): Sides<'_>) -> bool {
    let hashes = |side: &Side, of_ledger: bool| -> Vec<(String, String)> {
        let files = side.dataset.manifest.files.iter();
        files
            .filter(|it| LEDGER_FILES.contains(&it.name.as_str()) == of_ledger)
            .map(|it| (it.name.clone(), it.sha256.clone()))
            .collect()
    };
    let differ = |of_ledger: bool| hashes(from, of_ledger) != hashes(to, of_ledger);
    let mut rules = from.rules.clone();
    take(group, &mut rules, &to.rules);
    match group {
        ChangeGroup::Ledger => differ(true),
        ChangeGroup::Feeds => differ(false) || rules != from.rules,
        _ => rules != from.rules,
    }
}

/// Costs with the groups taken from the second side.
fn totals(groups: &[ChangeGroup], (from, to): Sides<'_>) -> Result<Totals, CostingError> {
    let mut rules = from.rules.clone();
    for group in groups {
        take(*group, &mut rules, &to.rules);
    }
    if !hangs_together(&rules) {
        return Err(CostingError::Refused(Vec::new()));
    }
    let side = |group| if groups.contains(&group) { to } else { from };
    let ledger = &side(ChangeGroup::Ledger).dataset;
    let feeds = &side(ChangeGroup::Feeds).dataset;
    let plan = Plan::new(&rules).map_err(CostingError::Refused)?;
    let small = LedgerStages::run(&ledger.ledger()?, ledger.control()?, &rules)?;
    let total = small.quantum.walk.ledger;
    let costing = Costing::run(&rules, &plan, small, weigh(&plan, feeds, None, &|_| {})?)?;
    let mut totals = by_line(&costing);
    totals.rest = total - totals.costs.values().sum::<Money>();
    totals.costs.retain(|_, amount| !amount.is_zero());
    Ok(totals)
}

fn by_line(costing: &Costing<'_>) -> Totals {
    let pools: Vec<_> = costing.pools().collect();
    let parts: Vec<BTreeMap<(String, String), Money>> = pools
        .par_iter()
        .map(|(resource, activity, pool)| {
            let settled = &costing.settled[&((*resource).clone(), (*activity).clone())];
            let mut sums = vec![Money::ZERO; costing.plan.service_lines.len()];
            for cell in costing.to_settle(activity, pool).cells(settled) {
                let line = costing.weights.events[cell.event as usize].service_line;
                sums[usize::from(line)] += cell.own + cell.absorbed;
            }
            let named = costing.plan.service_lines.iter().zip(sums);
            named.map(|(line, sum)| ((line.clone(), (*resource).clone()), sum)).collect()
        })
        .collect();
    let mut totals = Totals::default();
    for (key, sum) in parts.into_iter().flatten() {
        *totals.costs.entry(key).or_default() += sum;
    }
    totals
}
