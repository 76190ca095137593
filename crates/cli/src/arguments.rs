//! What can be typed: verbs, their options and the words that explain them.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

#[cfg(feature = "cluster")]
use crate::commands::cluster;
use crate::commands::{
    accept, compare, cost, demo, engine, explain, export, intake, model, publish, query, serve,
    show, verify,
};

/// Patient-level costing, exact to the micro-pound, explained and reproducible.
///
/// RUN is the folder that `concord cost` prints. Settings come from concord.toml, then CONCORD_…
/// of the environment, then options. Exit codes: 0 success, 1 a break or a mistake, 2 broken
/// conservation.
#[derive(Debug, Parser)]
#[command(name = "concord", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// What is done.
    #[command(subcommand)]
    pub(crate) verb: Verb,
    /// How results are printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Says nothing while it works.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    /// Settings file, instead of concord.toml in this folder.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What is done.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Writes a demonstration trust: model, ledger, feeds and income of two years, all invented.
    Demo(demo::Arguments),
    /// Reads and checks a trust's files into a dataset.
    Intake(intake::Arguments),
    /// Costs a dataset under a model and writes a run.
    Cost(cost::Arguments),
    /// Records that a named person accepts a finding of a run.
    Accept(accept::Arguments),
    /// Publishes a run in the names of two people.
    Publish(publish::Arguments),
    /// Recomputes a run: hashes, shares, reconciliation. Exit code 1 on any break.
    Verify(verify::Arguments),
    /// Shows statements, reconciliation, residuals, match rates and findings of a run.
    Show(show::Arguments),
    /// Takes one event's cost back to ledger lines.
    Explain(explain::Arguments),
    /// Says what moved between two runs, by service line, resource and cause.
    Compare(compare::Arguments),
    /// Answers SQL over a run's tables, read-only.
    Query(query::Arguments),
    /// Writes tables of a run to a CSV, XLSX or Parquet file.
    Export(export::Arguments),
    /// Checks, copies, compares and locks models.
    Model(model::Arguments),
    /// Serves the application in the browser, from a folder that may be empty.
    Serve(serve::Arguments),
    /// Does the work of a job file, as the site starts it; it works by hand too.
    Engine(engine::Arguments),
    /// Costs on several machines: runs a scheduler or an executor, or costs many trusts in one job.
    #[cfg(feature = "cluster")]
    Cluster(cluster::Arguments),
}
