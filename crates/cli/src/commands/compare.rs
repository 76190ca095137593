//! `concord compare`: what moved between two runs, and why.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use costing::compare::{Comparison, CostedPeriod, Step};
use costing::dataset::Dataset;
use domain::Money;
use results::Run;
use results::outliers::{Outlier, Question, outliers};
use results::since::month;

use crate::context::{Context, Notice, Outcome};
use crate::surroundings;

/// Movements shown for each cause unless all are asked for.
const SHOWN: usize = 10;

/// Options of `compare`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the run before.
    #[arg(value_name = "RUN_A")]
    from: PathBuf,
    /// Folder of the run after.
    #[arg(value_name = "RUN_B")]
    to: PathBuf,
    /// Datasets of the runs, in any order; one if both have the same. With them the causes are
    /// worked out, by costing again one group of changes at a time.
    #[arg(long, value_name = "DATASET")]
    dataset: Vec<PathBuf>,
    /// Worker threads; they change no figure. By default one for each processor.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Shows every movement instead of the largest.
    #[arg(long)]
    all: bool,
    /// Shows unit costs, and mean costs of events by HRG, that moved by more than so many percent.
    #[arg(long, value_name = "PERCENT", num_args = 0..=1, default_missing_value = "25")]
    outliers: Option<u16>,
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    let (from, to) = (Run::open(&arguments.from)?, Run::open(&arguments.to)?);
    surroundings::limit_threads(context.configuration.threads(arguments.threads)?);
    let progress = context.progress();
    progress.step("Reading both runs");
    let comparison = match arguments.dataset.as_slice() {
        [] => costing::compare::compare_stored(&arguments.from, &arguments.to)?,
        datasets => {
            let before = (arguments.from.as_path(), dataset_of(&from, datasets)?);
            let after = (arguments.to.as_path(), dataset_of(&to, datasets)?);
            let step = |cause: &str| progress.step(&format!("Costing with the changes of {cause}"));
            costing::compare::compare(before, after, &step)?
        }
    };
    drop(progress);
    let names = Names::new(&from, &to, &comparison)?;
    let outliers = match arguments.outliers {
        Some(percent) => outliers(&from, &to, i64::from(percent))?,
        None => Vec::new(),
    };
    context.print_of(
        &to,
        || {
            text(arguments, (&from, &to), &comparison, &names)
                + &outliers_text(arguments, &outliers)
                + &where_from(arguments)
        },
        || {
            let mut json = json((&from, &to), &comparison);
            json["periods"] = names.periods.clone().into();
            json["outliers"] = serde_json::to_value(&outliers).expect("outliers are plain values");
            json
        },
    )?;
    Ok(Outcome::Done)
}

/// The dataset of a run among those that were named, found by its hash.
fn dataset_of<'a>(run: &Run, datasets: &'a [PathBuf]) -> Result<&'a Path> {
    for folder in datasets {
        if Dataset::open(folder)?.hash == run.manifest().dataset_hash {
            return Ok(folder);
        }
    }
    bail!("none of the datasets named is that of run {}: name its folder with --dataset", run.id())
}

/// Names of service lines and resources.
struct Names {
    service_lines: BTreeMap<String, String>,
    resources: BTreeMap<String, String>,
    /// What the difference of the two runs is of.
    periods: String,
}

impl Names {
    fn new(from: &Run, run: &Run, comparison: &Comparison) -> Result<Self> {
        let rules = run.rules()?;
        let mut before = from.rules()?.clone();
        // The day of the extract goes with the period.
        (before.last_period, before.extract_date) = (rules.last_period, rules.extract_date);
        let periods = periods(&comparison.from_period, &comparison.to_period, before == *rules);
        let lines = rules.service_lines.iter().map(|(code, it)| (code.clone(), it.name.clone()));
        let resources = rules.resources.iter().map(|(code, it)| (code.clone(), it.name.clone()));
        Ok(Self { service_lines: lines.collect(), resources: resources.collect(), periods })
    }

    fn words(&self, (line, resource): &(String, String)) -> String {
        let line = self.service_lines.get(line).unwrap_or(line);
        match resource.as_str() {
            "" => line.clone(),
            code => format!("{line}, {}", self.resources.get(code).map_or(code, String::as_str)),
        }
    }
}

/// A month where the later run adds just that to the same year under the same rules; else both
/// periods, since the difference is of more than time.
fn periods(from: &CostedPeriod, to: &CostedPeriod, same_rules: bool) -> String {
    let (first, last) = (from.last_period + 1, to.last_period);
    if from.year == to.year && first <= last && same_rules {
        let of = if first == last {
            format!("Period {first} ({})", month(first))
        } else {
            format!("Periods {first} to {last} ({} to {})", month(first), month(last))
        };
        return format!(
            "{of} of {} = to period {last} less to period {}",
            to.year, from.last_period
        );
    }
    let whole = |it: &CostedPeriod| {
        format!("{} to the end of period {} ({})", it.year, it.last_period, month(it.last_period))
    };
    format!("From {} to {}", whole(from), whole(to))
}

type Costs = BTreeMap<(String, String), Money>;

fn text(
    arguments: &Arguments,
    (from, to): (&Run, &Run),
    comparison: &Comparison,
    names: &Names,
) -> String {
    let total = |costs: &Costs| costs.values().sum::<Money>();
    let (before, after) = (total(&comparison.from.costs), total(&comparison.to.costs));
    let mut text = format!(
        "{}\nFrom run {} to run {}\n{}\nCost of events: {before} to {after}, {} {}\nResiduals and income: {} to {}\n",
        notices(from, to),
        from.id(),
        to.id(),
        names.periods,
        (after - before).abs(),
        if (after - before).is_negative() { "less" } else { "more" },
        comparison.from.rest,
        comparison.to.rest,
    );
    let limit = if arguments.all { usize::MAX } else { SHOWN };
    text += "\nWhat moved, by service line\n";
    text += &movements(&by_service_line(&moved(comparison)), limit, names);
    text += "\nWhat moved, by service line and resource\n";
    text += &movements(&moved(comparison), limit, names);
    for step in &comparison.steps {
        text += &format!("\nBecause of {}: {} in all\n", step.cause, total(&step.costs));
        text += &movements(&step.costs, limit, names);
        if !step.rest.is_zero() {
            text += &format!("  residuals and income moved by {}\n", step.rest);
        }
    }
    text
}

/// Unit costs and mean costs that moved against the earlier run.
fn outliers_text(arguments: &Arguments, outliers: &[Outlier]) -> String {
    let Some(percent) = arguments.outliers else { return String::new() };
    let mut text = format!("\nCosts of one that moved by more than {percent} percent\n");
    if outliers.is_empty() {
        text += "  none\n";
    }
    let limit = if arguments.all { usize::MAX } else { SHOWN };
    let run = arguments.to.display();
    for it in outliers.iter().take(limit) {
        text += &format!(
            "  {:>22}  {}: {} to {} ({:+}%)\n",
            signed(it.effect),
            it.what,
            it.before,
            it.after,
            it.percent
        );
        text += &match &it.question {
            Question::UnitCost(resource, activity) => {
                format!("    concord explain {run} --unit-cost {resource} {activity}\n")
            }
            Question::Query(sql) => format!("    concord query {run} \"{sql}\"\n"),
        };
    }
    if outliers.len() > limit {
        text += &format!("  and {} more; `--all` shows every one\n", outliers.len() - limit);
    }
    text
}

fn where_from(arguments: &Arguments) -> String {
    let (from, to) = (arguments.from.display(), arguments.to.display());
    let mut text = format!(
        "\nWhere this comes from\n  \
         a service line before   concord explain {from} --service-line CODE\n  \
         a service line after    concord explain {to} --service-line CODE\n  \
         by resource             concord query {to} \"select service_line, resource, sum(own + absorbed) as cost from service_line_costs group by service_line, resource\"\n  \
         residuals and income    concord show {to}\n"
    );
    if arguments.outliers.is_none() {
        text += &format!("  outliers                concord compare {from} {to} --outliers\n");
    }
    if arguments.dataset.is_empty() {
        text += &format!(
            "  causes                  concord compare {from} {to} --dataset DATASET_A --dataset DATASET_B\n"
        );
    }
    text
}

/// Title and footnote of both runs; once if they are alike but for the run.
fn notices(from: &Run, to: &Run) -> String {
    let (before, after) = (from.manifest(), to.manifest());
    let last = Notice::of(to).line();
    if (&before.title, &before.footnote) == (&after.title, &after.footnote) {
        return last;
    }
    format!("{}\n{last}", Notice::of(from).line())
}

fn moved(comparison: &Comparison) -> Costs {
    let mut moved = comparison.to.costs.clone();
    for (key, amount) in &comparison.from.costs {
        *moved.entry(key.clone()).or_default() -= *amount;
    }
    moved.retain(|_, amount| !amount.is_zero());
    moved
}

/// Movements without their resource.
fn by_service_line(costs: &Costs) -> Costs {
    let mut sums = Costs::new();
    for ((line, _), amount) in costs {
        *sums.entry((line.clone(), String::new())).or_default() += *amount;
    }
    sums.retain(|_, amount| !amount.is_zero());
    sums
}

fn movements(costs: &Costs, limit: usize, names: &Names) -> String {
    if costs.is_empty() {
        return "  nothing\n".to_owned();
    }
    let mut moves: Vec<(&(String, String), &Money)> = costs.iter().collect();
    moves.sort_by_key(|(_, amount)| std::cmp::Reverse(amount.abs()));
    let line = |(key, amount): &(&(String, String), &Money)| {
        format!("  {:>22}  {}\n", signed(**amount), names.words(key))
    };
    let mut text: String = moves.iter().take(limit).map(line).collect();
    if moves.len() > limit {
        let rest: Money = moves[limit..].iter().map(|(_, amount)| **amount).sum();
        text += &format!(
            "  {:>22}  and {} more; `--all` shows every one\n",
            signed(rest),
            moves.len() - limit
        );
    }
    text
}

fn signed(amount: Money) -> String {
    if amount.is_negative() { amount.to_string() } else { format!("+{amount}") }
}

fn json((from, to): (&Run, &Run), comparison: &Comparison) -> serde_json::Value {
    let costs = |costs: &Costs| -> Vec<serde_json::Value> {
        let row = |((line, resource), amount): (&(String, String), &Money)| {
            serde_json::json!({
                "service_line": line, "resource": resource, "amount": amount.to_decimal(),
            })
        };
        costs.iter().map(row).collect()
    };
    let step = |it: &Step| {
        serde_json::json!({
            "cause": it.cause, "costs": costs(&it.costs), "rest": it.rest.to_decimal(),
        })
    };
    serde_json::json!({
        "from": { "run": from.id(), "title": from.manifest().title, "footnote": from.manifest().footnote, "costs": costs(&comparison.from.costs), "rest": comparison.from.rest.to_decimal() },
        "to": { "run": to.id(), "costs": costs(&comparison.to.costs), "rest": comparison.to.rest.to_decimal() },
        "moved": costs(&moved(comparison)),
        "steps": comparison.steps.iter().map(step).collect::<Vec<_>>(),
    })
}
