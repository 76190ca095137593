//! The scheduler: it hands items to executors, and to others when an executor is lost.

use std::net::SocketAddr;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::utils::default_session_builder;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::error::DataFusionError;
use datafusion::execution::{FunctionRegistry as _, SessionState};
use datafusion::prelude::SessionConfig;

use super::{function, runtime};
use crate::error::ClusterError;

/// How a scheduler is started.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Work is taken once so many executors are there.
    pub executors: usize,
    /// An executor that says nothing for so many seconds is lost.
    pub lost_after_seconds: u64,
}

/// Looks at the executors within the time after which one is lost.
const LOOKS: u64 = 5;

/// Runs a scheduler until it is asked to end.
///
/// # Errors
///
/// [`ClusterError::Process`] if it cannot listen.
pub fn run_scheduler(scheduler: &Scheduler) -> Result<(), ClusterError> {
    let config = SchedulerConfig {
        bind_host: scheduler.listen.ip().to_string(),
        bind_port: scheduler.listen.port(),
        external_host: scheduler.listen.ip().to_string(),
        // An executor asks for work when it has nothing to do, so that a quick one does more.
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: scheduler.lost_after_seconds,
        expire_dead_executor_interval_seconds: (scheduler.lost_after_seconds / LOOKS).max(1),
        no_executors_grace_period_seconds: scheduler.lost_after_seconds,
        min_ready_executors: scheduler.executors,
        override_session_builder: Some(Arc::new(session)),
        ..SchedulerConfig::default()
    };
    let failed = |error: BallistaError| {
        ClusterError::Process(format!("the scheduler at {} ended: {error}", scheduler.listen))
    };
    runtime()?.block_on(async {
        let cluster = BallistaCluster::new_from_config(&config).await.map_err(failed)?;
        start_server(cluster, scheduler.listen, Arc::new(config)).await.map_err(failed)
    })
}

/// Plans queries that call our function.
fn session(config: SessionConfig) -> Result<SessionState, DataFusionError> {
    let mut state = default_session_builder(config)?;
    state.register_udf(Arc::new(function::without_worker()))?;
    Ok(state)
}
