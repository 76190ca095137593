//! What can be asked for on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::FinancialYear;

/// Costs every patient's care from a trust's own ledger and activity, and explains every figure.
#[derive(Debug, Parser)]
#[command(name = "concord", version, about, propagate_version = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How to answer.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Show no progress.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
}

/// How to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a demonstration trust
    Demo(Demo),
    /// Read and check a trust's files
    Intake(Intake),
    /// Cost a dataset under a model and write a run
    Cost(Cost),
    /// Accept a finding of a run, by name and with a reason
    Accept(Accept),
    /// Publish a run, by two people
    Publish(Publish),
    /// Recompute a run and compare every byte; exit 1 on any break
    Verify(Verify),
    /// Show a run: service lines, residuals, reconciliation, match rates, findings
    Show(Show),
    /// Explain one event's cost back to ledger lines
    Explain(Explain),
    /// Say what moved between two runs, by service line, resource and cause
    Compare(Compare),
    /// Ask SQL of a run's tables, read-only
    Query(Query),
    /// Export a run's tables
    Export(Export),
    /// Check, copy, compare or lock a model
    #[command(subcommand)]
    Model(ModelCommand),
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder to write to; it must be empty or not there
    #[arg(long)]
    pub(crate) dir: PathBuf,
    /// small, district, trust or large
    #[arg(long, default_value = "district")]
    pub(crate) size: demonstration::Size,
    /// Another number gives another trust of the same kind
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Intake {
    /// Folder of the model
    #[arg(long)]
    pub(crate) model: PathBuf,
    /// Folder that is searched for the files which the model names; may be repeated
    #[arg(long, required = true)]
    pub(crate) from: Vec<PathBuf>,
    /// Folder of the dataset to write
    #[arg(long)]
    pub(crate) to: PathBuf,
    /// Financial year; the model's latest unless told
    #[arg(long)]
    pub(crate) year: Option<FinancialYear>,
    /// Folder of the identity vault; `vault` beside the dataset unless told
    #[arg(long)]
    pub(crate) vault: Option<PathBuf>,
    /// Worker threads; they change no byte
    #[arg(long)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct Cost {
    /// Folder of the dataset
    #[arg(long)]
    pub(crate) dataset: PathBuf,
    /// Folder of the model
    #[arg(long)]
    pub(crate) model: PathBuf,
    /// Folder of runs
    #[arg(long)]
    pub(crate) runs: PathBuf,
    /// Financial year; that of the dataset unless told
    #[arg(long)]
    pub(crate) year: Option<FinancialYear>,
    /// Worker threads; they change no byte
    #[arg(long)]
    pub(crate) threads: Option<usize>,
}

#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Id of the finding
    pub(crate) finding: String,
    /// Who accepts
    #[arg(long)]
    pub(crate) by: String,
    /// Why
    #[arg(long)]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Who publishes: twice, two different people
    #[arg(long, required = true)]
    pub(crate) by: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// The run's dataset: matching and weights are computed again too
    #[arg(long)]
    pub(crate) dataset: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Show the statement of this service line only
    #[arg(long)]
    pub(crate) service_line: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Reference of the event
    #[arg(long, required_unless_present = "local_id", conflicts_with = "local_id")]
    pub(crate) event: Option<String>,
    /// Native id of the event, looked up in the vault; needs a reason
    #[arg(long, requires = "vault", requires = "reason")]
    pub(crate) local_id: Option<String>,
    /// Folder of the identity vault
    #[arg(long)]
    pub(crate) vault: Option<PathBuf>,
    /// Why this patient is looked at
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
    /// Show every ledger line
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// The earlier run
    pub(crate) from: PathBuf,
    /// The later run
    pub(crate) to: PathBuf,
    /// Datasets of the runs, once or twice, in any order: causes are worked out too
    #[arg(long)]
    pub(crate) dataset: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Query {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// One SQL statement that reads
    pub(crate) sql: String,
    /// Rows shown at most
    #[arg(long, default_value_t = 1000)]
    pub(crate) limit: usize,
    /// Answer as CSV
    #[arg(long)]
    pub(crate) csv: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// File to write, ending in .csv, .xlsx or .parquet
    #[arg(long)]
    pub(crate) to: PathBuf,
    /// Tables; all unless told
    #[arg(long)]
    pub(crate) table: Vec<String>,
    /// Write over a file of that name
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Read a model and list everything that is wrong with it
    Check {
        /// Folder of the model
        model: PathBuf,
    },
    /// Copy a model, without its lock
    Copy {
        /// Folder of the model
        model: PathBuf,
        /// Folder to write; it must not be there
        #[arg(long)]
        to: PathBuf,
    },
    /// List the rows that differ between two models
    Compare {
        /// One model
        from: PathBuf,
        /// The other
        to: PathBuf,
    },
    /// Lock a model, so that any later change is refused
    Lock {
        /// Folder of the model
        model: PathBuf,
        /// Who locks it
        #[arg(long)]
        by: String,
    },
}
