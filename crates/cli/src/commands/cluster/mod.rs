//! `concord cluster`: the processes of a cluster, and many trusts in one job.

mod trusts;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ::cluster::{Executor, Scheduler, Weighing, run_executor, run_scheduler};
use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use costing::CostRequest;

use crate::context::{Context, Outcome};
use crate::surroundings;

/// Options of `cluster`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: ClusterVerb,
}

#[derive(Debug, Subcommand)]
enum ClusterVerb {
    /// Hands work to executors. Whoever reaches it can have work done: keep it in a private network.
    Scheduler {
        /// Where it listens.
        #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:50050")]
        listen: SocketAddr,
        /// Executors that must be there before work is taken.
        #[arg(long, value_name = "N", default_value_t = 1)]
        executors: usize,
        /// Seconds without a word after which an executor is lost and its work done elsewhere.
        #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(10..))]
        lost_after: u64,
    },
    /// Does work, with the files of a folder that every machine sees at the same path.
    Executor {
        /// Address of the scheduler.
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
        scheduler: String,
        /// Where it listens, as other machines reach it.
        #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:50051")]
        listen: SocketAddr,
        /// The folder below which datasets, models and runs are; it touches no other.
        #[arg(long, value_name = "FOLDER")]
        shared: PathBuf,
        /// Pieces of work that it does at a time, each in one thread. By default one for each
        /// processor.
        #[arg(long, value_name = "N")]
        tasks: Option<usize>,
    },
    /// Costs many trusts in one job, each whole by one executor, into runs of their own.
    Cost {
        /// Address of the scheduler.
        #[arg(long, value_name = "HOST:PORT")]
        cluster: String,
        /// CSV file with the columns trust, dataset, model, runs and year; folders are relative to
        /// the file. A blank year is that of the dataset.
        #[arg(long, value_name = "FILE")]
        trusts: PathBuf,
    },
}

pub(crate) fn run(arguments: &Arguments, context: &Context) -> Result<Outcome> {
    match &arguments.verb {
        ClusterVerb::Scheduler { listen, executors, lost_after } => {
            context.remark(&format!("The scheduler listens at {listen}."));
            run_scheduler(&Scheduler {
                listen: *listen,
                executors: *executors,
                lost_after_seconds: *lost_after,
            })?;
            Ok(Outcome::Done)
        }
        ClusterVerb::Executor { scheduler, listen, shared, tasks } => {
            let executor = (scheduler.as_str(), *listen, shared.as_path(), *tasks);
            execute(executor, context)?;
            Ok(Outcome::Done)
        }
        ClusterVerb::Cost { cluster, trusts } => trusts::cost(cluster, trusts, context),
    }
}

/// Runs an executor, and says on standard error what it does.
fn execute(
    (scheduler, listen, shared, tasks): (&str, SocketAddr, &Path, Option<usize>),
    context: &Context,
) -> Result<()> {
    let tasks = tasks.unwrap_or_else(surroundings::processors);
    if tasks == 0 {
        bail!("no work can be done with 0 tasks: leave --tasks out to use every processor");
    }
    let own = tempfile::tempdir().context("an executor needs a folder of its own")?;
    let executor = Executor {
        scheduler: scheduler.to_owned(),
        listen,
        shared: shared.to_owned(),
        own: own.path().to_owned(),
        tasks,
        program: program()?,
    };
    let heard = context.clone();
    run_executor(&executor, move |what| heard.remark(what))?;
    Ok(())
}

/// Has the buckets of a dataset weighed by a cluster; the costing then finds them.
pub(crate) fn weigh(
    cluster: &str,
    request: &CostRequest<'_>,
    folder: &Path,
) -> Result<BTreeMap<String, u32>> {
    if costing::costed_before(request)?.is_some() {
        return Ok(BTreeMap::new());
    }
    let Some(keep) = request.keep else {
        bail!(
            "a cluster needs a folder for what it weighs beside the dataset: move the dataset out of the folder of runs"
        );
    };
    let stage = "Matching and weighing on the cluster";
    let progress = |done: u32, total: u32| {
        (request.progress)(costing::HowFar {
            stage,
            done: done.into(),
            total: total.into(),
            what: "buckets",
        });
    };
    progress(0, 0);
    let shares = ::cluster::weigh(&Weighing {
        cluster,
        dataset: &real(request.dataset)?,
        folder: &real(folder)?,
        model: request.model,
        year: request.year,
        keep,
        program: &program()?,
        progress: &progress,
    })?;
    Ok(shares)
}

/// The hash of this very program: only the same program may take part.
fn program() -> Result<String> {
    let program = surroundings::program().context("the program does not know where it lies")?;
    Ok(costing::dataset::hash_file(&program)?)
}

/// The path as every machine knows it.
fn real(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| format!("`{}` is not there", path.display()))
}
