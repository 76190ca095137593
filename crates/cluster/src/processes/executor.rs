//! An executor: it asks the scheduler for work, does it, and asks again.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::ids::new_instance_id;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};

use super::{function, host_and_port, runtime};
use crate::error::ClusterError;
use crate::worker::Worker;

/// How an executor is started.
#[derive(Clone, Debug)]
pub struct Executor {
    /// Address of the scheduler.
    pub scheduler: String,
    /// Where it listens for those who fetch answers.
    pub listen: SocketAddr,
    /// The folder in which it reads and writes, the same on every machine.
    pub shared: PathBuf,
    /// A folder of its own, for answers that nobody has fetched yet.
    pub own: PathBuf,
    /// Items that it does at a time, each in one thread.
    pub tasks: usize,
    /// SHA-256 of its program.
    pub program: String,
}

/// Seconds that it waits for the scheduler to be there.
const PATIENCE: u16 = 30;

/// Runs an executor until it is asked to end; `say` hears what it does.
///
/// # Errors
///
/// [`ClusterError::File`] if the shared folder is not there; [`ClusterError::Process`] if there is
/// no scheduler or it cannot listen.
pub fn run_executor(
    executor: &Executor,
    say: impl Fn(&str) + Send + Sync + 'static,
) -> Result<(), ClusterError> {
    let (scheduler_host, scheduler_port) = host_and_port(&executor.scheduler)?;
    // The scheduler must never take a process for one that was here before.
    let unique: String = new_instance_id().chars().take_while(|it| *it != '-').collect();
    let id = format!("{}-{unique}", executor.listen);
    let worker = Worker::new(&id, &executor.program, &executor.shared, say)?;
    let function = Arc::new(function::of_worker(Arc::new(worker)));
    let mut functions = BallistaFunctionRegistry::default();
    functions.scalar_functions.insert(function::NAME.to_owned(), function);
    let config = ExecutorProcessConfig {
        executor_id: id.clone(),
        bind_host: executor.listen.ip().to_string(),
        external_host: Some(executor.listen.ip().to_string()),
        port: executor.listen.port(),
        grpc_port: executor.listen.port(),
        scheduler_host,
        scheduler_port,
        scheduler_connect_timeout_seconds: PATIENCE,
        vcores: executor.tasks,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(executor.own.to_string_lossy().into_owned()),
        // What a costing holds is no memory of the query.
        memory_pool_size: Some(0),
        override_function_registry: Some(Arc::new(functions)),
        ..ExecutorProcessConfig::default()
    };
    runtime()?
        .block_on(start_executor_process(Arc::new(config)))
        .map_err(|error| ClusterError::Process(format!("executor {id} ended: {error}")))
}
