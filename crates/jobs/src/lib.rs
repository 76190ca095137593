//! Work in the background: costings, loads and exports done by an engine process of their own.
//!
//! The engine is `concord engine --job FILE`. It gets a job file, appends how far it is to a file
//! beside it, and never opens the application's database. A [`Runner`] starts engines, follows
//! them, and tells a [`Book`] what became of each job. Whoever holds the lock beside a job file is
//! the engine of that job: that, and no process number, says whether it lives, so that a site that
//! starts again finds its engines.

mod book;
mod error;
mod files;
mod job;
mod lock;
mod process;
mod progress;
mod runner;
mod store_book;
mod targets;
mod words;

pub use book::{Book, BookError, Claimed, JobId, MemoryBook};
pub use error::{JobError, LockError, RunnerError};
pub use files::{JobFiles, write_whole};
pub use job::{CheckModelJob, CostJob, ExportJob, FORMAT, IntakeJob, Job, VerifyJob};
pub use lock::{EngineLock, FolderLock, Holder};
pub use progress::{
    Ending, JobResult, Outcome, Outstanding, PAUSE, Progress, ProgressWriter, Step,
};
pub use runner::{Runner, Settings};
pub use store_book::{Clock, StoreBook};
