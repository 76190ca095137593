//! What moved between two runs, and why: changes applied one group at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::Money;
use rayon::prelude::*;
use rules::{Model, YearRules};
use tables::manifest::RunManifest;
use tables::run::ServiceLineCost;

use crate::cp4_weights::{Plan, weigh};
use crate::dataset::{Dataset, read_table};
use crate::error::CostingError;
use crate::pipeline::{Costing, LedgerStages};
use crate::run::{read_manifest, rules_of};

/// Costs by service line and resource, and what reached no event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Own and absorbed cost of events, by service line and resource.
    pub costs: BTreeMap<(String, String), Money>,
    /// Ledger less cost of events: residuals and income together.
    pub rest: Money,
}

/// What one cause moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Ledger, feeds, mapping, support, shares, weights, matching; joined by `+` where one alone
    /// allows no costing.
    pub cause: String,
    /// Movement of costs, by service line and resource; what did not move is left out.
    pub costs: BTreeMap<(String, String), Money>,
    /// Movement of residuals and income together.
    pub rest: Money,
}

/// The way from one run to another. Steps add up exactly to the difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
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
    Ok(Comparison { from: stored(from)?, to: stored(to)?, steps: Vec::new() })
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
/// # Errors
///
/// [`CostingError`] if a run or dataset cannot be read, or a dataset is not the run's.
pub fn compare(
    (from, from_dataset): (&Path, &Path),
    (to, to_dataset): (&Path, &Path),
    progress: &dyn Fn(&str),
) -> Result<Comparison, CostingError> {
    let mut comparison = compare_stored(from, to)?;
    let from = Side::open(from, from_dataset)?;
    let to = Side::open(to, to_dataset)?;
    let mut reached = comparison.from.clone();
    let mut pending: Vec<&str> = Vec::new();
    for (index, group) in GROUPS.iter().enumerate() {
        pending.push(group.name);
        let last = index + 1 == GROUPS.len();
        let joined = from.rules.year != to.rules.year && index == 0;
        if joined || (!last && !any_change(&GROUPS[..=index], &from, &to, pending.len())) {
            continue;
        }
        let cause = pending.join(" + ");
        progress(&cause);
        let next = if last {
            comparison.to.clone()
        } else {
            match totals(&GROUPS[..=index], &from, &to) {
                Ok(next) => next,
                Err(CostingError::Refused(_)) => continue,
                Err(error) => return Err(error),
            }
        };
        comparison.steps.push(step(cause, &reached, &next));
        reached = next;
        pending.clear();
    }
    comparison.steps.retain(|it| !it.costs.is_empty() || !it.rest.is_zero());
    Ok(comparison)
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
        let folder = run.join("model");
        let files = Model::load(&folder).map_err(|error| CostingError::read(&folder, &error))?;
        let (model, _) = Model::parse(files).map_err(CostingError::Refused)?;
        let year = manifest.year.parse().map_err(|error| CostingError::read(run, &error))?;
        let rules = rules_of(&model, year)?.clone();
        Ok(Self { dataset: opened, rules })
    }
}

/// One group of changes: its name, and how it takes its rules from the other side.
struct Group {
    name: &'static str,
    apply: fn(&mut YearRules, &YearRules),
}

/// Groups in the order in which they are applied. The first two move data, not rules.
const GROUPS: [Group; 7] = [
    Group { name: "ledger", apply: |_, _| {} },
    Group { name: "feeds", apply: feeds },
    Group { name: "mapping", apply: mapping },
    Group { name: "support", apply: support },
    Group { name: "shares", apply: shares },
    Group { name: "weights", apply: weights },
    Group { name: "matching", apply: matching },
];

/// The year and everything that no other group names goes with the feeds.
fn feeds(rules: &mut YearRules, other: &YearRules) {
    let mut next = other.clone();
    for group in &GROUPS[2..] {
        (group.apply)(&mut next, rules);
    }
    *rules = next;
}

fn mapping(rules: &mut YearRules, other: &YearRules) {
    rules.mapping.clone_from(&other.mapping);
    rules.income.clone_from(&other.income);
    rules.cost_lines.clone_from(&other.cost_lines);
    rules.cost_objects.clone_from(&other.cost_objects);
}

fn support(rules: &mut YearRules, other: &YearRules) {
    rules.support_groups.clone_from(&other.support_groups);
    rules.drivers.clone_from(&other.drivers);
    rules.statistics.clone_from(&other.statistics);
}

fn shares(rules: &mut YearRules, other: &YearRules) {
    rules.resources.clone_from(&other.resources);
    rules.shares.clone_from(&other.shares);
}

fn weights(rules: &mut YearRules, other: &YearRules) {
    rules.activities.clone_from(&other.activities);
    rules.activity_rules.clone_from(&other.activity_rules);
    rules.weight_sets.clone_from(&other.weight_sets);
    rules.relative_weights.clone_from(&other.relative_weights);
    rules.session_kinds.clone_from(&other.session_kinds);
}

fn matching(rules: &mut YearRules, other: &YearRules) {
    rules.matching.clone_from(&other.matching);
    rules.feeds.clone_from(&other.feeds);
}

/// Whether the last `count` groups change anything.
fn any_change(groups: &[Group], from: &Side, to: &Side, count: usize) -> bool {
    let same_data = from.dataset.hash == to.dataset.hash;
    groups[groups.len() - count..].iter().any(|group| {
        let mut changed = from.rules.clone();
        (group.apply)(&mut changed, &to.rules);
        changed != from.rules || (!same_data && matches!(group.name, "ledger" | "feeds"))
    })
}

/// Costs with the groups taken from the second side.
fn totals(groups: &[Group], from: &Side, to: &Side) -> Result<Totals, CostingError> {
    let mut rules = from.rules.clone();
    for group in groups {
        (group.apply)(&mut rules, &to.rules);
    }
    let side = |name| if groups.iter().any(|it| it.name == name) { to } else { from };
    let (ledger, feeds) = (&side("ledger").dataset, &side("feeds").dataset);
    if !hangs_together(&rules) {
        return Err(CostingError::Refused(Vec::new()));
    }
    let plan = Plan::new(&rules).map_err(CostingError::Refused)?;
    let small = LedgerStages::run(&ledger.ledger()?, ledger.control()?, &rules)?;
    let total = small.quantum.walk.ledger;
    let costing = Costing::run(&rules, &plan, small, weigh(&plan, feeds, &|_| {})?)?;
    let mut totals = by_line(&costing);
    totals.rest = total - totals.costs.values().sum::<Money>();
    totals.costs.retain(|_, amount| !amount.is_zero());
    Ok(totals)
}

/// Whether rules of two models, joined, still name only what they hold.
fn hangs_together(rules: &YearRules) -> bool {
    let set_fits = |activity: &String, share: &rules::year::Share| {
        rules.weight_sets.get(&share.weight_set).is_some_and(|it| it.activity == *activity)
    };
    rules.shares.iter().all(|(resource, shares)| {
        rules.resources.contains_key(resource)
            && shares.iter().all(|(activity, share)| set_fits(activity, share))
    }) && rules.weight_sets.values().all(|it| rules.activities.contains_key(&it.activity))
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
