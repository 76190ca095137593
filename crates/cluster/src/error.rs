//! Why work on a cluster can have no result.

use std::path::PathBuf;

use costing::CostingError;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// The costing itself has none.
    #[error(transparent)]
    Costing(#[from] CostingError),
    /// The executor is another program than whoever asks.
    #[error(
        "executor {executor} runs another build of Concord than the one that asks: start every executor from the same file"
    )]
    OtherProgram {
        /// The executor.
        executor: String,
    },
    /// An executor reads and writes in its shared folder alone.
    #[error(
        "executor {executor} may not use {}: it is not below its shared folder {}. Put datasets, models and runs there, or start the executor with another --shared", path.display(), shared.display()
    )]
    Outside {
        /// The executor.
        executor: String,
        /// What was asked for.
        path: PathBuf,
        /// The folder that it may use.
        shared: PathBuf,
    },
    /// A folder is not there, or not the same everywhere.
    #[error(
        "executor {executor} sees another {what} at {} than the machine that asks: every machine must see the same files at the same path", path.display()
    )]
    OtherFiles {
        /// The executor.
        executor: String,
        /// Dataset or model.
        what: &'static str,
        /// Where it is.
        path: PathBuf,
    },
    /// A file or folder cannot be used.
    #[error("{}: {why}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        why: String,
    },
    /// An address is not understood.
    #[error("`{given}` is no address: write it as {like}")]
    Address {
        /// As it was given.
        given: String,
        /// An example.
        like: &'static str,
    },
    /// Nobody can do the work.
    #[error("{0}")]
    NotReady(String),
    /// The work was begun and not ended.
    #[error("the cluster did not finish the work, and nothing was published: {0}")]
    Unfinished(String),
    /// Something was answered that cannot be.
    #[error("an answer of the cluster is not used, and nothing was published: {0}")]
    Answer(String),
    /// A process of the cluster cannot run.
    #[error("{0}")]
    Process(String),
}
