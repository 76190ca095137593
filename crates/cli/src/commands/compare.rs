//! `concord compare`: what moved between two runs, and why.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use costing::compare::{Comparison, Totals, compare, compare_stored};
use costing::dataset::Dataset;
use domain::Money;
use results::Run;
use serde_json::{Value, json};

use crate::arguments::{Arguments, Compare};
use crate::output;
use crate::progress::Progress;

pub(super) fn run(arguments: &Arguments, options: &Compare) -> Result<bool> {
    let comparison = if options.dataset.is_empty() {
        compare_stored(&options.from, &options.to)?
    } else {
        let from = dataset_of(&options.from, &options.dataset)?;
        let to = dataset_of(&options.to, &options.dataset)?;
        let progress = Progress::new(arguments);
        let comparison = compare((&options.from, &from), (&options.to, &to), &|cause| {
            progress.say(&format!("Costing with the changes of: {cause}"));
        })?;
        progress.end();
        comparison
    };
    output::answer(arguments, || text(&comparison, options), || in_json(&comparison));
    Ok(true)
}

fn dataset_of(run: &Path, datasets: &[PathBuf]) -> Result<PathBuf> {
    let wanted = Run::open(run)?.manifest().dataset_hash.clone();
    for folder in datasets {
        if Dataset::open(folder)?.hash == wanted {
            return Ok(folder.clone());
        }
    }
    bail!("none of the datasets given is that of {}: give its folder with --dataset", run.display())
}

/// What a sum of costs is kept by.
type ByKey = BTreeMap<(String, String), Money>;

fn total(costs: &ByKey) -> Money {
    costs.values().sum()
}

fn by_service_line(costs: &ByKey) -> BTreeMap<&str, Money> {
    let mut sums = BTreeMap::new();
    for ((line, _), amount) in costs {
        *sums.entry(line.as_str()).or_default() += *amount;
    }
    sums
}

fn moved(from: &Totals, to: &Totals) -> ByKey {
    let mut moved = to.costs.clone();
    for (key, amount) in &from.costs {
        *moved.entry(key.clone()).or_default() -= *amount;
    }
    moved
}

fn text(comparison: &Comparison, options: &Compare) -> String {
    let mut rows = vec![vec![
        "Service line".to_owned(),
        "before".to_owned(),
        "after".to_owned(),
        "moved".to_owned(),
    ]];
    let (before, after) =
        (by_service_line(&comparison.from.costs), by_service_line(&comparison.to.costs));
    let lines: std::collections::BTreeSet<&&str> = before.keys().chain(after.keys()).collect();
    let mut row = |name: &str, before: Money, after: Money| {
        rows.push(vec![
            name.to_owned(),
            before.to_pence(),
            after.to_pence(),
            (after - before).to_pence(),
        ]);
    };
    for line in lines {
        let amount = |sums: &BTreeMap<&str, Money>| sums.get(*line).copied().unwrap_or_default();
        row(line, amount(&before), amount(&after));
    }
    row("All events", total(&comparison.from.costs), total(&comparison.to.costs));
    row("Residuals and income", comparison.from.rest, comparison.to.rest);
    let mut text = output::table(&rows);
    if options.dataset.is_empty() {
        text +=
            "\nFor the causes, give the runs' datasets: --dataset DATASET (twice if they differ).";
        return text;
    }
    text += "\nCauses, each applied on top of those before; they add up to what moved:\n";
    let mut causes = vec![vec![
        "Cause".to_owned(),
        "cost of events".to_owned(),
        "residuals and income".to_owned(),
        "most moved".to_owned(),
    ]];
    for step in &comparison.steps {
        let most = by_service_line(&step.costs).into_iter().max_by_key(|(_, it)| it.abs());
        let most = most.map_or_else(String::new, |(line, it)| format!("{line} {}", it.to_pence()));
        causes.push(vec![
            step.cause.clone(),
            total(&step.costs).to_pence(),
            step.rest.to_pence(),
            most,
        ]);
    }
    text + &output::table(&causes)
}

fn in_json(comparison: &Comparison) -> Value {
    let costs = |costs: &ByKey| -> Value {
        let one = |((line, resource), amount): (&(String, String), &Money)| json!({ "service_line": line, "resource": resource, "amount": amount.to_decimal() });
        costs.iter().filter(|(_, it)| !it.is_zero()).map(one).collect()
    };
    let step = |it: &costing::compare::Step| json!({ "cause": it.cause, "costs": costs(&it.costs), "rest": it.rest.to_decimal() });
    json!({
        "moved": costs(&moved(&comparison.from, &comparison.to)),
        "rest": (comparison.to.rest - comparison.from.rest).to_decimal(),
        "steps": comparison.steps.iter().map(step).collect::<Vec<_>>(),
    })
}
