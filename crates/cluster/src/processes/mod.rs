//! The processes of a cluster, on Ballista: one scheduler, any number of executors, and whoever asks.

mod ask;
mod executor;
mod function;
mod scheduler;

use tokio::runtime::Runtime;

use crate::error::ClusterError;

pub use ask::{Weighing, cost_trusts, weigh};
pub use executor::{Executor, run_executor};
pub use scheduler::{Scheduler, run_scheduler};

/// Threads that carry messages; costing has others.
const THREADS: usize = 2;

fn runtime() -> Result<Runtime, ClusterError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(THREADS).enable_all().build();
    runtime.map_err(|error| ClusterError::Process(format!("no thread can be started: {error}")))
}

/// Host and port of an address such as `127.0.0.1:50050`, whatever scheme stands before it.
fn host_and_port(address: &str) -> Result<(String, u16), ClusterError> {
    let bare = address.split_once("://").map_or(address, |it| it.1).trim_end_matches('/');
    let parts = bare.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    match parts {
        Some((host, port)) if !host.is_empty() => Ok((host.to_owned(), port)),
        _ => Err(ClusterError::Address { given: address.to_owned(), like: "127.0.0.1:50050" }),
    }
}
