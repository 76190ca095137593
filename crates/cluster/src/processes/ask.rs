//! Whoever has work for a cluster: makes the items, asks, and checks the answers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::AsArray as _;
use ballista::prelude::{SessionConfigExt as _, SessionContextExt as _};
use costing::Apart;
use costing::kept::Keep;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, Union, lit};
use datafusion::prelude::{SessionConfig, SessionContext};
use domain::FinancialYear;
use rules::Model;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{function, host_and_port, runtime};
use crate::answers::{Shares, checked_buckets, checked_costings};
use crate::error::ClusterError;
use crate::item::{Answer, Item, Trust, Work};

/// How long is waited for a scheduler and its executors.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long is waited between two looks.
const PAUSE: Duration = Duration::from_millis(500);
/// A job whose answers were lost with their executor is asked for again: its work is kept.
const TRIES: u32 = 2;

/// One dataset whose buckets are to be weighed on a cluster.
#[derive(Clone, Copy)]
pub struct Weighing<'a> {
    /// Address of the scheduler.
    pub cluster: &'a str,
    /// Dataset folder, without links and dots.
    pub dataset: &'a Path,
    /// Model folder, without links and dots.
    pub folder: &'a Path,
    /// The model in it.
    pub model: &'a Model,
    /// Financial year.
    pub year: FinancialYear,
    /// Where what buckets come to is kept, as the costing itself is told.
    pub keep: Keep<'a>,
    /// SHA-256 of the program.
    pub program: &'a str,
    /// Told how many buckets are weighed, of how many.
    pub progress: &'a (dyn Fn(u32, u32) + Sync),
}

/// Has the buckets of a dataset weighed on a cluster, so that a costing with the same `keep` finds
/// them; nothing is asked where they are known already.
///
/// # Errors
///
/// [`ClusterError`] as its variants say; a costing may then go on without the cluster.
pub fn weigh(weighing: &Weighing<'_>) -> Result<Shares, ClusterError> {
    let apart = Apart::open(weighing.dataset, weighing.model, weighing.year, weighing.keep)?;
    if apart.is_known() {
        return Ok(Shares::new());
    }
    let trust = Trust {
        dataset: weighing.dataset.to_owned(),
        dataset_hash: apart.dataset_hash().to_owned(),
        model: weighing.folder.to_owned(),
        model_hash: weighing.model.hash(),
        year: weighing.year.to_string(),
    };
    let item = |bucket| Item {
        number: bucket,
        program: weighing.program.to_owned(),
        trust: trust.clone(),
        work: Work::Bucket {
            feeds: weighing.keep.feeds.to_owned(),
            build: weighing.keep.build.to_owned(),
            bucket,
        },
    };
    let items: Vec<Item> = (0..apart.buckets()).map(item).collect();
    let progress = || (weighing.progress)(apart.weighed(), apart.buckets());
    let answers = runtime()?.block_on(answered(weighing.cluster, &items, &progress))?;
    checked_buckets(&apart, &items, &answers)
}

/// Has whole datasets costed on a cluster, each into its own folder of runs, in one job; gives the
/// answers in the order of the trusts.
///
/// # Errors
///
/// [`ClusterError`] as its variants say; runs that were in place by then stay.
pub fn cost_trusts(
    cluster: &str,
    program: &str,
    trusts: &[(Trust, &Path)],
) -> Result<(Vec<Answer>, Shares), ClusterError> {
    let item = |(number, (trust, runs)): (u32, &(Trust, &Path))| Item {
        number,
        program: program.to_owned(),
        trust: trust.clone(),
        work: Work::Costing { runs: runs.to_path_buf() },
    };
    let items: Vec<Item> = (0..).zip(trusts).map(item).collect();
    let answers = runtime()?.block_on(answered(cluster, &items, &|| {}))?;
    checked_costings(&items, &answers)
}

/// Asks, and tells now and then how far it is.
async fn answered(
    cluster: &str,
    items: &[Item],
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Answer>, ClusterError> {
    let (host, port) = host_and_port(cluster)?;
    ready(&host, port).await?;
    let mut tries = 1;
    loop {
        let query = query(&host, port, items);
        tokio::pin!(query);
        let answers = loop {
            tokio::select! {
                answers = &mut query => break answers,
                () = tokio::time::sleep(PAUSE) => progress(),
            }
        };
        match answers {
            Ok(texts) => return texts.iter().map(|it| Answer::parse(it)).collect(),
            Err(error) => {
                let left = standing(&host, port).await.map_or(0, |it| it.executors);
                if tries == TRIES || left == 0 {
                    return Err(ClusterError::Unfinished(error.to_string()));
                }
                tries += 1;
            }
        }
    }
}

/// One query with a row for each item, and a task for each row.
async fn query(host: &str, port: u16, items: &[Item]) -> Result<Vec<String>, DataFusionError> {
    let config = SessionConfig::new_with_ballista()
        .set_bool("ballista.client.pull", true)
        .set_bool("ballista.planner.adaptive.enabled", false)
        .set_u64("ballista.scheduler.max_partitions_per_task", 1);
    let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    let address = format!("df://{host}:{port}");
    let session = SessionContext::remote_with_state(&address, state).await?;
    let batches = DataFrame::new(session.state(), plan(items)?).collect().await?;
    let mut answers = Vec::new();
    for batch in &batches {
        let column = batch
            .column(0)
            .as_string_opt::<i32>()
            .ok_or_else(|| DataFusionError::Execution("the answers are no texts".to_owned()))?;
        answers.extend(column.iter().flatten().map(str::to_owned));
    }
    Ok(answers)
}

fn plan(items: &[Item]) -> Result<LogicalPlan, DataFusionError> {
    let function = Arc::new(function::without_worker());
    let row = |item: &Item| {
        let call = function.call(vec![lit(item.text())]).alias("answer");
        LogicalPlanBuilder::empty(true).project(vec![call])?.build().map(Arc::new)
    };
    let mut rows = items.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    if rows.len() == 1 {
        return Ok(Arc::unwrap_or_clone(rows.remove(0)));
    }
    Ok(LogicalPlan::Union(Union::try_new_with_loose_types(rows)?))
}

/// Waits for the scheduler to have as many executors as it was told to wait for.
async fn ready(host: &str, port: u16) -> Result<(), ClusterError> {
    let mut waited = Duration::ZERO;
    loop {
        match standing(host, port).await {
            Ok(Standing { ready: true, .. }) => return Ok(()),
            _ if waited < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            Ok(Standing { executors, .. }) => {
                return Err(ClusterError::NotReady(format!(
                    "the scheduler at {host}:{port} has not enough executors: {executors} are there. Start them with concord cluster executor --scheduler {host}:{port} --shared FOLDER"
                )));
            }
            Err(error) => {
                return Err(ClusterError::NotReady(format!(
                    "there is no scheduler at {host}:{port} ({error}): start one with concord cluster scheduler --listen {host}:{port}"
                )));
            }
        }
    }
}

/// What a scheduler says of itself.
struct Standing {
    /// Whether it has as many executors as it was told to wait for.
    ready: bool,
    /// Executors that were heard of lately.
    executors: u32,
}

async fn standing(host: &str, port: u16) -> std::io::Result<Standing> {
    let mut stream = TcpStream::connect((host, port)).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    // It says "ready: 2 executors registered" or "not ready: 1/2 executors registered".
    let said = answer.rsplit_once("ready: ").map_or("", |it| it.1);
    let digits: String = said.chars().take_while(char::is_ascii_digit).collect();
    Ok(Standing {
        ready: answer.starts_with("HTTP/1.1 200"),
        executors: digits.parse().unwrap_or_default(),
    })
}
